"""How far each supplier bill of the demo came, and who took it there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

Bill = Any

#: Ways that end: nobody has the bill any more.
DONE = {"approve", "post", "post_approved", "post_claimed", "post_lines", "return", "discard"}


class Office:
    """The people, and the time that passes between what they do.

    :param clock: the frozen one, None for today.
    :param days: since when the bill is there.
    """

    def __init__(self, people: dict[str, Any], clock: Any, days: int) -> None:
        self.people, self._clock = people, clock
        # half of the time at most, by a handful of steps of unequal length
        self._hours = iter([days * share for share in (1.5, 4.0, 0.7, 2.5, 1.1, 0.4, 0.2, 0.1)])

    def act(self, user: Any, bill: Bill) -> Bill:
        """The bill as a user sees it when he gets to it."""
        if self._clock:
            self._clock.tick(timedelta(hours=next(self._hours, 0.1)))
        return bill.with_user(user).with_company(bill.company_id)


def _owner(bill: Bill, office: Office) -> Any:
    return bill.user_id or office.people["operator"]


def _reason(bill: Bill, kind: str) -> Any:
    return bill.env["openpce.bill.reason"].search([("kind", "=", kind)], limit=1)


def _stay(bill: Bill, office: Office) -> None:
    """Where verification and criteria brought it."""


def _held(bill: Bill, office: Office) -> None:
    office.act(_owner(bill, office), bill)._hold_by_hand(
        _reason(bill, "hold"), "Esperamos la nota de entrega del cliente."
    )


def _late(bill: Bill, office: Office) -> None:
    """The time of the first person is over: supervision passes the bill on."""
    from odoo import fields

    task = bill.task_ids.filtered(lambda one: one.state == "open")
    past = fields.Datetime.now() - timedelta(hours=1)
    if task.timer:
        task.write({"timer": {**task.timer, "deadline": past.isoformat()}, "deadline": past})
        task._fire(fields.Datetime.now())


def _ask(bill: Bill, office: Office) -> None:
    """Treated: it waits for its approvers."""
    office.act(_owner(bill, office), bill).action_validate()


def _claim(bill: Bill, office: Office) -> None:
    office.act(office.people["operator"], bill).action_claim()


def _ask_claimed(bill: Bill, office: Office) -> None:
    _claim(bill, office)
    _ask(bill, office)


def _ask_again(bill: Bill, office: Office) -> None:
    """One of two approvers has approved."""
    _ask(bill, office)
    office.act(office.people["head"], bill).action_approve("Conforme con la tarifa pactada.")


def _approve(bill: Bill, office: Office) -> None:
    """Everybody asked approves, level by level."""
    if bill.state in ("in_treatment", "in_distribution"):
        _ask(bill, office)
    for _round in range(6):
        open_tasks = bill.task_ids.filtered(lambda one: one.state == "open")
        for task in open_tasks.filtered(lambda one: one.stage == "approve"):
            if task.state == "open":
                office.act(task.user_id, bill).action_approve()


def _post(bill: Bill, office: Office) -> None:
    _approve(bill, office)
    _post_approved(bill, office)


def _post_approved(bill: Bill, office: Office) -> None:
    if bill.state != "approved":
        _approve(bill, office)
    bill.move_id.action_post()


def _post_claimed(bill: Bill, office: Office) -> None:
    _claim(bill, office)
    _post(bill, office)


def _lines(bill: Bill, office: Office) -> None:
    """The bill's owner validated; the owner of the other share has not confirmed yet."""
    _ask(bill, office)


def _ask_lines(bill: Bill, office: Office) -> None:
    _ask(bill, office)
    for task in bill.task_ids.filtered(lambda one: one.state == "open" and one.stage == "line"):
        office.act(task.user_id, bill).action_confirm_lines()
    _ask(bill, office)


def _level_two(bill: Bill, office: Office) -> None:
    _ask_lines(bill, office)
    office.act(office.people["head"], bill).action_approve()


def _post_lines(bill: Bill, office: Office) -> None:
    _ask_lines(bill, office)
    _post(bill, office)


def _reject(bill: Bill, office: Office) -> None:
    """Treated without permission, validated by the second person, sent back by the approver."""
    _ask(bill, office)
    _ask(bill, office)
    task = bill.task_ids.filtered(lambda one: one.state == "open" and one.stage == "approve")[:1]
    if task:
        office.act(task.user_id, bill)._reject(
            _reason(bill, "reject"), "El centro de costo no corresponde a esta división."
        )


def _return(bill: Bill, office: Office) -> None:
    office.act(_owner(bill, office), bill)._return_to_supplier(
        _reason(bill, "return"), "Falta la orden de servicio.", bill.partner_id.email
    )


def _discard(bill: Bill, office: Office) -> None:
    _claim(bill, office)
    office.act(office.people["operator"], bill)._discard(
        _reason(bill, "discard"), "Es una cotización, no una factura."
    )


WAYS: dict[str, Callable[[Bill, Office], None]] = {
    "stay": _stay,
    "treat": _stay,
    "incomplete": _stay,
    "incomplete_date": _stay,
    "held": _held,
    "late": _late,
    "ask": _ask,
    "ask_claimed": _ask_claimed,
    "ask_again": _ask_again,
    "approve": _approve,
    "post": _post,
    "post_approved": _post_approved,
    "post_claimed": _post_claimed,
    "lines": _lines,
    "ask_lines": _ask_lines,
    "level_two": _level_two,
    "post_lines": _post_lines,
    "reject": _reject,
    "validated": _ask,
    "return": _return,
    "discard": _discard,
}
