"""Element order of DIAN's UBL 2.1 documents, and the renderer that enforces it.

The order is the one of the UBL 2.1 schema restricted to what annex 1.9 (chapter 6) uses; a
misplaced element is rejected by DIAN as ZB01. Odoo's stock templates lack DIAN's extensions, the
registration scheme and several party and rate elements, and they are shared module dictionaries;
these are our own and are never changed at run time.

A node is a dictionary: keys with a colon are children (a string, a node or a list of them), other
keys are attributes, ``_text`` is the text. ``None``, ``False`` and ``""`` are left out, and so is
every element that ends up without attributes, text and children.
"""

import re
from functools import cache

from lxml import etree

from ..dian.ubl import namespaces

# What XML 1.0 cannot carry; lxml refuses the whole document because of one of them.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _leaves(names):
    """Children without children of their own, by names with blanks between."""
    return dict.fromkeys(names.split())


_EXTENSIONS = {
    "ext:UBLExtension": {
        "ext:ExtensionContent": {
            "sts:DianExtensions": {
                "sts:InvoiceControl": {
                    "sts:InvoiceAuthorization": None,
                    "sts:AuthorizationPeriod": _leaves("cbc:StartDate cbc:EndDate"),
                    "sts:AuthorizedInvoices": _leaves("sts:Prefix sts:From sts:To"),
                },
                "sts:InvoiceSource": _leaves("cbc:IdentificationCode"),
                "sts:SoftwareProvider": _leaves("sts:ProviderID sts:SoftwareID"),
                "sts:SoftwareSecurityCode": None,
                "sts:AuthorizationProvider": _leaves("sts:AuthorizationProviderID"),
                "sts:QRCode": None,
            },
        },
    },
}
_PERIOD = _leaves(
    "cbc:StartDate cbc:StartTime cbc:EndDate cbc:EndTime cbc:DescriptionCode cbc:Description"
)
_DOCUMENT_REFERENCE = _leaves("cbc:ID cbc:UUID cbc:IssueDate cbc:DocumentTypeCode cbc:DocumentType")
_ADDRESS = {
    **_leaves("cbc:ID cbc:CityName cbc:PostalZone cbc:CountrySubentity cbc:CountrySubentityCode"),
    "cac:AddressLine": _leaves("cbc:Line"),
    "cac:Country": _leaves("cbc:IdentificationCode cbc:Name"),
}
_TAX_SCHEME = _leaves("cbc:ID cbc:Name")
_PARTY = {
    "cbc:IndustryClassificationCode": None,
    "cac:PartyIdentification": _leaves("cbc:ID"),
    "cac:PartyName": _leaves("cbc:Name"),
    "cac:PhysicalLocation": {"cac:Address": _ADDRESS},
    "cac:PartyTaxScheme": {
        **_leaves("cbc:RegistrationName cbc:CompanyID cbc:TaxLevelCode"),
        "cac:RegistrationAddress": _ADDRESS,
        "cac:TaxScheme": _TAX_SCHEME,
    },
    "cac:PartyLegalEntity": {
        **_leaves("cbc:RegistrationName cbc:CompanyID"),
        "cac:CorporateRegistrationScheme": _leaves("cbc:ID cbc:Name"),
    },
    "cac:Contact": _leaves("cbc:Name cbc:Telephone cbc:Telefax cbc:ElectronicMail cbc:Note"),
    "cac:Person": _leaves("cbc:FirstName cbc:FamilyName cbc:MiddleName"),
}
_ACCOUNTING_PARTY = {"cbc:AdditionalAccountID": None, "cac:Party": _PARTY}
_ALLOWANCE_CHARGE = _leaves(
    "cbc:ID cbc:ChargeIndicator cbc:AllowanceChargeReasonCode cbc:AllowanceChargeReason "
    "cbc:MultiplierFactorNumeric cbc:Amount cbc:BaseAmount"
)
_EXCHANGE_RATE = _leaves(
    "cbc:SourceCurrencyCode cbc:SourceCurrencyBaseRate cbc:TargetCurrencyCode "
    "cbc:TargetCurrencyBaseRate cbc:CalculationRate cbc:Date"
)
_TAX_TOTAL = {
    **_leaves("cbc:TaxAmount cbc:RoundingAmount"),
    "cac:TaxSubtotal": {
        **_leaves("cbc:TaxableAmount cbc:TaxAmount cbc:BaseUnitMeasure cbc:PerUnitAmount"),
        "cac:TaxCategory": {"cbc:Percent": None, "cac:TaxScheme": _TAX_SCHEME},
    },
}
_MONETARY_TOTAL = _leaves(
    "cbc:LineExtensionAmount cbc:TaxExclusiveAmount cbc:TaxInclusiveAmount "
    "cbc:AllowanceTotalAmount cbc:ChargeTotalAmount cbc:PrepaidAmount cbc:PayableRoundingAmount "
    "cbc:PayableAmount"
)
_DELIVERY = {
    **_leaves("cbc:ActualDeliveryDate cbc:ActualDeliveryTime"),
    "cac:DeliveryAddress": _ADDRESS,
    "cac:DeliveryLocation": {"cac:Address": _ADDRESS},
    "cac:DeliveryParty": _PARTY,
}
_ITEM = {
    **_leaves("cbc:Description cbc:PackSizeNumeric cbc:BrandName cbc:ModelName"),
    "cac:SellersItemIdentification": _leaves("cbc:ID cbc:ExtendedID"),
    "cac:StandardItemIdentification": _leaves("cbc:ID"),
    "cac:OriginCountry": _leaves("cbc:IdentificationCode cbc:Name"),
    "cac:AdditionalItemProperty": _leaves("cbc:Name cbc:Value cbc:ValueQuantity"),
    "cac:InformationContentProviderParty": {
        "cac:PowerOfAttorney": {
            "cac:AgentParty": {"cac:PartyIdentification": _leaves("cbc:ID")},
        },
    },
}
_INVOICE_LINE = {
    **_leaves(
        "cbc:ID cbc:Note cbc:InvoicedQuantity cbc:LineExtensionAmount cbc:FreeOfChargeIndicator"
    ),
    "cac:InvoicePeriod": _PERIOD,
    "cac:DocumentReference": _DOCUMENT_REFERENCE,
    "cac:PricingReference": {
        "cac:AlternativeConditionPrice": _leaves("cbc:PriceAmount cbc:PriceTypeCode cbc:PriceType"),
    },
    "cac:Delivery": _DELIVERY,
    "cac:AllowanceCharge": _ALLOWANCE_CHARGE,
    "cac:TaxTotal": _TAX_TOTAL,
    "cac:WithholdingTaxTotal": _TAX_TOTAL,
    "cac:Item": _ITEM,
    "cac:Price": _leaves("cbc:PriceAmount cbc:BaseQuantity"),
}

