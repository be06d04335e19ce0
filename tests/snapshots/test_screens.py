"""The main screens, cell by cell, three themes, two sizes; `make snapshots` keeps new ones."""

import itertools

from textual._compositor import LayoutUpdate

from services.paths import Paths
from tests.console.conftest import Console
from tests.snapshots.conftest import Scene
from tests.snapshots.picture import compare, drawn
from tui import first_run
from tui.keymap import Keymap
from tui.screens.base import Frame
from tui.screens.setup_steps import Answers
from tui.setup_app import SetupApp


async def held(console: Console, name: str, theme: str, size: tuple[int, int]) -> None:
    """Compare what stands on the screen with what was kept under this name."""
    await console.settle()
    # What a test read off the screen was worked out without the screens below, and is remembered.
    console.screen.refresh()
    below = console.app._background_screens
    update = console.screen._compositor.render_update(full=True, screen_stack=below)
    assert isinstance(update, LayoutUpdate)
    lines = (itertools.chain(*line) for line in update.strips)
    compare(f"{name}-{size[0]}x{size[1]}-{theme}", drawn(lines))


async def to_stock(console: Console) -> None:
    await console.press("g", "enter")
    await console.shows("60 UC")
    await console.until(lambda: console.screen.pane == "stock")
    await console.until(lambda: console.screen.board("stock").highlighted)


async def test_the_desk_and_its_panes(scene: Scene, theme: str, size: tuple[int, int]) -> None:
    async with scene() as console:
        await console.shows("PUBG Mobile UC")
        if size[0] >= 100:
            await console.until(lambda: console.screen.board("stock").highlighted)
        await held(console, "desk", theme, size)
        await to_stock(console)
        await held(console, "stock", theme, size)
        await console.press("3")
        await console.shows("fulfilled")
        await held(console, "orders", theme, size)


async def test_help_palette_and_lock(scene: Scene, theme: str, size: tuple[int, int]) -> None:
    async with scene() as console:
        await console.shows("PUBG Mobile UC")
        if size[0] >= 100:
            await console.until(lambda: console.screen.board("stock").highlighted)
        await console.press("question_mark")
        await console.shows("Next line")
        await held(console, "help", theme, size)
        await console.press("escape", "colon")
        await console.shows("pane: Catalogue")
        await held(console, "palette", theme, size)
        await console.press("escape", "L")
        await console.shows("locked")
        await held(console, "lock", theme, size)


async def test_what_a_filter_found(scene: Scene, theme: str, size: tuple[int, int]) -> None:
    async with scene() as console:
        await console.press("3", "slash", *"pugb", "space", *"st:ful", "enter", "s")
        await console.shows("/pugb st:ful", "state ^")
        if size[0] >= 100:
            await console.until(lambda: console.screen.board("stock").highlighted)
        await held(console, "found", theme, size)


async def test_the_review_of_a_ticket(scene: Scene, theme: str, size: tuple[int, int]) -> None:
    async with scene() as console:
        await to_stock(console)
        await console.press("o")
        await console.shows("Quantity")
        await console.press("2", "enter")
        await console.shows("Buy 2 cards")
        await held(console, "review", theme, size)


async def test_the_set_up(paths: Paths, zone: None, theme: str, size: tuple[int, int]) -> None:
    from msgspec.structs import replace

    from services.settings import load

    base = load(paths, {})
    ui = replace(base.ui, theme="light" if theme == "light" else "ansi")
    frame = Frame(replace(base, ui=ui), Keymap(first_run.KEYBOARD))
    app = SetupApp(frame, paths, Answers())
    async with app.run_test(size=size) as pilot:
        console = Console(app, pilot, None, None)  # type: ignore[arg-type]
        await console.shows("Welcome")
        await held(console, "setup", theme, size)
