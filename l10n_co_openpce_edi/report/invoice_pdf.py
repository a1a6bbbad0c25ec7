"""The invoice on paper: letter size, header and footer with QR and CUFE on every page.

Plain drawing on a canvas after the plan of ``invoice_layout``. No ORM, no browser engine.
"""

import io

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.lib.colors import HexColor, white
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from . import fonts
from .fonts import BOLD, MONO, REGULAR
from .invoice_layout import (
    BOX,
    COLUMNS,
    GUTTER,
    INNER,
    MARGIN,
    NOTE_FONT,
    NOTE_LEADING,
    NOTE_WIDTH,
    QR_SIZE,
    ROW_FONT,
    ROW_LEADING,
    TOP,
    TOTAL_LEADING,
    WIDTH,
    Layout,
    Note,
    Page,
    Row,
    letter,
)
from .invoice_picture import InvoicePicture, format_number

INK, SOFT, RULE, SHADE = (
    HexColor("#1f2937"),
    HexColor("#6b7280"),
    HexColor("#cbd5e1"),
    HexColor("#f1f5f9"),
)
ACCENT, ALARM = HexColor("#1e3a5f"), HexColor("#b91c1c")


def render(picture: InvoicePicture) -> bytes:
    """The PDF of ``picture`` as bytes; deterministic but for the date of the file."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=letter, pageCompression=1, invariant=1)
    canvas.setTitle(f"Factura electrónica de venta {picture.number}")
    canvas.setAuthor(picture.issuer.name)
    canvas.setSubject(f"CUFE {picture.cufe}")
    _define_qr(canvas, picture.qr_text)
    sheet = _Sheet(canvas, picture)
    pages = sheet.plan()
    for index, page in enumerate(pages, 1):
        sheet.draw(page, index, len(pages))
        canvas.showPage()
    with fonts.LOCK:
        canvas.save()
    return buffer.getvalue()


def _read_logo(content: bytes) -> ImageReader | None:
    """The company's picture; None without one or when it is not an image that can be drawn."""
    if not content:
        return None
    try:
        return ImageReader(io.BytesIO(content))
    except OSError:  # an SVG or a damaged file: the name alone is printed
        return None


