"""Every method that can be called from outside, called by people who may not: found by walking."""

import inspect

from odoo.exceptions import AccessError
from odoo.models import BaseModel
from odoo.service.model import call_kw, get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_access import AccessCommon
from .dian_fake import fake_dian

ADDON = "odoo.addons.l10n_co_openpce_edi."
#: Public methods that this addon brings: whoever adds one says here that it was meant to be public.
OWN_METHODS = {
    "account.move": {
        "action_l10n_co_openpce_ask",
        "action_l10n_co_openpce_download",
        "action_l10n_co_openpce_queue",
        "action_l10n_co_openpce_send",
        "l10n_co_openpce_is_drawn",
    },
    "l10n_co_openpce.document": {"action_download", "action_open_move"},
    "l10n_co_openpce.numbering.range": {"action_import_from_dian"},
    "res.config.settings": {
        "action_l10n_co_openpce_import_ranges",
        "action_l10n_co_openpce_open_partner",
    },
}
#: Methods that hand out what is secret; calling them from outside has to fail.
SECRET_METHODS = {
    "res.company": (
        "_l10n_co_openpce_software_pin",
        "_l10n_co_openpce_client",
        "_l10n_co_openpce_signer",
    ),
    "l10n_co_openpce.certificate": ("_get_signer", "_prepare_certificate_vals"),
    "l10n_co_openpce.document": (
        "_set_state",
        "_create_for",
        "_process",
        "_get_header",
        "_sign",
        "_apply",
        "_withdraw",
        "_hurry",
        "_deliver",
        "_get_container",
    ),
}
_REFUSALS = "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model", "odoo.models"


def public_methods(env):
    """(model name, method name) of whatever this addon defines or extends and RPC can reach."""
    for model_name in sorted(env.registry):
        cls = env.registry[model_name]
        names = {
            name
            for klass in cls.mro()
            if klass.__module__.startswith(ADDON)
            for name, value in vars(klass).items()
            if inspect.isfunction(value) or isinstance(value, (classmethod, staticmethod))
        }
        for name in sorted(names):
            try:
                get_public_method(env[model_name], name)
            except (AccessError, AttributeError):
                continue
            yield model_name, name


@tagged("post_install_l10n", "post_install", "-at_install")
class TestAccessRpc(AccessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        wizard = cls.env["account.move.send.wizard"].with_user(cls.accountant)
        batch = cls.env["account.move.send.batch.wizard"].with_user(cls.accountant)
        active = {"active_model": "account.move", "active_ids": cls.waiting.ids}
        cls.records = {
            "account.move": cls.move + cls.waiting,
            "account.move.line": cls.move.line_ids,
            "account.move.send.wizard": wizard.with_context(**active).create(
                {"move_id": cls.waiting.id}
            ),
            "account.move.send.batch.wizard": batch.with_context(**active).create({}),
            "l10n_co_openpce.certificate": cls.certificate,
            "l10n_co_openpce.document": cls.document + cls.waiting.l10n_co_openpce_document_id,
            "l10n_co_openpce.numbering.range": cls.range,
            "res.company": cls.company,
            "res.config.settings": cls.env["res.config.settings"].with_user(cls.system).create({}),
            "res.partner": cls.company.partner_id,
        }

    def _arguments(self, model_name, name, method):
        """Arguments a hostile caller would send; unknown required parameters get an empty dict."""
        record = self.records.get(model_name)
        hostile = {
            "account.move": {"name": "SETP990000555", "l10n_co_openpce_state": "rejected"},
            "account.move.line": {"price_unit": 1.0},
            "l10n_co_openpce.document": {"message": "x", "delivery_state": "to_deliver"},
            "l10n_co_openpce.numbering.range": {"technical_key": "x"},
            "l10n_co_openpce.certificate": {"active": False},
        }.get(model_name, {})
        if name == "write":
            return [hostile]
        if name == "create":
            return [[record.sudo().copy_data()[0]]] if record and name != "copy" else [[{}]]
        if name == "format_vat_co":
            return ["900508908"]
        parameters = list(inspect.signature(method).parameters.values())[1:]
        return [
            {}
            for parameter in parameters
            if parameter.default is parameter.empty
            and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        ]

    def _call(self, user, model_name, name):
        """Call as the server does for a request: ids first, unless the method needs none."""
        model = self.env[model_name].with_user(user)
        method = get_public_method(model, name)
        record = self.records.get(model_name)
        arguments = self._arguments(model_name, name, method)
        if not getattr(method, "_api_model", False):
            arguments.insert(0, record.ids if record else [])
        context = {"file": "container", "force_delete": True, "dynamic_unlink": True}
        return call_kw(model, name, arguments, {"context": context})

    def test_public_methods_of_this_addon_are_those_that_were_meant_to_be(self):
        found = {}
        for model_name, name in public_methods(self.env):
            bases = [
                klass
                for klass in self.env.registry[model_name].mro()
                if not klass.__module__.startswith(ADDON) and klass.__module__ != "odoo.api"
            ]
            if not any(name in vars(klass) for klass in bases if klass is not object):
                found.setdefault(model_name, set()).add(name)
        self.assertEqual(found, OWN_METHODS, "a new public method is declared, or gets a _")

    @mute_logger(*_REFUSALS)
    def test_methods_that_hand_out_secrets_are_closed_to_rpc(self):
        for model_name, names in SECRET_METHODS.items():
            for name in names:
                with self.subTest(model=model_name, method=name):
                    model = self.env[model_name].with_user(self.accountant)
                    self.assertTrue(callable(getattr(model, name, None)), "the method is there")
                    with self.assertRaises(AccessError, msg="it is not callable from outside"):
                        call_kw(model, name, [self.records[model_name].ids], {})

    @mute_logger(*_REFUSALS)
    def test_no_public_method_lets_an_outsider_change_or_learn_anything(self):
        called = 0
        before = self.snapshot()
        with fake_dian(self.env) as dian:
            for model_name, name in public_methods(self.env):
                for user in self.outsiders:
                    with self.subTest(model=model_name, method=name, user=user.sudo().login):
                        called += self._try(user, model_name, name, before)
        self.assertFalse(dian.calls, "no outsider makes the server speak to DIAN")
        self.assertGreater(called, 50)

    def _try(self, user, model_name, name, before):
        with self.undone():
            try:
                result = self._call(user, model_name, name)
                if isinstance(result, BaseModel):
                    result = result.read()
            except TypeError as error:
                self.fail(f"{model_name}.{name} was not called as it is: {error}")
            except Exception as error:
                result = str(error)
            self.assert_reveals_nothing(result, f"{model_name}.{name}")
            self.assertNotIn(self.document.cufe, repr(result), f"{model_name}.{name}")
            after = self.snapshot()
            for key in before.keys() | after.keys():
                self.assertEqual(
                    after.get(key), before.get(key), f"{model_name}.{name} changed {key}"
                )
        return 1
