from odoo import api, models


class OpenpceTemplateMixin(models.AbstractModel):
    """Offers a spreadsheet to fill in where records are imported (R5)."""

    _name = "openpce.template.mixin"
    _description = "Records that are imported from a spreadsheet"

    @api.model
    def get_import_templates(self):
        """The spreadsheet to fill in, with the headings of the user's language."""
        # OVERRIDE 'base_import'
        language = "es" if (self.env.lang or "").startswith("es") else "en"
        name = f"{self._name.removeprefix('openpce.').replace('.', '_')}_{language}.csv"
        return [
            {
                "label": self.env._("Spreadsheet with the columns and examples"),
                "template": f"/openpce_vendor_bill_workflow/static/import/{name}",
            }
        ]
