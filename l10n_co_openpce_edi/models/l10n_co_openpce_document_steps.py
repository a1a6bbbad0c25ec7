"""Steps 1 to 6 of a submission: prepare, build, identify, check, sign, pack. Nobody is called."""

import base64
import datetime as dt

from odoo import api, fields, models
from odoo.fields import Domain

from ..dian import archive, identifiers, rules
from ..dian.errors import DianValidationError
from ..dian.findings import Finding, Severity, has_rejection
from ..dian.signature import signer as xades
from ..tools.notes import SettingError, note
from .dian_header import DianHeader

# Colombia keeps UTC-05:00 all year; a fixed offset needs no time zone data.
BOGOTA = dt.timezone(dt.timedelta(hours=-5))
# Rule ZA01, annex 8.8.1: 500 KB.
MAX_XML = 500 * 1024


class L10nCoOpenpceDocument(models.Model):
    _inherit = "l10n_co_openpce.document"

    # -------------------------------------------------------------------------
    # Time
    # -------------------------------------------------------------------------

    @api.model
    def _get_bogota_now(self):
        """The legal time that documents are issued and signed with: aware, whole seconds."""
        now = fields.Datetime.now().replace(tzinfo=dt.timezone.utc)
        return now.astimezone(BOGOTA).replace(microsecond=0)

    @api.model
    def _get_first_moment(self, date):
        """Naive UTC time at which ``date`` begins in Bogotá."""
        start = dt.datetime.combine(date, dt.time.min, tzinfo=BOGOTA)
        return start.astimezone(dt.timezone.utc).replace(tzinfo=None)

    def _is_issued_today(self):
        """Whether the signed file still carries today's date in Bogotá."""
        self.ensure_one()
        issued = self.issued_at and self.issued_at.replace(tzinfo=dt.timezone.utc).astimezone(
            BOGOTA
        )
        return bool(issued) and issued.date() == self._get_bogota_now().date()

    # -------------------------------------------------------------------------
    # 1 Prepare
    # -------------------------------------------------------------------------

    def _prepare(self):
        """Check number, range and master data: draft → prepared, or → invalid with findings."""
        self.ensure_one()
        findings = self._get_number_findings() + self._get_data_findings()
        if findings:
            self._apply_invalid(findings)
        else:
            self._set_state("prepare", notes=False, trace=False)

    def _get_number_findings(self):
        """Findings about the number against its range, dated the day it is signed."""
        date = self._get_bogota_now().date()
        problem, spanish = self._get_both(
            lambda document: document.move_id._l10n_co_openpce_get_number_problem(
                document.range_id, date
            )
        )
        if not problem:
            return []
        finding = Finding(
            "OPCE-NUMBER",
            Severity.REJECTION,
            problem,
            path="/Invoice/cbc:ID",
            message_es=spanish,
        )
        return [finding.as_dict()]

    def _get_data_findings(self):
        """Findings about missing master data, each with the record and field to mend."""
        both = self._get_both(
            lambda document: (
                document._get_issuer().partner_id._l10n_co_openpce_get_issues(role="supplier")
                + document.move_id.commercial_partner_id._l10n_co_openpce_get_issues()
            )
        )
        return [
            {
                **Finding(
                    "OPCE-DATA",
                    Severity.REJECTION,
                    issue["message"],
                    message_es=spanish["message"],
                ).as_dict(),
                **self._prepare_link(issue["record"], issue["field"]),
            }
            for issue, spanish in zip(*both, strict=True)
        ]

    # -------------------------------------------------------------------------
    # 2–6 Build, identify, check, sign, pack
    # -------------------------------------------------------------------------

    def _make(self):
        """From the invoice to the signed XML and its names; prepared stays, or → invalid.

        :returns: whether there is a signed XML to send.
        :raises DianConfigurationError: certificate, software or range data are missing.
        """
        self.ensure_one()
        self._get_issuer()._l10n_co_openpce_signer()  # before the work: it is for nothing without
        header = self._get_header(self._get_bogota_now())
        try:
            root = self._build(header)
        except DianValidationError as error:
            self._apply_invalid([self._locate(finding) for finding in error.findings])
            return False
        cufe = self._identify(root, header)
        findings = self._check(root, header)
        if has_rejection(findings):
            self._apply_invalid([self._locate(finding) for finding in findings])
            return False
        findings += self._get_date_findings(header.issued_at.date())
        signed = self._sign(root, header.issued_at)
        if len(signed) > MAX_XML:
            self._apply_invalid([self._get_size_finding(len(signed)).as_dict()])
            return False
        self.write(
            {
                "cufe": cufe,
                "issued_at": header.issued_at.astimezone(dt.timezone.utc).replace(tzinfo=None),
                "signed_xml": base64.b64encode(signed),
                "findings": [self._locate(finding) for finding in findings] or False,
                **self._get_file_names(header),
            }
        )
        return True

    def _get_header(self, issued_at):
        """What the document says beside the invoice: software, range, environment, time.

        :raises DianConfigurationError: with the setting that is missing.
        """
        company = self._get_issuer()
        authorised = self.range_id.sudo()
        required = [
            (company.l10n_co_openpce_software_id, note("no_software", company=company.name)),
            (company.partner_id.l10n_co_openpce_nit, note("no_nit", company=company.name)),
            (authorised, note("no_range", number=self.number)),
            (
                authorised.technical_key_encrypted or not authorised,
                note("no_technical_key", range=authorised.display_name),
            ),
        ]
        missing = [what for value, what in required if not value]
        if missing:
            raise SettingError(*missing)
        return DianHeader(
            issued_at=issued_at,
            environment=self._get_dian_environment(),
            software_id=company.l10n_co_openpce_software_id,
            software_pin=company._l10n_co_openpce_software_pin(),
            technical_key=authorised._get_technical_key(),
            provider_nit=company.partner_id.l10n_co_openpce_nit,
            resolution=authorised.resolution,
            prefix=authorised.prefix or "",
            first=authorised.first_number,
            last=authorised.last_number,
            start=authorised.date_from,
            end=authorised.date_to,
        )

    def _build(self, header):
        """ORM → unsigned UBL tree without UUID."""
        return self.env["account.edi.xml.ubl_dian"]._l10n_co_openpce_build(self.move_id, header)

    def _identify(self, root, header):
        """CUFE, software security code and QR into the tree; returns the CUFE."""
        return self.env["account.edi.xml.ubl_dian"]._l10n_co_openpce_identify(root, header)

    def _check(self, root, header):
        """DIAN's own rules on the unsigned tree: a list of findings."""
        issuer = self._get_issuer().partner_id
        context = rules.RuleContext(
            environment=header.environment.value,
            now=header.issued_at,
            software_id=header.software_id,
            software_pin=header.software_pin,
            technical_key=header.technical_key,
            range=rules.AuthorizedRange(
                resolution=header.resolution,
                prefix=header.prefix,
                first=header.first,
                last=header.last,
                start=header.start,
                end=header.end,
            ),
            provider_nit=header.provider_nit,
            issuer_nit=issuer.l10n_co_openpce_nit,
            issuer_name=issuer.name,
            reception_email=issuer.l10n_co_openpce_edi_email or None,
            signing_time=header.issued_at,
        )
        return rules.check(root, context)

    def _get_date_findings(self, issued_on):
        """Tell that the document carries the day it is signed (FAD09e), not the invoice's date."""
        date = self.move_id.invoice_date
        if not date or date == issued_on:
            return []
        return [
            Finding(
                "OPCE-DATE",
                Severity.NOTIFICATION,
                f"The invoice is dated {date} and is issued to DIAN with the day of its signature,"
                f" {issued_on}.",
                path="/Invoice/cbc:IssueDate",
                message_es=f"La factura tiene fecha {date} y se expide ante la DIAN con la fecha"
                f" de su firma, {issued_on}.",
            )
        ]

    @api.model
    def _get_size_finding(self, size):
        """DIAN would refuse the file: told before anything is sent (rule ZA01, annex 8.8.1)."""
        size, most = size // 1024, MAX_XML // 1024
        return Finding(
            "ZA01",
            Severity.REJECTION,
            f"The signed invoice has {size} KB; DIAN takes {most} KB at most.",
            path="/Invoice",
            fix_hint="Split it into several invoices with fewer lines, or shorten its texts.",
            message_es=f"La factura firmada tiene {size} KB; la DIAN admite máximo {most} KB.",
            fix_hint_es="Divídala en varias facturas con menos líneas o acorte sus textos.",
        )

    def _sign(self, root, signing_time):
        """XAdES-EPES with the company's certificate; returns the final bytes.

        :raises DianConfigurationError: no usable certificate.
        :raises SignatureError: the certificate is of a kind that DIAN forbids.
        """
        return xades.sign(
            root, self._get_issuer()._l10n_co_openpce_signer(), signing_time=signing_time
        )

    def _get_file_names(self, header):
        """Names by annex 6.5.7 and 6.5.8; one consecutive per company and year for both."""
        year = header.issued_at.year
        consecutive = self._get_next_consecutive(header.issued_at.date())
        return {
            "file_name": identifiers.xml_file_name("fv", header.provider_nit, year, consecutive),
            "zip_name": identifiers.zip_file_name(header.provider_nit, year, consecutive),
        }

    def _get_next_consecutive(self, date):
        """Next file consecutive of the company in the year of ``date``, from 1.

        A standard sequence: two workers never wait for each other; a failed try leaves a gap,
        which the annex allows.
        """
        company = self._get_issuer()
        Sequence = self.env["ir.sequence"].sudo().with_company(company)
        code = "l10n_co_openpce.file"
        domain = Domain("code", "=", code) & Domain("company_id", "=", company.id)
        if not Sequence.search_count(domain, limit=1):
            Sequence.create(
                {
                    "name": self.env._("DIAN file names of %s", company.name),
                    "code": code,
                    "company_id": company.id,
                    "implementation": "standard",
                    "use_date_range": True,
                }
            )
        return int(Sequence.next_by_code(code, sequence_date=date))

    def _pack(self):
        """The zip that travels: exactly one document, always the same bytes for the same XML."""
        return archive.pack({self.file_name: self._get_file("signed_xml")})

    # -------------------------------------------------------------------------
    # Outcome of these steps
    # -------------------------------------------------------------------------

    def _apply_invalid(self, findings, hold="data"):
        """Close the submission before anything left: somebody has to mend the data.

        :param hold: ``data`` when it goes on by itself once they are mended (`_wake`).
        """
        known = self.findings == findings
        self._set_state(
            "invalidate",
            findings=findings,
            next_try=False,
            hold=hold,
            notes=[note("to_mend")],
        )
        if not known:
            self._tell_move()
