"""The PIN that opens a locked console: its hash, how often it was guessed wrong, and the wait."""

import asyncio
import contextlib
import fcntl
import hashlib
import hmac
import os
import secrets
import socket
import stat
import unicodedata
from collections.abc import Generator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from services.clock import Clock
from services.errors import BadInput, ConfigError
from services.paths import private_dir, reason, shown
from services.secrets import Secret

SHORTEST, LONGEST = 4, 64
FREE = 5
"""Wrong PINs in a row before the first wait."""

FIRST_WAIT = 30.0
LONGEST_WAIT = 3_600.0
SALT_BYTES = 16
MOST_MEMORY = 96 * 1024 * 1024
LARGEST_FILE = 4_096
FORGOTTEN = "As the same unix user run: carddesk lock-pin clear (it is recorded)."


class Kept(Struct, frozen=True, forbid_unknown_fields=True):
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


class Attempt(Struct, frozen=True):
    """What came of a PIN that was tried; `wait` is how many seconds the next one has to wait.

    `wrong` counts the wrong ones in a row. `checked` is false for one that came during a wait and
    was not even looked at.
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

    def waiting(self) -> float:
        """Return how many seconds the next attempt has to wait; raises ConfigError."""
        kept = self._load()
        return self._wait(kept) if kept else 0.0

    async def set(self, pin: Secret) -> None:
        """Keep a new PIN in place of the old one.

        Raises:
            BadInput: it is too short, too long, or cannot be typed.
            ConfigError: it cannot be written.
        """
        check(pin)
        await asyncio.to_thread(self._set, pin)

    async def clear(self) -> None:
        """Forget the PIN; raises ConfigError when its file cannot be removed."""
        await asyncio.to_thread(self._clear)

    async def lock(self, locked: bool = True) -> None:
        """Remember that a console is locked with this PIN, or is not any more.

        Raises:
            ConfigError: the file cannot be read or written.
        """
        await asyncio.to_thread(self._mark, locked)

    async def attempt(self, pin: Secret) -> Attempt:
        """Try a PIN. It counts as wrong before it is compared: a kill in between wins no guess.

        Raises:
            ConfigError: the file cannot be read, or the attempt not be counted.
        """
        return await asyncio.to_thread(self._attempt, pin)

    def _set(self, pin: Secret) -> None:
        salt = secrets.token_bytes(SALT_BYTES)
        blank = Kept("", salt.hex())
        with self._alone():
            self._save(msgspec.structs.replace(blank, hash=_hashed(pin, blank)))

    def _clear(self) -> None:
        with self._alone():
            try:
                self.path.unlink(missing_ok=True)
            except OSError as failure:
                raise self._unusable(reason(failure)) from None

    def _mark(self, locked: bool) -> None:
        with self._alone():
            kept = self._load()
            if kept is not None and kept.locked is not locked:
                self._save(msgspec.structs.replace(kept, locked=locked))

    def _attempt(self, pin: Secret) -> Attempt:
        with self._alone():
            kept = self._load()
            if kept is None:
                return Attempt(opened=True)
            if wait := self._wait(kept):
                return Attempt(opened=False, checked=False, wrong=kept.wrong, wait=wait)
            wrong = kept.wrong + 1
            until = self._clock.now() + timedelta(seconds=_wait_after(wrong))
            counted = msgspec.structs.replace(kept, wrong=wrong, until=until)
            self._save(counted)
            try:
                right = hmac.compare_digest(_hashed(pin, kept), kept.hash)
            except (ValueError, OverflowError, TypeError):
                raise self._unusable("it is damaged") from None
            if not right:
                return Attempt(opened=False, wrong=wrong, wait=self._wait(counted))
            self._save(msgspec.structs.replace(kept, wrong=0, until=None, locked=False))
            return Attempt(opened=True)

    def _wait(self, kept: Kept) -> float:
        if kept.until is None:
            return 0.0
        left = (kept.until - self._clock.now()).total_seconds()
        # A clock that was set back must not make a wait longer than it was meant to be.
        return max(0.0, min(left, _wait_after(kept.wrong)))

    def _load(self) -> Kept | None:
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            fd = os.open(self.path, flags)
        except FileNotFoundError:
            return None
        except OSError as failure:
            raise self._unusable(reason(failure)) from None
        with os.fdopen(fd, "rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode) or facts.st_uid != os.geteuid():
                raise self._unusable("it is no regular file of yours")
            raw = file.read(LARGEST_FILE)
        try:
            return msgspec.json.decode(raw, type=Kept)
        except msgspec.MsgspecError:
            raise self._unusable("it is damaged") from None

    def _save(self, kept: Kept) -> None:
        fresh = self.path.with_suffix(".new")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            fd = os.open(fresh, flags, 0o600)
            with os.fdopen(fd, "wb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(msgspec.json.encode(kept))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
        except OSError as failure:
            raise self._unusable(reason(failure)) from None

    @contextlib.contextmanager
    def _alone(self) -> Generator[None]:
        """Keep other consoles of this operator out: two must not share one guess."""
        private_dir(self.path.parent)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            fd = os.open(self.path.with_suffix(".lock"), flags, 0o600)
        except OSError as failure:
            raise self._unusable(reason(failure)) from None
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)

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
        raise BadInput("A PIN is made of signs that can be typed and seen")
    if not SHORTEST <= len(text) <= LONGEST:
        raise BadInput(f"A PIN has {SHORTEST} to {LONGEST} signs")


def _wait_after(wrong: int) -> float:
    """Return the seconds to wait after so many wrong ones in a row: twice as long each time."""
    if wrong < FREE:
        return 0.0
    return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(wrong - FREE, 20))


def _hashed(pin: Secret, cost: Kept) -> str:
    # One PIN on every keyboard: the Arabic layouts type other digits.
    digits = "".join(str(unicodedata.decimal(sign, sign)) for sign in pin.reveal())
    return hashlib.scrypt(
        digits.encode("utf-8", "surrogatepass"),
        salt=bytes.fromhex(cost.salt),
        n=cost.n,
        r=cost.r,
        p=cost.p,
        maxmem=MOST_MEMORY,
    ).hex()
