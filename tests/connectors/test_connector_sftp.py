"""An SFTP server: known by its key, dropped connections, hostile names."""

from __future__ import annotations

import io
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest
from loopback_sftp import USER, SftpServer

from connectors import Rules, SftpSource, SourceError, SourceLost
from connectors.parcels import Found, group

PDF = b"%PDF-1.7 bill %%EOF"
PASSWORD = "only for this test"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SftpServer]:
    (tmp_path / "inbox").mkdir()
    with SftpServer(tmp_path, PASSWORD) as running:
        yield running


def put(server: SftpServer, name: str, data: bytes = PDF, age: float = 100) -> Path:
    file: Path = server.folder / "inbox" / name
    file.write_bytes(data)
    os.utime(file, (time.time() - age,) * 2)
    return file


def source(server: SftpServer, **changes: object) -> SftpSource:
    rules = Rules(timeout=5, **changes.pop("rules", {}))  # type: ignore[arg-type]
    named = {"fingerprint": server.fingerprint, "password": PASSWORD, **changes}
    return SftpSource("127.0.0.1", server.port, USER, "inbox", rules, **named)  # type: ignore[arg-type]


def test_fetch_and_move(server: SftpServer) -> None:
    put(server, "a.pdf")
    put(server, "a.xml", b"<a/>")
    with source(server) as opened:
        (parcel,) = opened.parcels()
        assert {file.name: file.data for file in opened.fetch(parcel)} == {
            "a.pdf": PDF,
            "a.xml": b"<a/>",
        }
        opened.settle(parcel)
        put(server, "a.pdf")
        opened.settle(next(opened.parcels()))
    inbox = server.folder / "inbox"
    assert not list(inbox.glob("*.*"))
    assert len(list((inbox / "done").iterdir())) == 3


def test_delete(server: SftpServer) -> None:
    file = put(server, "a.pdf")
    with source(server, rules={"after": "delete"}) as opened:
        opened.settle(next(opened.parcels()))
    assert not file.exists()


def test_a_large_file_comes_whole(server: SftpServer) -> None:
    data = b"%PDF-1.7" + os.urandom(3_000_000)
    put(server, "a.pdf", data)
    with source(server) as opened:
        assert opened.fetch(next(opened.parcels()))[0].data == data


def test_a_private_key_logs_in(tmp_path: Path) -> None:
    key = paramiko.ECDSAKey.generate()
    text = io.StringIO()
    key.write_private_key(text)
    (tmp_path / "inbox").mkdir()
    with SftpServer(tmp_path, "", public_key=key) as server:
        with source(server, password="", private_key=text.getvalue()) as opened:
            assert not list(opened.parcels())
        with pytest.raises(SourceError) as caught:
            source(server, password="", private_key="no key at all").open()
    assert caught.value.code == "bad_key"


def test_an_unknown_host_learns_no_password(server: SftpServer) -> None:
    other = "SHA256:" + "A" * 43
    for fingerprint, code in (("", "no_host_key"), (other, "host_key")):
        with pytest.raises(SourceError) as caught:
            source(server, fingerprint=fingerprint).open()
        assert caught.value.code == code
        assert caught.value.facts["found"] == server.fingerprint
    assert not server.logins, "nothing secret was sent"


def test_two_fingerprints_while_the_server_changes_its_key(server: SftpServer) -> None:
    both = f"SHA256:{'A' * 43} {server.fingerprint}"
    with source(server, fingerprint=both) as opened:
        assert not list(opened.parcels())


def test_a_wrong_password(server: SftpServer) -> None:
    with pytest.raises(SourceError) as caught:
        source(server, password="wrong").open()
    assert caught.value.code == "login"
    assert "wrong" not in str(caught.value), "a password is in no message"


def test_a_folder_that_is_not_there(server: SftpServer) -> None:
    (server.folder / "inbox").rmdir()
    with pytest.raises(SourceError) as caught:
        source(server).open()
    assert caught.value.code == "no_folder"


def test_the_connection_breaks_in_the_middle_of_a_file(server: SftpServer) -> None:
    file = put(server, "a.pdf", b"%PDF-1.7" + b"x" * 400_000)
    server.drop_after = 100_000
    with source(server) as opened, pytest.raises(SourceLost) as caught:
        opened.fetch(next(opened.parcels()))
    assert caught.value.code == "lost"
    assert file.exists()
    server.drop_after = None
    with source(server) as opened:
        assert len(opened.fetch(next(opened.parcels()))[0].data) == 400_008


@pytest.mark.parametrize("answer", [b"%PDF", OSError("Failure")])
def test_too_little_of_a_file_by_a_broken_connection_is_no_changed_file(
    server: SftpServer, monkeypatch: pytest.MonkeyPatch, answer: bytes | OSError
) -> None:
    put(server, "a.pdf")

    def read(_stream: object, _size: int) -> bytes:
        server.cut()
        monkeypatch.setattr(paramiko.SFTPFile, "read", lambda _stream, _size: b"")
        # as it happens when the library is still asking ahead
        monkeypatch.setattr(paramiko.SFTPFile, "close", lambda _stream: None)
        if isinstance(answer, OSError):
            raise answer
        return answer

    with source(server) as opened:
        parcel = next(opened.parcels())
        monkeypatch.setattr(paramiko.SFTPFile, "read", read)
        with pytest.raises(SourceLost):
            opened.fetch(parcel)


def test_nobody_answers(server: SftpServer) -> None:
    server.silent = True
    begin = time.monotonic()
    with pytest.raises(SourceLost):
        SftpSource(
            "127.0.0.1", server.port, USER, "", Rules(timeout=0.5), fingerprint=server.fingerprint
        ).open()
    assert time.monotonic() - begin < 10


def test_something_else_answers(server: SftpServer) -> None:
    server.rubbish = True
    with pytest.raises(SourceLost):
        source(server).open()


def test_nothing_listens(server: SftpServer) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        server.port = probe.getsockname()[1]
    with pytest.raises(SourceLost) as caught:
        source(server).open()
    assert caught.value.code == "unreachable"


def test_a_visit_does_not_last_for_ever(server: SftpServer) -> None:
    put(server, "a.pdf")
    with source(server, rules={"budget": 0.4}) as opened:
        parcel = next(opened.parcels())
        time.sleep(0.5)
        with pytest.raises(SourceLost) as caught:
            opened.fetch(parcel)
    assert caught.value.code == "too_slow"


@pytest.mark.parametrize("name", ["../a.pdf", "/etc/a.pdf", "..", "b\\a.pdf", "a\0.pdf"])
def test_names_that_lead_elsewhere_are_left_out(name: str) -> None:
    assert not list(group([Found(name, 1, 0)], Rules()))
