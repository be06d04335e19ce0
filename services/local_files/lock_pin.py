"""The PIN that opens a locked console: its hash, how often it was guessed wrong, and the wait."""

import asyncio
import hashlib
import hmac
import os
import secrets
import socket
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from services.domain.errors import BadInput, ConfigError
from services.domain.secrets import Secret
from services.domain.typed import digits
from services.system import files
from services.system.clock import Clock
from services.system.files import open_regular, private_dir, reason, shown

SHORTEST, LONGEST = 4, 64
FREE = 5
"""Wrong PINs in a row before the first wait."""

FIRST_WAIT = 30.0
LONGEST_WAIT = 3_600.0
SALT_BYTES = 16
MOST_MEMORY = 96 * 1024 * 1024
LARGEST_FILE = 4_096
FORGOTTEN = "As the same unix user run: carddesk lock-pin clear (it is recorded)."


class StoredPin(Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds: the hash with its salt and cost, the wrong attempts, and the wait.

    `wrong` counts the attempts since the last right one, `until` (UTC) ends the wait after them.
    `locked` is whether a console that asks for this PIN was locked when last heard of.
    """

    hash: str
    salt: str
    n: int = 2**15
    r: int = 8
    p: int = 1
    wrong: int = 0
    until: Annotated[datetime, Meta(tz=True)] | None = None
    locked: bool = False


class PinAttempt(Struct, frozen=True):
    """What came of a PIN that was tried; `wait` is how many seconds the next one has to wait.

    `wrong` counts the wrong ones in a row. `checked` is false for one that came during a wait and
    was not compared.
    """

    opened: bool
    checked: bool = True
    wrong: int = 0
    wait: float = 0.0


class LockPin:
    """The PIN of one operator on this host.

    Every method that compares or writes takes a moment, on purpose, and does so in a thread.

    Args:
        state_dir: the folder it is kept under.
        operator: whose PIN it is.
        clock: time; a wait goes by the wall clock, so that it outlives the process.
    """

    def __init__(self, state_dir: Path, operator: str, clock: Clock) -> None:
        mark = hashlib.sha256(f"{operator}\0{socket.gethostname()}".encode()).hexdigest()[:16]
        self.path: Final = state_dir / "lock" / f"{mark}.json"
        self._clock: Final = clock

    def is_set(self) -> bool:
        """Whether a PIN is kept here; a file that cannot be read counts as one."""
        return os.path.lexists(self.path)

    def was_locked(self) -> bool:
        """Whether a console was locked with this PIN when it ended."""
        try:
            kept = self._load()
        except ConfigError:
            return True
        return kept is not None and kept.locked

    async def set(self, pin: Secret) -> None:
        """Keep a new PIN in place of the old one.

        Raises:
            BadInput: it is too short, too long, or cannot be typed.
            ConfigError: it cannot be written.
        """
        check(pin)
        blank = StoredPin("", secrets.token_bytes(SALT_BYTES).hex())
        # One PIN on every keyboard: Arabic layouts type other digits, AZERTY needs shift for them.
        hashed = await asyncio.to_thread(_scrypt, digits.folded(pin.reveal()), blank)
        await asyncio.to_thread(self._save, replace(blank, hash=hashed))

    async def clear(self) -> None:
        """Forget the PIN; raises ConfigError when its file cannot be removed."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as failure:
            raise self._unusable(reason(failure)) from None

    async def lock(self, locked: bool = True) -> None:
        """Remember that a console is locked with this PIN, or is not any more.

        Raises:
            ConfigError: the file cannot be read or written.
        """
        kept = self._load()
        if kept is not None and kept.locked is not locked:
            await asyncio.to_thread(self._save, replace(kept, locked=locked))

    async def attempt(self, pin: Secret) -> PinAttempt:
        """Try a PIN. It counts as wrong before it is compared: a kill in between wins no guess.

        Raises:
            ConfigError: the file cannot be read, or the attempt not be counted.
        """
        return await asyncio.to_thread(self._attempt, pin)

    def _attempt(self, pin: Secret) -> PinAttempt:
        kept = self._load()
        if kept is None:
            return PinAttempt(opened=True)
        if wait := self._wait(kept):
            return PinAttempt(opened=False, checked=False, wrong=kept.wrong, wait=wait)
        wrong = kept.wrong + 1
        until = self._clock.now() + timedelta(seconds=_wait_after(wrong))
        counted = replace(kept, wrong=wrong, until=until)
        self._save(counted)
        try:
            right = _opens(pin, kept)
        except (ValueError, OverflowError, TypeError):
            raise self._unusable("it is damaged") from None
        if not right:
            return PinAttempt(opened=False, wrong=wrong, wait=self._wait(counted))
        self._save(replace(kept, wrong=0, until=None, locked=False))
        return PinAttempt(opened=True)

    def _wait(self, kept: StoredPin) -> float:
        if kept.until is None:
            return 0.0
        left = (kept.until - self._clock.now()).total_seconds()
        # A clock that was set back must not make a wait longer than it was meant to be.
        return max(0.0, min(left, _wait_after(kept.wrong)))

    def _load(self) -> StoredPin | None:
        try:
            with os.fdopen(open_regular(self.path, follow=False), "rb") as file:
                return msgspec.json.decode(file.read(LARGEST_FILE), type=StoredPin)
        except FileNotFoundError:
            return None
        except OSError as failure:
            raise self._unusable(reason(failure)) from None
        except msgspec.MsgspecError:
            raise self._unusable("it is damaged") from None

    def _save(self, kept: StoredPin) -> None:
        private_dir(self.path.parent)
        try:
            files.replace(self.path, msgspec.json.encode(kept))
        except OSError as failure:
            raise self._unusable(reason(failure)) from None

    def _unusable(self, why: str) -> ConfigError:
        return ConfigError(
            f"The file of the lock PIN, {shown(self.path)}, cannot be used: {why}",
            advice=FORGOTTEN,
            code="LOCK_PIN",
        )


def check(pin: Secret) -> None:
    """Raise BadInput for what cannot be a PIN."""
    text = pin.reveal()
    if not text.isprintable():
        raise BadInput("A PIN is made of characters that can be typed and seen")
    if not SHORTEST <= len(text) <= LONGEST:
        raise BadInput(f"A PIN has {SHORTEST} to {LONGEST} characters")


def _wait_after(wrong: int) -> float:
    """Return the seconds to wait after so many wrong ones in a row: twice as long each time."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(wrong - FREE, 20)) if wrong >= FREE else 0.0


def _opens(pin: Secret, kept: StoredPin) -> bool:
    """Tell whether a PIN is the one that is kept, also where it was kept with its row unfolded."""
    typed = pin.reveal()
    texts = dict.fromkeys((digits.folded(typed), digits.western(typed)))
    return any(hmac.compare_digest(_scrypt(text, kept), kept.hash) for text in texts)


def _scrypt(text: str, cost: StoredPin) -> str:
    return hashlib.scrypt(
        text.encode("utf-8", "surrogatepass"),
        salt=bytes.fromhex(cost.salt),
        n=cost.n,
        r=cost.r,
        p=cost.p,
        maxmem=MOST_MEMORY,
    ).hex()
