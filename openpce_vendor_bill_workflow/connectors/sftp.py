"""A folder on an SFTP server whose host key is known beforehand."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import logging
import posixpath
import socket
import stat
import struct
from collections.abc import Iterator

import paramiko

from .errors import ParcelError, SourceError, SourceLost
from .file_source import FileSource
from .parcels import Found, Rules, is_plain

_CHUNK = 1 << 16
# no answer, a broken one, or one that is not of this protocol
_BROKEN = (
    EOFError,
    TimeoutError,
    ConnectionError,
    ValueError,
    struct.error,
    paramiko.SSHException,
    paramiko.SFTPError,
)
# What the protocol has to say is raised to the caller; its own log would repeat it with traces.
_PROTOCOL_LOG = f"{__name__}.protocol"
logging.getLogger(_PROTOCOL_LOG).setLevel(logging.CRITICAL + 1)


class SftpSource(FileSource):
    """Checks the host key before anything secret is sent.

    :param fingerprint: what the server's key must have, as ``ssh-keygen -lf`` prints it
        (``SHA256:…``); several separated by blanks while a server changes its key.
    :param private_key: PEM or OpenSSH text; ``password`` is then its passphrase.
    """

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        path: str,
        rules: Rules,
        *,
        fingerprint: str,
        password: str = "",
        private_key: str = "",
    ) -> None:
        super().__init__(rules)
        self._host, self._port, self._user, self._path = host, port, user, path
        self._fingerprint, self._password, self._key = fingerprint, password, private_key
        self._transport: paramiko.Transport | None = None
        self._client: paramiko.SFTPClient | None = None

    def open(self) -> None:
        """Connect, check the host key, log in, go to the folder.

        :raises SourceLost: ``unreachable``, ``lost``.
        :raises SourceError: ``no_host_key`` (``found``), ``host_key`` (``found``), ``login``,
            ``bad_key``, ``no_folder``.
        """
        try:
            self._connect()
        except BaseException:
            self.close()
            raise

    def _connect(self) -> None:
        timeout = self.rules.timeout
        try:
            stream = socket.create_connection((self._host, self._port), timeout)
        except (OSError, UnicodeError) as error:  # the last: no name of a host
            raise SourceLost(
                "unreachable", host=self._host, port=self._port, reason=_reason(error)
            ) from error
        with self._losses():
            transport = self._transport = paramiko.Transport(stream)
            transport.set_log_channel(_PROTOCOL_LOG)
            transport.banner_timeout = transport.auth_timeout = timeout
            transport.start_client(timeout=timeout)
            self._check_host(transport)
            self._log_in(transport)
            self._client = paramiko.SFTPClient.from_transport(transport)
        if self._client is None:
            raise SourceLost("lost", reason="sftp")
        channel = self._client.get_channel()
        if channel is not None:
            channel.settimeout(timeout)
        with self._refusals(self._path, "no_folder"):
            self._path = self._client.normalize(self._path or ".")
            is_folder = stat.S_ISDIR(self._client.stat(self._path).st_mode or 0)
        if not is_folder:
            raise SourceError("no_folder", path=self._path, reason="")

    def _check_host(self, transport: paramiko.Transport) -> None:
        key = transport.get_remote_server_key()
        digest = hashlib.sha256(key.asbytes()).digest()
        found = "SHA256:" + base64.b64encode(digest).decode().rstrip("=")
        known = self._fingerprint.split()
        if not known:
            raise SourceError("no_host_key", found=found)
        if found not in known:
            raise SourceError("host_key", found=found)

    def _log_in(self, transport: paramiko.Transport) -> None:
        try:
            if self._key:
                transport.auth_publickey(self._user, self._load_key())
            else:
                transport.auth_password(self._user, self._password)
        except paramiko.AuthenticationException as error:
            raise SourceError("login", user=self._user, host=self._host) from error

    def _load_key(self) -> paramiko.PKey:
        for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
            with contextlib.suppress(paramiko.SSHException, ValueError, IndexError):
                key: paramiko.PKey = kind.from_private_key(
                    io.StringIO(self._key), self._password or None
                )
                return key
        raise SourceError("bad_key")

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()
            self._transport = self._client = None

    def _sftp(self) -> paramiko.SFTPClient:
        if self._client is None:
            raise SourceLost("lost", reason="")
        self.rules.check_time()
        return self._client

    def _list(self) -> list[Found]:
        with self._refusals(self._path):
            entries = self._sftp().listdir_attr(self._path)
        return [found for entry in entries if (found := _found(entry.filename, entry))]

    def _stat(self, name: str) -> Found | None:
        with self._refusals(name), contextlib.suppress(FileNotFoundError):
            return _found(name, self._sftp().lstat(self._join(name)))
        return None

    def _read(self, found: Found) -> bytes:
        parts, left = [], found.size + 1
        try:
            with self._losses(), self._sftp().open(self._join(found.name), "rb") as stream:
                stream.prefetch(found.size)
                while left > 0 and (chunk := stream.read(min(_CHUNK, left))):
                    self.rules.check_time()
                    parts.append(chunk)
                    left -= len(chunk)
        except OSError as error:
            self._stat(found.name)  # tells a broken connection from a file that cannot be read
            raise ParcelError("unreadable", name=found.name, reason=_reason(error)) from error
        return b"".join(parts)

    def _delete(self, name: str) -> None:
        with self._refusals(name):
            self._sftp().remove(self._join(name))

    def _taken(self, name: str) -> bool:
        target = self._target()
        with self._refusals(target):
            try:
                self._sftp().stat(target)
            except FileNotFoundError:
                self._sftp().mkdir(target)
            try:
                self._sftp().lstat(posixpath.join(target, name))
            except FileNotFoundError:
                return False
        return True

    def _target(self) -> str:
        if not is_plain(self.rules.moved_to):
            raise SourceError("bad_target", path=self.rules.moved_to)
        return self._join(self.rules.moved_to)

    def _move(self, name: str, target: str) -> None:
        with self._refusals(name):
            self._sftp().rename(self._join(name), posixpath.join(self._target(), target))

    def _join(self, name: str) -> str:
        return posixpath.join(self._path, name)

    @contextlib.contextmanager
    def _refusals(self, path: str, code: str = "refused") -> Iterator[None]:
        """What the server refuses becomes an error with the path; what breaks is lost."""
        try:
            with self._losses():
                yield
        except OSError as error:
            raise SourceError(code, path=path, reason=_reason(error)) from error

    @contextlib.contextmanager
    def _losses(self) -> Iterator[None]:
        """A broken connection, told apart from an answer that says no."""
        try:
            yield
        except _BROKEN as error:
            raise SourceLost("lost", reason=_reason(error)) from error
        except OSError as error:
            if self._transport is None or not self._transport.is_active():
                raise SourceLost("lost", reason=_reason(error)) from error
            raise


def _found(name: str, status: paramiko.SFTPAttributes) -> Found | None:
    if not stat.S_ISREG(status.st_mode or 0):
        return None
    return Found(name, status.st_size or 0, int(status.st_mtime or 0))


def _reason(error: BaseException) -> str:
    """What an error says, or its kind when it says nothing."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
