"""Every judged rule of an invoice: a passing and a failing case; nothing judged without both."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from mutate import CONTEXT, apply, base_invoice, mutations

from dian.findings import Severity
from dian.rules import INVOICE_RULES, RuleContext, RuleSet, check
from dian.rules.__main__ import table
from dian.rules.catalogue import MILDER, NOT_JUDGED, REASONS
from dian.ubl.namespaces import tag

MUTATIONS = mutations()
README = Path(__file__).resolve().parents[3] / "l10n_co_openpce_edi" / "readme" / "RULES.md"


def codes(root: etree._Element, context: RuleContext = CONTEXT) -> set[str]:
    return {finding.code for finding in check(root, context)}


def changed(*operations: tuple[str, str, str]) -> etree._Element:
    root = base_invoice()
    for operation in operations:
        apply(root, *operation)
    return root


def test_base_invoice_breaks_no_rule():
    findings = check(base_invoice(), CONTEXT)
    assert findings == [], "a right invoice, rich in optional groups, has no finding at all"


def test_base_invoice_is_valid_ubl(reference):
    """The passing case of every rule is also a passing case of the XSD."""
    schema = etree.XMLSchema(etree.parse(reference / "xsd" / "maindoc" / "UBL-Invoice-2.1.xsd"))
    schema.assertValid(base_invoice())


def test_every_judged_rule_has_a_failing_case():
    judged = set(INVOICE_RULES.rules)
    assert judged == set(MUTATIONS), "each judged id has a row in mutations.csv, and no other id"


@pytest.mark.parametrize("rule_id", sorted(MUTATIONS))
def test_broken_invoice_is_told(rule_id):
    root = changed(*MUTATIONS[rule_id])
    found = [finding for finding in check(root, CONTEXT) if finding.code == rule_id]
    assert found, f"{rule_id} is told when the invoice breaks it"
    rule = INVOICE_RULES.rules[rule_id]
    for finding in found:
        assert finding.severity is rule.severity
        assert finding.message and finding.message_es, "said in both languages"
        assert finding.message != finding.message_es
        assert finding.fix_hint and finding.fix_hint_es, "says where to mend it"
        assert finding.path.startswith("/Invoice"), "points into the document"
        assert "{" not in finding.message + finding.message_es, "no placeholder is left"


@pytest.mark.parametrize("rule_id", sorted(MUTATIONS))
def test_mutation_is_needed(rule_id):
    """All but the last step of a several-step case do not break the rule yet."""
    *before, _last = MUTATIONS[rule_id]
    if before:
        assert rule_id not in codes(changed(*before)), "the last step breaks it, not the setting"


def test_ids_are_unique():
    rule = next(iter(INVOICE_RULES.rules.values()))
    with pytest.raises(ValueError, match="defined twice"):
        RuleSet("Invoice", [rule, rule])


def test_other_documents_are_refused_in_words():
    root = etree.fromstring(
        '<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"/>'
    )
    findings = check(root, CONTEXT)
    assert [finding.code for finding in findings] == ["OPCE-DOCUMENT"]


def test_rejections_come_first():
    root = changed(("text", "cbc:IssueTime", "x"), ("text", "cbc:UBLVersionID", "2.0"))
    severities = [finding.severity for finding in check(root, CONTEXT)]
    assert severities == sorted(severities, key=lambda s: s is Severity.NOTIFICATION)


def test_path_names_the_line():
    root = changed(("drop", "cac:InvoiceLine[3]/cac:Item/cbc:Description", ""))
    paths = [finding.path for finding in check(root, CONTEXT) if finding.code == "FAZ02"]
    assert paths == ["/Invoice/cac:InvoiceLine[3]/cac:Item/cbc:Description"]


@pytest.mark.parametrize(
    ("path", "screen"),
    [
        ("cac:AccountingSupplierParty/cac:Party/cac:PhysicalLocation/cac:Address", "Company"),
        ("cac:AccountingCustomerParty/cac:Party/cac:PhysicalLocation/cac:Address", "Customer"),
        ("cac:Delivery/cac:DeliveryAddress", "Invoice ▸ Delivery"),
        ("cac:Delivery/cac:DeliveryParty/cac:PhysicalLocation/cac:Address", "Delivery ▸ Carrier"),
    ],
)
def test_hint_follows_the_place(path, screen):
    """CDG01 is one rule for every address; where it is mended depends on whose address it is."""
    root = changed(("text", f"{path}/cbc:CountrySubentityCode", "88"))
    (hint,) = [finding.fix_hint for finding in check(root, CONTEXT) if finding.code == "CDG01"]
    assert hint.startswith(screen)


def test_lists_of_what_is_lacking_are_translated():
    root = changed(
        ("drop", "cac:AccountingSupplierParty/cac:Party/cac:PhysicalLocation/cac:Address/*", "")
    )
    (finding,) = [finding for finding in check(root, CONTEXT) if finding.code == "FAJ08"]
    assert "municipality code" in finding.message
    assert "código de municipio" in finding.message_es


def test_nothing_known_nothing_judged():
    """Rules that need the issuer's data stay silent without it."""
    wrong = replace(
        CONTEXT,
        environment="1",
        technical_key="x",
        software_id="other",
        provider_nit="1",
        issuer_nit="1",
        issuer_name="Otra",
        reception_email="otro@example.com",
        signing_time=dt.datetime(2025, 3, 6, 4, 59, tzinfo=dt.timezone.utc),
        range=replace(CONTEXT.range, prefix="FE", first=1, last=2, resolution="1"),
    )
    assert codes(base_invoice(), RuleContext()) == set()
    assert codes(base_invoice(), wrong) == {
        "FAB05b", "FAB10b", "FAB11b", "FAB12b", "FAB19b", "FAB24b", "FAB27b", "FAD04", "FAD05d",
        "FAD05e", "FAD06", "FAJ21", "FAJ43b", "FAJ44b", "FAJ71",
    }  # fmt: skip


