"""Small documents of every kind, made by code; names and numbers are invented."""

from __future__ import annotations

from datetime import datetime, timezone

from lxml import etree

from dian import identifiers
from dian.ubl import attached_document
from dian.ubl.namespaces import NS, document_tag, nsmap

TECHNICAL_KEY = "0123456789abcdef0123456789abcdef01234567"
PIN = "24680"
ISSUED = datetime(2026, 2, 3, 13, 9, 10, tzinfo=timezone.utc)
_NUMBERS = {"Invoice": "SETP990000001", "CreditNote": "NC7", "DebitNote": "ND7"}


def add(parent, names, text="", **attributes):
    """Create the elements of a path such as ``cac:Party/cbc:Name`` below ``parent``."""
    node = parent
    for name in names.split("/"):
        prefix, local = name.split(":")
        node = etree.SubElement(node, f"{{{NS[prefix]}}}{local}")
    node.text = text or None
    for key, value in attributes.items():
        node.set(key, value)
    return node


def _party(root, role, name, number, digit):
    node = add(root, f"cac:{role}")
    add(node, "cbc:AdditionalAccountID", "1")
    party = add(node, "cac:Party")
    add(party, "cac:PartyName/cbc:Name", name.title())
    scheme = add(party, "cac:PartyTaxScheme")
    add(scheme, "cbc:RegistrationName", name)
    add(scheme, "cbc:CompanyID", number, schemeID=digit, schemeName="31")
    add(scheme, "cbc:TaxLevelCode", "O-13;O-15")
    add(scheme, "cac:TaxScheme/cbc:ID", "01")
    add(party, "cac:Contact/cbc:ElectronicMail", "facturas@example.com")


def _tax(parent, amount="19.00", code="01"):
    total = add(parent, "cac:TaxTotal")
    add(total, "cbc:TaxAmount", amount, currencyID="COP")
    subtotal = add(total, "cac:TaxSubtotal")
    add(subtotal, "cbc:TaxableAmount", "100.00", currencyID="COP")
    add(subtotal, "cbc:TaxAmount", amount, currencyID="COP")
    category = add(subtotal, "cac:TaxCategory")
    add(category, "cbc:Percent", "19.00")
    add(category, "cac:TaxScheme/cbc:ID", code)
    return total


def _extensions(root):
    extensions = add(root, "ext:UBLExtensions")
    content = add(extensions, "ext:UBLExtension/ext:ExtensionContent")
    dian = add(content, "sts:DianExtensions")
    if etree.QName(root).localname == "Invoice":
        control = add(dian, "sts:InvoiceControl")
        add(control, "sts:InvoiceAuthorization", "18760000001")
        period = add(control, "sts:AuthorizationPeriod")
        add(period, "cbc:StartDate", "2019-01-19")
        add(period, "cbc:EndDate", "2030-01-19")
        numbers = add(control, "sts:AuthorizedInvoices")
        add(numbers, "sts:Prefix", "SETP")
        add(numbers, "sts:From", "990000000")
        add(numbers, "sts:To", "995000000")
    provider = add(dian, "sts:SoftwareProvider")
    add(provider, "sts:ProviderID", "900508908")
    add(provider, "sts:SoftwareID", "11111111-2222-3333-4444-555555555555")
    add(dian, "sts:SoftwareSecurityCode", "f" * 96)
    add(dian, "sts:QRCode", "https://example.com/qr")


