"""An IMAP server on the loopback for tests: TLS of its own authority, and faults on demand."""

import base64
import datetime
import ipaddress
import re
import socket
import ssl
import tempfile
import threading
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER = "bills@example.com"


def make_certificate(host="127.0.0.1"):
    """(certificate, key) as PEM of a server that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), False
        )
        .sign(key, hashes.SHA256())
    )
    return (
        certificate.public_bytes(serialization.Encoding.PEM).decode(),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
    )


class Message:
    """One message of the mailbox."""

    def __init__(self, uid, raw):
        self.uid, self.raw = uid, raw
        self.flags = set()
        self.claimed = len(raw)


class ImapServer:
    """A mailbox with messages; use as a context manager.

    :ivar drop_in: uid of the message in whose middle the connection is cut.
    :ivar drop_settling: cut the connection when something is to be stored or moved.
    :ivar rubbish: answer every command with noise.
    :ivar capabilities: what the server says it can.
    """

    def __init__(self, password, capabilities="IMAP4rev1 UIDPLUS MOVE", tls=True):
        self.password = password
        self.capabilities = capabilities
        self.tls = tls
        self.messages = []
        self.moved = []
        self.drop_in = None
        self.drop_settling = self.rubbish = False
        self.commands = []
        self.certificate, key = make_certificate()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "server.pem")
            file.write_text(self.certificate + key, encoding="ascii")
            self._context.load_cert_chain(file)

    def add(self, raw):
        """Put a message into the mailbox."""
        message = Message(len(self.messages) + len(self.moved) + 1, raw)
        self.messages.append(message)
        return message

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._listener.close()

    def _serve(self):
        while True:
            try:
                stream, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(stream,), daemon=True).start()

    def _talk(self, stream):
        try:
            if self.tls:
                stream = self._context.wrap_socket(stream, server_side=True)
            stream.sendall(f"* OK [CAPABILITY {self.capabilities}] ready\r\n".encode())
            lines = stream.makefile("rb")
            while line := lines.readline():
                tag, _, rest = line.decode().strip().partition(" ")
                self.commands.append(rest)
                if self.rubbish and not rest.startswith("CAPABILITY"):
                    stream.sendall(b"\0\1 what?\r\n" * 5)
                    break
                if rest == "AUTHENTICATE PLAIN":
                    stream.sendall(b"+ \r\n")
                    words = base64.b64decode(lines.readline()).decode().split("\0")
                    right = words == ["", USER, self.password]
                    stream.sendall(f"{tag} {'OK in' if right else 'NO wrong'}\r\n".encode())
                    continue
                if rest == "STARTTLS":
                    stream.sendall(f"{tag} OK go on\r\n".encode())
                    stream = self._context.wrap_socket(stream, server_side=True)
                    lines = stream.makefile("rb")
                    continue
                answer = self._answer(rest, stream)
                stream.sendall(f"{tag} {answer}\r\n".encode())
        except (OSError, ConnectionError):
            return
        finally:
            stream.close()

    def _answer(self, rest, stream):
        command, _, arguments = rest.partition(" ")
        if command == "UID":
            command, _, arguments = arguments.partition(" ")
        action = getattr(self, f"_do_{command.lower()}", None)
        return action(arguments, stream) if action else "BAD unknown"

    def _do_capability(self, _arguments, stream):
        stream.sendall(f"* CAPABILITY {self.capabilities}\r\n".encode())
        return "OK done"

    def _do_login(self, arguments, _stream):
        user, _, password = arguments.partition(" ")
        right = (user.strip('"'), password.strip('"')) == (USER, self.password)
        return "OK in" if right else "NO [AUTHENTICATIONFAILED] wrong"

    def _do_select(self, arguments, stream):
        if arguments.strip('"') != "INBOX":
            return "NO no such mailbox"
        stream.sendall(f"* {len(self.messages)} EXISTS\r\n* OK [UIDVALIDITY 77] valid\r\n".encode())
        return "OK [READ-WRITE] selected"

    def _do_search(self, _arguments, stream):
        uids = [str(each.uid) for each in self.messages if r"\Seen" not in each.flags]
        stream.sendall(f"* SEARCH {' '.join(uids)}\r\n".encode())
        return "OK found"

    def _do_fetch(self, arguments, stream):
        uids, _, what = arguments.partition(" ")
        for message in self._chosen(uids):
            if "RFC822.SIZE" in what:
                stream.sendall(
                    f"* {message.uid} FETCH (UID {message.uid} RFC822.SIZE {message.claimed})"
                    "\r\n".encode()
                )
                continue
            most = int(re.search(r"<0\.(\d+)>", what)[1])
            raw = message.raw[:most]
            head = f"* {message.uid} FETCH (UID {message.uid} BODY[]<0> {{{len(raw)}}}\r\n"
            stream.sendall(head.encode())
            if self.drop_in == message.uid:
                stream.sendall(raw[: len(raw) // 2])
                raise ConnectionResetError
            stream.sendall(raw + b")\r\n")
        return "OK fetched"

    def _do_store(self, arguments, _stream):
        self._cut_if_told()
        uids, _, rest = arguments.partition(" ")
        for message in self._chosen(uids):
            message.flags |= set(re.findall(r"\\\w+", rest))
        return "OK stored"

    def _do_move(self, arguments, _stream):
        self._cut_if_told()
        for message in self._chosen(arguments.partition(" ")[0]):
            self.messages.remove(message)
            self.moved.append(message)
        return "OK moved"

    def _do_copy(self, arguments, _stream):
        self.moved += self._chosen(arguments.partition(" ")[0])
        return "OK copied"

    def _do_expunge(self, _arguments, _stream):
        self.messages = [each for each in self.messages if r"\Deleted" not in each.flags]
        return "OK expunged"

    def _do_logout(self, _arguments, _stream):
        return "OK bye"

    def _chosen(self, uids):
        numbers = set(map(int, uids.split(",")))
        return [each for each in self.messages if each.uid in numbers]

    def _cut_if_told(self):
        if self.drop_settling:
            raise ConnectionResetError
