"""Signed properties of a received signature: time, certificates, policy, role."""

from __future__ import annotations

import datetime as dt
import re

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from ..ubl.namespaces import DS
from . import policy
from .algorithms import DigestAlgorithm
from .references import decode
from .reports import PolicyInfo, SignatureReport

BOGOTA = dt.timezone(dt.timedelta(hours=-5))
#: Roles of documents that DIAN accepted; section 10.12 has the first two.
KNOWN_ROLES = frozenset({"supplier", "third party", "third_party", "thirdparty"})
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,12}))?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_CLOCK_SKEW = dt.timedelta(minutes=10)
_PATH = "ds:Signature/ds:Object/xades:QualifyingProperties/xades:SignedProperties"


def signed_properties(signature: etree._Element) -> etree._Element | None:
    """The one ``xades:SignedProperties`` of this signature, of any XAdES version."""
    found = signature.findall(f"{{{DS}}}Object/{{*}}QualifyingProperties/{{*}}SignedProperties")
    return found[0] if len(found) == 1 else None


def parse_signing_time(text: str) -> tuple[dt.datetime, bool] | None:
    """Moment of an ``xsd:dateTime`` and whether it had a zone; ``None`` if it is none.

    Fractions of any length are cut to microseconds; without a zone Colombian time is assumed.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    base, fraction, zone = match.groups()
    micro = (fraction or "0")[:6].ljust(6, "0")
    offset = "+00:00" if zone == "Z" else zone or "-05:00"
    try:
        return dt.datetime.fromisoformat(f"{base}.{micro}{offset}"), zone is not None
    except ValueError:
        return None


def read(
    properties: etree._Element,
    certificate: x509.Certificate | None,
    report: SignatureReport,
    now: dt.datetime,
) -> None:
    """Fill ``report`` from the signed properties and note what is unusual."""
    _read_time(properties, report, now)
    _read_certificates(properties, certificate, report)
    _read_policy(properties, report)
    roles = [(e.text or "").strip() for e in properties.iterfind(".//{*}ClaimedRole")]
    report.role = roles[0] if roles else ""
    if len(roles) != 1 or report.role.lower() not in KNOWN_ROLES:
        report.note("DC56", _PATH, ", ".join(roles) or "no role")


def _read_time(properties: etree._Element, report: SignatureReport, now: dt.datetime) -> None:
    text = properties.findtext(".//{*}SigningTime") or ""
    parsed = parse_signing_time(text)
    if parsed is None:
        report.note("DC24", _PATH, text)
        return
    report.signed_at, has_zone = parsed
    if not has_zone:
        report.note("OPCE-TIME-ZONE", _PATH, text)
    if report.signed_at.timestamp() > (now + _CLOCK_SKEW).timestamp():
        report.note("DC24", _PATH, text)


def _read_certificates(
    properties: etree._Element, certificate: x509.Certificate | None, report: SignatureReport
) -> None:
    entries = properties.findall(".//{*}SigningCertificate/{*}Cert")
    entries += properties.findall(".//{*}SigningCertificateV2/{*}Cert")
    if not entries:
        # the annex wants three and real documents have at least one
        report.refuse("DC26", _PATH)
        return
    if len(entries) < 3:
        report.note("DC25", _PATH, f"{len(entries)} certificates")
    if certificate is None:
        return
    if not any(_names(entry, certificate) for entry in entries):
        report.note("DC29", _PATH)
    serial = (entries[0].findtext(".//{*}X509SerialNumber") or "").strip()
    if serial and serial.lstrip("0") != str(certificate.serial_number):
        report.note("DC32", _PATH, serial)


def _names(entry: etree._Element, certificate: x509.Certificate) -> bool:
    """Whether the digest in a ``xades:Cert`` is that of ``certificate``."""
    method = entry.find(".//{*}DigestMethod")
    try:
        algorithm = DigestAlgorithm("" if method is None else method.get("Algorithm", ""))
        value = decode(entry.findtext(".//{*}DigestValue"))
    except ValueError:
        return False
    return value == algorithm.digest(certificate.public_bytes(Encoding.DER))


def _read_policy(properties: etree._Element, report: SignatureReport) -> None:
    container = properties.find(".//{*}SignaturePolicyId")
    if container is None:
        report.note("DC47", _PATH)
        return
    identifier = (container.findtext("{*}SigPolicyId/{*}Identifier") or "").strip()
    digest = "".join((container.findtext("{*}SigPolicyHash/{*}DigestValue") or "").split())
    known = policy.is_known_identifier(identifier), policy.is_known_digest(digest)
    report.policy = PolicyInfo(identifier, digest, all(known))
    if not known[0]:
        report.note("DC50", _PATH, identifier)
    if not known[1]:
        report.note("DC53", _PATH, digest)
