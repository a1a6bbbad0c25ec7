from odoo import api, models
from odoo.fields import Domain

_MODULE = "openpce_vendor_bill_workflow"


class OpenpceBill(models.Model):
    """The landing page: what waits for the user, counted (R133)."""

    _inherit = "openpce.bill"

    @api.model
    def get_home(self):
        """Cards of the landing page: title, counts, and the list that each opens.

        :return: list of dictionaries; a card of supervisors alone is left out for others.
        """
        return [self._get_card(*row) for row in self._get_home_rows()]

    def _get_card(self, key, title, icon, domain, screen, filters):
        """One card with its numbers; ``late`` counts those whose time is up."""
        count = self.search_count(domain)
        return {
            "key": key,
            "title": title,
            "icon": icon,
            "count": count,
            "late": self.search_count(domain & self._get_late_domain()) if count else 0,
            "action": f"{_MODULE}.bill_action_{screen}",
            "filters": filters,
        }

    def _get_home_rows(self):
        """(key, title, icon, domain, screen, filters) of the user's cards."""
        user = self.env.user
        mine = Domain("holder_ids", "in", user.ids)
        treating = Domain("state", "in", ("in_treatment", "in_distribution")) & mine

        def task(**values):
            own = Domain.AND(Domain(name, "=", value) for name, value in values.items())
            return Domain("task_ids", "any", Domain("state", "=", "open") & own)

        rows = [
            ("revise", self.env._("To revise"), "fa-eraser",
             Domain("state", "=", "to_revise") & mine, "revision", ["with_me"]),
            *(
                (f"box_{key}", title, icon, treating & Domain("mailbox", "=", box), "treatment",
                 ["with_me", f"box_{key}"])
                for key, box, title, icon in (
                    ("current", "current_week", self.env._("To treat: current week"), "fa-inbox"),
                    ("last", "last_week", self.env._("To treat: last week"), "fa-inbox"),
                    ("earlier", "earlier", self.env._("To treat: earlier"), "fa-archive"),
                    ("held", "held", self.env._("Held"), "fa-pause-circle-o"),
                )
            ),
            ("lines", self.env._("Lines to confirm"), "fa-list-ul",
             task(stage="line", user_id=user.id), "treatment", ["mine", "lines_pending"]),
            ("approve", self.env._("To approve"), "fa-check-square-o",
             Domain("state", "=", "in_approval") & task(stage="approve", user_id=user.id),
             "approval", ["mine"]),
        ]  # fmt: skip
        if user.has_group(f"{_MODULE}.group_openpce_supervisor"):
            open_states = ("to_revise", "in_treatment", "in_distribution", "in_approval")
            rows += [
                ("no_rule", self.env._("Everybody's: no criteria fit"), "fa-random",
                 Domain("hold_reason", "=", "no_rule"), "treatment", ["no_rule"]),
                ("late", self.env._("Everybody's: late"), "fa-clock-o",
                 Domain("state", "in", open_states) & self._get_late_domain(), "status",
                 ["late", "open"]),
            ]  # fmt: skip
        return rows
