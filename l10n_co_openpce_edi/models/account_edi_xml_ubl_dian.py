"""DIAN's UBL 2.1 invoice out of an Odoo invoice: ORM → values → nodes → ordered template.

Odoo's own UBL builder asks the database several times per line and its template refuses DIAN's
extensions. Here Odoo computes the taxes (``_get_rounded_base_and_tax_lines``), the sibling modules
regroup them, and everything else is read once per document.
"""

from lxml import etree
from odoo import api, models
from odoo.tools import html2plaintext

from ..dian import codes, identifiers, nit
from ..dian.ubl.namespaces import path, tag
from .account_edi_xml_ubl_dian_values import agency, number
from .ubl_dian_template import render

#: Header ``Note``: longest text (annex 6.1); a longer one continues in the next element.
HEADER_NOTE_SIZE = 500
_PROFILE = "DIAN 2.1: Factura Electrónica de Venta"
_COUNTRY_LIST = {
    "listAgencyID": "6",
    "listAgencyName": "United Nations Economic Commission for Europe",
    "listSchemeURI": (
        "urn:oasis:names:specification:ubl:codelist:gc:CountryIdentificationCode-2.1"
    ),
}


class AccountEdiXmlUblDian(models.AbstractModel):
    _name = "account.edi.xml.ubl_dian"
    _inherit = "account.edi.xml.ubl_21"
    _description = "DIAN UBL 2.1"

    # -------------------------------------------------------------------------
    # Public to the submission
    # -------------------------------------------------------------------------

    @api.model
    def _l10n_co_openpce_build(self, move, header):
        """The unsigned document of ``move``, without unique code.

        :param header: a :class:`~.dian_header.DianHeader`.
        :returns: root element, in the order of the UBL schema.
        :raises DianValidationError: the invoice cannot be said in DIAN's terms, with findings.
        """
        move.ensure_one()
        # However the caller came by the record: without this a move read through a submission may
        # have an empty prefetch set, and then every line asks the database by itself.
        move = move.with_prefetch()
        self._l10n_co_openpce_prefetch(move)
        vals = self._l10n_co_openpce_prepare_vals(move, header)
        return render("Invoice", self._l10n_co_openpce_invoice_node(vals))

    @api.model
    def _l10n_co_openpce_identify(self, root, header):
        """Write unique code, software security code and QR into ``root``; return the code.

        The code is computed from the tree itself, as DIAN does (FAD06). Doing it again, after an
        amount changed, replaces what was written.
        """
        inputs = identifiers.inputs_from(root)
        cufe = identifiers.cufe(inputs, header.technical_key)
        number_node = root.find(path("cbc:ID"))
        uuid = root.find(path("cbc:UUID"))
        if uuid is None:
            uuid = etree.Element(tag("cbc:UUID"))
            number_node.addnext(uuid)
        uuid.set("schemeID", header.environment.value)
        uuid.set("schemeName", codes.UuidScheme.CUFE.value)
        uuid.text = cufe
        extensions = root.find(
            path("ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/sts:DianExtensions")
        )
        extensions.find(tag("sts:SoftwareSecurityCode")).text = identifiers.software_security_code(
            header.software_id, header.software_pin, inputs.number
        )
        qr_code = extensions.find(tag("sts:QRCode"))
        if qr_code is None:
            qr_code = etree.SubElement(extensions, tag("sts:QRCode"))
        qr_code.text = identifiers.qr_url(cufe, header.environment)
        return cufe

    # -------------------------------------------------------------------------
    # Values and the document node
    # -------------------------------------------------------------------------

    def _l10n_co_openpce_prefetch(self, move):
        """Read taxes and parties together; one by one each would cost a query or two."""
        move.line_ids.tax_ids.invoice_repartition_line_ids.mapped("factor_percent")
        partners = (
            move.company_id._l10n_co_openpce_get_issuer().partner_id
            | move.commercial_partner_id
            | move.partner_id
            | move.partner_shipping_id
        )
        partners.l10n_co_openpce_responsibility_ids.mapped("code")
        partners.city_id.mapped("l10n_co_openpce_code")
        partners.state_id.mapped("l10n_co_openpce_code")

    def _l10n_co_openpce_prepare_vals(self, move, header):
        amounts = self._l10n_co_openpce_get_amounts(move)
        self._l10n_co_openpce_attach_notes(move, amounts)
        issuer = move.company_id._l10n_co_openpce_get_issuer().partner_id
        levels = issuer.l10n_co_openpce_responsibility_ids.mapped("code")
        return {
            "move": move,
            "header": header,
            "amounts": amounts,
            "currency": move.company_currency_id.name,
            "self_withholding": "O-15" in levels,
        }

    def _l10n_co_openpce_attach_notes(self, move, amounts):
        """Notes typed between lines belong to the line above them."""
        lines = {line.record.id: line for line in amounts.lines}
        current = None
        for record in move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id)):
            if record.display_type == "product":
                current = lines.get(record.id, current)
            elif record.display_type == "line_note" and current and record.name:
                current.notes.append(record.name)

    def _l10n_co_openpce_invoice_node(self, vals):
        move, header, amounts = vals["move"], vals["header"], vals["amounts"]
        currency = vals["currency"]
        taxes = sorted(
            (tax for line in amounts.lines for tax in line.taxes),
            key=lambda tax: (tax.code, float(tax.percent or 0), tax.per_unit or 0),
        )
        withholdings = sorted(
            (tax for line in amounts.lines for tax in line.withholdings),
            key=lambda tax: (tax.code, float(tax.percent)),
        )
        return {
            "ext:UBLExtensions": self._l10n_co_openpce_extensions_node(vals),
            **self._l10n_co_openpce_header_node(vals),
            "cac:AccountingSupplierParty": self._l10n_co_openpce_supplier_node(move, header),
            "cac:AccountingCustomerParty": self._l10n_co_openpce_customer_node(move),
            "cac:Delivery": self._l10n_co_openpce_delivery_node(move),
            "cac:PaymentMeans": self._l10n_co_openpce_payment_node(vals),
            "cac:AllowanceCharge": self._l10n_co_openpce_adjustment_nodes(
                amounts.adjustments, currency
            ),
            "cac:PaymentExchangeRate": self._l10n_co_openpce_exchange_rate_node(vals),
            "cac:TaxTotal": self._l10n_co_openpce_tax_nodes(taxes, currency, is_header=True),
            "cac:WithholdingTaxTotal": vals["self_withholding"]
            and self._l10n_co_openpce_tax_nodes(withholdings, currency, is_header=True),
            "cac:LegalMonetaryTotal": self._l10n_co_openpce_totals_node(amounts, currency),
            "cac:InvoiceLine": [
                self._l10n_co_openpce_line_node(position, line, vals)
                for position, line in enumerate(amounts.lines, 1)
            ],
        }

    def _l10n_co_openpce_extensions_node(self, vals):
        """sts:DianExtensions (annex 6.1, FAB03–FAB36); the code and the QR come when identified."""
        header = vals["header"]
        return {
            "ext:UBLExtension": {
                "ext:ExtensionContent": {
                    "sts:DianExtensions": {
                        "sts:InvoiceControl": {
                            "sts:InvoiceAuthorization": header.resolution,
                            "sts:AuthorizationPeriod": {
                                "cbc:StartDate": header.start.isoformat(),
                                "cbc:EndDate": header.end.isoformat(),
                            },
                            "sts:AuthorizedInvoices": {
                                "sts:Prefix": header.prefix,
                                "sts:From": str(header.first),
                                "sts:To": str(header.last),
                            },
                        },
                        "sts:InvoiceSource": {
                            "cbc:IdentificationCode": {"_text": "CO", **_COUNTRY_LIST},
                        },
                        "sts:SoftwareProvider": {
                            "sts:ProviderID": agency(
                                _text=header.provider_nit,
                                schemeID=nit.check_digit(header.provider_nit),
                                schemeName=codes.NIT_TYPE,
                            ),
                            "sts:SoftwareID": agency(_text=header.software_id),
                        },
                        "sts:SoftwareSecurityCode": agency(),
                        "sts:AuthorizationProvider": {
                            "sts:AuthorizationProviderID": agency(
                                _text=codes.DIAN_NIT,
                                schemeID=codes.DIAN_CHECK_DIGIT,
                                schemeName=codes.NIT_TYPE,
                            ),
                        },
                    },
                },
            },
        }

    def _l10n_co_openpce_header_node(self, vals):
        move, header = vals["move"], vals["header"]
        reference = move.ref or move.invoice_origin
        return {
            "cbc:UBLVersionID": "UBL 2.1",
            "cbc:CustomizationID": move.l10n_co_openpce_operation_type,
            "cbc:ProfileID": _PROFILE,
            "cbc:ProfileExecutionID": header.environment.value,
            "cbc:ID": "".join(char for char in move.name if char.isalnum()),
            "cbc:IssueDate": header.issued_at.date().isoformat(),
            "cbc:IssueTime": header.issued_at.strftime("%H:%M:%S-05:00"),
            "cbc:DueDate": self._l10n_co_openpce_due_date(vals),
            "cbc:InvoiceTypeCode": header.document_type.value,
            "cbc:Note": self._l10n_co_openpce_notes(move),
            "cbc:DocumentCurrencyCode": vals["currency"],
            "cbc:LineCountNumeric": str(len(vals["amounts"].lines)),
            "cac:OrderReference": {"cbc:ID": reference},
        }

    def _l10n_co_openpce_notes(self, move):
        text = html2plaintext(move.narration).strip() if move.narration else ""
        return [
            text[start : start + HEADER_NOTE_SIZE]
            for start in range(0, len(text), HEADER_NOTE_SIZE)
        ]

    def _l10n_co_openpce_due_date(self, vals):
        """The same in DueDate and PaymentDueDate; a cash sale needs none (FAN04)."""
        move, header = vals["move"], vals["header"]
        due = move.invoice_date_due
        if not due or move.l10n_co_openpce_payment_form != codes.PaymentForm.CREDIT.value:
            return None
        return max(due, header.issued_at.date()).isoformat()

    def _l10n_co_openpce_payment_node(self, vals):
        move = vals["move"]
        return {
            "cbc:ID": move.l10n_co_openpce_payment_form,
            "cbc:PaymentMeansCode": move.l10n_co_openpce_payment_means_id.code,
            "cbc:PaymentDueDate": self._l10n_co_openpce_due_date(vals),
            "cbc:PaymentID": move.payment_reference or move.name,
        }

    def _l10n_co_openpce_delivery_node(self, move):
        """Where the goods go, when that is not the buyer's own address."""
        partner = move.partner_shipping_id
        if not partner.street or partner == move.commercial_partner_id:
            return None
        return {
            "cbc:ActualDeliveryDate": move.delivery_date and move.delivery_date.isoformat(),
            "cac:DeliveryAddress": self._l10n_co_openpce_address_node(partner),
        }

    def _l10n_co_openpce_exchange_rate_node(self, vals):
        """Pesos per unit of the currency the sale was agreed in (FAR01–FAR07).

        The document itself is in pesos. SourceCurrencyBaseRate is 1.00 as chapter 8 asks (FAR03);
        chapter 6 contradicts it and makes the element optional.
        """
        move, currency = vals["move"], vals["currency"]
        if move.currency_id.name == currency:
            return None
        rate = 1 / move.invoice_currency_rate if move.invoice_currency_rate else 0.0
        date = move.invoice_date or vals["header"].issued_at.date()
        return {
            "cbc:SourceCurrencyCode": currency,
            "cbc:SourceCurrencyBaseRate": "1.00",
            "cbc:TargetCurrencyCode": move.currency_id.name,
            "cbc:TargetCurrencyBaseRate": "1.00",
            "cbc:CalculationRate": number(rate),
            "cbc:Date": date.isoformat(),
        }

    # -------------------------------------------------------------------------
    # Overrides of the stock builder
    # -------------------------------------------------------------------------

    @api.model
    def _export_invoice(self, invoice):
        # OVERRIDE account_edi_ubl_cii: what the stock method makes is no document of DIAN's, and
        # ours needs the range and the software that only a submission knows.
        raise NotImplementedError("use _l10n_co_openpce_build with a DianHeader")
