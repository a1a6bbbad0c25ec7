from odoo import api, fields, models

from ..bill_flow.keys import normalise_document

DIRECTIONS = [("import", "Import"), ("export", "Export")]


class OpenpceTransportReference(models.Model):
    """A reference of a file that suppliers write on their bills: B/L, AWB, container (A9)."""

    _name = "openpce.transport.reference"
    _description = "Transport document"
    _order = "file_id, id"

    name = fields.Char("Reference", required=True)
    normalised = fields.Char(
        compute="_compute_normalised",
        store=True,
        index="btree_not_null",
        help="The reference without blanks, hyphens, slashes and dots, in capitals.",
    )
    file_id = fields.Many2one(
        "openpce.transport.file", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="file_id.company_id", store=True, index=True)

    _name_unique = models.UniqueIndex(
        "(file_id, normalised)",
        "The file already has this transport document; blanks, hyphens, slashes and dots make no "
        "difference. Delete the second one.",
    )

    @api.depends("name")
    def _compute_normalised(self):
        for document in self:
            document.normalised = normalise_document(document.name or "")
