"""Where findings are mended, in the words of the accounting screens."""

from __future__ import annotations

from .base import Text

SYSTEM = Text(
    "The program writes this itself: report it to whoever maintains it.",
    "Lo escribe el programa: infórmelo a quien lo mantiene.",
)
SOFTWARE = Text("Settings ▸ DIAN ▸ Software id and PIN", "Ajustes ▸ DIAN ▸ Id. del software y PIN")
ENVIRONMENT = Text("Settings ▸ DIAN ▸ Environment", "Ajustes ▸ DIAN ▸ Ambiente")
RANGE = Text("Journal ▸ DIAN numbering range", "Diario ▸ Rango de numeración DIAN")
NUMBER = Text("Journal ▸ Sequence of the invoice", "Diario ▸ Secuencia de la factura")
OPERATION = Text("Invoice ▸ Operation type", "Factura ▸ Tipo de operación")
INVOICE_DATE = Text("Invoice ▸ Invoice date", "Factura ▸ Fecha de factura")
REFERENCES = Text(
    "Invoice ▸ Other information ▸ References", "Factura ▸ Otra información ▸ Referencias"
)
COMPANY = Text("Company ▸ Fiscal data", "Compañía ▸ Datos fiscales")
COMPANY_NAME = Text("Company ▸ Name", "Compañía ▸ Nombre")
COMPANY_ADDRESS = Text("Company ▸ Address", "Compañía ▸ Dirección")
COMPANY_NIT = Text("Company ▸ Identification number", "Compañía ▸ Número de identificación")
COMPANY_LEVEL = Text("Company ▸ Fiscal responsibilities", "Compañía ▸ Responsabilidades fiscales")
COMPANY_MAIL = Text("Company ▸ Email", "Compañía ▸ Correo electrónico")
CONSORTIUM = Text("Company ▸ Consortium members", "Compañía ▸ Miembros del consorcio")
CUSTOMER = Text("Customer ▸ Fiscal data", "Cliente ▸ Datos fiscales")
CUSTOMER_NAME = Text("Customer ▸ Name", "Cliente ▸ Nombre")
CUSTOMER_ADDRESS = Text("Customer ▸ Address", "Cliente ▸ Dirección")
CUSTOMER_ID = Text(
    "Customer ▸ Identification type and number", "Cliente ▸ Tipo y número de identificación"
)
CUSTOMER_LEVEL = Text("Customer ▸ Fiscal responsibilities", "Cliente ▸ Responsabilidades fiscales")
CUSTOMER_CONTACT = Text("Customer ▸ Contact and email", "Cliente ▸ Contacto y correo")
DELIVERY = Text("Invoice ▸ Delivery address", "Factura ▸ Dirección de entrega")
CARRIER = Text("Delivery ▸ Carrier", "Entrega ▸ Transportador")
INCOTERM = Text("Invoice ▸ Incoterm", "Factura ▸ Incoterm")
PAYMENT = Text("Invoice ▸ Payment terms and payment means", "Factura ▸ Plazo y medio de pago")
ADVANCE = Text("Invoice ▸ Advance payments", "Factura ▸ Anticipos")
CURRENCY = Text("Invoice ▸ Currency and rate", "Factura ▸ Moneda y tasa")
ALLOWANCE = Text(
    "Invoice ▸ Discounts and charges on the whole", "Factura ▸ Descuentos y cargos globales"
)
TOTALS = Text("Invoice ▸ Totals", "Factura ▸ Totales")
LINE = Text("Invoice line", "Línea de factura")
LINE_QUANTITY = Text("Invoice line ▸ Quantity and unit", "Línea de factura ▸ Cantidad y unidad")
LINE_PRICE = Text("Invoice line ▸ Unit price", "Línea de factura ▸ Precio unitario")
LINE_DISCOUNT = Text("Invoice line ▸ Discount", "Línea de factura ▸ Descuento")
LINE_TAX = Text("Invoice line ▸ Taxes", "Línea de factura ▸ Impuestos")
LINE_PRODUCT = Text("Invoice line ▸ Product", "Línea de factura ▸ Producto")
TAX = Text("Taxes ▸ DIAN tax code and rate", "Impuestos ▸ Código y tarifa DIAN")
MANDATE = Text("Invoice line ▸ Principal", "Línea de factura ▸ Mandante")
UNIT = Text("Units of measure ▸ DIAN code", "Unidades de medida ▸ Código DIAN")

_BY_PATH = (
    ("/Invoice/cac:AccountingSupplierParty", COMPANY_ADDRESS),
    ("/Invoice/cac:AccountingCustomerParty", CUSTOMER_ADDRESS),
    ("/Invoice/cac:Delivery/cac:DeliveryParty", CARRIER),
    ("/Invoice/cac:Delivery", DELIVERY),
    ("/Invoice/cac:AllowanceCharge", ALLOWANCE),
    ("/Invoice/cac:PrepaidPayment", ADVANCE),
    ("/Invoice/cac:LegalMonetaryTotal", TOTALS),
    ("/Invoice/cac:TaxTotal", TOTALS),
    ("/Invoice/cac:WithholdingTaxTotal", TOTALS),
)


def screen_of(path: str) -> Text | None:
    """Where the element at ``path`` is mended; None for other places."""
    return next((screen for prefix, screen in _BY_PATH if path.startswith(prefix)), None)
