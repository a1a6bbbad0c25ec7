from odoo import api, fields, models

from ..tools import secret_box
from ..tools.notes import SettingError, note

PIN_PURPOSE = "company.pin"
#: Shown instead of a stored secret; writing it back changes nothing.
MASK = "••••••••"
#: A company is read by every customer with a portal login; how it speaks to DIAN is not theirs.
_READERS = "base.group_system,account.group_account_invoice,account.group_account_readonly"

ENVIRONMENTS = [
    ("sandbox", "Stand-in (no DIAN)"),
    ("test", "Enablement (habilitación)"),
    ("production", "Production"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_co_openpce_environment = fields.Selection(
        ENVIRONMENTS,
        "DIAN environment",
        default="sandbox",
        required=True,
        help="Where documents are sent. Stand-in: a service on this machine or network that "
        "answers as DIAN does. Enablement: DIAN's test service. Production: DIAN; documents have "
        "legal effect.",
    )
    l10n_co_openpce_sandbox_url = fields.Char(
        "Stand-in address",
        groups=_READERS,
        help="Address of the DIAN stand-in, for instance "
        "http://127.0.0.1:8070/WcfDianCustomerServices.svc.",
    )
    l10n_co_openpce_software_id = fields.Char(
        "Software ID",
        groups=_READERS,
        help="Identifier DIAN gave the software when it was registered in its catalogue.",
    )
    l10n_co_openpce_software_pin = fields.Char(
        "Software PIN",
        compute="_compute_l10n_co_openpce_software_pin",
        inverse="_inverse_l10n_co_openpce_software_pin",
        groups="base.group_system",
        help="Number chosen when the software was registered. Kept encrypted, never shown again.",
    )
    l10n_co_openpce_software_pin_encrypted = fields.Char(
        copy=False, prefetch=False, groups=fields.NO_ACCESS
    )
    l10n_co_openpce_test_set_id = fields.Char(
        "Test set ID",
        groups=_READERS,
        help="TestSetId that DIAN's catalogue shows during enablement.",
    )
    l10n_co_openpce_business_line = fields.Char(
        "Business line", help="Goes into the subject of the mails, when there is one."
    )
    l10n_co_openpce_paused = fields.Boolean(
        "Pause sending to DIAN",
        help="Confirmed invoices wait in their queue until sending goes on. What is on its way is"
        " still asked for, accepted invoices are still mailed.",
    )
    l10n_co_openpce_certificate_ids = fields.One2many(
        "l10n_co_openpce.certificate", "company_id", "Signing certificates", groups=_READERS
    )
    l10n_co_openpce_certificate_id = fields.Many2one(
        "l10n_co_openpce.certificate",
        "Signing certificate",
        compute="_compute_l10n_co_openpce_certificate_id",
        groups=_READERS,
        help="The one that signs now: the valid one with the lowest sequence and the latest start.",
    )

    @api.depends("l10n_co_openpce_software_pin_encrypted")
    def _compute_l10n_co_openpce_software_pin(self):
        for company in self:
            stored = company.sudo().l10n_co_openpce_software_pin_encrypted
            company.l10n_co_openpce_software_pin = MASK if stored else False

    @api.depends(
        "l10n_co_openpce_certificate_ids.active",
        "l10n_co_openpce_certificate_ids.sequence",
        "l10n_co_openpce_certificate_ids.valid_from",
        "l10n_co_openpce_certificate_ids.valid_to",
    )
    def _compute_l10n_co_openpce_certificate_id(self):
        for company in self:
            usable = company.sudo().l10n_co_openpce_certificate_ids.filtered(
                lambda c: c.active and c.state in ("valid", "expiring")
            )
            best = usable.sorted(lambda c: (-c.sequence, c.valid_from), reverse=True)[:1]
            company.l10n_co_openpce_certificate_id = best.sudo(False)

    def _inverse_l10n_co_openpce_software_pin(self):
        for company in self:
            pin = (company.l10n_co_openpce_software_pin or "").strip()
            if pin == MASK:
                continue
            company.sudo().l10n_co_openpce_software_pin_encrypted = (
                secret_box.encrypt(pin.encode(), PIN_PURPOSE) if pin else False
            )

    def _l10n_co_openpce_get_issuer(self):
        """Who issues for DIAN: a branch with its parent's NIT, or none, does it as its parent.

        As the system: what the parent is asked for is its settings, which a branch does not see.
        """
        self.ensure_one()
        issuer = self.sudo()
        while issuer.parent_id and issuer.partner_id.l10n_co_openpce_nit in (
            False,
            issuer.parent_id.partner_id.l10n_co_openpce_nit,
        ):
            issuer = issuer.parent_id
        return issuer

    def _l10n_co_openpce_get_paused(self):
        """The company whose pause holds the submissions of this one: itself or its issuer."""
        self.ensure_one()
        own = self.sudo()
        return (own | own._l10n_co_openpce_get_issuer()).filtered("l10n_co_openpce_paused")[:1]

    @api.model
    def _l10n_co_openpce_search_paused(self):
        """Every company whose submissions are held: the paused ones and who issues as they do."""
        paused = self.search([("l10n_co_openpce_paused", "=", True)])
        if not paused:
            return paused
        return self.search([("id", "child_of", paused.ids)]).filtered(
            lambda company: company._l10n_co_openpce_get_paused()
        )

    def _l10n_co_openpce_software_pin(self):
        """The software PIN in clear, for the security code and the CUDE; never to be shown.

        :raises DianConfigurationError: none stored, or the key that encrypts it is not here.
        """
        self.ensure_one()
        stored = self.sudo().l10n_co_openpce_software_pin_encrypted
        if not stored:
            raise SettingError(note("no_pin", company=self.name))
        return secret_box.decrypt(stored, PIN_PURPOSE).decode()

    def _l10n_co_openpce_get_issues(self):
        """What is missing in the company before it can issue: list of dict(record, field, message).

        The fiscal data of its contact and the state of its electronic journals are included.
        """
        issues = []
        for branch in self:
            issuer = branch._l10n_co_openpce_get_issuer()
            issues += issuer._l10n_co_openpce_get_setting_issues()
            issues += issuer.partner_id._l10n_co_openpce_get_issues(role="supplier")
        journals = self.env["account.journal"].search(
            [("company_id", "parent_of", self.ids), ("l10n_co_openpce_enabled", "=", True)]
        )
        return issues + journals._l10n_co_openpce_get_issues()

    def _l10n_co_openpce_get_setting_issues(self):
        """What is missing in the settings themselves: list of dict(record, field, message)."""
        issues = []
        for company in self:
            is_sandbox = company.l10n_co_openpce_environment == "sandbox"
            checks = [
                (
                    is_sandbox and not company.l10n_co_openpce_sandbox_url,
                    "l10n_co_openpce_sandbox_url",
                    self.env._("%s: the address of the stand-in is missing.", company.name),
                ),
                (
                    not company.l10n_co_openpce_software_id,
                    "l10n_co_openpce_software_id",
                    self.env._("%s: the software ID is missing.", company.name),
                ),
                (
                    not company.l10n_co_openpce_software_pin_encrypted,
                    "l10n_co_openpce_software_pin",
                    self.env._("%s: the software PIN is missing.", company.name),
                ),
                (
                    not company.l10n_co_openpce_certificate_id,
                    "l10n_co_openpce_certificate_ids",
                    self.env._("%s: there is no valid signing certificate.", company.name),
                ),
            ]
            issues += [
                {"record": company, "field": field, "message": message}
                for failed, field, message in checks
                if failed
            ]
        return issues
