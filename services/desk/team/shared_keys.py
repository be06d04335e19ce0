"""What the hosts of a team know together of the API key: who tries it, and whether it was rejected.

A journal is of an account, and a key may be tried before its account is known: so the server is
asked on a connection of its own, once a start and after a rejection.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec.structs import replace

from services.desk.journal_place import team_place
from services.domain.errors import AuthFailed, DeskError, Unavailable
from services.domain.local_time import local_clock
from services.domain.text import clean
from services.settings.fields import Profile
from services.system.paths import Paths
from services.vendor.circuit_breaker import AT_MOST, LONGEST_QUEUE, WINDOW

if TYPE_CHECKING:
    from services.journal.postgres.rejected_keys import KeyHistory
    from services.journal.postgres.session import Connection

T = TypeVar("T")

CONNECT_SECONDS: Final = 2
"""How long the server is waited for; without it the key is tried as on a host by itself."""

TURN_SECONDS: Final = 0.2
"""How often it is asked whether it is this console's turn."""

FRESH: Final = timedelta(minutes=1)
"""So long after a console found that a key works, others try it without waiting for each other."""


class SharedKeys:
    """Implements `services.vendor.circuit_breaker.TeamKeys` on the team's server.

    Args:
        profile: names the server.
        paths: where the files lie that the profile names.
        key: the fingerprint of the key.
        heard: returns how often a rejection was heard of.
    """

    def __init__(self, profile: Profile, paths: Paths, key: str, heard: Callable[[], int]) -> None:
        self._profile: Final = profile
        self._paths: Final = paths
        self._key: Final = key
        self._heard: Final = heard
        self._line: Connection | None = None

    @property
    def heard(self) -> int:
        """How often it was heard that a key was rejected elsewhere."""
        return self._heard()

    @contextlib.asynccontextmanager
    async def turn(self, *, asked: bool) -> AsyncGenerator[None]:
        """Keep all other consoles from trying the key meanwhile.

        Args:
            asked: whether a person wants a rejected one tried once more.

        Raises:
            AuthFailed: it was rejected, and no person asks for it or too often.
            Unavailable: another console tries it and does not come to an end.
        """
        line = await self._connected()
        try:
            judge(await self._turn(line), asked=asked)
            self._line = line
            yield
        finally:
            self._line = None
            if line is not None:
                line.close()

    async def accepted(self) -> None:
        """Let all hosts know that the key works."""
        from services.journal.postgres import rejected_keys

        await self._noted(lambda line: rejected_keys.note_accepted(line, self._key))

    async def rejected(self, error: AuthFailed) -> None:
        """Let all hosts know that the vendor rejected the key."""
        from services.journal.postgres import rejected_keys

        said = rejected_keys.Rejection(
            error.message, error.code, error.request_id, clean(socket.gethostname())
        )
        await self._noted(lambda line: rejected_keys.note_rejected(line, self._key, said))

    async def _noted(self, work: Callable[["Connection"], None]) -> None:
        """Write something, where the server can be reached; what it is about was said already."""
        line = self._line or await self._connected()
        try:
            await self._asked(work, line)
        finally:
            if line is not None and line is not self._line:
                line.close()

    async def _turn(self, line: "Connection | None") -> "KeyHistory | None":
        """Wait for the turn, and return what is known then; None where the server does not say."""
        from services.journal.postgres import rejected_keys as kept

        # Another host is waited for, so this is its time and not the injected one.
        end = asyncio.get_running_loop().time() + LONGEST_QUEUE
        while True:
            mine = await self._asked(lambda line: kept.take_turn(line, self._key), line)
            known = await self._asked(lambda line: kept.history(line, self._key), line)
            if known is None or mine is None:
                return known
            if known.accepted is not None and known.now - known.accepted < FRESH:
                await self._asked(lambda line: kept.give_turn_back(line, self._key), line)
                return known
            if mine:
                return known
            if asyncio.get_running_loop().time() > end:
                raise Unavailable(
                    "A console of another host tries the key and does not come to an end",
                    advice="Nothing was changed. Leave it, or try again.",
                    code="LANE_HELD",
                )
            await asyncio.sleep(TURN_SECONDS)

    async def _asked(
        self, work: Callable[["Connection"], T], line: "Connection | None"
    ) -> T | None:
        """Let a function ask the server; None where it fails, or cannot be reached."""
        if line is None:
            return None
        import psycopg

        from services.journal.postgres import session

        def in_time() -> T:
            with session.bounded(line, session.ANSWER_SECONDS):
                return work(line)

        with contextlib.suppress(psycopg.Error):
            return await asyncio.to_thread(in_time)
        return None

    async def _connected(self) -> "Connection | None":
        """Connect, or return None: the opening of the journal says why it cannot be reached."""
        try:
            place = team_place(self._profile, self._paths)
        except DeskError:
            return None
        import psycopg

        from services.journal.postgres.session import connect

        soon = {**place.parameters, "connect_timeout": str(CONNECT_SECONDS)}
        made: list[Connection] = []
        left = Event()

        def connected() -> None:
            with contextlib.suppress(psycopg.Error):
                made.append(connect(replace(place, parameters=soon)))
            if left.is_set():
                close()

        def close() -> None:
            for line in made:
                line.close()

        try:
            await asyncio.to_thread(connected)
        except asyncio.CancelledError:
            left.set()
            close()
            raise
        return made[0] if made else None


def judge(known: "KeyHistory | None", *, asked: bool) -> None:
    """Let a key be tried, or raise AuthFailed with why it may not be."""
    if known is None or known.said is None or not known.rejected:
        return
    last = known.rejected[-1]
    if not asked:
        raise AuthFailed(
            known.said.message,
            advice=f"It was tried on {known.said.host} at {local_clock(last)}, and no host of the"
            " team tries it again by itself. Correct the key, or press r or run carddesk doctor"
            " for one more try.",
            code=known.said.code,
            request_id=known.said.request_id,
        )
    recent = sum(known.now - at < WINDOW for at in known.rejected)
    if recent >= AT_MOST:
        end = last + WINDOW
        raise AuthFailed(
            f"{recent} attempts with this key were rejected on the hosts of the team; a fifth"
            " could block an address",
            advice=f"No call is made until {local_clock(end)}. Check the key meanwhile.",
            code="KEYS_REJECTED",
            blocked_seconds=(end - known.now).total_seconds(),
        )
