"""The desk's panes: at three sizes, by keys alone, and in each of their states."""

from typing import Any

import pytest
from msgspec.structs import replace

from services.sandbox import Fault
from services.settings.load import Settings
from tui.actions.action import PANES
from tui.actions.table import ACTIONS
from tui.screens import desk_stock
from tui.screens.desk import DeskScreen
from tui.screens.money import MoneyScreen
from widgets.panes.orders import OrderBoard
from widgets.panes.stock import StockPane

WITHOUT_LEDGER = [pane for pane in PANES if pane != "ledger"]


def shown(console: Any) -> list[str]:
    return [pane for pane in PANES if console.screen.pane_widget(pane).display]


async def test_the_first_picture_waits_for_no_network(open_console: Any) -> None:
    async with open_console() as console:
        console.box.faults.add(Fault.parse("hang*0=60"))
        assert "SANDBOX" in console.text() or "Reading the catalogue" in console.text()


@pytest.mark.parametrize(
    ("size", "panes"),
    [
        ((60, 18), ["catalogue"]),
        ((80, 24), ["catalogue", "stock", "orders"]),
        ((120, 35), ["catalogue", "stock", "orders", "balance"]),
        ((120, 40), WITHOUT_LEDGER),
        ((200, 60), list(PANES)),
    ],
)
async def test_each_size_shows_what_it_holds(
    open_console: Any, size: tuple[int, int], panes: list[str]
) -> None:
    async with open_console(size=size) as console:
        await console.ready()
        assert shown(console) == panes
        titles = [f"{key} {pane.capitalize()}" for key, pane in enumerate(PANES, 1)]
        await console.shows("SANDBOX", "Help", *(titles if size[0] > 60 else titles[:1]))


async def test_two_columns_show_what_is_earned_and_for_whom_orders_are(open_console: Any) -> None:
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        product = next(p for p in console.box.products if p.enabled)
        console.box.finish(console.box.foreign_order(product.id, product.types[0].id, 1))
        await console.press("3", "r")
        await console.until(lambda: console.app.book.orders)
        await console.shows("price", "margin", "customer", "✓ other desk")
        await console.shows("PUBG Mobile 60 UC")


async def test_panes_follow_the_terminal_as_it_is_resized(console: Any) -> None:
    await console.ready()
    await console.resize(120, 40)
    await console.until(lambda: shown(console) == WITHOUT_LEDGER)
    await console.resize(80, 24)
    await console.until(lambda: shown(console) == ["catalogue", "stock", "orders"])
    await console.resize(50, 10)
    await console.shows("too small for the desk")
    await console.resize(80, 24)
    await console.shows("1 Catalogue")


async def test_every_pane_is_one_key_away(open_console: Any) -> None:
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        for key, pane in zip("123456", PANES, strict=True):
            await console.press(key)
            assert console.screen.pane == pane
            assert console.screen.pane_widget(pane).has_focus
        steps = ("tab", "catalogue"), ("shift+tab", "log"), ("h", "ledger"), ("h", "balance")
        for key, pane in steps:
            await console.press(key)
            assert console.screen.pane == pane


async def test_a_step_passes_the_balance_where_it_has_no_room(console: Any) -> None:
    await console.ready()
    await console.press("3", "tab")
    assert console.screen.pane == "ledger"
    await console.press("4")
    assert isinstance(console.screen, MoneyScreen)


async def test_one_cursor_alone_is_the_one_that_keys_move(open_console: Any) -> None:
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        await console.until(lambda: console.screen.board("stock").highlighted)
        for key, pane in (("1", "catalogue"), ("2", "stock")):
            await console.press(key)
            for other in ("catalogue", "stock"):
                board = console.screen.board(other)
                lines = [board.render_line(y).text for y in range(board.size.height)]
                marks = {line[1] for line in lines if line[1] in "▌▏"}
                assert marks == {"▌" if other == pane else "▏"}
        await console.press("slash", "u")
        await console.until(lambda: console.screen.board("stock").filter_text)
        assert any(line.text.startswith("│▌ ") for line in map(board.render_line, range(8)))


async def test_enter_goes_from_product_to_stock_to_ticket(console: Any) -> None:
    await console.may_buy()
    await console.press("enter")
    assert console.screen.pane == "stock"
    await console.shows("price", "cost", "60 UC")
    await console.press("enter")
    await console.shows("enter Review")


