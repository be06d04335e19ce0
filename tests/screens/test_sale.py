"""A sale of several lines on its screen: put together, bought with one yes, handed over as one."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from services.sandbox import Fault
from services.settings.load import Settings
from tests.console.conftest import Console, OpenConsole, cheap
from tui.screens.desk import DeskScreen
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.dialogs.prompt import PromptScreen
from tui.screens.dialogs.receipt import ReceiptScreen
from tui.screens.dialogs.sale_review import SaleReviewScreen
from tui.screens.order import OrderScreen
from tui.screens.parts.strips import SaleStrip
from tui.screens.sale import SaleScreen
from tui.screens.ticket import TicketScreen


def top(console: Any, kind: Any) -> Any:
    return console.until(lambda: isinstance(console.screen, kind) and console.screen)


async def filled(console: Any, lines: int = 2) -> SaleScreen:
    """A sale of so many values, one card each, on its screen."""
    await console.may_buy()
    kinds: list[str] = []

    def other(kind: Any) -> bool:
        return cheap(kind) and kind.id not in kinds

    while len(kinds) < lines:
        kinds.append((await console.choose(other)).id)
        await console.press("a")
        await console.until(
            lambda: console.app.book.sale and len(console.app.book.sale.lines) == len(kinds)
        )
    await console.press("A")
    return await top(console, SaleScreen)


async def reviewed(console: Any) -> SaleReviewScreen:
    """The review of the sale, listening; time is held until `confirmed`."""
    console.clock.hold()
    await console.press("b")
    review = await console.until(
        lambda: (
            isinstance(console.screen, SaleReviewScreen)
            and console.screen.confirmation
            and console.screen
        )
    )
    await console.settle()
    console.steady.skip(1)
    return review


async def say_yes(console: Any) -> None:
    await console.press("y")
    console.apart()
    await console.press("enter")
    console.clock.hold(False)


async def bought(console: Any, sale: SaleScreen) -> None:
    await reviewed(console)
    await say_yes(console)
    await console.until(lambda: console.screen is sale and not sale._buying)


async def ready(console: Any, lines: int = 2) -> SaleScreen:
    """A sale whose cards are all here."""
    sale = await filled(console, lines)
    await bought(console, sale)
    await console.until(lambda: len(sale.sale.ready) == lines)
    return sale


async def typed(console: Any, text: str) -> None:
    await top(console, PromptScreen)
    await console.press(*text, "enter")


async def test_lines_are_bought_with_one_yes_and_handed_over_as_one(console: Console) -> None:
    sale = await ready(console, 3)
    assert len(console.box.posts) == 3
    await console.shows("3 of 3 cards here", "CUSTOMER PAYS")
    await console.press("t")
    dialog = await top(console, ReceiptScreen)
    assert "3 cards" in console.text()
    dialog.dismiss(None)
    await console.press("m")
    await console.shows("Handed over: 3 lines.")
    await console.until(lambda: sale.sale.finished)
    await console.until(lambda: console.app.book.sale is None)
    assert (await console.desk.sales.read(sale.sale.id)).closed


async def test_the_desk_shows_the_sale_and_one_key_adds_one_more(console: Console) -> None:
    await console.may_buy()
    await console.choose(cheap)
    await console.press("a", "a", "a")
    await console.until(lambda: console.app.book.sale and console.app.book.sale.cards == 3)
    text = await console.shows("1 line, 3 cards", "A opens it")
    assert " cost " in text
    await console.press("d")
    await console.until(lambda: console.app.privacy)
    assert " cost " not in console.text()
    assert len(await console.desk.sales.listed()) == 1


async def test_a_line_is_counted_and_taken_out(console: Console) -> None:
    sale = await filled(console)
    await console.press("right", "right", "left")
    await console.until(lambda: sale.sale.lines[0].quantity == 2)
    await console.press("left", "left", "left")
    await console.until(lambda: sale.sale.lines[0].quantity == 1)
    await console.press("x")
    await console.until(lambda: len(sale.sale.lines) == 1)
    await console.press("x")
    await console.shows("There is no line in this sale yet")


async def test_what_is_received_says_what_to_give_back(console: Console) -> None:
    sale = await filled(console)
    await console.press("tab")
    await typed(console, "10 000")
    await console.until(lambda: sale.sale.received == Decimal(10_000))
    back = 10_000 - sale.sale.pays
    await console.shows("give back", f"{back:,.0f}".replace(",", " "))
    await console.press("tab")
    await top(console, PromptScreen)
    await console.press(*["backspace"] * 6, "1", "enter")
    await console.shows("still to pay")
    await console.press("tab")
    await typed(console, "x")
    await console.shows("is not an amount in DZD")


async def test_the_customer_is_named_once_for_all_lines(console: Console) -> None:
    sale = await filled(console)
    await console.press("n")
    await typed(console, "karim")
    await console.until(lambda: sale.sale.customer == "karim")
    await reviewed(console)
    assert "Buy 2 lines, 2 cards, for karim?" in console.text()
    await say_yes(console)
    await console.until(lambda: len(sale.sale.ready) == 2)
    assert {line.order.note for line in sale.sale.lines} == {"karim"}
    await console.press("n")
    await typed(console, "2")
    await console.until(lambda: {line.order.note for line in sale.sale.lines} == {"karim2"})


@pytest.mark.parametrize("keys", [("enter",), ("escape",), ("x", "enter"), ("y", "x", "enter")])
async def test_anything_but_yes_buys_nothing(console: Console, keys: tuple[str, ...]) -> None:
    sale = await filled(console)
    await reviewed(console)
    for key in keys:
        await console.press(key)
        console.apart()
    await console.until(lambda: console.screen is sale)
    await console.settle()
    assert not console.box.posts
    assert sale.sale.to_buy == sale.sale.lines


async def test_a_key_too_soon_and_a_paste_are_no_yes(console: Console) -> None:
    await filled(console)
    console.clock.hold()
    await console.press("b")
    review = await top(console, SaleReviewScreen)
    await console.until(lambda: review.confirmation)
    await console.press("y")
    console.steady.skip(1)
    console.paste("y\n")
    await console.shows("Pasted text never confirms")
    await console.press("enter")
    await console.settle()
    assert not console.box.posts


async def test_a_check_that_got_old_is_made_again(console: Console) -> None:
    await filled(console)
    review = await reviewed(console)
    first = review._review
    console.clock.advance(61)
    await say_yes(console)
    await console.until(lambda: review._review is not None and review._review is not first)
    await console.shows("The check was 61 s old")
    assert not console.box.posts


async def test_a_total_above_the_threshold_is_typed(open_console: OpenConsole) -> None:
    def careful(settings: Settings) -> Settings:
        return replace(settings, purchase=replace(settings.purchase, confirm_above=Decimal(100)))

    async with open_console(change=careful) as console:
        sale = await filled(console)
        review = await reviewed(console)
        await console.press("y")
        await console.shows("A yes is not enough for this cost")
        assert review._review is not None
        total = f"{review._review.total.normalize():f}"
        await console.press(*(key if key != "." else "full_stop" for key in total))
        console.apart()
        await console.press("enter")
        console.clock.hold(False)
        await console.until(lambda: len(sale.sale.ready) == 2)


async def test_a_line_that_cannot_be_bought_leaves_no_question(console: Console) -> None:
    sale = await filled(console)
    console.box.set_stock(sale.sale.lines[1].type_id, 0)
    await console.press("b")
    review = await top(console, SaleReviewScreen)
    await console.until(lambda: review._review)
    text = await console.shows("0 left in stock")
    assert "Press y" not in text
    await console.press("y", "enter")
    await console.until(lambda: console.screen is sale)
    assert not console.box.posts


async def test_a_price_that_changed_is_said_before_the_yes(console: Console) -> None:
    sale = await filled(console)
    line = sale.sale.lines[0]
    console.box.set_price(line.type_id, line.cost + 10)
    await reviewed(console)
    await console.shows("CHANGED", "price changed")
    await say_yes(console)
    await console.until(lambda: len(sale.sale.ready) == 2)
    assert sale.sale.lines[0].cost == line.cost + 10


async def test_a_refused_line_is_left_out_and_offered_again(console: Console) -> None:
    sale = await filled(console)
    console.box.faults.add(Fault.parse("ratelimit@placeOrder"))
    before = sale.sale.pays
    await bought(console, sale)
    await console.until(lambda: len(sale.sale.ready) == 1)
    await console.shows("was not bought")
    assert sale.sale.pays < before
    await console.press("b")
    await top(console, AskScreen)
    await console.press("y")
    await console.until(lambda: getattr(console.screen, "confirmation", None))
    console.steady.skip(1)
    await say_yes(console)
    await console.until(lambda: len(sale.sale.ready) == 2)
    assert len(console.box.posts) == 3


async def test_a_line_without_an_answer_asks_before_the_next(console: Console) -> None:
    sale = await filled(console, 3)
    console.box.faults.add(Fault.parse("reset@placeOrder:after"))
    console.box.faults.add(Fault.parse("late@placeOrder~3600"))
    await reviewed(console)
    await say_yes(console)
    await top(console, AskScreen)
    assert "No answer for line 1. Go on with 2 lines?" in console.text()
    assert len(console.box.posts) == 1
    await console.press("enter")
    await console.until(lambda: console.screen is sale)
    await console.shows("Line 1 has no answer", "Not bought yet: 2 lines")
    await bought(console, sale)
    await console.until(lambda: len(sale.sale.ready) == 2)
    assert len(console.box.posts) == 3
    assert len(sale.sale.unresolved) == 1


async def test_the_same_lines_again_are_a_new_sale(console: Console) -> None:
    sale = await ready(console)
    await console.press("b")
    again = await console.until(
        lambda: (
            isinstance(console.screen, SaleScreen) and console.screen is not sale and console.screen
        )
    )
    assert [line.type_id for line in again.sale.to_buy] == [
        line.type_id for line in sale.sale.lines
    ]
    assert len(console.box.posts) == 2


async def test_the_next_customer_begins_another_sale(console: Console) -> None:
    sale = await ready(console, 1)
    await console.press("escape")
    await top(console, DeskScreen)
    await console.press("a")
    await console.until(lambda: console.app.book.sale.id != sale.sale.id)
    await console.press("A")
    other = await top(console, SaleScreen)
    assert len(other.sale.lines) == 1
    await console.press("A")
    await console.until(lambda: other.sale.id == sale.sale.id)


async def test_a_line_can_join_a_sale_that_is_bought(console: Console) -> None:
    sale = await ready(console, 1)
    await console.press("a")
    await top(console, DeskScreen)
    await console.press("a")
    await console.until(lambda: len(console.app.book.sale.lines) == 2)
    assert console.app.book.sale.id == sale.sale.id


async def test_what_a_ticket_says_goes_into_the_sale(console: Console) -> None:
    await console.ticket()
    await console.press("up", "tab")
    await console.press(*"karima", "shift+tab")
    await console.press("a")
    await top(console, DeskScreen)
    await console.until(lambda: console.app.book.sale and console.app.book.sale.customer)
    assert (console.app.book.sale.customer, console.app.book.sale.cards) == ("karima", 2)
    await console.shows("in the sale: 1 line, 2 cards")


async def test_enter_opens_the_order_of_a_bought_line(console: Console) -> None:
    await ready(console, 1)
    await console.press("enter")
    await top(console, OrderScreen)
    await console.press("escape", "v")
    order = await top(console, OrderScreen)
    await console.until(lambda: order.cards.revealed)


async def test_a_sale_is_put_away_after_asking(console: Console) -> None:
    sale = await filled(console)
    await console.press("X")
    await top(console, AskScreen)
    await console.press("enter")
    await console.until(lambda: console.screen is sale)
    await console.press("X", "y")
    await top(console, DeskScreen)
    await console.until(lambda: console.app.book.sale is None)
    assert await console.desk.sales.listed() == ()
    await console.until(lambda: not console.app.screen.query_one(SaleStrip).display)


async def test_without_a_sale_the_key_says_how_one_begins(console: Console) -> None:
    await console.may_buy()
    await console.press("A")
    await console.shows("No sale is open: a on a value in the stock begins one.")


async def test_privacy_hides_what_the_desk_pays(console: Console) -> None:
    sale = await ready(console, 1)
    await console.shows("margin")
    await console.press("d")
    await console.until(lambda: console.app.privacy)
    text = console.text()
    assert "margin" not in text
    assert "CUSTOMER PAYS" in text
    await console.press("t")
    await console.shows("Privacy mode hides the codes")
    assert console.screen is sale


async def test_a_sale_left_open_is_found_at_the_next_start(
    open_console: OpenConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_console(balance=Decimal(10**6)) as console:
        sale = await filled(console)
        console.box.faults.add(Fault.parse("http503@list*0"))
        await reviewed(console)
        await say_yes(console)
        await console.until(lambda: not sale._buying and sale.sums.stopped)
        name = sale.sale.id
        assert not console.box.posts
    async with open_console() as console:
        await console.may_buy()
        await console.shows("A sale is not finished: 0 of 2 lines bought. A opens it.")
        await console.press("A")
        found = await top(console, SaleScreen)
        assert found.sale.id == name


async def test_a_ticket_is_closed_by_its_last_key(console: Console) -> None:
    ticket = await console.ticket()
    assert "a Add to sale" in console.text()
    await console.press("tab", "a")
    assert isinstance(console.screen, TicketScreen)
    assert ticket.ticket.note == "a"


class Counted:
    """Presses keys on a console and counts them."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.keys = 0

    async def press(self, *keys: str) -> None:
        self.keys += len(keys)
        await self.console.press(*keys)

    async def confirmed(self) -> None:
        """Say yes to what is asked, as a hand does."""
        self.console.steady.skip(1)
        await self.press("y")
        self.console.apart()
        await self.press("enter")


