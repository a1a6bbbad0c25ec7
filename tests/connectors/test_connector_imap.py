"""A mailbox: verified TLS, dropped connections, rubbish, sizes that are lies."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from loopback_imap import USER, ImapServer, make_certificate

from connectors import ImapSource, ParcelError, Rules, SourceError, SourceLost
from connectors.imap import _quoted

PDF = b"%PDF-1.7 bill %%EOF"
PASSWORD = "only for this test"


def mail(*files: tuple[str, bytes], subject: str = "Factura") -> bytes:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "supplier@example.com"
    message.set_content("See the files.")
    for name, data in files:
        message.add_attachment(data, "application", "octet-stream", filename=name)
    return bytes(message)


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with ImapServer(PASSWORD) as running:
        yield running


def source(server: ImapServer, **changes: object) -> ImapSource:
    rules = Rules(**{"timeout": 5, "after": "seen", **changes.pop("rules", {})})  # type: ignore[dict-item]
    named = {"password": PASSWORD, "authority": server.certificate, **changes}
    return ImapSource("127.0.0.1", server.port, USER, "INBOX", rules, **named)  # type: ignore[arg-type]


def test_attachments_of_unseen_messages(server: ImapServer) -> None:
    server.add(mail(("año.pdf", PDF), ("a.xml", b"<a/>"), ("logo.png", b"\x89PNG")))
    with source(server) as opened:
        (parcel,) = opened.parcels()
        assert {f.name: f.data for f in opened.fetch(parcel)} == {"año.pdf": PDF, "a.xml": b"<a/>"}
        assert len(list(opened.parcels())) == 1, "fetching marks nothing"
        opened.settle(parcel)
        assert not list(opened.parcels())


def test_a_message_without_a_file_comes_as_itself(server: ImapServer) -> None:
    server.add(mail(subject="Where is my money?"))
    with source(server) as opened:
        (file,) = opened.fetch(next(opened.parcels()))
    assert file.name == "Where is my money?.eml"
    assert b"See the files." in file.data


def test_a_forwarded_message_is_looked_into(server: ImapServer) -> None:
    outer = EmailMessage()
    outer["Subject"] = "Fwd"
    outer.set_content("see below")
    inner = EmailMessage()
    inner.set_content("bill")
    inner.add_attachment(PDF, "application", "pdf", filename="a.pdf")
    outer.add_attachment(inner)
    server.add(bytes(outer))
    with source(server) as opened:
        assert [file.name for file in opened.fetch(next(opened.parcels()))] == ["a.pdf"]


@pytest.mark.parametrize(
    "raw",
    [
        b"\0\xff\xfe rubbish \r\n" * 20,
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nno end",
        b"Subject: =?utf-8?b?####?=\r\nContent-Type: application/pdf; name*=x'y'%zz\r\n\r\n%PDF",
    ],
)
def test_rubbish_is_a_file_like_any_other(server: ImapServer, raw: bytes) -> None:
    server.add(raw)
    with source(server) as opened:
        assert opened.fetch(next(opened.parcels()))


@pytest.mark.parametrize(
    ("after", "capabilities"),
    [("move", "IMAP4rev1 UIDPLUS MOVE"), ("move", "IMAP4rev1 UIDPLUS"), ("delete", "IMAP4rev1")],
)
def test_what_was_taken_is_out_of_the_way(after: str, capabilities: str) -> None:
    with ImapServer(PASSWORD, capabilities) as server:
        server.add(mail(("a.pdf", PDF)))
        with source(server, rules={"after": after, "moved_to": "Done"}) as opened:
            opened.settle(next(opened.parcels()))
            assert not list(opened.parcels())
        if after == "move":
            assert len(server.moved) == 1 and not server.messages
        else:
            assert not any("EXPUNGE" in command for command in server.commands), (
                "a plain EXPUNGE would delete what others marked"
            )


def test_the_connection_breaks_in_the_middle_of_a_message(server: ImapServer) -> None:
    server.add(mail(("a.pdf", PDF)))
    second = server.add(mail(("b.pdf", PDF * 1000)))
    server.drop_in = second.uid
    with source(server) as opened:
        first, broken = opened.parcels()
        opened.fetch(first)
        opened.settle(first)
        with pytest.raises(SourceLost) as caught:
            opened.fetch(broken)
    assert caught.value.code == "lost"
    server.drop_in = None
    with source(server) as opened:
        (left,) = opened.parcels()
        assert left.key == broken.key, "the same message is known again"
        assert len(opened.fetch(left)[0].data) == len(PDF) * 1000


def test_the_connection_breaks_while_settling(server: ImapServer) -> None:
    server.add(mail(("a.pdf", PDF)))
    server.drop_settling = True
    with source(server) as opened, pytest.raises(SourceLost):
        opened.settle(next(opened.parcels()))


def test_noise_instead_of_answers(server: ImapServer) -> None:
    server.rubbish = True
    with pytest.raises((SourceLost, SourceError)):
        source(server).open()


def test_a_heavy_message_is_not_read(server: ImapServer) -> None:
    honest = server.add(mail(("a.pdf", PDF * 1000)))
    liar = server.add(mail(("b.pdf", PDF * 1000)))
    liar.claimed = 10
    with source(server, rules={"max_bytes": 5_000}) as opened:
        for parcel, size in zip(opened.parcels(), (len(honest.raw), 5_001), strict=True):
            with pytest.raises(ParcelError) as caught:
                opened.fetch(parcel)
            assert (caught.value.code, caught.value.facts["size"]) == ("too_big", size)


def test_a_server_that_is_not_vouched_for_learns_nothing(server: ImapServer) -> None:
    for authority in ("", make_certificate()[0]):
        with pytest.raises(SourceError) as caught:
            source(server, authority=authority).open()
        assert caught.value.code == "tls"
    assert not server.commands, "nothing was said to it"


def test_starttls_is_verified_too() -> None:
    with ImapServer(PASSWORD, tls=False) as server:
        server.capabilities = "IMAP4rev1 STARTTLS"
        with source(server, security="starttls") as opened:
            assert not list(opened.parcels())
        with pytest.raises(SourceError) as caught:
            source(server, security="starttls", authority="").open()
    assert caught.value.code == "tls"


def test_starttls_is_not_given_up() -> None:
    with (
        ImapServer(PASSWORD, "IMAP4rev1", tls=False) as server,
        pytest.raises(SourceError) as caught,
    ):
        source(server, security="starttls").open()
    assert caught.value.code == "tls"
    assert not any(command.startswith("LOGIN") for command in server.commands)


def test_a_wrong_password(server: ImapServer) -> None:
    with pytest.raises(SourceError) as caught:
        source(server, password="wrong").open()
    assert caught.value.code == "login"
    assert "wrong" not in str(caught.value), "a password is in no message"


def test_a_mailbox_that_is_not_there(server: ImapServer) -> None:
    opened = source(server)
    opened._mailbox = "Facturas"
    with pytest.raises(SourceError) as caught:
        opened.open()
    assert caught.value.code == "no_folder"


def test_an_authority_that_is_none(server: ImapServer) -> None:
    with pytest.raises(SourceError) as caught:
        source(server, authority="no certificate").open()
    assert caught.value.code == "authority"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("INBOX", '"INBOX"'),
        ("Años", '"A&APE-os"'),
        ("R&D", '"R&-D"'),
        ('a"b\\', '"a\\"b\\\\"'),
    ],
)
def test_mailbox_names(name: str, written: str) -> None:
    assert _quoted(name) == written


def test_a_password_of_any_letters() -> None:
    word = "contraseña «de» prueba"
    with ImapServer(word, capabilities="IMAP4rev1 AUTH=PLAIN") as server:
        with source(server, password=word):
            pass
        with pytest.raises(SourceError) as caught, source(server, password="otra"):
            pass
    assert caught.value.code == "login"


def test_a_password_that_the_server_cannot_be_told(server: ImapServer) -> None:
    with pytest.raises(SourceError) as caught, source(server, password="contraseña"):
        pass
    assert caught.value.code == "login"


def test_a_name_that_no_server_has() -> None:
    opened = ImapSource("mail..example", 993, USER, "INBOX", Rules(), password=PASSWORD)
    with pytest.raises(SourceLost) as caught, opened:
        pass
    assert caught.value.code == "unreachable"
