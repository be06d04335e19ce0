"""Finding on every list: filters, prefixes, sorts, pins, and what survives what."""

from typing import Any

import pytest

from services.domain.book import BoardOrder
from services.domain.text import natural
from services.sandbox import Fault
from tests.security.hostile_text import STRINGS
from tui.actions.action import PANES
from tui.palette.screen import PaletteScreen
from tui.screens.desk import DeskScreen
from tui.screens.parts.filter import LONGEST_FILTER, FilterLine


async def typed(console: Any, line: str) -> None:
    await console.press("colon")
    await console.until(lambda: isinstance(console.screen, PaletteScreen))
    await console.press(*("space" if char == " " else char for char in line), "enter")
    await console.until(lambda: isinstance(console.screen, DeskScreen))


def titles(console: Any, pane: str = "catalogue") -> list[str]:
    return [row.title for row in console.screen.board(pane).listed]


async def foreign_orders(console: Any, count: int) -> list[BoardOrder]:
    for number, product in enumerate(console.box.products[:count]):
        console.box.foreign_order(product.id, product.types[0].id, 1 + number)
    await console.press("3", "r")
    board = console.screen.board("orders")
    await console.until(lambda: board.total == count)
    return list(board.listed)


async def test_a_word_that_is_typed_wrong_finds_its_product(console: Any) -> None:
    await console.ready()
    await console.press("slash", *"netlfix")
    assert titles(console)
    assert set(titles(console)) == {"Netflix"}
    await console.press(*["backspace"] * 7, *"plystation")
    assert all("PlayStation" in title for title in titles(console))
    await console.shows("/plystation")


async def test_arrows_move_through_what_was_found_while_typing(console: Any) -> None:
    await console.ready()
    board = console.screen.board("catalogue")
    await console.press("slash", *"steam")
    first = board.highlighted_row_id
    await console.press("down")
    assert board.highlighted_row_id != first
    await console.press("up")
    assert board.highlighted_row_id == first
    await console.press("enter")
    assert board.has_focus
    assert board.highlighted_row_id == first


@pytest.mark.parametrize("pane", [pane for pane in PANES if pane != "balance"])
async def test_escape_clears_the_filter_of_every_list(console: Any, pane: str) -> None:
    await console.ready()
    await console.press("6", "1", str(PANES.index(pane) + 1))
    board = console.screen.board(pane)
    await console.press("slash", *"qqqzz")
    await console.until(lambda: board.filter_text == "qqqzz")
    assert board.shown == 0
    if board.total:
        await console.shows("Nothing here matches 'qqqzz'")
    await console.press("escape")
    assert board.filter_text == ""
    assert board.shown == board.total
    assert board.has_focus


async def test_the_line_names_the_prefixes_of_the_list_that_is_filtered(console: Any) -> None:
    await console.ready()
    await console.press("3", "slash")
    await console.shows("st: state", "id: order", "ref: note, key", "op: desk")
    await console.press("s", "t")
    await console.shows("st: state", "op: desk")
    await console.press("escape", "5", "slash")
    screen = await console.shows("ty: type", "id: order")
    assert "st: state" not in screen
    await console.press("escape", "1", "slash")
    screen = await console.shows("!word: without", "enter keeps it", "esc clears it")
    assert "id: order" not in screen
    await console.press(*"!pubg")
    await console.until(lambda: "PUBG" not in console.text())
    assert console.screen.board("catalogue").shown


async def test_orders_are_found_by_prefixes(console: Any) -> None:
    await console.buy()
    await console.press("escape", "3")
    board = console.screen.board("orders")
    mine = await console.until(lambda: board.listed)
    await typed(console, "note karim from the shop")
    await console.until(lambda: board.listed[0].note)
    product = console.box.products[5]
    theirs = console.box.foreign_order(product.id, product.types[0].id, 1)
    await console.press("r")
    await console.until(lambda: board.total == 2)
    for text, keys in (
        ("op:?", {theirs}),
        ("op:amina", {mine[0].row_id}),
        ("ref:kraim", {mine[0].row_id}),
        (f"id:{theirs[:10]}", {row.row_id for row in board.listed if theirs[:10] in row.order_id}),
        (f"id:{theirs[-6:]} op:other", {theirs}),
        ("st:unres", set[str]()),
        ("st:", {mine[0].row_id, theirs}),
    ):
        board.filter_text = text
        assert {row.row_id for row in board.listed} == keys, text
        await console.shows(f"/{text}")
    await typed(console, "filter op:other")
    assert [row.row_id for row in board.listed] == [theirs]
    held = await console.desk.journal.purchase(mine[0].purchase_id)
    board.filter_text = f"ref:{held.idempotency_key[:12]}"
    assert [row.row_id for row in board.listed] == [mine[0].row_id]


