"""What a file is by its content, archives within limits, the hash of a set."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest

from connectors import File, judge, mimetype, set_hash, unpack
from connectors.files import MOST_FILES, clean_name

PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF"


def zipped(*members: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> File:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return File("bills.zip", stream.getvalue())


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.pdf", PDF, "pdf"),
        ("scan", b"\n\n" + PDF, "pdf"),
        ("a.pdf", b"<!DOCTYPE html><html>not found</html>", "other"),
        ("a.pdf", b"", "empty"),
        ("a.pdf", b"PK\x03\x04....", "zip"),
        ("a.xlsx", b"PK\x03\x04....", "other"),
        ("a.xml", b"\xef\xbb\xbf<?xml version='1.0'?><Invoice/>", "xml"),
        ("a.xml", "<?xml version='1.0'?><Invoice/>".encode("utf-16"), "xml"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "image"),
        ("a.exe", b"MZ\x90\0", "other"),
    ],
)
def test_content_decides(name: str, data: bytes, kind: str) -> None:
    assert judge(File(name, data)) == kind


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.html", b"<!DOCTYPE html><script>", "application/x-unknown"),
        ("a.svg", b"<svg xmlns='x' onload='y'/>", "text/plain"),
        ("a.xml", b"<Invoice/>", "text/plain"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.png", b"\x89PNG", "image/png"),
        ("a.tif", b"II*\0", "image/tiff"),
        ("a.eml", b"From: x", "application/x-unknown"),
    ],
)
def test_no_file_of_a_stranger_is_shown_as_a_page(name: str, data: bytes, kind: str) -> None:
    assert mimetype(File(name, data)) == kind


def test_hash_of_one_file_is_the_file_s() -> None:
    assert set_hash([File("a.pdf", PDF)]) == hashlib.sha256(PDF).hexdigest()


def test_hash_of_a_set_forgets_order_names_and_repetition() -> None:
    one, two = File("a.pdf", PDF), File("b.xml", b"<a/>")
    assert set_hash([one, two]) == set_hash([two, File("c.pdf", PDF), one])
    assert set_hash([one, two]) != set_hash([one])


def test_archive_gives_its_files_with_plain_names() -> None:
    archive = zipped(("folder/a.pdf", PDF), ("../../etc/b.xml", b"<a/>"))
    found, wrong = unpack([archive, File("c.pdf", PDF)], 10_000)
    assert [file.name for file in found] == ["a.pdf", "b.xml", "c.pdf"]
    assert not wrong


def test_a_bomb_is_stopped_while_it_is_unpacked() -> None:
    bomb = zipped(("bomb.pdf", b"\0" * 300_000_000))
    assert len(bomb.data) < 400_000
    found, wrong = unpack([bomb, File("good.pdf", PDF)], 25_000_000)
    assert [error.code for error in wrong] == ["zip_big"]
    assert [file.name for file in found] == ["good.pdf"], "the other file is good all the same"


def test_a_bomb_is_judged_by_its_shrinking_too() -> None:
    bomb = zipped(("bomb.pdf", b"\0" * 20_000_000))
    assert [error.code for error in unpack([bomb], 10**9)[1]] == ["zip_big"]


def test_archives_inside_archives_stay_closed() -> None:
    inner = zipped(("a.pdf", PDF))
    found, _wrong = unpack([zipped(("inner.zip", inner.data))], 10_000_000)
    assert [(file.name, judge(file)) for file in found] == [("inner.zip", "zip")]


def test_too_many_files() -> None:
    many = zipped(*((f"{number}.pdf", PDF) for number in range(MOST_FILES + 1)))
    assert [error.code for error in unpack([many], 10_000_000)[1]] == ["zip_many"]


@pytest.mark.parametrize("cut", [30, 60, 90])
def test_a_damaged_archive(cut: int) -> None:
    archive = zipped(("a.pdf", PDF * 50))
    assert [e.code for e in unpack([File("a.zip", archive.data[:cut])], 10_000)[1]] == [
        "zip_damaged"
    ]


def test_an_encrypted_archive() -> None:
    data = bytearray(zipped(("a.pdf", PDF)).data)
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert [e.code for e in unpack([File("a.zip", bytes(data))], 10_000)[1]] == ["zip_encrypted"]


def test_an_empty_archive() -> None:
    assert [error.code for error in unpack([zipped()], 10_000)[1]] == ["zip_empty"]


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("C:\\bills\\a.pdf", "a.pdf"),
        ("../../a.pdf", "a.pdf"),
        ("a\n\0.pdf", "a.pdf"),
        ("...", "file"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_are_plain(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_a_damaged_archive_of_a_rare_kind_stops_nothing() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.pdf", PDF * 500)
    data = bytearray(stream.getvalue())
    head = 30 + len("a.pdf")
    data[head + 4 : head + 9] = b"\xff" * 5  # the properties of the packer
    found, wrong = unpack([File("a.zip", bytes(data)), File("b.pdf", PDF)], 10_000_000)
    assert [file.name for file in found] == ["b.pdf"]
    assert [error.code for error in wrong] == ["zip_damaged"]
