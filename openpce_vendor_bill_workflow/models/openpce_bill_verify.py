import logging
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, float_repr
from psycopg2 import OperationalError

from ..bill_flow.checks import missing_fields
from ..bill_flow.duplicates import Fingerprint, Kind, compare, lookup_keys, normalise_number
from ..bill_flow.transitions import Event, State
from ..tools.steps import lock_free

_logger = logging.getLogger(__name__)

_KEYS = {"n": "key_number", "t": "key_total", "u": "key_uuid", "f": "key_file"}
#: Fields of the bill's header that "reset" gives back (R91, A24).
_HEADER = (
    "partner_id", "ref", "invoice_date", "invoice_date_due", "currency_id", "partner_bank_id",
    "invoice_payment_term_id", "payment_reference",
)  # fmt: skip
_LINE = (
    "name", "quantity", "price_unit", "product_id", "product_uom_id", "account_id", "tax_ids",
    "discount",
)  # fmt: skip


class OpenpceBill(models.Model):
    _inherit = "openpce.bill"

    def _capture(self, source, **values):
        """Keep what was captured, for "reset" and for the checks (R83, R91, A31).

        :param source: how the bill came in, one of ``SOURCES``.
        :param values: what is known besides: ``uuid``, ``file_hash``, ``documents``, totals that
            the document states (``document_untaxed`` …).
        """
        for bill in self:
            move = bill.move_id
            stated = bill._get_stated_totals()
            bill.write({"source": source, **stated, **values, "captured": bill._get_snapshot()})
            bill._log("captured", source=source, move=move.id, **bill._get_figures_brief())

    def _get_stated_totals(self):
        """Totals that the lines make, as those of the document.

        Withholdings on its lines are ours, who pay less; a document that states its own brings its
        totals along (A31).
        """
        totals = self._get_totals()
        total = self.move_id.currency_id.round(totals["total"] - totals["withholding"])
        return {
            "document_untaxed": totals["untaxed"],
            "document_tax": totals["tax"],
            "document_withholding": 0.0,
            "document_total": total,
        }

    def _get_snapshot(self):
        """Header and lines of the bill as plain data; relations as ids."""
        self.ensure_one()
        move = self.move_id
        convert = move._fields
        header = {
            name: convert[name].convert_to_read(move[name], move, use_display_name=False)
            for name in _HEADER
        }
        lines = []
        for line in move.invoice_line_ids:
            row = {
                name: line._fields[name].convert_to_read(line[name], line, use_display_name=False)
                for name in _LINE
            }
            row["tax_ids"], row["display_type"] = line.tax_ids.ids, line.display_type
            lines.append({**row, "ties": line._openpce_get_ties()})
        for name, value in header.items():
            if convert[name].type == "date":
                header[name] = fields.Date.to_string(value) if value else False
        routing = {
            "division_id": self.division_id.id,
            "traffic_type_id": self.traffic_type_id.id,
            "traffic_id": self.traffic_id.id,
            "documents": self.documents,
        }
        return {"header": header, "lines": lines, "routing": routing}

    def action_reset_captured(self):
        """Give the bill back the data it was captured with (R91, A24)."""
        for bill in self:
            bill._check_mine("revise", "treat")
            if bill.state not in (State.TO_REVISE, State.IN_TREATMENT, State.IN_DISTRIBUTION):
                raise bill._refuse_state()
            snapshot = bill.captured or {}
            commands, lines = [fields.Command.clear()], bill.move_id.invoice_line_ids
            for row in snapshot.get("lines", ()):
                ties = lines._openpce_filter_ties(row.get("ties"))
                vals = {name: value for name, value in row.items() if name != "ties"}
                vals |= {**ties, "tax_ids": [fields.Command.set(row["tax_ids"])]}
                commands.append(fields.Command.create(vals))
            bill.move_id.write({**snapshot.get("header", {}), "invoice_line_ids": commands})
            # sudo: the routing keys are part of the captured data, which holders may give back
            bill.sudo().write(snapshot.get("routing", {}))
            bill._log("reset")

    # ------------------------------------------------------------------ verification

    def _verify(self):
        """Check captured bills: to the revision what is repeated or incomplete, on with the rest.

        R82, R83, A6. Two that came in together are compared too: the later one repeats.
        """
        self._lock()
        bills = self.filtered(lambda bill: bill.state == State.CAPTURED)
        for bill in bills.filtered(lambda bill: not bill.captured):
            bill._capture(bill.source)
        whole = bills.filtered(lambda bill: bill._check_capture())
        whole._set_state(Event.VERIFY_OK)
        whole._log("verified")
        whole._route()
        stopped = bills - whole
        stopped._set_state(Event.VERIFY_STOP)
        for bill in stopped:
            bill._log("stopped", missing=bill.missing or [], duplicates=bill.duplicate_ids.ids)
        stopped._assign_revision()

    def _check_capture(self):
        """Look for missing fields and repetitions and note them; whether the bill may go on."""
        self.ensure_one()
        missing = self._get_missing()
        kind, moves, reasons = self._find_duplicates()
        certain = kind is Kind.CERTAIN and not self.cleared
        # sudo: what the verification finds is not for holders to write
        self.sudo().write(
            {
                **self._get_keys(),
                "missing": missing,
                "incomplete": bool(missing),
                "repeated": certain,
                "duplicate_ids": [fields.Command.set(moves.ids)],
                "duplicate_reasons": reasons,
            }
        )
        return not missing and not certain

    def action_revise(self):
        """Check again what was mended in the revision, and go on when nothing is left (R84)."""
        for bill in self:
            bill._check_mine("revise")
            bill._lock()
            if not bill._check_capture():
                raise bill._refuse_revision()
            row, again = bill.sudo(), bill.sent_back
            row.task_ids._close("revise", self.env.user)
            bill._restate_totals()
            bill._set_state(Event.REVISE)
            bill._log("verified")
            if not again:
                bill._route()
            elif row.user_id or row.rule_id:
                # treated already: the lines stay as they were made
                bill._give("treat", row.user_id, row.team_id)
            else:
                # nobody's: criteria may fit what was mended
                bill._distribute()

    def _refuse_revision(self):
        """The error for a bill that still lacks something or repeats another."""
        reasons = []
        if self.missing:
            names = self.env["openpce.bill.log"]._get_field_names(self.missing)
            reasons.append(self.env._("• empty: %s", ", ".join(names)))
        if self.repeated:
            reasons.append(
                self.env._(
                    "• repeats %s. Correct the number, delete the bill, or have a supervisor press "
                    "“Not a duplicate”.",
                    self.sudo().duplicate_ids.sudo(False)._openpce_get_shown_names(),
                )
            )
        return UserError(
            self.env._(
                "%(bill)s stays in revision:\n%(reasons)s",
                bill=self.display_name,
                reasons="\n".join(reasons),
            )
        )

    def _restate_totals(self):
        """Totals that the document did not state when it was captured are those revised (A31)."""
        if not self.document_total:
            self.sudo().write(self._get_stated_totals())

    def _assign_revision(self):
        """Give a stopped bill to somebody: its distribution rule, else the dispatchers (A5)."""
        for bill in self:
            rule = bill._find_distribution()
            team = rule.team_id if rule else bill.company_id.openpce_dispatcher_team_id
            # with nobody to give it to it shows in the supervisors' list, and says so
            if rule or team:
                bill._give("revise", rule.user_id, team)

    def _get_missing(self, move=None):
        """Names of mandatory fields that came empty (A23).

        :param move: the document as it is being typed; what is stored when left out.
        """
        move = move or self.move_id
        values = {}
        required = self.company_id._openpce_get_required_fields()
        for name in required:
            value = move[name]
            numeric = move._fields[name].type in ("monetary", "float", "integer")
            # a total of 0 was not read from the document
            values[name] = (value or None) if numeric else value
        if "amount_total" in values:
            # the entry has no total yet while its lines are being typed
            total = values["amount_total"] or move.openpce_document_total
            values["amount_total"] = total or move.openpce_lines_total or None
        missing = list(missing_fields(values, required))
        # sudo: whether there is a file matters, not whether the user may open it
        if self.company_id.openpce_require_file and not self.move_id.sudo().attachment_ids:
            missing.append("document")
        return missing

    # ------------------------------------------------------------------ repetitions

    def _get_fingerprint(self):
        """What the bill is recognised by (A22)."""
        self.ensure_one()
        row = self.sudo()
        move = row.move_id
        total = row.document_total or move.amount_total
        sign = -1 if move.move_type == "in_refund" else 1
        digits = move.currency_id.decimal_places or 2
        return Fingerprint(
            partner=move.commercial_partner_id.id or None,
            number=move.ref or "",
            total=Decimal(float_repr(sign * total, digits)) if total else None,
            date=move.invoice_date or None,
            uuid=row.uuid or "",
            file_hash=row.file_hash or "",
            returned=row.state == State.RETURNED,
        )

    def _get_keys(self):
        """Columns that like bills share (A22)."""
        keys = {key[0]: key for key in lookup_keys(self._get_fingerprint())}
        return {name: keys.get(letter, False) for letter, name in _KEYS.items()}

    def _find_duplicates(self):
        """Earlier bills that this one repeats (R86, R90, A22).

        :return: the engine's ``Kind``, the moves, and the reasons by move id.
        """
        mine = self._get_fingerprint()
        found, reasons, kinds = self.env["account.move"].browse(), {}, set()
        for other in self._find_like():
            verdict = compare(mine, other._get_fingerprint())
            # a bill that was deleted is no bill any more; one that was returned is told
            if verdict.kind is not Kind.NONE and other.move_id:
                found |= other.move_id
                kinds.add(verdict.kind)
                reasons[other.move_id.id] = [reason.value for reason in verdict.reasons]
        for move in self._find_like_before_workflow():
            found |= move
            kinds.add(Kind.CERTAIN)
            reasons[move.id] = ["number"]
        kind = Kind.CERTAIN if Kind.CERTAIN in kinds else Kind.POSSIBLE if kinds else Kind.NONE
        return kind, found, reasons

    def _find_like(self):
        """Other bills of the database that share a key, by the indexes (A22)."""
        keys = {name: key for name, key in self._get_keys().items() if key}
        if not keys:
            return self.browse()
        domain = fields.Domain.OR(fields.Domain(name, "=", key) for name, key in keys.items())
        domain &= fields.Domain("id", "!=", self.id) & fields.Domain("state", "!=", "discarded")
        # sudo: a repetition in another company is one, whoever verifies; of companies that a
        # reader cannot enter only that much is told
        return self.sudo().search(domain, order="id", limit=20)

    def _find_like_before_workflow(self):
        """Bills with the supplier's number that are older than the workflow."""
        move = self.move_id
        number = normalise_number(move.ref or "")
        if not number or not move.commercial_partner_id:
            return move.browse()
        move.flush_model(["ref", "commercial_partner_id", "move_type"])
        rows = self.env.execute_query(
            SQL(
                r"""
                SELECT move.id FROM account_move move
                 WHERE move.commercial_partner_id = %s AND move.move_type IN %s
                   AND move.ref IS NOT NULL AND move.id <> %s
                   AND regexp_replace(
                         regexp_replace(upper(move.ref), '[^[:alnum:]]', '', 'g'),
                         '(^|[^0-9])0+([0-9])', '\1\2', 'g') = %s
                   AND NOT EXISTS (SELECT FROM openpce_bill bill WHERE bill.move_id = move.id)
                 LIMIT 20
                """,
                move.commercial_partner_id.id,
                ("in_refund",) if move.move_type == "in_refund" else ("in_invoice", "in_receipt"),
                move.id,
                number,
            )
        )
        return move.browse(row[0] for row in rows)

    @api.model
    def _cron_verify(self, limit=500, chunk=50):
        """Verify what came in by itself; what was typed waits until it is handed over (R80)."""
        domain = [("state", "=", "captured"), ("source", "!=", "manual"), ("move_id", "!=", False)]
        cron = self.env["ir.cron"]
        waiting = self.search(domain, limit=limit, order="id")
        cron._commit_progress(remaining=len(waiting))
        for start in range(0, len(waiting), chunk):
            # what another worker has is left to it
            bills = lock_free(waiting[start : start + chunk])
            bills.invalidate_recordset(["state"])
            bills._verify_apart()
            if not cron._commit_progress(len(bills)):
                break

    def _verify_apart(self):
        """Verify bills so that the failure of one stops no other and is told on it (R82)."""
        try:
            with self.env.cr.savepoint():
                self._verify()
        except OperationalError:
            # somebody else was faster; the next run looks again
            _logger.info("Verification of bills %s met another transaction", self.ids)
        except Exception as error:
            if len(self) > 1:
                _logger.error("Some of %s supplier bills cannot be verified: one by one", len(self))
                for bill in self:
                    bill._verify_apart()
                return
            _logger.exception("Supplier bill %s could not be verified", self.id)
            self._set_state(Event.VERIFY_STOP)
            self._log("note", text=str(error))
            team = self.company_id.openpce_dispatcher_team_id
            if team:
                self._give("revise", self.env["res.users"], team)
