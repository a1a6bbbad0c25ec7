"""An SFTP server on the loopback for tests: a folder, one user, and faults on demand."""

import base64
import contextlib
import hashlib
import logging
import os
import socket
import threading
from pathlib import Path

import paramiko
from paramiko import SFTPAttributes, SFTPHandle, SFTPServer, SFTPServerInterface

USER = "supplier-bills"
# what the faults make the server say is not what the tests are about
_LOG = "openpce.test.sftp"
logging.getLogger(_LOG).setLevel(logging.CRITICAL + 1)


class SftpServer:
    """Serves ``folder``; use as a context manager.

    :ivar drop_after: bytes read by clients after which every connection is cut; None: never.
    :ivar rubbish: greet with something that is not SSH.
    :ivar silent: accept connections and say nothing.
    """

    def __init__(self, folder, password, public_key=None):
        self.folder = Path(folder)
        self.password = password
        self.public_key = public_key
        self.drop_after = None
        self.rubbish = self.silent = False
        self.read_bytes = 0
        self.logins = []
        self.key = paramiko.ECDSAKey.generate()
        self._transports = []
        self._sockets = []

    @property
    def fingerprint(self):
        digest = hashlib.sha256(self.key.asbytes()).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._listener.close()
        self.cut()

    def cut(self):
        """End every connection, as a cable that is pulled."""
        for transport in self._transports:
            transport.close()
        for stream in self._sockets:
            stream.close()

    def count(self, size):
        """Note what was read; cut the line when the fault says so."""
        self.read_bytes += size
        if self.drop_after is not None and self.read_bytes >= self.drop_after:
            self.cut()
            raise EOFError

    def _serve(self):
        while True:
            try:
                stream, _address = self._listener.accept()
            except OSError:
                return
            self._sockets.append(stream)
            if self.silent:
                continue
            # whoever hangs up during the greeting does not end the service for others
            with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
                self._greet(stream)

    def _greet(self, stream):
        if self.rubbish:
            stream.sendall(b"220 not an SSH server\r\n" * 3)
            stream.close()
            return
        transport = paramiko.Transport(stream)
        transport.set_log_channel(_LOG)
        transport.add_server_key(self.key)
        transport.set_subsystem_handler("sftp", SFTPServer, _Files, house=self)
        self._transports.append(transport)
        transport.start_server(server=_Door(self))


class _Door(paramiko.ServerInterface):
    def __init__(self, house):
        self._house = house

    def check_auth_password(self, username, password):
        self._house.logins.append((username, password))
        if (username, password) == (USER, self._house.password):
            return paramiko.AUTH_SUCCESSFUL
        return paramiko.AUTH_FAILED

    def check_auth_publickey(self, username, key):
        if username == USER and key == self._house.public_key:
            return paramiko.AUTH_SUCCESSFUL
        return paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED

    def get_allowed_auths(self, username):
        return "password,publickey"


class _Handle(SFTPHandle):
    def __init__(self, house, stream):
        super().__init__()
        self._house = house
        self.readfile = stream

    def read(self, offset, length):
        data = super().read(offset, length)
        self._house.count(len(data) if isinstance(data, bytes) else 0)
        return data


class _Files(SFTPServerInterface):
    def __init__(self, server, *_arguments, house, **_named):
        super().__init__(server)
        self._house = house

    def _path(self, path):
        return self._house.folder / self.canonicalize(path).lstrip("/")

    def canonicalize(self, path):
        return os.path.normpath("/" + path)

    def list_folder(self, path):
        return self._answer(
            lambda: [
                SFTPAttributes.from_stat(each.lstat(), each.name)
                for each in self._path(path).iterdir()
            ]
        )

    def stat(self, path):
        return self._answer(lambda: SFTPAttributes.from_stat(self._path(path).stat()))

    def lstat(self, path):
        return self._answer(lambda: SFTPAttributes.from_stat(self._path(path).lstat()))

    def open(self, path, flags, attr):
        return self._answer(lambda: _Handle(self._house, self._path(path).open("rb")))

    def remove(self, path):
        return self._answer(self._path(path).unlink)

    def rename(self, oldpath, newpath):
        return self._answer(lambda: self._path(oldpath).rename(self._path(newpath)))

    def mkdir(self, path, attr):
        return self._answer(self._path(path).mkdir)

    @staticmethod
    def _answer(action):
        try:
            found = action()
        except OSError as error:
            return SFTPServer.convert_errno(error.errno)
        return paramiko.SFTP_OK if found is None or isinstance(found, Path) else found
