from odoo import api, fields, models

_TOTALS = ("untaxed", "tax", "withholding", "total")


class AccountMove(models.Model):
    """What the form shows on which bills are revised, treated and approved (R88, R102, R119)."""

    _inherit = "account.move"

    # routing keys and what the document says: kept by the bill, typed on the document's form.
    # Without sudo: a supplier reads the own posted bills in the portal, not how they were handled.
    openpce_division_id = fields.Many2one(
        related="openpce_bill_id.division_id", string="Division", readonly=False, related_sudo=False
    )
    openpce_traffic_type_id = fields.Many2one(
        related="openpce_bill_id.traffic_type_id",
        string="Traffic type",
        readonly=False,
        related_sudo=False,
    )
    openpce_traffic_id = fields.Many2one(
        related="openpce_bill_id.traffic_id",
        string="Traffic",
        readonly=False,
        domain="[('type_id', '=?', openpce_traffic_type_id)]",
        related_sudo=False,
    )
    openpce_direction = fields.Selection(
        related="openpce_bill_id.direction",
        string="Import or export",
        readonly=False,
        related_sudo=False,
    )
    openpce_documents = fields.Char(
        related="openpce_bill_id.documents",
        string="Transport documents",
        readonly=False,
        related_sudo=False,
    )
    openpce_document_untaxed = fields.Monetary(
        related="openpce_bill_id.document_untaxed",
        string="Untaxed on document",
        readonly=False,
        related_sudo=False,
    )
    openpce_document_tax = fields.Monetary(
        related="openpce_bill_id.document_tax",
        string="Taxes on document",
        readonly=False,
        related_sudo=False,
    )
    openpce_document_withholding = fields.Monetary(
        related="openpce_bill_id.document_withholding",
        string="Withheld on document",
        readonly=False,
        related_sudo=False,
    )
    openpce_document_total = fields.Monetary(
        related="openpce_bill_id.document_total",
        string="Total on document",
        readonly=False,
        related_sudo=False,
    )
    openpce_lines_untaxed = fields.Monetary("Untaxed of lines", compute="_compute_openpce_totals")
    openpce_lines_tax = fields.Monetary("Taxes of lines", compute="_compute_openpce_totals")
    openpce_lines_withholding = fields.Monetary(
        "Withheld of lines", compute="_compute_openpce_totals"
    )
    openpce_lines_total = fields.Monetary("Total of lines", compute="_compute_openpce_totals")
    openpce_rest_untaxed = fields.Monetary("Untaxed off", compute="_compute_openpce_totals")
    openpce_rest_tax = fields.Monetary("Taxes off", compute="_compute_openpce_totals")
    openpce_rest_withholding = fields.Monetary("Withheld off", compute="_compute_openpce_totals")
    openpce_rest_total = fields.Monetary("Total off", compute="_compute_openpce_totals")

    openpce_missing = fields.Json("Empty fields", compute="_compute_openpce_missing")
    openpce_missing_text = fields.Char(compute="_compute_openpce_missing")
    openpce_actions = fields.Json(compute="_compute_openpce_screen")
    openpce_may_edit = fields.Boolean(compute="_compute_openpce_screen")
    openpce_holder = fields.Char("Now with", compute="_compute_openpce_screen")
    openpce_overdue = fields.Boolean(compute="_compute_openpce_screen")
    openpce_hold_reason = fields.Selection(
        related="openpce_bill_id.hold_reason", related_sudo=False
    )
    openpce_deadline = fields.Datetime(related="openpce_bill_id.deadline", related_sudo=False)
    openpce_repeated = fields.Boolean(related="openpce_bill_id.repeated", related_sudo=False)
    openpce_duplicates = fields.Html("Like bills", compute="_compute_openpce_told")
    openpce_why = fields.Html("Why me?", compute="_compute_openpce_told")
    openpce_approvals = fields.Html("Approvals", compute="_compute_openpce_told")
    openpce_log_ids = fields.One2many(
        related="openpce_bill_id.log_ids", string="Follow-up", related_sudo=False
    )
    openpce_file_id = fields.Many2one(
        "ir.attachment", compute="_compute_openpce_file", string="Shown file"
    )
    openpce_pdf = fields.Binary("Document", compute="_compute_openpce_file")

    def _openpce_get_bills(self):
        """(move, its bill) of each, the rights checked at once: who may read an entry and not its
        bill sees nothing of its way."""
        bills = self.env["openpce.bill"]
        readable = {
            bill.move_id: bill for bill in self._origin.openpce_bill_id._filtered_access("read")
        }
        return [(move, readable.get(move._origin, bills)) for move in self]

    @api.depends("openpce_bill_ids.state", "openpce_bill_ids.task_ids")
    @api.depends_context("uid")
    def _compute_openpce_screen(self):
        for move, bill in self._openpce_get_bills():
            move.openpce_actions = bill.allowed_actions or []
            move.openpce_may_edit = bill.may_edit
            move.openpce_holder = bill.holder
            move.openpce_overdue = bill.overdue

    @api.depends("openpce_bill_ids.state", "openpce_bill_ids.task_ids")
    @api.depends_context("uid", "lang")
    def _compute_openpce_told(self):
        for move, bill in self._openpce_get_bills():
            move.openpce_duplicates = bill.duplicates_html
            move.openpce_why = bill.why_html
            move.openpce_approvals = bill.approvals_html

    @api.depends(
        "tax_totals",
        "openpce_document_untaxed",
        "openpce_document_tax",
        "openpce_document_withholding",
        "openpce_document_total",
    )
    def _compute_openpce_totals(self):
        for move, bill in self._openpce_get_bills():
            if not bill:
                for name in _TOTALS:
                    move[f"openpce_lines_{name}"] = move[f"openpce_rest_{name}"] = 0.0
                continue
            made = move._openpce_get_totals()
            said = {name: move[f"openpce_document_{name}"] for name in _TOTALS}
            # an amount of 0 was not said, but for the taxes; a withholding that the document does
            # not state does not count against its total (A31)
            known = {"tax": bool(said["untaxed"])}
            rest = {
                name: said[name] - made[name] if known.get(name, bool(said[name])) else 0.0
                for name in _TOTALS
            }
            if not said["withholding"] and said["total"]:
                rest["total"] += made["withholding"]
            for name in _TOTALS:
                move[f"openpce_lines_{name}"] = made[name]
                move[f"openpce_rest_{name}"] = move.currency_id.round(rest[name])

    def _openpce_get_totals(self):
        """What the lines make, also while they are being typed and the entry is not balanced."""
        self.ensure_one()
        found = dict.fromkeys(_TOTALS, 0.0)
        base_lines, _tax_lines = self._get_rounded_base_and_tax_lines()
        for line in base_lines:
            details = line["tax_details"]
            found["untaxed"] += details["total_excluded_currency"]
            found["untaxed"] += details["delta_total_excluded_currency"]
            for share in details["taxes_data"]:
                name = "withholding" if share["tax"].amount < 0 else "tax"
                found[name] += share["tax_amount_currency"]
        found["total"] = found["untaxed"] + found["tax"] + found["withholding"]
        return found

    @api.depends(
        "partner_id",
        "ref",
        "invoice_date",
        "invoice_date_due",
        "currency_id",
        "partner_bank_id",
        "payment_reference",
        "invoice_payment_term_id",
        "openpce_document_total",
        "openpce_lines_total",
    )
    @api.depends_context("lang")
    def _compute_openpce_missing(self):
        names = self.env["openpce.bill.log"]._get_field_names
        for move, bill in self._openpce_get_bills():
            missing = bill._get_missing(move) if bill.state in ("captured", "to_revise") else []
            move.openpce_missing = missing
            move.openpce_missing_text = ", ".join(names(missing))

    def _compute_openpce_file(self):
        for move, bill in self._openpce_get_bills():
            files = move._openpce_get_files() if bill else self.env["ir.attachment"]
            shown = move.message_main_attachment_id
            pdf = (shown & files or files).filtered(lambda x: x.mimetype == "application/pdf")[:1]
            move.openpce_file_id = pdf
            move.openpce_pdf = pdf.with_context(bin_size=self.env.context.get("bin_size")).datas

    def _openpce_get_files(self):
        """Files of the document, those that Odoo keeps in fields included."""
        files = self.env["account.move.send"]._get_invoice_extra_attachments(self)
        return self.attachment_ids | files

    # ------------------------------------------------------------------ buttons

    def action_openpce_status(self):
        """Open everything that is known of the bill's way (R92, R106)."""
        return self.openpce_bill_id.action_open_status()

    def action_openpce_open(self):
        """Open the screen of the workflow that fits the bill's state."""
        return self.openpce_bill_id.action_open()

    def action_openpce_document(self):
        """Open the file of the bill in a tab of its own."""
        return self.openpce_bill_id.action_open_document()
