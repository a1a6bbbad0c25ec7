"""The invoice on paper: letter size, header and footer with QR and CUFE on every page.

Plain drawing on a canvas: the layout is planned first (so every page knows how many there are),
then drawn. No ORM, no browser engine.
"""

import io
from dataclasses import dataclass, field

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from .invoice_picture import InvoicePicture, LinePicture, format_number

WIDTH, HEIGHT = letter
MARGIN = 36
INNER = WIDTH - 2 * MARGIN
HEADER_BOTTOM = HEIGHT - 128
FOOTER_TOP = 112
# The law's representation asks for a QR of at least 2 cm (56.7 points) on every page.
QR_SIZE = 70
FONT, BOLD = "Helvetica", "Helvetica-Bold"
INK, SOFT, RULE, SHADE = (
    HexColor("#1f2937"),
    HexColor("#6b7280"),
    HexColor("#cbd5e1"),
    HexColor("#f1f5f9"),
)
ACCENT, ALARM = HexColor("#1e3a5f"), HexColor("#b91c1c")
ROW_FONT, ROW_LEADING = 7.5, 9.5

# Columns of the table: title, right edge or left edge, alignment.
_COLUMNS = (
    ("#", 0, 18, "left"),
    ("Código", 18, 60, "left"),
    ("Descripción", 78, 170, "left"),
    ("Unidad", 248, 44, "left"),
    ("Cantidad", 292, 46, "right"),
    ("Precio", 338, 62, "right"),
    ("Descuento", 400, 48, "right"),
    ("Impuesto", 452, 42, "left"),
    ("Total", 484, 56, "right"),
)


@dataclass
class _Page:
    """One planned page: the rows on it, and whether it ends with the totals."""

    rows: list[tuple[list[list[str]], float]] = field(default_factory=list)
    first: bool = False
    totals: bool = False