async def test_b_in_the_catalogue_shows_the_denominations_first(console: Any) -> None:
    await console.may_buy()
    await console.press("b")
    assert console.screen.pane == "stock"


async def test_the_filter_lists_as_it_is_typed_and_escape_lists_all(console: Any) -> None:
    await console.ready()
    board = console.screen.board("catalogue")
    await console.press("slash", *"steam")
    await console.until(lambda: 0 < board.shown < board.total)
    await console.press("enter")
    assert board.has_focus
    assert board.filter_text == "steam"
    await console.press("escape")
    assert board.shown == board.total


async def test_a_stock_that_comes_back_after_a_filter_found_nothing_has_its_cursor(
    console: Any,
) -> None:
    await console.until(lambda: console.screen.board("stock").highlighted)
    await console.press("slash", *"zzz")
    await console.shows("Nothing here matches")
    await console.press("escape", "enter")
    stock = console.screen.board("stock")
    await console.until(lambda: console.screen.pane == "stock" and stock.listed)
    assert stock.highlighted is stock.listed[0]


async def test_keys_are_text_inside_the_filter(console: Any) -> None:
    await console.ready()
    await console.press("slash", "q", "o", "5")
    assert isinstance(console.screen, DeskScreen)
    assert console.screen.board("catalogue").filter_text == "qo5"


async def test_zoom_gives_a_pane_the_whole_screen_and_takes_it_back(open_console: Any) -> None:
    async with open_console(size=(160, 50)) as console:
        await console.ready()
        await console.press("3", "z")
        assert shown(console) == ["orders"]
        await console.shows("3 Orders   1 Catalogue")
        await console.press("escape")
        assert shown(console) == list(PANES)


