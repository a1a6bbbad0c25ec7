import json

from odoo import fields, models


class OpenpceBill(models.Model):
    _inherit = "openpce.bill"

    def _log(self, event, by=None, **detail):
        """Append one entry with these facts to the follow-up of each bill (R132).

        :param by: who did it, when not the current user.
        """
        self._log_each([(bill, event, detail) for bill in self], by)

    def _log_each(self, entries, by=None):
        """Append many entries at once.

        :param entries: (bill, event, facts as plain data).
        """
        now = fields.Datetime.to_string(fields.Datetime.now())
        # sudo: the follow-up is written by the engine alone
        logs = self.env["openpce.bill.log"].sudo()
        heads, vals_list = {}, []
        for bill, event, detail in entries:
            row = bill.sudo()
            number, previous = heads.get(row) or (row.log_number, row.log_hash)
            vals = {
                "bill_id": row.id,
                "number": number + 1,
                "at": now,
                "user_id": (by or self.env.user).id,
                "event": event,
                # as the database gives it back: tuples are lists, keys texts
                "detail": json.loads(json.dumps(detail)),
                "previous_hash": previous,
            }
            vals["hash"] = logs._hash_values(vals)
            vals_list.append({**vals, "company_id": row.company_id.id})
            heads[row] = (vals["number"], vals["hash"])
        logs.create(vals_list)
        for row, (number, digest) in heads.items():
            row.write({"log_number": number, "log_hash": digest})
        self.browse(row.id for row in heads)._tell_desks()

    def _find_log_faults(self):
        """Entries that do not follow from the one before, and bills whose last one is missing.

        :return: list of (bill, number of the entry); empty when the follow-up is whole (R132).
        """
        faults = []
        # sudo: every entry counts in the chain, whoever checks it
        for bill in self.sudo():
            previous, number = False, 0
            for entry in bill.log_ids.sorted("number"):
                number += 1
                whole = entry.number == number and entry.previous_hash == previous
                if not whole or entry.hash != entry._get_hash():
                    faults.append((bill, entry.number))
                previous = entry.hash
            if (bill.log_number, bill.log_hash) != (number, previous):
                faults.append((bill, number + 1))
        return faults
