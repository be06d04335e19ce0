"""A console whose picture is the same on every machine: one moment, one zone, one small world."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from services.desk.desk import Desk
from services.domain.book import BoardOrder
from services.domain.secrets import Secret
from services.sandbox import DEMO_KEY, Sandbox
from services.settings.load import load, sandbox_settings
from services.system.paths import Paths
from tests.console.conftest import Console, QuickClock, ScreenClock
from tui.actions.keymap import Keymap
from tui.console.app import ConsoleApp
from tui.screens.base import ConsoleContext

MOMENT = datetime(2026, 3, 1, 9, tzinfo=UTC)
VARIANTS = (
    ("ansi", (80, 24)),
    ("ansi", (120, 40)),
    ("ansi", (200, 60)),
    ("light", (80, 24)),
    ("no-colour", (120, 40)),
)
"""Themes and sizes: every size in the theme that most see, the others at one size each."""


class OneMoment(QuickClock):
    """A clock whose time of day is stopped, so that no age depends on the machine."""

    def now(self) -> datetime:
        return MOMENT


Scene = Callable[..., contextlib.AbstractAsyncContextManager[Console]]


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "Africa/Algiers")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(params=VARIANTS, ids=lambda look: f"{look[1][0]}x{look[1][1]}-{look[0]}")
def look(request: pytest.FixtureRequest) -> tuple[str, tuple[int, int]]:
    return request.param


@pytest.fixture
def theme(look: tuple[str, tuple[int, int]], monkeypatch: pytest.MonkeyPatch) -> str:
    if look[0] == "no-colour":
        monkeypatch.setenv("NO_COLOR", "1")
    return look[0]


@pytest.fixture
def size(look: tuple[str, tuple[int, int]]) -> tuple[int, int]:
    return look[1]


@pytest.fixture
def scene(paths: Paths, zone: None, theme: str, size: tuple[int, int]) -> Scene:
    """Open the console on a vendor where other desks have bought already."""

    @contextlib.asynccontextmanager
    async def opened(*, exclusive: bool = True) -> AsyncIterator[Console]:
        clock = OneMoment()
        async with Sandbox(clock=clock, moving=False, handling_seconds=(600, 601)) as box:
            for number, product in enumerate(box.products[1:5]):
                box.foreign_order(product.id, product.types[0].id, 1 + number % 3)
            box.finish()
            base = sandbox_settings(load(paths, {}, sandbox=True), box.url)
            net = replace(base.net, max_requests_per_second=50, max_requests_per_minute=6_000)
            ui = replace(base.ui, theme="light" if theme == "light" else "ansi")
            profile = replace(base.profile, account_exclusive=exclusive)
            settings = replace(base, net=net, ui=ui, profile=profile)
            async with Desk(
                settings, Secret(DEMO_KEY), paths, operator="amina", clock=clock
            ) as desk:

                async def open_desk() -> Desk:
                    return desk

                steady = ScreenClock(clock)
                app = ConsoleApp(ConsoleContext(settings, Keymap(), clock=steady), open_desk)
                async with app.run_test(size=size):
                    console = Console(app, desk, box, clock, steady)
                    await console.ready()
                    await console.shows("connected")
                    await console.until(lambda: app.book.balance)
                    await console.until(lambda: len(app.book.orders) == len(box.orders))
                    await console.until(lambda: not any(_nameless(o) for o in app.book.orders))
                    yield console

    return opened


def _nameless(order: BoardOrder) -> bool:
    """Whether a name still has to be asked for; until then an id is in its place."""
    return order.denomination.startswith("…")
