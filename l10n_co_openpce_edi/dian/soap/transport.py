"""The only place that opens a connection: one POST, its time-outs, and what each failure means."""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError
from urllib3.exceptions import SSLError as Urllib3SSLError

from ..errors import DianConfigurationError, DianTimeout, DianUnavailable

MAX_ANSWER = 40 * 1024 * 1024  # a document of 500 kB and its answer, base64, with room to spare
_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Timeouts:
    """Seconds: to connect, between two pieces of the answer, and for the whole exchange.

    A minute without an answer is a declared delay of DIAN (annex 12.4).
    """

    connect: float = 10.0
    read: float = 60.0
    total: float = 120.0


@dataclass(frozen=True)
class Reply:
    """What came back, whatever its HTTP status."""

    status: int
    content: bytes


class Transport:
    """Posts envelopes to one address, keeping the connection. Not to be shared by threads."""

    def __init__(self, url: str, timeouts: Timeouts, max_answer: int = MAX_ANSWER) -> None:
        self.url = url
        self.timeouts = timeouts
        self.max_answer = max_answer
        self._session = requests.Session()
        # A proxy of the machine has no business between us and a stand-in on this machine.
        self._session.trust_env = not _check_url(url)

    def post(self, data: bytes, content_type: str) -> Reply:
        """Send ``data`` once, never again by itself, and read at most ``max_answer`` bytes.

        :raises DianUnavailable: no connection could be made, so nothing was accepted.
        :raises DianTimeout: the request may have arrived, but no whole answer came back.
        """
        deadline = time.monotonic() + self.timeouts.total
        try:
            with self._session.post(
                self.url,
                data=data,
                headers={"Content-Type": content_type},
                timeout=(self.timeouts.connect, self.timeouts.read),
                allow_redirects=False,
                stream=True,
            ) as response:
                return Reply(response.status_code, self._read(response, deadline))
        except requests.exceptions.ConnectTimeout as error:
            raise DianUnavailable(f"{_host(self.url)} does not answer the call") from error
        except requests.exceptions.ConnectionError as error:
            if _never_connected(error):
                raise DianUnavailable(f"No connection to {_host(self.url)}") from error
            raise DianTimeout(f"{_host(self.url)} closed the connection without answer") from error
        except requests.exceptions.RequestException as error:
            raise DianTimeout(f"No answer from {_host(self.url)}: {_reason(error)}") from error

    def close(self) -> None:
        """Close the kept connection."""
        self._session.close()

    def _read(self, response: requests.Response, deadline: float) -> bytes:
        parts, size = [], 0
        for part in response.iter_content(_CHUNK):
            size += len(part)
            if size > self.max_answer:
                raise DianTimeout(f"The answer is larger than {self.max_answer} bytes")
            if time.monotonic() > deadline:
                raise DianTimeout(f"The answer took more than {self.timeouts.total:g} seconds")
            parts.append(part)
        return b"".join(parts)


def _check_url(url: str) -> bool:
    """Whether ``url`` is on this machine; anything else has to be https.

    :raises DianConfigurationError: plain http to another machine, or no address at all.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not host or parts.scheme not in ("http", "https") or (parts.scheme == "http" and not local):
        raise DianConfigurationError(
            f"The address of the service has to be https (http only on this machine): {url}"
        )
    return local


def _never_connected(error: requests.exceptions.ConnectionError) -> bool:
    """Whether the connection itself failed, so that nothing can have been sent."""
    reason: object = error.args[0] if error.args else None
    reason = getattr(reason, "reason", reason)
    if isinstance(reason, Urllib3SSLError):
        # A certificate that is not trusted shows in the handshake, before any data.
        return "CERTIFICATE_VERIFY_FAILED" in str(reason)
    return isinstance(reason, NewConnectionError)


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _reason(error: Exception) -> str:
    return type(error).__name__
