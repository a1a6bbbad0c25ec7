"""In the browser: the unit tests of the bill desk's components."""

from odoo.tests import HttpCase, no_retry, tagged

SUITE = "@openpce_vendor_bill_workflow"


def _suite_id(name):
    """The id that Odoo's test runner gives to a suite."""
    found = 0
    for char in name:
        found = ((found << 5) - found + ord(char)) & 0xFFFFFFFF
    return f"{found:08x}"


@tagged("post_install", "-at_install")
class TestUnitDesk(HttpCase):
    @no_retry
    def test_the_components_of_the_desk(self):
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={_suite_id(SUITE)}",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )
