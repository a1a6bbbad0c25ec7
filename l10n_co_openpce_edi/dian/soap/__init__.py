"""DIAN's web service WcfDianCustomerServices (annex 1.9 chapter 7), envelopes built by hand.

``DianClient(url, signer).call(operation)`` sends one of the ``operations`` and gives its typed
answer. It raises only ``DianTimeout``, ``DianUnavailable``, ``DianFault``, ``DianProtocolError``.
"""

from .client import DianClient
from .endpoints import ENDPOINTS
from .responses import (
    Acquirer,
    DianResponse,
    ExchangeEmails,
    NumberingRange,
    NumberingRangeResponse,
    Outcome,
    UploadResponse,
    XmlByDocumentKey,
)
from .transport import Timeouts

__all__ = [
    "ENDPOINTS",
    "Acquirer",
    "DianClient",
    "DianResponse",
    "ExchangeEmails",
    "NumberingRange",
    "NumberingRangeResponse",
    "Outcome",
    "Timeouts",
    "UploadResponse",
    "XmlByDocumentKey",
]
