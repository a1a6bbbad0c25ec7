"""The golden documents of the UBL builder before four judges, without Odoo.

Each ``l10n_co_openpce_edi/tests/golden/*.xml`` is signed with the product's signer at the moment it
says it was issued, and then judged by the UBL 2.1 schema, DIAN's Schematron (saxonche), our own
rules and xmlsec. Judges that are not here skip with a sentence.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from lxml import etree

from dian import identifiers, rules
from dian.rules import AuthorizedRange, RuleContext
from dian.signature import keys, signer
from lib.pki import make_chain

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = sorted((ROOT / "l10n_co_openpce_edi" / "tests" / "golden").glob("*.xml"))
TECHNICAL_KEY = "fc8eac422eba16e22ffd8c6f94b3f40a6e38162c"
SOFTWARE_ID = "56f2ae4e-9812-4fad-9255-08fcfcd5ccb0"
NIT = "900508908"
UBL = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"

#: The Schematron is older than annex 1.9. Always left out:
#: FAD03 old literal of ProfileID, FAD09c a clock against today, FAJ26 and FAJ27 old lists of
#: TaxLevelCode and its listName, FAJ73 asks for a postal code list that has been replaced.
SCHEMATRON_IGNORED = {"FAD03", "FAD09c", "FAJ26", "FAJ27", "FAJ73"}
#: Left out for one document, with the reason.
SCHEMATRON_EXPECTED = {
    "healthy_taxes": {"FAS16"},  # its list of taxes stops before 32; annex 1.9 added 32 to 36
}
#: Notifications our own rules are right to make. A foreign address has no municipality or
#: department code; leaving them out is notified (FAK08, FAK28), inventing them could be rejected.
_FOREIGN = {"FAK08", "FAK28"}
RULES_EXPECTED = {
    "foreign_buyer": _FOREIGN,
    "foreign_currency": _FOREIGN,
    "foreign_person_with_passport": _FOREIGN,
}


@pytest.fixture(scope="module")
def golden_chain():
    """A chain that was valid in March 2025, when the golden documents were issued."""
    start = dt.datetime(2025, 1, 1, tzinfo=dt.timezone.utc)
    return make_chain(nit=NIT, holder="EMPRESA DE PRUEBA SAS", not_before=start, days=3650)


@pytest.fixture(scope="module")
def signed(golden_chain):
    """Name → bytes of every golden document, signed as a submission signs."""
    key_signer = keys.KeySigner(golden_chain.key, golden_chain.certificates)
    return {file.stem: _sign(file, key_signer) for file in GOLDEN}


def _read(file: Path) -> etree._Element:
    return etree.fromstring(file.read_bytes(), etree.XMLParser(remove_blank_text=True))


def _issued_at(root: etree._Element) -> dt.datetime:
    return dt.datetime.fromisoformat(
        f"{root.findtext(UBL + 'IssueDate')}T{root.findtext(UBL + 'IssueTime')}"
    )


def _sign(file: Path, key_signer: keys.KeySigner) -> bytes:
    root = _read(file)
    return signer.sign(root, key_signer, signing_time=_issued_at(root))


def test_there_are_enough_cases():
    assert len(GOLDEN) >= 20, "at least one golden document for each case of the issue"


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_our_rules_find_nothing(file):
    root = _read(file)
    issued_at = _issued_at(root)
    context = RuleContext(
        environment="2",
        now=issued_at,
        signing_time=issued_at,
        software_id=SOFTWARE_ID,
        software_pin="12345",
        technical_key=TECHNICAL_KEY,
        range=AuthorizedRange(
            "18760000001", "SETP", 990000000, 995000000, dt.date(2019, 1, 19), dt.date(2030, 1, 19)
        ),
        provider_nit=NIT,
        issuer_nit=NIT,
    )
    expected = RULES_EXPECTED.get(file.stem, set())
    found = [f for f in rules.check(root, context) if f.is_rejection or f.code not in expected]
    assert not found, [(f.code, f.severity.value, f.message, f.path) for f in found]


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_the_cufe_recomputes(file):
    root = _read(file)
    expected = identifiers.cufe(identifiers.inputs_from(root), TECHNICAL_KEY)
    assert root.findtext(UBL + "UUID") == expected, "FAD06: DIAN computes it from the document"


@pytest.fixture(scope="module")
def schema(reference_folder):
    return etree.XMLSchema(file=str(reference_folder / "xsd" / "maindoc" / "UBL-Invoice-2.1.xsd"))


@pytest.fixture(scope="module")
def reference_folder(request) -> Path:
    return request.getfixturevalue("reference")


@pytest.mark.parametrize("name", [file.stem for file in GOLDEN])
def test_the_schema_accepts(name, signed, schema):
    schema.validate(etree.fromstring(signed[name]))
    assert not schema.error_log, [str(error) for error in schema.error_log]


@pytest.mark.parametrize("name", [file.stem for file in GOLDEN])
def test_xmlsec_accepts_the_signature(name, signed, golden_chain):
    xmlsec = pytest.importorskip("xmlsec", reason="xmlsec is not installed here")
    root = etree.fromstring(signed[name])
    manager = xmlsec.KeysManager()
    manager.load_cert_from_memory(
        golden_chain.root_pem(),
        xmlsec.constants.KeyDataFormatPem,
        xmlsec.constants.KeyDataTypeTrusted,
    )
    context = xmlsec.SignatureContext(manager)
    signature = next(root.iter(DS + "Signature"))
    for element in signature.iter():
        if "Id" in element.attrib:
            context.register_id(element, "Id")
    context.key = xmlsec.Key.from_memory(
        golden_chain.certificate.public_bytes(_pem()), xmlsec.constants.KeyDataFormatCertPem
    )
    context.verify(signature)  # raises when anything does not hold


def _pem():
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.PEM


@pytest.fixture(scope="module")
def schematron(reference_folder):
    saxonche = pytest.importorskip("saxonche", reason="saxonche is not installed here")
    processor = saxonche.PySaxonProcessor(license=False)
    file = reference_folder / "schematron" / "DIAN-UBL21-model-compiled.xsl"
    return processor, file


@pytest.mark.parametrize("name", [file.stem for file in GOLDEN])
def test_dians_schematron_finds_nothing(name, signed, schematron, tmp_path):
    processor, file = schematron
    document = tmp_path / f"{name}.xml"
    document.write_bytes(signed[name])
    xslt = processor.new_xslt30_processor()
    executable = xslt.compile_stylesheet(stylesheet_file=str(file))
    executable.set_save_xsl_message(True)
    executable.transform_to_string(source_file=str(document))
    messages = [message.string_value for message in _messages(executable)]
    allowed = SCHEMATRON_IGNORED | SCHEMATRON_EXPECTED.get(name, set())
    found = [m for m in messages if m.startswith("Fatal") and not _codes(m) & allowed]
    assert not found, found


def _messages(executable):
    value = executable.get_xsl_messages()
    return [value.item_at(position) for position in range(value.size)] if value else []


def _codes(message: str) -> set[str]:
    return set(re.findall(r"\[([A-Z]{3}\d+[a-z]?)\]", message))
