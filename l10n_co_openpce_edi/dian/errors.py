"""Exceptions of the DIAN package: the type tells the caller what to do next.

=========================  ===================================================================
``DianConfigurationError``  an administrator has to complete or mend a setting
``DianValidationError``     a user has to mend the document; nothing was sent
``DianTimeout``             outcome unknown: ask DIAN with the CUFE before sending again
``DianUnavailable``         nothing was accepted: retry later
``DianFault``               the service refused the message itself (SOAP fault)
``DianRejected``            DIAN judged the document and rejected it
``DianAlreadyProcessed``    rule 90: DIAN has this number; ask for the stored outcome
``DianProtocolError``       the answer cannot be understood; outcome unknown, as with a time-out
``SignatureError``          a signature cannot be made
``ArchiveError``            an archive breaks a limit or cannot be read
``DocumentError``           an XML document cannot be read safely
=========================  ===================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .findings import Finding


class DianError(Exception):
    """Base of every error this package raises on purpose."""


class DianConfigurationError(DianError):
    """A setting is missing or wrong; an administrator mends it."""


class _WithFindings(DianError):
    """An error that carries the findings which explain it."""

    def __init__(self, findings: Sequence[Finding], message: str = "") -> None:
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__(message or "; ".join(f"{f.code}: {f.message}" for f in self.findings))


class DianValidationError(_WithFindings):
    """The document breaks rules that can be judged before sending; a user mends it."""


class DianRejected(_WithFindings):
    """DIAN read the document and rejected it (annex 1.9 section 5.6: any rule R that fails)."""


class DianAlreadyProcessed(_WithFindings):
    """Rule 90: the number was transmitted before. The stored outcome is the truth; ask for it."""


class DianTransportError(DianError):
    """The exchange with DIAN did not come to a readable answer."""


class DianTimeout(DianTransportError):
    """The request may have arrived: the outcome is unknown until DIAN is asked (GetStatus)."""


class DianUnavailable(DianTransportError):
    """The request certainly was not accepted (no connection, 403, 5xx); retry later.

    :param status: HTTP status when there was one; 500, 503, 507, 508 and 403 are the errors of
        annex table 12.2.1 that open contingency type 04.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class DianFault(DianTransportError):
    """The service answered with a SOAP fault, for instance ``a:InvalidSecurity``."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


class DianProtocolError(DianTransportError):
    """The answer is not what the service description promises; treat the outcome as unknown."""


class SignatureError(DianError):
    """A signature cannot be made, for instance because the certificate is of a forbidden kind."""


class ArchiveError(DianError):
    """An archive is encrypted, damaged or breaks one of the limits of ``limits``."""


class DocumentError(DianError):
    """An XML document cannot be read: not well formed, with a DOCTYPE, too large or too deep."""
