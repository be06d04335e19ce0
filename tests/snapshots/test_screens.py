"""The screens, cell by cell, in three themes and sizes; `make snapshots` keeps new ones."""

import itertools
import re
from pathlib import Path

import pytest
from textual._compositor import LayoutUpdate

from services.sandbox import Fault
from services.system.paths import Paths
from tests.console.conftest import Console
from tests.snapshots.conftest import VARIANTS, Scene
from tests.snapshots.picture import FOLDER, compare, drawn
from tui.actions.keymap import Keymap
from tui.console import first_run
from tui.console.setup_app import SetupApp
from tui.screens.base import ConsoleContext
from tui.screens.order import OrderScreen
from tui.screens.parts.setup_steps import Answers
from tui.screens.parts.unresolved_sheet import UnresolvedSheet
from tui.screens.sale import SaleScreen
from tui.screens.unresolved import UnresolvedScreen
from widgets.drawing.sheet import Sheet


async def held(console: Console, name: str, theme: str, size: tuple[int, int]) -> None:
    """Compare what is on the screen with what was kept under this name."""
    await console.rested()
    await console.settle()
    # What a test read off the screen was worked out without the screens below, and is remembered.
    console.screen.refresh()
    below = console.app._background_screens
    update = console.screen._compositor.render_update(full=True, screen_stack=below)
    assert isinstance(update, LayoutUpdate)
    lines = (itertools.chain(*line) for line in update.strips)
    compare(f"{name}-{size[0]}x{size[1]}-{theme}", drawn(lines))


def laid_out(sheet: Sheet) -> bool:
    """Whether a text is as high as it is long, which it becomes a moment after it changed."""
    size = sheet.size
    return size.height == sheet.get_content_height(size, size, size.width)


async def stock_read(console: Console, size: tuple[int, int]) -> None:
    """Wait for the prices beside the catalogue, where there is room for them."""
    if size[0] >= 80:
        await console.until(lambda: console.screen.board("stock").highlighted)
    # What lies on top of the desk shows it as it is by then.
    await console.rested()


async def to_stock(console: Console) -> None:
    await console.press("g", "enter")
    await console.shows("60 UC")
    await console.until(lambda: console.screen.pane == "stock")
    await console.until(lambda: console.screen.board("stock").highlighted)


async def test_the_desk_its_panes_and_a_review(
    scene: Scene, theme: str, size: tuple[int, int]
) -> None:
    async with scene() as console:
        await console.shows("PUBG Mobile UC")
        await stock_read(console, size)
        await held(console, "desk", theme, size)
        await to_stock(console)
        await held(console, "stock", theme, size)
        await console.press("b")
        await console.shows("enter Review")
        await console.press("2", "enter")
        await console.shows("Buy 2 ")
        await held(console, "review", theme, size)
        await console.press("escape", "3")
        await console.shows("✓ other desk", "Leave")
        await held(console, "orders", theme, size)
        await console.press("slash", *"pugb", "space", *"st:ful", "enter", "s")
        await console.shows("/pugb st:ful", "product ^")
        await held(console, "found", theme, size)


async def test_what_lies_on_top_of_the_desk(
    scene: Scene, theme: str, size: tuple[int, int]
) -> None:
    async with scene() as console:
        await console.shows("PUBG Mobile UC")
        await stock_read(console, size)
        await console.press("question_mark")
        await console.shows("Help · ")
        await held(console, "help", theme, size)
        await console.press("escape", "colon")
        await console.shows("go: Catalogue")
        await held(console, "palette", theme, size)
        await console.press("escape", "L")
        await console.shows("locked")
        await held(console, "lock", theme, size)


