"""Archives: what we pack is always the same; what strangers send cannot hurt."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dian.archive import ArchiveEntry, is_archive, pack, unpack
from dian.errors import ArchiveError
from dian.limits import ArchiveLimits

TIGHT = ArchiveLimits(
    size=4_000_000,
    total=300_000,
    entry=200_000,
    ratio=50,
    ratio_floor=50_000,
    count=20,
    depth=3,
    name=80,
)


def _zip(files, compression=zipfile.ZIP_DEFLATED, **attributes):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name)
            info.filename = name
            info.compress_type = compression
            for attribute, value in attributes.items():
                setattr(info, attribute, value)
            archive.writestr(info, content)
    return stream.getvalue()


def _patched(data, signature, offset, value):
    """``data`` with a field changed in every header that begins with ``signature``."""
    out, position = bytearray(data), data.find(signature)
    while position >= 0:
        out[position + offset : position + offset + len(value)] = value
        position = data.find(signature, position + 4)
    return bytes(out)


def test_pack_is_deterministic():
    files = {"fv.xml": b"<a/>" * 100, "fv.pdf": b"%PDF"}
    assert pack(files) == pack(dict(files)), "the same files always give the same bytes"
    assert unpack(pack(files)) == [ArchiveEntry(name, content) for name, content in files.items()]
    with zipfile.ZipFile(io.BytesIO(pack(files))) as archive:
        assert archive.testzip() is None
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


BAD_NAMES = [
    "../x.xml",
    "a/../../x",
    "/etc/passwd",
    "C:evil",
    "c:/x",
    "a\\b.xml",
    "a\nb",
    "..",
    "x/..",
    "",
    "n" * 300,
    "tab\tname",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_pack_refuses_names_that_point_elsewhere(name):
    with pytest.raises(ArchiveError, match="forbidden name"):
        pack({name: b""})


@pytest.mark.parametrize("name", [name for name in BAD_NAMES if name])
def test_unpack_refuses_names_that_point_elsewhere(name):
    with pytest.raises(ArchiveError, match="forbidden name"):
        unpack(_zip([("good.xml", b"x"), (name, b"x")]))


def test_unpack_refuses_a_nul_that_hides_the_end_of_a_name():
    data = _zip([("good.xmlX.exe", b"x")]).replace(b"good.xmlX.exe", b"good.xml\x00.exe")
    with pytest.raises(ArchiveError, match="forbidden name"):
        unpack(data)


@pytest.mark.parametrize("name", ["a/b/c.xml", "..a", "a..b", "./x.xml", "ñandú.xml", "10:30.xml"])
def test_unpack_accepts_ordinary_names(name):
    assert unpack(_zip([(name, b"x")]))[0].name == name


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_unpack_refuses_links_and_devices(kind):
    data = _zip([("a.xml", b"/etc/passwd")], create_system=3, external_attr=(kind | 0o777) << 16)
    with pytest.raises(ArchiveError, match="link or a device"):
        unpack(data)


@pytest.mark.parametrize("flag", [0x1, 0x40, 0x2000])
def test_unpack_refuses_encryption(flag):
    data = _patched(_zip([("a.xml", b"x")]), b"PK\x01\x02", 8, struct.pack("<H", flag))
    with pytest.raises(ArchiveError, match="encrypted"):
        unpack(data)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unpack_refuses_other_compressions(method):
    with pytest.raises(ArchiveError, match="other than deflate"):
        unpack(_zip([("a.xml", b"x" * 500)], method))


def test_unpack_refuses_too_many_files():
    with pytest.raises(ArchiveError, match="more than 20 files"):
        unpack(_zip([(f"{i}.xml", b"") for i in range(21)]), TIGHT)
    assert len(unpack(_zip([(f"{i}.xml", b"") for i in range(20)]), TIGHT)) == 20


def test_unpack_counts_nested_files_too():
    inner = _zip([(f"{i}.xml", b"y") for i in range(12)])
    with pytest.raises(ArchiveError, match="more than 20 files"):
        unpack(_zip([("a.zip", inner), ("b.zip", inner)]), TIGHT)


def test_unpack_refuses_an_archive_that_is_too_large():
    with pytest.raises(ArchiveError, match="larger than"):
        unpack(b"PK\x03\x04" + bytes(TIGHT.size), TIGHT)


def test_unpack_refuses_a_bomb_by_ratio():
    with pytest.raises(ArchiveError, match="expands more than 50 times"):
        unpack(_zip([("a.xml", bytes(150_000))]), TIGHT)


def test_unpack_refuses_one_huge_file_and_many_large_ones():
    noise = bytes(range(256)) * 1000
    with pytest.raises(ArchiveError, match="larger than 200000"):
        unpack(_zip([("a.bin", noise)], zipfile.ZIP_STORED), TIGHT)
    part = noise[:120_000]
    with pytest.raises(ArchiveError, match="expands to more than 300000"):
        unpack(_zip([(f"{i}.bin", part) for i in range(3)], zipfile.ZIP_STORED), TIGHT)


@pytest.mark.parametrize("claimed", [0, 1, 10, 2**31])
def test_unpack_never_trusts_the_size_in_the_header(claimed):
    data = _zip([("a.xml", b"z" * 400_000)])
    data = _patched(data, b"PK\x01\x02", 24, struct.pack("<I", claimed))
    data = _patched(data, b"PK\x03\x04", 22, struct.pack("<I", claimed))
    tracemalloc.start()
    with pytest.raises(ArchiveError):
        unpack(data, TIGHT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_500_000, "what is inflated is bounded by the limits, not by the header"


def test_unpack_refuses_a_wrong_checksum():
    data = _patched(_zip([("a.xml", b"abc")]), b"PK\x01\x02", 16, b"\0\0\0\0")
    with pytest.raises(ArchiveError, match="damaged"):
        unpack(data)


def test_unpack_refuses_overlapping_entries():
    """The better zip bomb: many names in the directory share one compressed kernel."""
    single = _zip([("a", b"k" * 1000)])
    start = single.index(b"PK\x01\x02")
    end = single.index(b"PK\x05\x06")
    record = single[start:end]
    tail = bytearray(single[end:])
    struct.pack_into("<HHII", tail, 8, 5, 5, len(record) * 5, start)
    with pytest.raises(ArchiveError, match="overlap"):
        unpack(single[:start] + record * 5 + bytes(tail))


def test_unpack_refuses_a_quine():
    """An entry that is the archive itself reaches over its own directory."""
    single = _zip([("r.zip", b"k" * 100)], zipfile.ZIP_STORED)
    data = _patched(single, b"PK\x01\x02", 20, struct.pack("<I", len(single)))
    data = _patched(data, b"PK\x01\x02", 24, struct.pack("<I", len(single)))
    with pytest.raises(ArchiveError, match="damaged"):
        unpack(data)


def test_unpack_goes_into_nested_archives_up_to_the_depth():
    two = _zip([("b.zip", _zip([("c.xml", b"<c/>")])), ("d.xml", b"<d/>")])
    entries = unpack(_zip([("a.zip", two)]), TIGHT)
    assert [entry.name for entry in entries] == ["a.zip/b.zip/c.xml", "a.zip/d.xml"]
    with pytest.raises(ArchiveError, match="nested deeper than 3"):
        unpack(_zip([("z.zip", _zip([("a.zip", two)]))]), TIGHT)


def test_a_nested_archive_that_cannot_be_opened_does_not_hide_the_rest():
    locked = _patched(_zip([("x", b"x")]), b"PK\x01\x02", 8, struct.pack("<H", 1))
    entries = unpack(_zip([("annex.zip", locked), ("fv.xml", b"<a/>")]))
    assert [(entry.name, bool(entry.problem)) for entry in entries] == [
        ("annex.zip", True),
        ("fv.xml", False),
    ], "a password on an annex must not stop the invoice beside it"


def test_office_files_are_not_opened_as_archives():
    sheet = _zip([("xl/workbook.xml", b"<w/>")])
    assert unpack(_zip([("prices.xlsx", sheet)])) == [ArchiveEntry("prices.xlsx", sheet)]


def test_folders_are_left_out():
    assert unpack(_zip([("dir/", b""), ("dir/a.xml", b"x")])) == [ArchiveEntry("dir/a.xml", b"x")]


NO_ARCHIVES = [b"", b"PK", b"PK\x03\x04", b"%PDF-1.4", b"MZ" + _zip([("a", b"")])]


@pytest.mark.parametrize("data", NO_ARCHIVES)
def test_what_is_no_archive_is_said_so(data):
    with pytest.raises(ArchiveError, match="not a ZIP|damaged"):
        unpack(data)


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_random_bytes_never_raise_anything_else(data):
    for candidate in (data, b"PK\x03\x04" + data):
        try:
            unpack(candidate, TIGHT)
        except ArchiveError:
            continue
        assert is_archive(candidate)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_mutated_archives_never_raise_anything_else(data):
    nested = _zip([("c.xml", b"<c/>" * 20)])
    good = bytearray(_zip([("a.xml", b"<a/>" * 50), ("b.zip", nested)]))
    for _ in range(data.draw(st.integers(1, 6))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(good)))
    try:
        entries = unpack(bytes(good[:cut] if data.draw(st.booleans()) else good), TIGHT)
    except ArchiveError:
        return
    assert sum(len(entry.content) for entry in entries) <= TIGHT.total


@given(
    st.dictionaries(
        st.from_regex(r"[a-zñ0-9]{1,12}\.xml", fullmatch=True), st.binary(max_size=200), max_size=6
    )
)
@settings(max_examples=60, deadline=None)
def test_round_trip(files):
    assert {entry.name: entry.content for entry in unpack(pack(files))} == files
