from odoo import models


class OpenpceBillLog(models.Model):
    _inherit = "openpce.bill.log"

    def _get_summary(self):
        """The entry as a sentence in the reader's language, made from its facts."""
        self.ensure_one()
        detail = self.detail or {}
        maker = getattr(self, f"_get_summary_{self.event}", None)
        text = maker(detail) if maker else ""
        reason = detail.get("reason_name")
        told = " – ".join(filter(None, [reason, detail.get("text")]))
        return ": ".join(filter(None, [text, told])) or self._get_label("event", self.event)

    def _get_label(self, name, value):
        """A selection value in words."""
        field = self._fields.get(name) or self.env["openpce.bill"]._fields[name]
        return dict(field._description_selection(self.env)).get(value, value or "")

    def _get_names(self, model, ids):
        """Names of records that the reader may not be allowed to open; a name is no secret here."""
        # sudo: the follow-up tells who had the bill, also to readers without right on that record
        records = self.env[model].sudo().browse(ids).exists()
        return ", ".join(records.mapped("display_name"))

    def _get_holder(self, detail):
        """Person or team that an entry names."""
        if detail.get("user"):
            return self._get_names("res.users", [detail["user"]])
        return self._get_names("openpce.bill.team", [detail["team"]]) if detail.get("team") else ""

    def _get_summary_state(self, detail):
        return self.env._(
            "%(before)s → %(after)s",
            before=self.env["openpce.bill.log"]._get_label("state", detail.get("from")),
            after=self._get_label("state", detail.get("to")),
        )

    def _get_summary_assigned(self, detail):
        return self.env._("Assigned to %s", self._get_holder(detail))

    def _get_summary_claimed(self, detail):
        return self.env._("Claimed by %s", self._get_holder(detail))

    def _get_summary_forwarded(self, detail):
        return self.env._("Forwarded to %s", self._get_holder(detail))

    def _get_summary_replaced(self, detail):
        return self.env._(
            "%(person)s is replaced by %(by)s",
            person=self._get_names("res.users", [detail.get("person")]),
            by=self._get_names("res.users", [detail.get("user")]),
        )

    def _get_summary_late(self, detail):
        return self.env._("%s is late", self._get_names("res.users", [detail.get("person")]))

    def _get_summary_held(self, detail):
        return self.env._("Held: %s", self._get_label("hold_reason", detail.get("hold_reason")))

    def _get_summary_stopped(self, detail):
        told = []
        if detail.get("missing"):
            told.append(
                self.env._("missing: %s", ", ".join(self._get_field_names(detail["missing"])))
            )
        if detail.get("duplicates"):
            moves = self.env["account.move"].browse(detail["duplicates"])
            told.append(self.env._("repeats %s", moves._openpce_get_shown_names()))
        return self.env._("Stopped in revision (%s)", "; ".join(told))

    def _get_summary_edited(self, detail):
        names = self._get_field_names(detail.get("after") or {})
        return self.env._("Changed: %s", ", ".join(names))

    def _get_summary_approved(self, detail):
        if detail.get("level"):
            return self.env._("Approved on level %s", detail["level"])
        return self.env._("Approved: no criteria ask for an approval")

    def _get_summary_rejected(self, detail):
        return self.env._("Rejected on level %s", detail.get("level"))

    def _get_summary_approval_opened(self, detail):
        persons = [p for level in detail.get("levels") or [] for p in level["persons"]]
        return self.env._("Approval asked of %s", self._get_names("res.users", persons))

    def _get_summary_sampled(self, detail):
        if detail.get("drawn"):
            return self.env._("Drawn for random control (rate %s)", detail.get("rate"))
        return self.env._("Not drawn for random control (rate %s)", detail.get("rate"))

    def _get_summary_returned(self, detail):
        return self.env._("Returned to the supplier by mail to %s", detail.get("email") or "–")

    def _get_summary_matched(self, detail):
        rules = {
            "distribution": self.env._("Distribution"),
            "treatment": self.env._("Automatic treatment"),
            "approval": self.env._("Approval"),
        }
        table = rules.get(detail.get("table"), "")
        if not detail.get("winner"):
            return self.env._("%s: no criteria fit", table)
        return self.env._("%(table)s: criteria %(rule)s", table=table, rule=detail.get("name"))

    def _get_field_names(self, names):
        """Field names of a bill in words."""
        words = {
            "lines": self.env._("lines"),
            "supplier": self.env._("supplier"),
            "bank": self.env._("bank account"),
            "untaxed": self.env._("untaxed amount"),
            "tax": self.env._("taxes"),
            "total": self.env._("total"),
            "currency": self.env._("currency"),
            "document": self.env._("the document itself"),
        }
        fields = {**self.env["openpce.bill"]._fields, **self.env["account.move"]._fields}
        return [
            words.get(name)
            or (fields[name]._description_string(self.env) if name in fields else name)
            for name in names
        ]
