from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_repr

from ..bill_flow.errors import AllocationError
from ..bill_flow.grouping import LineFacts, group, groups

_KEPT = (
    "name", "quantity", "price_unit", "discount", "sequence", "analytic_distribution",
    "openpce_document", "openpce_direction", "openpce_grouped",
)  # fmt: skip
_KEPT_RELATIONS = (
    "product_id", "product_uom_id", "account_id", "openpce_owner_id", "openpce_file_id",
    "openpce_division_id", "openpce_traffic_id",
)  # fmt: skip
_KEPT_IF_ALIKE = (
    "openpce_direction", "openpce_file_id", "openpce_division_id", "openpce_traffic_id",
)  # fmt: skip


class AccountMoveLine(models.Model):
    """Joining lines of a bill, and undoing it (R115-R117, A33)."""

    _inherit = "account.move.line"

    def _openpce_group(self, mix_documents=False):
        """Join lines of one bill into one; their forecasts go with it.

        :param mix_documents: lines of different transport documents may be joined.
        :return: the line they became.
        :raises UserError: what keeps them apart, with the lines at fault.
        """
        if not self:
            raise UserError(self._openpce_get_group_refusal(AllocationError("too_few")))
        lines = self._openpce_check_groupable()
        try:
            joined = group(lines._openpce_get_facts(), mix_documents=mix_documents)
        except AllocationError as error:
            raise UserError(self._openpce_get_group_refusal(error)) from error
        move, old = self.move_id, self.move_id.invoice_line_ids
        vals = lines._openpce_prepare_joined_vals(joined)
        links = lines._openpce_collect_links()
        commands = [fields.Command.unlink(line.id) for line in lines]
        kept = lines._openpce_keep()
        move.write({"invoice_line_ids": [*commands, fields.Command.create(vals)]})
        made = move.invoice_line_ids - old
        # sudo: what was joined is the engine's record, no field to type
        made.sudo().openpce_grouped = kept
        made._openpce_link([{**link, "line_id": made.id} for link in links])
        move.openpce_bill_id._log("grouped", lines=lines.ids, line=made.id)
        return made

    def _openpce_find_groups(self, mix_documents=False):
        """Groups of two or more lines that can be joined, as sets of lines."""
        facts = self.filtered(lambda x: x.display_type == "product")._openpce_get_facts()
        return [self.browse(one.lines) for one in groups(facts, mix_documents=mix_documents)]

    def _openpce_ungroup(self):
        """Give back the lines that were joined in these, with their forecasts (A33)."""
        self._openpce_check_groupable()
        for line in self:
            move, old = line.move_id, line.move_id.invoice_line_ids
            rows = line.openpce_grouped or []
            if not rows:
                raise UserError(
                    self.env._(
                        "Line “%s” was not joined from others, so there is nothing to undo. "
                        "Choose a line that was grouped.",
                        line.name or line.id,
                    )
                )
            creates = [fields.Command.create(line._openpce_prepare_kept_vals(row)) for row in rows]
            move.write({"invoice_line_ids": [fields.Command.unlink(line.id), *creates]})
            made = (move.invoice_line_ids - old).sorted("id")
            for one, row in zip(made, rows, strict=True):
                # sudo: as above
                one.sudo().openpce_grouped = row["openpce_grouped"]
            made._openpce_link(
                [
                    {**link, "line_id": one.id}
                    for one, row in zip(made, rows, strict=True)
                    for link in row["links"]
                ]
            )
            move.openpce_bill_id._log("ungrouped", line=line.id, lines=made.ids)

    # ------------------------------------------------------------------ facts

    def _openpce_check_groupable(self):
        """The lines in their order, once the bill may be changed by the user."""
        move = self.move_id
        move.ensure_one()
        bill = move.openpce_bill_id
        if bill:
            bill._lock()
            bill._check_editable()
        return self.sorted(lambda line: (line.sequence, line.id))

    def _openpce_get_facts(self):
        """Lines as the engine compares them."""
        return [line._openpce_get_line_facts() for line in self]

    def _openpce_get_line_facts(self):
        self.ensure_one()
        taxes = self.tax_ids.flatten_taxes_hierarchy()
        withheld = taxes.filtered(lambda tax: tax.amount < 0)
        digits = self.currency_id.decimal_places
        analytic = {
            (",".join(sorted(key.split(","))), Decimal(float_repr(share, 6)))
            for key, share in (self.analytic_distribution or {}).items()
        }
        return LineFacts(
            id=self.id,
            amount=Decimal(float_repr(self.price_subtotal, digits)),
            taxes=frozenset((taxes - withheld).ids),
            withholdings=frozenset(withheld.ids),
            concept=self.product_id.id or None,
            account=self.account_id.id or None,
            analytic=frozenset(analytic),
            currency=self.currency_id.id,
            owner=self.openpce_owner_id.id or None,
            document=self.openpce_document_key or "",
            order=self._openpce_get_order(),
            # sudo: links are read with their line
            forecasts=tuple(self.sudo().openpce_absorption_ids.ids),
        )

    def _openpce_collect_links(self):
        """What the lines absorb, one for each forecast, as values of new links."""
        found = {}
        # sudo: links go with their lines, whoever joins them
        for link in self.sudo().openpce_absorption_ids:
            row = found.setdefault(
                link.forecast_id.id,
                {"forecast_id": link.forecast_id.id, "amount": 0.0, "final": False, "reason": ""},
            )
            row["amount"] += link.amount
            row["final"] = row["final"] or link.final
            told = [row["reason"], link.reason]
            row["reason"] = "; ".join(dict.fromkeys(filter(None, told)))
        return list(found.values())

    def _openpce_link(self, vals_list):
        """Make links to forecasts, for who may change the lines."""
        # sudo: links are made with their lines, never typed
        return self.env["openpce.forecast.absorption"].sudo().create(vals_list)

    # ------------------------------------------------------------------ values

    def _openpce_prepare_joined_vals(self, joined):
        """Values of the line that these lines become."""
        first, units = self[:1], self._openpce_get_units()
        names = set(self.mapped("name"))
        vals = {
            "name": first.name if len(names) == 1 else first.product_id.display_name or first.name,
            "product_id": first.product_id.id,
            "account_id": first.account_id.id,
            "quantity": 1.0,
            "price_unit": first._openpce_get_price(float(joined.amount)),
            "discount": 0.0,
            "tax_ids": [fields.Command.set(first.tax_ids.ids)],
            "analytic_distribution": first.analytic_distribution,
            "sequence": first.sequence,
            "openpce_owner_id": first.openpce_owner_id.id,
            "openpce_document": ", ".join(
                dict.fromkeys(name for name in self.mapped("openpce_document") if name)
            ),
        }
        for name in _KEPT_IF_ALIKE:
            values = {line[name] for line in self}
            value = values.pop() if len(values) == 1 else False
            vals[name] = value.id if isinstance(value, models.BaseModel) else value
        return {**vals, **self._openpce_prepare_tied_vals(units, vals["price_unit"])}

    def _openpce_keep(self):
        """The lines as plain data, to be made again."""
        rows = []
        for line in self:
            links = line._openpce_collect_links()
            rows.append(
                {
                    **{name: line[name] for name in _KEPT},
                    **{name: line[name].id for name in _KEPT_RELATIONS},
                    "tax_ids": line.tax_ids.ids,
                    "links": links,
                    "ties": line._openpce_get_ties(),
                }
            )
        return rows

    def _openpce_prepare_kept_vals(self, row):
        """Values of a line that was joined, from what was kept of it."""
        vals = {name: row[name] for name in (*_KEPT, *_KEPT_RELATIONS) if name != "openpce_grouped"}
        ties = self._openpce_filter_ties(row.get("ties"))
        return {**vals, **ties, "tax_ids": [fields.Command.set(row["tax_ids"])]}

    def _openpce_get_group_refusal(self, error):
        """What keeps lines apart, as a sentence that names them."""
        texts = {
            "too_few": self.env._("Choose at least two lines to be joined."),
            "tax_missing": self.env._(
                "These lines have no tax, and joined lines need one (a tax of 0 %% is one): "
                "%(lines)s. Choose their tax first."
            ),
            "withholdings_differ": self.env._(
                "These lines have other withholdings than “%(first)s”, so they are not joined: "
                "%(lines)s. Leave them out, or give them the same withholdings."
            ),
            "taxes_differ": self.env._(
                "These lines have other taxes than “%(first)s”: %(lines)s. Leave them out."
            ),
            "concept_differ": self.env._(
                "These lines have another concept than “%(first)s”: %(lines)s. Leave them out, or "
                "give them the same concept."
            ),
            "account_differ": self.env._(
                "These lines have another account than “%(first)s”: %(lines)s. Leave them out."
            ),
            "analytic_differ": self.env._(
                "These lines have another analytic distribution than “%(first)s”: %(lines)s. "
                "Leave them out, or give them the same distribution."
            ),
            "owner_differ": self.env._(
                "These lines are to be confirmed by somebody else than “%(first)s”: %(lines)s. "
                "Leave them out, or give them the same owner."
            ),
            "order_differ": self.env._(
                "These lines bill another line of a purchase order than “%(first)s”, or none: "
                "%(lines)s. Leave them out, so that what was ordered is billed line by line."
            ),
            "document_differ": self.env._(
                "These lines have another transport document than “%(first)s”: %(lines)s. Leave "
                "them out, or tick “Join different transport documents”."
            ),
            "currency_differ": self.env._(
                "These lines have another currency than “%(first)s”: %(lines)s. Leave them out."
            ),
        }
        at_fault = self.browse(error.facts.get("lines", ()))
        names = at_fault._openpce_get_names()
        first = self.sorted(lambda line: (line.sequence, line.id))[:1]
        return texts[error.code] % {"lines": names, "first": first.name or first.id}
