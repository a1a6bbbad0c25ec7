import re

from odoo import api, fields, models

DIRECTIONS = [("import", "Import"), ("export", "Export")]
#: Suppliers write these or not; the reference is the same (A9).
_SEPARATORS = re.compile(r"[\s\-/.]")


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
            document.normalised = _SEPARATORS.sub("", document.name or "").upper()
