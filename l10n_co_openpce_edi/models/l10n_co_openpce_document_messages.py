"""What people read about a submission: errors as notes, findings with links, chatter."""

import re
from dataclasses import replace

from markupsafe import Markup
from odoo import api, models

from ..dian import errors
from ..dian.findings import Finding, Severity
from ..dian.rules.catalogue import NOT_JUDGED
from ..dian.rules.invoice import INVOICE_RULES
from ..dian.soap.responses import Outcome
from ..dian.ubl import application_response
from ..tools.notes import SettingError, note

# Where a finding is mended: place in the document → the record and the field, first match wins.
# The record is named by a key of `_get_link_records`.
_PLACES = (
    (
        r"AccountingSupplierParty.*(Address|CityName|CountrySubentity|PostalZone)",
        "company",
        "city_id",
    ),
    (r"AccountingSupplierParty.*TaxLevelCode", "company", "l10n_co_openpce_responsibility_ids"),
    (r"AccountingSupplierParty.*(CompanyID|PartyIdentification)", "company", "vat"),
    (r"AccountingSupplierParty.*TaxScheme", "company", "l10n_co_openpce_tax_scheme"),
    (r"AccountingSupplierParty.*ElectronicMail", "company", "email"),
    (r"AccountingSupplierParty.*CorporateRegistrationScheme", "range", "prefix"),
    (r"AccountingSupplierParty", "company", "name"),
    (
        r"AccountingCustomerParty.*(Address|CityName|CountrySubentity|PostalZone)",
        "customer",
        "city_id",
    ),
    (r"AccountingCustomerParty.*TaxLevelCode", "customer", "l10n_co_openpce_responsibility_ids"),
    (r"AccountingCustomerParty.*(CompanyID|PartyIdentification)", "customer", "vat"),
    (r"AccountingCustomerParty.*TaxScheme", "customer", "l10n_co_openpce_tax_scheme"),
    (r"AccountingCustomerParty.*ElectronicMail", "customer", "email"),
    (r"AccountingCustomerParty", "customer", "name"),
    (r"InvoiceControl|InvoiceAuthorization|AuthorizedInvoices", "range", "resolution"),
    (
        r"SoftwareProvider|SoftwareSecurityCode|SoftwareID",
        "settings",
        "l10n_co_openpce_software_id",
    ),
    (r"PaymentMeansCode", "move", "l10n_co_openpce_payment_means_id"),
    (r"PaymentDueDate|DueDate", "move", "invoice_date_due"),
    (r"PaymentMeans", "move", "l10n_co_openpce_payment_form"),
    (r"CustomizationID", "move", "l10n_co_openpce_operation_type"),
    (r"InvoiceLine|TaxTotal|AllowanceCharge|LegalMonetaryTotal", "move", "invoice_line_ids"),
    (r"IssueDate", "move", "invoice_date"),
    (r"cbc:ID|UUID", "move", "name"),
)


