"""One dataclass per operation: its parameters in the order of the service description.

Every class has ``name`` (the operation), ``parameters()`` (pairs of element name and text) and
``read(result)``, which turns the element ``<name>Result`` into the typed answer.
Annex 1.9 sections 7.8 to 7.18; GetAcquirer comes from Resolución 000202 of 2025.
"""

from __future__ import annotations

import base64
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from lxml import etree

from . import responses
from .responses import (
    Acquirer,
    DianResponse,
    ExchangeEmails,
    NumberingRangeResponse,
    UploadResponse,
    XmlByDocumentKey,
)

Answer = TypeVar("Answer")
Parameters = tuple[tuple[str, str], ...]


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


class Operation(ABC, Generic[Answer]):
    """An exchange with the service. ``sends`` tells whether it changes anything at DIAN."""

    name: ClassVar[str]
    sends: ClassVar[bool] = False

    @abstractmethod
    def parameters(self) -> Parameters:
        """Element names and texts of the body, in order."""

    @abstractmethod
    def read(self, result: etree._Element) -> Answer:
        """The typed answer in ``result``.

        :raises DianProtocolError: when it is not what the service description promises.
        """


@dataclass(frozen=True)
class SendBillSync(Operation[DianResponse]):
    """Transmit one document and wait for the verdict (annex 7.10).

    :param file_name: name of the zip, at most 100 characters.
    :param content: the zip, with exactly one document, at most 50 MB.
    :param document_key: CUFE/CUDE of the document: an answer about another one is refused.
    """

    name = "SendBillSync"
    sends = True
    file_name: str
    content: bytes
    document_key: str = ""

    def parameters(self) -> Parameters:
        return (("fileName", self.file_name), ("contentFile", _base64(self.content)))

    def read(self, result: etree._Element) -> DianResponse:
        return responses.read_dian_response(result, self.document_key)


@dataclass(frozen=True)
class SendBillAsync(Operation[UploadResponse]):
    """Transmit up to 50 documents in one zip; the verdicts come by GetStatusZip (annex 7.8)."""

    name = "SendBillAsync"
    sends = True
    file_name: str
    content: bytes

    def parameters(self) -> Parameters:
        return (("fileName", self.file_name), ("contentFile", _base64(self.content)))

    def read(self, result: etree._Element) -> UploadResponse:
        return responses.read_upload_response(result)


@dataclass(frozen=True)
class SendTestSetAsync(Operation[UploadResponse]):
    """Transmit documents of the test set, enablement environment only (annex 7.9)."""

    name = "SendTestSetAsync"
    sends = True
    file_name: str
    content: bytes
    test_set_id: str

    def parameters(self) -> Parameters:
        return (
            ("fileName", self.file_name),
            ("contentFile", _base64(self.content)),
            ("testSetId", self.test_set_id),
        )

    def read(self, result: etree._Element) -> UploadResponse:
        return responses.read_upload_response(result)


@dataclass(frozen=True)
class SendEventUpdateStatus(Operation[DianResponse]):
    """Register an event: a zip with exactly one ApplicationResponse (annex 7.13)."""

    name = "SendEventUpdateStatus"
    sends = True
    content: bytes
    document_key: str = ""

    def parameters(self) -> Parameters:
        return (("contentFile", _base64(self.content)),)

    def read(self, result: etree._Element) -> DianResponse:
        return responses.read_dian_response(result, self.document_key)


@dataclass(frozen=True)
class _ByTrackId:
    """Operations whose one parameter is a CUFE, CUDE, ZipKey or TrackId."""

    track_id: str

    def parameters(self) -> Parameters:
        return (("trackId", self.track_id),)


@dataclass(frozen=True)
class GetStatus(_ByTrackId, Operation[DianResponse]):
    """What DIAN knows of a CUFE/CUDE or TrackId (annex 7.11)."""

    name = "GetStatus"

    def read(self, result: etree._Element) -> DianResponse:
        return responses.read_dian_response(result, self.track_id)


@dataclass(frozen=True)
class GetStatusZip(_ByTrackId, Operation[tuple[DianResponse, ...]]):
    """The verdicts of a batch, by its ZipKey (annex 7.12)."""

    name = "GetStatusZip"

    def read(self, result: etree._Element) -> tuple[DianResponse, ...]:
        return responses.read_dian_responses(result)


@dataclass(frozen=True)
class GetStatusEvent(_ByTrackId, Operation[DianResponse]):
    """The events registered for an invoice, by its CUFE (annex 7.17)."""

    name = "GetStatusEvent"

    def read(self, result: etree._Element) -> DianResponse:
        return responses.read_dian_response(result, self.track_id)


@dataclass(frozen=True)
class GetReferenceNotes(_ByTrackId, Operation[DianResponse]):
    """The notes that refer to an invoice, by its CUFE (annex 7.18)."""

    name = "GetReferenceNotes"

    def read(self, result: etree._Element) -> DianResponse:
        return responses.read_dian_response(result, self.track_id)


@dataclass(frozen=True)
class GetXmlByDocumentKey(_ByTrackId, Operation[XmlByDocumentKey]):
    """The XML of a document one issued or received (annex 7.14)."""

    name = "GetXmlByDocumentKey"

    def read(self, result: etree._Element) -> XmlByDocumentKey:
        return responses.read_xml_by_document_key(result)


@dataclass(frozen=True)
class GetNumberingRange(Operation[NumberingRangeResponse]):
    """Numbering ranges of an issuer for a software (annex 7.15); identifications without DV."""

    name = "GetNumberingRange"
    account_code: str
    software_owner: str
    software_id: str

    def parameters(self) -> Parameters:
        return (
            ("accountCode", self.account_code),
            ("accountCodeT", self.software_owner),
            ("softwareCode", self.software_id),
        )

    def read(self, result: etree._Element) -> NumberingRangeResponse:
        return responses.read_numbering_ranges(result)


@dataclass(frozen=True)
class GetExchangeEmails(Operation[ExchangeEmails]):
    """The reception mail addresses of all electronic invoicers (annex 7.16)."""

    name = "GetExchangeEmails"

    def parameters(self) -> Parameters:
        return ()

    def read(self, result: etree._Element) -> ExchangeEmails:
        return responses.read_exchange_emails(result)


@dataclass(frozen=True)
class GetAcquirer(Operation[Acquirer]):
    """Name and mail of a buyer as DIAN has them (Resolución 000202 of 2025)."""

    name = "GetAcquirer"
    identification_type: str
    identification_number: str

    def parameters(self) -> Parameters:
        return (
            ("identificationType", self.identification_type),
            ("identificationNumber", self.identification_number),
        )

    def read(self, result: etree._Element) -> Acquirer:
        return responses.read_acquirer(result)
