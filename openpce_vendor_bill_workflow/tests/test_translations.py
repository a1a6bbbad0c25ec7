"""Every text a person may read has its Spanish, and the files follow the sources.

After changing texts: ``OPENPCE_WRITE_POT=1`` and this test rewrite the template and merge es.po.
"""

import io
import os
from pathlib import Path

import polib
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

MODULE = "openpce_vendor_bill_workflow"
FOLDER = Path(__file__).resolve().parents[1] / "i18n"


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stream = io.BytesIO()
        trans_export(None, [MODULE], stream, "po", cls.env)
        cls.sources = polib.pofile(stream.getvalue().decode())
        if os.environ.get("OPENPCE_WRITE_POT"):
            cls._write()

    @classmethod
    def _write(cls):
        cls.sources.save(str(FOLDER / f"{MODULE}.pot"))
        spanish = polib.pofile(str(FOLDER / "es.po"))
        spanish.merge(cls.sources)
        for entry in spanish.obsolete_entries():
            spanish.remove(entry)
        spanish.save()

    def test_template_follows_the_sources(self):
        template = polib.pofile(str(FOLDER / f"{MODULE}.pot"))
        known, used = ({entry.msgid for entry in terms} for terms in (template, self.sources))
        self.assertFalse(used - known, "Texts missing in the template: see the head of this file")
        self.assertFalse(known - used, "Texts of the template that no source has any more")

    def test_spanish_is_complete(self):
        spanish = polib.pofile(str(FOLDER / "es.po"))
        self.assertFalse(spanish.untranslated_entries(), "Every text has its Spanish")
        self.assertFalse(spanish.fuzzy_entries(), "No translation is a guess")
        missing = {entry.msgid for entry in self.sources} - {entry.msgid for entry in spanish}
        self.assertFalse(missing, "Every text of the sources is in es.po")
