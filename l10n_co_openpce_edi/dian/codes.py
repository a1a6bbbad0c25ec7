"""Official codes of the annex 1.9 (chapter 13 and the tables of its toolbox).

Closed lists that code branches on are enums whose value is the official code, or frozen sets.
Long lists (municipalities, units …) are the addon's CSV files, read by :func:`load`.
"""

from __future__ import annotations

import csv
import enum
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_DATA = Path(__file__).resolve().parents[1] / "data" / "codes"

DIAN_NIT = "800197268"
DIAN_CHECK_DIGIT = "4"
DIAN_AGENCY_ID = "195"
DIAN_AGENCY_NAME = "CO, DIAN (Dirección de Impuestos y Aduanas Nacionales)"
#: Identification of a buyer who gives none (section 6.1, ``consumidor final``), type 13.
FINAL_CONSUMER_ID = "222222222222"
FINAL_CONSUMER_NAME = "consumidor final"


class Environment(enum.Enum):
    """Where a document is valid: ``ProfileExecutionID`` and ``UUID/@schemeID`` (table 13.1.1)."""

    PRODUCTION = "1"
    TEST = "2"


class DocumentType(enum.Enum):
    """Kind of document (table 13.1.3; 05 and 95 by the annex of support documents)."""

    INVOICE = "01"
    EXPORT = "02"
    CONTINGENCY_ISSUER = "03"
    CONTINGENCY_DIAN = "04"
    CREDIT_NOTE = "91"
    DEBIT_NOTE = "92"
    SUPPORT_DOCUMENT = "05"
    SUPPORT_NOTE = "95"
    APPLICATION_RESPONSE = "96"


class UuidScheme(enum.Enum):
    """How a unique code was made: ``UUID/@schemeName`` (table 13.1.2)."""

    CUFE = "CUFE-SHA384"
    CUDE = "CUDE-SHA384"
    CUDS = "CUDS-SHA384"


class OrganizationType(enum.Enum):
    """``AdditionalAccountID`` of a party (table 13.2.3)."""

    LEGAL = "1"
    NATURAL = "2"


class PaymentForm(enum.Enum):
    """``PaymentMeans/ID`` (table 13.3.4.1)."""

    CASH = "1"
    CREDIT = "2"


class EventCode(enum.Enum):
    """``ResponseCode`` of an ApplicationResponse (tables 13.1.6 and 13.3.1)."""

    VALIDATED = "02"
    REJECTED = "04"
    ACKNOWLEDGEMENT = "030"
    CLAIM = "031"
    RECEIPT = "032"
    ACCEPTANCE = "033"
    TACIT_ACCEPTANCE = "034"


class FileKind(enum.Enum):
    """First letters of an XML file name (annex section 6.5.7)."""

    INVOICE = "fv"
    CREDIT_NOTE = "nc"
    DEBIT_NOTE = "nd"
    APPLICATION_RESPONSE = "ar"
    ATTACHED_DOCUMENT = "ad"
    SUPPORT_DOCUMENT = "ds"


#: Identification types (table 13.2.1): code → name.
IDENTIFICATION_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "10": "Certificado de nacido vivo",
        "11": "Registro civil",
        "12": "Tarjeta de identidad",
        "13": "Cédula de ciudadanía",
        "21": "Tarjeta de extranjería",
        "22": "Cédula de extranjería",
        "31": "NIT",
        "41": "Pasaporte",
        "42": "Documento de identificación extranjero",
        "47": "PEP (Permiso Especial de Permanencia)",
        "48": "PPT (Permiso Protección Temporal)",
        "50": "NIT de otro país",
        "91": "NUIP",
    }
)
NIT_TYPE = "31"

