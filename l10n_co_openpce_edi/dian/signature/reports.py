"""What the verifier says about a signature."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from ..findings import Finding, Severity

_R = Severity.REJECTION
_N = Severity.NOTIFICATION

#: Code → severity, English and Spanish. DIAN's ids where one fits (annex 1.9 sections 8.7, 8.8).
#: Severities follow practice where DIAN accepts what its text forbids.
MESSAGES: dict[str, tuple[Severity, str, str]] = {
    "DC01": (_R, "The document has more than one signature.",
             "El documento tiene más de una firma."),
    "DC02": (_R, "The signature does not have exactly three references.",
             "La firma no tiene exactamente tres referencias."),
    "DC03": (_R, "The canonical form of the signature is not the one DIAN admits.",
             "La forma canónica de la firma no es la que admite la DIAN."),
    "DC04": (_R, "The signature algorithm is not admitted; SHA-256 or stronger with RSA is.",
             "El algoritmo de firma no está admitido; se admite RSA con SHA-256 o superior."),
    "DC05": (_R, "The signature does not cover the whole document.",
             "La firma no cubre todo el documento."),
    "DC06": (_R, "A reference has a transformation that is not admitted.",
             "Una referencia tiene una transformación no admitida."),
    "DC08": (_R, "A digest algorithm is not admitted; SHA-256 or stronger is.",
             "Un algoritmo de resumen no está admitido; se admite SHA-256 o superior."),
    "DC09": (_R, "The document was changed after it was signed.",
             "El documento fue modificado después de firmarse."),
    "DC10": (_N, "The certificates of the signature are not covered by it.",
             "La firma no cubre sus certificados."),
    "DC12": (_R, "The certificates of the signature were changed after signing.",
             "Los certificados de la firma fueron modificados después de firmar."),
    "DC13": (_N, "Time, role and policy of the signature are not covered by it.",
             "La firma no cubre su fecha, rol y política."),
    "DC15": (_R, "Time, role or policy of the signature were changed after signing.",
             "La fecha, el rol o la política de la firma fueron modificados después de firmar."),
    "DC17": (_R, "The signature has no single KeyInfo.", "La firma no tiene un único KeyInfo."),
    "DC19": (_R, "A certificate of the signature cannot be read.",
             "Un certificado de la firma no se puede leer."),
    "DC20": (_R, "The signature has more than one Object.", "La firma tiene más de un Object."),
    "DC21": (_R, "The Object of the signature holds something else than its properties.",
             "El Object de la firma contiene algo distinto de sus propiedades."),
    "DC22": (_R, "The signature has no single set of signed properties.",
             "La firma no tiene un único conjunto de propiedades firmadas."),
    "DC24": (_R, "The signing time is missing, unreadable or in the future.",
             "La fecha de firma falta, es ilegible o está en el futuro."),
    "DC25": (_N, "The signature names fewer than three certificates of the chain.",
             "La firma nombra menos de tres certificados de la cadena."),
    "DC26": (_R, "The signature names no certificate.",
             "La firma no nombra ningún certificado."),
    "DC29": (_N, "The certificate named in the signature is not the one that signed.",
             "El certificado nombrado en la firma no es el que firmó."),
    "DC32": (_N, "The serial number named in the signature is not the certificate's.",
             "El número de serie nombrado en la firma no es el del certificado."),
    "DC47": (_R, "The signature names no policy.", "La firma no indica una política."),
    "DC50": (_N, "The signature names an unknown policy.",
             "La firma indica una política desconocida."),
    "DC53": (_N, "The digest of the policy is none of the known ones.",
             "El resumen de la política no es ninguno de los conocidos."),
    "DC56": (_N, "The signer's role is neither supplier nor third party.",
             "El rol del firmante no es supplier ni third party."),
    "ZD01": (_R, "The signature has no certificate.", "La firma no tiene certificado."),
    "ZD02": (_R, "The certificate was not valid when the document was signed.",
             "El certificado no estaba vigente cuando se firmó el documento."),
    "ZD05": (_R, "The certificate's chain does not lead to a trusted authority.",
             "La cadena del certificado no llega a una entidad de confianza."),
    "ZD07": (_R, "The certificate is not meant for signatures with non-repudiation.",
             "El certificado no es para firmas con no repudio."),
    "ZE02": (_R, "The value of the signature is wrong.", "El valor de la firma es incorrecto."),
    "OPCE-XML": (_R, "The document cannot be read safely.",
                 "El documento no se puede leer de forma segura."),
    "OPCE-SIG-COUNT": (_R, "The document has too many signatures.",
                       "El documento tiene demasiadas firmas."),
    "OPCE-SIG-PLACE": (_R, "The signature is not where the document's own signature belongs.",
                       "La firma no está donde corresponde a la firma del documento."),
    "OPCE-SIG-STRUCTURE": (_R, "The signature is incomplete or has repeated parts.",
                           "La firma está incompleta o tiene partes repetidas."),
    "OPCE-SIG-REFERENCE": (_R, "A reference points nowhere, outside or to more than one element.",
                           "Una referencia no apunta a nada, apunta afuera o a varios elementos."),
    "OPCE-SIG-DIGEST": (_R, "The digest of a reference is wrong.",
                        "El resumen de una referencia es incorrecto."),
    "OPCE-NESTED": (_R, "The document contains another document as part of itself.",
                    "El documento contiene otro documento como parte de sí mismo."),
    "OPCE-COMMENT": (_R, "A comment, which no signature covers, splits a value.",
                     "Un comentario, que ninguna firma cubre, parte un valor."),
    "OPCE-KEY-SIZE": (_R, "The signer's RSA key has fewer than 2048 bits.",
                      "La clave RSA del firmante tiene menos de 2048 bits."),
    "OPCE-CERT-ALGORITHM": (_R, "The certificate is signed with a weak algorithm.",
                            "El certificado está firmado con un algoritmo débil."),
    "OPCE-TIME-ZONE": (_N, "The signing time has no time zone; Colombian time is assumed.",
                       "La fecha de firma no tiene zona horaria; se asume la de Colombia."),
    "OPCE-KEY-USAGE": (_N, "The certificate's key usage cannot be read.",
                       "El uso de la clave del certificado no se puede leer."),
}  # fmt: skip


def finding(code: str, path: str = "", detail: str = "") -> Finding:
    """The finding of one of :data:`MESSAGES`; ``detail`` (technical) is added in brackets."""
    severity, english, spanish = MESSAGES[code]
    extra = f" ({detail[:200]})" if detail else ""
    return Finding(code, severity, english + extra, path, message_es=spanish + extra)


@dataclass(frozen=True, slots=True)
class PolicyInfo:
    """Signature policy as a signature names it."""

    identifier: str
    digest: str
    is_known: bool


@dataclass(slots=True)
class SignatureReport:
    """Verdict on one signature.

    :param valid: the cryptography holds and the signature covers the whole document root. It says
        nothing about who may sign: see ``chain_trusted``, ``valid_at_signing`` and ``findings``.
    :param signer: holder of the certificate (common name).
    :param signer_nit: the holder's identification, as ``holder_nit`` reads it.
    :param signed_at: as stated by the signer.
    :param covers: subset of ``document``, ``KeyInfo``, ``SignedProperties``.
    :param chain: subjects from the signer up, as far as the certificates at hand go.
    :param chain_trusted: ``None`` when no trust store was given.
    :param valid_at_signing: whether the certificate was in force then; ``None`` if unknown.
    :param algorithm: URI of the signature algorithm.
    :param role: claimed role, trimmed.
    :param reasons: codes of what makes it invalid; empty when ``valid``.
    """

    valid: bool = False
    signer: str = ""
    signer_nit: str = ""
    signed_at: dt.datetime | None = None
    covers: frozenset[str] = frozenset()
    chain: tuple[str, ...] = ()
    chain_trusted: bool | None = None
    valid_at_signing: bool | None = None
    algorithm: str = ""
    policy: PolicyInfo | None = None
    role: str = ""
    findings: list[Finding] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def note(self, code: str, path: str = "", detail: str = "") -> None:
        """Add a finding that leaves the cryptographic verdict alone."""
        self.findings.append(finding(code, path, detail))

    def refuse(self, code: str, path: str = "", detail: str = "") -> None:
        """Add a finding that makes the signature invalid."""
        self.note(code, path, detail)
        self.reasons.append(code)
