"""The UBL file that a supplier of the demo sends with a bill: for people to read, not for DIAN.

It has what the readable picture of an electronic invoice shows; it is neither signed nor complete.
"""

from __future__ import annotations

from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CAC, _CBC = f"{_UBL}CommonAggregateComponents-2", f"{_UBL}CommonBasicComponents-2"
_cac = ElementMaker(namespace=_CAC, nsmap={"cac": _CAC})
_cbc = ElementMaker(namespace=_CBC, nsmap={"cbc": _CBC})


def write(move: Any, day: str) -> bytes:
    """An invoice of the bill's supplier to the bill's company, with the figures of the bill."""
    root = ElementMaker(
        namespace=f"{_UBL}Invoice-2", nsmap={None: f"{_UBL}Invoice-2", "cac": _CAC, "cbc": _CBC}
    ).Invoice(
        _cbc.ID(move.ref or ""),
        _cbc.IssueDate(day),
        _cbc.Note("Documento inventado para la demostración."),
        _cbc.DocumentCurrencyCode(move.currency_id.name),
        _cac.AccountingSupplierParty(_party(move.partner_id)),
        _cac.AccountingCustomerParty(_party(move.company_id.partner_id)),
        _cac.TaxTotal(_money("TaxAmount", move, move.amount_tax), _tax(move)),
        _cac.LegalMonetaryTotal(
            _money("LineExtensionAmount", move, move.amount_untaxed),
            _money("TaxInclusiveAmount", move, move.amount_total),
            _money("PayableAmount", move, move.amount_total),
        ),
        *(_line(move, place, line) for place, line in enumerate(move.invoice_line_ids, 1)),
    )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _money(name: str, move: Any, amount: float) -> Any:
    return _cbc(name, f"{amount:.2f}", currencyID=move.currency_id.name)


def _party(partner: Any) -> Any:
    return _cac.Party(
        _cac.PartyTaxScheme(
            _cbc.RegistrationName(partner.name),
            _cbc.CompanyID(partner.vat or ""),
            _cac.RegistrationAddress(_cbc.CityName(partner.city or "")),
        ),
    )


def _tax(move: Any) -> Any:
    return _cac.TaxSubtotal(
        _money("TaxableAmount", move, move.amount_untaxed),
        _money("TaxAmount", move, move.amount_tax),
        _cac.TaxCategory(_cbc.Percent("19.00"), _cac.TaxScheme(_cbc.ID("01"), _cbc.Name("IVA"))),
    )


def _line(move: Any, place: int, line: Any) -> Any:
    return _cac.InvoiceLine(
        _cbc.ID(str(place)),
        _cbc.InvoicedQuantity(f"{line.quantity:.2f}", unitCode="94"),
        _money("LineExtensionAmount", move, line.price_subtotal),
        _cac.Item(_cbc.Description(line.name)),
        _cac.Price(_money("PriceAmount", move, line.price_unit)),
    )
