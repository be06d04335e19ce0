"""The panes of the desk: what each says of a book, in every state it can be in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.book_models import BoardOrder, LogEntry, PollState
from services.models import Catalog, Category, Denomination, Product, Stock
from widgets.catalog_pane import CatalogPane
from widgets.log_pane import LogPane
from widgets.order_board import OrderBoard
from widgets.stock_pane import StockPane

Make = Callable[..., Any]


def titles(picture: list[str], line: int = 1) -> list[str]:
    return picture[line].split()


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (60, ["state", "cards", "DZD", "product"]),
        (80, ["state", "cards", "DZD", "age", "desk", "product"]),
        (88, ["state", "cards", "DZD", "age", "desk", "given", "product"]),
        (120, ["state", "cards", "DZD", "age", "desk", "order", "given", "product"]),
    ],
)
async def test_orders_lose_columns_by_importance(
    staged: Make, book: Make, order: Make, width: int, columns: list[str]
) -> None:
    async with staged(OrderBoard(), width) as stage:
        stage.widget.book = book(orders=(order(1),))
        assert titles(await stage.picture()) == columns


async def test_an_order_tells_state_cards_total_age_desk_and_goods(
    staged: Make, book: Make, order: Make, now: datetime
) -> None:
    rows = (
        order(1, note="for Ali", time=now - timedelta(minutes=3)),
        order(2, state="PARTIALLY_FILLED", fulfilled_quantity=1, mine=False, operator=""),
        order(3, state="UNRESOLVED", order_id=""),
        order(4, state="SOMETHING_NEW", late=True),
    )
    async with staged(OrderBoard(), 120) as stage:
        stage.widget.now = now
        stage.widget.book = book(orders=rows)
        picture = await stage.picture()
    assert " ".join(picture[2].split()) == (
        "> handling 2 1 961 3 m amel ...000001 Steam Wallet 1 · 20 EUR · for Ali"
    )
    assert picture[3].split()[:7] == ["partial", "1/2", "1", "961", "30", "s", "other"]
    assert picture[4].split()[:8] == ["UNRESOLVED", "2", "1", "961", "30", "s", "amel", "no"]
    assert "SOMETHING_…" in picture[5]
    assert "LATE · Steam Wallet 4" in picture[5]


@pytest.mark.parametrize(
    ("poll", "words"),
    [
        (PollState("starting"), "Reading the orders ..."),
        (PollState("live"), "No order is open and none was placed in the last 24 h."),
        (PollState("following"), "No order is open"),
        (
            PollState("failing", message="The vendor is down."),
            "No orders to show: The vendor is down. r tries again.",
        ),
        (PollState("stopped"), "r tries again."),
    ],
)
async def test_an_order_board_without_orders_says_why(
    staged: Make, book: Make, poll: PollState, words: str
) -> None:
    async with staged(OrderBoard(), 120) as stage:
        assert "Reading the orders" in await stage.text()
        stage.widget.book = book(poll=poll)
        assert words in await stage.text()


async def test_orders_that_are_not_current_say_since_when(
    staged: Make, book: Make, order: Make, now: datetime
) -> None:
    async with staged(OrderBoard()) as stage:
        failing = PollState("failing", now, now - timedelta(minutes=2), message="no answer")
        stage.widget.book = book(orders=(order(1),), poll=failing)
        at = (now - timedelta(minutes=2)).astimezone()
        head = (await stage.picture())[0]
        assert f"stale since {at:%H:%M}  no answer; r tries again" in head
        assert "handling" in await stage.text()


async def test_an_unchanged_book_draws_nothing_and_time_only_what_aged(
    staged: Make, book: Make, order: Make, now: datetime
) -> None:
    rows = tuple(order(n, time=now - timedelta(seconds=n * 7)) for n in range(1, 40))
    async with staged(OrderBoard()) as stage:
        stage.widget.now = now
        stage.widget.book = book(orders=rows)
        await stage.watch()
        stage.widget.book = book(orders=rows)
        stage.widget.book = book(orders=tuple(BoardOrder(**_facts(row)) for row in rows))
        assert await stage.painted() == []
        stage.widget.now = now + timedelta(seconds=1)
        aged = await stage.painted()
        assert 0 < len(aged) < 6
        stage.widget.now = now + timedelta(seconds=1.4)
        assert await stage.painted() == []


def _facts(row: BoardOrder) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__struct_fields__}


async def test_privacy_hides_totals_of_orders(staged: Make, book: Make, order: Make) -> None:
    async with staged(OrderBoard()) as stage:
        stage.widget.book = book(orders=(order(1),))
        stage.widget.privacy = True
        assert "1 961" not in await stage.text()


async def test_orders_are_found_by_state_note_operator_and_id(
    staged: Make, book: Make, order: Make
) -> None:
    rows = (order(1, note="for Ali"), order(2, state="REFUNDED"), order(3, mine=False))
    async with staged(OrderBoard()) as stage:
        stage.widget.book = book(orders=rows)
        for text, found in (
            ("ali", rows[:1]),
            ("refunded", rows[1:2]),
            ("other", rows[2:]),
            ("00002", rows[1:2]),
            ("steam amel", rows[:2]),
        ):
            stage.widget.filter_text = text
            assert stage.widget.listed == found


def catalog(now: datetime) -> Catalog:
    gaming = tuple(Product(f"g{n}", f"Game {n}", "Gaming", n != 2, "EU") for n in range(3))
    return Catalog(
        (Category("Gaming", gaming), Category("Films", (Product("f", "نتفليكس", "Films"),))), now
    )


async def test_the_catalogue_lists_every_product_with_category_and_region(
    staged: Make, book: Make, now: datetime
) -> None:
    async with staged(CatalogPane()) as stage:
        stage.widget.now = now
        stage.widget.book = book(catalog=catalog(now))
        picture = await stage.picture()
        assert picture[2].split() == [">", "Gaming", "EU", "Game", "0"]
        assert picture[1].split() == ["category", "region", "product"]
        assert "disabled · Game 2" in picture[4]
        assert "نتفليكس" in picture[5]
        stage.widget.filter_text = "films"
        assert [product.id for product in stage.widget.listed] == ["f"]


async def test_the_catalogue_says_what_it_is_without(
    staged: Make, book: Make, now: datetime
) -> None:
    async with staged(CatalogPane(), 100) as stage:
        assert "Reading the catalogue ..." in await stage.text()
        stage.widget.book = book(catalog_error="No connection.")
        assert "could not be read. No connection. r tries again." in await stage.text()
        stage.widget.book = book(catalog=Catalog((), now))
        assert "The vendor's catalogue is empty." in await stage.text()


async def test_an_old_or_failed_catalogue_is_shown_as_stale(
    staged: Make, book: Make, now: datetime
) -> None:
    async with staged(CatalogPane()) as stage:
        stage.widget.now = now
        stage.widget.book = book(catalog=catalog(now))
        assert "stale" not in await stage.text()
        stage.widget.now = now + timedelta(hours=30)
        assert "stale: read 30 h ago" in await stage.text()
        stage.widget.book = book(catalog=catalog(now + timedelta(hours=29)))
        assert "stale" not in await stage.text()
        stage.widget.book = book(
            catalog=catalog(now + timedelta(hours=29)), catalog_error="No connection."
        )
        assert "stale: read 1 h ago" in await stage.text()


def stock(now: datetime) -> Stock:
    return Stock(
        "g0",
        "Game 0 بطاقة",
        (
            Denomination("a", "10 EUR", Decimal("1326.13"), 120),
            Denomination("b", "20 EUR", Decimal(2650), 3),
            Denomination("c", "50 EUR", Decimal(6500), 0),
        ),
        now - timedelta(seconds=12),
    )


async def test_stock_tells_price_and_stock_in_words(staged: Make, now: datetime) -> None:
    async with staged(StockPane(), 40) as stage:
        stage.widget.now = now
        stage.widget.product = Product("g0", "Game 0", "Gaming")
        stage.widget.stock = stock(now)
        picture = await stage.picture()
        assert "Stock · read 10 s ago" in picture[0]
        assert picture[1].strip() == "Game 0 بطاقة"
        assert picture[3].startswith(">   1 326.13  120 in stock  10 EUR")
        assert "3 left" in picture[4]
        assert "out of stock" in picture[5]


async def test_privacy_shows_retail_prices_for_wholesale_ones(staged: Make, now: datetime) -> None:
    async with staged(StockPane()) as stage:
        stage.widget.stock = stock(now)
        stage.widget.privacy = True
        text = await stage.text()
        assert "1 326.13" not in text
        assert "1 393" in text
        assert "retail DZD" in text
        stage.widget.privacy = False
        assert "1 326.13" in await stage.text()


async def test_stock_says_what_it_waits_for(staged: Make, now: datetime) -> None:
    async with staged(StockPane(), 100) as stage:
        assert "Choose a product in the catalogue" in await stage.text()
        stage.widget.product = Product("g0", "Game 0", "Gaming")
        assert "Reading stock and prices ..." in await stage.text()
        stage.widget.error = "The vendor is down."
        assert "The stock could not be read. The vendor is down. r tries again." in (
            await stage.text()
        )
        stage.widget.stock = stock(now)
        assert "read failed: stale" in await stage.text()
        stage.widget.error = ""
        stage.widget.now = now + timedelta(minutes=2)
        assert "stale" in (await stage.picture())[0]


async def test_the_stock_of_another_product_is_not_shown_under_this_one(
    staged: Make, now: datetime
) -> None:
    async with staged(StockPane()) as stage:
        stage.widget.product = Product("g0", "Game 0", "Gaming")
        stage.widget.stock = stock(now)
        assert stage.widget.shown == 3
        stage.widget.product = Product("g1", "Game 1", "Gaming")
        assert stage.widget.shown == 0
        assert "Reading stock" in await stage.text()


async def test_the_log_shows_the_newest_first(staged: Make, book: Make, now: datetime) -> None:
    twice = LogEntry(now, "info", "the same")
    failed = LogEntry(now + timedelta(seconds=5), "error", "[/] no answer \x1b[31m")
    async with staged(LogPane()) as stage:
        assert "Nothing has happened yet." in await stage.text()
        stage.widget.book = book(log=(twice, twice, failed))
        picture = await stage.picture()
        assert "error" in picture[2]
        assert "[/] no answer" in picture[2]
        assert "\x1b" not in await stage.text()
        assert stage.widget.shown == 3
        assert stage.widget.highlighted.entry == failed
