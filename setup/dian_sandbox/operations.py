"""What each operation does with a call that passed security."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, replace

from cryptography import x509
from lxml import etree

from . import answers, application_response, archive, trust, xmlio
from .answers import DianResponse, UploadError
from .document import Document, read
from .findings import DUPLICATE, Finding, rejected
from .identity import Identity
from .judge import Judge
from .request import SENDING, Call
from .store import Store, StoredDocument


@dataclass(frozen=True)
class Contents:
    """What a sending call carries: its documents, or why there are none."""

    documents: tuple[Document, ...] = ()
    problem: str = ""
    file_name: str = ""

    @property
    def subjects(self) -> set[str]:
        """Numbers and keys, by which a fault may be aimed."""
        return {s for d in self.documents for s in (d.number, d.key) if s}


def open_contents(call: Call) -> Contents:
    """Unzip and parse the documents of a sending call; nothing is judged yet."""
    file_name = call.parameters.get("fileName", "").strip()
    content = call.content
    if not 1 <= len(file_name) <= archive.MAX_FILE_NAME:
        return Contents(problem="fileName debe tener entre 1 y 100 caracteres.")
    if content is None:
        return Contents(problem="contentFile no es base64.", file_name=file_name)
    limit = 1 if call.operation == "SendBillSync" else archive.MAX_ASYNC
    member = file_name
    try:
        documents = []
        for entry in archive.unpack(content, at_most=limit):
            member = entry.name
            documents.append(read(entry.name, entry.content))
        return Contents(tuple(documents), file_name=file_name)
    except archive.BadArchive as error:
        return Contents(problem=str(error), file_name=file_name)
    except xmlio.UnreadableXml as error:
        return Contents(problem=f"{member}: {error}", file_name=file_name)


@dataclass(frozen=True)
class Operations:
    """The operations over one state. ``delay`` is the seconds an asynchronous batch takes."""

    store: Store
    judge: Judge
    identity: Identity
    delay: float = 2.0

    def answer(
        self, call: Call, contents: Contents, caller: x509.Certificate, hold: float = 0.0
    ) -> etree._Element:
        """Carry out a call and return the body of its answer.

        :param hold: seconds during which the verdict is not told (fault ``processing``).
        """
        if call.operation == "SendBillSync":
            return self._send_sync(call, contents, hold)
        if call.operation in SENDING:
            return self._send_async(call, contents, hold)
        if call.operation == "GetStatus":
            return answers.dian_response("GetStatus", self.status(_track(call)))
        if call.operation == "GetStatusZip":
            return answers.dian_responses("GetStatusZip", self._batch(_track(call)))
        return self._ranges(call, trust.holder_nit(caller))

    # sending

    def _send_sync(self, call: Call, contents: Contents, hold: float) -> etree._Element:
        if contents.problem:
            return answers.dian_response(call.operation, _unreadable(contents))
        stored = self.receive(contents.documents[0], call, "", hold)
        return answers.dian_response(call.operation, to_response(stored))

    def _send_async(self, call: Call, contents: Contents, hold: float) -> etree._Element:
        errors = self._upload_errors(call, contents)
        if errors:
            return answers.upload_response(call.operation, None, errors)
        zip_key = answers.new_track_id()
        wait = max(self.delay, hold)
        self.store.add_batch(zip_key, time.time() + wait)
        for document in contents.documents:
            self.receive(document, call, zip_key, wait)
        return answers.upload_response(call.operation, zip_key)

    def _upload_errors(self, call: Call, contents: Contents) -> list[UploadError]:
        if contents.problem:
            return [UploadError(contents.file_name, contents.problem)]
        if call.operation != "SendTestSetAsync":
            return []
        test_set = call.parameters.get("testSetId", "").strip()
        return [
            UploadError(
                document.name,
                f"El set de pruebas {test_set[:40]} no corresponde al emisor {document.issuer}.",
                document.key,
            )
            for document in contents.documents
            if (self.store.issuer(document.issuer) or {}).get("test_set_id", "") != test_set
        ]

    def receive(self, document: Document, call: Call, batch: str, hold: float) -> StoredDocument:
        """Judge a document and store it with its verdict; committed when this returns.

        A number already accepted, or still being validated, gets rule 90 and nothing else. A
        rejected number may be sent again: the annex leaves it open, and the live service is
        reported to admit it.
        """
        now = dt.datetime.now(dt.timezone.utc)
        if self.store.taken(document.kind, document.number, document.issuer, document.key):
            findings = [DUPLICATE]
        else:
            findings = self.judge.findings(document, now)
        stored = self._verdict(document, findings, call, batch, hold, now)
        if not self.store.add_document(stored):
            # Somebody else's copy was accepted between our look and our writing.
            stored = self._verdict(document, [DUPLICATE], call, batch, hold, now)
            self.store.add_document(stored)
        return stored

    def _verdict(
        self,
        document: Document,
        findings: list[Finding],
        call: Call,
        batch: str,
        hold: float,
        now: dt.datetime,
    ) -> StoredDocument:
        sentence = document.sentence if document.known else ""
        accepted = not rejected(findings)
        answer = application_response.build(
            document, findings, sentence, self.identity, now, self.judge.environment != "1"
        )
        return StoredDocument(
            received_at=now.timestamp(),
            due_at=now.timestamp() + hold,
            operation=call.operation,
            batch=batch,
            file_name=document.name[:100],
            kind=document.kind,
            number=document.number,
            issuer=document.issuer,
            document_key=document.key or answers.new_track_id(),
            issue_date=document.issue_date,
            accepted=accepted,
            findings=tuple(finding.line() for finding in findings),
            message=sentence if accepted else answers.DOCUMENT_WITH_ERRORS,
            xml=document.data,
            answer=answer,
        )

    # asking

    def status(self, track_id: str) -> DianResponse:
        """GetStatus: by CUFE/CUDE, or by the key of a batch with one document."""
        stored = self.store.document_by_key(track_id)
        if stored is None:
            batch = self.store.batch(track_id)
            if batch and len(batch[1]) == 1:
                stored = batch[1][0]
        return to_response(stored) if stored else _not_found(track_id)

    def _batch(self, zip_key: str) -> list[DianResponse]:
        batch = self.store.batch(zip_key)
        if batch is None:
            return [_not_found(zip_key)]
        due_at, documents = batch
        if due_at > time.time() or not documents:
            return [DianResponse(False, "", answers.IN_PROCESS, None, zip_key, None)]
        return [to_response(replace(stored, due_at=due_at)) for stored in documents]

    def _ranges(self, call: Call, caller: str) -> etree._Element:
        account, owner, software = (
            call.parameters.get(name, "").strip()
            for name in ("accountCode", "accountCodeT", "softwareCode")
        )
        issuer = self.store.issuer(account)
        owned = (self.store.issuer(owner) or {}).get("software_id", "")
        if caller not in (account, owner):
            return answers.numbering_response("401", "No autorizado.", [])
        if issuer is None or not issuer.get("ranges"):
            return answers.numbering_response(
                "301", f"No fue encontrado ningún rango de numeración para el NIT: {account}.", []
            )
        if owned.lower() != software.lower():
            return answers.numbering_response(
                "303", f"El software {software} no corresponde al NIT {owner}.", []
            )
        if issuer.get("software_id", "").lower() != software.lower():
            return answers.numbering_response(
                "302", f"El software {software} no tiene prefijos asociados.", []
            )
        return answers.numbering_response("100", "Acción completada OK.", issuer["ranges"])


def to_response(stored: StoredDocument) -> DianResponse:
    """The answer about a stored document, or that it is still being validated."""
    if not stored.ready:
        return DianResponse(False, "", answers.IN_PROCESS, None, stored.document_key, None)
    return DianResponse(
        stored.accepted,
        "00" if stored.accepted else "99",
        answers.PROCESSED if stored.accepted else answers.WITH_ERRORS,
        stored.message,
        stored.document_key,
        stored.document_key,
        stored.findings,
        stored.answer,
    )


def _not_found(track_id: str) -> DianResponse:
    """66 for a CUFE nobody sent, 90 for a track id that was never given out (annex §7.11)."""
    if len(track_id) == 96:
        return DianResponse(
            False, "66", "TrackId no existe en los registros de la DIAN.", None, track_id, None
        )
    return DianResponse(False, "90", "TrackId no encontrado.", None, track_id, None)


def _unreadable(contents: Contents) -> DianResponse:
    return DianResponse(
        False, "99", answers.WITH_ERRORS, contents.problem, answers.new_track_id(), None
    )


def _track(call: Call) -> str:
    return call.parameters.get("trackId", "").strip()
