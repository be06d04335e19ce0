"""A key that does nothing here says why, or where it works; never silence."""

from typing import Any

import pytest

from tui import elsewhere
from tui.keymap import Keymap
from tui.screens.desk import DeskScreen
from tui.screens.ticket import TicketScreen
from tui.situation import Situation
from widgets.cells import local_minute


@pytest.mark.parametrize("key", ["o", "enter"])
async def test_what_is_out_of_stock_opens_no_ticket(console: Any, key: str) -> None:
    await console.ready()
    await console.until(lambda: console.app.book.info.can_buy)
    await console.choose(lambda denomination: denomination.quantity == 0)
    await console.press(key)
    await console.shows("Out of stock. r asks again.")
    assert isinstance(console.screen, DeskScreen)


async def test_it_is_said_since_when_something_is_out_of_stock(console: Any) -> None:
    await console.ready()
    await console.until(lambda: console.app.book.info.can_buy)
    few = await console.choose(lambda denomination: 0 < denomination.quantity < 10)
    product = console.screen.product
    console.box.foreign_order(product.id, few.id, few.quantity)
    await console.press("r")
    await console.until(lambda: console.screen.stock.find(few.id).quantity == 0)
    since = local_minute(console.screen.stock.read_at)
    await console.press("o")
    await console.shows(f"Out of stock since {since}. r asks again.")
    await console.press("r")
    await console.until(lambda: not console.screen.stock_busy)
    await console.press("o")
    await console.shows(f"Out of stock since {since}.")


async def test_o_in_the_catalogue_still_leads_to_the_stock(console: Any) -> None:
    await console.ready()
    await console.until(lambda: console.app.book.info.can_buy)
    await console.choose(lambda denomination: denomination.quantity == 0)
    await console.press("1", "o")
    assert console.screen.pane == "stock"


async def test_a_key_of_another_place_says_where_it_works(console: Any) -> None:
    await console.ready()
    await console.press("v")
    await console.shows("v works on an order: 3 shows the orders.")
    await console.press("a")
    await console.shows("a works on an unresolved purchase: u shows them.")
    await console.press("slash", "v", "t")
    assert console.screen.board("catalogue").filter_text == "vt"
    assert "works on" not in console.text()


@pytest.mark.parametrize(
    ("key", "place", "words"),
    [
        ("V", "orders", "V works on an order in full: enter on an order opens it."),
        ("p", "orders", "p works on a denomination: 2 shows the stock."),
        ("n", "stock", "n works on an order: 3 shows the orders."),
        ("o", "order", "o works on a denomination: esc, then 2 shows the stock."),
        ("a", "order", "a works on an unresolved purchase: u shows them."),
        ("3", "unresolved", "3 works on the desk: esc goes back to it."),
        ("v", "money", "v works on an order: esc, then 3 shows the orders."),
        ("plus", "stock", "+ works on a ticket: o on a denomination opens one."),
        ("r", "stock", ""),
        ("j", "unresolved", ""),
        ("w", "stock", ""),
    ],
)
def test_the_way_is_told_from_wherever_the_key_was_pressed(
    key: str, place: str, words: str
) -> None:
    assert elsewhere.sentence(key, Keymap(), Situation(place=place)) == words


def test_a_desk_that_cannot_buy_names_no_way_to_buy() -> None:
    now = Situation(place="orders", buying=False)
    assert elsewhere.sentence("o", Keymap(), now) == ""
    assert elsewhere.sentence("plus", Keymap(), now) == ""


async def test_a_key_that_acts_says_nothing_of_other_places(console: Any) -> None:
    await console.ticket()
    assert isinstance(console.screen, TicketScreen)
    await console.press("plus")
    await console.shows("quantity     2")
    assert "works on" not in console.text()