async def test_three_products_for_one_customer_take_45_keys(console: Console) -> None:
    """From the desk, each product found by a filter, until all cards are handed over."""
    await console.may_buy()
    hand = Counted(console)
    for at, word in enumerate(("netf", "steam", "pubg"), 1):
        if at > 1:
            await hand.press("1", "escape")
        await hand.press("slash", *word, "enter", "enter")
        await console.until(lambda: console.screen.board("stock").highlighted)
        await console.until(
            lambda: not console.screen.sold_out(console.screen.board("stock").highlighted)
        )
        await hand.press("a")
        await console.until(
            lambda at=at: console.app.book.sale and len(console.app.book.sale.lines) == at
        )
    await hand.press("A")
    sale = await top(console, SaleScreen)
    await hand.press("n", *"karim", "enter")
    await console.until(lambda: sale.sale.customer == "karim")
    await hand.press("b")
    await console.until(lambda: getattr(console.screen, "confirmation", None))
    await hand.confirmed()
    await console.until(lambda: len(sale.sale.ready) == 3)
    await console.until(lambda: console.screen is sale)
    await hand.press("m")
    await console.until(lambda: sale.sale.finished)
    assert hand.keys + 1 <= 45, "m marks; t and c hand over the text"


async def test_the_same_product_for_the_next_customer_takes_7_keys(console: Console) -> None:
    """From the stock, where the cursor is on what was sold before, until it is handed over."""
    await console.may_buy()
    await console.choose(cheap)
    hand = Counted(console)
    await hand.press("enter")
    ticket = await top(console, TicketScreen)
    await hand.press("enter")
    await console.until(lambda: ticket.confirmation)
    await hand.confirmed()
    await console.until(lambda: ticket.stage == "done" and ticket.noted_order())
    await console.shows("Your card is here", "t Hand over")
    await hand.press("t")
    await top(console, ReceiptScreen)
    assert hand.keys + 1 <= 7, "c copies the text and marks it as handed over"
