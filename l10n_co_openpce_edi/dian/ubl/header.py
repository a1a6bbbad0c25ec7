"""Reading of what all documents share."""

from __future__ import annotations

from lxml import etree

from ..documents import Header, Kind
from ..errors import DocumentError
from . import extensions
from .namespaces import document_tag, local_name
from .values import day, moment
from .xml import attribute, text, texts

_KINDS = {document_tag(kind.value): kind for kind in Kind}


def kind_of(root: etree._Element) -> Kind:
    """Kind of a document by its root.

    :raises DocumentError: the root, or its namespace, is none of the five.
    """
    kind = _KINDS.get(str(root.tag))
    if kind is None:
        name = local_name(root.tag)[:60]
        raise DocumentError(
            f"The document is none of DIAN's electronic documents: its root is {name}."
        )
    return kind


def read_header(root: etree._Element) -> Header:
    """Identity, dates, notes and extensions of a document.

    :raises DocumentError: as :func:`kind_of`.
    """
    issue_date, issue_time = text(root, "cbc:IssueDate"), text(root, "cbc:IssueTime")
    return Header(
        kind=kind_of(root),
        number=text(root, "cbc:ID"),
        uuid=text(root, "cbc:UUID"),
        uuid_scheme=attribute(root, "cbc:UUID", "schemeName"),
        environment=text(root, "cbc:ProfileExecutionID"),
        operation_type=text(root, "cbc:CustomizationID"),
        profile=text(root, "cbc:ProfileID"),
        issue_date=day(issue_date),
        issue_time=issue_time,
        issued_at=moment(issue_date, issue_time),
        notes=texts(root, "cbc:Note"),
        extensions=extensions.read(root),
    )