async def test_filter_and_sort_survive_refresh_pane_switch_and_news(console: Any) -> None:
    await console.ready()
    orders = await foreign_orders(console, 6)
    board = console.screen.board("orders")
    await console.press("slash", *"op:other", "enter", "s", "s")
    assert board.sort == "qty"
    await console.press("1", "slash", *"steam", "enter", "2", "3", "r")
    product = console.box.products[7]
    console.box.foreign_order(product.id, product.types[0].id, 2)
    await console.press("r")
    await console.until(lambda: board.total == 7)
    assert (board.filter_text, board.sort) == ("op:other", "qty")
    assert [row.quantity for row in board.listed] == [1, 2, 2, 3, 4, 5, 6]
    await console.shows("/op:other", "7 of 7", "^ qty")
    before = console.app.book.catalog
    await console.press("1", "r")
    await console.until(lambda: console.app.book.catalog is not before)
    catalogue = console.screen.board("catalogue")
    assert catalogue.filter_text == "steam"
    assert 0 < catalogue.shown < catalogue.total
    await console.shows("/steam", f" {catalogue.shown} ─┬")
    assert len(orders) == 6


async def test_the_filter_of_the_stock_stays_and_is_shown_when_the_product_changes(
    console: Any,
) -> None:
    await console.ready()
    await console.press("2")
    board = console.screen.board("stock")
    await console.until(lambda: board.total)
    await console.press("slash", *"660", "enter", "s", "s", "s", "S")
    await console.press("1", "j", "2")
    await console.until(lambda: board.total and board.product is console.screen.product)
    assert (board.filter_text, board.sort) == ("660", "-cost")
    await console.shows("/660", "v cost")
    await console.press("escape")
    assert board.shown == board.total
    prices = [row.price for row in board.listed]
    assert prices == sorted(prices, reverse=True)


async def test_a_key_sorts_by_each_column_and_then_as_given(console: Any) -> None:
    await console.ready()
    board = console.screen.board("catalogue")
    given = titles(console)
    await console.press("S")
    await console.shows("The list is not sorted: sort by a column first.")
    await console.press("s")
    await console.shows("product ^")
    assert titles(console) == sorted(given, key=natural) != given
    await console.press("S")
    await console.shows("product v")
    assert board.sort == "-title"
    await console.press("s", "s")
    assert board.sort == ""
    assert titles(console) == given


async def test_the_command_line_sorts_by_the_title_of_a_column(console: Any) -> None:
    await console.ready()
    await foreign_orders(console, 4)
    board = console.screen.board("orders")
    await typed(console, "sort -qty")
    assert [row.quantity for row in board.listed] == [4, 3, 2, 1]
    await console.shows("v qty")
    await typed(console, "sort order")
    assert board.sort == "id"
    await console.press("colon", *"sort", "space")
    await console.shows("lists: Sort as listed", "lists: Sort by product ^")
    await console.press("enter")
    await console.until(lambda: board.sort == "")


async def test_a_pinned_product_is_first_today_and_tomorrow(
    open_console: Any,
) -> None:
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        board = console.screen.board("catalogue")
        given = titles(console)
        await console.press("j", "j", "j")
        chosen = board.highlighted
        await console.press("p")
        await console.until(lambda: console.app.book.pins == (chosen.id,))
        await console.until(lambda: board.listed[0] is chosen)
        assert board.highlighted is chosen
        screen = await console.shows("is pinned", "* pinned")
        assert "▌ *" in screen or "▏ *" in screen
        assert titles(console)[1:] == given[:3] + given[4:]
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        board = console.screen.board("catalogue")
        assert board.listed[0].id == chosen.id
        await console.press("g", "p")
        await console.shows("is not pinned any more")
        await console.until(lambda: titles(console) == given)
        assert "* pinned" not in console.text()


