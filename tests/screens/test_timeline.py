"""A customer comes back: find the order, tell its timeline, mark what was given."""

from typing import Any

import pytest
from msgspec.structs import replace

from services.sandbox import Fault
from tui.actions.keymap import KEYBOARDS
from tui.palette.screen import PaletteScreen
from tui.screens.desk import DeskScreen
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.dialogs.prompt import PromptScreen
from tui.screens.order import OrderScreen
from tui.screens.search_results import SearchResultsScreen
from tui.screens.timeline import TimelineScreen
from tui.screens.undelivered import UndeliveredScreen
from widgets.panes.orders import OrderBoard

SIZES = [(80, 24), (200, 60)]


async def sold(console: Any, note: str = "", quantity: int = 1) -> Any:
    """Sell something without the screen, and wait until the board has its cards."""
    await console.may_buy()
    product = next(product for product in console.box.products if product.enabled)
    bought = await bought_at_once(console, product, quantity, note)
    console.box.finish(bought.order_id)
    console.desk.refresh_orders()
    await console.until(
        lambda: any(
            row.purchase_id == bought.id and row.state == "FULFILLED"
            for row in console.app.book.orders
        )
    )
    return bought


async def bought_at_once(console: Any, product: Any, quantity: int, note: str) -> Any:
    """Buy without the screen; on a slow machine the quote would be too old by then."""
    console.clock.hold()
    quote = await console.desk.quote(product.id, product.types[0].id, quantity)
    bought = await console.desk.buy(quote, note=note)
    console.clock.hold(False)
    return bought


async def find(console: Any, text: str) -> None:
    await console.press("f")
    await console.until(lambda: isinstance(console.screen, PaletteScreen))
    assert console.screen.line.value == "find "
    await console.press(*("space" if char == " " else char for char in text), "enter")


async def on(console: Any, kind: type) -> Any:
    return await console.until(lambda: isinstance(console.screen, kind) and console.screen)


async def timeline_read(console: Any) -> TimelineScreen:
    """Wait for a timeline that is whole."""
    screen = await on(console, TimelineScreen)
    await console.until(lambda: screen.composed and screen.sheet.timeline and not screen.sheet.busy)
    await console.settle()
    return screen


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_one_hit_goes_straight_to_its_timeline_and_on_to_its_cards(
    open_console: Any, size: tuple[int, int]
) -> None:
    async with open_console(size=size) as console:
        bought = await sold(console, "for Yacine")
        await find(console, "yacine")
        await timeline_read(console)
        await console.shows(
            "You can tell the customer", "Your card is ready.", "for Yacine", "What happened"
        )
        await console.press("G")
        await console.shows("The vendor says now: FULFILLED")
        await console.press("enter")
        screen = await on(console, OrderScreen)
        assert screen.noted_order().order_id == bought.order_id
        await console.press("i")
        await timeline_read(console)
        await console.press("enter")
        await on(console, OrderScreen)
        await console.press("q")
        await on(console, TimelineScreen)
        await console.press("q")
        await on(console, DeskScreen)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_several_hits_are_listed_with_what_they_were_found_by(
    open_console: Any, size: tuple[int, int]
) -> None:
    async with open_console(size=size) as console:
        await sold(console, "for Yacine")
        await sold(console, "for Lina", 2)
        await find(console, "for")
        screen = await on(console, SearchResultsScreen)
        await console.until(lambda: screen.orders.shown == 2)
        await console.shows("Find an order", "· for", "found by", "note", "Lina", "Yacine")
        await console.press("j", "enter")
        await timeline_read(console)
        await console.shows("for Yacine")
        await console.press("q")
        await on(console, SearchResultsScreen)
        await console.press("m")
        await console.until(lambda: screen.orders.highlighted.given_at)
        await console.press("q")
        await on(console, DeskScreen)


async def test_what_was_found_is_filtered_and_sorted_like_every_list(console: Any) -> None:
    await sold(console, "for Yacine", 3)
    await sold(console, "for Lina", 1)
    await find(console, "for")
    screen = await on(console, SearchResultsScreen)
    await console.until(lambda: screen.orders.shown == 2)
    await console.press("slash", *"lina", "enter")
    await console.until(lambda: screen.orders.shown == 1)
    await console.press("m")
    await console.until(lambda: screen.orders.highlighted.given_at)
    await console.press("escape")
    await console.until(lambda: screen.orders.shown == 2)
    assert isinstance(console.screen, SearchResultsScreen)
    await console.press("s")
    await console.until(lambda: screen.orders.sort)
    await console.press("escape")
    await on(console, DeskScreen)


