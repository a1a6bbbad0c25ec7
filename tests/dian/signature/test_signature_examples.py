"""DIAN's own signed examples: most were edited after signing; four still hold."""

from __future__ import annotations

import pytest
from lxml import etree
from signature_cases import xmlsec_agrees

from dian.signature.verifier import verify
from dian.ubl.namespaces import tag

#: Files of the toolbox whose signature holds; all others with a signature were edited.
VALID = {
    "Consumidor Final.xml",
    "CreditNote.xml",
    "DebitNote.xml",
    "GenericaPagoAnticipado.xml",
}
#: Files without any signature.
UNSIGNED = {
    "Compra o Venta de Divisas.xml",
    "Ejemplificacion Propina.xml",
    "Transporte de Carga.xml",
    "030 - Acuse_ReciboFEV.xml",
}
#: Edited after signing, but what was signed besides the document is intact.
ONLY_DOCUMENT_CHANGED = {
    "Combustible.xml",
    "Generica.xml",
    "EmisorAutoretenedor.xml",
    "Exportacion.xml",
    "ExcluidosExentos.xml",
    "ejemplificacionINPP.xml",
}
FILES_IN_TOOLBOX = 42


@pytest.fixture(scope="module")
def examples(reference):
    found = sorted((reference / "examples").rglob("*.xml"))
    assert len(found) == FILES_IN_TOOLBOX
    return found


def test_same_verdict_as_xmlsec(examples):
    verdicts = {}
    for file in examples:
        data = file.read_bytes()
        reports = verify(data)
        if not reports:
            assert etree.fromstring(data.strip()).find(f".//{tag('ds:Signature')}") is None
            continue
        (report,) = reports
        assert report.valid is xmlsec_agrees(data), f"{file.name}: two judges, one verdict"
        verdicts[file.name] = report
    assert {name for name, report in verdicts.items() if report.valid} == VALID
    assert {file.name for file in examples} - set(verdicts) == UNSIGNED
    for name in ONLY_DOCUMENT_CHANGED:
        assert verdicts[name].reasons == ["DC09"], f"{name}: only the document was edited"


def test_who_signed_the_examples(examples):
    for file in examples:
        for report in verify(file.read_bytes()):
            assert report.signer, f"{file.name}: the holder is read even from a broken signature"
            assert report.signer_nit.isdigit()
            assert report.signed_at is not None
