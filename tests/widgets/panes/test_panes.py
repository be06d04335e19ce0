"""The panes of the desk: what each says of a book, in every state it can be in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from services.domain.book import BoardOrder, LogEntry, PollState, UsualTime
from services.domain.errors import failure_of
from services.domain.models import Catalog, Category, Denomination, Product, Stock
from services.domain.money import PriceRule, Prices
from services.domain.phrase import plain
from services.domain.text import SafeText, cell_width
from widgets.drawing import style
from widgets.drawing.ink import inert
from widgets.panes.catalog import CatalogPane
from widgets.panes.ledger import LedgerPane
from widgets.panes.log import LogPane
from widgets.panes.order_cells import product_pieces
from widgets.panes.orders import OrderBoard
from widgets.panes.stock import StockPane

Make = Callable[..., Any]


def titles(picture: list[str], line: int = 1) -> list[str]:
    return picture[line].split()


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (60, "product qty customer state"),
        (80, "product qty customer state price"),
        (110, "product qty customer state price cost"),
        (200, "product qty customer state price cost margin desk order placed"),
    ],
)
async def test_orders_lose_columns_by_importance(
    staged: Make, book: Make, order: Make, width: int, columns: str
) -> None:
    async with staged(OrderBoard(), width) as stage:
        stage.widget.book = book(orders=(order(1),))
        assert titles(await stage.picture()) == columns.split()


async def test_an_order_says_what_for_whom_how_far_and_for_how_much(
    staged: Make, book: Make, order: Make, now: datetime
) -> None:
    done = {"state": "FULFILLED", "final": True}
    rows = (
        order(1, note="for Ali", region="Türkiye"),
        order(2, state="PARTIALLY_FILLED", fulfilled_quantity=1, note="yacine"),
        order(3, state="UNRESOLVED", order_id=""),
        order(4, state="SOMETHING_NEW", late=True),
        order(5, **done),
        order(6, **done, given_at=now),
        order(7, **done, mine=False, operator=""),
        order(8, state="REFUNDED", final=True, product="Roblox Robux", denomination="400 Robux"),
    )
    async with staged(OrderBoard(), 120) as stage:
        stage.widget.now = now
        stage.widget.book = book(orders=rows)
        lines = [" ".join(line[2:].split()) for line in (await stage.picture())[2:10]]
    clock = f"{rows[0].time.astimezone():%H:%M}"
    rest = f"{clock} 2 060 1 961.00 99.00"
    assert lines == [
        f"Steam Wallet 1 20 EUR · TR 2 for Ali ○ handling 30 s{rest.removeprefix(clock)}",
        f"Steam Wallet 2 20 EUR · any 2 yacine ◐ 1 of 2 came {clock} 1 030 980.50 49.50",
        f"Steam Wallet 3 20 EUR · any 2 ? no answer {rest}",
        f"Steam Wallet 4 20 EUR · any 2 ! late, SOMETHING_NEW {rest}",
        f"Steam Wallet 5 20 EUR · any 2 ● ready {rest}",
        f"Steam Wallet 6 20 EUR · any 2 ✓ handed over {rest}".replace(
            clock, f"{now.astimezone():%H:%M}"
        ),
        f"Steam Wallet 7 20 EUR · any 2 ✓ other desk {clock} 2 060 1 961.00",
        f"Roblox 400 Robux · any 2 ↺ refunded {clock} \u2013 0.00 0.00",
    ]


@pytest.mark.parametrize(
    ("facts", "drawn"),
    [
        ({"product": "Free Fire Diamonds", "region": "MENA"}, "Free… 530 Diamonds · MENA"),
        ({"product": "Honkai: Star Rail Shards"}, "Honka… 530 Diamonds · any"),
        ({"denomination": "Famille, 12 mois"}, "Steam Wallet 1 Famille, 12 mois"[-20:]),
        ({"product": "بطاقات شحن", "region": "KSA"}, "530 Diamonds · بطا… · KSA"),
    ],
)
def test_a_product_is_cut_and_its_value_never(
    order: Make, facts: dict[str, Any], drawn: str
) -> None:
    known = {"denomination": "530 Diamonds", "region": "Global"} | facts
    row = order(1, **known)
    line = product_pieces(row.product, row.denomination, row.region, 26, "plain")
    text = "".join(cell.text for cell in line)
    assert known["denomination"] in text
    assert cell_width(inert(text)) <= 26


async def test_open_orders_are_first_then_those_to_hand_over(
    staged: Make, book: Make, order: Make
) -> None:
    def ended(number: int, **facts: Any) -> Any:
        return order(number, state="FULFILLED", final=True, **facts)

    async with staged(OrderBoard(), 120) as stage:
        board = stage.widget
        given = ended(1, given_at=ended(1).time)
        refunded = order(2, state="REFUNDED", final=True)
        board.book = book(orders=(given, refunded, ended(3), ended(4, mine=False), order(5)))
        assert [int(row.product.split()[-1]) for row in board.listed] == [5, 3, 1, 2, 4]
        # What was chosen keeps its place when it is handed over.
        board.point_at(ended(3).line)
        given_3 = ended(3, given_at=ended(3).time)
        board.book = book(orders=(given, refunded, given_3, order(5)))
        assert [int(row.product.split()[-1]) for row in board.listed] == [5, 3, 1, 2]
        board.point_at(order(5).line)
        assert [int(row.product.split()[-1]) for row in board.listed] == [5, 1, 2, 3]


async def test_an_order_keeps_the_cursor_when_it_gets_its_id(
    staged: Make, book: Make, order: Make
) -> None:
    sending = order(1, row_id="p-1", order_id="", purchase_id="p-1", state="SENDING")
    async with staged(OrderBoard(), 120) as stage:
        stage.widget.book = book(orders=(order(2), sending, order(3)))
        await stage.settle()
        stage.widget.focus()
        await stage.press("j")
        placed = order(1, purchase_id="p-1")
        stage.widget.book = book(orders=(order(4), order(5), placed, order(2), order(3)))
        assert stage.widget.highlighted is placed


@pytest.mark.parametrize(
    ("poll", "words"),
    [
        (PollState("starting"), "Reading the orders …"),
        (PollState("live"), "No order in the last 24 h. enter on a value opens a ticket."),
        (PollState("following"), "No order in the last 24 h."),
        (
            PollState("failing", failure=failure_of("The vendor is down")),
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
        failing = PollState(
            "failing", now, now - timedelta(minutes=2), failure=failure_of("no answer")
        )
        stage.widget.book = book(orders=(order(1),), poll=failing)
        at = (now - timedelta(minutes=2)).astimezone()
        head = (await stage.picture())[0]
        assert f"stale since {at:%H:%M}  no answer; r tries again" in head
        assert "handling" in await stage.text()


async def test_an_unchanged_book_draws_nothing(
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
        assert picture[2].split() == ["▌", "Game", "0", "EU"]
        assert picture[1].split() == ["product", "region"]
        assert "disabled · Game 2" in picture[4]
        assert picture[5].split() == ["نتفليكس", "any"]
        stage.widget.filter_text = "films"
        assert [product.id for product in stage.widget.listed] == ["f"]


@pytest.mark.parametrize("width", [60, 80, 200])
async def test_however_wide_a_region_is_near_its_product(
    staged: Make, book: Make, now: datetime, width: int
) -> None:
    async with staged(CatalogPane(), width) as stage:
        stage.widget.now = now
        stage.widget.book = book(catalog=catalog(now))
        assert (await stage.picture())[2].index("EU") <= 46


async def test_the_catalogue_says_what_it_is_without(
    staged: Make, book: Make, now: datetime
) -> None:
    async with staged(CatalogPane(), 100) as stage:
        assert "Reading the catalogue …" in await stage.text()
        stage.widget.book = book(catalog_error=failure_of("No connection"))
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
            catalog=catalog(now + timedelta(hours=29)), catalog_error=failure_of("No connection")
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
        assert f"Stock   read {stock(now).read_at.astimezone():%H:%M}" in picture[0]
        assert picture[1].strip() == "Game 0 بطاقة · any"
        assert picture[2].split() == ["value", "price", "cost", "stock"]
        assert picture[3].split() == ["▌", "10", "EUR", "1", "393", "1", "326.13", "120"]
        assert "3 left" in picture[4]
        assert "none" in picture[5]


async def test_stock_counts_what_was_sold_today(
    staged: Make, book: Make, order: Make, now: datetime
) -> None:
    goods = {"product_id": "g0", "type_id": "a"}
    rows = (
        order(1, **goods),
        order(2, **goods, state="PARTIALLY_FILLED", fulfilled_quantity=1),
        order(3, **goods, state="REFUNDED"),
        order(4, **goods, mine=False),
        order(5, **goods, time=now - timedelta(days=1)),
        order(6, product_id="g0", type_id="other"),
    )
    async with staged(StockPane()) as stage:
        stage.widget.now = now
        stage.widget.book = book(orders=rows)
        stage.widget.stock = stock(now)
        picture = await stage.picture()
        assert picture[3].split()[-2:] == ["3", "120"]
        assert picture[4].split()[-2:] == ["3", "left"]


async def test_privacy_takes_cost_and_margin_away(staged: Make, now: datetime) -> None:
    async with staged(StockPane()) as stage:
        stage.widget.stock = stock(now)
        stage.widget.privacy = True
        text = await stage.text()
        assert "1 326.13" not in text
        assert "1 393" in text
        assert "cost" not in text
        assert "margin" not in text
        stage.widget.privacy = False
        assert "1 326.13" in await stage.text()


async def test_stock_says_what_it_waits_for(staged: Make, now: datetime) -> None:
    async with staged(StockPane(), 100) as stage:
        assert "Select a product in the catalogue" in await stage.text()
        stage.widget.product = Product("g0", "Game 0", "Gaming")
        assert "Reading stock and prices …" in await stage.text()
        stage.widget.error = failure_of("The vendor is down")
        assert "The stock could not be read. The vendor is down. r tries again." in (
            await stage.text()
        )
        stage.widget.stock = stock(now)
        assert "read failed: stale" in await stage.text()
        stage.widget.error = None
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
    twice = LogEntry(now, "info", plain("the same"))
    failed = LogEntry(now + timedelta(seconds=5), "error", plain("[/] no answer \x1b[31m"))
    async with staged(LogPane()) as stage:
        assert "Nothing has happened yet." in await stage.text()
        stage.widget.book = book(log=(twice, twice, failed))
        picture = await stage.picture()
        assert "! [/] no answer" in picture[2]
        assert "\x1b" not in await stage.text()
        assert stage.widget.shown == 3
        assert stage.widget.highlighted.entry == failed


@pytest.mark.parametrize("width", [50, 60, 80, 120])
async def test_the_stock_column_cuts_nothing(staged: Make, now: datetime, width: int) -> None:
    def denomination(number: int, quantity: int, closed: str = "") -> Denomination:
        name = SafeText(f"{number} UC")
        price = Decimal(0 if closed else 999)
        return Denomination(str(number), name, price, quantity, closed)

    rows = (
        denomination(60, 999),
        denomination(325, 9_999),
        denomination(326, 123_456),
        denomination(620, 0, "priced in USDT"),
        denomination(660, 0, "priced in EUR"),
        denomination(1800, 0, "not for sale"),
    )
    async with staged(StockPane(), width) as stage:
        stage.widget.stock = Stock("pubg", SafeText("PUBG"), rows, now)
        text = await stage.text()
    for words in ("999", "9 999", "123 456", "priced in USDT", "priced in EUR", "not for sale"):
        assert f" {words} " in text


@pytest.mark.parametrize(
    ("pane", "why"),
    [
        (CatalogPane, "No product is highlighted."),
        (StockPane, "No value is highlighted."),
        (OrderBoard, "No order is highlighted."),
        (LedgerPane, "No order belongs to this movement, or none is known here."),
        (LogPane, "The log has nothing to open."),
    ],
)
async def test_an_empty_pane_says_why_nothing_opens(
    staged: Make, pane: Callable[[], Any], why: str
) -> None:
    async with staged(pane(), 120) as stage:
        assert (stage.widget.described, stage.widget.nothing_to_open()) == ("", why)


async def test_a_pane_describes_its_highlighted_row(staged: Make, book: Make, order: Make) -> None:
    async with staged(OrderBoard(), 60) as stage:
        stage.widget.book = book(orders=(order(1, note="for Ali"),))
        described = stage.widget.described
        assert described.startswith("2 x Steam Wallet 1 20 EUR, order ")
        assert described.endswith("by amel, customer for Ali")
        assert stage.widget.nothing_to_open() == ""


@pytest.mark.parametrize(
    ("width", "seconds", "state"),
    [
        (80, 7, "○ handling ━━━━━━──  7 s"),
        (80, 31, "○ slow     ━━━━━━━━ 31 s"),
        (80, 150, "○ slow     ━━━━━━━━  2 m"),
        (60, 7, "○ handling  7 s"),
        (200, 7, "○ handling ━━━━━━━━━───  7 s of  9 s"),
    ],
)
async def test_an_open_order_counts_against_its_usual_time(
    staged: Make, book: Make, order: Make, now: datetime, width: int, seconds: int, state: str
) -> None:
    goods = {"product_id": "steam", "type_id": "t20"}
    usual = {("steam", "t20"): UsualTime(9, 30)}
    async with staged(OrderBoard(), width) as stage:
        stage.widget.now = now
        row = order(1, **goods, sent_at=now - timedelta(seconds=seconds))
        stage.widget.book = book(orders=(row,), usual=usual)
        assert f" {state} " in (await stage.picture())[2]
        # A slow line counts in larger steps.
        style.take(style.Look(coarse=True))
        stage.widget.forget_drawn()
        stage.widget.patch()
        assert f" {seconds // 5 * 5} s" in await stage.text() or seconds > 100


async def test_an_open_order_without_a_usual_time_counts_its_seconds(
    staged: Make, book: Make, order: Make, now: datetime
) -> None:
    async with staged(OrderBoard()) as stage:
        stage.widget.now = now
        stage.widget.book = book(orders=(order(1), order(2, state="REFUNDED", final=True)))
        assert " ○ handling          30 s " in (await stage.picture())[2]
        await stage.watch()
        stage.widget.now = now + timedelta(seconds=1)
        assert await stage.painted() == [2]
        stage.widget.book = book(orders=(order(2, state="REFUNDED", final=True),))
        await stage.painted()
        stage.widget.now = now + timedelta(seconds=2)
        assert await stage.painted() == []


async def test_a_row_that_changed_is_marked_for_five_seconds(
    staged: Make, book: Make, order: Make, now: datetime
) -> None:
    async with staged(OrderBoard()) as stage:
        stage.widget.now = now
        stage.widget.book = book(orders=(order(2), order(1)))
        assert "•" not in await stage.text()
        done = order(1, state="FULFILLED", final=True)
        stage.widget.book = book(orders=(order(2), done))
        assert (await stage.picture())[3].startswith("• Steam Wallet 1")
        stage.widget.now = now + timedelta(seconds=4)
        assert "•" in await stage.text()
        stage.widget.now = now + timedelta(seconds=5)
        assert "•" not in await stage.text()


async def test_a_figure_of_the_stock_that_changed_is_marked(staged: Make, now: datetime) -> None:
    async with staged(StockPane()) as stage:
        stage.widget.now = now
        stage.widget.stock = stock(now)
        first, second, third = stock(now).denominations
        newer = replace(second, quantity=2)
        stage.widget.stock = replace(stock(now), denominations=(first, newer, third))
        picture = await stage.picture()
        assert [line[:1] for line in picture[3:6]] == [picture[3][0], "•", " "]


async def test_the_title_counts_orders_and_the_seconds_to_the_next_check(
    staged: Make, book: Make, order: Make, now: datetime
) -> None:
    ready = order(2, state="FULFILLED", final=True)
    live = PollState("live", now, now, next_at=now + timedelta(seconds=3))
    async with staged(OrderBoard(), 120) as stage:
        stage.widget.now = now
        stage.widget.book = book(orders=(order(1), ready), open_count=1, poll=live)
        head = (await stage.picture())[0]
        assert "○ 1 handling  ● 1 to hand over" in head
        assert "looks again in 3 s" in head
        stage.widget.now = now + timedelta(seconds=3)
        assert "looks again now" in (await stage.picture())[0]
        # Another console of this host asks: when is not known here.
        stage.widget.book = book(orders=(order(1),), open_count=1, poll=PollState("following"))
        assert "looks again" not in await stage.text()
        stage.widget.book = book(orders=(ready,), poll=live)
        head = (await stage.picture())[0]
        assert "handling" not in head
        assert "1 today" in head


async def test_without_the_focus_the_board_shows_its_top(
    staged: Make, book: Make, order: Make
) -> None:
    rows = tuple(order(n, purchase_id=f"p-{n}") for n in range(40, 0, -1))
    async with staged(OrderBoard()) as stage:
        stage.widget.book = book(orders=rows)
        stage.widget.focus()
        await stage.press("G")
        assert "Steam Wallet 40 " not in await stage.text()
        stage.app.screen.set_focus(None)
        newest = order(41, purchase_id="p-41")
        stage.widget.book = book(orders=(newest, *rows))
        assert "Steam Wallet 41 " in (await stage.picture())[2]
        assert stage.widget.highlighted is rows[-1]
        stage.widget.focus()
        assert "Steam Wallet 1 " in await stage.text()


async def test_a_price_below_the_floor_is_marked_but_not_for_the_customer(
    staged: Make, now: datetime
) -> None:
    rules = {("value", "g0", "a"): PriceRule(price=Decimal(1_327))}
    async with staged(StockPane(), 60) as stage:
        stage.widget.now = now
        stage.widget.product = Product("g0", "Game 0", "Gaming")
        stage.widget.stock = stock(now)
        assert "!" not in await stage.text()
        stage.widget.prices = Prices(floor_percent=Decimal(2), rules=rules)
        shown = await stage.text()
        assert "! 1 327" in shown
        assert shown.count("!") == 1
        stage.widget.privacy = True
        assert "!" not in await stage.text()


def test_the_end_of_a_long_name_leaves_before_its_region(order: Make) -> None:
    row = order(1, product="PlayStation Store", denomination="10 EUR", region="France")

    def drawn(room: int, region: str = row.region) -> str:
        pieces = product_pieces(row.product, row.denomination, region, room, "plain")
        return "".join(cell.text for cell in pieces)

    assert drawn(29) == "PlayStation Store 10 EUR · FR"
    assert drawn(26) == "PlayStation S… 10 EUR · FR"
    assert drawn(22) == "PlayStati… 10 EUR · FR"
    assert drawn(20) == "PlayStation… 10 EUR"
    assert drawn(26, "Global") == "PlayStation Store 10 EUR"


def test_the_region_leaves_before_a_product_is_hard_to_know(order: Make) -> None:
    row = order(1, product="Free Fire Diamonds", denomination="530 Diamonds", region="MENA")

    def drawn(room: int) -> str:
        pieces = product_pieces(row.product, row.denomination, row.region, room, "plain")
        return "".join(cell.text for cell in pieces)

    assert drawn(29) == "Free Fire 530 Diamonds · MENA"
    assert drawn(26) == "Free Fire 530 Diamonds"
    assert drawn(20) == "Free F… 530 Diamonds"
