{
    "name": "Colombia - OpenPCE Electronic Invoicing",
    "summary": "DIAN electronic invoices sent exactly once, checked before they leave",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations/EDI",
    "countries": ["co"],
    "author": "OpenPCE",
    "website": "https://github.com/openpce/openpce",
    "license": "LGPL-3",
    "depends": [
        "l10n_co",
        "account_edi_ubl_cii",
        "account_debit_note",
        "base_address_extended",
    ],
    "external_dependencies": {
        "python": ["lxml", "cryptography", "requests", "python-stdnum", "signxml", "reportlab"],
    },
    "data": [
        "security/ir.model.access.csv",
        "data/l10n_latam_identification_type.xml",
        "data/codes.xml",
        "data/res_partner.xml",
    ],
    "demo": [],
    "installable": True,
}
