"""Where supplier bills are fetched from: folder, SFTP server, mailbox. Knows nothing of Odoo.

A source lists parcels, hands out their files and, once these are safe, takes them out of the way.
"""

from .errors import ParcelError, SourceError, SourceLost
from .files import File, judge, mimetype, set_hash, unpack
from .folder import FolderSource
from .imap import ImapSource
from .parcels import Parcel, Rules
from .sftp import SftpSource

__all__ = [
    "File",
    "FolderSource",
    "ImapSource",
    "Parcel",
    "ParcelError",
    "Rules",
    "SftpSource",
    "SourceError",
    "SourceLost",
    "judge",
    "mimetype",
    "set_hash",
    "unpack",
]
