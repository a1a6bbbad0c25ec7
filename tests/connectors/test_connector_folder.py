"""A folder: only below what is allowed, only whole files, nothing lost on the way."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from connectors import FolderSource, ParcelError, Rules, SourceError

PDF = b"%PDF-1.7 bill %%EOF"


def put(folder: Path, name: str, data: bytes = PDF, age: float = 100) -> Path:
    file = folder / name
    file.write_bytes(data)
    os.utime(file, (time.time() - age,) * 2)
    return file


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "allowed" / "inbox"
    folder.mkdir(parents=True)
    return folder


def source(inbox: Path, **rules: object) -> FolderSource:
    return FolderSource(str(inbox), [str(inbox.parent)], Rules(**rules))  # type: ignore[arg-type]


def test_files_of_one_stem_are_one_parcel_and_the_oldest_comes_first(inbox: Path) -> None:
    put(inbox, "b.pdf", age=50)
    put(inbox, "B.xml", b"<a/>", age=60)
    put(inbox, "a.PDF", age=40)
    put(inbox, "notes.txt")
    with source(inbox) as opened:
        parcels = list(opened.parcels())
        assert [parcel.name for parcel in parcels] == ["B.xml, b.pdf", "a.PDF"]
        assert [file.data for file in opened.fetch(parcels[0])] == [b"<a/>", PDF]


def test_a_file_that_is_being_written_waits(inbox: Path) -> None:
    put(inbox, "a.pdf", age=0)
    put(inbox, "a.xml", b"<a/>", age=100)
    with source(inbox) as opened:
        assert not list(opened.parcels()), "the set is taken whole or not at all"


def test_taken_files_move_and_keep_apart(inbox: Path) -> None:
    for _ in range(2):
        put(inbox, "a.pdf")
        with source(inbox) as opened:
            (parcel,) = opened.parcels()
            opened.settle(parcel)
    assert not list(inbox.glob("*.pdf"))
    assert len(list((inbox / "done").iterdir())) == 2, "no file takes the place of another"


def test_taken_files_are_deleted_when_told_so(inbox: Path) -> None:
    file = put(inbox, "a.pdf")
    with source(inbox, after="delete") as opened:
        opened.settle(next(opened.parcels()))
    assert not file.exists()


def test_a_file_replaced_meanwhile_is_not_thrown_away(inbox: Path) -> None:
    put(inbox, "a.pdf")
    with source(inbox, after="delete") as opened:
        parcel = next(opened.parcels())
        opened.fetch(parcel)
        put(inbox, "a.pdf", b"%PDF-1.7 another bill", age=40)
        opened.settle(parcel)
        assert next(opened.parcels()).key != parcel.key
        with pytest.raises(ParcelError) as caught:
            opened.fetch(parcel)
    assert caught.value.code == "changed"


def test_a_heavy_file_is_not_read(inbox: Path) -> None:
    put(inbox, "a.pdf", b"%PDF" * 100)
    with source(inbox, max_bytes=200) as opened, pytest.raises(ParcelError) as caught:
        opened.fetch(next(opened.parcels()))
    assert (caught.value.code, caught.value.facts["size"]) == ("too_big", 400)


def test_links_lead_nowhere(inbox: Path, tmp_path: Path) -> None:
    secret = put(tmp_path, "secret.pdf")
    (inbox / "a.pdf").symlink_to(secret)
    with source(inbox) as opened:
        assert not list(opened.parcels())


@pytest.mark.parametrize("where", ["..", "../..", "../../elsewhere", "/etc"])
def test_only_below_what_is_allowed(inbox: Path, tmp_path: Path, where: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    path = inbox / where
    with pytest.raises(SourceError) as caught:
        FolderSource(str(path), [str(inbox)], Rules()).open()
    assert caught.value.code == "not_allowed"


def test_a_link_out_of_what_is_allowed(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (inbox / "way-out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SourceError) as caught:
        FolderSource(str(inbox / "way-out"), [str(inbox)], Rules()).open()
    assert caught.value.code == "not_allowed"


def test_nothing_is_allowed_unless_said(inbox: Path) -> None:
    with pytest.raises(SourceError) as caught:
        FolderSource(str(inbox), [], Rules()).open()
    assert caught.value.code == "no_allowed"


def test_a_folder_that_is_not_there(inbox: Path) -> None:
    with pytest.raises(SourceError) as caught:
        source(inbox / "missing").open()
    assert caught.value.code == "no_folder"


@pytest.mark.parametrize("target", ["../out", "/tmp", "", ".."])
def test_what_was_taken_stays_inside(inbox: Path, target: str) -> None:
    put(inbox, "a.pdf")
    with source(inbox, moved_to=target) as opened, pytest.raises(SourceError) as caught:
        opened.settle(next(opened.parcels()))
    assert caught.value.code == "bad_target"