def test_signature_day_is_bogota_time():
    late = replace(CONTEXT, signing_time=dt.datetime(2025, 3, 6, 4, 59, tzinfo=dt.timezone.utc))
    next_day = replace(CONTEXT, signing_time=dt.datetime(2025, 3, 6, 5, 0, tzinfo=dt.timezone.utc))
    assert codes(base_invoice(), late) == set(), "23:59 in Bogotá is still the issue date"
    assert codes(base_invoice(), next_day) == {"FAD09e"}
    about_to_sign = RuleContext(now=dt.datetime(2025, 3, 7, 12, tzinfo=dt.timezone.utc))
    assert codes(base_invoice(), about_to_sign) == {"FAD09e"}, "unsigned: it is signed now"


@pytest.mark.parametrize(
    ("moment", "same_day"),
    [
        ("2025-03-05T23:59:59-05:00", True),
        ("2025-03-06T04:59:59Z", True),
        ("2025-03-05T14:30:00.1234567-05:00", True),
        ("2025-03-05T14:30:00", True),
        ("2025-03-06T00:00:00-05:00", False),
        ("no time at all", True),
    ],
)
def test_day_of_a_signed_document(moment, same_day):
    """A received invoice is judged by the time in its own signature, before any clock of ours."""
    root = base_invoice()
    extension = etree.SubElement(root.find("{*}UBLExtensions"), tag("ext:UBLExtension"))
    content = etree.SubElement(extension, tag("ext:ExtensionContent"))
    signature = etree.SubElement(content, tag("ds:Signature"))
    etree.SubElement(signature, tag("xades:SigningTime")).text = moment
    later = RuleContext(now=dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc))
    assert codes(root, later) == (set() if same_day else {"FAD09e"})


def test_paper_invoice_is_hashed_with_the_pin():
    root = changed(("text", "cbc:InvoiceTypeCode", "03"))
    assert {"FAD06", "FAD08"} <= codes(root), "type 03 carries a CUDE (annex 11.4.1)"


def test_table_is_up_to_date():
    committed = README.read_text(encoding="utf-8")
    assert committed == table(), "run: python -m dian.rules > readme/RULES.md"


def test_reasons_are_known():
    assert {reason for _severity, _path, reason in NOT_JUDGED.values()} == set(REASONS)
    assert not set(NOT_JUDGED) & set(INVOICE_RULES.rules), "judged or not, never both"


def test_table_covers_annex(reference):
    with (reference / "rules" / "invoice.csv").open(encoding="utf-8", newline="") as stream:
        annex = {row["rule_id"]: row for row in csv.DictReader(stream)}
    assert set(annex) == set(INVOICE_RULES.rules) | set(NOT_JUDGED), "each id is here once"
    for rule_id, rule in INVOICE_RULES.rules.items():
        row = annex[rule_id]
        expected = "N" if rule_id in MILDER else row["severity"]
        assert rule.severity.value == expected, f"{rule_id}: severity of the annex"
        if not rule.path.startswith("//"):
            assert rule.path == row["xpath"], f"{rule_id}: element of the annex"
    for rule_id, (severity, _path, _reason) in NOT_JUDGED.items():
        assert severity.value == annex[rule_id]["severity"], f"{rule_id}: severity of the annex"
