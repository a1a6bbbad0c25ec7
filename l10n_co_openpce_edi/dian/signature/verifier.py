"""Judge the signatures of a received document, of any vendor.

``verify`` never raises on a hostile document: it returns an invalid report. Time and memory are
bounded by the limits of the XML parser and by the number of signatures and references followed.
"""

from __future__ import annotations

import datetime as dt

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from ..errors import DocumentError
from ..ubl.namespaces import DOCUMENT_NAMESPACES, document_tag, path, tag
from ..ubl.xml import parse_xml
from . import properties as xades
from . import references as refs
from .algorithms import MIN_RSA_BITS, Canonicalization, SignatureAlgorithm
from .c14n import canonicalize
from .reports import SignatureReport
from .trust import (
    TrustStore,
    chain_of,
    has_signing_usage,
    holder_name,
    holder_nit,
    in_force,
    is_strong,
    load_certificate,
)

MAX_SIGNATURES = 2
_MAX_CERTIFICATES = 10
#: Elements in ds:SignedInfo; three references have about twenty.
_MAX_SIGNED_INFO = 100
_PLACE = path("ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/ds:Signature")
_DOCUMENT_TAGS = [document_tag(kind) for kind in DOCUMENT_NAMESPACES]
_PATH = "ds:Signature"
_PARTS = {tag(f"ds:{name}") for name in ("SignedInfo", "SignatureValue", "KeyInfo", "Object")}


def verify(
    data: bytes, trust: TrustStore | None = None, *, now: dt.datetime | None = None
) -> list[SignatureReport]:
    """One report per signature of ``data``; an unsigned document has none.

    :param data: the document as it came; embedded documents (CDATA) are judged on their own.
    :param trust: anchors; without them ``chain_trusted`` stays ``None``.
    :param now: aware; to tell a signing time in the future. Default: the clock.
    """
    try:
        root = parse_xml(data, verbatim=True)
    except DocumentError as error:
        return [_refused("OPCE-XML", str(error))]
    signatures = list(root.iter(tag("ds:Signature")))
    if len(signatures) > MAX_SIGNATURES:
        return [_refused("OPCE-SIG-COUNT", str(len(signatures)))]
    ids = refs.ids_of(root) if signatures else {}
    moment = now or dt.datetime.now(dt.timezone.utc)
    reports = [_Judge(root, signature, ids).judge(trust, moment) for signature in signatures]
    if len(reports) > 1:
        for report in reports:
            report.note("DC01", _PATH, str(len(reports)))
    return reports


def _refused(code: str, detail: str) -> SignatureReport:
    report = SignatureReport()
    report.refuse(code, detail=detail)
    return report


