"""Draw the pictures of the README from the real console on the embedded vendor."""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

os.environ["TZ"] = "Africa/Algiers"
time.tzset()

from textual.app import App  # noqa: E402
from textual.pilot import Pilot  # noqa: E402

from screenshots import picture  # noqa: E402
from services.desk.desk import Desk  # noqa: E402
from services.domain.secrets import Secret  # noqa: E402
from services.sandbox import DEMO_KEY, Fault, Sandbox  # noqa: E402
from services.settings.load import load, sandbox_settings  # noqa: E402
from services.system.clock import SystemClock  # noqa: E402
from services.system.paths import Paths  # noqa: E402
from tui.actions.keymap import Keymap  # noqa: E402
from tui.console.app import ConsoleApp  # noqa: E402
from tui.screens.base import ConsoleContext  # noqa: E402

HERE = Path(__file__).parent
OPENING = datetime(2026, 3, 2, 9, 14, tzinfo=UTC)
PATIENCE = 30.0


class MorningClock(SystemClock):
    """Time that runs as always, but from the same morning for every set of pictures."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def now(self) -> datetime:
        """Return the time of that morning."""
        return OPENING + timedelta(seconds=time.monotonic() - self._began)


@asynccontextmanager
async def console(
    size: tuple[int, int], home: Path, *, earlier: int = 5, fault: str = ""
) -> AsyncIterator[tuple[Pilot[None], Sandbox]]:
    """Open the console at a size, on a vendor where other desks have bought already.

    Args:
        size: columns and lines.
        home: an empty folder.
        earlier: how many orders those desks have placed, each of another product.
        fault: how the vendor misbehaves, such as `reset@placeOrder:after`.
    """
    clock = MorningClock()
    paths = Paths(home / "config", home / "state", home / "cache")
    box = Sandbox(clock=clock, moving=False, handling_seconds=(600, 601))
    async with box:
        for number, product in enumerate(box.products[1 : 1 + earlier]):
            box.foreign_order(product.id, product.types[0].id, 1 + number % 3)
        box.finish()
        if fault:
            box.faults.add(Fault.parse(fault))
        settings = load(paths, {"CARDDESK_UI_THEME": "dark"}, sandbox=True)
        live = sandbox_settings(settings, box.url)
        async with Desk(live, Secret(DEMO_KEY), paths, operator="amina", clock=clock) as desk:

            async def open_desk() -> Desk:
                return desk

            app = ConsoleApp(ConsoleContext(live, Keymap(), clock=clock), open_desk)
            async with app.run_test(size=size) as pilot:
                yield pilot, box


def text_of(pilot: Pilot[None]) -> str:
    """Return what is on the screen."""
    strips = pilot.app.screen._compositor.render_strips()  # noqa: SLF001
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def until(pilot: Pilot[None], holds: Callable[[str], bool]) -> None:
    """Wait until the screen is as it should be."""
    end = time.monotonic() + PATIENCE
    while not holds(text := text_of(pilot)):
        if time.monotonic() > end:
            raise TimeoutError(f"it never came on this screen:\n{text}")
        await pilot.pause(0.05)


async def seen(pilot: Pilot[None], *words: str) -> None:
    """Wait until all these words are on the screen."""
    await until(pilot, lambda text: all(word in text for word in words))


def shot(pilot: Pilot[None], name: str) -> None:
    """Write what is on the screen as SVG and PNG."""
    app = pilot.app
    width, height = app.size
    # The console refuses a picture of a card; the embedded vendor's are worth nothing.
    svg = App[None].export_screenshot(app, title="carddesk")
    (HERE / f"{name}.svg").write_text(svg, "utf-8")
    strips = app.screen._compositor.render_strips()  # noqa: SLF001
    picture.save(strips, width, height, HERE / f"{name}.png")
    print(f"screenshots/{name}")


async def bought(pilot: Pilot[None], quantity: int, note: str) -> None:
    """Buy the product under the cursor, from the catalogue on."""
    await pilot.press("enter")
    await seen(pilot, "60 UC")
    await pilot.press("b")
    await seen(pilot, "enter Review")
    await pilot.press(str(quantity), "tab", *note, "enter")
    await seen(pilot, f"Buy {quantity} ", "balance is enough")
    await confirmed(pilot)


async def confirmed(pilot: Pilot[None]) -> None:
    """Say yes to a reviewed ticket."""
    while "enter buys now" not in text_of(pilot):
        # A review is deaf at first, and the same key too soon counts as held.
        await pilot.pause(0.5)
        await pilot.press("y")
        await pilot.pause(0.1)
    await pilot.press("enter")


async def purchase(size: tuple[int, int], home: Path) -> None:
    """Play one purchase and take a picture of each step, and of finding it again."""
    name = f"{size[0]}x{size[1]}"
    async with console(size, home) as (pilot, box):
        await seen(pilot, "PUBG Mobile UC", "connected")
        await seen(pilot, "8100 UC")
        await named(pilot)
        shot(pilot, f"desk-{name}")
        await pilot.press("question_mark")
        await seen(pilot, "Help · ")
        shot(pilot, f"help-{name}")
        await pilot.press("escape", "enter")
        await seen(pilot, "60 UC")
        await pilot.press("b")
        await seen(pilot, "enter Review")
        await pilot.press("2", "tab", *"Yacine", "enter")
        await seen(pilot, "Buy 2 ", "balance is enough")
        shot(pilot, f"ticket-{name}")
        await confirmed(pilot)
        await seen(pilot, "handling")
        await pilot.press("escape", "3")
        await seen(pilot, "handling")
        await named(pilot)
        await pilot.press("g")
        shot(pilot, f"handling-{name}")
        box.finish()
        await pilot.press("r")
        await until(pilot, lambda text: "handling" not in text)
        await pilot.press("g", "enter")
        await seen(pilot, "•••• ••••")
        await pilot.press("v")
        await seen(pilot, "SANDBOX-CARD-", "Hide")
        shot(pilot, f"revealed-{name}")
        await pilot.press("t")
        await seen(pilot, "Hand over: ")
        shot(pilot, f"hand-{name}")
        await pilot.press("escape", "m")
        await seen(pilot, "Handed over")
        await pilot.press("f")
        await seen(pilot, "Find an order")
        await pilot.press(*"yac", "enter")
        await seen(pilot, "You can tell the customer", "What happened")
        shot(pilot, f"timeline-{name}")


async def lost(size: tuple[int, int], home: Path) -> None:
    """Lose the answer to a purchase, on an account on which somebody buys the same."""
    async with console(size, home, earlier=0, fault="reset@placeOrder:after") as (pilot, box):
        await seen(pilot, "PUBG Mobile UC", "connected")
        await bought(pilot, 2, "Yacine")
        # No check finds anything before somebody else has bought, too.
        box.faults.add(Fault("http503", endpoint="list", times=0))
        await seen(pilot, "NO ANSWER")
        product = box.products[0]
        await pilot.pause(1)
        box.foreign_order(product.id, product.types[0].id, 2)
        box.finish()
        box.faults.clear()
        await pilot.press("u")
        await seen(pilot, "Unresolved", "ours?")
        await pilot.press("r")
        await seen(pilot, "2 possible orders", "● ready")
        await until(pilot, lambda text: "asking the vendor" not in text)
        shot(pilot, f"unresolved-{size[0]}x{size[1]}")


async def named(pilot: Pilot[None]) -> None:
    """Wait until the orders of the other desks bear the names of their denominations."""
    app = cast("ConsoleApp", pilot.app)
    async with asyncio.timeout(PATIENCE):
        while any(order.denomination.startswith("…") for order in app.book.orders):
            await pilot.pause(0.05)
    await pilot.pause(0.5)


def main() -> None:
    """Draw every picture again."""
    for size in ((80, 24), (120, 40), (200, 60)):
        for play in (purchase, lost):
            with tempfile.TemporaryDirectory() as home:
                asyncio.run(play(size, Path(home)))


if __name__ == "__main__":
    main()
