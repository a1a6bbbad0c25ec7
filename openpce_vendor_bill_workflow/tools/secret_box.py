"""Passwords at rest: encrypted with a key that is not in the database.

A dump of the database must not open a supplier's mailbox. The key comes from the first of

1. ``openpce_secret_key`` in odoo.conf,
2. the environment variable ``OPENPCE_SECRET_KEY``,
3. the file ``openpce_secret.key`` (mode 0600) in Odoo's data_dir, made once when it is missing.

1 and 2 may hold several keys separated by commas: the first encrypts, all decrypt (rotation).
Whoever loses the key types the passwords again; nothing else is lost.
"""

import base64
import contextlib
import hashlib
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from odoo.tools import config

CONFIG_OPTION = "openpce_secret_key"
ENVIRONMENT_VARIABLE = "OPENPCE_SECRET_KEY"
FILE_NAME = "openpce_secret.key"
MIN_KEY_LENGTH = 16


class SecretError(Exception):
    """The key that opens a secret is missing, unusable, or not the one that closed it.

    :ivar code: ``other_key``, ``short_key``, ``no_file`` (``reason`` says why).
    """

    def __init__(self, code, reason=""):
        super().__init__(code, reason)
        self.code, self.reason = code, reason


def encrypt(text, purpose):
    """Close ``text`` with the current key; ``purpose`` says whose secret it is.

    :raises SecretError: there is no usable key.
    """
    return _box().encrypt(f"{purpose}\0{text}".encode()).decode()


def decrypt(token, purpose):
    """The text that :func:`encrypt` was given for this purpose.

    :raises SecretError: another key closed it, it was damaged, or it is somebody else's secret.
    """
    try:
        found, _, text = _box().decrypt(token.encode()).decode().partition("\0")
    except (InvalidToken, ValueError) as error:
        raise SecretError("other_key") from error
    if found != purpose:
        raise SecretError("other_key")
    return text


def _box():
    configured = config.get(CONFIG_OPTION) or os.environ.get(ENVIRONMENT_VARIABLE) or ""
    texts = [text.strip() for text in configured.split(",") if text.strip()]
    if not texts:
        texts = [_file_key(str(Path(config["data_dir"]) / FILE_NAME))]
    if any(len(text) < MIN_KEY_LENGTH for text in texts):
        raise SecretError("short_key")
    return MultiFernet([Fernet(_derive(text)) for text in texts])


@lru_cache(maxsize=16)
def _derive(text):
    key = hashlib.scrypt(text.encode(), salt=b"openpce_bill", n=2**14, r=8, p=1, dklen=32)
    return base64.urlsafe_b64encode(key)


@lru_cache(maxsize=4)
def _file_key(name):
    """Key of the file ``name``, made once by whichever worker comes first."""
    file = Path(name)
    try:
        if not file.exists():
            _create_key_file(file)
        return file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SecretError("no_file", str(error)) from error


def _create_key_file(file):
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
