from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OpenpceBillUser(models.Model):
    """Registration of a user in the workflow of a company; others are not recognised (R29-R33)."""

    _name = "openpce.bill.user"
    _inherit = ["openpce.template.mixin"]
    _description = "Workflow user"
    _order = "company_id, user_id"
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of
    _rec_names_search = ["user_id"]

    user_id = fields.Many2one(
        "res.users",
        "Person",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    level = fields.Selection(
        [("reviewer", "No: revises"), ("supervisor", "Yes: supervises")],
        "Supervises",
        required=True,
        default="reviewer",
        help="No: may only revise and treat bills. Yes: may also approve them and change them "
        "during approval.",
    )
    can_validate = fields.Boolean(
        "May validate",
        default=True,
        help="Without it, what the user validates waits for the second person set here or in the "
        "settings.",
    )
    notify = fields.Boolean(
        "Notify on assignment",
        default=True,
        help="Put an activity on the home screen when a bill is assigned.",
    )
    fallback_user_id = fields.Many2one(
        "res.users",
        "Validated by",
        index="btree_not_null",
        domain="[('openpce_bill_user_ids.company_id', 'parent_of', company_id)]",
        help="Who validates what this user may not. Empty: the person of the settings.",
    )
    division_id = fields.Many2one(
        "openpce.division",
        "Default division",
        check_company=True,
        index="btree_not_null",
        help="Proposed wherever this user types a division.",
    )
    active = fields.Boolean(default=True)

    _user_unique = models.UniqueIndex(
        "(user_id, company_id)",
        "This person is already registered in the company. Change that row (it may be archived) "
        "instead of adding another.",
    )

    @api.depends("user_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.user_id.display_name

    @api.constrains("user_id", "company_id")
    def _check_person(self):
        for row in self:
            person = row.user_id.sudo()
            if person.share or row.company_id not in person.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot take part in the bills of %(company)s: only internal "
                        "users with access to the company can. Give access in Settings ▸ Users.",
                        user=person.display_name,
                        company=row.company_id.display_name,
                    )
                )

    @api.constrains("fallback_user_id", "user_id", "company_id")
    def _check_fallback(self):
        for row in self.filtered("fallback_user_id"):
            if row.fallback_user_id == row.user_id:
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot be the second person of the own bills. Choose somebody "
                        "else under “Validated by”.",
                        user=row.user_id.display_name,
                    )
                )
            self._check_may_validate(row.fallback_user_id, row.company_id)

    @api.constrains("can_validate", "active", "user_id", "company_id")
    def _check_relied_upon(self):
        for row in self.filtered(lambda row: not (row.active and row.can_validate)):
            row._check_nobody_relies(row.user_id, row.company_id)

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.user_id._openpce_sync_groups()
        return rows

    def write(self, vals):
        before = {(row.user_id, row.company_id) for row in self}
        people = self.user_id
        result = super().write(vals)
        if {"user_id", "company_id", "level", "active"} & set(vals):
            (people | self.user_id)._openpce_sync_groups()
        if {"user_id", "company_id"} & set(vals):
            for user, company in before:
                self._check_nobody_relies(user, company)
        return result

    def unlink(self):
        before = {(row.user_id, row.company_id) for row in self}
        people = self.user_id
        result = super().unlink()
        people._openpce_sync_groups()
        for user, company in before:
            self._check_nobody_relies(user, company)
        return result

    @api.model
    def _check_nobody_relies(self, user, company):
        """Refuse to lose a person who validates for others (A20)."""
        rows = self.sudo().search(
            [("fallback_user_id", "=", user.id), ("company_id", "child_of", company.id)]
        )
        places = [
            row.user_id.display_name for row in rows if not self._can_validate(user, row.company_id)
        ]
        companies = (
            self.env["res.company"]
            .sudo()
            .search([("openpce_fallback_user_id", "=", user.id), ("id", "child_of", company.id)])
        )
        places += [
            self.env._("the settings of %s", other.display_name)
            for other in companies
            if not self._can_validate(user, other)
        ]
        if places:
            raise ValidationError(
                self.env._(
                    "%(user)s validates bills for others (%(places)s), so the registration and "
                    "the permission have to stay. Name another person there first.",
                    user=user.display_name,
                    places=", ".join(places),
                )
            )

    @api.model
    def _get_registration(self, user, company):
        """The active row of a user in a company, else in the nearest one above it; may be empty."""
        rows = self.sudo().search(
            [("user_id", "=", user.id), ("company_id", "parent_of", company.ids)]
        )
        return rows.sorted(lambda row: len(row.company_id.parent_ids), reverse=True)[:1]

    @api.model
    def _can_validate(self, user, company):
        """Whether a person is active and registered with permission in a company."""
        return bool(self._get_registration(user, company).can_validate and user.sudo().active)

    @api.model
    def _check_may_validate(self, user, company):
        """Refuse a person who is asked to validate for others and may not (A20)."""
        if not self._can_validate(user, company):
            raise ValidationError(
                self.env._(
                    "%(user)s cannot validate for others in %(company)s: the person has to be "
                    "active and registered there with “May validate”. See Set-up ▸ People ▸ Users.",
                    user=user.display_name,
                    company=company.display_name,
                )
            )

    @api.model
    def _check_registered(self, users, company):
        """Refuse persons whom the workflow of the company does not know (R29)."""
        rows = self.sudo().search(
            [("user_id", "in", users.ids), ("company_id", "parent_of", company.ids)]
        )
        strangers = users - rows.user_id
        if strangers:
            raise ValidationError(
                self.env._(
                    "%(users)s: not registered in the bill workflow of %(company)s, so no bill can "
                    "be given to them. Register them first in Set-up ▸ People ▸ Users.",
                    users=", ".join(strangers.sudo().mapped("display_name")),
                    company=company.display_name,
                )
            )

    @api.model
    def _check_supervisors(self, users, company):
        """Refuse approvers who are not registered as supervisors of the company (R30, A21)."""
        self._check_registered(users, company)
        unfit = users.filtered(
            lambda user: self._get_registration(user, company).level != "supervisor"
        )
        if unfit:
            raise ValidationError(
                self.env._(
                    "%(users)s: may only revise bills of %(company)s, so they cannot approve. Set "
                    "“Supervises” to “Yes” in Set-up ▸ People ▸ Users, or choose somebody else.",
                    users=", ".join(unfit.sudo().mapped("display_name")),
                    company=company.display_name,
                )
            )
