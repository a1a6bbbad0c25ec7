from . import controllers
from . import tools
from . import models
from . import wizards


def _post_init(env):
    """Companies that were there before the addon get the safe default of a new one (A23)."""
    companies = env["res.company"].with_context(active_test=False).search([])
    empty = companies.filtered(lambda company: not company.openpce_required_field_ids)
    empty.openpce_required_field_ids = companies._openpce_get_default_required()
