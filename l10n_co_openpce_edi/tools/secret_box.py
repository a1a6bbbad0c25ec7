"""Secrets at rest: encrypted with a key that is not in the database.

A dump of the database must not be able to sign invoices. The key comes from the first of

1. ``l10n_co_openpce_secret_key`` in odoo.conf,
2. the environment variable ``OPENPCE_SECRET_KEY``,
3. the file ``openpce_secret.key`` (mode 0600) in Odoo's data_dir, made once when it is missing.

1 and 2 may hold several keys separated by commas: the first encrypts, all decrypt (rotation).
Whoever loses the key has to upload the certificate and type the PIN again; nothing else is lost.

A secret is stored as ``v1:<key id>:<base64 of nonce and AES-256-GCM ciphertext>``. The purpose
(``certificate.key``, ``company.pin``) is authenticated with it, so that one secret cannot be put
in the place of another.
"""

import base64
import binascii
import contextlib
import hashlib
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from odoo.tools import config

from .notes import SettingError, note

CONFIG_OPTION = "l10n_co_openpce_secret_key"
ENVIRONMENT_VARIABLE = "OPENPCE_SECRET_KEY"
FILE_NAME = "openpce_secret.key"
MIN_KEY_LENGTH = 16
_SOURCES = {"option": CONFIG_OPTION, "variable": ENVIRONMENT_VARIABLE}
_VERSION = "v1"
_NONCE_LENGTH = 12


class SecretError(SettingError):
    """The key that decrypts a secret is missing, unusable, or not the one that encrypted it."""


def encrypt(data: bytes, purpose: str) -> str:
    """Encrypt ``data`` with the current key.

    :raises SecretError: there is no usable key.
    """
    key_id, key = next(iter(_keys().items()))
    nonce = os.urandom(_NONCE_LENGTH)
    sealed = nonce + AESGCM(key).encrypt(nonce, data, purpose.encode())
    return f"{_VERSION}:{key_id}:{base64.b64encode(sealed).decode()}"


def decrypt(token: str, purpose: str) -> bytes:
    """The data that :func:`encrypt` was given.

    :raises SecretError: another key encrypted it, or it was damaged or moved.
    """
    version, _, rest = token.partition(":")
    key_id, _, payload = rest.partition(":")
    if version != _VERSION or not payload:
        raise SecretError(note("secret_unknown"))
    key = _keys().get(key_id)
    if key is None:
        raise SecretError(note("secret_other_key", key=key_id, file=FILE_NAME, **_SOURCES))
    try:
        sealed = base64.b64decode(payload, validate=True)
        return AESGCM(key).decrypt(sealed[:_NONCE_LENGTH], sealed[_NONCE_LENGTH:], purpose.encode())
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise SecretError(note("secret_damaged")) from error


def _keys() -> dict[str, bytes]:
    """Key id → AES key; the first one encrypts."""
    configured = config.get(CONFIG_OPTION) or os.environ.get(ENVIRONMENT_VARIABLE) or ""
    texts = [text.strip() for text in configured.split(",") if text.strip()]
    if not texts:
        texts = [_file_key(str(Path(config["data_dir"]) / FILE_NAME))]
    for text in texts:
        if len(text) < MIN_KEY_LENGTH:
            raise SecretError(note("secret_short_key", length=MIN_KEY_LENGTH, **_SOURCES))
    return dict(_derive(text) for text in texts)


@lru_cache(maxsize=16)
def _derive(text: str) -> tuple[str, bytes]:
    """Key id and 256-bit key of a configured text; the id reveals nothing of the key."""
    key = hashlib.scrypt(text.encode(), salt=b"l10n_co_openpce_edi", n=2**14, r=8, p=1, dklen=32)
    return hashlib.sha256(b"key id" + key).hexdigest()[:8], key


@lru_cache(maxsize=4)
def _file_key(name: str) -> str:
    """Key of the file ``name``, made once by whichever worker comes first."""
    file = Path(name)
    try:
        if not file.exists():
            _create_key_file(file)
        return file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SecretError(note("secret_file", file=str(file), error=str(error))) from error


def _create_key_file(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_urlsafe(48))
            stream.flush()
            os.fsync(stream.fileno())
        # A link fails when the name is taken: two workers starting together agree on one key.
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink()
