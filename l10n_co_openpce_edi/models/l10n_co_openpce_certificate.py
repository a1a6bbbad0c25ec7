import base64
import hashlib
from collections import OrderedDict

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..dian import nit
from ..dian.signature.keys import KeySigner, order_chain
from ..tools import secret_box
from ..tools.notes import SettingError, note
from .l10n_co_openpce_alert_mixin import ALERT_DAYS

KEY_PURPOSE = "certificate.key"
#: Loaded signers of this worker: loading and checking an RSA key costs 50 signatures.
_SIGNERS = OrderedDict()
_MAX_SIGNERS = 32


class L10nCoOpenpceCertificate(models.Model):
    """A signing certificate as an authority delivers it (.p12, .pfx), with its chain.

    The file and its password are not kept: the private key is stored encrypted with a key that
    is not in the database (tools/secret_box.py).
    """

    _name = "l10n_co_openpce.certificate"
    _inherit = ["l10n_co_openpce.alert.mixin"]
    _description = "DIAN signing certificate"
    _order = "company_id, sequence, valid_from desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    name = fields.Char(required=True, default=lambda self: self.env._("Certificate"))
    sequence = fields.Integer(default=10, help="With two valid certificates the lowest one signs.")
    active = fields.Boolean(default=True)
    content = fields.Binary(
        "Certificate file",
        compute="_compute_content",
        inverse="_inverse_content",
        help="The .p12 or .pfx file as the certification authority delivered it.",
    )
    password = fields.Char(
        compute="_compute_content",
        inverse="_inverse_content",
        help="Password of the file. It opens the file once and is not kept.",
    )
    file_name = fields.Char("File name", store=False)
    has_key = fields.Boolean("Key stored", compute="_compute_has_key")
    key_encrypted = fields.Char(readonly=True, copy=False, prefetch=False, groups=fields.NO_ACCESS)
    chain = fields.Text(
        "Certificate chain", readonly=True, copy=False, help="PEM, signing certificate first."
    )
    holder = fields.Char(readonly=True, copy=False)
    holder_nit = fields.Char("Holder's NIT", readonly=True, copy=False)
    issuer = fields.Char(readonly=True, copy=False)
    serial = fields.Char("Serial number", readonly=True, copy=False)
    fingerprint = fields.Char("SHA-256 fingerprint", readonly=True, copy=False)
    valid_from = fields.Datetime(readonly=True, copy=False)
    valid_to = fields.Datetime("Valid until", readonly=True, copy=False)
    chain_length = fields.Integer(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("empty", "No certificate"),
            ("future", "Not valid yet"),
            ("valid", "Valid"),
            ("expiring", "Expires soon"),
            ("expired", "Expired"),
        ],
        compute="_compute_state",
    )
    days_left = fields.Integer(compute="_compute_state")
    warning = fields.Char(compute="_compute_warning")

    @api.depends("key_encrypted")
    def _compute_has_key(self):
        for record in self:
            record.has_key = bool(record.sudo().key_encrypted)

    def _compute_content(self):
        """Write-only: what was uploaded never comes back."""
        self.content = False
        self.password = False

    @api.depends("valid_from", "valid_to")
    def _compute_state(self):
        now = fields.Datetime.now()
        for record in self:
            record.days_left = (record.valid_to - now).days if record.valid_to else 0
            if not record.valid_to:
                record.state = "empty"
            elif record.valid_from > now:
                record.state = "future"
            elif record.valid_to <= now:
                record.state = "expired"
            else:
                record.state = "expiring" if record.days_left <= ALERT_DAYS[0] else "valid"

    @api.depends("holder_nit", "chain_length", "company_id.partner_id.l10n_co_openpce_nit")
    def _compute_warning(self):
        for record in self:
            partner = record.company_id.sudo().partner_id
            company_nit = partner.l10n_co_openpce_nit or ""
            # Some authorities write the check digit behind the number without a hyphen.
            own = {company_nit, f"{company_nit}{partner.l10n_co_openpce_check_digit or ''}"}
            warnings = []
            if record.valid_to and record.holder_nit not in own:
                warnings.append(
                    self.env._(
                        "The holder's NIT (%(holder)s) is not the company's (%(company)s).",
                        holder=record.holder_nit or self.env._("unknown"),
                        company=company_nit or self.env._("unknown"),
                    )
                )
            if record.valid_to and record.chain_length < 2:
                warnings.append(
                    self.env._(
                        "The file brings no certificates of the authority; DIAN may refuse it."
                    )
                )
            record.warning = " ".join(warnings)

    def _inverse_content(self):
        for record in self.filtered("content"):
            password = record.password or ""
            record.sudo().write(record._prepare_certificate_vals(record.content, password))
            record.password = False
            record.content = False

    def _prepare_certificate_vals(self, content, password):
        """Read the uploaded file: values of the stored fields, or a sentence why it will not do."""
        try:
            data = base64.b64decode(content)
            key, leaf, others = pkcs12.load_key_and_certificates(data, password.encode())
        except (ValueError, UnsupportedAlgorithm) as error:
            raise UserError(
                self.env._(
                    "The certificate file cannot be opened: the password is wrong or it is not a "
                    ".p12/.pfx file."
                )
            ) from error
        self._check_certificate(key, leaf)
        chain = order_chain(leaf, others)
        return {
            "key_encrypted": secret_box.encrypt(
                key.private_bytes(
                    serialization.Encoding.DER,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                ),
                KEY_PURPOSE,
            ),
            "chain": "".join(c.public_bytes(serialization.Encoding.PEM).decode() for c in chain),
            "chain_length": len(chain),
            "holder": _name_part(leaf.subject, NameOID.COMMON_NAME),
            "holder_nit": nit.normalise(_name_part(leaf.subject, NameOID.SERIAL_NUMBER)),
            "issuer": _name_part(leaf.issuer, NameOID.COMMON_NAME),
            "serial": f"{leaf.serial_number:X}",
            "fingerprint": hashlib.sha256(
                leaf.public_bytes(serialization.Encoding.DER)
            ).hexdigest(),
            "valid_from": _naive(leaf, "not_valid_before"),
            "valid_to": _naive(leaf, "not_valid_after"),
        }

    def _check_certificate(self, key, leaf):
        if key is None:
            raise UserError(
                self.env._(
                    "The file has no private key. Ask for the .p12 or .pfx file, not the .cer."
                )
            )
        if leaf is None:
            raise UserError(
                self.env._("The file has no certificate that belongs to its private key.")
            )
        if not isinstance(key, rsa.RSAPrivateKey):
            raise UserError(
                self.env._("DIAN admits only RSA keys; this certificate has another kind.")
            )
        if key.key_size < 2048:
            raise UserError(self.env._("The RSA key is too short: it needs at least 2048 bits."))
        if _naive(leaf, "not_valid_after") <= fields.Datetime.now():
            raise UserError(
                self.env._("The certificate expired on %s.", _naive(leaf, "not_valid_after").date())
            )
        try:
            usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
        except x509.ExtensionNotFound:
            return
        if not (usage.digital_signature and usage.content_commitment):
            raise UserError(
                self.env._(
                    "This certificate may not sign invoices: DIAN asks for the key usages digital "
                    "signature and non-repudiation."
                )
            )

    def _get_signer(self):
        """Signer of the pure package, cached in this worker while the record does not change.

        :raises DianConfigurationError: no key, or the key that encrypts it is not here.
        """
        self.ensure_one()
        record = self.sudo()
        token = record.key_encrypted
        if not token:
            raise SettingError(note("no_private_key", certificate=self.name))
        cache_key = (self.env.cr.dbname, self.id, record.write_date, hash(token))
        signer = _SIGNERS.get(cache_key)
        if signer is None:
            key = serialization.load_der_private_key(
                secret_box.decrypt(token, KEY_PURPOSE),
                password=None,
                # Checked when it was uploaded; checking again costs 50 ms.
                unsafe_skip_rsa_key_validation=True,
            )
            chain = x509.load_pem_x509_certificates(record.chain.encode())
            signer = _SIGNERS[cache_key] = KeySigner(key, chain)
            while len(_SIGNERS) > _MAX_SIGNERS:
                _SIGNERS.popitem(last=False)
        return signer

    def _get_alert_summary(self):
        self.ensure_one()
        return self.env._(
            "The signing certificate %(name)s expires in %(days)s days. Without a new one nothing "
            "can be invoiced.",
            name=self.display_name,
            days=self.days_left,
        )

    def _get_alert_step(self):
        """EXTENDS the mixin: silent once a newer certificate is there to take over."""
        self.ensure_one()
        if not self.valid_to:
            return ""
        successor = self.company_id.sudo().l10n_co_openpce_certificate_ids.filtered(
            lambda c: c.active and c.valid_to and c.valid_to > self.valid_to
        )
        return "" if successor else super()._get_alert_step()


def _name_part(name, oid):
    parts = name.get_attributes_for_oid(oid)
    return str(parts[0].value) if parts else ""


def _naive(certificate, attribute):
    """A validity date as Odoo stores dates: UTC without zone (older cryptography has no _utc)."""
    value = getattr(certificate, f"{attribute}_utc", None) or getattr(certificate, attribute)
    return value.replace(tzinfo=None)
