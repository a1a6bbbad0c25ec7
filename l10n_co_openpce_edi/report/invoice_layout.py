"""The plan of the printed invoice: which text stands on which page; nothing is drawn here.

Nothing is cut: long names make the header higher, long descriptions and notes go on on the next
page.
"""

from dataclasses import dataclass, field
from itertools import zip_longest

from reportlab.lib.pagesizes import letter

from .fonts import BOLD, REGULAR, wrap
from .invoice_picture import InvoicePicture, LinePicture, format_number

WIDTH, HEIGHT = letter
MARGIN = 36
INNER = WIDTH - 2 * MARGIN
TOP = HEIGHT - MARGIN
# The law's representation asks for a QR of at least 2 cm (56.7 points) on every page.
QR_SIZE = 70
ROW_FONT, ROW_LEADING = 7.2, 9.5
NOTE_FONT, NOTE_LEADING, NOTE_WIDTH, GUTTER = 7.8, 10.5, 262, 16
BOX, TABLE_HEAD = 184, 18
# A row of the totals, and the amount to pay with what is left free around it.
TOTAL_LEADING, PAYABLE = 12.0, 44

# Columns of the table: title, left edge, width, alignment.
COLUMNS = (
    ("#", 0, 20, "left"),
    ("Código", 20, 54, "left"),
    ("Descripción", 74, 156, "left"),
    ("Unidad", 230, 42, "left"),
    ("Cantidad", 272, 44, "right"),
    ("Precio", 316, 60, "right"),
    ("Descuento", 376, 52, "right"),
    ("Impuesto", 428, 48, "left"),
    ("Total", 476, 64, "right"),
)

Cells = list[list[str]]
Row = tuple[Cells, float]
Note = tuple[str, str]
Total = tuple[str, str, str]


@dataclass
class Page:
    """One planned page: table rows, rows of the notes and of the totals, the amount to pay."""

    rows: list[Row] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    first: bool = False
    payable: bool = False


def _cells(line: LinePicture) -> Cells:
    """The texts of a line, wrapped to the columns; numbers stay whole and shrink instead."""
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
        [text] if align == "right" else wrap(text, width - 5, REGULAR, ROW_FONT)
        for text, (_title, _left, width, align) in zip(texts, COLUMNS, strict=True)
    ]


def _height(cells: Cells) -> float:
    return max(len(cell) for cell in cells) * ROW_LEADING + 5


def _total_rows(picture: InvoicePicture) -> list[Total]:
    """Label, base and amount: the bases first, then the taxes, then what comes on top."""
    rows = [(row.label, "", format_number(row.amount)) for row in picture.totals]
    taxes = [
        (row.label, f"sobre {format_number(row.base)}", format_number(row.amount))
        for row in picture.taxes
    ]
    bases = 2 if len(rows) > 1 and rows[1][0] == "Base gravable" else 1
    return rows[:bases] + taxes + rows[bases:]


def _note_rows(picture: InvoicePicture) -> list[Note]:
    """Style and text of every row of the notes: amount in words, withholdings, notes."""
    texts = [(BOLD, picture.words)]
    if picture.exchange:
        texts.append((REGULAR, f"Tasa de cambio: {picture.exchange}"))
    if picture.delivery:
        texts.append((REGULAR, f"Entrega: {picture.delivery}"))
    if picture.withholdings:
        texts.append((BOLD, "Retenciones informadas (no reducen el total de la factura):"))
    texts += [
        (REGULAR, f"{row.label} sobre {format_number(row.base)}: {format_number(row.amount)}")
        for row in picture.withholdings
    ]
    texts += [(REGULAR, note) for note in picture.notes]
    return [
        (style, row) for style, text in texts for row in wrap(text, NOTE_WIDTH, style, NOTE_FONT)
    ]