async def test_stock_is_read_for_the_product_under_the_cursor_only(
    open_console: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No key comes so late, however busy the machine is.
    monkeypatch.setattr(desk_stock, "REST_SECONDS", 1.5)
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        await console.press(*["j"] * 8)
        await console.until(lambda: console.screen.query_one(StockPane).total)
        assert console.screen.stock.product_id == console.screen.product.id
        assert console.box.requests["GET", "checkProduct"] <= 3


async def test_a_stock_that_cannot_be_read_says_so_and_r_reads_it(console: Any) -> None:
    await console.ready()
    console.box.faults.add(Fault.parse("http500@checkProduct*0"))
    await console.press("2")
    await console.shows("The stock could not be read")
    console.box.faults.clear()
    await console.press("r")
    await console.shows("price", "60 UC")


async def test_a_catalogue_that_cannot_be_read_says_so(open_console: Any, paths: Any) -> None:
    async with open_console() as console:
        await console.ready()
        console.box.faults.add(Fault.parse("http500@catalog*0"))
        await console.press("r")
        await console.shows("stale")


async def test_orders_of_another_desk_are_on_the_board(console: Any) -> None:
    await console.ready()
    product = next(p for p in console.box.products if p.enabled)
    console.box.foreign_order(product.id, product.types[0].id, 1)
    await console.press("3", "r")
    row = await console.until(lambda: console.screen.query_one(OrderBoard).highlighted)
    assert not row.mine
    await console.shows("other", "by another desk")
    await console.press("n")
    await console.shows("Another desk placed this order")


async def test_a_note_is_kept_and_shown(console: Any) -> None:
    await console.buy()
    await console.press("escape", "3")
    await console.until(lambda: console.app.book.orders)
    await console.press("u")
    await console.shows("Nothing is unresolved")
    await console.press("n", *"karim", "enter")
    text = await console.shows("The note is saved: karim", "customer karim")
    assert "Nothing is unresolved" not in text
    await console.press("n", *["backspace"] * 5, "enter")
    await console.shows("Erase the note?")
    await console.press("y")
    await console.shows("The note is erased")
    await console.until(lambda: "karim" not in console.text())


async def test_what_the_vendor_says_is_text_and_nothing_else(console: Any) -> None:
    console.box.faults.add(Fault.parse("hostile*0"))
    await console.ready()
    await console.press("r")
    for key in ("2", "3", "5", "1", "j", "question_mark", "escape", "colon", "escape"):
        await console.press(key)
    assert "\x1b" not in console.text()
    assert console.app.crash is None


@pytest.mark.parametrize("size", [(60, 18), (80, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_chosen_row_of_the_palette_is_explained_in_full(
    open_console: Any, size: tuple[int, int]
) -> None:
    async with open_console(size=size) as console:
        await console.ready()
        await console.press("colon")
        board = console.screen.board
        for row in (row for row in board.listed if len(row.help) > 40 or row.reason):
            assert board.move_to(row.id)
            await console.settle()
            words = " ".join(console.text().replace("│", " ").split())
            assert f"{row.help}." in words or row.help in words
            assert row.reason in words


async def test_a_remapped_key_acts_and_the_old_one_does_not(open_console: Any) -> None:
    def remapped(settings: Settings) -> Settings:
        return replace(settings, keys={"privacy": "Y", "nav.down": "ctrl+n"})

    async with open_console(change=remapped) as console:
        await console.ready()
        board = console.screen.board("catalogue")
        first = board.highlighted_row_id
        await console.press("d", "j")
        assert not console.app.privacy
        assert board.highlighted_row_id == first
        await console.press("Y", "ctrl+n")
        assert console.app.privacy
        assert board.highlighted_row_id != first


async def test_an_azerty_row_goes_to_the_panes(open_console: Any) -> None:
    async with open_console(keyboard="azerty+ar") as console:
        await console.ready()
        for key, pane in zip("&é\"'(-", PANES, strict=True):
            assert f" {key} {pane.capitalize()} " in console.text()
        await console.press("é")
        assert console.screen.pane == "stock"
        await console.press("ampersand")
        assert console.screen.pane == "catalogue"


async def test_the_palette_runs_any_action_by_name(console: Any) -> None:
    await console.ready()
    await console.press("colon", *"orders", "enter")
    await console.until(lambda: isinstance(console.screen, DeskScreen))
    assert console.screen.pane == "orders"


async def test_the_palette_says_why_a_command_cannot_run(console: Any) -> None:
    await console.ready()
    await console.press("ctrl+k", *"unresolved", "enter")
    await console.shows("Nothing is unresolved or unclaimed.")


async def test_the_palette_offers_no_picture_of_the_screen(console: Any) -> None:
    await console.ready()
    await console.press("ctrl+p")
    assert isinstance(console.screen, DeskScreen)
    await console.press("colon", *"screenshot")
    assert console.screen.board.shown == 0


async def test_privacy_hides_wholesale_prices_and_the_balance(console: Any) -> None:
    await console.ready()
    await console.press("2")
    await console.shows("cost", "250 000")
    await console.press("d")
    await console.until(lambda: "cost" not in console.text())
    assert "250 000" not in console.text()


async def test_a_key_that_cannot_work_says_why(console: Any) -> None:
    await console.ready()
    await console.press("u")
    await console.shows("Nothing is unresolved or unclaimed.")


@pytest.mark.parametrize("pane", PANES)
async def test_every_action_of_a_pane_is_answered(open_console: Any, pane: str) -> None:
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        await console.press(str(PANES.index(pane) + 1))
        handled = console.screen.handlers()
    app_wide = {
        "palette",
        "help",
        "unresolved",
        "privacy",
        "lock",
        "quit",
        "leave",
        "money",
        "sale",
        "shift",
        "case",
        "cases",
        "files",
        "lock.pin",
        "find",
        "undelivered",
        "redraw",
        "suspend",
    }
    for action in ACTIONS:
        if pane in action.where and not action.id.startswith("nav."):
            assert action.id in handled or action.id in app_wide


async def test_polling_that_fails_is_visible_and_r_polls_again(console: Any) -> None:
    await console.ready()
    await console.until(lambda: console.app.book.poll.state == "live")
    console.box.faults.add(Fault.parse("http500@list*0"))
    await console.press("3", "r")
    await console.until(lambda: console.app.book.poll.state == "failing")
    await console.shows("no link")
    console.box.faults.clear()
    await console.press("r")
    await console.until(lambda: console.app.book.poll.state == "live")


@pytest.mark.parametrize("size", [(100, 30), (120, 40), (170, 50)])
async def test_the_region_stays_in_the_catalogue_when_a_product_is_pinned(
    open_console: Any, size: tuple[int, int]
) -> None:
    async with open_console(size=size) as console:
        await console.ready()
        await console.press("p")
        await console.shows("* ", "region", "Global")