async def test_what_is_unknown_is_said_and_no_day_is_refused_at_once(
    console: Any,
) -> None:
    await console.may_buy()
    await find(console, "nobody")
    await console.shows("Nothing was found for nobody.")
    await console.press("q")
    await on(console, DeskScreen)
    await find(console, "31/2")
    await console.shows("There is no day 31/2")
    assert isinstance(console.screen, DeskScreen)


async def test_a_vendor_that_is_down_leaves_the_journals_part(console: Any) -> None:
    await sold(console, "for Yacine")
    console.box.faults.add(Fault("http503", endpoint="checkOrder", times=0))
    console.box.faults.add(Fault("http503", endpoint="transactions", times=0))
    await find(console, "yacine")
    await timeline_read(console)
    await console.press("G")
    await console.shows("Every card came", "could not be asked; this is what the journal knows")


async def test_the_journals_part_of_a_day_is_while_the_vendor_is_asked(console: Any) -> None:
    await sold(console, "for Yacine")
    await console.until(lambda: console.app.book.poll.state == "live")
    console.box.faults.add(Fault("hang", endpoint="list", times=0))
    await find(console, "today")
    await console.shows("for Yacine", "asking the vendor")
    assert isinstance(console.screen, SearchResultsScreen)


async def test_a_serial_is_asked_for_hidden_and_shown_nowhere(console: Any) -> None:
    await sold(console, "for Yacine", 2)
    await find(console, "serial:")
    await on(console, PromptScreen)
    await console.press(*"SANDBOX-2")
    assert "SANDBOX-" not in console.text()
    await console.press("enter")
    await timeline_read(console)
    await console.shows("for Yacine")
    await console.press("q")
    await console.press("f", *"serial:SANDBOX-9")
    assert "SANDBOX-9" not in console.text()
    await console.press("enter")
    await console.shows("Nothing was found for a serial. The orders of the last 7 days")
    assert console.app.commands._history.lines == ["find serial:"]
    kinds = [event.kind for event in (await console.desk.journal.audit()).events]
    assert kinds.count("serial search") == 2


async def test_a_search_for_a_serial_stops_when_its_screen_closes(console: Any) -> None:
    await sold(console)
    await console.until(lambda: console.app.book.poll.state == "live")
    console.box.faults.add(Fault("hang", endpoint="list", times=0))
    await find(console, "serial:SANDBOX-1")
    await console.shows("Looking through the vendor's orders")
    await console.press("q")
    await on(console, DeskScreen)
    await console.until(lambda: not any(w.group == "find" for w in console.app.workers))


async def test_m_marks_an_order_and_m_again_asks_before_it_takes_the_mark_back(
    console: Any,
) -> None:
    bought = await sold(console)
    await console.press("3")
    board = console.screen.query_one(OrderBoard)
    await console.until(lambda: board.highlighted)
    await console.press("m")
    await console.shows("Handed over ")
    await console.until(lambda: board.highlighted.given_at)
    await console.press("m")
    await on(console, AskScreen)
    await console.shows('Undo "handed over"?', "by amina")
    await console.press("enter")
    assert board.highlighted.given_at
    await console.press("m")
    await on(console, AskScreen)
    await console.press("y")
    await console.until(lambda: not board.highlighted.given_at)
    kinds = [event.kind for event in await console.desk.journal.events(bought.order_id)]
    assert kinds[-2:] == ["delivered", "undelivered"]


async def test_after_a_reveal_the_first_key_named_is_the_mark(console: Any) -> None:
    await sold(console)
    await console.press("3", "enter")
    await on(console, OrderScreen)
    await console.shows("not handed over yet")
    await console.press("v")
    await console.shows("SANDBOX-CARD-1", " t Hand over  m Mark only  c Copy  v Hide  ")
    await console.press("m")
    await console.shows("Handed over ", "by amina")
    assert "SANDBOX-CARD-1" in console.text()
    hints = console.screen.query_one("KeyLine").hints
    assert "m" not in {key for key, _ in hints}


