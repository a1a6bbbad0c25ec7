"""What was mended lets the documents go on that waited for it, at once and by itself.

Every model that a document can wait for tells `_wake` when one of its fields is written that
documents are made of. While nothing waits that costs one look at an index that is empty.
"""

from odoo import api, fields, models

# Of a contact: what DIAN is told about a party.
PARTNER_FIELDS = frozenset(
    {
        "name",
        "vat",
        "l10n_latam_identification_type_id",
        "is_company",
        "parent_id",
        "country_id",
        "state_id",
        "city_id",
        "city",
        "street",
        "zip",
        "email",
    }
)
PREFIX = "l10n_co_openpce_"


def _is_ours(vals):
    """Whether fields of this addon are among those written."""
    return any(name.startswith(PREFIX) for name in vals)


class L10nCoOpenpceDocument(models.Model):
    _inherit = "l10n_co_openpce.document"

    @api.model
    def _wake(self, companies=None, partners=None):
        """Let the documents go on that wait for settings or data, as far as nobody has them.

        :param companies: only theirs and their branches'.
        :param partners: only those in which one of them is a party.
        """
        domain = [("hold", "in", ("settings", "data"))]
        if companies is not None:
            domain.append(("company_id", "child_of", companies.ids))
        # sudo: who mends a contact or a setting need not see the submissions that waited for it
        held = self.sudo().search(domain)
        if not held:
            return
        if partners is not None:
            parties = partners.sudo() | partners.sudo().commercial_partner_id
            held = held.filtered(lambda document: document._get_parties() & parties)
        # A worker that has one of them at this moment sees what was mended, or in an hour.
        held = held.try_lock_for_update()
        waiting = held.filtered(lambda document: document.hold == "settings")
        waiting.write({"next_try": fields.Datetime.now()})
        moves = (held - waiting).move_id.filtered(lambda move: move.state == "posted")
        self._create_for(moves)
        if waiting:
            self._trigger_queue()

    def _wake_alike(self, cause):
        """This one goes on: so can all that waited for the same; those woken before are left."""
        domain = [*self._get_alike_domain(cause), ("next_try", ">", fields.Datetime.now())]
        alike = self.sudo().search(domain).try_lock_for_update()
        alike.write({"next_try": fields.Datetime.now()})
        if alike:
            self._trigger_queue()

    def _get_alike_domain(self, cause):
        """The other submissions of the company that wait for the setting that ``cause`` names."""
        self.ensure_one()
        return [
            ("hold", "=", "settings"),
            ("company_id", "=", self.company_id.id),
            ("trace", "=", cause),
            ("id", "!=", self.id),
        ]

    def _get_parties(self):
        """The contacts a document tells DIAN about."""
        self.ensure_one()
        companies = self._get_issuer() | self.company_id
        return companies.partner_id | self.move_id.commercial_partner_id


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        # EXTENDS 'base'
        result = super().write(vals)
        if not PARTNER_FIELDS.isdisjoint(vals) or _is_ours(vals):
            self.env["l10n_co_openpce.document"]._wake(partners=self)
        return result


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        # EXTENDS 'base'
        result = super().write(vals)
        if _is_ours(vals) or "partner_id" in vals:
            self.env["l10n_co_openpce.document"]._wake(companies=self)
        if vals.get("l10n_co_openpce_paused") is False:
            self.env["l10n_co_openpce.document"]._trigger_queue()
        return result


class L10nCoOpenpceCertificate(models.Model):
    _inherit = "l10n_co_openpce.certificate"

    def write(self, vals):
        # EXTENDS this addon: an uploaded file is written, too
        result = super().write(vals)
        self.env["l10n_co_openpce.document"]._wake(companies=self.company_id)
        return result


class L10nCoOpenpceNumberingRange(models.Model):
    _inherit = "l10n_co_openpce.numbering.range"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS this addon
        records = super().create(vals_list)
        self.env["l10n_co_openpce.document"]._wake(companies=records.company_id)
        return records

    def write(self, vals):
        # EXTENDS this addon
        result = super().write(vals)
        self.env["l10n_co_openpce.document"]._wake(companies=self.company_id)
        return result


class AccountTax(models.Model):
    _inherit = "account.tax"

    def write(self, vals):
        # EXTENDS 'account'
        result = super().write(vals)
        if _is_ours(vals):
            self.env["l10n_co_openpce.document"]._wake(companies=self.company_id)
        return result


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        # EXTENDS 'product'
        result = super().write(vals)
        if _is_ours(vals):
            self.env["l10n_co_openpce.document"]._wake()
        return result


class UomUom(models.Model):
    _inherit = "uom.uom"

    def write(self, vals):
        # EXTENDS 'uom'
        result = super().write(vals)
        if _is_ours(vals):
            self.env["l10n_co_openpce.document"]._wake()
        return result
