"""A mailbox read by IMAP over verified TLS; each unseen message is a parcel."""

from __future__ import annotations

import contextlib
import email
import email.policy
import imaplib
import re
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from types import TracebackType
from typing import Any

from .errors import ParcelError, SourceError, SourceLost
from .files import File, clean_name
from .parcels import Parcel, Rules

_UID = re.compile(rb"UID (\d+)")
_BYTES = re.compile(rb"RFC822\.SIZE (\d+)")
_MOST_UIDS = 2000
_STEP = 200
_UNNAMED = {"application/pdf": ".pdf", "application/zip": ".zip", "application/xml": ".xml"}


class ImapSource:
    """Messages that are not marked as read.

    :param security: ``tls`` from the first byte, or ``starttls``; there is no third.
    :param authority: PEM of the authorities to trust instead of the system's.
    """

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        mailbox: str,
        rules: Rules,
        *,
        password: str,
        security: str = "tls",
        authority: str = "",
    ) -> None:
        self.rules = rules
        self._host, self._port, self._user, self._password = host, port, user, password
        self._mailbox = mailbox or "INBOX"
        self._security, self._authority = security, authority
        self._client: imaplib.IMAP4 | None = None
        self._validity = ""

    def __enter__(self) -> ImapSource:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def open(self) -> None:
        """Connect, log in and open the mailbox.

        :raises SourceLost: ``unreachable``, ``lost``.
        :raises SourceError: ``tls``, ``authority``, ``login``, ``no_folder``.
        """
        try:
            self._client = self._connect()
            self._log_in(self._client)
        except BaseException:
            self.close()
            raise

    def _connect(self) -> imaplib.IMAP4:
        try:
            context = ssl.create_default_context(cadata=self._authority or None)
        except (ssl.SSLError, ValueError) as error:
            raise SourceError("authority") from error
        host, port, timeout = self._host, self._port, self.rules.timeout
        try:
            if self._security == "tls":
                return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=timeout)
            client = imaplib.IMAP4(host, port, timeout)
            client.starttls(context)
            return client
        except (ssl.SSLError, ssl.CertificateError) as error:
            raise SourceError("tls", host=self._host, reason=_reason(error)) from error
        except imaplib.IMAP4.error as error:
            raise SourceError("tls", host=self._host, reason=_reason(error)) from error
        except (OSError, EOFError, UnicodeError) as error:  # the last: no name of a host
            raise SourceLost(
                "unreachable", host=self._host, port=self._port, reason=_reason(error)
            ) from error

    def _log_in(self, client: imaplib.IMAP4) -> None:
        try:
            with self._losses():
                self._authenticate(client)
        except (imaplib.IMAP4.error, UnicodeError) as error:
            raise SourceError("login", user=self._user, host=self._host) from error
        with self._losses():
            answer, data = client.select(_quoted(self._mailbox))
            if answer != "OK":
                raise SourceError("no_folder", path=self._mailbox, reason=_text(data))
            self._validity = _text(client.response("UIDVALIDITY")[1])

    def _authenticate(self, client: imaplib.IMAP4) -> None:
        """Prefer the command that carries any letter; LOGIN knows ASCII alone."""
        if "AUTH=PLAIN" in client.capabilities:
            words = f"\0{self._user}\0{self._password}".encode()
            client.authenticate("PLAIN", lambda _challenge: words)
        else:
            user = self._user.replace("\\", "\\\\").replace('"', '\\"')
            client.login(f'"{user}"', self._password)

    def close(self) -> None:
        """Log out, if there is still somebody to tell."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(OSError, EOFError, imaplib.IMAP4.error):
                client.shutdown()

    def parcels(self) -> Iterator[Parcel]:
        """Unseen messages, oldest first.

        :raises SourceError: ``refused``.
        :raises SourceLost: ``lost``.
        """
        uids = _text(self._uid("SEARCH", "UNSEEN")).split()[:_MOST_UIDS]
        sizes: dict[str, int] = {}
        for start in range(0, len(uids), _STEP):
            some = ",".join(uids[start : start + _STEP])
            for line in self._uid("FETCH", some, "(UID RFC822.SIZE)"):
                head = line[0] if isinstance(line, tuple) else line or b""
                if (number := _UID.search(head)) and (size := _BYTES.search(head)):
                    sizes[number[1].decode()] = int(size[1])
        for uid in uids:
            if uid in sizes:
                yield Parcel(f"{self._mailbox}:{self._validity}:{uid}", uid, sizes[uid])

    def fetch(self, parcel: Parcel) -> list[File]:
        """The files of a message that count; the whole message when there is none.

        :raises ParcelError: ``too_big`` (``size``, ``limit``), ``changed`` when it is gone.
        :raises SourceLost: ``lost``.
        """
        limit = self.rules.max_bytes
        if parcel.size > limit:
            raise ParcelError("too_big", size=parcel.size, limit=limit)
        # the server may have lied about the size, so no more than this is asked for
        data = self._uid("FETCH", parcel.name, f"(BODY.PEEK[]<0.{limit + 1}>)")
        raw = next((part[1] for part in data if isinstance(part, tuple)), None)
        if raw is None:
            raise ParcelError("changed", name=parcel.name)
        if len(raw) > limit:
            raise ParcelError("too_big", size=len(raw), limit=limit)
        message = email.message_from_bytes(raw, policy=email.policy.default)
        subject = _header(message, "subject") or parcel.name
        sender = " ".join(_header(message, "from").split())
        files = self._attachments(message, sender)
        return files or [File(clean_name(f"{subject}.eml"), raw, sender)]

    def _attachments(self, message: Any, sender: str) -> list[File]:
        files: list[File] = []
        for part in message.walk():
            kind = part.get_content_type()
            if part.is_multipart():
                continue
            name = _file_name(part) or (
                f"{len(files) + 1}{_UNNAMED[kind]}" if kind in _UNNAMED else ""
            )
            if name and self.rules.wants(name):
                data = part.get_payload(decode=True) or b""
                files.append(File(clean_name(name), data, sender))
        return files

    def settle(self, parcel: Parcel) -> None:
        """Mark as read, and move or delete when that is the rule."""
        uid = parcel.name
        if self.rules.after == "move":
            # marked first: interrupted in between it is not taken again
            self._uid("STORE", uid, "+FLAGS", r"(\Seen)")
            if self._can("MOVE"):
                self._uid("MOVE", uid, _quoted(self.rules.moved_to))
                return
            self._uid("COPY", uid, _quoted(self.rules.moved_to))
        flags = r"(\Seen)" if self.rules.after == "seen" else r"(\Seen \Deleted)"
        self._uid("STORE", uid, "+FLAGS", flags)
        # without UIDPLUS an EXPUNGE would take the messages that others have marked, too
        if self.rules.after != "seen" and self._can("UIDPLUS"):
            self._uid("EXPUNGE", uid)

    def _can(self, capability: str) -> bool:
        return self._client is not None and capability in self._client.capabilities

    def _uid(self, command: str, *arguments: str) -> list[Any]:
        """One UID command.

        :raises SourceError: ``refused``, the server says no.
        :raises SourceLost: the connection broke or the visit lasts too long.
        """
        self.rules.check_time()
        if self._client is None:
            raise SourceLost("lost", reason="")
        with self._losses():
            try:
                answer, data = self._client.uid(command, *arguments)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                raise SourceError("refused", path=command, reason=_reason(error)) from error
        if answer != "OK":
            raise SourceError("refused", path=command, reason=_text(data))
        return data or []

    @contextlib.contextmanager
    def _losses(self) -> Iterator[None]:
        try:
            yield
        except (imaplib.IMAP4.abort, OSError, EOFError) as error:
            raise SourceLost("lost", reason=_reason(error)) from error


def _header(message: EmailMessage | Any, name: str) -> str:
    """A header as text; hostile ones make Python's parser stumble in many ways."""
    try:
        return str(message[name] or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _file_name(part: Any) -> str:
    try:
        return str(part.get_filename() or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _quoted(name: str) -> str:
    """A mailbox name as IMAP wants it: modified UTF-7, quoted."""
    encoded = "".join(_utf7(run) for run in re.findall(r"[ -~]+|[^ -~]+", name))
    return '"' + encoded.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _utf7(run: str) -> str:
    if run.isascii() and run.isprintable():
        return run.replace("&", "&-")
    return "&" + run.encode("utf-7").decode()[1:-1].replace("/", ",") + "-"


def _text(data: list[Any] | None) -> str:
    first = (data or [b""])[0]
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first or "")


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