#: Taxes (table 13.2.2): code → the name ``TaxScheme/Name`` must carry; ZZ takes any name.
TAXES: Mapping[str, str] = MappingProxyType(
    {
        "01": "IVA",
        "02": "IC",
        "03": "ICA",
        "04": "INC",
        "05": "ReteIVA",
        "06": "ReteRenta",
        "07": "ReteICA",
        "08": "IC Porcentual",
        "20": "FtoHorticultura",
        "21": "Timbre",
        "22": "INC Bolsas",
        "23": "INCarbono",
        "24": "INCombustibles",
        "25": "Sobretasa Combustibles",
        "26": "Sordicom",
        "30": "IC Datos",
        "32": "ICL",
        "33": "INPP",
        "34": "IBUA",
        "35": "ICUI",
        "36": "ADV",
        "ZZ": "Nombre de la figura tributaria",
    }
)
#: Taxes withheld by the buyer or the issuer itself; never part of the totals (section 11.9.1).
WITHHOLDING_TAXES = frozenset({"05", "06", "07"})
#: Taxes computed from a quantity and an amount per unit instead of a percentage.
NOMINAL_TAXES = frozenset({"02", "22", "23", "24", "25", "26", "32", "33", "34"})

#: Tax scheme of a party (table 13.2.6.2): code → name.
PARTY_TAX_SCHEMES: Mapping[str, str] = MappingProxyType(
    {"01": "IVA", "04": "INC", "ZA": "IVA e INC", "ZZ": "No aplica"}
)
#: Fiscal responsibilities (table 13.2.6.1), joined with ``;`` in ``TaxLevelCode``.
TAX_LEVEL_CODES = frozenset({"O-13", "O-15", "O-23", "O-47", "R-99-PN"})
#: Responsibility of a party of whom nothing is known.
TAX_LEVEL_NONE = "R-99-PN"

#: Operation types (tables 13.1.5.1, 13.1.5.1.1, 13.1.5.2, 13.1.5.3): ``CustomizationID``.
OPERATION_TYPES_INVOICE = frozenset({"09", "10", "11", "12", "14", "15", "16"})
OPERATION_TYPES_HEALTH = frozenset(
    {"SS-CUFE", "SS-CUDE", "SS-POS", "SS-SNum", "SS-Recaudo", "SS-Reporte", "SS-SinAporte"}
)
OPERATION_TYPES_CREDIT_NOTE = frozenset({"20", "22"})
OPERATION_TYPES_DEBIT_NOTE = frozenset({"30", "32"})
OPERATION_TYPES = (
    OPERATION_TYPES_INVOICE
    | OPERATION_TYPES_HEALTH
    | OPERATION_TYPES_CREDIT_NOTE
    | OPERATION_TYPES_DEBIT_NOTE
)
#: Health operations whose prepayments reduce the payable amount (Resolución 948 of 2026).
HEALTH_SUBTRACTS_PREPAID = frozenset({"SS-CUFE", "SS-CUDE", "SS-POS", "SS-SNum"})

CREDIT_NOTE_CONCEPTS = frozenset("123456")
DEBIT_NOTE_CONCEPTS = frozenset("1234")
CLAIM_CONCEPTS = frozenset({"01", "02", "03", "04"})
#: Discounts and charges (table 13.3.8).
ALLOWANCE_CODES = frozenset({"00", "01", "02", "03"})
#: Reference prices (table 13.3.10); the table has one digit, examples and practice two.
REFERENCE_PRICE_CODES = frozenset({"1", "2", "3", "01", "02", "03"})
#: Product standards (table 13.3.5): code → (name, agency).
PRODUCT_STANDARDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "001": ("UNSPSC", "10"),
        "010": ("GTIN", "9"),
        "020": ("Partida Arancelarias", "195"),
        "999": ("Estándar de adopción del contribuyente", ""),
    }
)


@cache
def load(name: str) -> Mapping[str, str]:
    """A long list, code → name, out of ``data/codes/<name>.csv`` (columns ``code,name,…``).

    :raises KeyError: there is no list of that name.
    """
    file = _DATA / f"{name}.csv"
    if not name.replace("_", "").isalnum() or not file.is_file():
        raise KeyError(f"no code list called {name!r}")
    with file.open(encoding="utf-8", newline="") as stream:
        return MappingProxyType({row["code"]: row["name"] for row in csv.DictReader(stream)})