def render(picture: InvoicePicture) -> bytes:
    """The PDF of ``picture`` as bytes; deterministic but for the date of the file."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=letter, pageCompression=1, invariant=1)
    canvas.setTitle(f"Factura electrónica de venta {picture.number}")
    canvas.setAuthor(picture.issuer.name)
    canvas.setSubject(f"CUFE {picture.cufe}")
    logo = _read_logo(picture.logo)
    _define_qr(canvas, picture.qr_text)
    pages = _plan(picture)
    for index, page in enumerate(pages, 1):
        _draw_header(canvas, picture, logo)
        y = HEADER_BOTTOM
        if page.first:
            y = _draw_parties(canvas, picture, y)
        if page.rows:
            y = _draw_rows(canvas, page.rows, y)
        if page.totals:
            _draw_totals(canvas, picture, y)
        _draw_footer(canvas, picture, index, len(pages))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


# --- Planning ------------------------------------------------------------------------------


def _plan(picture: InvoicePicture) -> list[_Page]:
    """Lines over pages; the totals go where they fit, else on a page of their own."""
    page = _Page(first=True)
    pages = [page]
    room = HEADER_BOTTOM - _parties_height(picture) - FOOTER_TOP - 18
    for line in picture.lines:
        cells = _cells(line)
        height = max(len(cell) for cell in cells) * ROW_LEADING + 5
        if height > room:
            page = _Page()
            pages.append(page)
            room = HEADER_BOTTOM - FOOTER_TOP - 18
        page.rows.append((cells, height))
        room -= height
    if _totals_height(picture) > room:
        page = _Page()
        pages.append(page)
    page.totals = True
    return pages


def _cells(line: LinePicture) -> list[list[str]]:
    texts = (
        line.number,
        line.code,
        line.description,
        line.unit,
        format_number(line.quantity, 0, 6),
        format_number(line.price, 2, 6),
        format_number(line.discount) if line.discount else "",
        line.taxes,
        format_number(line.total),
    )
    return [
        _wrap(text, width - 3)
        for text, (_title, _left, width, _align) in zip(texts, _COLUMNS, strict=True)
    ]


def _wrap(text: str, width: float, font: str = FONT, size: float = ROW_FONT) -> list[str]:
    """Lines that fit ``width``; a word longer than that is cut."""
    found: list[str] = []
    for row in simpleSplit(text or "", font, size, width) or [""]:
        while (
            len(row) > 4 and len(row) * size * 0.4 > width and stringWidth(row, font, size) > width
        ):
            cut = max(int(len(row) * width / stringWidth(row, font, size)) - 1, 4)
            found.append(row[:cut])
            row = row[cut:]
        found.append(row)
    return found


# --- Drawing -------------------------------------------------------------------------------


def _text(canvas, x, y, text, font=FONT, size=8.0, color=INK, align="left"):
    canvas.setFont(font, size)
    canvas.setFillColor(color)
    if align == "right":
        canvas.drawRightString(x, y, text)
    else:
        canvas.drawString(x, y, text)


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


def _draw_header(canvas, picture: InvoicePicture, logo) -> None:
    top = HEIGHT - MARGIN
    x = MARGIN
    if logo is not None:
        width, height = logo.getSize()
        scale = min(104 / width, 58 / height)
        canvas.drawImage(
            logo, MARGIN, top - height * scale, width * scale, height * scale, mask="auto"
        )
        x += width * scale + 12
    issuer = picture.issuer
    room = WIDTH - MARGIN - 196 - x
    y = top - 11
    for row in _wrap(issuer.name, room, BOLD, 12)[:2]:
        _text(canvas, x, y, row, BOLD, 12, ACCENT)
        y -= 13
    texts = [
        issuer.trade_name,
        issuer.identification,
        issuer.qualities,
        issuer.address,
        " · ".join(text for text in (issuer.phone, issuer.email) if text),
    ]
    for text in filter(None, texts):
        for row in _wrap(text, room, FONT, 7.5)[:2]:
            _text(canvas, x, y, row, size=7.5, color=SOFT)
            y -= 9
    left = WIDTH - MARGIN - 184
    canvas.setFillColor(ACCENT)
    canvas.roundRect(left, top - 62, 184, 62, 4, stroke=0, fill=1)
    _text(canvas, left + 10, top - 16, "FACTURA ELECTRÓNICA DE VENTA", BOLD, 9, white)
    _text(canvas, left + 10, top - 35, f"No. {picture.number}", BOLD, 14, white)
    _text(canvas, left + 10, top - 50, f"Generación: {picture.issued}", size=7.5, color=white)
    if picture.validated:
        _text(
            canvas,
            left + 10,
            top - 59,
            f"Validación DIAN: {picture.validated}",
            size=7.5,
            color=white,
        )
    if picture.warning:
        _text(canvas, left, top - 75, picture.warning, BOLD, 8, ALARM)
    canvas.setStrokeColor(RULE)
    canvas.line(MARGIN, HEADER_BOTTOM + 6, WIDTH - MARGIN, HEADER_BOTTOM + 6)


def _party_rows(picture: InvoicePicture) -> tuple[list[str], list[tuple[str, str]]]:
    customer = picture.customer
    texts = (
        customer.trade_name,
        customer.identification,
        customer.address,
        " · ".join(text for text in (customer.phone, customer.email) if text),
        customer.qualities,
    )
    left = [row for text in texts if text for row in _wrap(text, 300, FONT, 8)]
    right = [
        ("Forma de pago", picture.payment_form),
        ("Medio de pago", picture.payment_means),
        ("Vencimiento", picture.due or picture.issued[:10]),
        ("Moneda", picture.currency),
    ]
    if picture.order:
        right.append(("Orden de compra", picture.order))
    return left, right


def _parties_height(picture: InvoicePicture) -> float:
    left, right = _party_rows(picture)
    return max(len(left) + 2, len(right) + 1) * 10.5 + 14


def _draw_parties(canvas, picture: InvoicePicture, y: float) -> float:
    left, right = _party_rows(picture)
    height = _parties_height(picture) - 8
    canvas.setFillColor(SHADE)
    canvas.roundRect(MARGIN, y - height, INNER, height, 4, stroke=0, fill=1)
    _text(canvas, MARGIN + 8, y - 12, "ADQUIRENTE", BOLD, 7, SOFT)
    _text(canvas, MARGIN + 8, y - 24, picture.customer.name[:70], BOLD, 9.5)
    for index, row in enumerate(left):
        _text(canvas, MARGIN + 8, y - 35 - index * 10.5, row)
    x = MARGIN + 330
    for index, (label, text) in enumerate(right):
        row = y - 12 - index * 12
        _text(canvas, x, row, label, BOLD, 7, SOFT)
        _text(canvas, x + 72, row, _wrap(text, 132, FONT, 8)[0])
    return y - height - 8


def _draw_rows(canvas, rows, y: float) -> float:
    canvas.setFillColor(ACCENT)
    canvas.rect(MARGIN, y - 14, INNER, 14, stroke=0, fill=1)
    for title, left, width, align in _COLUMNS:
        x = MARGIN + left + (width - 3 if align == "right" else 3)
        _text(canvas, x, y - 10, title, BOLD, 7, white, align)
    y -= 16
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.4)
    for index, (cells, height) in enumerate(rows):
        if index % 2:
            canvas.setFillColor(SHADE)
            canvas.rect(MARGIN, y - height, INNER, height, stroke=0, fill=1)
        canvas.setFont(FONT, ROW_FONT)
        canvas.setFillColor(INK)
        for cell, (_title, left, width, align) in zip(cells, _COLUMNS, strict=True):
            for number, text in enumerate(cell):
                baseline = y - 9 - number * ROW_LEADING
                if align == "right":
                    canvas.drawRightString(MARGIN + left + width - 3, baseline, text)
                else:
                    canvas.drawString(MARGIN + left + 3, baseline, text)
        y -= height
        canvas.line(MARGIN, y, WIDTH - MARGIN, y)
    return y


def _total_rows(picture: InvoicePicture) -> list[tuple[str, str, str]]:
    rows = [(row.label, "", format_number(row.amount)) for row in picture.totals]
    taxes = [
        (row.label, f"sobre {format_number(row.base)}", format_number(row.amount))
        for row in picture.taxes
    ]
    bases = sum(row.label in ("Subtotal", "Base gravable") for row in picture.totals)
    return rows[:bases] + taxes + rows[bases:]


def _note_rows(picture: InvoicePicture) -> list[tuple[str, str]]:
    rows = [(BOLD, row) for row in _wrap(picture.words, 290, BOLD, 8)]
    if picture.withholdings:
        rows.append((BOLD, "Retenciones informadas (no reducen el total de la factura):"))
    for row in picture.withholdings:
        text = f"{row.label} sobre {format_number(row.base)}: {format_number(row.amount)}"
        rows += [(FONT, part) for part in _wrap(text, 290, FONT, 8)]
    for note in picture.notes:
        rows += [(FONT, part) for part in _wrap(note, 290, FONT, 8)]
    return rows[:36]


def _totals_height(picture: InvoicePicture) -> float:
    return max(len(_total_rows(picture)) * 12 + 44, len(_note_rows(picture)) * 10.5 + 20)


def _draw_totals(canvas, picture: InvoicePicture, y: float) -> None:
    y -= 12
    for index, (font, text) in enumerate(_note_rows(picture)):
        _text(canvas, MARGIN + 3, y - 8 - index * 10.5, text, font)
    left, right = MARGIN + 318, WIDTH - MARGIN - 3
    row = y - 8
    for label, base, amount in _total_rows(picture):
        _text(canvas, left, row, label, size=8, color=SOFT)
        if base:
            _text(canvas, left + 130, row, base, size=6.5, color=SOFT, align="right")
        _text(canvas, right, row, amount, size=8, align="right")
        row -= 12
    canvas.setFillColor(ACCENT)
    canvas.roundRect(left - 6, row - 13, WIDTH - MARGIN - left + 6, 21, 3, stroke=0, fill=1)
    _text(canvas, left, row - 5, f"TOTAL A PAGAR {picture.currency}", BOLD, 9, white)
    _text(canvas, right, row - 5, format_number(picture.payable), BOLD, 10.5, white, "right")


def _draw_footer(canvas, picture: InvoicePicture, number: int, count: int) -> None:
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, FOOTER_TOP - 4, WIDTH - MARGIN, FOOTER_TOP - 4)
    x, y = MARGIN, FOOTER_TOP - 16
    if picture.qr_text:
        canvas.saveState()
        canvas.translate(MARGIN, 30)
        canvas.doForm("qr")
        canvas.restoreState()
        x += QR_SIZE + 12
    room = WIDTH - MARGIN - x
    if picture.cufe:
        _text(canvas, x, y, "CUFE", BOLD, 7, SOFT)
        for row in (picture.cufe[:64], picture.cufe[64:]):
            y -= 9
            _text(canvas, x, y, row, "Courier", 7.5)
        y -= 12
    for text in (picture.authorization, picture.software):
        for row in _wrap(text, room, FONT, 7):
            _text(canvas, x, y, row, size=7, color=SOFT)
            y -= 8.5
    notice = "Representación gráfica de la factura electrónica de venta"
    _text(canvas, x, 30, notice, size=7, color=SOFT)
    _text(canvas, WIDTH - MARGIN, 30, f"Página {number} de {count}", BOLD, 7.5, INK, "right")
