"""The client: build, sign, post, read. It knows plain values and a Signer, no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from lxml import etree

from ..errors import DianProtocolError, DianTimeout, DianUnavailable
from ..signature.keys import Signer
from . import envelope, wsse
from .operations import Answer, Operation
from .transport import MAX_ANSWER, Reply, Timeouts, Transport

# Given by a gateway in front of the service, which may have had the request already.
_UNKNOWN_OUTCOME = (502, 504)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)


class DianClient:
    """One company's line to DIAN (or to a stand-in). Use it as a context manager, in one thread.

    :param url: address of WcfDianCustomerServices; https, or http on this machine.
    :param signer: certificate registered at DIAN and its key.
    :param clock: gives the aware time that the security header carries.
    :raises DianConfigurationError: for an address that would send the data in clear.
    """

    def __init__(
        self,
        url: str,
        signer: Signer,
        *,
        timeouts: Timeouts | None = None,
        max_answer: int = MAX_ANSWER,
        clock: Callable[[], dt.datetime] = _now,
    ) -> None:
        self.url = url
        self._signer = signer
        self._clock = clock
        self._transport = Transport(url, timeouts or Timeouts(), max_answer)

    def __enter__(self) -> DianClient:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the kept connection."""
        self._transport.close()

    def call(self, operation: Operation[Answer]) -> Answer:
        """Carry out ``operation`` once; nothing is repeated here.

        :raises DianUnavailable: certainly not accepted (no connection; 403, 500, 503, 507, 508).
        :raises DianTimeout: outcome unknown (no answer in time, connection lost, 502, 504).
        :raises DianFault: the service refused the message.
        :raises DianProtocolError: the answer cannot be understood; outcome unknown.
        """
        reply = self._transport.post(self.request(operation), self._content_type(operation))
        root = self._parse(reply)
        return operation.read(envelope.result(root, operation.name))

    def request(self, operation: Operation[Answer]) -> bytes:
        """The signed envelope of ``operation``, as it is posted."""
        frame = wsse.sign(envelope.build(operation.name, self.url), self._signer, self._clock())
        envelope.fill(frame, operation.name, operation.parameters())
        return etree.tostring(frame, xml_declaration=True, encoding="UTF-8")

    def _content_type(self, operation: Operation[Answer]) -> str:
        return f'application/soap+xml;charset=UTF-8;action="{envelope.ACTION}{operation.name}"'

    def _parse(self, reply: Reply) -> etree._Element:
        limit = self._transport.max_answer
        if reply.status < 400:
            return envelope.parse(reply.content, limit)
        # WCF sends faults with 400 or 500, and some refusals as an answer with status 404.
        try:
            root = envelope.parse(reply.content, limit)
        except DianProtocolError as error:
            raise _http_error(reply.status) from error
        envelope.raise_fault(root)
        if reply.status == 404:
            return root
        raise _http_error(reply.status)


def _http_error(status: int) -> DianUnavailable | DianTimeout | DianProtocolError:
    if status in _UNKNOWN_OUTCOME:
        return DianTimeout(f"A gateway answered HTTP {status}: the request may have arrived")
    if status >= 500 or status in (403, 408, 429):
        return DianUnavailable(f"The service answered HTTP {status}", status)
    return DianProtocolError(f"The service answered HTTP {status} without an explanation")
