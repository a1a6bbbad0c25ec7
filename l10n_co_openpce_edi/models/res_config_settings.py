from odoo import api, fields, models

from .l10n_co_openpce_document import PENDING_STATES
from .res_company import MASK


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_co_openpce_environment = fields.Selection(
        related="company_id.l10n_co_openpce_environment", readonly=False, required=True
    )
    l10n_co_openpce_sandbox_url = fields.Char(
        related="company_id.l10n_co_openpce_sandbox_url", readonly=False
    )
    l10n_co_openpce_software_id = fields.Char(
        related="company_id.l10n_co_openpce_software_id", readonly=False
    )
    l10n_co_openpce_software_pin = fields.Char(
        related="company_id.l10n_co_openpce_software_pin", readonly=False
    )
    l10n_co_openpce_software_name = fields.Char(
        related="company_id.l10n_co_openpce_software_name", readonly=False
    )
    l10n_co_openpce_software_maker_id = fields.Many2one(
        related="company_id.l10n_co_openpce_software_maker_id", readonly=False
    )
    l10n_co_openpce_test_set_id = fields.Char(
        related="company_id.l10n_co_openpce_test_set_id", readonly=False
    )
    l10n_co_openpce_business_line = fields.Char(
        related="company_id.l10n_co_openpce_business_line", readonly=False
    )
    l10n_co_openpce_paused = fields.Boolean(
        related="company_id.l10n_co_openpce_paused", readonly=False
    )
    l10n_co_openpce_certificate_id = fields.Many2one(
        related="company_id.l10n_co_openpce_certificate_id"
    )
    l10n_co_openpce_certificate_valid_to = fields.Datetime(
        related="company_id.l10n_co_openpce_certificate_id.valid_to", string="Expires"
    )
    l10n_co_openpce_issues = fields.Text(compute="_compute_l10n_co_openpce_issues")
    l10n_co_openpce_branch_notice = fields.Char(
        "Branch", compute="_compute_l10n_co_openpce_branch_notice"
    )

    @api.depends("company_id")
    def _compute_l10n_co_openpce_branch_notice(self):
        """Of a branch: whose settings count."""
        for settings in self:
            company = settings.company_id
            issuer = company._l10n_co_openpce_get_issuer()
            settings.l10n_co_openpce_branch_notice = issuer != company and self.env._(
                "%(branch)s issues with the NIT, software, certificate and numbering ranges of"
                " %(issuer)s. They are kept in its settings; those typed here are not used.",
                branch=company.name,
                issuer=issuer.name,
            )

    def _compute_l10n_co_openpce_issues(self):
        for settings in self:
            issues = settings.company_id._l10n_co_openpce_get_issues()
            settings.l10n_co_openpce_issues = "\n".join(issue["message"] for issue in issues)

    @api.onchange(
        "l10n_co_openpce_environment",
        "l10n_co_openpce_software_id",
        "l10n_co_openpce_software_pin",
    )
    def _onchange_l10n_co_openpce_software(self):
        """Tell what a change means for the invoices that are under way."""
        company = self.company_id
        changed = (
            self.l10n_co_openpce_environment != company.l10n_co_openpce_environment
            or self.l10n_co_openpce_software_id != company.l10n_co_openpce_software_id
            or (self.l10n_co_openpce_software_pin or MASK) != MASK
        )
        pending = changed and self.env["l10n_co_openpce.document"].sudo().search_count(
            [("company_id", "=", company.id), ("state", "in", PENDING_STATES)]
        )
        if not pending:
            return None
        return {
            "warning": {
                "title": self.env._("Invoices on their way to DIAN"),
                "message": self._l10n_co_openpce_describe_pending(pending),
            }
        }

    def _l10n_co_openpce_describe_pending(self, count):
        if count == 1:
            return self.env._(
                "One invoice is on its way. It goes to the environment it was begun in, with the"
                " software ID and PIN that are stored when it is signed. Before you save, wait"
                " until it is settled, or reset it to draft if it was not sent yet."
            )
        return self.env._(
            "%s invoices are on their way. Each goes to the environment it was begun in,"
            " with the software ID and PIN that are stored when it is signed. Before you"
            " save, wait until they are settled, or reset to draft those that were not"
            " sent yet.",
            count,
        )

    def action_l10n_co_openpce_open_partner(self):
        """Open the company's contact, where its fiscal data are."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Fiscal data of the company"),
            "res_model": "res.partner",
            "res_id": self.company_id.partner_id.id,
            "view_mode": "form",
        }

    def action_l10n_co_openpce_import_ranges(self):
        """Fetch the numbering ranges DIAN has for the company."""
        model = self.env["l10n_co_openpce.numbering.range"]
        return model.with_company(self.company_id).action_import_from_dian()
