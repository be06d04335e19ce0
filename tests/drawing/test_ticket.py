"""The ticket and the order's detail: nothing about the money is left open."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services import wording
from services.models import (
    Balance,
    Check,
    Denomination,
    Order,
    Product,
    PurchaseError,
    PurchaseState,
    Quote,
)
from widgets.order_detail import OrderDetail
from widgets.ticket import Ticket, TicketHead

Make = Callable[..., Any]


def quote(now: datetime, **facts: Any) -> Quote:
    known: dict[str, Any] = {
        "product_id": "steam",
        "product_title": "Steam Wallet [/]",
        "type_id": "t20",
        "type_name": "20 EUR",
        "quantity": 2,
        "unit_price": Decimal("980.50"),
        "total": Decimal(1961),
        "stock": 34,
        "balance": Decimal(48250),
        "balance_after": Decimal(46289),
        "read_at": now,
    }
    return Quote(**(known | facts))


async def test_an_edited_ticket_shows_total_and_balance_after(staged: Make, now: datetime) -> None:
    async with staged(Ticket()) as stage:
        ticket = stage.widget
        ticket.now = now
        ticket.product = Product("steam", "Steam Wallet", "Gaming")
        ticket.denomination = Denomination("t20", "20 EUR", Decimal("980.50"), 34)
        ticket.stock_read_at = now - timedelta(seconds=25)
        ticket.balance = Balance(Decimal(2000), now)
        ticket.quantity = 2
        text = await stage.text()
        assert "1 961 DZD" in text
        assert "34 in stock, read 20 s ago" in text
        assert "39 DZD" in text
        ticket.quantity = 3
        assert "not enough" in await stage.text()
        ticket.quantity = None
        assert "not a number of cards" in await stage.text()


@pytest.mark.parametrize(
    ("environment", "told"),
    [("SANDBOX", "no money moves"), ("PRODUCTION", "real money, and an order is final")],
)
async def test_the_head_says_whose_money_it_is(staged: Make, environment: str, told: str) -> None:
    async with staged(TicketHead()) as stage:
        stage.widget.environment = environment
        text = await stage.text()
        assert environment in text
        assert told in text


async def test_while_it_is_sent_the_ticket_says_not_to_close(staged: Make, now: datetime) -> None:
    async with staged(Ticket()) as stage:
        stage.widget.quote = quote(now)
        stage.widget.sending = wording.sending(60)
        assert "do not close" not in await stage.text()
        stage.widget.stage = "sending"
        text = " ".join((await stage.text()).split())
        assert "The order may already be placed; do not close." in text
        assert "within 60 s" in text


async def test_in_the_sandbox_no_balance_is_promised_to_go_down(
    staged: Make, now: datetime
) -> None:
    async with staged(Ticket()) as stage:
        ticket = stage.widget
        ticket.practice = True
        ticket.quote = quote(now)
        text = await stage.text()
        assert "46 289" not in text
        assert "practice: the balance stays" in text
        ticket.quote = quote(now, balance_after=Decimal(-1))
        assert "not enough" in await stage.text()


async def test_a_review_asks_and_says_which_keys_buy(staged: Make, now: datetime) -> None:
    async with staged(Ticket()) as stage:
        ticket = stage.widget
        ticket.quote = quote(now)
        assert "Buy 2 cards" not in await stage.text()
        ticket.stage = "review"
        text = await stage.text()
        assert "Buy 2 cards for 1 961 DZD: Steam Wallet [/], 20 EUR?" in " ".join(text.split())
        assert "y then enter buys; enter cancels." in text
        ticket.armed = True
        assert "the next enter buys" in await stage.text()
        ticket.armed = False
        ticket.quote = quote(now, typed_total=True, changed="The price rose to 980.50 DZD.")
        ticket.typed = "19"
        text = await stage.text()
        assert "Type the total" in text
        assert "The price rose to 980.50 DZD." in text
        assert "typed        19" in text


async def test_privacy_hides_every_amount_of_a_ticket(staged: Make, now: datetime) -> None:
    async with staged(Ticket()) as stage:
        stage.widget.quote = quote(now, typed_total=True)
        stage.widget.stage = "review"
        stage.widget.privacy = True
        text = await stage.text()
        for amount in ("1 961", "980.50", "48 250", "46 289"):
            assert amount not in text
        assert "d shows it" in text


async def test_each_check_is_visible_with_its_state(staged: Make) -> None:
    async with staged(Ticket()) as stage:
        stage.widget.checks = (
            Check("stock", "ok", "34 in stock at 980.50 DZD"),
            Check("balance", "failed", "1 000 DZD are missing"),
            Check("place", "running"),
        )
        lines = [line.strip() for line in await stage.picture()]
        assert "[ok]     stock and price: 34 in stock at 980.50 DZD" in lines
        assert "[FAILED] balance: 1 000 DZD are missing" in lines
        assert "[..]     place the order" in lines


@pytest.mark.parametrize(
    ("state", "facts", "words"),
    [
        (PurchaseState.SENDING, {}, ["Sending. The order may already be placed; do not close."]),
        (PurchaseState.HANDLING, {}, ["PLACED", "...eb64b3", "Waiting for the cards."]),
        (PurchaseState.UNRESOLVED, {}, ["UNRESOLVED", "Do not buy it again."]),
        (PurchaseState.NOT_SENT, {}, ["NOTHING SENT", "Safe to try again."]),
        (
            PurchaseState.REFUSED,
            {"error": PurchaseError("ERR_STOCK", "out of stock", "req_1")},
            ["REFUSED", "out of stock (ERR_STOCK, req_1). Nothing was placed."],
        ),
        (PurchaseState.FULFILLED, {"fulfilled_quantity": 2}, ["FULFILLED", "2 of 2 cards came."]),
    ],
)
async def test_the_outcome_stands_large_and_in_words(
    staged: Make,
    purchase: Make,
    state: PurchaseState,
    facts: dict[str, Any],
    words: list[str],
) -> None:
    async with staged(Ticket(), 100) as stage:
        stage.widget.stage = "done"
        stage.widget.purchase = purchase(state, **facts)
        text = await stage.text()
        for word in words:
            assert word in text


async def test_the_detail_tells_all_facts_of_our_order(
    staged: Make, order: Make, purchase: Make, now: datetime
) -> None:
    async with staged(OrderDetail(), 100) as stage:
        detail = stage.widget
        assert "Reading the order" in await stage.text()
        detail.now = now
        detail.board_order = order(1, note="for Ali", state="PARTIALLY_FILLED")
        detail.purchase = purchase(PurchaseState.PARTIALLY_FILLED, fulfilled_quantity=1)
        detail.order = Order(
            *("o1", "PARTIALLY_FILLED", 2, "steam", "t20", now, 1),
            fulfilled_amount=Decimal("980.50"),
            price_per_card=Decimal("980.50"),
        )
        text = await stage.text()
        for words in (
            "partial",
            "1 of 2 cards came. The rest was refunded automatically.",
            "Steam Wallet 1",
            "1/2",
            "980.50 DZD",
            "66f000000000000000000001",
            "this desk, amel",
            "for Ali",
            "30 s",
            "p-1 on desk1",
        ):
            assert words in text
        detail.privacy = True
        assert "980.50" not in await stage.text()


async def test_the_detail_of_another_desks_order_says_so(
    staged: Make, order: Make, now: datetime
) -> None:
    async with staged(OrderDetail(), 100) as stage:
        stage.widget.board_order = order(1, mine=False, operator="", state="QUEUED_BY_BANK")
        stage.widget.error = "The vendor did not answer."
        text = await stage.text()
        assert "Another desk placed it." in text
        assert "The vendor says QUEUED_BY_BANK" in text
        assert "The vendor did not answer. r tries again." in text


async def test_the_facts_stand_in_two_columns_where_there_is_room(
    staged: Make, order: Make, purchase: Make, now: datetime
) -> None:
    async with staged(OrderDetail(), 120) as stage:
        stage.widget.board_order = order(1, note="for Ali")
        stage.widget.purchase = purchase(PurchaseState.HANDLING)
        beside = next(line for line in await stage.picture() if "denomination" in line)
        assert "placed" in beside
        assert "for Ali" in await stage.text()


async def test_a_detail_longer_than_the_screen_scrolls(
    staged: Make, order: Make, now: datetime
) -> None:
    async with staged(OrderDetail(), 60, 8) as stage:
        stage.widget.styles.height = "1fr"
        stage.widget.board_order = order(1, note="the very last words " * 10)
        stage.widget.focus()
        text = await stage.text()
        assert "product" in text
        assert "1-7 of 14 lines" in text
        await stage.press("G")
        text = await stage.text()
        assert "very last words" in text
        assert "product" not in text
        assert "8-14 of 14 lines" in text
        assert "handling" in text
        await stage.press("g")
        assert "product" in await stage.text()
