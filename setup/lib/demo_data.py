"""The demo company's customers, products and invoices: invented, no real person or firm."""

from __future__ import annotations

COMPANY = {
    "name": "Comercializadora Sabana de Prueba SAS",
    "nit": "900508908",
    "street": "Calle 26 # 59-41 Oficina 502",
    "city": "11001",
    "zip": "111321",
    "phone": "+57 601 5550100",
    "email": "facturacion@sabana.example",
    "website": "https://sabana.example",
    "registration": "0002345678",
    "activities": "4690",
    "responsibilities": ("O-13", "O-23"),
    "tax_scheme": "01",
}

# Authorisation as DIAN hands it out for tests: prefix SETP, five million numbers.
RANGE = {
    "resolution": "18760000001",
    "prefix": "SETP",
    "first": 990000000,
    "last": 995000000,
    "start": "2019-01-19",
    "end": "2030-01-19",
}

# key, name, identification type (xmlid), number, municipality, the rest
CUSTOMERS = (
    ("andina", "Distribuidora Andina de Prueba SAS", "l10n_co.rut", "901234567", "05001",
     {"is_company": True, "tax_scheme": "01", "responsibilities": ("O-13",), "zip": "050010",
      "street": "Carrera 43A # 1-50", "email": "compras@andina.example"}),
    ("llanos", "Agropecuaria Los Llanos de Ensayo Ltda", "l10n_co.rut", "830111222", "50001",
     {"is_company": True, "tax_scheme": "01", "responsibilities": ("R-99-PN",), "zip": "500001",
      "street": "Avenida 40 # 26-12", "email": "contabilidad@llanos.example"}),
    ("hotel", "Hotel Muralla de Ejemplo SA", "l10n_co.rut", "806998877", "13001",
     {"is_company": True, "tax_scheme": "ZA", "responsibilities": ("O-15",), "zip": "130001",
      "street": "Centro, Calle del Arsenal # 8-20", "email": "admin@muralla.example"}),
    ("persona", "Persona Natural de Ejemplo", "l10n_co.national_citizen_id", "52999111", "76001",
     {"is_company": False, "tax_scheme": "ZZ", "responsibilities": ("R-99-PN",), "zip": "760001",
      "street": "Calle 5 # 38-25", "email": "persona@correo.example"}),
    ("exterior", "Northwind Sample Trading LLC", "l10n_co.external_id", "987654321", "",
     {"is_company": True, "tax_scheme": "ZZ", "responsibilities": ("R-99-PN",), "country": "us",
      "city_name": "Miami", "zip": "33101", "state": "FL", "street": "100 Sample Avenue",
      "email": "ap@northwind.example"}),
)  # fmt: skip
FINAL_CONSUMER = "final_consumer"

# key, name, price in COP, unit (xmlid), taxes of l10n_co, internal reference
PRODUCTS = (
    (
        "portatil",
        "Computador portátil 14 pulgadas",
        2_850_000,
        "uom.product_uom_unit",
        ("8",),
        "PC-14",
    ),
    ("soporte", "Soporte técnico por hora", 95_000, "uom.product_uom_hour", ("8",), "SRV-01"),
    ("cafe", "Café tostado en grano", 42_000, "uom.product_uom_kgm", ("9",), "CAF-KG"),
    ("huevos", "Huevos AA (exentos)", 16_500, "uom.product_uom_dozen", ("10",), "HUE-12"),
    ("arroz", "Arroz (excluido)", 4_300, "uom.product_uom_kgm", ("11",), "ARR-KG"),
    ("almuerzo", "Almuerzo ejecutivo", 24_000, "uom.product_uom_unit", ("60",), "RES-01"),
    ("cable", "Cable de red categoría 6", 2_190, "uom.product_uom_meter", ("8",), "CAB-6"),
    ("obsequio", "Muestra de café molido", 9_000, "uom.product_uom_unit", ("9",), "OBS-01"),
)

# customer, on credit, lines (product, quantity, discount %, withholdings of l10n_co), reference
INVOICES = (
    ("andina", True, (("portatil", 3, 0, ()), ("soporte", 8, 0, ())), "OC-4501"),
    ("andina", True, (("soporte", 40, 0, ("53", "57")),), "OC-4502"),
    ("llanos", False, (("cafe", 25, 10, ()), ("huevos", 30, 0, ()), ("arroz", 50, 0, ())), ""),
    ("hotel", True, (("almuerzo", 120, 0, ()), ("cafe", 12.5, 0, ())), "PED-77"),
    ("hotel", False, (("cable", 305, 5, ()), ("soporte", 2.5, 0, ())), ""),
    ("persona", False, (("portatil", 1, 7.5, ()),), ""),
    ("persona", True, (("cable", 33, 0, ()), ("arroz", 10, 0, ())), ""),
    (FINAL_CONSUMER, False, (("almuerzo", 2, 0, ()),), ""),
    (FINAL_CONSUMER, False, (("huevos", 1, 0, ()), ("cafe", 0.5, 0, ())), ""),
    ("exterior", True, (("soporte", 16, 0, ()), ("cafe", 100, 0, ())), "PO-2026-118"),
)  # fmt: skip

# login, name, kind, e-mail; the password is the login: the server listens on loopback alone
USERS = (
    ("admin", "Administrador", "system", "admin@sabana.example"),
    ("contador", "Contadora de la demostración", "accountant", "contador@sabana.example"),
    ("cliente", "Compras Andina", "portal", "cliente@andina.example"),
)