class Layout:
    """What the pages of one invoice have in common, and their plan."""

    def __init__(self, picture: InvoicePicture, logo_size: tuple[float, float]) -> None:
        """Measure all texts of ``picture``.

        :param logo_size: width and height of the logo as drawn, zeros without one.
        """
        self.picture = picture
        self.logo_size = logo_size
        self.totals = _total_rows(picture)
        self.notes = _note_rows(picture)
        self.issuer_name, self.issuer = self._issuer_rows()
        self.customer, self.terms = self._party_rows()
        self.legal = [
            row
            for text in (picture.authorization, picture.software)
            for row in wrap(text, INNER - (QR_SIZE + 12 if picture.qr_text else 0), REGULAR, 7)
        ]
        box = 88 if picture.warning else 72
        texts = 14 * len(self.issuer_name) + 9.2 * len(self.issuer) + 15
        self.header_bottom = TOP - max(box, texts, 66)
        code = 30 if picture.cufe else 0
        self.footer_top = max(112, 46 + code + 8.5 * len(self.legal) + 14)
        self.parties = 11.5 * max(len(self.customer), len(self.terms)) + 22
        self.page_room = self.header_bottom - self.footer_top - TABLE_HEAD - 4
        self.totals_height = TOTAL_LEADING * len(self.totals) + PAYABLE
        self.column = max(int((self.page_room - 4) // NOTE_LEADING), 1)

    def _issuer_rows(self) -> tuple[list[str], list[str]]:
        issuer = self.picture.issuer
        width = self.logo_size[0]
        room = INNER - BOX - 12 - (width + 12 if width else 0)
        texts = (
            issuer.trade_name,
            issuer.identification,
            issuer.qualities,
            issuer.address,
            " · ".join(text for text in (issuer.phone, issuer.email) if text),
        )
        rows = [row for text in texts if text for row in wrap(text, room, REGULAR, 7.5)]
        return wrap(issuer.name, room, BOLD, 12), rows

    def _party_rows(self) -> tuple[list[Note], list[tuple[str, str]]]:
        """Rows of the customer (style, text) and of the terms (label, text)."""
        picture, customer = self.picture, self.picture.customer
        left = [(BOLD, row) for row in wrap(customer.name, 300, BOLD, 9)]
        texts = (
            customer.trade_name,
            customer.identification,
            customer.address,
            " · ".join(text for text in (customer.phone, customer.email) if text),
            customer.qualities,
        )
        left += [(REGULAR, row) for text in texts if text for row in wrap(text, 300, REGULAR, 8)]
        terms = (
            ("Forma de pago", picture.payment_form),
            ("Medio de pago", picture.payment_means),
            ("Vencimiento", picture.due or picture.issued[:10]),
            ("Moneda", picture.currency),
            ("Orden de compra", picture.order),
        )
        right: list[tuple[str, str]] = []
        for label, text in terms:
            if text:
                right += zip_longest([label], wrap(text, 124, REGULAR, 8), fillvalue="")
        return left, right

    def plan(self) -> list[Page]:
        """Lines over pages, then the totals with the notes beside them, the rest of these after."""
        page = Page(first=True)
        pages = [page]
        room = self.page_room - self.parties
        for line in self.picture.lines:
            cells = _cells(line)
            while cells:
                if _height(cells) > room and (page.rows or page.first):
                    # A row moves to the next page; one that would leave half a page is divided.
                    if _height(cells) <= self.page_room / 2 or room < 12 * ROW_LEADING:
                        page = Page()
                        pages.append(page)
                        room = self.page_room
                count = max(int((room - 5) // ROW_LEADING), 1)
                part, rest = [c[:count] for c in cells], [c[count:] for c in cells]
                page.rows.append((part, _height(part)))
                room -= _height(part)
                cells = rest if any(rest) else []
        if self.totals_height > room:
            page = Page()
            pages.append(page)
            room = self.page_room
        totals, rest = self.totals, self.notes
        while True:
            fitting = max(int((room - PAYABLE) // TOTAL_LEADING), 1)
            page.totals, totals = totals[:fitting], totals[fitting:]
            beside = max(int((room - 16) // NOTE_LEADING), 0)
            page.notes, rest = rest[:beside], rest[beside:]
            if not totals:
                break
            page = Page()
            pages.append(page)
            room = self.page_room
        page.payable = True
        pages += [
            Page(notes=rest[start : start + 2 * self.column])
            for start in range(0, len(rest), 2 * self.column)
        ]
        return pages
