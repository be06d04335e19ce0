"""Buying in the console: the whole way to the codes, and all that must not count as a yes."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from textual import events

from services.domain import money
from services.domain.book import BoardOrder
from services.domain.text import clean
from services.sandbox import Fault
from services.settings.load import Settings
from tui.screens.help import HelpScreen
from tui.screens.order import OrderScreen
from tui.screens.parts.ticket_keys import IGNORE_KEYS_SECONDS
from tui.screens.ticket import bought_last, served_last


async def test_a_card_is_bought_followed_to_its_end_and_revealed(console: Any) -> None:
    ticket = await console.ticket()
    await console.press("plus")
    assert ticket.ticket.quantity == 2
    await console.review(ticket)
    screen = console.text()
    assert "✓ in stock   ✓ same price   ✓ within the limits   ✓ balance is enough" in screen
    assert "SANDBOX" in screen
    await console.confirm()
    await console.shows("2 of 2 after", "Both cards are here.")
    assert len(console.box.posts) == 1
    await console.press("v")
    await console.until(lambda: isinstance(console.screen, OrderScreen))
    await console.shows("SANDBOX-CARD-1")


async def test_the_region_is_with_the_goods_wherever_they_are_bought(console: Any) -> None:
    ticket = await console.ticket()
    assert "PUBG Mobile 60 UC   Global" in console.text()
    await console.review(ticket)
    await console.shows("Buy 1 PUBG Mobile 60 UC, Global?")
    await console.press("escape")
    await console.shows("2 Stock  · PUBG Mobile UC · Global")


async def test_the_review_cancels_on_a_bare_enter(console: Any) -> None:
    ticket = await console.ticket()
    await console.review(ticket)
    await console.press("enter")
    assert ticket.stage == "edit"
    assert not console.box.posts


async def test_keys_are_deaf_when_the_review_opens(console: Any) -> None:
    ticket = await console.ticket()
    await console.press("enter")
    await console.until(lambda: ticket.stage == "review")
    await console.press("y")
    await console.shows("Read first: y, then enter.")
    console.steady.skip(IGNORE_KEYS_SECONDS)
    await console.press("enter")
    await console.shows("That enter did nothing: the yes before it came too soon")
    assert ticket.stage == "review"
    assert not ticket.ticket.armed
    assert not console.box.posts


async def test_a_held_enter_buys_nothing(console: Any) -> None:
    ticket = await console.ticket()
    for _ in range(200):
        console.app.post_message(events.Key("enter", "\r"))
        await console.settle()
    await console.until(lambda: ticket.stage in ("edit", "review"))
    assert not console.box.posts


async def test_a_burst_of_y_and_enter_buys_nothing(console: Any) -> None:
    ticket = await console.ticket()
    await console.review(ticket)
    for key, character in (("y", "y"), ("enter", "\r")) * 3:
        console.app.post_message(events.Key(key, character))
    await console.settle()
    assert not console.box.posts


async def test_a_paste_confirms_nothing_and_takes_the_yes_back(console: Any) -> None:
    ticket = await console.ticket()
    await console.review(ticket)
    await console.press("y")
    assert ticket.ticket.armed
    console.paste("y\r")
    await console.shows("Pasted text never confirms a purchase.")
    assert not ticket.ticket.armed
    assert not console.box.posts


async def test_another_key_disarms(console: Any) -> None:
    ticket = await console.ticket()
    await console.review(ticket)
    await console.press("y")
    console.apart()
    await console.press("x")
    assert not ticket.ticket.armed
    assert ticket.stage == "review"


async def test_a_ticket_closed_while_it_is_checked_leaves_nothing_behind(console: Any) -> None:
    ticket = await console.ticket()
    console.type_ahead("enter")
    await console.press("escape")
    assert console.screen is not ticket
    await console.until(lambda: not any(w.group == "quote" for w in console.app.workers))
    assert "defect" not in console.text()
    assert not console.box.posts


async def test_escape_closes_a_review_and_buys_nothing(console: Any) -> None:
    ticket = await console.ticket()
    await console.review(ticket)
    await console.press("y", "escape")
    assert not console.box.posts
    assert console.screen is not ticket


async def test_what_is_no_number_of_cards_gets_a_sentence(console: Any) -> None:
    ticket = await console.ticket()
    for typed in ("0", "-1", "1.5", "1e9", "abc", "²", ""):
        ticket.query_one("#quantity").value = typed
        await console.press("enter")
        await console.shows("is not a whole number from 1 to 100000")
        assert ticket.stage == "edit"
        ticket.query_one("#quantity").value = "1"
        await console.until(lambda: "is not a whole number" not in console.text())


async def test_more_than_the_stock_is_refused_in_words(console: Any) -> None:
    ticket = await console.ticket()
    ticket.query_one("#quantity").value = "99999"
    await console.press("enter")
    await console.shows("Not enough stock")
    assert ticket.stage == "edit"
    assert not console.box.posts


async def test_above_the_threshold_the_total_is_typed(open_console: Any) -> None:
    def careful(settings: Settings) -> Settings:
        return replace(settings, purchase=replace(settings.purchase, confirm_above=Decimal(1)))

    async with open_console(change=careful) as console:
        ticket = await console.ticket()
        await console.review(ticket)
        await console.press("y")
        assert not ticket.ticket.armed
        await console.shows("A yes is not enough for this cost")
        await console.press("9")
        console.apart()
        await console.press("enter")
        await console.shows(f"It costs {money.show(ticket.ticket.quote.total)} DZD, not 9.")
        assert ticket.stage == "review"
        await console.press("backspace")
        for digit in str(int(ticket.ticket.quote.total)):
            await console.press(digit)
        assert ticket.ticket.armed
        console.apart()
        await console.press("enter")
        await console.until(lambda: ticket.stage == "done")
        assert len(console.box.posts) == 1


async def test_a_note_goes_with_the_purchase(console: Any) -> None:
    await console.ticket()
    await console.press("tab", *"plus", "tab")
    ticket = console.screen
    assert ticket.ticket.note == "plus"
    await console.review(ticket)
    await console.confirm()
    await console.until(lambda: ticket.stage == "done")
    assert any(order.note == "plus" for order in console.app.book.orders)


async def test_plus_and_minus_are_text_in_the_note(console: Any) -> None:
    ticket = await console.ticket()
    await console.press("tab", "plus", "minus")
    assert ticket.ticket.note == "+-"
    assert ticket.ticket.quantity == 1


async def test_a_price_that_moved_is_shown_and_confirmed_again(console: Any) -> None:
    ticket = await console.ticket()
    await console.review(ticket)
    quote = ticket.ticket.quote
    console.box.set_price(quote.type_id, quote.unit_price + 1)
    await console.confirm()
    await console.shows("CHANGED")
    assert ticket.stage == "review"
    assert not console.box.posts
    console.clock.hold()
    await console.listening(ticket)
    await console.confirm()
    await console.until(lambda: ticket.stage == "done")
    assert len(console.box.posts) == 1


async def test_an_answer_that_never_came_is_shown_as_unresolved(console: Any) -> None:
    console.box.faults.add(Fault.parse("reset@placeOrder:before"))
    ticket = await console.buy()
    await console.shows("NO ANSWER", "Do not buy it again")
    assert ticket.stage == "done"
    assert len(console.box.posts) == 1


async def test_a_refusal_leads_back_to_the_ticket(console: Any) -> None:
    console.box.faults.add(Fault.parse("ratelimit@placeOrder:before"))
    ticket = await console.buy()
    await console.shows("refused", "Nothing was placed", "Back to the ticket")
    await console.press("enter")
    assert ticket.stage == "edit"


async def test_the_way_to_buy_is_not_shown_on_a_read_only_desk(open_console: Any) -> None:
    async with open_console(scope="READ-ONLY") as console:
        await console.ready()
        await console.press("2")
        await console.shows("value", "price")
        assert "Buy" not in console.text()
        before = console.screen
        await console.press("b")
        assert console.screen is before
        await console.press("question_mark")
        assert "ticket" not in console.text()


async def test_a_small_terminal_refuses_the_ticket(open_console: Any) -> None:
    async with open_console(size=(58, 17)) as console:
        await console.may_buy()
        await console.shows("too small for the desk")
        await console.press("2", "b")
        await console.shows("The terminal is too small for a ticket")


@pytest.mark.parametrize("typed", [False, True], ids=["y", "typed total"])
async def test_the_smallest_terminal_shows_environment_goods_and_keys_of_a_review(
    open_console: Any, typed: bool
) -> None:
    def asking(settings: Settings) -> Settings:
        return replace(settings, purchase=replace(settings.purchase, confirm_above=Decimal(1)))

    change = {"change": asking} if typed else {}
    async with open_console(size=(60, 18), **change) as console:
        ticket = await console.ticket()
        await console.press("tab", *"for_Yacine_who_waits_at_the_counter_with_his_two_cousins")
        await console.review(ticket)
        name = ticket.ticket.quote.product_title
        await console.shows("SANDBOX", "the cost then enter Buy" if typed else "y then enter Buy")
        assert name.split()[0] in console.text().partition("Buy 1 ")[2]
        total = str(ticket.ticket.quote.total)
        await console.press(*(total if typed else "y"))
        await console.shows("SANDBOX", "enter buys now", "enter Buy")


async def test_a_defect_while_buying_leaves_a_ticket_that_closes(
    console: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = await console.ticket()
    await console.review(ticket)

    async def broken(*_: object, **__: object) -> None:
        raise LookupError("a defect")

    monkeypatch.setattr(console.app.desk, "buy", broken)
    await console.confirm()
    await console.shows("may or may not be placed")
    await console.press("escape")
    await console.until(lambda: console.screen is not ticket)


def reveals(settings: Settings) -> Settings:
    return replace(settings, ui=replace(settings.ui, reveal_when_ready=True))


async def came(console: Any) -> Any:
    """Let the cards of the only order come; return its row."""
    console.box.finish()
    console.desk.refresh_orders()
    return await console.until(lambda: next((o for o in console.app.book.orders if o.final), None))


async def test_the_first_card_shows_by_itself_where_that_is_set(open_console: Any) -> None:
    async with open_console(change=reveals, handling_seconds=(600, 601)) as console:
        await console.buy()
        row = await came(console)
        await console.until(
            lambda: isinstance(console.screen, OrderScreen) and console.screen.cards.revealed
        )
        events = await console.desk.journal.events(row.order_id)
        assert any(event.kind == "reveal" for event in events)


@pytest.mark.parametrize("kept_by", ["setting", "focus", "privacy", "lock", "other screen"])
async def test_a_card_never_shows_by_itself(open_console: Any, kept_by: str) -> None:
    change = {} if kept_by == "setting" else {"change": reveals}
    async with open_console(handling_seconds=(600, 601), **change) as console:
        ticket = await console.buy()
        match kept_by:
            case "focus":
                console.app.post_message(events.AppBlur())
                await console.until(lambda: not console.app.app_focus)
            case "privacy":
                console.app.privacy = True
            case "lock":
                console.app.lock.close()
            case "other screen":
                console.app.show(HelpScreen(console.app.context, console.screen.situation()))
            case _:
                pass
        row = await came(console)
        await console.until(lambda: ticket._purchase.state == row.state)
        await console.settle()
        assert not any(isinstance(s, OrderScreen) for s in console.app.screen_stack)
        kept = await console.desk.journal.events(row.order_id)
        assert not any(event.kind == "reveal" for event in kept)


AT = datetime(2026, 3, 1, 16, 20, tzinfo=UTC)


def listed(note: str, *, mine: bool = True) -> BoardOrder:
    """Return an order of the board with a customer."""
    names = clean("Netflix"), clean("15 EUR")
    return BoardOrder("o1", "o1", "REFUNDED", *names, 1, AT, mine, note=clean(note))


def test_the_customer_of_our_newest_order_is_offered() -> None:
    assert served_last((listed("rayan", mine=False), listed("karim"), listed("ines"))) == "karim"
    assert served_last(()) == ""


def test_what_a_customer_bought_last_is_said_whatever_the_case() -> None:
    orders = (listed("ines"), listed("karim"))
    assert bought_last(orders, "KARIM ", AT).startswith("karim: last bought Netflix 15 EUR ")
    assert bought_last(orders, "sonia", AT) == ""
    assert bought_last(orders, "", AT) == ""
