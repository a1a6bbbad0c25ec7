from odoo import api, fields, models
from odoo.fields import Domain

#: Between code and name in what is shown; typing or importing "SEA · Sea freight" finds the record.
SEPARATOR = " · "


class OpenpceCodeMixin(models.AbstractModel):
    """A small master known by its code: typed fast, shown as "code · name" (R5)."""

    _name = "openpce.code.mixin"
    _inherit = ["openpce.template.mixin"]
    _description = "Master with a code"
    _order = "sequence, code, id"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, help="Short code that people type and spreadsheets carry.")
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    @api.depends("code", "name")
    def _compute_display_name(self):
        for record in self:
            record.display_name = SEPARATOR.join(filter(None, (record.code, record.name)))

    @api.model
    def _search_display_name(self, operator, value):
        # EXTENDS 'base': what an export writes can be imported again
        domain = Domain(super()._search_display_name(operator, value))
        if operator in ("=", "in", "like", "ilike"):
            for text in [value] if isinstance(value, str) else value or []:
                if isinstance(text, str) and SEPARATOR in text:
                    code, name = text.split(SEPARATOR, 1)
                    domain |= Domain("code", "=ilike", code) & Domain("name", "ilike", name)
        return domain

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean_code(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._clean_code(vals))

    def copy_data(self, default=None):
        # EXTENDS 'base': the code is unique, so the copy gets a free one
        data = super().copy_data(default)
        for record, vals in zip(self, data, strict=True):
            if "code" not in (default or {}):
                vals["code"] = record._get_free_code()
        return data

    @api.model
    def _clean_code(self, vals):
        if isinstance(vals.get("code"), str):
            return {**vals, "code": vals["code"].strip().upper()}
        return vals

    def _get_free_code(self):
        """The code with the first free number behind it."""
        self.ensure_one()
        everything = self.with_context(active_test=False).sudo()
        taken = set(everything.search([("code", "=like", f"{self.code}-%")]).mapped("code"))
        number = 2
        while f"{self.code}-{number}" in taken:
            number += 1
        return f"{self.code}-{number}"