def _define_qr(canvas, text: str) -> None:
    """The QR as a form, drawn once and shown on every page."""
    if not text:
        return
    qr = QrCodeWidget(text, barLevel="L").qr
    # Any of the eight masks is valid and readable; looking for the prettiest costs two thirds of
    # the whole page.
    qr.version = qr.calculate_version()
    qr.makeImpl(False, 2)
    modules = qr.modules
    size = QR_SIZE / len(modules)
    canvas.beginForm("qr")
    canvas.setFillColor(INK)
    for row_number, row in enumerate(modules):
        start = None
        for column, dark in enumerate([*row, False]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                y = QR_SIZE - (row_number + 1) * size
                canvas.rect(start * size, y, (column - start) * size, size, stroke=0, fill=1)
                start = None
    canvas.endForm()


class _Sheet(Layout):
    """Draws the planned pages."""

    def __init__(self, canvas, picture: InvoicePicture) -> None:
        self.canvas = canvas
        self.logo = _read_logo(picture.logo)
        size = (0.0, 0.0)
        if self.logo is not None:
            width, height = self.logo.getSize()
            scale = min(104 / width, 58 / height)
            size = width * scale, height * scale
        super().__init__(picture, size)

    def draw(self, page: Page, number: int, count: int) -> None:
        """Draw one page of ``count``."""
        self._draw_header()
        y = self.header_bottom
        if page.first:
            y = self._draw_parties(y)
        if page.rows:
            y = self._draw_rows(page.rows, y)
        if page.totals:
            self._draw_totals(page, y - 12)
            self._draw_notes(page.notes, 0, y - 12)
        elif page.notes:
            self._text(0, y - 8, "Notas (continuación)", BOLD, 7.5, SOFT)
            self._draw_notes(page.notes[: self.column], 0, y - 14)
            self._draw_notes(page.notes[self.column :], NOTE_WIDTH + GUTTER, y - 14)
        self._draw_footer(number, count)

    def _text(self, x, y, text, style=REGULAR, size=8.0, color=INK, *, room=None, right=False):
        """One row; ``x`` counts from the margin. With ``room`` it shrinks to fit."""
        width = fonts.width(text, style, size) if right or room else 0
        if room and width > room:
            size, width = size * room / width, room
        self.canvas.setFillColor(color)
        fonts.draw(self.canvas, MARGIN + x - (width if right else 0), y, text, style, size)

    def _line(self, y: float, width: float) -> None:
        self.canvas.setStrokeColor(RULE)
        self.canvas.setLineWidth(width)
        self.canvas.line(MARGIN, y, WIDTH - MARGIN, y)

    def _box(self, x: float, y: float, width: float, height: float, color, radius=0) -> None:
        self.canvas.setFillColor(color)
        self.canvas.roundRect(MARGIN + x, y, width, height, radius, stroke=0, fill=1)

    def _draw_header(self) -> None:
        picture = self.picture
        width, height = self.logo_size
        if self.logo is not None:
            self.canvas.drawImage(self.logo, MARGIN, TOP - height, width, height, mask="auto")
        x, y = (width + 12 if width else 0), TOP - 11
        for row in self.issuer_name:
            self._text(x, y, row, BOLD, 12, ACCENT)
            y -= 14
        for row in self.issuer:
            self._text(x, y, row, size=7.5, color=SOFT)
            y -= 9.2
        left, room = INNER - BOX, BOX - 20
        self._box(left, TOP - 64, BOX, 64, ACCENT, 4)
        self._text(left + 10, TOP - 16, "FACTURA ELECTRÓNICA DE VENTA", BOLD, 9, white, room=room)
        self._text(left + 10, TOP - 35, f"No. {picture.number}", BOLD, 14, white, room=room)
        times = [f"Generación: {picture.issued}"]
        if picture.validated:
            times.append(f"Validación DIAN: {picture.validated}")
        for index, text in enumerate(times):
            self._text(left + 10, TOP - 48 - index * 10, text, size=7.5, color=white, room=room)
        if picture.warning:
            self._text(left, TOP - 77, picture.warning, BOLD, 8, ALARM, room=BOX)
        self._line(self.header_bottom + 6, 0.6)

    def _draw_parties(self, y: float) -> float:
        height = self.parties - 6
        self._box(0, y - height, INNER, height, SHADE, 4)
        self._text(8, y - 12, "ADQUIRENTE", BOLD, 7, SOFT)
        for index, (style, row) in enumerate(self.customer):
            self._text(8, y - 24 - index * 11.5, row, style, 9 if style == BOLD else 8)
        for index, (label, text) in enumerate(self.terms):
            self._text(330, y - 12 - index * 11.5, label, BOLD, 7, SOFT)
            self._text(402, y - 12 - index * 11.5, text)
        return y - self.parties

    def _draw_rows(self, rows: list[Row], y: float) -> float:
        self._box(0, y - 14, INNER, 14, ACCENT)
        for title, left, width, align in COLUMNS:
            right = align == "right"
            x = left + (width - 3 if right else 3)
            self._text(x, y - 10, title, BOLD, 7, white, right=right)
        y -= 16
        for index, (cells, height) in enumerate(rows):
            if index % 2:
                self._box(0, y - height, INNER, height, SHADE)
            for cell, (_title, left, width, align) in zip(cells, COLUMNS, strict=True):
                for number, text in enumerate(cell):
                    base = y - 9 - number * ROW_LEADING
                    if align == "right":
                        x, room = left + width - 3, width - 4
                        self._text(x, base, text, size=ROW_FONT, room=room, right=True)
                    else:
                        self._text(left + 3, base, text, size=ROW_FONT)
            y -= height
            self._line(y, 0.4)
        return y

    def _draw_notes(self, notes: list[Note], x: float, y: float) -> None:
        for index, (style, text) in enumerate(notes):
            self._text(x + 3, y - 8 - index * NOTE_LEADING, text, style, NOTE_FONT)

    def _draw_totals(self, page: Page, y: float) -> None:
        left, right = NOTE_WIDTH + GUTTER + 6, INNER - 6
        row = y - 8
        for label, base, amount in page.totals:
            self._text(left, row, label, size=8, color=SOFT, room=92 if base else 150)
            if base:
                self._text(left + 178, row, base, size=6.5, color=SOFT, room=82, right=True)
            self._text(right, row, amount, size=8, room=74, right=True)
            row -= TOTAL_LEADING
        if not page.payable:
            more = "continúa en la página siguiente"
            self._text(right, row, more, size=7, color=SOFT, right=True)
            return
        self._box(left - 6, row - 15, INNER - left + 6, 21, ACCENT, 3)
        payable = format_number(self.picture.payable)
        self._text(left, row - 7, f"TOTAL A PAGAR {self.picture.currency}", BOLD, 9, white)
        self._text(right, row - 7, payable, BOLD, 10.5, white, room=140, right=True)

    def _draw_footer(self, number: int, count: int) -> None:
        self._line(self.footer_top - 4, 0.6)
        x, y = 0.0, self.footer_top - 16
        if self.picture.qr_text:
            self.canvas.saveState()
            self.canvas.translate(MARGIN, 30)
            self.canvas.doForm("qr")
            self.canvas.restoreState()
            x += QR_SIZE + 12
        if self.picture.cufe:
            self._text(x, y, "CUFE", BOLD, 7, SOFT)
            for row in (self.picture.cufe[:64], self.picture.cufe[64:]):
                y -= 9
                self._text(x, y, row, MONO, 7.5)
            y -= 12
        for row in self.legal:
            self._text(x, y, row, size=7, color=SOFT)
            y -= 8.5
        notice = "Representación gráfica de la factura electrónica de venta"
        self._text(x, 30, notice, size=7, color=SOFT)
        self._text(INNER, 30, f"Página {number} de {count}", BOLD, 7.5, right=True)