async def test_an_order_without_cards_cannot_be_marked_and_says_why(open_console: Any) -> None:
    async with open_console(handling_seconds=(600, 601)) as console:
        await console.ready()
        product = next(product for product in console.box.products if product.enabled)
        console.box.foreign_order(product.id, product.types[0].id, 1)
        await console.press("3", "r")
        await console.until(lambda: console.app.book.orders)
        await console.press("m")
        await console.shows("There are no cards to hand over")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_what_is_not_given_is_listed_and_leaves_the_list_when_marked(
    open_console: Any, size: tuple[int, int]
) -> None:
    async with open_console(size=size) as console:
        await sold(console, "for Yacine")
        await sold(console, "for Lina")
        await console.press("T")
        screen = await on(console, UndeliveredScreen)
        await console.until(lambda: screen.orders.shown == 2)
        await console.shows("To hand over", "for Yacine", "for Lina")
        await console.press("m")
        await console.until(lambda: screen.orders.shown == 1)
        await console.press("i")
        await timeline_read(console)
        await console.shows("for Lina")
        await console.press("q", "enter")
        await on(console, OrderScreen)
        await console.press("q", "m")
        await console.shows("Every card of the last 7 days is handed over.")
        await console.press("q")
        await on(console, DeskScreen)


async def test_the_money_screen_counts_what_is_not_given(console: Any) -> None:
    await sold(console)
    await console.press("4")
    await console.shows("Best sellers", "To hand over", "1 order")
    await console.press("T")
    screen = await on(console, UndeliveredScreen)
    await console.until(lambda: screen.orders.shown)
    await console.press("m")
    await console.until(lambda: not screen.orders.shown)
    await console.press("q")
    await console.shows("None: every card is")


async def test_an_order_of_days_ago_is_marked_and_noted_from_its_timeline(
    open_console: Any,
) -> None:
    def short(settings: Any) -> Any:
        return replace(settings, board=replace(settings.board, hours=1))

    async with open_console(change=short) as console:
        bought = await sold(console, "for Yacine")
        connection = console.desk._opening.opened().journal._engine._file.connection
        connection.execute("UPDATE purchases SET created_at = '2026-01-01T10:00:00.000000Z'")
        console.desk._opening.opened().board.rows._rows.clear()
        await find(console, "yacine")
        screen = await timeline_read(console)
        await console.press("n")
        await on(console, PromptScreen)
        await console.press("end", *", paid", "enter")
        await console.shows("for Yacine, paid")
        await console.press("m")
        await console.until(lambda: screen.sheet.timeline.row.given_at)
        assert (await console.desk.journal.purchase(bought.id)).note == "for Yacine, paid"


async def test_a_timeline_follows_its_order(open_console: Any) -> None:
    async with open_console(handling_seconds=(600, 601)) as console:
        await console.may_buy()
        product = next(product for product in console.box.products if product.enabled)
        bought = await bought_at_once(console, product, 1, "for Yacine")
        await find(console, "yacine")
        await timeline_read(console)
        await console.shows("on the way")
        console.box.finish(bought.order_id)
        console.desk.refresh_orders()
        await console.shows("Your card is ready.")


async def test_privacy_leaves_no_amount_in_a_timeline(console: Any) -> None:
    bought = await sold(console, "for Yacine")
    await find(console, "yacine")
    await timeline_read(console)
    assert str(bought.total) in console.text()
    await console.press("d")
    await console.until(lambda: str(bought.total) not in console.text())
    await console.shows("•••••• DZD")
    assert "250 000" not in console.text()


@pytest.mark.parametrize("keyboard", KEYBOARDS)
async def test_the_keys_are_heard_on_every_keyboard(open_console: Any, keyboard: str) -> None:
    arabic = {"f": "ب", "i": "ه", "m": "ك" if "azerty" in keyboard else "ة"}
    typed = arabic if keyboard.endswith("+ar") else {key: key for key in arabic}
    async with open_console(keyboard=keyboard) as console:
        await sold(console, "for Yacine")
        await console.press(typed["f"])
        await on(console, PaletteScreen)
        await console.press("escape", "tab", "tab")
        board = console.screen.query_one(OrderBoard)
        await console.until(lambda: board.highlighted)
        await console.press(typed["i"])
        await timeline_read(console)
        await console.press(typed["m"])
        await console.until(lambda: board.highlighted.given_at)
        await console.press("q", "T")
        await on(console, UndeliveredScreen)


async def test_a_found_order_follows_what_becomes_of_it(open_console: Any) -> None:
    async with open_console(handling_seconds=(1e6, 1e6)) as console:
        await sold(console, "for Yacine")
        bought = await bought_at_once(console, console.box.products[0], 1, "for Lina")
        await find(console, "for")
        screen = await on(console, SearchResultsScreen)
        await console.until(lambda: screen.orders.shown == 2)
        row = screen.orders.find(bought.id)
        assert row is not None
        assert row.state == "HANDLING"
        console.box.finish(bought.order_id)
        console.desk.refresh_orders()
        await console.until(lambda: screen.orders.find(bought.id).state == "FULFILLED")
