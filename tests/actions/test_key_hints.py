"""A key that does nothing here says why, or where it works; never silence."""

from typing import Any

import pytest

from services.domain.local_time import local_minute
from services.sandbox import Fault
from tui.actions import key_hints
from tui.actions.action import ActionContext
from tui.actions.keymap import Keymap
from tui.screens.desk import DeskScreen
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.ticket import TicketScreen


@pytest.mark.parametrize("key", ["b", "enter"])
async def test_what_is_out_of_stock_opens_no_ticket(console: Any, key: str) -> None:
    await console.may_buy()
    await console.choose(lambda denomination: denomination.quantity == 0)
    await console.press(key)
    await console.shows("Out of stock. r asks again.")
    assert isinstance(console.screen, DeskScreen)


async def test_it_is_said_since_when_something_is_out_of_stock(console: Any) -> None:
    await console.may_buy()
    few = await console.choose(lambda denomination: 0 < denomination.quantity < 10)
    product = console.screen.product
    console.box.foreign_order(product.id, few.id, few.quantity)
    await console.press("r")
    await console.until(lambda: console.screen.stock.find(few.id).quantity == 0)
    since = local_minute(console.screen.stock.read_at)
    await console.press("b")
    await console.shows(f"Out of stock since {since}. r asks again.")
    await console.press("r")
    await console.until(lambda: not console.screen.stock_busy)
    await console.press("b")
    await console.shows(f"Out of stock since {since}.")


async def test_b_in_the_catalogue_still_leads_to_the_stock(open_console: Any) -> None:
    async with open_console(size=(60, 18)) as console:
        await console.may_buy()
        await console.choose(lambda denomination: denomination.quantity == 0)
        await console.press("1", "b")
        assert console.screen.pane == "stock"


async def test_a_key_of_another_place_says_where_it_works(console: Any) -> None:
    await console.ready()
    await console.press("v")
    await console.shows("v works on an order: 3 shows the orders.")
    await console.press("x")
    await console.shows("Exporting is on e (CSV) and E (JSON).")
    await console.press("slash", "v", "t")
    assert console.screen.board("catalogue").filter_text == "vt"
    assert "works on" not in console.text()


@pytest.mark.parametrize(
    ("key", "place", "words"),
    [
        ("V", "orders", "V works on an order in full: enter on an order opens it."),
        ("p", "orders", "p works on a value: 2 shows the stock."),
        ("n", "stock", "n works on an order: 3 shows the orders."),
        ("p", "order", "p works on a value: 2 shows the stock."),
        ("x", "order", "x works on an unresolved purchase: u shows them."),
        ("z", "unresolved", "z works on the desk: esc goes back to it."),
        ("v", "money", "v works on an order: 3 shows the orders."),
        ("plus", "stock", "+ works on a ticket: b on a value opens one."),
        ("r", "stock", ""),
        ("j", "unresolved", ""),
        ("w", "stock", ""),
    ],
)
def test_the_way_is_said_from_wherever_the_key_was_pressed(
    key: str, place: str, words: str
) -> None:
    assert key_hints.sentence(key, Keymap(), ActionContext(place=place)) == words


@pytest.mark.parametrize(
    ("key", "place", "words"),
    [
        ("o", "stock", "Buying is on b and enter."),
        ("b", "ledger", "The balance is on 4."),
        ("t", "catalogue", "What is to hand over is on T."),
        ("t", "unresolved", 'Saying "it is ours" is on o.'),
        ("c", "unresolved", 'Saying "it is ours" is on o.'),
        ("y", "order", "Copying is on c."),
        ("x", "found", "Exporting is on e (CSV) and E (JSON)."),
        ("X", "unresolved", "Exporting is on e (CSV) and E (JSON)."),
        ("a", "unresolved", "Taking a purchase off the list is on x."),
        ("F", "order", "Written files are on W."),
    ],
)
def test_a_key_that_moved_says_where_it_went(key: str, place: str, words: str) -> None:
    assert key_hints.sentence(key, Keymap(), ActionContext(place=place)) == words


async def test_a_moved_key_does_nothing_on_every_keyboard(open_console: Any) -> None:
    async with open_console(keyboard="azerty+ar") as console:
        await console.ready()
        await console.press("2", "خ")
        await console.shows("Buying is on b and enter.")
        assert isinstance(console.screen, DeskScreen)


def test_a_desk_that_cannot_buy_names_no_way_to_buy() -> None:
    now = ActionContext(place="orders", buying=False)
    assert key_hints.sentence("b", Keymap(), now) == ""
    assert key_hints.sentence("plus", Keymap(), now) == ""


async def test_a_key_that_acts_says_nothing_of_other_places(console: Any) -> None:
    await console.ticket()
    assert isinstance(console.screen, TicketScreen)
    await console.press("plus")
    await console.shows("2 x ")
    assert "works on" not in console.text()


@pytest.mark.parametrize("key", ["f", "up", "f5", "Z"])
async def test_a_question_names_its_answers(console: Any, key: str) -> None:
    await console.ready()
    answers: list[bool | None] = []
    console.screen.ask(AskScreen(console.app.context, "Go?", [], yes="Go"), answers.append)
    await console.until(lambda: isinstance(console.screen, AskScreen))
    await console.press(key)
    await console.shows(f"{key} is no answer here. enter No, y Go.")
    await console.press("y")
    await console.until(lambda: answers == [True])


@pytest.mark.parametrize(
    ("opens", "key", "words"),
    [
        ("W", "w", "w does nothing here. esc Close."),
        ("colon", "f5", "f5 does nothing here. enter Run"),
    ],
)
async def test_a_list_on_top_names_its_keys(console: Any, opens: str, key: str, words: str) -> None:
    await console.ready()
    await console.press(opens)
    await console.until(lambda: not isinstance(console.screen, DeskScreen))
    await console.press(key)
    await console.shows(words)
    await console.press("down")
    await console.press("escape")
    await console.until(lambda: isinstance(console.screen, DeskScreen))


async def test_a_key_that_works_in_a_dialog_says_nothing(console: Any) -> None:
    await console.ready()
    await console.press("colon", *"qu", "left", "backspace", "up", "tab")
    assert "does nothing" not in console.text()
    await console.press("escape", "question_mark", "j", "G", "slash", *"w", "enter")
    assert "does nothing" not in console.text()
    await console.press("escape")
    console.paste("filter")
    await console.shows("A paste does nothing here.")


async def test_another_currency_says_that_nothing_was_bought(console: Any) -> None:
    await console.may_buy()
    console.box.faults.add(Fault.parse("shape:currency@checkProduct"))
    await console.press("enter")
    await console.until(lambda: console.screen.stock)
    await console.press("b")
    await console.shows("Nothing was bought: this is priced in EUR. r reads it again.")
    assert isinstance(console.screen, DeskScreen)


async def test_bad_items_say_what_becomes_of_the_rest(console: Any) -> None:
    await console.ready()
    console.box.faults.add(Fault.parse("shape:product-no-id@catalog"))
    await console.press("1", "r")
    await console.until(lambda: any("cannot be used" in e.text for e in console.app.book.log))
    [said] = [e.text for e in console.app.book.log if "cannot be used" in e.text]
    assert said.endswith("The rest is used; reading moves no money. carddesk doctor names them.")
