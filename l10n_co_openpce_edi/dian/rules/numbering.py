"""Rules of the invoice's number and date against its numbering range (annex 8.2: FAD05, FAD09)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from ..ubl.namespaces import tag
from .base import AuthorizedRange, Case, Failure, Judge, Rule, Text
from .common import OK, Group, R, fails
from .screens import INVOICE_DATE, NUMBER, RANGE
from .tree import Node

_FRACTION = re.compile(r"\.[0-9]+")
_BOGOTA = dt.timezone(dt.timedelta(hours=-5))
_CONTROL = (
    "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/sts:DianExtensions/sts:InvoiceControl"
)


def _consecutive(node: Node) -> tuple[str, int | None]:
    """Prefix and number of the invoice, split by the authorised prefix."""
    number = node.value("cbc:ID")
    prefix = node.value(f"{_CONTROL}/sts:AuthorizedInvoices/sts:Prefix")
    digits = number[len(prefix) :] if number.startswith(prefix) else ""
    if digits.isascii() and digits.isdigit() and len(digits) <= 20:
        return prefix, int(digits)
    return prefix, None


def _bound(element: str, upper: bool) -> Judge:
    """FAD05b, FAD05c: the number against From or To as printed in the document."""

    def judge(node: Node, case: Case) -> Sequence[Failure]:
        bound = node.value(f"{_CONTROL}/sts:AuthorizedInvoices/{element}")
        _prefix, number = _consecutive(node)
        if not (bound.isascii() and bound.isdigit()) or len(bound) > 20:
            return OK  # FAB11a, FAB12a
        if number is not None and (number <= int(bound) if upper else number >= int(bound)):
            return OK
        return fails(node, "cbc:ID", node.value("cbc:ID"), bound)

    return judge


def _inside(node: Node, known: AuthorizedRange) -> bool:
    number = node.value("cbc:ID")
    digits = number[len(known.prefix) :]
    return (
        number.startswith(known.prefix)
        and digits.isascii()
        and digits.isdigit()
        and len(digits) <= 20
        and known.first <= int(digits) <= known.last
    )


def _in_authorized_range(node: Node, case: Case) -> Sequence[Failure]:
    """FAD05d: against the issuer's own range, or the one in the document when that is unknown."""
    known = case.context.range
    number = node.value("cbc:ID")
    if known is not None:
        wanted = f"{known.prefix}{known.first}–{known.prefix}{known.last}"
        return OK if _inside(node, known) else fails(node, "cbc:ID", number, wanted)
    prefix, found = _consecutive(node)
    return OK if found is not None else fails(node, "cbc:ID", number, f"{prefix}…")


def _in_authorization(node: Node, case: Case) -> Sequence[Failure]:
    known = case.context.range
    if known is None:
        return OK
    resolution = node.value(f"{_CONTROL}/sts:InvoiceAuthorization")
    if resolution == known.resolution and _inside(node, known):
        return OK
    return fails(node, "cbc:ID", node.value("cbc:ID"), resolution)


def _issue_date(element: str, after: bool) -> Judge:
    """FAD09a, FAD09b: the issue date against the period of the numbering authorisation."""

    def judge(node: Node, case: Case) -> Sequence[Failure]:
        issued = node.date("cbc:IssueDate")
        bound = node.date(f"{_CONTROL}/sts:AuthorizationPeriod/{element}")
        if issued is not None and bound is None:
            return OK  # FAB07a, FAB08a
        if issued is not None and bound is not None:
            if issued >= bound if after else issued <= bound:
                return OK
        wanted = bound.isoformat() if bound else ""
        return fails(node, "cbc:IssueDate", node.value("cbc:IssueDate"), wanted)

    return judge


def _signing_day(node: Node, case: Case) -> dt.date | None:
    context = case.context
    moment = context.signing_time
    if moment is None:
        extensions = node.at("ext:UBLExtensions")
        found = (
            next(extensions.element.iter(tag("xades:SigningTime")), None) if extensions else None
        )
        if found is not None:
            # Python 3.10 reads neither Z nor fractions of other than 3 or 6 digits.
            text = _FRACTION.sub("", (found.text or "").strip()).replace("Z", "+00:00")
            try:
                moment = dt.datetime.fromisoformat(text)
            except ValueError:
                return None  # the verifier's to say
        else:
            moment = context.now
    if moment is None:
        return None
    try:
        return (moment.astimezone(_BOGOTA) if moment.tzinfo else moment).date()
    except OverflowError:  # a year outside the calendar
        return None


def _signed_on_issue_date(node: Node, case: Case) -> Sequence[Failure]:
    signed, issued = _signing_day(node, case), node.value("cbc:IssueDate")
    if signed is None or issued == signed.isoformat():
        return OK
    return fails(node, "cbc:IssueDate", issued, signed.isoformat())


_number = Group("/Invoice", NUMBER)
_date = Group("/Invoice", INVOICE_DATE)

RULES: tuple[Rule, ...] = (
    _number.matches("FAD05a", R, "cbc:ID", "[A-Za-z0-9]{1,20}", "invoice number",
                    "número de la factura", message=Text(
                        "The {label} is {found}; it takes 1 to 20 letters and digits only.",
                        "{Label}: {found} solo admite de 1 a 20 letras y dígitos.")),
    _number.rule("FAD05b", R, "cbc:ID", Text(
        "The invoice number {found} is below the first of its range, {expected}.",
        "El número {found} es menor que el primero de su rango, {expected}."),
        _bound("sts:From", upper=False)),
    _number.rule("FAD05c", R, "cbc:ID", Text(
        "The invoice number {found} is above the last of its range, {expected}.",
        "El número {found} es mayor que el último de su rango, {expected}."),
        _bound("sts:To", upper=True)),
    _number.rule("FAD05d", R, "cbc:ID", Text(
        "The invoice number {found} is outside the authorised range {expected}.",
        "El número {found} está fuera del rango autorizado {expected}."), _in_authorized_range),
    _number.rule("FAD05e", R, "cbc:ID", Text(
        "The authorisation {expected} does not include the invoice number {found}.",
        "La autorización {expected} no incluye el número {found}."), _in_authorization, fix=RANGE),
    _date.rule("FAD09a", R, "cbc:IssueDate", Text(
        "The invoice's date {found} is before its numbering authorisation starts, {expected}.",
        "La fecha {found} es anterior al inicio de la autorización de numeración, {expected}."),
        _issue_date("cbc:StartDate", after=True), fix=INVOICE_DATE),
    _date.rule("FAD09b", R, "cbc:IssueDate", Text(
        "The invoice's date {found} is after its numbering authorisation ends, {expected}.",
        "La fecha {found} es posterior al fin de la autorización de numeración, {expected}."),
        _issue_date("cbc:EndDate", after=False), fix=INVOICE_DATE),
    _date.rule("FAD09e", R, "cbc:IssueDate", Text(
        "The invoice's date {found} is not the day of its signature, {expected}.",
        "La fecha de la factura {found} no es el día de su firma, {expected}."),
        _signed_on_issue_date, fix=INVOICE_DATE, annex="5.7.1, 8.2"),
)  # fmt: skip
