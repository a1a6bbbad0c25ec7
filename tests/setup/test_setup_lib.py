"""What the two commands rely on: counting, finding, explaining, one start at a time."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from email.message import EmailMessage

import pytest

from lib import console, debian, mail_catcher, odoo, odoo_tests, places, processes, runner

_LOG = """\
2026-01-01 10:00:00,000 1 INFO db odoo.addons.x.tests.test_a: skipped TestA.test_c : no browser
2026-01-01 10:00:00,000 1 ERROR db odoo.addons.x.tests.test_a: FAIL: TestA.test_a
Traceback (most recent call last):
2026-01-01 10:00:00,000 1 ERROR db odoo.addons.x.tests.test_a: ERROR: Subtest TestA.test_b (n=1)
2026-01-01 10:00:00,000 1 ERROR db odoo.addons.x.tests.test_a: ERROR: Subtest TestA.test_b (n=2)
2026-01-01 10:00:00,000 1 ERROR db odoo.tests.result: \
1 failed, 2 error(s) of 9 tests when loading database 'db'
"""


def test_a_test_with_failing_subtests_fails_once():
    tally, _remarks = odoo_tests.count(_LOG, 1)
    assert (tally.passed, tally.failed, tally.skipped) == (6, 2, 1)


def test_an_error_in_the_log_fails_the_run_though_no_test_does():
    log = (
        "2026-01-01 10:00:00,000 1 ERROR db odoo.modules.loading: view is broken\n"
        "2026-01-01 10:00:00,000 1 INFO db odoo.tests.result: 0 failed, 0 error(s) of 4 tests"
        " when loading database 'db'\n"
    )
    tally, remarks = odoo_tests.count(log, 0)
    assert tally.failed == 1, "errors logged while installing or testing fail the run"
    assert "odoo.modules.loading: view is broken" in remarks


def test_no_result_is_a_failure():
    tally, remarks = odoo_tests.count("Traceback …\nImportError: no module\n", 1)
    assert tally.failed == 1, "an Odoo that never came to its tests must not count as passed"
    assert remarks[-1] == "ImportError: no module"


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("E: write (28: No space left on device)", "the disk is full"),
        ("Temporary failure resolving 'mirror'", "no network"),
        ("Could not resolve host: example", "no network"),
    ],
)
def test_known_causes_become_one_sentence(output, words):
    sentence = console.explain("it failed", output)
    assert words in sentence
    assert "\n" not in sentence


def test_a_tool_that_lists_the_world_is_cut_short():
    output = "ERROR: No matching distribution (from versions: " + "0.1, " * 4000 + ")"
    assert len(console.explain("it failed", output)) < 300


def test_a_missing_program_is_no_traceback():
    with pytest.raises(console.SetupError, match="no-such-program"):
        console.run(["no-such-program"], failure="it failed")


def test_debian_file_names(tmp_path):
    for name in ("odoo-19_19.0.0+dfsg-1_all.deb", "fonts-roboto-unhinted_2%3a3.016-1_all.deb"):
        (tmp_path / name).touch()
    assert debian._find(tmp_path, "odoo-19=19.0.0+dfsg-1")
    assert debian._find(tmp_path, "fonts-roboto-unhinted")
    assert debian._find(tmp_path, "odoo-19=19.0.1-1") is None, (
        "a moved version is not the pinned one"
    )
    assert debian._find(tmp_path, "odoo") is None


def test_odoo_path_has_to_be_odoo_19(tmp_path, monkeypatch):
    monkeypatch.setenv("ODOO_PATH", str(tmp_path))
    with pytest.raises(console.SetupError, match="holds no Odoo"):
        odoo.find()
    (tmp_path / "odoo").mkdir()
    release = tmp_path / "odoo" / "release.py"
    release.write_text("version_info = (18, 0, 0, 'final', 0, '')\n")
    with pytest.raises(console.SetupError, match="is not Odoo 19.0"):
        odoo.find()
    release.write_text("version_info = (19, 0, 0, 'final', 0, '')\n")
    assert odoo.find().path == tmp_path


def test_two_starts_do_not_build_at_once(tmp_path):
    # another file description, as another process has
    with (
        places.locked(tmp_path, "x"),
        pytest.raises(console.SetupError, match="another start"),
        places.locked(tmp_path, "x", wait=0),
    ):
        pass


@pytest.mark.parametrize("keep", [True, False])
def test_a_lock_outlasts_us_while_a_grandchild_writes(tmp_path, keep):
    code = (
        "from lib import console, places\nfrom pathlib import Path\n"
        f"with places.locked(Path({str(tmp_path)!r}), 'x'):\n"
        "    command = ['sh', '-c', 'sleep 60 >/dev/null 2>&1 & echo $!']\n"
        f"    print(console.run(command, keep_locks={keep}), flush=True)\n"
        "    import os\n    os.kill(os.getpid(), 9)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(places.PROJECT / "setup")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    refused = pytest.raises(console.SetupError) if keep else contextlib.nullcontext()
    try:
        with refused, places.locked(tmp_path, "x", wait=0):
            pass
    finally:
        os.kill(int(done.stdout), signal.SIGKILL)
    # what was killed may take a moment to go
    with places.locked(tmp_path, "x", wait=10):
        pass


def test_a_child_is_stopped_with_its_own_children(tmp_path):
    script = (
        "import subprocess, time;"
        "print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    )
    child = processes.Child("x", [sys.executable, "-c", script], tmp_path / "log")
    for _ in range(100):
        if child.tail().isdigit():
            break
        threading.Event().wait(0.05)
    grandchild = child.tail()
    child.stop(patience=5)
    assert not child.alive()
    state = subprocess.run(["ps", "-o", "stat=", "-p", grandchild], capture_output=True, text=True)
    assert state.stdout.strip() in ("", "Z"), "Ctrl-C leaves no orphan behind"


def test_port_in_use_is_seen():
    port = processes.free_port()
    assert processes.port_is_free(port)


@pytest.mark.parametrize("text", ["80", "abc", "99999", "-1"])
def test_unusable_ports_are_refused(text):
    with pytest.raises(SystemExit):
        runner._parser().parse_args(["--port", text])


def test_mails_are_shown_as_text_never_as_page(tmp_path):
    mail = EmailMessage()
    mail["Subject"] = "<script>alert(1)</script>"
    mail["To"] = "a@b.example"
    mail.set_content("<b>hello</b>")
    mail.add_attachment(b"PK", maintype="application", subtype="zip", filename="x<.zip")
    file = tmp_path / "1-a.eml"
    file.write_bytes(mail.as_bytes())
    page = mail_catcher._list(tmp_path) + mail_catcher._show(file.name, mail_catcher._read(file))
    assert "<script>" not in page
    assert "<b>" not in page
    assert "x&lt;.zip" in page


def test_a_browser_that_only_says_where_it_is_to_be_had_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr(odoo_tests, "_BROWSERS", ("no-browser", "a-browser"))
    for code, found in ((1, None), (0, str(tmp_path / "a-browser"))):
        (tmp_path / "a-browser").write_text(f"#!/bin/sh\nexit {code}\n")
        (tmp_path / "a-browser").chmod(0o755)
        assert odoo_tests._present_browser() == found
