"""Adapter: a company's settings → its line to DIAN. The only place that knows both."""

from odoo import models

from ..dian.codes import Environment
from ..dian.soap.client import DianClient
from ..dian.soap.endpoints import ENDPOINTS
from ..tools.notes import SettingError, note


class ResCompany(models.Model):
    _inherit = "res.company"

    def _l10n_co_openpce_client(self, environment=None):
        """A new client of DIAN's service, or of the stand-in; use it with ``with``, in one thread.

        :param environment: of the document that is spoken of; by default the company's.
        :raises DianConfigurationError: no certificate, no address.
        """
        self.ensure_one()
        return DianClient(
            self._l10n_co_openpce_service_url(environment), self._l10n_co_openpce_signer()
        )

    def _l10n_co_openpce_service_url(self, environment=None):
        """Address of the service for an environment, by default the company's."""
        company = self.sudo()
        environment = environment or company.l10n_co_openpce_environment
        if environment == "production":
            return ENDPOINTS[Environment.PRODUCTION]
        if environment == "test":
            return ENDPOINTS[Environment.TEST]
        if not company.l10n_co_openpce_sandbox_url:
            raise SettingError(note("no_stand_in", company=self.name))
        return company.l10n_co_openpce_sandbox_url

    def _l10n_co_openpce_signer(self):
        """Signer of the company's certificate, for documents and messages alike."""
        certificate = self.sudo().l10n_co_openpce_certificate_id
        if not certificate:
            raise SettingError(note("no_certificate", company=self.name))
        return certificate._get_signer()
