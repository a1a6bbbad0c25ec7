"""Where the service lives, by environment (service descriptions of vpfe and vpfe-hab)."""

from __future__ import annotations

from ..codes import Environment

ENDPOINTS: dict[Environment, str] = {
    Environment.TEST: "https://vpfe-hab.dian.gov.co/WcfDianCustomerServices.svc",
    Environment.PRODUCTION: "https://vpfe.dian.gov.co/WcfDianCustomerServices.svc",
}
