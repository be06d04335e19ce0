"""Which account a key belongs to, remembered so that the journal opens before the network does."""

import contextlib
import hashlib
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from services.domain.errors import JournalFailed
from services.domain.models import KeyInfo
from services.domain.secrets import Secret
from services.system import files
from services.system.files import DISK_TAKES_NOTHING, own_folder


class KeyIdentity(Struct, frozen=True):
    """An account at a vendor in one environment; the journal is named after its fingerprint."""

    username: str
    environment: str
    scope: str
    account: str

    @property
    def journal_name(self) -> str:
        """The journal's file name: one for each account and environment."""
        return f"{self.account}-{self.environment.lower()}.db"


class KeyIdentities:
    """What `/validate` said of each key, by the key's fingerprint. Never the key."""

    def __init__(self, folder: Path, key: Secret, base_url: str) -> None:
        host = urlsplit(base_url).hostname or ""
        # A loopback vendor changes its port at every start and is the same one all the same.
        self._vendor: Final = "loopback" if host in ("127.0.0.1", "localhost", "::1") else host
        self._path: Final = folder / f"{key.fingerprint()}.json"

    def check(self) -> None:
        """Check that no other user can say whose a key is, or that a rejected one may be tried.

        Raises:
            JournalFailed: the folder is a link, belongs to somebody else or is open to others.
        """
        try:
            own_folder(self._path.parent, "The folder of keys")
        except JournalFailed as failure:
            # Where nothing can be written no other user can write either.
            if failure.code != DISK_TAKES_NOTHING:
                raise

    def load(self) -> KeyIdentity | None:
        """Return what is remembered of this key, or None."""
        try:
            return msgspec.json.decode(
                files.read_regular(self._path, files.LARGEST), type=KeyIdentity
            )
        except (OSError, msgspec.MsgspecError):
            return None

    def save(self, info: KeyInfo) -> KeyIdentity:
        """Remember what the vendor said of this key and return the account it belongs to."""
        mark = f"{self._vendor}\0{info.username}".encode()
        identity = KeyIdentity(
            info.username, info.environment, info.scope, hashlib.sha256(mark).hexdigest()[:16]
        )
        if identity != self.load():
            with contextlib.suppress(OSError):
                files.replace(self._path, msgspec.json.encode(identity))
        return identity
