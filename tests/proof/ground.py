"""What every proof needs: time that several processes share, a home, a quick desk."""

import asyncio
import mmap
import os
import struct
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from services.desk.desk import Desk
from services.domain.secrets import Secret
from services.sandbox import DEMO_KEY, Sandbox
from services.settings.load import Settings, load, sandbox_settings
from services.system.clock import Clock
from services.system.paths import Paths

EPOCH = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
PRICE = Decimal(1_000)
PLENTY = 1_000_000
_TWO = struct.Struct("dd")


class Goods(NamedTuple):
    """What is bought."""

    product_id: str
    type_id: str
    quantity: int


class SharedClock:
    """Time that passes at once wherever somebody sleeps, the same for all processes of a case.

    It is the machine's monotonic clock plus an offset in a mapped file; a sleep adds to it. A
    vendor's own waiting (`leaps` false) takes real time instead.
    """

    def __init__(self, path: Path, *, leaps: bool = True) -> None:
        if not path.exists():
            path.write_bytes(_TWO.pack(time.monotonic(), 0.0))
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._memory = mmap.mmap(fd, _TWO.size)
        os.close(fd)
        self._leaps = leaps

    def steady(self) -> float:
        start, offset = _TWO.unpack(self._memory[:])
        return time.monotonic() - start + offset

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self.steady())

    async def sleep(self, seconds: float) -> None:
        if self._leaps:
            self.advance(max(0.0, seconds))
            seconds = 0
        await asyncio.sleep(seconds)

    def advance(self, seconds: float) -> None:
        """Let that much time pass at once, for everybody."""
        start, offset = _TWO.unpack(self._memory[:])
        self._memory[:] = _TWO.pack(start, offset + seconds)

    def close(self) -> None:
        """Let the file go."""
        self._memory.close()


def paths_in(home: Path) -> Paths:
    """Return the folders of a desk that lives in this home."""
    return Paths(home / "config", home / "state", home / "cache")


def settings_for(
    home: Path,
    url: str,
    *,
    exclusive: bool = True,
    environment: str = "PRODUCTION",
    deadline: float = 5.0,
    poll_seconds: float = 6.0,
) -> Settings:
    """Return the defaults, pointed at a vendor on the loopback; only what costs time is quicker."""
    base = sandbox_settings(load(paths_in(home), {}, sandbox=True), url)
    profile = replace(base.profile, environment=environment.lower(), account_exclusive=exclusive)
    return replace(
        base,
        profile=profile,
        net=replace(base.net, max_requests_per_second=0, max_requests_per_minute=1_000_000),
        board=replace(base.board, poll_seconds=poll_seconds),
        # Not a whole number of seconds: a vendor that hangs is waited for in real time.
        purchase=replace(base.purchase, deadline_seconds=deadline),
    )


def desk_in(home: Path, settings: Settings, clock: Clock, *, operator: str = "amina") -> Desk:
    """Return a desk that is not entered yet."""
    return Desk(settings, Secret(DEMO_KEY), paths_in(home), operator=operator, clock=clock)


def stocked(sandbox: Sandbox, count: int = 1) -> list[Goods]:
    """Fill the shelves with the first denominations of the vendor, at one price."""
    found: list[Goods] = []
    for product in sandbox.products:
        if product.enabled and len(found) < count:
            kind = product.types[0]
            sandbox.set_stock(kind.id, PLENTY)
            sandbox.set_price(kind.id, PRICE)
            found.append(Goods(product.id, kind.id, 2))
    return found
