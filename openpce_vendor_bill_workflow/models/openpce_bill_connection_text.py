from odoo import models
from odoo.tools.misc import formatLang


class OpenpceBillConnection(models.Model):
    """What went wrong at a source, in sentences: what, why, where to mend."""

    _inherit = "openpce.bill.connection"

    def _explain(self, error):
        """The sentence for an error of a source."""
        facts = error.facts
        texts = {
            **self._get_server_texts(facts),
            **self._get_login_texts(facts),
            **self._get_folder_texts(facts),
            **self._get_file_texts(facts),
            "workflow_off": self.env._(
                "%s does not use the workflow, so nothing is fetched for it. Switch it on in "
                "Set-up ▸ Settings.",
                self.company_id.display_name,
            ),
        }
        return texts[error.code]

    def _get_server_texts(self, facts):
        reason = facts.get("reason") or "?"
        return {
            "unreachable": self.env._(
                "%(host)s does not answer at port %(port)s (%(reason)s). Check server and port; a "
                "firewall may be in between. It is tried again at the next visit.",
                host=facts.get("host"),
                port=facts.get("port"),
                reason=reason,
            ),
            "lost": self.env._(
                "The connection broke (%s). What was not taken yet stays there and is taken at "
                "the next visit.",
                reason,
            ),
            "too_slow": self.env._(
                "The visit lasted more than %s seconds and was ended. What was not taken yet is "
                "taken at the next one.",
                facts.get("seconds"),
            ),
            "tls": self.env._(
                "The mail server could not prove who it is (%s), so the password was not sent. "
                "Check the server's name; a server with a certificate of its own needs “Own "
                "authority”.",
                reason,
            ),
            "authority": self.env._(
                "“Own authority” holds no certificate. Paste the text from BEGIN CERTIFICATE to "
                "END CERTIFICATE."
            ),
            "no_host_key": self.env._(
                "The server shows the key %s. Ask its administrator whether that is right, and "
                "type it under “Host key”; nothing was sent to it.",
                facts.get("found"),
            ),
            "host_key": self.env._(
                "The server shows another key (%s) than the one under “Host key”, so nothing was "
                "sent to it: somebody may be posing as it. Ask its administrator before you "
                "change the key.",
                facts.get("found"),
            ),
        }

    def _get_login_texts(self, facts):
        return {
            "login": self.env._(
                "%(host)s does not let %(user)s in. Check user and password.",
                host=facts.get("host"),
                user=facts.get("user"),
            ),
            "bad_key": self.env._(
                "The private key cannot be read: paste the whole text (PEM or OpenSSH; Ed25519, "
                "ECDSA or RSA), and its passphrase as password."
            ),
            "no_secret": self.env._(
                "There is no password. Type it (again, when server or user were changed)."
            ),
            "secret": facts.get("sentence"),
        }

    def _get_folder_texts(self, facts):
        path, reason = facts.get("path"), facts.get("reason") or "?"
        return {
            "no_allowed": self.env._(
                "This server opens no directories. Its administrator lists them in odoo.conf as "
                "openpce_bill_folders."
            ),
            "not_allowed": self.env._(
                "%(path)s is not below the directories that this server opens (%(allowed)s). "
                "Choose one below them, or have openpce_bill_folders in odoo.conf changed.",
                path=path,
                allowed=facts.get("allowed"),
            ),
            "no_folder": self.env._(
                "The folder %(path)s is not there or may not be read (%(reason)s). Check “Folder”.",
                path=path,
                reason=reason,
            ),
            "bad_target": self.env._(
                "“Move to” (%s) has to be the name of a folder inside the one that is read.", path
            ),
            "refused": self.env._(
                "%(path)s was refused (%(reason)s). The user of the connection needs the right to "
                "read the folder and to move or delete its files.",
                path=path,
                reason=reason,
            ),
        }

    def _get_file_texts(self, facts):
        name = facts.get("name")
        return {
            "too_big": self.env._(
                "The delivery has %(size)s, more than the %(limit)s that are allowed, and stays "
                "where it is. Raise “Largest” of the connection, or ask for a smaller file.",
                size=self._format_size(facts.get("size")),
                limit=self._format_size(facts.get("limit")),
            ),
            "changed": self.env._(
                "%s was changed while it was read. It is taken at the next visit.", name
            ),
            "unreadable": self.env._(
                "%(name)s could not be read (%(reason)s). It stays where it is; check its rights.",
                name=name,
                reason=facts.get("reason") or "?",
            ),
            "zip_damaged": self.env._(
                "The archive %s is damaged. Ask the sender for it again.", name
            ),
            "zip_encrypted": self.env._(
                "The archive %s is encrypted. Ask the sender for one without password.", name
            ),
            "zip_many": self.env._(
                "The archive %(name)s holds more than %(limit)s files and was not opened. Ask for "
                "smaller ones.",
                name=name,
                limit=facts.get("limit"),
            ),
            "zip_big": self.env._(
                "The archive %s unpacks to more than is allowed and was not opened: an attack, or "
                "a mistake. Ask the sender what it is.",
                name,
            ),
            "zip_empty": self.env._("The archive %s is empty. Ask the sender for it again.", name),
        }

    def _format_size(self, size):
        """Bytes in the unit of “Largest (MB)”, as the reader writes numbers."""
        return f"{formatLang(self.env, (size or 0) / 1_000_000, digits=1)} MB"

    def _explain_secret(self, error):
        """The sentence for a secret that cannot be closed or opened."""
        texts = {
            "other_key": self.env._(
                "The stored password was closed with a key that this server does not have. Type "
                "the password again, or have openpce_secret_key in odoo.conf restored."
            ),
            "short_key": self.env._(
                "The key openpce_secret_key in odoo.conf is too short: it needs 16 characters or "
                "more."
            ),
            "no_file": self.env._(
                "The key file of this server cannot be read or made (%s). Ask the administrator of "
                "the server.",
                error.reason,
            ),
        }
        return texts[error.code]
