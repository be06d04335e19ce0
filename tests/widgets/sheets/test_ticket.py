"""The ticket and the order's detail: nothing about the money is left open."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.domain import status_text
from services.domain.book import BoardOrder, PollState, UsualTime
from services.domain.errors import failure_of
from services.domain.models import (
    Balance,
    Check,
    Denomination,
    Order,
    Product,
    PurchaseError,
    PurchaseState,
    Quote,
)
from services.domain.money import PriceRule, Prices
from services.domain.phrase import phrase
from widgets.sheets.order_detail import OrderDetail
from widgets.sheets.ticket import Ticket

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


@pytest.fixture
def ticket(staged: Make) -> Make:
    """Show a ticket as large as its box is on a terminal of that size."""

    def shown(width: int = 78, height: int = 21) -> Any:
        return staged(Ticket(), width, height)

    return shown


def on_shelf(widget: Ticket, now: datetime) -> None:
    widget.now = now
    widget.product = Product("steam", "Steam Wallet", "Gaming", region="Europe")
    widget.denomination = Denomination("t20", "20 EUR", Decimal("980.50"), 34)
    widget.stock_read_at = now
    widget.balance = Balance(Decimal(48_250), now)


async def test_a_ticket_says_once_what_is_paid_and_what_is_left(
    ticket: Make, now: datetime
) -> None:
    async with ticket() as stage:
        on_shelf(stage.widget, now)
        stage.widget.quantity = 2
        text = " ".join((await stage.text()).split())
        assert "Steam Wallet 20 EUR Europe 34 in stock" in text
        assert "CUSTOMER PAYS 2 060 DZD 2 x 1 030" in text
        assert "cost 1 961 2 x 980.50" in text
        assert "margin 99 4.8 %" in text
        assert "balance 48 250 as of" in text
        assert text.count("balance after 46 289") == 1
        stage.widget.balance = Balance(Decimal(1_000), now)
        assert "not enough" in await stage.text()
        stage.widget.quantity = None
        assert "not a number of cards" in await stage.text()


@pytest.mark.parametrize(
    ("practice", "frame", "said"),
    [
        (True, "╭─ Buy   SANDBOX", "practice: nothing is real"),
        (False, "┏━ Buy ", "real money, and an order is final"),
    ],
)
async def test_the_frame_says_whose_money_it_is(
    ticket: Make, practice: bool, frame: str, said: str
) -> None:
    async with ticket() as stage:
        stage.widget.practice = practice
        first, *_ = await stage.picture()
        assert first.startswith(frame)
        assert said in first


@pytest.mark.parametrize("size", [(58, 15), (58, 17), (78, 21), (80, 23)])
async def test_a_ticket_is_as_high_at_every_stage(
    ticket: Make, purchase: Make, now: datetime, size: tuple[int, int]
) -> None:
    async with ticket(*size) as stage:
        on_shelf(stage.widget, now)
        stage.widget.note = "karim"
        seen: set[int] = set()
        for each in ("edit", "review", "sending", "done"):
            stage.widget.stage = each
            stage.widget.quote = quote(now) if each != "edit" else None
            stage.widget.purchase = purchase(PurchaseState.UNRESOLVED) if each == "done" else None
            lines = await stage.picture()
            assert {len(line) for line in lines} == {size[0]}
            assert len(lines) == size[1]
            seen.add(next(at for at, line in enumerate(lines) if "CUSTOMER PAYS" in line))
        assert len(seen) == 1


async def test_while_it_is_sent_the_ticket_says_not_to_close(ticket: Make, now: datetime) -> None:
    async with ticket() as stage:
        stage.widget.quote = quote(now)
        stage.widget.sending = status_text.sending(60)
        assert "do not close" not in await stage.text()
        stage.widget.stage = "sending"
        text = await words(stage)
        assert "The order may already be placed; do not close." in text
        assert "within 60 s" in text


async def words(stage: Any) -> str:
    """Everything but the frame, as one line."""
    return " ".join(" ".join(line.strip("│┃") for line in await stage.picture()).split())


async def test_in_the_sandbox_no_balance_is_promised_to_go_down(
    ticket: Make, now: datetime
) -> None:
    async with ticket() as stage:
        stage.widget.practice = True
        stage.widget.quote = quote(now)
        text = await stage.text()
        assert "46 289" not in text
        assert "Sandbox: no money moves" in text
        stage.widget.quote = quote(now, balance=Decimal(1))
        assert "not enough" in await stage.text()


async def test_a_review_asks_and_says_which_keys_buy(ticket: Make, now: datetime) -> None:
    async with ticket() as stage:
        widget = stage.widget
        on_shelf(widget, now)
        widget.quote, widget.note = quote(now), "karim"
        assert "Buy 2" not in await words(stage)
        widget.stage = "review"
        text = await words(stage)
        assert "Buy 2 Steam Wallet [/] 20 EUR, Europe, for karim?" in text
        assert "Press y and then enter. Anything else buys nothing." in text
        widget.armed = True
        assert "enter buys now" in await words(stage)
        widget.armed = False
        widget.quote = quote(now, typed_total=True, changed="The price rose to 980.50 DZD.")
        widget.typed = "19"
        text = await words(stage)
        assert "Type the cost" in text
        assert "CHANGED The price rose to 980.50 DZD. Buy 2" in text
        assert "typed 19" in text


async def test_privacy_leaves_what_the_customer_pays(ticket: Make, now: datetime) -> None:
    async with ticket() as stage:
        stage.widget.quote = quote(now, typed_total=True)
        stage.widget.stage = "review"
        stage.widget.privacy = True
        text = await words(stage)
        for hidden in ("1 961", "980.50", "48 250", "46 289", "4.8 %", " 99 "):
            assert hidden not in text
        assert "CUSTOMER PAYS 2 060 DZD 2 x 1 030" in text
        assert "d shows it" in text


async def test_four_checks_are_on_one_line(ticket: Make, now: datetime) -> None:
    async with ticket() as stage:
        stage.widget.checks = (Check("stock", "ok"), Check("limits", "running"))
        assert "✓ in stock ✓ same price · within the limits · balance is enough" in await words(
            stage
        )
        stage.widget.checks = (
            *(Check("stock", "ok"), Check("limits", "ok")),
            Check("balance", "failed", phrase("{left} DZD are missing", left=Decimal(1000))),
        )
        stage.widget.error = phrase("Not enough balance: {left} DZD", left=Decimal(1000))
        text = await words(stage)
        assert "! balance is not enough Not enough balance: 1 000 DZD" in text
        assert "?" not in text


async def test_what_is_handled_counts_against_the_usual_time_and_the_next_question(
    ticket: Make, purchase: Make, now: datetime
) -> None:
    async with ticket() as stage:
        shown = stage.widget
        shown.stage, shown.now = "done", now
        shown.purchase = purchase(PurchaseState.HANDLING, sent_at=now - timedelta(seconds=4))
        assert "4 s" in await words(stage)
        assert "usually" not in await words(stage)
        shown.usual = UsualTime(8.0, 30.0)
        shown.poll = PollState("live", next_at=now + timedelta(seconds=3))
        assert "━━━━━━━━──────── 4 s of usually 8 s looks again in 3 s" in await words(stage)
        shown.now = now + timedelta(seconds=1)
        assert "━━━━━━━━━━────── 5 s of usually 8 s looks again in 2 s" in await words(stage)
        shown.now = now + timedelta(seconds=28)
        assert "○ slow" in await words(stage)


@pytest.mark.parametrize(
    ("state", "facts", "said"),
    [
        (PurchaseState.SENDING, {}, ["Sending. The order may already be placed; do not close."]),
        (PurchaseState.HANDLING, {}, ["handling", "(…eb64b3). You can close this"]),
        (PurchaseState.UNRESOLVED, {}, ["NO ANSWER", "Do not buy it again."]),
        (PurchaseState.NOT_SENT, {}, ["not sent", "Safe to try again."]),
        (
            PurchaseState.REFUSED,
            {"error": PurchaseError("ERR_STOCK", "out of stock", "req_1")},
            ["refused", "out of stock (ERR_STOCK, req_1). Nothing was placed."],
        ),
        (PurchaseState.FULFILLED, {"cards_came": 2}, ["ready", "Both cards are here."]),
        (PurchaseState.FULFILLED, {"cards_came": 1}, ["codes late", "1 of 2 codes is here"]),
    ],
)
async def test_the_outcome_is_in_words(
    ticket: Make,
    purchase: Make,
    state: PurchaseState,
    facts: dict[str, Any],
    said: list[str],
) -> None:
    async with ticket() as stage:
        stage.widget.stage = "done"
        stage.widget.purchase = purchase(state, **facts)
        text = await words(stage)
        for word in said:
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
        for said in (
            "1 of 2 cards came. The rest was refunded",
            "PARTIALLY_FILLED, 1 of 2",
            "980.50 DZD",
            "66f000000000000000000001",
            "amel at desk1",
            "p-1",
            "handed over  not yet",
        ):
            assert said in text
        detail.privacy = True
        assert "980.50" not in await stage.text()


async def test_the_detail_of_another_desks_order_says_so(
    staged: Make, order: Make, now: datetime
) -> None:
    async with staged(OrderDetail(), 100) as stage:
        stage.widget.board_order = order(1, mine=False, operator="", state="QUEUED_BY_BANK")
        stage.widget.error = failure_of("The vendor did not answer")
        text = " ".join((await stage.text()).replace("│", " ").split())
        assert "Another desk placed it. The vendor says QUEUED_BY_BANK" in text
        assert "The vendor did not answer. r tries again." in text


async def test_the_facts_are_in_two_columns_where_there_is_room(
    staged: Make, order: Make, purchase: Make, now: datetime
) -> None:
    async with staged(OrderDetail(), 120) as stage:
        stage.widget.board_order = order(1, note="for Ali")
        stage.widget.purchase = purchase(PurchaseState.HANDLING)
        first, *_ = await stage.picture()
        assert first.index("Facts") < first.index("What happened")


async def test_a_detail_longer_than_the_screen_scrolls(
    staged: Make, order: Make, now: datetime
) -> None:
    async with staged(OrderDetail(), 60, 5) as stage:
        stage.widget.styles.height = "1fr"
        stage.widget.board_order = order(1)
        stage.widget.focus()
        assert "Another desk placed it." in await stage.text()
        assert "margin" not in await stage.text()
        await stage.press("G")
        assert "margin" in await stage.text()
        assert "Another desk placed it." not in await stage.text()
        await stage.press("g")
        assert "Another desk placed it." in await stage.text()


async def test_a_newer_stock_is_in_place_of_the_older(ticket: Make, now: datetime) -> None:
    async with ticket() as stage:
        widget = stage.widget
        on_shelf(widget, now)
        widget.stage, widget.quote = "review", quote(now)
        assert "34 in stock" in await stage.text()
        widget.denomination = Denomination("t20", "20 EUR", Decimal("980.50"), 33)
        widget.stock_read_at = now + timedelta(seconds=1)
        assert "33 in stock" in await stage.text()
        assert "34" not in await stage.text()


LOW = Prices(
    floor_percent=Decimal(3), rules={("value", "steam", "t20"): PriceRule(price=Decimal(990))}
)


async def test_a_price_below_the_floor_is_said_beside_the_margin_and_in_the_review(
    ticket: Make, now: datetime
) -> None:
    async with ticket() as stage:
        on_shelf(stage.widget, now)
        stage.widget.prices = LOW
        assert "1.0 %, floor 3 %" in await stage.text()
        stage.widget.stage, stage.widget.quote = "review", quote(now)
        shown = await stage.text()
        assert "LOW PRICE: the margin is below the floor of 3 %." in shown
        assert shown.index("LOW PRICE") < shown.index("Buy 2")
        stage.widget.privacy = True
        shown = await stage.text()
        assert "floor" not in shown
        assert "LOW PRICE: d shows why." in shown
        stage.widget.prices = Prices()
        assert "LOW PRICE" not in await stage.text()


def test_a_margin_is_only_of_what_this_desk_knows(order: Make) -> None:
    def margin(**facts: Any) -> Decimal | None:
        made: BoardOrder = order(1, state="FULFILLED", quantity=4, total=Decimal(4000), **facts)
        return made.margin(Prices())

    assert margin(price=Decimal(4400)) == 400
    assert margin() == 200
    assert margin(mine=False) is None
    part = {"price": Decimal(4400), "quantity": 4, "total": Decimal(4000)}
    some: BoardOrder = order(1, state="PARTIALLY_FILLED", **part, fulfilled_quantity=1)
    assert some.margin(Prices()) == 100
    some = order(1, state="PARTIALLY_FILLED", **part, cards_came=3)
    assert some.margin(Prices()) == 300
    assert order(1, state="PARTIALLY_FILLED", **part).margin(Prices()) is None