INVOICE = {
    "ext:UBLExtensions": _EXTENSIONS,
    **_leaves(
        "cbc:UBLVersionID cbc:CustomizationID cbc:ProfileID cbc:ProfileExecutionID cbc:ID "
        "cbc:UUID cbc:IssueDate cbc:IssueTime cbc:DueDate cbc:InvoiceTypeCode cbc:Note "
        "cbc:TaxPointDate cbc:DocumentCurrencyCode cbc:LineCountNumeric"
    ),
    "cac:InvoicePeriod": _PERIOD,
    "cac:OrderReference": _leaves("cbc:ID cbc:IssueDate"),
    "cac:BillingReference": {
        "cac:InvoiceDocumentReference": _DOCUMENT_REFERENCE,
        "cac:CreditNoteDocumentReference": _DOCUMENT_REFERENCE,
        "cac:DebitNoteDocumentReference": _DOCUMENT_REFERENCE,
    },
    "cac:DespatchDocumentReference": _DOCUMENT_REFERENCE,
    "cac:ReceiptDocumentReference": _DOCUMENT_REFERENCE,
    "cac:AdditionalDocumentReference": _DOCUMENT_REFERENCE,
    "cac:AccountingSupplierParty": _ACCOUNTING_PARTY,
    "cac:AccountingCustomerParty": _ACCOUNTING_PARTY,
    "cac:TaxRepresentativeParty": _PARTY,
    "cac:Delivery": _DELIVERY,
    "cac:DeliveryTerms": _leaves(
        "cbc:ID cbc:SpecialTerms cbc:LossRiskResponsibilityCode cbc:LossRisk"
    ),
    "cac:PaymentMeans": _leaves("cbc:ID cbc:PaymentMeansCode cbc:PaymentDueDate cbc:PaymentID"),
    "cac:PaymentTerms": _leaves("cbc:ReferenceEventCode cbc:Note"),
    "cac:PrepaidPayment": _leaves(
        "cbc:ID cbc:PaidAmount cbc:ReceivedDate cbc:PaidDate cbc:InstructionID"
    ),
    "cac:AllowanceCharge": _ALLOWANCE_CHARGE,
    "cac:PaymentExchangeRate": _EXCHANGE_RATE,
    "cac:PaymentAlternativeExchangeRate": _EXCHANGE_RATE,
    "cac:TaxTotal": _TAX_TOTAL,
    "cac:WithholdingTaxTotal": _TAX_TOTAL,
    "cac:LegalMonetaryTotal": _MONETARY_TOTAL,
    "cac:InvoiceLine": _INVOICE_LINE,
}

#: Local name of the root → template of its children.
TEMPLATES = {"Invoice": INVOICE}


@cache
def _compiled(kind):
    """Template with each child's position and Clark name worked out once."""
    return _compile(TEMPLATES[kind])


def _compile(template):
    return {
        name: (position, namespaces.tag(name), _compile(children) if children else {})
        for position, (name, children) in enumerate(template.items())
    }


def render(kind, node):
    """Element ``kind`` (``Invoice``) out of ``node``, children in the template's order.

    :raises ValueError: the node has a child that the template does not know.
    """
    root = etree.Element(namespaces.document_tag(kind), nsmap=namespaces.nsmap(kind))
    _fill(root, node, _compiled(kind), kind)
    return root


def _fill(element, node, template, path):
    children = []
    for name, value in node.items():
        if value is None or value is False or value == "":
            continue
        if ":" in name:
            known = template.get(name)
            if known is None:
                raise ValueError(f"{path}/{name} is not in the template of DIAN's documents")
            children.append((*known, name, value))
        elif name == "_text":
            element.text = clean(value)
        else:
            element.set(name, clean(value))
    children.sort()  # by position, which no two of them share
    for _position, clark, sub_template, name, value in children:
        if isinstance(value, str):
            etree.SubElement(element, clark).text = clean(value)
        else:
            _append(element, clark, sub_template, value, f"{path}/{name}")


def _append(parent, clark, template, value, path):
    """A node or several; those that turn out empty are left out."""
    for item in value if isinstance(value, list) else (value,):
        if item is None or item is False or item == "":
            continue
        element = etree.SubElement(parent, clark)
        if isinstance(item, dict):
            _fill(element, item, template, path)
            if not len(element) and not element.text and not element.attrib:
                parent.remove(element)
        else:
            element.text = clean(item)


def clean(value):
    """Text without the characters XML cannot carry (control characters pasted into a name)."""
    return _ILLEGAL.sub("", str(value))
