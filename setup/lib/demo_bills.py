"""Forty supplier bills of the demo company, in every state of the workflow, each with its PDF.

They go through the workflow's own doors as the people who would do it, so the follow-up of each is
a true one. What is done with was done in the past, under a clock set back; what is still open was
given to its people just now, else supervision would pass all of it on with its first run, and only
its day of entry is set back.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from freezegun import freeze_time

from . import demo_bill_xml
from .demo_bill_ways import DONE, WAYS, Office
from .demo_sources import adopt, make_letters, make_sources

MODULE = "openpce_vendor_bill_workflow"
Environment = Any
Bill = Any


@dataclass(frozen=True)
class Spec:
    """One bill: who sent it, what for, how long ago, and how far it came.

    :param amounts: untaxed amounts of the lines, Colombian pesos.
    :param way: a key of ``WAYS``.
    """

    supplier: str
    number: str
    amounts: tuple[int, ...]
    way: str
    days: int = 0
    division: str = "ops"
    traffic: str | None = "fcl"
    documents: str = ""

    @property
    def is_done(self) -> bool:
        """Whether nobody has the bill any more."""
        return self.way in DONE or (self.supplier == _OFFICE and self.way == "stay")


_LINE, _AIR, _PORT, _OFFICE = "supplier_line", "supplier_air", "supplier_port", "supplier_office"
#: Who sends an XML file with each PDF.
_ELECTRONIC = (_AIR, _OFFICE)
_CUS = {"division": "cus", "traffic": "clr"}
_OFF = {"division": "adm", "traffic": "off"}
BILLS = (
    Spec(_LINE, "NES-10241", (8_450_000, 620_000), "treat", 0, documents="MEDU4471200"),
    Spec(_LINE, "NES-10242", (12_300_000,), "treat", 1, documents="MEDU4471355, THC-221"),
    Spec(_LINE, "NES-10197", (5_120_000, 310_000), "treat", 8),
    Spec(_LINE, "NES-10133", (7_040_000,), "treat", 17, traffic="lcl"),
    Spec(_LINE, "NES-10260", (3_980_000,), "late", 3),
    Spec(_LINE, "NES-10261", (2_250_000,), "late", 4, traffic="lcl"),
    Spec(_LINE, "NES-10170", (9_800_000,), "held", 9),
    Spec(_LINE, "NES-10205", (14_500_000, 1_200_000), "ask", 2),
    Spec(_LINE, "NES-10206", (6_700_000,), "ask_again", 2),
    Spec(_LINE, "NES-10210", (4_300_000,), "approve", 5),
    Spec(_LINE, "NES-10152", (11_900_000,), "post", 20),
    Spec(_LINE, "NES-10118", (3_400_000,), "post", 34, traffic="lcl"),
    Spec(_LINE, "NES-10225", (6_150_000,), "return", 6, documents="MEDU4470011"),
    Spec(_LINE, "NES-10205", (14_500_000, 1_200_000), "stay", 0),
    Spec(_LINE, "", (5_600_000,), "incomplete", 0),
    Spec(_AIR, "CAC-5531", (2_870_000,), "stay", 0, traffic="airc"),
    Spec(_AIR, "CAC-5518", (4_410_000, 96_000), "stay", 2, traffic="airc"),
    Spec(_AIR, "CAC-5499", (7_720_000,), "ask_claimed", 4, traffic="airc"),
    Spec(_AIR, "CAC-5476", (1_940_000,), "post_claimed", 15, traffic="airc"),
    Spec(_AIR, "CAC-5540", (6_030_000,), "stay", 1, traffic=None),
    Spec(_AIR, "CAC-5541", (2_210_000,), "stay", 0, traffic=None),
    Spec(_AIR, "CAC-5502", (3_300_000,), "discard", 5, traffic="airc"),
    Spec(_PORT, "TPB-88120", (4_800_000,), "lines", 1),
    Spec(_PORT, "TPB-88121", (10_400_000,), "lines", 3),
    Spec(_PORT, "TPB-88090", (26_500_000,), "ask_lines", 4),
    Spec(_PORT, "TPB-88061", (31_200_000,), "level_two", 6),
    Spec(_PORT, "TPB-88044", (22_750_000,), "post_lines", 22),
    Spec(_PORT, "TPB-88133", (1_150_000,), "stay", 0, **_CUS),
    Spec(_PORT, "TPB-88134", (2_640_000,), "reject", 3, **_CUS),
    Spec(_PORT, "TPB-88135", (3_070_000,), "validated", 1, **_CUS),
    Spec(_PORT, "TPB-88136", (940_000,), "return", 7, **_CUS),
    Spec(_PORT, "TPB-88137", (5_510_000,), "incomplete_date", 0, **_CUS),
    Spec(_OFFICE, "FE-3301", (286_000,), "stay", 0, **_OFF),
    Spec(_OFFICE, "FE-3288", (143_500,), "stay", 8, **_OFF),
    Spec(_OFFICE, "FE-3270", (412_900,), "post_approved", 16, **_OFF),
    Spec(_OFFICE, "FE-3254", (97_300,), "post_approved", 31, **_OFF),
    Spec(_OFFICE, "FE-3302", (3_650_000,), "stay", 1, **_OFF),
    Spec(_OFFICE, "FE-3310", (178_000,), "captured", 0, **_OFF),
    Spec(_OFFICE, "FE-3254", (97_300,), "stay", 0, **_OFF),
    Spec(_LINE, "NES-10271", (8_900_000,), "captured", 0),
)


# number, transport document, costs that are expected: supplier, concept, pesos
_FILES = (
    ("IMP-2026-0412", "MEDU4471200", ((_LINE, "ocean", 8_450_000), (_LINE, "thc", 620_000))),
    ("IMP-2026-0398", "MEDU4470011", ((_LINE, "ocean", 5_900_000), (_PORT, "storage", 4_800_000))),
)


def make_bills(env: Environment, company: Any) -> None:
    """Switch the workflow on and bring the bills as far as they came.

    :param env: the demo company is the active one, Spanish the language.
    """
    company.write({"openpce_bill_workflow": True})
    make_files(env)
    people = {name: env.ref(f"{MODULE}.user_{name}") for name in _PEOPLE}
    done = [spec for spec in BILLS if spec.is_done]
    now = datetime.now()
    # one clock for all: to set it back costs a second each time
    with freeze_time(now, tick=True) as clock:
        for spec in done:
            clock.move_to(now - timedelta(days=spec.days, hours=3))
            _bring(env, company, spec, Office(people, clock, spec.days))
    for spec in BILLS:
        if spec not in done:
            bill = _bring(env, company, spec, Office(people, None, 0))
            bill.entry_date = now - timedelta(days=spec.days, hours=3)
            bill.intake_id.received_at = bill.entry_date
    make_letters(env, company)
    make_sources(env, company, _get_file(env, "TPB-88061"), _draw_new(env))
    env.flush_all()
    # everybody would find the whole morning's work announced at once
    env["mail.mail"].search([]).unlink()


def _bring(env: Environment, company: Any, spec: Spec, office: Office) -> Bill:
    """Make a bill and take it as far as it came."""
    bill = _create(env, company, spec)
    if spec.way != "captured":
        bill._verify()
        WAYS[spec.way](bill, office)
    env.flush_all()
    return bill


_PEOPLE = ("operator", "customs", "head", "finance", "manager")


def make_files(env: Environment) -> None:
    """Two transport files with documents and the costs that are expected on them."""
    for number, document, costs in _FILES:
        file = env["openpce.transport.file"].create(
            {
                "name": number,
                "kind": "shipment",
                "division_id": env.ref(f"{MODULE}.division_ops").id,
                "traffic_id": env.ref(f"{MODULE}.traffic_fcl").id,
                "direction": "import",
                "document_ids": [(0, 0, {"name": document})],
            }
        )
        env["openpce.cost.forecast"].create(
            [
                {
                    "file_id": file.id,
                    "partner_id": env.ref(f"{MODULE}.{supplier}").id,
                    "product_id": env.ref(f"{MODULE}.concept_{concept}").id,
                    "amount": amount,
                    "document_id": file.document_ids.id,
                }
                for supplier, concept, amount in costs
            ]
        )


def _get_file(env: Environment, number: str) -> bytes:
    """The PDF of a bill that is here."""
    move = env["account.move"].search([("ref", "=", number)], limit=1)
    return bytes(move.message_main_attachment_id.raw)


def _draw_new(env: Environment) -> bytes:
    """A bill that has not come in yet."""
    move = env["account.move"].search([("ref", "=", "TPB-88133")], limit=1)
    return draw(move.partner_id.name, "TPB-88141", str(move.invoice_date), move)


def _create(env: Environment, company: Any, spec: Spec) -> Bill:
    """The captured bill with its PDF."""
    from odoo import fields

    supplier = env.ref(f"{MODULE}.{spec.supplier}")
    tax = env["account.tax"].search(
        [
            ("company_id", "=", company.id),
            ("type_tax_use", "=", "purchase"),
            ("amount", "=", 19),
            ("amount_type", "=", "percent"),
        ],
        limit=1,
    )
    day = fields.Date.context_today(company) - timedelta(days=spec.days + 2)
    move = env["account.move"].create(
        {
            "move_type": "in_invoice",
            "company_id": company.id,
            "partner_id": supplier.id,
            "ref": spec.number or False,
            "invoice_date": False if spec.way == "incomplete_date" else day,
            "invoice_line_ids": [
                (
                    0,
                    0,
                    {
                        "name": _TEXTS[spec.supplier][place % 2],
                        "quantity": 1,
                        "price_unit": amount,
                        "tax_ids": [(6, 0, tax.ids)],
                    },
                )
                for place, amount in enumerate(spec.amounts)
            ],
        }
    )
    page = draw(supplier.name, spec.number, str(day), move)
    file = _attach(move, f"{spec.number or 'factura'}.pdf", page, "application/pdf")
    move.message_main_attachment_id = file
    if spec.supplier in _ELECTRONIC:
        invoice = demo_bill_xml.write(move, str(day))
        _attach(move, f"{spec.number}.xml", invoice, "application/xml")
    bill = move.openpce_bill_id
    traffic = env.ref(f"{MODULE}.traffic_{spec.traffic}") if spec.traffic else None
    bill.write(
        {
            "division_id": env.ref(f"{MODULE}.division_{spec.division}").id,
            "traffic_id": traffic.id if traffic else False,
            "documents": spec.documents,
        }
    )
    if spec.way == "captured":
        bill._capture("manual")  # typed, and not handed over yet
    else:
        adopt(move, file, "mail" if spec.supplier == _LINE else "upload")
    return bill


def _attach(move: Any, name: str, content: bytes, mimetype: str) -> Any:
    return move.env["ir.attachment"].create(
        {
            "name": name,
            "raw": content,
            "mimetype": mimetype,
            "res_model": "account.move",
            "res_id": move.id,
        }
    )


_TEXTS = {
    _LINE: ("Flete marítimo Shanghái – Cartagena, 40 HC", "Recargo por manejo en terminal"),
    _AIR: ("Flete aéreo Miami – Bogotá", "Seguro de la carga"),
    _PORT: ("Bodegaje y manejo en puerto", "Inspección"),
    _OFFICE: ("Útiles de oficina", "Papel carta"),
}


def draw(supplier: str, number: str, day: str, move: Any) -> bytes:
    """A plain invoice as PDF, with the figures of the bill."""
    from reportlab.lib.pagesizes import LETTER
    from reportlab.pdfgen.canvas import Canvas

    stream = io.BytesIO()
    page = Canvas(stream, pagesize=LETTER, pageCompression=1)
    page.setFont("Helvetica-Bold", 16)
    page.drawString(54, 720, supplier)
    page.setFont("Helvetica", 11)
    page.drawString(54, 694, f"Factura {number or '(número ilegible)'}    Fecha {day}")
    page.line(54, 684, 558, 684)
    height = 660
    for line in move.invoice_line_ids:
        page.drawString(54, height, line.name)
        page.drawRightString(558, height, f"{line.price_subtotal:,.2f}")
        height -= 20
    page.line(54, height, 558, height)
    for label, amount in (
        ("Subtotal", move.amount_untaxed),
        ("IVA 19 %", move.amount_tax),
        ("Total COP", move.amount_total),
    ):
        height -= 20
        page.drawString(380, height, label)
        page.drawRightString(558, height, f"{amount:,.2f}")
    page.setFont("Helvetica-Oblique", 9)
    page.drawString(54, 60, "Documento inventado para la demostración.")
    page.save()
    return stream.getvalue()
