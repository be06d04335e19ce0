"""What every test may use: time under control, an embedded vendor, a desk in an empty home."""

import asyncio
import contextlib
import heapq
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from services import sandbox
from services.desk.desk import Desk
from services.domain.models import Denomination, Product
from services.domain.secrets import Secret
from services.sandbox import Sandbox
from services.settings.load import Settings, load, sandbox_settings
from services.system.paths import Paths
from services.vendor import retry
from tests import pace
from tests.pace import pytest_collection_modifyitems
from widgets.drawing import style

if TYPE_CHECKING:
    from tests.journal.postgres.engine import ServerEngines
    from tests.journal.postgres.server import TestServer

__all__ = ["pytest_collection_modifyitems"]

pace.live_in_memory()
pace.parse_styles_once()
pace.build_parsers_once()
pace.look_for_garbage_seldom()
pace.collect_seldom()


class StillClock:
    """A clock that is stopped until it is let go on; sleepers wake in their order."""

    def __init__(self) -> None:
        self._at = 1_000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> datetime:
        return datetime(2026, 3, 1, 9, 0, tzinfo=UTC) + timedelta(seconds=self._at - 1_000)

    def steady(self) -> float:
        return self._at

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self._at + seconds, self._count, woken))
        await woken

    def advance(self, seconds: float) -> None:
        """Let that much time pass at once."""
        self._at += seconds
        while self._sleepers and self._sleepers[0][0] <= self._at:
            woken = heapq.heappop(self._sleepers)[2]
            if not woken.done():
                woken.set_result(None)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask again at once what could not be read, where the command line runs on the real clock."""
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0.0)


class LeapingClock(StillClock):
    """A clock whose sleepers do not wait: each sleep takes its time and returns."""

    async def sleep(self, seconds: float) -> None:
        self.advance(max(0.0, seconds))
        await asyncio.sleep(0)


class VendorClock:
    """The same time for the embedded vendor, whose own waiting must not make it pass."""

    def __init__(self, ours: StillClock) -> None:
        self._ours = ours

    def now(self) -> datetime:
        return self._ours.now()

    def steady(self) -> float:
        return self._ours.steady()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@pytest.fixture(autouse=True)
def usual_look() -> None:
    """Draw with the usual signs, whatever a console before this test left in force."""
    style.take(style.Look())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    if "both_engines" in marks and "file_only" not in marks:
        metafunc.fixturenames.append("engine")
        metafunc.parametrize("engine", ["file", "server"], indirect=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator["TestServer"]:
    """A PostgreSQL of the tests' own, whose data a power cut may take."""
    from tests.journal.postgres.engine import MISSING
    from tests.journal.postgres.server import TestServer

    if MISSING:
        pytest.skip(MISSING)
    server = TestServer(fsync="off")
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def server_engines(postgres: "TestServer") -> "ServerEngines":
    from tests.journal.postgres.engine import ServerEngines

    return ServerEngines(postgres)


@pytest.fixture
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every journal of the test in a file, or on a server."""
    if request.param == "server":
        from tests.journal.postgres.engine import use

        use(request.getfixturevalue("server_engines"), monkeypatch)


@pytest.fixture
def still() -> StillClock:
    return StillClock()


@pytest.fixture
def leaping() -> LeapingClock:
    return LeapingClock()


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "state", tmp_path / "cache")


@pytest.fixture
async def market(leaping: LeapingClock) -> AsyncIterator[Sandbox]:
    """A vendor that takes money, on the leaping clock."""
    async with Sandbox(clock=VendorClock(leaping), environment="PRODUCTION", moving=False) as box:
        yield box


OpenDesk = Callable[..., contextlib.AbstractAsyncContextManager[Desk]]


@pytest.fixture
def open_desk(market: Sandbox, leaping: LeapingClock, paths: Paths) -> OpenDesk:
    """Open a desk on the market; `ready` is done unless the test says otherwise."""

    @contextlib.asynccontextmanager
    async def opened(
        *,
        exclusive: bool = True,
        ready: bool = True,
        operator: str = "amina",
        change: Callable[[Settings], Settings] = lambda settings: settings,
        **options: object,
    ) -> AsyncIterator[Desk]:
        base = sandbox_settings(load(paths, {}, sandbox=True), market.url)
        profile = replace(base.profile, environment="production", account_exclusive=exclusive)
        net = replace(base.net, max_requests_per_second=100, max_requests_per_minute=1_000_000)
        settings = change(replace(base, profile=profile, net=net))
        desk = Desk(
            settings,
            Secret(sandbox.DEMO_KEY),
            paths,
            operator=operator,
            **{"clock": leaping, **options},  # type: ignore[arg-type]
        )
        async with desk:
            if ready:
                await desk.ready()
            yield desk

    return opened


async def something_to_buy(desk: Desk) -> tuple[Product, Denomination]:
    """Return a denomination that is in stock and not dear."""
    for product in (await desk.catalog.read()).products():
        if product.enabled:
            for denomination in (await desk.figures.stock(product.id)).denominations:
                if denomination.quantity >= 5 and denomination.price < Decimal(3_000):
                    return product, denomination
    raise AssertionError("the embedded vendor has nothing to sell")


@pytest.fixture
def pick(leaping: LeapingClock) -> Callable[[Desk], object]:
    async def choose(desk: Desk) -> tuple[Product, Denomination]:
        # No one buys in the very millisecond in which a journal begins to watch its account.
        leaping.advance(0.01)
        return await something_to_buy(desk)

    return choose
