"""Ranges as DIAN has them: fetched for the issuer, known ones updated where they are."""

from odoo import api, models
from odoo.exceptions import UserError

from ..dian import nit
from ..dian.errors import DianError
from ..dian.soap.operations import GetNumberingRange
from ..tools.notes import tell


class L10nCoOpenpceNumberingRange(models.Model):
    _inherit = "l10n_co_openpce.numbering.range"

    @api.model
    def action_import_from_dian(self):
        """Fetch the ranges DIAN has for the issuer's software; known ones are updated.

        From a branch those of the company it issues as: DIAN knows no branches.
        """
        self.check_access("create")
        issuer = self._get_issuer_to_fetch_for()
        number = issuer.partner_id.l10n_co_openpce_nit
        if not number or not issuer.l10n_co_openpce_software_id:
            raise UserError(
                self.env._("The NIT of %s and its software ID are needed first.", issuer.name)
            )
        operation = GetNumberingRange(
            account_code=nit.normalise(number),
            software_owner=nit.normalise(number),
            software_id=issuer.l10n_co_openpce_software_id,
        )
        try:
            with issuer._l10n_co_openpce_client() as client:
                answer = client.call(operation)
        except DianError as error:
            reason = tell(self.env, getattr(error, "notes", None)) or error
            raise UserError(self.env._("DIAN could not be asked: %s", reason)) from error
        if not answer.ranges:
            raise UserError(
                self.env._(
                    "DIAN gave no ranges: %(code)s %(description)s",
                    code=answer.code,
                    description=answer.description,
                )
            )
        ranges = self._apply_dian_ranges(issuer, answer.ranges)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ranges fetched from DIAN"),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("id", "in", ranges.ids)],
        }

    @api.model
    def _get_issuer_to_fetch_for(self):
        """The issuer of the company at work, whose ranges the user may keep."""
        branch = self.env.company
        issuer = branch._l10n_co_openpce_get_issuer()
        if issuer not in self.env.user.company_ids and not self.env.su:
            raise UserError(
                self.env._(
                    "%(branch)s issues with the NIT and the numbering ranges of %(issuer)s. Ask an"
                    " administrator who has access to %(issuer)s to fetch them there.",
                    branch=branch.name,
                    issuer=issuer.name,
                )
            )
        return issuer

    @api.model
    def _apply_dian_ranges(self, issuer, dian_ranges):
        """Make or update a range for each of ``dian_ranges`` (dian.soap NumberingRange).

        A new range gets a journal only when there is no doubt which one it is for.
        """
        # sudo: what DIAN says holds for the ranges of branches that the user does not see, too
        family = self.sudo().with_context(active_test=False)
        ranges = family.search(
            [
                ("company_id", "child_of", issuer.id),
                ("environment", "=", issuer.l10n_co_openpce_environment),
            ]
        ).filtered(lambda r: r.company_id._l10n_co_openpce_get_issuer() == issuer)
        records = self.browse()
        for dian_range in dian_ranges:
            vals = {
                "resolution": dian_range.resolution,
                "resolution_date": dian_range.resolution_date or False,
                "prefix": dian_range.prefix or False,
                "first_number": dian_range.first,
                "last_number": dian_range.last,
                "date_from": dian_range.start,
                "date_to": dian_range.end,
                "technical_key": dian_range.technical_key or False,
            }
            known = ranges.filtered(
                lambda r, vals=vals: all(
                    r[name] == vals[name] for name in ("resolution", "prefix", "first_number")
                )
            )[:1]
            if known:
                known.write(vals)
            else:
                known = family.create({**vals, **self._prepare_place_vals(issuer, ranges, vals)})
                ranges += known
            records += known.sudo(self.env.su)
        return records

    def _prepare_place_vals(self, issuer, ranges, vals):
        """Company and journal of a new range: those of the prefix, else of the issuer.

        :param ranges: those the issuer and its branches have already.
        """
        sibling = ranges.filtered(lambda r: r.journal_id and r.prefix == vals["prefix"])[:1]
        # sudo: the issuer's journals count, also for who works in a branch
        journals = self.env["account.journal"].sudo()
        if not sibling:
            domain = [("type", "=", "sale"), ("l10n_co_openpce_enabled", "=", True)]
            journals = journals.search([("company_id", "=", issuer.id), *domain])
        journal = sibling.journal_id or (journals if len(journals) == 1 else journals.browse())
        return {
            "company_id": (sibling.company_id or issuer).id,
            "environment": issuer.l10n_co_openpce_environment,
            "journal_id": journal.id,
        }
