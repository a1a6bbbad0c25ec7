"""Fonts of the printed invoice: embedded, subset, for the scripts an invoice meets.

Open Sans and Noto Sans come with Odoo (Latin, Greek, Cyrillic, Vietnamese), Vera with reportlab;
only the characters that are used are put into the PDF. Chinese, Japanese and Korean are set with
the fonts every PDF reader brings along. What none of them has is printed as ``?``: the XML, which
is the invoice, keeps it.
"""

import functools
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator

from odoo.tools.misc import file_path
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD, MONO = "regular", "bold", "mono"

_FOLDER = "web/static/fonts/"
# Files in the order in which a character is looked up in them.
_FILES = {
    REGULAR: (
        _FOLDER + "google/Open_Sans/Open_Sans-Regular.ttf",
        _FOLDER + "sign/NotoSans-Reg.ttf",
        "Vera.ttf",
    ),
    BOLD: (
        _FOLDER + "google/Open_Sans/Open_Sans-Bold.ttf",
        _FOLDER + "sign/NotoSans-Reg.ttf",
        "VeraBd.ttf",
    ),
}
_UNKNOWN = "?"
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0f]"
)
_SPACES = re.compile(r"[\t\u00a0\u2000-\u200a\u2028\u2029\u202f\u3000]")
# Han, kana, hangul and their punctuation: a block → the font PDF readers have for it.
_ASIAN = (
    ("\u3040", "\u30ff", "HeiseiKakuGo-W5"),
    ("\uac00", "\ud7a3", "HYGothic-Medium"),
    ("\u1100", "\u11ff", "HYGothic-Medium"),
    ("\u3000", "\u9fff", "STSong-Light"),
    ("\uff00", "\uffef", "STSong-Light"),
)


# reportlab's fonts belong to the process and keep a reading position while they are subset: two
# threads that register or subset one at the same time would put each other's letters in a PDF.
LOCK = threading.Lock()


def _register(name: str, make: Callable[[], TTFont | UnicodeCIDFont]) -> TTFont | UnicodeCIDFont:
    with LOCK:
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(make())
    return pdfmetrics.getFont(name)


@functools.cache
def _chain(style: str) -> tuple[TTFont, ...]:
    """The fonts of a style that are on this machine, registered once per process."""
    found = []
    for number, file in enumerate(_FILES[style]):
        name = f"openpce-{style}-{number}"
        try:
            place = file_path(file) if "/" in file else file
        except FileNotFoundError:  # a slimmed-down Odoo: the next one of the chain serves
            continue
        found.append(_register(name, functools.partial(TTFont, name, place, shapable=False)))
    return tuple(found)


@functools.cache
def _asian(name: str) -> str:
    _register(name, functools.partial(UnicodeCIDFont, name))
    return name


@functools.lru_cache(maxsize=8192)
def _glyph(style: str, character: str) -> tuple[str, str, float]:
    """Font name, the character to draw and its width for size 1."""
    if style == MONO:
        return "Courier", character, 0.6
    for font in _chain(style):
        code = ord(character)
        if code in font.face.charToGlyph:
            return font.fontName, character, font.face.charWidths[code] / 1000
    for first, last, name in _ASIAN:
        if first <= character <= last:
            return _asian(name), character, 1.0
    return _glyph(style, _UNKNOWN)


def clean(text: str) -> str:
    """``text`` composed (NFC), without what no font draws: control characters, exotic blanks."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text or "")))


def width(text: str, style: str, size: float) -> float:
    """Width of one row of text in points."""
    return sum(_glyph(style, character)[2] for character in text) * size


def runs(text: str, style: str) -> Iterator[tuple[str, str]]:
    """The parts of a row by the font that draws them: pairs of font name and text."""
    current, part = "", []
    for character in text:
        name, drawn, _width = _glyph(style, character)
        if name != current and part:
            yield current, "".join(part)
            part = []
        current = name
        part.append(drawn)
    if part:
        yield current, "".join(part)


def draw(canvas, x: float, y: float, text: str, style: str, size: float) -> None:
    """Draw one row from ``x`` on, changing fonts where a character asks for it."""
    target = canvas.beginText(x, y)
    for name, part in runs(text, style):
        target.setFont(name, size)
        target.textOut(part)
    canvas.drawText(target)


def wrap(text: str, room: float, style: str, size: float) -> list[str]:
    """Rows that fit ``room``: at blanks, and inside a word that is longer than a row."""
    rows: list[str] = []
    for paragraph in clean(text).split("\n"):
        rows += _wrap_paragraph(paragraph, room / size, style)
    return rows


def _wrap_paragraph(paragraph: str, room: float, style: str) -> list[str]:
    """``wrap`` for one paragraph; ``room`` for size 1."""
    rows, row, used = [], "", 0.0
    blank = _glyph(style, " ")[2]
    for word in paragraph.split():
        size = width(word, style, 1)
        if row and used + blank + size <= room:
            row, used = f"{row} {word}", used + blank + size
            continue
        if row:
            rows.append(row)
        *full, row = _cut(word, room, style) if size > room else [word]
        rows += full
        used = width(row, style, 1)
    return [*rows, row]


def _cut(word: str, room: float, style: str) -> list[str]:
    """A word in pieces that fit; after a mark such as ``/`` or ``-`` if that costs little."""
    pieces, start, used, mark = [], 0, 0.0, 0
    for index, character in enumerate(word):
        size = _glyph(style, character)[2]
        if index > start and used + size > room:
            end = mark if mark - start > (index - start) * 0.6 else index
            pieces.append(word[start:end])
            start, mark = end, 0
            used = width(word[start:index], style, 1)
        used += size
        if character in "/-_.,;:?&=@":
            mark = index + 1
    return [*pieces, word[start:]]
