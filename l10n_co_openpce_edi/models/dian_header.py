"""What a document needs that is not on the invoice: software, numbering range, environment."""

from dataclasses import dataclass, field
from datetime import date, datetime

from ..dian.codes import DocumentType, Environment


@dataclass(frozen=True, slots=True)
class DianHeader:
    """Issuing data of one document (annex 1.9 sections 6.1 and 11.8).

    :param issued_at: aware, in Bogotá time (UTC-5); its date is ``IssueDate`` and must be the date
        of the signature too (FAD09e).
    :param software_id: identifier DIAN gave the software; :param software_pin: its PIN.
    :param technical_key: key of the numbering range, the last secret of the CUFE.
    :param provider_nit: NIT, without check digit, of whoever makes the software's documents: the
        technological provider, or the issuer itself.
    :param resolution: number of the numbering authorisation.
    :param first: first number of the range; :param last: its last number.
    :param start: first day the range is valid; :param end: its last day.
    """

    issued_at: datetime
    environment: Environment
    software_id: str
    software_pin: str = field(repr=False)
    technical_key: str = field(repr=False)
    provider_nit: str
    resolution: str
    prefix: str
    first: int
    last: int
    start: date
    end: date
    document_type: DocumentType = DocumentType.INVOICE

    def __post_init__(self):
        if self.issued_at.tzinfo is None:
            raise ValueError("issued_at must be aware, in Bogotá time")
