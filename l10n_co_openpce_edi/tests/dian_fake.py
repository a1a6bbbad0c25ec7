"""A DIAN that does as it is told: it takes the client's place, at the one seam the product has."""

import base64
import datetime as dt
import re
from contextlib import contextmanager
from unittest.mock import patch

from odoo.addons.l10n_co_openpce_edi.dian import archive, errors
from odoo.addons.l10n_co_openpce_edi.dian.findings import Finding, Severity
from odoo.addons.l10n_co_openpce_edi.dian.soap.responses import DianResponse, UploadResponse

ANSWER = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b"<ApplicationResponse"
    b' xmlns="urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2"'
    b' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
    b' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2">'
    b"<cbc:UBLVersionID>UBL 2.1</cbc:UBLVersionID><cbc:ID>1</cbc:ID><cbc:UUID>a1</cbc:UUID>"
    b"<cbc:IssueDate>2026-01-01</cbc:IssueDate><cbc:IssueTime>10:00:00-05:00</cbc:IssueTime>"
    b"<cac:DocumentResponse><cac:Response><cbc:ResponseCode>02</cbc:ResponseCode></cac:Response>"
    b"<cac:DocumentReference><cbc:UUID>CUFE</cbc:UUID></cac:DocumentReference>"
    b"</cac:DocumentResponse></ApplicationResponse>"
)
RULE_90 = Finding("90", Severity.REJECTION, "Documento procesado anteriormente.")


class FakeDian:
    """Keeps what it accepted, refuses a number twice (rule 90), fails as `script` says.

    :param script: what happens to the coming shipments, in order; then everything is accepted.
        ``accept``, ``reject``, ``timeout`` (nothing arrived), ``timeout_accepted`` (arrived, answer
        lost), ``unavailable``, ``fault``, ``garbage``, ``processing``, ``batch``.
    """

    def __init__(self, *script):
        self.script = list(script)
        self.accepted = {}  # CUFE → file name
        self.numbers = set()
        self.calls = []
        self.answer_key = None  # CUFE that DIAN's signed answer names instead of the right one

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        return None

    @property
    def sent(self):
        """Names of the operations that sent a document."""
        return [name for name, _operation in self.calls if name.startswith("Send")]

    def call(self, operation):
        """The client's only method."""
        name = type(operation).__name__
        self.calls.append((name, operation))
        return getattr(self, f"_{name}")(operation)

    def _SendBillSync(self, operation):
        action = self.script.pop(0) if self.script else "accept"
        if (
            action in ("accept", "timeout_accepted", "processing")
            and operation.file_name in self.numbers
        ):
            return DianResponse(False, "99", findings=(RULE_90,))
        self._raise(action)
        if action == "reject":
            finding = Finding(
                "FAK24",
                Severity.REJECTION,
                "DV del NIT no está bien calculado",
                path="/Invoice/cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID",
            )
            return DianResponse(False, "99", findings=(finding,))
        if action == "rule_90":
            return DianResponse(False, "99", findings=(RULE_90,))
        self.accepted[operation.document_key] = operation.file_name
        self.numbers.add(operation.file_name)
        if action == "timeout_accepted":
            raise errors.DianTimeout("no answer in 60 s")
        return self._verdict(operation.document_key)

    def _SendTestSetAsync(self, operation):
        self._raise(self.script.pop(0) if self.script else "accept")
        self.last_sent = self._read_cufe(operation.content)
        return UploadResponse("0f1e2d3c-zip-key")

    def _GetStatus(self, operation):
        if self.script and self.script[0].startswith("ask_"):
            action = self.script.pop(0)
            self._raise(action.removeprefix("ask_"))
            if action == "ask_processing":
                return DianResponse(False, "", "Batch en proceso de validación.")
        return self._verdict(operation.track_id)

    def _GetStatusZip(self, operation):
        if self.script and self.script[0] == "ask_processing":
            self.script.pop(0)
            return (DianResponse(False, "", "Batch en proceso de validación."),)
        content = self._answer(self.last_sent)
        return (DianResponse(True, "00", "Procesado Correctamente.", application_response=content),)

    def _verdict(self, cufe):
        if cufe in self.accepted:
            return DianResponse(
                True,
                "00",
                "Procesado Correctamente.",
                application_response=self._answer(cufe),
                document_key=cufe,
            )
        return DianResponse(False, "66", "NSU no encontrado")

    @staticmethod
    def _read_cufe(content):
        (entry,) = archive.unpack(content)
        return re.search(rb"\b[0-9a-f]{96}\b", entry.content)[0].decode()

    def _answer(self, cufe):
        return ANSWER.replace(b"CUFE", (self.answer_key or cufe).encode())

    def _raise(self, action):
        failures = {
            "timeout": errors.DianTimeout("no answer in 60 s"),
            "unavailable": errors.DianUnavailable("HTTP 503", 503),
            "fault": errors.DianFault(
                "a:InvalidSecurity", "An error occurred when verifying security"
            ),
            "garbage": errors.DianProtocolError("no IsValid in the answer"),
        }
        if action in failures:
            raise failures[action]


@contextmanager
def fake_dian(env, *script):
    """Put a :class:`FakeDian` in the place of every company's client."""
    dian = FakeDian(*script)
    model = type(env["res.company"])
    with patch.object(model, "_l10n_co_openpce_client", lambda self, environment=None: dian):
        yield dian


@contextmanager
def fake_files(env):
    """Documents without builder and signature: a file and a CUFE that differ by time and number."""

    def make(document):
        header_time = document._get_bogota_now()
        text = f"<Invoice>{document.number} {header_time.isoformat()}</Invoice>"
        cufe = f"{abs(hash(text)):x}".rjust(96, "0")
        text = f"<Invoice>{text}<UUID>{cufe}</UUID></Invoice>"
        document.write(
            {
                "cufe": cufe,
                "issued_at": header_time.astimezone(dt.timezone.utc).replace(tzinfo=None),
                "signed_xml": base64.b64encode(text.encode()),
                "file_name": f"fv{document.number}.xml",
                "zip_name": f"z{document.number}.zip",
            }
        )
        return True

    with patch.object(type(env["l10n_co_openpce.document"]), "_make", make):
        yield
