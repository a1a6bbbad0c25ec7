"""Milliseconds that judging an invoice takes on one core, by number of lines; prints JSON.

Run: ``python tests/benchmarks/rules.py [--count N]``. Two shapes: ``rich`` has every optional
group of the header (delivery, carrier, consortium, exchange rates …), ``plain`` what an ordinary
invoice has. Lines carry one tax each. CPU time is measured, best of the rounds; the milliseconds
of a fixed loop of plain Python (``loop_ms``) tell how fast the machine was at that moment.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
import time
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
for _folder in ("l10n_co_openpce_edi", "tests/dian/rules"):
    sys.path.insert(0, str(ROOT / _folder))

OPTIONAL = (
    "cac:InvoicePeriod", "cac:BillingReference", "cac:DespatchDocumentReference",
    "cac:ReceiptDocumentReference", "cac:AdditionalDocumentReference",
    "cac:TaxRepresentativeParty", "cac:Delivery", "cac:DeliveryTerms", "cac:PaymentExchangeRate",
    "cac:PaymentAlternativeExchangeRate", "cac:AllowanceCharge", "cac:PrepaidPayment",
    "cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cac:ShareholderParty",
    "cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cac:ShareholderParty",
)  # fmt: skip


def invoice(mutate, lines: int, rich: bool) -> etree._Element:
    """The base invoice with ``lines`` lines of 10,000.00 and IVA at 5 %, right in every sum."""
    root = mutate.base_invoice()
    model = mutate.find(root, "cac:InvoiceLine[2]")[0]
    for path in (*(() if rich else OPTIONAL), "cac:InvoiceLine", "cac:WithholdingTaxTotal",
                 "cac:TaxTotal[position() > 1]", "cac:TaxTotal/cac:TaxSubtotal[1]"):  # fmt: skip
        for element in mutate.find(root, path):
            element.getparent().remove(element)
    for number in range(1, lines + 1):
        line = copy.deepcopy(model)
        line.find("{*}ID").text = str(number)
        root.append(line)
    net, tax = 10000 * lines, 500 * lines
    totals = {
        "cbc:LineCountNumeric": lines,
        "cac:TaxTotal/cbc:TaxAmount": tax,
        "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount": tax,
        "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount": net,
        "cac:LegalMonetaryTotal/cbc:LineExtensionAmount": net,
        "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount": net,
        "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount": net + tax,
        "cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount": 0,
        "cac:LegalMonetaryTotal/cbc:ChargeTotalAmount": 0,
        "cac:LegalMonetaryTotal/cbc:PrepaidAmount": 0,
        "cac:LegalMonetaryTotal/cbc:PayableAmount": net + tax,
    }
    if rich:
        for path in ("cac:AllowanceCharge", "cac:PrepaidPayment"):
            for element in mutate.find(root, path):
                element.getparent().remove(element)
    for path, value in totals.items():
        mutate.apply(root, "text", path, str(value))
    return root


def milliseconds(work, count: int, rounds: int = 5) -> float:
    """CPU milliseconds of one call, best of the rounds."""
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        for _ in range(count):
            work()
        best = min(best, (time.process_time() - started) / count * 1000)
    return round(best, 3)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=40)
    count = parser.parse_args().count

    import mutate

    from dian.identifiers import cufe, inputs_from
    from dian.rules import INVOICE_RULES, check
    from dian.rules.tree import read

    figures: dict[str, object] = {
        "rules": len(INVOICE_RULES.rules),
        "loop_ms": milliseconds(lambda: sum(i * i for i in range(100_000)), 5),
    }
    for shape in ("plain", "rich"):
        for lines in (1, 10, 100, 500):
            root = invoice(mutate, lines, rich=shape == "rich")
            mutate.apply(root, "text", "cbc:UUID", cufe(inputs_from(root), mutate.TECHNICAL_KEY))
            findings = check(root, mutate.CONTEXT)
            assert not findings, findings
            repeat = max(2, count // max(1, lines // 10))
            figures[f"{shape}_{lines}_lines"] = {
                "elements": sum(1 for _ in root.iter()),
                "read_ms": milliseconds(lambda root=root: read(root), repeat),
                "check_ms": milliseconds(lambda root=root: check(root, mutate.CONTEXT), repeat),
            }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