def billing(kind="Invoice", type_code="01", **changed):
    """An Invoice, CreditNote or DebitNote with one line, 100.00 and IVA 19.00."""
    root = etree.Element(document_tag(kind), nsmap=nsmap(kind))
    _extensions(root)
    add(root, "cbc:UBLVersionID", "UBL 2.1")
    add(root, "cbc:CustomizationID", {"Invoice": "10", "CreditNote": "20"}.get(kind, "30"))
    add(root, "cbc:ProfileID", "DIAN 2.1")
    add(root, "cbc:ProfileExecutionID", "2")
    add(root, "cbc:ID", changed.get("number", _NUMBERS[kind]))
    uuid = add(root, "cbc:UUID", schemeID="2", schemeName="CUFE-SHA384")
    add(root, "cbc:IssueDate", "2026-02-03")
    add(root, "cbc:IssueTime", "08:09:10-05:00")
    if kind != "DebitNote":
        add(root, f"cbc:{kind}TypeCode", type_code)
    add(root, "cbc:Note", changed.get("note", "Nota & más"))
    add(root, "cbc:DocumentCurrencyCode", "COP")
    if kind != "Invoice":
        discrepancy = add(root, "cac:DiscrepancyResponse")
        add(discrepancy, "cbc:ReferenceID", "SETP990000001")
        add(discrepancy, "cbc:ResponseCode", "2")
        reference = add(root, "cac:BillingReference/cac:InvoiceDocumentReference")
        add(reference, "cbc:ID", "SETP990000001")
        add(reference, "cbc:UUID", "a" * 96, schemeName="CUFE-SHA384")
        add(reference, "cbc:IssueDate", "2026-02-01")
    _party(root, "AccountingSupplierParty", "EMPRESA & CIA SAS", "900508908", "9")
    _party(root, "AccountingCustomerParty", "COMPRADOR SA", "900108281", "3")
    means = add(root, "cac:PaymentMeans")
    add(means, "cbc:ID", "2")
    add(means, "cbc:PaymentMeansCode", "10")
    add(means, "cbc:PaymentDueDate", "2026-03-05")
    _tax(root)
    _totals(root, kind)
    _line(root, kind)
    inputs = identifiers.inputs_from(root)
    is_cufe = kind == "Invoice" and type_code in {"01", "02", "04"}
    secret = TECHNICAL_KEY if is_cufe else PIN
    uuid.text = changed.get("uuid") or identifiers.cufe(inputs, secret)
    uuid.set("schemeName", "CUFE-SHA384" if is_cufe else "CUDE-SHA384")
    return root


def _totals(root, kind):
    debit = kind == "DebitNote"
    totals = add(root, "cac:RequestedMonetaryTotal" if debit else "cac:LegalMonetaryTotal")
    for name, amount in (
        ("LineExtension", "100.00"),
        ("TaxExclusive", "100.00"),
        ("TaxInclusive", "119.00"),
        ("Payable", "119.00"),
    ):
        add(totals, f"cbc:{name}Amount", amount, currencyID="COP")


def _line(root, kind):
    quantity = {"Invoice": "Invoiced", "CreditNote": "Credited"}.get(kind, "Debited")
    line = add(root, f"cac:{kind}Line")
    add(line, "cbc:ID", "1")
    add(line, f"cbc:{quantity}Quantity", "2.5", unitCode="94")
    add(line, "cbc:LineExtensionAmount", "100.00", currencyID="COP")
    _tax(line)
    add(line, "cac:Item/cbc:Description", "Café molido")
    add(line, "cac:Price/cbc:PriceAmount", "40.00", currencyID="COP")


def response(code="02", key="a" * 96, lines=(), number="SETP990000001"):
    """DIAN's answer (02, 04) or an event (030 …) about the document ``key``."""
    kind = "ApplicationResponse"
    root = etree.Element(document_tag(kind), nsmap=nsmap(kind))
    _extensions(root)
    add(root, "cbc:ProfileExecutionID", "2")
    add(root, "cbc:ID", "77")
    uuid = add(root, "cbc:UUID", "b" * 96, schemeName="CUDE-SHA384")
    add(root, "cbc:IssueDate", "2026-02-03")
    add(root, "cbc:IssueTime", "08:10:00-05:00")
    for role, name, nit in (("Sender", "DIAN", "800197268"), ("Receiver", "EMPRESA", "900508908")):
        scheme = add(root, f"cac:{role}Party/cac:PartyTaxScheme")
        add(scheme, "cbc:RegistrationName", name)
        add(scheme, "cbc:CompanyID", nit, schemeName="31", schemeID="4")
    document = add(root, "cac:DocumentResponse")
    answer = add(document, "cac:Response")
    add(answer, "cbc:ResponseCode", code)
    add(answer, "cbc:Description", "Documento")
    reference = add(document, "cac:DocumentReference")
    add(reference, "cbc:ID", number)
    add(reference, "cbc:UUID", key, schemeName="CUFE-SHA384")
    add(reference, "cbc:DocumentTypeCode", "01")
    for index, (name, description) in enumerate(lines, 1):
        line = add(document, "cac:LineResponse")
        add(line, "cac:LineReference/cbc:LineID", str(index))
        inner = add(line, "cac:Response")
        add(inner, "cbc:ResponseCode", name)
        add(inner, "cbc:Description", description)
    if code.startswith("03"):
        uuid.text = identifiers.cude_event(identifiers.event_inputs_from(root), PIN)
    return root


def to_bytes(root):
    """As a file, with its declaration."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def container(document, answer=None):
    """An unsigned AttachedDocument as bytes."""
    root = attached_document.build(document, answer, number="AD1", issued_at=ISSUED)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def flat(kind, inside):
    """A document with ``inside`` added, as bytes, before its end."""
    head = to_bytes(billing(kind) if kind != "ApplicationResponse" else response())
    return head.replace(f"</{kind}>".encode(), inside + f"</{kind}>".encode())
