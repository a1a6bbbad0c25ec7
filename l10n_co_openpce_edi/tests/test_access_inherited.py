"""What Odoo's own methods let outsiders do with the models of this addon: found by walking."""

import inspect

from odoo.exceptions import AccessError, MissingError
from odoo.models import BaseModel
from odoo.service.model import call_kw, get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_access import AccessCommon
from .dian_fake import fake_dian

_LOGGERS = (
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
    "odoo.models",
    "odoo.orm.models",
    "odoo.sql_db",
)
#: What a caller sends for a parameter of this name; for any other one an empty list.
_BY_NAME = {
    "domain": [],
    "values": {"active": False},
    "vals": {"active": False},
    "vals_list": [{}],
    "specification": {"display_name": {}},
    "fields": ["display_name"],
    "field_names": ["display_name"],
    "fields_to_export": ["display_name"],
    "fnames": ["display_name"],
    "aggregates": ["__count"],
    "groupby": ["id"],
    "data": [["x"]],
    "name": "x",
    "field_name": "display_name",
    "fname": "display_name",
    "field": "display_name",
    "key": "display_name",
    "act_type_xmlid": "mail.mail_activity_data_todo",
    "act_type_xmlids": ["mail.mail_activity_data_todo"],
    "feedback": "x",
    "body": "x",
    "views": [(False, "list")],
    "view_type": "list",
    "view_id": False,
    "value": "x",
    "operator": "=",
    "user_id": 1,
    "new_user_id": 1,
    "translations": {"es_ES": "x"},
    "offset": 0,
    "limit": 10,
    "env": None,
    "func": "id",
    "order": "id",
    "date": "2026-01-01",
    "model": "res.partner",
}
#: Whoever writes, deletes or reads records by these has to be refused in so many words.
_REFUSED = {
    "copy",
    "create",
    "read",
    "unlink",
    "web_read",
    "web_save",
    "write",
}


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccessInherited(AccessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = {
            "l10n_co_openpce.certificate": cls.certificate,
            "l10n_co_openpce.document": cls.document + cls.waiting.l10n_co_openpce_document_id,
            "l10n_co_openpce.numbering.range": cls.range,
        }
        #: Code lists that DIAN publishes: no secret, and nobody's but the administrator's to write.
        cls.lists = {
            name: cls.env[name].search([], limit=2)
            for name in sorted(cls.env.registry)
            if name.startswith("l10n_co_openpce.")
            and name not in cls.own
            and not cls.env[name]._abstract
        }

    def _methods(self, model_name):
        """Names of whatever call_kw reaches on a model, inherited methods included."""
        model = self.env[model_name]
        for name in dir(type(model)):
            try:
                method = get_public_method(model, name)
            except (AccessError, AttributeError):
                continue
            if inspect.isroutine(method):
                yield name, method

    def _call(self, user, records, name, method):
        model = records.browse().with_user(user)
        parameters = list(inspect.signature(method).parameters.values())
        arguments = [
            _BY_NAME.get(parameter.name, [])
            for parameter in parameters[0 if inspect.ismethod(method) else 1 :]
            if parameter.default is parameter.empty
            and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        ]
        if not getattr(method, "_api_model", False):
            arguments.insert(0, records.ids)
        return call_kw(model, name, arguments, {"context": {"lang": "en_US"}})

    def _read(self, result):
        """What the caller would learn: records it got are read as itself."""
        if isinstance(result, BaseModel) and result.ids:
            return result.read()
        return result

    def _try(self, user, records, name, method):
        """Refused, failed or done; what was done stays for the comparison that follows."""
        savepoint = self.env.cr.savepoint(flush=True)
        try:
            result = repr(self._read(self._call(user, records, name, method)))
            self.env.flush_all()
        except (AccessError, MissingError) as error:
            savepoint.close(rollback=True)
            return "refused", str(error)
        except Exception as error:
            # An argument it does not know: no refusal, but nothing was handed out either
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
            return "failed", str(error)
        savepoint.close(rollback=False)
        return "done", result

    def _secrets(self, records):
        if records._name == "l10n_co_openpce.document":
            return [text for text in (*records.mapped("cufe"), *records.mapped("number")) if text]
        if records._name == "l10n_co_openpce.certificate":
            return [records.fingerprint, records.holder]
        return [records.display_name]

    @mute_logger(*_LOGGERS)
    def test_no_inherited_method_lets_outsiders_read_or_change_our_records(self):
        before = self.snapshot()
        tally = {"refused": 0, "failed": 0, "done": 0}
        with fake_dian(self.env) as dian:
            for model_name, records in self.own.items():
                secrets = self._secrets(records.sudo())
                for user in (self.customer, self.portal, self.stranger, self.plain, self.public):
                    with self.subTest(model=model_name, user=user.sudo().login), self.undone():
                        for name, method in self._methods(model_name):
                            outcome, text = self._try(user, records, name, method)
                            tally[outcome] += 1
                            self.assert_reveals_nothing(text, name)
                            # an error may name the record that is refused, never its content
                            if outcome == "done":
                                for secret in secrets:
                                    self.assertNotIn(secret, text, f"{name} tells of a record")
                            if name in _REFUSED:
                                self.assertNotEqual(outcome, "done", f"{name} is refused")
                        self.assertEqual(self.snapshot(), before, "something was changed")
        self.assertFalse(dian.calls, "no outsider makes the server speak to DIAN")
        self.assertGreater(tally["refused"], 300, tally)
        self.assertLess(tally["failed"], tally["refused"], tally)

    @mute_logger(*_LOGGERS)
    def test_code_lists_are_changed_by_nobody_but_administrators(self):
        self.assertGreaterEqual(len(self.lists), 3)
        for model_name, records in self.lists.items():
            rows = [row.copy() for row in records.sudo().read()]
            count = records.search_count([])
            for user in (*self.outsiders, self.accountant, self.manager, self.auditor):
                with self.subTest(model=model_name, user=user.sudo().login), self.undone():
                    for name, method in self._methods(model_name):
                        outcome, _text = self._try(user, records, name, method)
                        if name in _REFUSED - {"read", "web_read"}:
                            self.assertNotEqual(outcome, "done", f"{name} is refused")
                    self.env.invalidate_all()
                    self.assertEqual(records.sudo().read(), rows)
                    self.assertEqual(records.sudo().search_count([]), count)
