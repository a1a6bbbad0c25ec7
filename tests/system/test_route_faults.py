"""Uploads and mails whatever dies on the way: nothing is lost, and no file becomes two bills."""

from __future__ import annotations

import intake_workers
import pytest
import route_workers as workers
from conftest import Killed, System


@pytest.fixture(scope="module")
def routes(system: System, tmp_path_factory: pytest.TempPathFactory) -> System:
    """The demo company with the workflow on and an address for bills."""
    system.run(intake_workers.prepare, str(tmp_path_factory.mktemp("unused")))
    system.run(workers.prepare)
    return system


def test_killed_at_every_step_of_an_upload(routes: System) -> None:
    """What was begun is finished by the scheduler; what was not is uploaded again by the user."""
    file = routes.run(workers.send, "rehearsal.xml")
    steps = routes.run(workers.upload_and_die, file, 10_000)
    assert len(steps) >= 2 * len(workers.UPLOAD_STEPS), steps
    (whole,) = routes.run(workers.tell, "rehearsal.xml")
    for at in range(1, len(steps) + 1):
        name = f"upload-{at}.xml"
        file = routes.run(workers.send, name)
        with pytest.raises(Killed):
            routes.run(workers.upload_and_die, file, at)
        routes.run(intake_workers.resume)
        if not routes.run(workers.tell, name):
            routes.run(workers.upload_and_die, file, 10_000)
        assert routes.run(workers.tell, name) == [whole], f"killed {steps[at - 1]} ({at})"


def test_killed_at_every_step_of_a_mail(routes: System) -> None:
    """The mail server brings again what was not taken to the end."""
    steps = routes.run(workers.mail_and_die, "mail.xml", 10_000)
    assert len(steps) >= 2 * len(workers.MAIL_STEPS), steps
    (whole,) = routes.run(workers.tell, "mail.xml")
    for at in range(1, len(steps) + 1):
        name = f"mail-{at}.xml"
        with pytest.raises(Killed):
            routes.run(workers.mail_and_die, name, at)
        routes.run(workers.mail_and_die, name, 10_000)
        routes.run(intake_workers.resume)
        assert routes.run(workers.tell, name) == [whole], f"killed {steps[at - 1]} ({at})"
