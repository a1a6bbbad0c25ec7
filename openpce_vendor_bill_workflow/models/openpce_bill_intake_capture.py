import logging

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..bill_flow.transitions import State
from ..connectors import File, ParcelError, judge, mimetype, set_hash, unpack
from ..tools.steps import one_at_a_time, safe_step

_logger = logging.getLogger(__name__)
_READABLE = ("pdf", "xml", "image")
#: After so many deaths in mid-capture a delivery is set apart.
_MOST_ATTEMPTS = 3
_MAX_BYTES = 25_000_000
#: Minutes that a capture may last before somebody else looks after it.
_PATIENCE = 15


class OpenpceBillIntake(models.Model):
    """From files to bills, by Odoo's own import of documents (R80, R82)."""

    _inherit = "openpce.bill.intake"

    def _capture(self):
        """Make bills of what was received; each delivery apart, and each at most once."""
        for intake in self:
            with one_at_a_time(self.env, self._name, intake.id) as mine:
                intake.invalidate_recordset()
                if mine and intake.state == "received":
                    intake._capture_apart()

    def _capture_apart(self):
        with safe_step(self.env):
            self.attempts += 1
        try:
            if self.attempts > _MOST_ATTEMPTS:
                raise ParcelError("deadly")
            with safe_step(self.env):
                warnings = self._make_bills()
                self._note_captured(warnings)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # somebody wrote the same rows; _cron_resume takes it up
            _logger.info("Delivery %s waits: concurrent update", self.id)
        except ParcelError as error:
            self.write({"state": "unreadable", "error": self._explain(error)})
        except Exception as error:
            _logger.exception("Delivery %s could not be captured", self.id)
            self.write(
                {
                    "state": "unreadable",
                    "error": self.env._(
                        "No bill could be made (%s). The files are kept below: press “Try again”, "
                        "or type the bill by hand. If it happens again, show the trace to your "
                        "administrator.",
                        error,
                    ),
                    "trace": self.env["openpce.bill.source"]._format_trace(error),
                }
            )

    def _make_bills(self):
        """Bills of the delivery, made before the import fills them: that one commits.

        :return: sentences about files that could not be used.
        :raises ParcelError: no file can be used (fact ``sentences``).
        """
        warnings = [self.error] if self.error and self.bill_ids else []
        if not self.bill_ids:
            files, warnings = self._get_usable()
            self._create_bills(files)
        for bill in self.bill_ids:
            bill.move_id.with_context(skip_is_manually_modified=True)._openpce_import()
        return warnings

    def _create_bills(self, files):
        """One draft for each group of files that belongs together."""
        moves = self.env["account.move"].with_context(
            default_move_type="in_invoice",
            default_journal_id=self.journal_id.id,
            skip_is_manually_modified=True,
        )
        attachments = self.env["ir.attachment"].create(
            [{"name": file.name, "raw": file.data, "mimetype": mimetype(file)} for file in files]
        )
        files_data = moves._to_files_data(attachments)
        files_data.extend(moves._unwrap_attachments(files_data))
        groups = moves._group_files_data_into_groups_of_mixed_types(files_data)
        for move, group in zip(moves.create([{} for _ in groups]), groups, strict=True):
            members = move._from_files_data(group)
            members.write({"res_model": move._name, "res_id": move.id})
            # its source is told when it is complete: until then no verification looks at it
            move.openpce_bill_ids.write({"intake_id": self.id})
            move.message_post(
                body=self.env._("Made from the delivery “%s”.", self.name),
                attachment_ids=members.ids,
            )

    def _note_captured(self, warnings):
        """Keep what was captured, and have it verified."""
        for bill in self.bill_ids.filtered(lambda bill: bill.state == State.CAPTURED):
            bill._capture(self.source, file_hash=self.file_hash)
        self.write(
            {
                "state": "captured",
                "error": "\n".join(warnings) or False,
                "trace": False,
                "captured": [{"bill": bill.id, **(bill.captured or {})} for bill in self.bill_ids],
            }
        )
        self.env.ref("openpce_vendor_bill_workflow.cron_verify")._trigger()

    # ------------------------------------------------------------------ files

    @api.model
    def _unpack(self, files, connection):
        limit = connection.max_size * 1_000_000 if connection else _MAX_BYTES
        return unpack(files, limit)

    def _get_usable(self):
        """(files to make bills of, sentences about the others).

        :raises ParcelError: ``useless`` (fact ``sentences``).
        """
        stored = [File(each.name, each.raw or b"") for each in self.attachment_ids]
        files, wrong = self._unpack(stored, self.connection_id)
        sentences = [self._explain(error) for error in wrong]
        usable = []
        for file in files:
            kind = judge(file)
            if kind in _READABLE:
                usable.append(file)
            else:
                letter = kind == "other" and file.name.endswith(".eml")
                code = "letter" if letter else kind
                sentences.append(self._explain(ParcelError(code, name=file.name)))
        if not usable:
            raise ParcelError("useless", sentences=sentences)
        return usable, sentences

    def _explain(self, error):
        """The sentence for a file that is of no use."""
        name = error.facts.get("name")
        texts = {
            "useless": "\n".join(error.facts.get("sentences", ())),
            "empty": self.env._("%s is empty. Ask the sender for it again.", name),
            "other": self.env._(
                "%s is neither PDF nor XML nor a picture, whatever its name says. Look at it "
                "below, and ask the sender for the bill as PDF or XML.",
                name,
            ),
            "letter": self.env._(
                "The mail “%s” brings no bill: it has no PDF, XML or ZIP file. Open it below; "
                "answer the sender if a file was forgotten.",
                (name or "").removesuffix(".eml"),
            ),
            "zip": self.env._(
                "%s is an archive inside an archive and was not opened. Ask the sender for the "
                "bill itself.",
                name,
            ),
            "deadly": self.env._(
                "The server stopped %s times while it read these files, so they are set apart. "
                "Type the bill by hand, and show the files to your administrator.",
                _MOST_ATTEMPTS,
            ),
        }
        return texts.get(error.code) or self.connection_id._explain(error)

    # ------------------------------------------------------------------ what others make

    @api.model
    def _adopt(self, move, attachments, source):
        """The delivery of a bill that Odoo made by itself, of an upload or a mail.

        :param attachments: the files it was made of.
        """
        intakes = self._as_system(move.company_id)
        files = [File(each.name, each.raw or b"") for each in attachments.sudo()]
        digest = intakes._hash(files)
        original = intakes._find_original(move.company_id, digest) if digest else intakes.browse()
        intake = intakes.create(
            {
                "name": ", ".join(file.name for file in files)[:200]
                or self.env._("Mail without files"),
                "company_id": move.company_id.id,
                "journal_id": move.journal_id.id,
                "source": source,
                "sender": move.invoice_source_email,
                "file_hash": digest,
                "original_id": original.id,
                "error": original._get_twin_text() if original else False,
            }
        )
        original._note_repetition()
        intake._keep(files)
        # sudo: the link is the system's
        move.sudo().openpce_bill_ids.write({"intake_id": intake.id})
        return intake

    @api.model
    def _hash(self, files):
        return set_hash(self._unpack(files, None)[0] or files) if files else False

    def _get_twin_text(self):
        return self.env._(
            "These files came before, on %(day)s as “%(name)s”. The verification tells the person "
            "who gets the bill.",
            day=self._get_day(),
            name=self.name,
        )

    # ------------------------------------------------------------------ cron

    @api.model
    def _cron_resume(self):
        """Take up deliveries whose capture was interrupted."""
        cron = self.env["ir.cron"]
        limit = fields.Datetime.subtract(fields.Datetime.now(), minutes=_PATIENCE)
        waiting = self.search([("state", "=", "received"), ("received_at", "<=", limit)], limit=100)
        cron._commit_progress(remaining=len(waiting))
        for intake in waiting:
            intake._as_system(intake.company_id).browse(intake.id)._capture()
            if not cron._commit_progress(1):
                break
