"""The ledger pane: movements beside their orders, and whether the day's sum agrees with them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.domain.book import BoardOrder
from services.domain.errors import failure_of
from services.domain.ledger import LedgerRow, Mark, Owner
from services.system.clock import midnight
from widgets.board.board import Board
from widgets.panes.ledger import LedgerPane, day_words, movement_words

Make = Callable[..., Any]


def deposit(movement: Make, number: int = 9) -> LedgerRow:
    return movement(
        number,
        "5000",
        "DEPOSIT",
        note="CCP transfer",
        owner=Owner.NO_ORDER,
        order=None,
        order_id="",
    )


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (46, ["type", "product", "DZD"]),
        (60, ["customer", "type", "product", "DZD"]),
        (68, ["at", "customer", "type", "product", "DZD"]),
        (80, ["at", "customer", "type", "product", "DZD", "balance"]),
        (100, ["at", "customer", "type", "product", "DZD", "balance"]),
        (120, ["at", "customer", "type", "product", "DZD", "balance", "desk", "order"]),
    ],
)
async def test_movements_lose_columns_by_importance(
    staged: Make, ledger: Make, movement: Make, width: int, columns: list[str]
) -> None:
    async with staged(LedgerPane(), width) as stage:
        stage.widget.ledger = ledger(movement())
        assert (await stage.picture())[2].split() == columns


async def test_a_movement_tells_time_type_amount_balance_owner_order_and_goods(
    staged: Make, ledger: Make, movement: Make, now: datetime
) -> None:
    rows = (
        movement(1),
        movement(2, "980.50", "REFUND-ORDER"),
        movement(3, owner=Owner.OTHER, mark=Mark.NOT_OURS),
        movement(4, owner=Owner.UNLISTED, order=None, mark=Mark.NO_ORDER),
        deposit(movement, 5),
        movement(6, "-70", "NEW-THING", owner=Owner.NO_ORDER, order=None, order_id=""),
    )
    async with staged(LedgerPane(), 140) as stage:
        stage.widget.ledger = ledger(*rows)
        lines = [" ".join(line.split()) for line in (await stage.picture())[3:9]]
    at = [f"{row.transaction.time.astimezone():%H:%M}" for row in rows]
    assert lines == [
        f"▌ {at[0]} order 2 x Steam Wallet 1 20 EUR -1 961 48 039 amel …000001",
        f"{at[1]} refund 2 x Steam Wallet 2 20 EUR +980.50 50 980.50 amel …000002",
        f"{at[2]} order NOT OURS · 2 x Steam Wallet 3 20 EUR -1 961 48 039 other …000003",
        f"{at[3]} order NO ORDER -1 961 48 039 not listed …000004",
        f"{at[4]} deposit CCP transfer +5 000 55 000",
        f"{at[5]} NEW-THING -70 49 930",
    ]


@pytest.mark.parametrize("width", [60, 80, 92, 140])
async def test_names_written_from_the_right_are_read_beside_their_amounts(
    staged: Make, ledger: Make, movement: Make, order: Make, width: int
) -> None:
    named = {"product": "بطاقات شحن ببجي موبايل", "denomination": "325 شدة", "region": "KSA"}
    rows = (
        movement(1, order=order(1, note="كريم", **named)),
        movement(2, order=order(2, note="كريم"), owner=Owner.OTHER, mark=Mark.NOT_OURS),
    )
    async with staged(LedgerPane(), width) as stage:
        stage.widget.ledger = ledger(*rows)
        lines = (await stage.picture())[3:5]
    for line in lines:
        assert "كريم" in line
        assert line.index("كريم") < line.index("order") < line.index("-1 961")
    assert "2 x 325 شدة" in lines[0]
    assert "KSA" in lines[0]
    assert "NOT OURS" in lines[1]


async def test_the_customer_has_a_column_or_is_beside_the_goods(
    staged: Make, ledger: Make, movement: Make, order: Make
) -> None:
    row = movement(1, order=order(1, note="karim"))
    for width in (80, 49):
        async with staged(LedgerPane(), width) as stage:
            stage.widget.ledger = ledger(row)
            assert ("customer" in await stage.text()) == (width == 80)
            text = " ".join((await stage.text()).split())
            assert text.count("karim") == (width == 80)
    assert "karim" in movement_words(row)
    assert "karim" not in movement_words(row, whole=False)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "matches your orders · Today spent 1 961.50 DZD"),
        ({"difference": 300}, "DIFFERS: 300 DZD more than the orders say · Today spent"),
        ({"difference": -300, "undebited": 1}, "DIFFERS: 300 DZD less than the orders say"),
        ({"undebited": 2}, "2 ORDERS NOT DEBITED"),
        ({"breaks": 1}, "matches your orders · 1 BREAK · Today"),
        ({"complete": False, "difference": 5}, "not all of it was read: r reads again · Today"),
        ({"charged": False}, "Sandbox: no money moves"),
    ],
)
async def test_the_header_says_whether_the_sum_agrees(
    staged: Make, ledger: Make, movement: Make, now: datetime, facts: dict[str, Any], words: str
) -> None:
    async with staged(LedgerPane(), 100) as stage:
        stage.widget.now = now
        stage.widget.ledger = ledger(movement(), **facts)
        assert words in (await stage.picture())[1]


async def test_the_header_counts_debits_without_an_order(
    ledger: Make, movement: Make, now: datetime
) -> None:
    lost = movement(1, mark=Mark.NO_ORDER, owner=Owner.UNLISTED, order=None)
    assert "1 DEBIT WITHOUT AN ORDER" in day_words(ledger(lost, difference=1961), now, False)


async def test_a_span_that_is_not_today_is_named(ledger: Make, now: datetime) -> None:
    tomorrow = now + timedelta(days=1)
    start = midnight(now)
    since = f"Since {start.astimezone():%Y-%m-%d %H:%M} spent"
    assert since in day_words(ledger(), tomorrow, False)
    named = f"From {start.astimezone():%Y-%m-%d %H:%M} to {now.astimezone():%Y-%m-%d %H:%M} spent"
    assert named in day_words(ledger(end=now), now, False)


async def test_the_ledger_says_what_it_waits_for(staged: Make, ledger: Make, now: datetime) -> None:
    async with staged(LedgerPane()) as stage:
        stage.widget.now = now
        assert "Reading the movements of the account …" in await stage.text()
        stage.widget.error = failure_of("The vendor is down")
        assert "The ledger could not be read. The vendor is down. r tries again." in (
            await stage.text()
        )
        stage.widget.error, stage.widget.ledger = None, ledger()
        assert "Today no money moved. r asks again." in await stage.text()


async def test_a_ledger_that_is_not_current_says_so(
    staged: Make, ledger: Make, movement: Make, now: datetime
) -> None:
    async with staged(LedgerPane()) as stage:
        stage.widget.now = now
        stage.widget.ledger = ledger(movement())
        assert "stale" not in await stage.text()
        stage.widget.now = now + timedelta(minutes=3)
        read = f"{now.astimezone():%H:%M}"
        assert f"Ledger read {read} stale" in " ".join((await stage.text()).split())
        stage.widget.error = failure_of("The vendor is down")
        picture = await stage.picture()
        assert "read failed: stale" in picture[0]
        assert "Steam Wallet" in picture[3]


async def test_privacy_hides_amounts_and_balances_everywhere(
    staged: Make, ledger: Make, movement: Make, now: datetime
) -> None:
    async with staged(LedgerPane(), 120) as stage:
        stage.widget.ledger = ledger(movement(), difference=300)
        stage.widget.privacy = True
        text = await stage.text()
        assert not any(amount in text for amount in ("1 961", "48 039", "300"))
        stage.widget.privacy = False
        assert "-1 961" in await stage.text()


async def test_movements_are_found_by_type_owner_order_mark_and_note(
    staged: Make, ledger: Make, movement: Make
) -> None:
    rows = (
        movement(1),
        movement(2, owner=Owner.OTHER, mark=Mark.NOT_OURS),
        movement(3, owner=Owner.UNLISTED, order=None, mark=Mark.NO_ORDER),
        deposit(movement, 4),
    )
    async with staged(LedgerPane()) as stage:
        stage.widget.ledger = ledger(*rows)
        for text, found in (
            ("amel", rows[:1]),
            ("not ours", rows[1:2]),
            ("not listed", rows[2:3]),
            ("000003", rows[2:3]),
            ("deposit ccp", rows[3:]),
        ):
            stage.widget.filter_text = text
            assert stage.widget.listed == found


async def test_amounts_sort_as_numbers_and_enter_opens_the_movement(
    staged: Make, ledger: Make, movement: Make
) -> None:
    rows = (movement(1, "-90"), movement(2, "-1000"), deposit(movement, 3))
    async with staged(LedgerPane()) as stage:
        stage.widget.ledger = ledger(*rows)
        stage.widget.sort = "change"
        assert [row.transaction.id for row in stage.widget.listed] == ["t2", "t1", "t3"]
        stage.widget.focus()
        await stage.press("g", "enter")
        opened = [m for m in stage.app.posted if isinstance(m, Board.Opened)]
        assert [m.row_id for m in opened] == ["t2"]


async def test_a_hostile_note_is_drawn_inert(staged: Make, ledger: Make, movement: Make) -> None:
    hostile = movement(1, note="[@click=app.quit]x[/]\x1b]52;c;aGk=\x07", order=None)
    async with staged(LedgerPane(), 120) as stage:
        stage.widget.ledger = ledger(hostile)
        text = await stage.text()
    assert "\x1b" not in text
    assert "[@click=app.quit]x[/]" in text


async def test_a_movement_names_the_region_last(
    staged: Make, ledger: Make, movement: Make, order: Callable[..., BoardOrder]
) -> None:
    async with staged(LedgerPane(), 140) as stage:
        stage.widget.ledger = ledger(movement(order=order(1, region="US", note="Ali")))
        assert "2 x Steam Wallet 1 20 EUR, US" in await stage.text()