async def test_pins_lead_among_equals_and_a_sort_puts_them_where_they_belong(
    console: Any,
) -> None:
    await console.ready()
    board = console.screen.board("catalogue")
    steam = [row for row in board.listed if row.title == "Steam Wallet"]
    board.move_to(steam[-1].id)
    await console.press("2", "p", "1")
    await console.until(lambda: board.listed[0].id == steam[-1].id)
    await console.press("slash", *"steam", "enter")
    assert board.listed[0].id == steam[-1].id
    await typed(console, "sort title")
    same = [row.id for row in board.listed if row.title == "Steam Wallet"]
    assert same == [row.id for row in steam]
    await console.shows("* ")


async def test_what_was_bought_lately_is_below_the_pins(console: Any) -> None:
    await console.ready()
    board = console.screen.board("catalogue")
    await console.press("G", "p")
    await console.until(lambda: console.app.book.pins)
    pinned = console.app.book.pins[0]
    await console.buy()
    await console.press("escape", "1")
    bought = await console.until(lambda: console.app.book.recents)
    await console.until(lambda: [row.id for row in board.listed[:2]] == [pinned, bought[0]])
    await console.press("g", "j")
    await console.until(lambda: board.described.endswith("bought lately"))
    await console.press("p")
    await console.until(lambda: console.app.book.pins == (pinned, bought[0]))
    await console.until(lambda: board.described.endswith("pinned"))


async def test_pins_that_cannot_be_kept_are_said(console: Any, paths: Any) -> None:
    await console.ready()
    (paths.state_dir / "pins-sandbox.json").mkdir()
    await console.until(lambda: console.screen.product)
    await console.press("p")
    # Where the sentence breaks hangs on how long the path is.
    await console.until(lambda: "cannot be written" in " ".join(console.text().split()))
    await console.until(lambda: "They stay as they were." in " ".join(console.text().split()))
    assert console.app.book.pins == ()


async def test_a_click_into_the_list_keeps_the_filter_and_takes_the_line_away(
    console: Any,
) -> None:
    await console.ready()
    await console.press("slash", *"steam")
    board = console.screen.board("catalogue")
    place = board.region
    await console.click(place.x + 10, place.y + 3)
    await console.until(lambda: board.has_focus)
    assert not console.screen.query_one(FilterLine).display
    assert board.filter_text == "steam"
    await console.shows("/steam", "Filter")


async def test_hostile_text_in_a_filter_is_only_text(open_console: Any) -> None:
    async with open_console(size=(100, 30)) as console:
        await console.ready()
        console.box.faults.add(Fault.parse("hostile*0"))
        await foreign_orders(console, 3)
        for pane in "35":
            await console.press(pane, "slash")
            line = console.screen.query_one(FilterLine).line
            for text in STRINGS.values():
                line.value = ""
                console.paste(f"st:{text} id:{text} {text}")
                await console.settle()
            assert console.app.crash is None
            await console.press("enter", "escape")
        assert console.text().replace("\n", "").isprintable()
        await console.press("1")
        assert console.screen.board("catalogue").shown


async def test_a_filter_takes_no_more_than_a_list_looks_for_at_once(console: Any) -> None:
    await console.ready()
    await console.press("slash")
    line = console.screen.query_one(FilterLine).line
    for _ in range(2):
        console.paste("x" * LONGEST_FILTER)
        await console.settle()
    assert len(line.value) == LONGEST_FILTER


async def test_a_sort_by_margin_goes_when_privacy_comes(console: Any) -> None:
    await console.ready()
    await console.press("2")
    board = console.screen.board("stock")
    await console.until(lambda: board.total)
    await typed(console, "sort -margin")
    assert board.sort == "-margin"
    await console.press("d")
    assert board.sort == ""
    await typed(console, "sort price")
    await console.press("d")
    assert board.sort == "price"
