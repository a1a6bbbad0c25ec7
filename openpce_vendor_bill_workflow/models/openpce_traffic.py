from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OpenpceTrafficType(models.Model):
    """Kind of traffic: sea, air… or any other first routing key of the company (R9)."""

    _name = "openpce.traffic.type"
    _inherit = ["openpce.code.mixin"]
    _description = "Traffic type"
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of

    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: all companies use this type."
    )
    traffic_ids = fields.One2many("openpce.traffic", "type_id", "Traffics")

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "There is already a traffic type with this code. Use another code, or change the type that "
        "has it (it may be archived).",
    )

    @api.constrains("company_id")
    def _check_company_of_traffics(self):
        self.with_context(active_test=False).traffic_ids._check_company_of_type()


class OpenpceTraffic(models.Model):
    """A traffic within its type; naming it says the type too (R9, A3)."""

    _name = "openpce.traffic"
    _inherit = ["openpce.code.mixin"]
    _description = "Traffic"
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of

    type_id = fields.Many2one(
        "openpce.traffic.type",
        "Traffic type",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        help="Empty: all companies use this traffic.",
    )

    _code_unique = models.UniqueIndex(
        "(code, type_id, COALESCE(company_id, 0))",
        "The type already has a traffic with this code. Use another code, or change the traffic "
        "that has it (it may be archived).",
    )

    @api.depends("type_id")
    def _compute_company_id(self):
        for traffic in self:
            traffic.company_id = traffic.company_id or traffic.type_id.company_id

    @api.constrains("company_id", "type_id")
    def _check_company_of_type(self):
        for traffic in self:
            if traffic.type_id.company_id and not traffic.company_id:
                raise ValidationError(
                    self.env._(
                        "Traffic “%(traffic)s” cannot be of all companies, because its type "
                        "“%(type)s” is of %(company)s alone. Choose that company, or empty the "
                        "company of the type.",
                        traffic=traffic.display_name,
                        type=traffic.type_id.display_name,
                        company=traffic.type_id.company_id.display_name,
                    )
                )
