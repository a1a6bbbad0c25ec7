"""Safe parsing: what is refused, with a sentence a person understands; what is survived."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from ubl_samples import billing, to_bytes

from dian.errors import DocumentError
from dian.limits import XmlLimits
from dian.ubl import reader
from dian.ubl.xml import parse_xml

GOOD = to_bytes(billing())


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\n  ", b"\r\n\xef\xbb\xbf\n", b"\t"])
@pytest.mark.parametrize("after", [b"", b"\n\n", b" "])
def test_marks_and_blanks_around_are_survived(before, after):
    assert reader.read(before + GOOD + after) == reader.read(GOOD)


DOCTYPES = [
    b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    b'<?xml version="1.0"?>\n<!-- c --><?pi?> <!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    b"<!doctype a><a/>",
    b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]><a/>',
    b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><a>&b;</a>',
]


@pytest.mark.parametrize("data", DOCTYPES)
def test_a_doctype_is_refused_before_it_can_do_anything(data):
    with pytest.raises(DocumentError, match="DOCTYPE"):
        parse_xml(data)


REFUSED = [
    (b"", "empty"),
    (b"  \n", "empty"),
    (b"hola", "not an XML"),
    (b"%PDF-1.4", "not an XML"),
    (b"<a>", "not well formed"),
    (b"<a></b>", "not well formed"),
    (b"<!-- never ends", "prolog"),
    (b"<a>&nothing;</a>", "not well formed"),
    (b"<a b='1' b='2'/>", "not well formed"),
    (b"<x:a/>", "not well formed"),
    ("<a>ñ</a>".encode("latin-1"), "byte 3 is not"),
    ('<?xml version="1.0" encoding="UTF-8"?><a>ñ</a>'.encode("latin-1"), "ISO-8859-1"),
    ("<a/>".encode("utf-16"), "not encoded in UTF-8"),
    (b'<?xml version="1.0" encoding="UTF-7"?><a/>', "encoding utf-7"),
    (b"<a>\x00</a>", "not encoded in UTF-8"),
    (b"<a>\x01</a>", "not well formed"),
]


@pytest.mark.parametrize(("data", "sentence"), REFUSED)
def test_what_cannot_be_read_is_said_in_a_sentence(data, sentence):
    with pytest.raises(DocumentError, match=sentence):
        parse_xml(data)


def test_an_encoding_declared_truthfully_is_read():
    data = '<?xml version="1.0" encoding="ISO-8859-1"?><a>ñ</a>'.encode("latin-1")
    assert parse_xml(data).text == "ñ"


LIMITS = XmlLimits(size=1000, nodes=100, depth=10, attributes=5)
BEYOND = [
    (b"<a>" + b"x" * 1000 + b"</a>", "larger than 1000"),
    (b"<a>" + b"<b/>" * 99 + b"</a>", "more than 100"),
    (b"<a>" + b"<!---->" * 99 + b"</a>", "more than 100"),
    (b"<a>" * 11 + b"</a>" * 11, "nests more than 10"),
    (b"<a>" * 40 + b"</a>" * 40, "nests more than 10"),
    (b"<a " + b" ".join(b'a%d=""' % i for i in range(6)) + b"/>", "more than 5 attributes"),
]


@pytest.mark.parametrize(("data", "sentence"), BEYOND)
def test_limits(data, sentence):
    with pytest.raises(DocumentError, match=sentence):
        parse_xml(data, LIMITS)


def test_exactly_at_the_limits_is_read():
    parse_xml(b"<a>" * 10 + b"</a>" * 10, LIMITS)
    parse_xml(b"<a " + b" ".join(b'a%d=""' % i for i in range(5)) + b"/>", LIMITS)


def test_a_comment_cannot_cut_a_value():
    data = GOOD.replace(b">SETP990000001<", b">SETP99<!-- x -->0000001<", 1)
    assert reader.read(data).header.number == "SETP990000001", (
        "the value read must be the value that a signature without comments covers"
    )
    kept = etree.tostring(parse_xml(data, verbatim=True))
    assert b"<!-- x -->" in kept, "a verifier needs the document as it is"


HOSTILE = [
    b"<a>" * 200_000,
    b"<a " + b"x" * 4_000_000,
    b"<a>" + b"&#65;" * 900_000 + b"</a>",
    b"<?" + b"a" * 3_000_000,
    b"<!--" * 900_000,
    b"<a " + b" ".join(b'xmlns:n%d="u"' % i for i in range(90_000)) + b"><n89999:b/></a>",
]


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_input_costs_little_time(data):
    start = time.process_time()
    try:
        parse_xml(data)
    except DocumentError as error:
        assert len(str(error)) < 400
    assert time.process_time() - start < 2, "hostile input never hangs"


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_mutated_documents_never_raise_anything_else(data):
    mutant = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(mutant) - 1))
        match data.draw(st.integers(0, 2)):
            case 0:
                mutant[place] = data.draw(st.integers(0, 255))
            case 1:
                del mutant[place : place + data.draw(st.integers(1, 200))]
            case _:
                mutant[place:place] = data.draw(st.binary(max_size=30))
        if not mutant:
            return
    try:
        reader.read(bytes(mutant))
    except DocumentError:
        return


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_random_bytes_never_raise_anything_else(data):
    for candidate in (data, b"<?xml " + data, b"<a>" + data + b"</a>"):
        try:
            reader.read(candidate)
        except DocumentError:
            continue
