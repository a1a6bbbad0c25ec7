import json
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import config

from ..connectors import FolderSource, ImapSource, Rules, SftpSource, SourceError
from ..connectors.parcels import is_plain
from ..tools import secret_box

_logger = logging.getLogger(__name__)
#: Directories below which folder connections may read, separated by commas, in odoo.conf.
FOLDERS_OPTION = "openpce_bill_folders"
PORTS = {"sftp": 22, "tls": 993, "starttls": 143}
#: Where the secret would go: whoever changes one of them types the secret again.
_ENDPOINT = ("kind", "host", "port", "login", "security", "fingerprint", "authority")
#: Seconds that one visit may last, below Odoo's time limit for a request or a scheduled job.
_BUDGET = 60


class OpenpceBillConnection(models.Model):
    """A place that supplier bills are fetched from: folder, SFTP server or mailbox (R127)."""

    _name = "openpce.bill.connection"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Connection that bills are fetched from"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', '=', 'purchase')]",
        help="Where the bills are made. Empty: the first purchase journal of the company.",
    )
    kind = fields.Selection(
        [("folder", "Folder of the server"), ("sftp", "SFTP server"), ("imap", "Mailbox (IMAP)")],
        required=True,
        default="imap",
    )
    host = fields.Char("Server", help="Name or address, without protocol.")
    port = fields.Integer(help="0: the usual one.")
    security = fields.Selection(
        [("tls", "TLS from the beginning"), ("starttls", "STARTTLS")],
        default="tls",
        help="There is no connection without encryption.",
    )
    login = fields.Char("User")
    password = fields.Char(
        compute="_compute_secret",
        inverse="_inverse_secret",
        help="Kept encrypted and never shown again. With a private key: its passphrase.",
    )
    private_key = fields.Text(
        compute="_compute_secret",
        inverse="_inverse_secret",
        help="PEM or OpenSSH text, instead of a password. Kept encrypted and never shown again.",
    )
    has_secret = fields.Boolean("Password stored", compute="_compute_has_secret")
    secret_encrypted = fields.Char(
        readonly=True, copy=False, prefetch=False, groups=fields.NO_ACCESS
    )
    fingerprint = fields.Char(
        "Host key",
        help="Fingerprint of the server's key, as its administrator tells it: SHA256:… Two "
        "separated by a blank while the server changes its key.",
    )
    authority = fields.Text(
        "Own authority",
        help="Certificate (PEM) of the authority that vouches for the mail server, if it is not "
        "a public one.",
    )
    path = fields.Char(
        "Folder",
        help="Directory on the server, or mailbox folder. Empty: the home directory or INBOX.",
    )
    pattern = fields.Char(
        "File names",
        required=True,
        default="*.pdf, *.xml, *.zip",
        help="Others are left alone.",
    )
    after = fields.Selection(
        [("move", "Move"), ("delete", "Delete"), ("seen", "Mark as read")],
        "Afterwards",
        required=True,
        default="move",
        help="What happens at the source to what is safely here.",
    )
    moved_to = fields.Char("Move to", default="done", help="A folder inside the one that is read.")
    max_count = fields.Integer("At most", default=100, help="Deliveries of one visit.")
    max_size = fields.Integer("Largest (MB)", default=25, help="Of one delivery, unpacked too.")
    timeout = fields.Integer("Patience (seconds)", default=30)
    rest = fields.Integer(
        "Rest (seconds)",
        default=30,
        help="A file that was changed less long ago may still be on its way here, and waits.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Whom to tell",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        default=lambda self: self.env.user,
        help="Gets an activity when the connection fails.",
    )

    @api.depends("secret_encrypted")
    def _compute_has_secret(self):
        for connection in self:
            # sudo: that there is one is no secret
            connection.has_secret = bool(connection.sudo().secret_encrypted)

    def _compute_secret(self):
        """Write-only: what was typed never comes back."""
        self.password = False
        self.private_key = False

    def _inverse_secret(self):
        for connection in self:
            given = {
                name: connection[name].strip() if name == "private_key" else connection[name]
                for name in ("password", "private_key")
                if connection[name]
            }
            if given:
                # sudo: the column is closed to everybody; the right to write was checked before
                connection.sudo().secret_encrypted = connection._close_secret(given)
        self._compute_secret()

    def _close_secret(self, given):
        try:
            return secret_box.encrypt(json.dumps(given), self._get_purpose())
        except secret_box.SecretError as error:
            raise UserError(self._explain_secret(error)) from error

    def _get_purpose(self):
        return f"connection:{self.id}"

    def _get_secret(self):
        """Password and private key as typed.

        :raises SourceError: ``no_secret``, ``secret`` (fact ``sentence``).
        """
        self.ensure_one()
        token = self.sudo().secret_encrypted  # sudo: used here, handed out to nobody
        if not token:
            raise SourceError("no_secret")
        try:
            return json.loads(secret_box.decrypt(token, self._get_purpose()))
        except secret_box.SecretError as error:
            raise SourceError("secret", sentence=self._explain_secret(error)) from error

    # ------------------------------------------------------------------ constraints

    @api.onchange("kind", "security")
    def _onchange_kind(self):
        if self.kind == "imap":
            self.after = "seen"
        elif self.after == "seen":
            self.after = "move"
        self.port = PORTS.get(self.security if self.kind == "imap" else self.kind, 0)

    @api.constrains(
        *("kind", "host", "port", "login", "path", "pattern", "after", "moved_to"),
        *("max_count", "max_size", "timeout", "rest"),
    )
    def _check_settings(self):
        for connection in self:
            problem = connection._get_problem()
            if problem:
                raise ValidationError(
                    self.env._(
                        "Connection “%(name)s”: %(problem)s", name=connection.name, problem=problem
                    )
                )

    def _get_problem(self):
        """What is wrong with the settings, with the field to mend; else an empty text."""
        if self.kind != "folder" and not (self.host and self.login):
            return self.env._("type server and user; without them nobody can be asked.")
        if self.kind == "folder" and not self.path:
            return self.env._("type the directory that is read (“Folder”).")
        if not 0 <= self.port < 65536:
            return self.env._("“Port” is a number up to 65535; 0 stands for the usual one.")
        if not self._get_patterns():
            return self.env._("type the names that count under “File names”, such as *.pdf.")
        if self.kind != "imap" and self.after == "seen":
            return self.env._("only mails can be marked as read. Choose “Move” or “Delete”.")
        if self.after == "move" and not self.moved_to:
            return self.env._("type the folder for what was taken (“Move to”).")
        if self.after == "move" and self.kind != "imap" and not is_plain(self.moved_to):
            return self.env._("“Move to” is the name of a folder inside, without slashes.")
        if min(self.max_count, self.max_size, self.timeout) < 1 or self.rest < 0:
            return self.env._("the limits begin at 1.")
        if self.timeout > _BUDGET:
            return self.env._("“Patience” is at most %s seconds.", _BUDGET)
        return ""

    @api.constrains("journal_id")
    def _check_journal(self):
        for connection in self.filtered("journal_id"):
            if connection.journal_id.type != "purchase":
                raise ValidationError(
                    self.env._(
                        "The journal %s is not for purchases. Choose a purchase journal.",
                        connection.journal_id.display_name,
                    )
                )

    # ------------------------------------------------------------------ CRUD

    def write(self, vals):
        # EXTENDS 'base': a secret does not follow to another place
        before = {connection: [connection[name] for name in _ENDPOINT] for connection in self}
        result = super().write(vals)
        if not {"password", "private_key"} & {name for name in vals if vals[name]}:
            moved = self.filtered(lambda c: before[c] != [c[name] for name in _ENDPOINT])
            if moved:
                # sudo: the column is closed to everybody
                moved.sudo().secret_encrypted = False
        return result

    def copy_data(self, default=None):
        # EXTENDS 'base': two connections to one place would compete for its files
        data = super().copy_data(default)
        for connection, vals in zip(self, data, strict=True):
            vals.setdefault("active", False)
            vals["active"] = False
            vals["name"] = self.env._("%s (copy)", connection.name)
        return data

    # ------------------------------------------------------------------ opening

    def _open(self, budget=_BUDGET):
        """The source behind this connection, not yet entered.

        :raises SourceError: the settings or the secret do not suffice.
        """
        self.ensure_one()
        rules = Rules(
            patterns=self._get_patterns(),
            after=self.after,
            moved_to=(self.moved_to or "").strip(),
            max_bytes=self.max_size * 1_000_000,
            timeout=self.timeout,
            budget=budget,
            rest=self.rest,
        )
        if self.kind == "folder":
            return FolderSource(self.path, self._get_allowed_folders(), rules)
        secret = self._get_secret()
        where = (self.host.strip(), self._get_port(), self.login, self.path or "", rules)
        if self.kind == "sftp":
            return SftpSource(
                *where,
                fingerprint=self.fingerprint or "",
                password=secret.get("password", ""),
                private_key=secret.get("private_key", ""),
            )
        return ImapSource(
            *where,
            password=secret.get("password", ""),
            security=self.security or "tls",
            authority=self.authority or "",
        )

    def _get_patterns(self):
        return tuple(filter(None, (word.strip() for word in (self.pattern or "").split(","))))

    def _get_port(self):
        return self.port or PORTS[self.security or "tls" if self.kind == "imap" else self.kind]

    @api.model
    def _get_allowed_folders(self):
        """Directories that the server's configuration opens to folder connections."""
        listed = config.get(FOLDERS_OPTION) or ""
        return [folder.strip() for folder in listed.split(",") if folder.strip()]

    def action_test(self):
        """Try the connection without taking anything, and say what was found (R127)."""
        self.ensure_one()
        self.check_access("write")
        try:
            with self._open() as source:
                parcels = list(source.parcels())
        except SourceError as error:
            return self._notify("danger", self.env._("It does not work"), self._explain(error))
        text = self.env._(
            "Deliveries waiting there: %(count)s; taken at the next visit: %(taken)s.",
            count=len(parcels),
            taken=min(len(parcels), self.max_count),
        )
        if not self.company_id.openpce_bill_workflow:
            text += " " + self._explain(SourceError("workflow_off"))
        return self._notify("success", self.env._("It works"), text)

    @api.model
    def _notify(self, kind, title, text):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": kind, "title": title, "message": text, "sticky": kind != "success"},
        }