class _Judge:
    """The steps of judging one signature; the report collects what they find."""

    def __init__(
        self,
        root: etree._Element,
        signature: etree._Element,
        ids: dict[str, list[etree._Element]],
    ) -> None:
        self.root = root
        self.signature = signature
        self.ids = ids
        self.report = SignatureReport()
        self.certificates: list[x509.Certificate] = []
        self.signer: x509.Certificate | None = None
        self.followed: dict[etree._Element, tuple[refs.Target, bytes]] = {}

    def judge(self, trust: TrustStore | None, now: dt.datetime) -> SignatureReport:
        """Run all steps; the report is valid when none of them refused."""
        report = self.report
        self._check_document()
        signed_info = self._signed_info()
        if signed_info is not None:
            self._load_certificates()
            self._check_value(signed_info)
            self._check_references(signed_info)
            self._read_properties(now)
            self._judge_certificate(trust, now)
        report.valid = not report.reasons
        return report

    def _check_document(self) -> None:
        """The signature has to be the document's own, and the document one."""
        place = self.signature.getparent()
        at_place = any(self.signature is found for found in self.root.findall(_PLACE))
        if not at_place or place is None or len(place.findall("*")) != 1:
            self.report.refuse("OPCE-SIG-PLACE", _PATH)
        self._check_parts()
        if any(element is not self.root for element in self.root.iter(*_DOCUMENT_TAGS)):
            self.report.refuse("OPCE-NESTED")
        if any(
            _has_value(parent) for parent in {c.getparent() for c in self.root.iter(etree.Comment)}
        ):
            self.report.refuse("OPCE-COMMENT")

    def _check_parts(self) -> None:
        """Nothing may hide in the signature, which its own digest of the document leaves out."""
        tags = [child.tag for child in self.signature if isinstance(child.tag, str)]
        if set(tags) - _PARTS:
            self.report.refuse("OPCE-SIG-STRUCTURE", _PATH, "an element of another kind")
        if tags.count(tag("ds:Object")) > 1:
            self.report.refuse("DC20", _PATH)
        for element in self.signature.iterfind(tag("ds:Object")):
            inside = [etree.QName(child).localname for child in element.iterchildren("{*}*")]
            if inside != ["QualifyingProperties"]:
                self.report.refuse("DC21", _PATH, ", ".join(inside))

    def _signed_info(self) -> etree._Element | None:
        parts = [
            self.signature.findall(tag(name)) for name in ("ds:SignedInfo", "ds:SignatureValue")
        ]
        if any(len(found) != 1 for found in parts) or _is_stuffed(parts[0][0]):
            self.report.refuse("OPCE-SIG-STRUCTURE", _PATH)
            return None
        return parts[0][0]

    def _load_certificates(self) -> None:
        key_infos = self.signature.findall(tag("ds:KeyInfo"))
        if len(key_infos) != 1:
            self.report.refuse("DC17", _PATH)
            return
        found = key_infos[0].findall(path("ds:X509Data/ds:X509Certificate"))
        for element in found[:_MAX_CERTIFICATES]:
            try:
                self.certificates.append(load_certificate(refs.decode(element.text)))
            except ValueError as error:
                self.report.note("DC19", _PATH, str(error))
        if not self.certificates:
            self.report.refuse("ZD01", _PATH)

    def _check_value(self, signed_info: etree._Element) -> None:
        """RSA over the canonical ``ds:SignedInfo``; the certificate whose key fits has signed."""
        report = self.report
        method = signed_info.find(tag("ds:SignatureMethod"))
        report.algorithm = "" if method is None else method.get("Algorithm", "")
        form = signed_info.find(tag("ds:CanonicalizationMethod"))
        if form is None:
            report.refuse("OPCE-SIG-STRUCTURE", _PATH)
            return
        try:
            algorithm = SignatureAlgorithm(report.algorithm)
        except ValueError:
            report.refuse("DC04", _PATH, report.algorithm)
            return
        try:
            canonical, prefixes = refs.canonicalization(form)
            data = canonicalize(signed_info, canonical, prefixes)
            value = refs.decode(self.signature.findtext(tag("ds:SignatureValue")))
        except (refs.ReferenceProblem, ValueError) as error:
            report.refuse("ZE02", _PATH, str(error))
            return
        if canonical is not Canonicalization.INCLUSIVE:
            report.note("DC03", _PATH, canonical.value)
        self.signer = next((c for c in self.certificates if _fits(c, value, data, algorithm)), None)
        if self.signer is None:
            report.refuse("ZE02", _PATH)

    def _check_references(self, signed_info: etree._Element) -> None:
        """Follow every reference; note what the signature covers."""
        found = signed_info.findall(tag("ds:Reference"))
        if len(found) != 3:
            add = self.report.note if 3 < len(found) <= refs.MAX_REFERENCES else self.report.refuse
            add("DC02", _PATH, str(len(found)))
        covered = {self._cover(reference) for reference in found[: refs.MAX_REFERENCES]}
        self.report.covers = frozenset(covered - {""})
        if "document" not in covered and "DC09" not in self.report.reasons:
            self.report.refuse("DC05", _PATH)
        for part, codes in (("KeyInfo", ("DC12", "DC10")), ("SignedProperties", ("DC15", "DC13"))):
            if part not in covered and codes[0] not in self.report.reasons:
                self.report.note(codes[1], _PATH)

    def _cover(self, reference: etree._Element) -> str:
        """Part that a reference covers with a right digest; empty for none of interest."""
        try:
            target = refs.resolve(reference, self._parts(), self.ids)
            holds = refs.digest_holds(reference, self._content(target))
        except refs.ReferenceProblem as problem:
            self.report.refuse(problem.code, _PATH, str(problem))
            return ""
        part, code = "", "OPCE-SIG-DIGEST"
        if target.element is self.root:
            part, code = "document", "DC09"
        elif target.element is self.signature.find(tag("ds:KeyInfo")):
            part, code = "KeyInfo", "DC12"
        elif target.element is xades.signed_properties(self.signature):
            part, code = "SignedProperties", "DC15"
        if not holds:
            self.report.refuse(code, _PATH)
            return ""
        return part

    def _parts(self) -> list[etree._Element]:
        """What a reference may point to beside the document."""
        names = ("ds:SignedInfo", "ds:KeyInfo", "ds:Object")
        found = [self.signature.find(tag(name)) for name in names]
        return [e for e in (*found, xades.signed_properties(self.signature)) if e is not None]

    def _content(self, target: refs.Target) -> bytes:
        """Canonical bytes of a target, made once: a pile of references costs no more than one."""
        known = self.followed.get(target.element)
        if known is None:
            content = refs.content(target, self.signature)
            known = self.followed[target.element] = (target, content)
        if known[0] != target:
            raise refs.ReferenceProblem("DC02", "one element in two forms")
        return known[1]

    def _read_properties(self, now: dt.datetime) -> None:
        found = xades.signed_properties(self.signature)
        if found is None:
            self.report.refuse("DC22", _PATH)
        else:
            xades.read(found, self.signer, self.report, now)

    def _judge_certificate(self, trust: TrustStore | None, now: dt.datetime) -> None:
        """Who signed, and whether the certificate was fit for it when it did."""
        report, signer = self.report, self.signer or next(iter(self.certificates), None)
        if signer is None:
            return
        report.signer, report.signer_nit = holder_name(signer), holder_nit(signer)
        chain = chain_of(signer, self.certificates)
        if trust is not None:
            trusted = trust.path(signer, self.certificates, report.signed_at or now)
            report.chain_trusted = bool(trusted)
            chain = trusted or chain
            if not trusted:
                report.note("ZD05", _PATH)
        report.chain = tuple(holder_name(certificate) for certificate in chain)
        if report.signed_at is not None:
            report.valid_at_signing = in_force(signer, report.signed_at)
            if not report.valid_at_signing:
                report.note("ZD02", _PATH)
        usage = has_signing_usage(signer)
        if not usage:
            report.note("OPCE-KEY-USAGE" if usage is None else "ZD07", _PATH)
        if not is_strong(signer):
            report.note("OPCE-CERT-ALGORITHM", _PATH)
        key = signer.public_key()
        if isinstance(key, rsa.RSAPublicKey) and key.key_size < MIN_RSA_BITS:
            report.refuse("OPCE-KEY-SIZE", _PATH, str(key.key_size))


def _is_stuffed(signed_info: etree._Element) -> bool:
    """Whether there is far more in it than references."""
    return any(number >= _MAX_SIGNED_INFO for number, _element in enumerate(signed_info.iter()))


def _has_value(element: etree._Element | None) -> bool:
    """Whether ``element`` holds text and no elements, so that a comment in it splits a value."""
    if element is None or any(isinstance(child.tag, str) for child in element):
        return False
    texts = [element.text, *(child.tail for child in element)]
    return any(text.strip() for text in texts if text)


def _fits(
    certificate: x509.Certificate, value: bytes, data: bytes, algorithm: SignatureAlgorithm
) -> bool:
    """Whether the key of ``certificate`` made ``value`` over ``data``."""
    try:
        key = certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            return False
        key.verify(value, data, padding.PKCS1v15(), algorithm.hash)
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True
