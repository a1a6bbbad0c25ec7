import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.misc import clean_context

from ..connectors import File, mimetype, set_hash
from ..connectors.files import clean_name
from ..tools.steps import one_at_a_time, safe_step
from .openpce_bill_source import Visit

_logger = logging.getLogger(__name__)
#: How bills come in besides being typed; an addon adds its own to this field and to the bill's.
SOURCES = [("upload", "Upload"), ("mail", "Mail"), ("connection", "Connection")]


class OpenpceBillIntake(models.Model):
    """One delivery: a set of files as it came in, kept as it came (R80, R81).

    ::

        received ─capture─▶ captured
           │  ▲    └───fail──▶ unreadable ─retry─▶ received
           │  └──────retry──── duplicate
           └─known─▶ duplicate

    The delivery is committed before anything is done with it, so whatever fails or dies
    afterwards, nothing that came in is lost.
    """

    _name = "openpce.bill.intake"
    _description = "Delivery of a supplier bill"
    _order = "received_at desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    journal_id = fields.Many2one("account.journal", readonly=True, check_company=True)
    source = fields.Selection(SOURCES, required=True, readonly=True)
    connection_id = fields.Many2one(
        "openpce.bill.connection", readonly=True, index="btree_not_null", ondelete="set null"
    )
    source_key = fields.Char(
        readonly=True, index="btree_not_null", help="How the source calls this delivery."
    )
    sender = fields.Char(readonly=True)
    received_at = fields.Datetime("Received", readonly=True, default=fields.Datetime.now)
    repeated_at = fields.Datetime("Last repetition", readonly=True)
    repeat_count = fields.Integer("Repetitions", readonly=True, aggregator=None)
    state = fields.Selection(
        [
            ("received", "Received"),
            ("captured", "Captured"),
            ("unreadable", "Unreadable"),
            ("duplicate", "Repeated"),
        ],
        required=True,
        readonly=True,
        default="received",
        index=True,
    )
    file_hash = fields.Char("SHA-256", readonly=True, index="btree_not_null")
    attachment_ids = fields.Many2many("ir.attachment", string="Attachments", readonly=True)
    error = fields.Text("What is wrong", readonly=True)
    trace = fields.Text("Trace for support", readonly=True, groups="base.group_system")
    attempts = fields.Integer(readonly=True, aggregator=None)
    original_id = fields.Many2one(
        "openpce.bill.intake", "Came first as", readonly=True, index="btree_not_null"
    )
    captured = fields.Json(readonly=True, help="What was captured, as plain data.")
    bill_ids = fields.One2many("openpce.bill", "intake_id", "Bills", readonly=True)
    bill_count = fields.Integer("Bills", compute="_compute_bill_count")

    _hash_index = models.Index("(company_id, file_hash) WHERE file_hash IS NOT NULL")

    @api.depends("bill_ids")
    def _compute_bill_count(self):
        for intake in self:
            # sudo: how many bills a delivery became is part of the delivery
            intake.bill_count = len(intake.sudo().bill_ids)

    # ------------------------------------------------------------------ the door

    @api.model
    def _receive(self, files, source, company, connection=None, key=None, **values):
        """Keep a set of files and make bills of it; the one door for every source (R81).

        Commits: the set first, then the bills. The same set again makes no bill; the delivery
        that brings it is kept and says where the first one is.

        :param files: ``File`` records or pairs of name and bytes.
        :param source: how it came, one of the field's values.
        :param company: whose bills they are.
        :param connection: the ``openpce.bill.connection`` it came by, if any.
        :param key: how the source calls the delivery; the same key is the same delivery.
        :param values: ``name``, ``sender``, ``journal_id`` if known.
        :return: the delivery, captured, unreadable or a duplicate.
        """
        files = [each if isinstance(each, File) else File(*each) for each in files]
        intakes = self._as_system(company)
        digest = set_hash(intakes._unpack(files, connection)[0] or files)
        alone = one_at_a_time(self.env, self._name, company.id, digest, wait=True)
        with alone, safe_step(self.env):
            intake = intakes._store(files, digest, source, company, connection, key, values)
        if intake.state == "received":
            intake._capture()
        return intake

    @api.model
    def _as_system(self, company):
        """The model as the system of a company works with it."""
        # deliveries, bills and their files are made by the system, not by whoever brings them:
        # that person neither follows the bills nor counts as the one who treated them
        return self.with_user(SUPERUSER_ID).with_context(
            clean_context(self.env.context),
            allowed_company_ids=company.ids,
            lang=company.partner_id.lang or self.env.lang,
        )

    def _store(self, files, digest, source, company, connection, key, values):
        """The record of a set of files: a new one, or the one of the same delivery."""
        again = self._find_delivery(connection, key)
        if again.file_hash == digest:
            again._note_repetition()
            return again
        original = self._find_original(company, digest)
        vals = {
            "name": ", ".join(file.name for file in files)[:200],
            "company_id": company.id,
            "source": source,
            "connection_id": connection.id if connection else False,
            "source_key": key,
            "file_hash": digest,
            "original_id": original.id,
            "state": "duplicate" if original else "received",
            "error": original._get_repetition_text() if original else False,
            "journal_id": self._find_journal(company, connection).id,
            **values,
        }
        original._note_repetition()
        if again and not again.file_hash:
            again.write(vals)  # it had been refused, and now it came
            intake = again
        else:
            intake = self.create(vals)
        intake._keep(files)
        return intake

    def _keep(self, files):
        """Attach the files as they came."""
        self.attachment_ids = self.env["ir.attachment"].create(
            [
                {
                    "name": clean_name(file.name),
                    "raw": file.data,
                    "mimetype": mimetype(file),
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for file in files
            ]
        )

    @api.model
    def _refuse(self, name, error, source, company, connection=None, key=None):
        """Note a delivery that could not be taken, once; it stays where it is."""
        intakes = self._as_system(company)
        with safe_step(self.env):
            known = intakes._find_delivery(connection, key)
            if known:
                known.write({"error": error, "repeated_at": fields.Datetime.now()})
                return known
            return intakes.create(
                {
                    "name": name[:200],
                    "company_id": company.id,
                    "source": source,
                    "connection_id": connection.id if connection else False,
                    "source_key": key,
                    "state": "unreadable",
                    "error": error,
                }
            )

    @api.model
    def _find_delivery(self, connection, key):
        """What a source delivered under this key before; may be empty."""
        if not (connection and key):
            return self.browse()
        # sudo: the system recognises what the system has noted
        return self.sudo().search(
            [("connection_id", "=", connection.id), ("source_key", "=", key)],
            limit=1,
            order="id desc",
        )

    @api.model
    def _find_original(self, company, digest):
        """The delivery by which this set came first."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("file_hash", "=", digest),
                ("original_id", "=", False),
            ],
            limit=1,
            order="id",
        )

    @api.model
    def _find_journal(self, company, connection):
        if connection and connection.journal_id:
            return connection.journal_id
        journals = self.env["account.journal"]
        domain = [*journals._check_company_domain(company), ("type", "=", "purchase")]
        return journals.search(domain, limit=1)

    def _note_repetition(self):
        for intake in self:
            intake.repeat_count += 1
            intake.repeated_at = fields.Datetime.now()

    def _get_repetition_text(self):
        return self.env._(
            "These files came before, on %(day)s as “%(name)s”; no bill was made of them again. "
            "If they are another bill all the same, press “Capture anyway”.",
            day=self._get_day(),
            name=self.name,
        )

    def _get_day(self):
        """The day it came in, as the company writes it."""
        here = self.with_context(tz=self.company_id.partner_id.tz or "UTC")
        return format_date(self.env, fields.Datetime.context_timestamp(here, self.received_at))

    def _as_visit(self):
        """How the delivery counts in the result of a visit."""
        self.ensure_one()
        return Visit(
            came=int(self.state in ("captured", "received")),
            repeated=int(self.state == "duplicate"),
            unreadable=int(self.state == "unreadable"),
        )

    # ------------------------------------------------------------------ buttons

    def action_retry(self):
        """Try once more to make bills of deliveries that are unreadable or duplicates."""
        self._check_may_retry()
        for intake in self:
            if intake.state not in ("unreadable", "duplicate") or intake.bill_count:
                raise UserError(
                    self.env._(
                        "“%s” has become bills already. Open them with the button above.",
                        intake.name,
                    )
                )
            if not intake.file_hash:
                raise UserError(
                    self.env._(
                        "The files of “%s” are not here: they stayed at the source. Mend what the "
                        "message says and start the verification again.",
                        intake.name,
                    )
                )
            system = intake._as_system(intake.company_id).browse(intake.id)
            system.write({"state": "received", "attempts": 0})
            system._capture()

    def _check_may_retry(self):
        self.check_access("read")
        if not (
            self.env.user.has_group("openpce_vendor_bill_workflow.group_openpce_supervisor")
            or self.env.user.has_group("account.group_account_invoice")
        ):
            raise UserError(
                self.env._(
                    "Deliveries are captured again by supervisors and accountants. Ask one of them."
                )
            )

    def action_open_bills(self):
        """Show the bills that the delivery became."""
        self.ensure_one()
        bills = self.bill_ids
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Bills"),
            "res_model": "openpce.bill",
            "view_mode": "list,form",
            "domain": [("id", "in", bills.ids)],
        }
        if len(bills) == 1:
            move = bills.move_id
            action |= {"res_model": "account.move", "view_mode": "form", "res_id": move.id}
        return action