async def test_an_order_its_cards_and_the_money(
    scene: Scene, theme: str, size: tuple[int, int]
) -> None:
    async with scene() as console:
        await stock_read(console, size)
        await console.press("3", "enter")
        screen = await console.until(
            lambda: isinstance(console.screen, OrderScreen) and console.screen
        )
        await console.until(lambda: screen.detail.order and screen.cards.count)
        await console.until(lambda: screen.detail.timeline)
        await held(console, "order", theme, size)
        await console.press("v")
        await console.shows("SANDBOX-CARD-")
        await console.until(lambda: screen.cards.seen)
        await held(console, "reveal", theme, size)
        await console.press("4", "enter")
        await console.shows("Best sellers")
        await held(console, "money", theme, size)
        await console.press("escape", "5")
        await console.shows("deposit")
        await held(console, "ledger", theme, size)


async def test_the_shift_report(scene: Scene, theme: str, size: tuple[int, int]) -> None:
    async with scene() as console:
        await console.buy()
        await console.press("escape", "R")
        await console.shows("no money moves", "By product", "PUBG")
        await held(console, "shift", theme, size)


async def test_a_sale_of_several_lines(scene: Scene, theme: str, size: tuple[int, int]) -> None:
    async with scene() as console:
        await stock_read(console, size)
        await to_stock(console)
        for key in ("a", "a", "j"):
            await console.press(key)
        await console.until(lambda: console.app.book.sale and console.app.book.sale.cards == 2)
        await console.press("a")
        await console.until(lambda: console.app.book.sale and len(console.app.book.sale.lines) == 2)
        await console.press("A")
        sale = await console.until(
            lambda: isinstance(console.screen, SaleScreen) and console.screen
        )
        await console.shows("Nothing is bought yet")
        await held(console, "sale", theme, size)
        await console.press("b")
        await console.until(lambda: getattr(console.screen, "confirmation", None))
        await held(console, "sale-review", theme, size)
        console.steady.skip(1)
        await console.press("y")
        console.apart()
        await console.press("enter")
        await console.until(lambda: len(sale.sale.bought) == 2 and not sale._buying)
        # One after the other: both would come in one second, in either order.
        for count, line in enumerate(sale.sale.bought, 1):
            console.box.finish(line.order.order_id)
            await console.press("r")
            await console.until(lambda count=count: len(sale.sale.ready) == count)
        await console.until(lambda: sale.listens)
        await console.shows("3 of 3 cards here")
        await held(console, "sale-ready", theme, size)


async def test_purchases_without_an_answer(
    scene: Scene, theme: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "counter-1")
    async with scene(exclusive=False) as console:
        console.box.faults.add(Fault.parse("reset@placeOrder:after"))
        await console.buy()
        await console.press("escape", "3", "g")
        await console.until(lambda: len(console.app.book.log) == 2)
        await console.until(lambda: len(console.app.book.orders) == len(console.box.orders) + 1)
        await console.shows("ours?")
        await console.rested()
        await console.press("n")
        await console.shows("note on 1 x")
        await console.press(*"karim")
        await held(console, "note", theme, size)
        await console.press("escape", "u")
        await console.until(lambda: isinstance(console.screen, UnresolvedScreen))
        await console.shows("may be ours", "looked once", "not known", "It is ours")
        await console.until(lambda: laid_out(console.screen.query_one(UnresolvedSheet)))
        await console.until(lambda: "looks again now" not in console.text())
        await held(console, "unresolved", theme, size)


async def test_the_set_up(paths: Paths, zone: None, theme: str, size: tuple[int, int]) -> None:
    from msgspec.structs import replace

    from services.settings.load import load

    base = load(paths, {})
    ui = replace(base.ui, theme="light" if theme == "light" else "ansi")
    context = ConsoleContext(replace(base, ui=ui), Keymap(first_run.KEYBOARD))
    app = SetupApp(context, paths, Answers())
    async with app.run_test(size=size):
        console = Console(app, None, None)  # type: ignore[arg-type]
        await console.shows("Welcome")
        await held(console, "setup", theme, size)


def test_every_picture_is_one_that_a_test_draws() -> None:
    names = re.findall(r'held\(console, "([\w-]+)"', Path(__file__).read_text("utf-8"))
    pictures = {
        f"{name}-{columns}x{rows}-{look}" for name in names for look, (columns, rows) in VARIANTS
    }
    assert {path.stem for path in FOLDER.iterdir()} - pictures == set()
