from odoo import api, models

_CHANNEL = "openpce_bill_desk"
_REVIEWER = "openpce_vendor_bill_workflow.group_openpce_reviewer"
#: Most bills named in one message; a mailbox that is open is read again anyway.
_MOST_TOLD = 200


class OpenpceBill(models.Model):
    """Desks that are open hear at once what changed, and who else is at the same bill."""

    _inherit = "openpce.bill"

    def _tell_desks(self):
        """Tell the open desks that these bills changed, once for the transaction."""
        callbacks = self.env.cr.precommit
        told = callbacks.data.setdefault(_CHANNEL, {})
        if not told:
            callbacks.add(self.browse()._send_to_desks)
        # sudo: who changes an entry need not see its bill; only ids are told
        for bill in self.sudo():
            told[bill.id] = bill.company_id.id

    def _send_to_desks(self):
        """One message for each company; only who has the workflow there hears it."""
        told = self.env.cr.precommit.data.pop(_CHANNEL, {})
        companies = self.env["res.company"].browse(set(told.values()))
        for company in companies:
            ids = [bill for bill, of in told.items() if of == company.id]
            self._send_to_desk(company, "changed", ids=ids[:_MOST_TOLD])

    @api.model
    def _send_to_desk(self, company, kind, **facts):
        user = self.env.user
        name = self.env._("The system") if user._is_superuser() else user.name
        self.env["bus.bus"]._sendone(
            (company, _CHANNEL), f"{_CHANNEL}/{kind}", {"user_id": user.id, "name": name, **facts}
        )


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        # EXTENDS 'bus': a desk hears of the companies that its user works in, and of no other
        asked = {
            channel
            for channel in channels
            if isinstance(channel, str) and channel.startswith(f"{_CHANNEL}_")
        }
        channels = [channel for channel in channels if channel not in asked]
        user = self.env.user
        if asked and user.has_group(_REVIEWER):
            channels += [
                (company, _CHANNEL)
                for company in user.company_ids
                if f"{_CHANNEL}_{company.id}" in asked
            ]
        return super()._build_bus_channel_list(channels)

    def _serve_ir_websocket(self, event_name, data):
        # EXTENDS 'bus': somebody opened or left a bill on the desk
        super()._serve_ir_websocket(event_name, data)
        is_ours = event_name == f"{_CHANNEL}_open" and isinstance(data, dict)
        if not is_ours or not self.env.user.has_group(_REVIEWER):
            return
        bills = self.env["openpce.bill"]
        named = (data.get(key) for key in ("bill_id", "left"))
        opened, left = (
            # true and false are numbers too, but no ids
            bills.browse(id_ if type(id_) is int else False).exists()._filtered_access("read")
            for id_ in named
        )
        for company in (opened | left).company_id:
            bills._send_to_desk(
                company,
                "opened",
                bill_id=opened.id if opened.company_id == company else False,
                left=left.id if left.company_id == company else False,
                answer=bool(data.get("answer")),
            )