class L10nCoOpenpceDocument(models.Model):
    _inherit = "l10n_co_openpce.document"

    # -------------------------------------------------------------------------
    # Errors → what people read of them
    # -------------------------------------------------------------------------

    def _get_error_notes(self, error):
        """The notes people read for an error of ``dian``; details go to ``trace``."""
        notes = self._get_error_causes(error)
        if isinstance(error, (errors.DianTimeout, errors.DianProtocolError)):
            return [*notes, note("ask_first")]
        if isinstance(error, errors.DianTransportError) and self.state == "in_doubt":
            return [*notes, note("ask_again")]
        if isinstance(error, errors.DianTransportError):
            return [*notes, note("send_again")]
        return notes

    @api.model
    def _get_error_causes(self, error):
        """What went wrong, without what happens next."""
        if isinstance(error, errors.DianTimeout):
            return [note("timeout")]
        if isinstance(error, errors.DianProtocolError):
            return [note("unreadable")]
        if isinstance(error, errors.DianUnavailable):
            return [note("unavailable")]
        if isinstance(error, errors.DianFault):
            return [note("fault", fault=error.code)]
        if isinstance(error, errors.SignatureError):
            return [note("unsigned", error=str(error))]
        if isinstance(error, SettingError):
            return [note("settings"), *error.notes]
        if isinstance(error, errors.DianConfigurationError):
            return [note("misconfigured", error=str(error))]
        return [note("unforeseen")]

    def _get_stalled_note(self):
        """What a person is to do when every try was made."""
        if self.state == "prepared" or self.state == "sending":
            return note("tried", times=self.attempts)
        return note("asked", times=self.asks)

    # -------------------------------------------------------------------------
    # Findings → records and fields
    # -------------------------------------------------------------------------

    def _get_link_records(self):
        """Records that findings point at, by the keys of ``_PLACES``."""
        move = self.move_id
        return {
            "move": move,
            "company": self._get_issuer().partner_id,
            "customer": move.commercial_partner_id,
            "range": self.range_id,
            "settings": self._get_issuer(),
        }

    def _locate(self, finding):
        """A finding as stored: its JSON, plus ``record`` and ``field`` to mend if known."""
        finding = self._complete_finding(finding)
        values = finding.as_dict()
        line = self._get_line(finding.path)
        if line:
            return {
                **values,
                **self._prepare_link(line, "tax_ids" if "Tax" in finding.path else "name"),
            }
        for pattern, key, field in _PLACES:
            if re.search(pattern, finding.path):
                return {**values, **self._prepare_link(self._get_link_records()[key], field)}
        return values

    @api.model
    def _complete_finding(self, finding):
        """DIAN names a rule and no place: the rule knows where it looks and what mends it."""
        rule = INVOICE_RULES.rules.get(finding.code)
        if finding.path or not (rule or finding.code in NOT_JUDGED):
            return finding
        if not rule:
            return replace(finding, path=NOT_JUDGED[finding.code][1])
        hints = {} if finding.fix_hint else {"fix_hint": rule.fix.en, "fix_hint_es": rule.fix.es}
        return replace(finding, path=rule.path, **hints)

    def _get_line(self, path):
        """The invoice line that ``InvoiceLine[n]`` of a path speaks of."""
        match = re.search(r"InvoiceLine\[(\d+)\]", path)
        # Discount lines and tips are no lines of the document: the builder knows which ones are.
        lines = self.env["account.edi.xml.ubl_dian"]._l10n_co_openpce_line_records(self.move_id)
        return lines[int(match[1]) - 1 : int(match[1])] if match else lines.browse()

    @api.model
    def _prepare_link(self, record, field):
        """JSON of a link to a record and one of its fields."""
        return {"record": [record._name, record.id], "field": field} if record else {}

    def _render_findings(self):
        """HTML list of the findings in the reader's language, with links; False without any."""
        self.ensure_one()
        if not self.findings:
            return False
        lang = self.env.lang or "en_US"
        items = Markup().join(self._render_finding(values, lang) for values in self.findings)
        return Markup('<ul class="list-unstyled mb-0">%s</ul>') % items

    def _render_finding(self, values, lang):
        finding = self._read_finding(values)
        text = finding.text(lang)
        if finding.is_own:
            mark = Markup('<i class="fa fa-exclamation-circle %s" title="%s" role="img"></i>') % (
                "text-danger" if finding.is_rejection else "text-info",
                finding.code,
            )
        else:
            mark = Markup('<span class="badge %s">%s</span>') % (
                "text-bg-danger" if finding.is_rejection else "text-bg-info",
                finding.code,
            )
        return Markup('<li class="mb-1">%s %s %s%s</li>') % (
            mark,
            text,
            finding.hint(lang),
            self._render_link(values, text),
        )

    def _render_link(self, values, text):
        """Link to the record and field that ``values`` name; says the name unless ``text`` does."""
        model, res_id = values.get("record") or (None, None)
        target = self.env[model].browse(res_id).exists() if model else None
        if not target:
            return Markup()
        field = target._fields.get(values.get("field"))
        label = field._description_string(self.env) if field else self.env._("Open")
        # sudo: the finding names the record also to who may not open it
        name = target.sudo().display_name
        url = f"/odoo/{model}/{target.id}"
        if model == "res.company":  # its fields are on the page of the settings
            name, url = self.env._("Settings"), "/odoo/action-account.action_account_config"
        return Markup(' <a href="%s">%s</a>') % (
            url,
            f"→ {label}" if name in text else f"→ {name}: {label}",
        )

    @api.model
    def _read_finding(self, values):
        """The Finding in stored JSON, which has the link beside it."""
        return Finding.from_dict(
            {key: value for key, value in values.items() if key not in ("record", "field")}
        )

    def _get_finding_texts(self, lang):
        """The findings as plain sentences, for messages without links."""
        texts = []
        for finding in map(self._read_finding, self.findings or []):
            code = "" if finding.is_own else f"{finding.code}: "
            texts.append(f"{code}{finding.text(lang)} {finding.hint(lang)}".strip())
        return texts

    @api.model
    def _get_unexplained_finding(self, answer):
        text = answer.status_message or answer.status_description
        return Finding(
            "DIAN",
            Severity.REJECTION,
            text or "DIAN gave no reason.",
            message_es=text or "La DIAN no dio un motivo.",
        )

    def _get_superseded_finding(self, sibling):
        return Finding(
            "90",
            Severity.REJECTION,
            f"DIAN had accepted the earlier file of this invoice ({sibling.file_name});"
            " that one counts.",
            message_es=f"La DIAN ya había aceptado el archivo anterior de esta factura"
            f" ({sibling.file_name}); ese es el válido.",
        )

    def _get_stranger_finding(self):
        return Finding(
            "90",
            Severity.REJECTION,
            "DIAN says that this number was transmitted before,"
            " but by none of this invoice's files.",
            path="/Invoice/cbc:ID",
            fix_hint="Look the number up in DIAN's catalogue; another system may have used it.",
            message_es="La DIAN informa que este número ya fue transmitido, pero por ninguno de los"
            " archivos de esta factura.",
            fix_hint_es="Consulte el número en el catálogo de la DIAN; otro sistema pudo usarlo.",
        )

    def _get_both(self, tell_it):
        """What ``tell_it`` of this record says in the two languages of a finding.

        :returns: in English, and in the Spanish that is installed (else English).
        """
        installed = dict(self.env["res.lang"].get_installed())
        spanish = next((code for code in installed if code.startswith("es")), "en_US")
        return [tell_it(self.with_context(lang=lang)) for lang in ("en_US", spanish)]

    # -------------------------------------------------------------------------
    # Answers and chatter
    # -------------------------------------------------------------------------

    def _get_outcome(self, answer):
        """What an answer means for this document: an acceptance has to speak of it, by its CUFE."""
        if answer is None:
            return Outcome.PROCESSING
        if answer.outcome is Outcome.ACCEPTED and not self._is_about_this(answer):
            return Outcome.PROCESSING
        return answer.outcome

    def _is_about_this(self, answer):
        """Whether DIAN's signed answer, or its envelope if it brings none, names our CUFE."""
        if answer.application_response:
            try:
                key = application_response.parse(answer.application_response).document_key
            except errors.DocumentError:
                return False
        else:
            key = answer.document_key
        return key.lower() == (self.cufe or "").lower()

    @api.model
    def _get_pending_notes(self, answer):
        if answer is not None and answer.outcome is Outcome.ACCEPTED:
            return [note("about_another")]
        return [note("validating")]

    def _tell_move(self):
        """One line in the invoice's history about a settled submission."""
        self.ensure_one()
        texts = {
            "accepted": self.env._(
                "DIAN accepted %(number)s. CUFE %(cufe)s", number=self.number, cufe=self.cufe
            ),
            "rejected": self.env._("DIAN rejected %s.", self.number),
            "invalid": self.env._(
                "%s was not sent to DIAN: there is something to mend.", self.number
            ),
        }
        body = Markup("<p>%s</p>%s") % (texts[self.state], self._render_findings() or "")
        self.move_id.sudo()._message_log(body=body)
