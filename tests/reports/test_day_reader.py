"""The figures of a day: what a journal and a ledger say of it, whole and by the hour."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from services.domain.day_figures import At
from services.domain.ledger import Ledger, LedgerRow
from services.domain.models import Balance, Transaction
from services.domain.money import Prices
from services.domain.text import clean
from services.journal.database import Journal
from services.journal.purchases import Purchases
from services.journal.spending import GOODS, MINUTES, REFUNDS
from services.reports.day_reader import balance_of_day
from services.reports.spending_reader import SpendingReader
from tests.reports.test_spending_reader import LIMIT, MADE, S, bought
from tests.reports.test_spending_reader import At as ClockAt

pytestmark = pytest.mark.both_engines

NOW = datetime(2026, 3, 10, 15, 20, tzinfo=UTC)


@pytest.fixture
def clock() -> ClockAt:
    return ClockAt(NOW)


@pytest.fixture
async def journal(tmp_path: Path, clock: ClockAt) -> AsyncIterator[Journal]:
    journal = Journal(tmp_path / "state" / "a-production.db", clock, "amina")
    await journal.open("account-a")
    yield journal
    await journal.close()


def hours_ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def amounts(points: tuple[At, ...]) -> list[int]:
    return [int(each.amount) for each in points]


async def a_day(journal: Journal) -> None:
    """Four orders: whole, in part, refunded, open; and one of yesterday."""
    await bought(journal, "a", hours_ago(5), *MADE, S.FULFILLED, total="1000.00", quantity=2)
    await bought(
        journal, "b", hours_ago(3), *MADE, S.PARTIALLY_FILLED,
        total="600.00", quantity=3, cards=1, charged="200.00",
    )  # fmt: skip
    await bought(journal, "c", hours_ago(2), *MADE, S.REFUNDED, total="50.00", cards=0)
    await bought(journal, "d", hours_ago(0.1), *MADE, total="300.00")
    await bought(journal, "y", NOW - timedelta(days=1), *MADE, S.FULFILLED, total="70.00")


def reader(clock: ClockAt) -> SpendingReader:
    return SpendingReader(clock, LIMIT, charged=True)


async def test_a_day_adds_up_by_goods_hour_and_day(journal: Journal, clock: ClockAt) -> None:
    await a_day(journal)
    spent, day = await reader(clock).read(journal)
    prices = Prices(Decimal(5))
    assert day.cost == spent.today == Decimal(1500)
    assert (day.orders, day.cards) == (3, 4)
    # 2 x 525, 1 of 3 x 210, 1 x 315.
    assert day.sold(prices) == 1050 + 210 + 315
    assert [(each.product, each.cards) for each in day.sellers(prices)] == [("PUBG", 4)]
    assert day.came_back == 400 + 50
    assert amounts(day.hours) == [1000, 0, 200, 0, 0, 300]
    assert day.begin == day.hours[0].time == datetime(2026, 3, 10, 10, tzinfo=UTC)
    assert amounts(day.days) == [0, 0, 0, 0, 0, 70, 1500]


async def test_a_price_kept_with_a_purchase_is_what_was_sold(
    journal: Journal, clock: ClockAt
) -> None:
    await bought(
        journal, "b", hours_ago(3), *MADE, S.PARTIALLY_FILLED,
        total="600.00", quantity=3, cards=2, charged="400.00",
    )  # fmt: skip
    await bought(journal, "d", hours_ago(1), *MADE, total="300.00")
    await journal.write(lambda tx: tx.run("UPDATE purchases SET price = '900.00' WHERE id = 'b'"))
    _, day = await reader(clock).read(journal)
    assert day.sold(Prices(Decimal(5))) == 600 + 315


async def test_the_balance_of_a_day_is_read_back_from_one_reading(
    journal: Journal, clock: ClockAt
) -> None:
    await a_day(journal)
    at_work = reader(clock)
    at_work.note(Balance(Decimal(10_000), NOW))
    _, day = await at_work.read(journal)
    # The refunds are of now: the journal wrote them when the test made it do so.
    assert amounts(day.balance)[:1] == [10_000 + 300 + 50 + 600 + 1000 - 450]
    assert amounts(day.balance)[-1] == 10_000
    assert day.deposits == ()


async def test_a_ledger_knows_what_the_journal_does_not(journal: Journal, clock: ClockAt) -> None:
    def moved(number: int, hours: float, kind: str, before: int, after: int) -> LedgerRow:
        change = Decimal(after - before)
        return LedgerRow(
            Transaction(
                id=str(number), type=clean(kind), operation=clean(""), objid="", note=clean(""),
                amount=abs(change), time=hours_ago(hours),
                old_balance=Decimal(before), new_balance=Decimal(after),
            ),
            change,
        )  # fmt: skip

    await a_day(journal)
    rows = (
        moved(3, 2, "REFUND-ORDER", 5_000, 5_400),
        moved(2, 4, "DEPOSIT", 2_000, 5_000),
        moved(1, 5, "ORDER", 3_000, 2_000),
    )
    zero = Decimal(0)
    start = datetime(2026, 3, 10, tzinfo=UTC)
    at_work = reader(clock)
    at_work.learn(
        Ledger(rows, start, None, hours_ago(1), zero, zero, zero, 0, 0, complete=True, charged=True)
    )
    _, day = await at_work.read(journal)
    assert amounts(day.balance)[:4] == [3_000, 2_000, 5_000, 5_400]
    assert At(hours_ago(0.1).replace(second=0), Decimal(5_100)) in day.balance
    assert [(each.time, each.amount) for each in day.deposits] == [(hours_ago(4), Decimal(3_000))]


async def test_figures_without_news_are_the_same_until_the_hour_ends(
    journal: Journal, clock: ClockAt
) -> None:
    await a_day(journal)
    at_work = reader(clock)
    at_work.note(Balance(Decimal(10_000), NOW))
    _, day = await at_work.read(journal)
    clock.at += timedelta(minutes=30)
    at_work.note(Balance(Decimal(10_000), clock.at))
    assert (await at_work.read(journal))[1] is day
    clock.at += timedelta(minutes=30)
    later = (await at_work.read(journal))[1]
    assert amounts(later.hours) == [*amounts(day.hours), 0]
    await Purchases(journal).move("d", S.REFUNDED, "test", {"fulfilled_amount": Decimal(0)})
    assert (await at_work.read(journal))[1].cost == Decimal(1200)


@pytest.mark.file_only
async def test_no_question_of_the_day_walks_through_all_purchases(journal: Journal) -> None:
    for sql, values in ((GOODS, 1), (MINUTES, 1), (REFUNDS, 3)):
        plan = await journal.read(
            lambda tx, sql=sql, values=values: tx.rows(
                f"EXPLAIN QUERY PLAN {sql}", *["2026-01-01"] * values
            )
        )
        assert not any(row["detail"] in ("SCAN purchases", "SCAN p", "SCAN e") for row in plan)


START = datetime(2026, 3, 10, tzinfo=UTC)


def at(hour: int, amount: int) -> At:
    return At(START + timedelta(hours=hour), Decimal(amount))


def test_readings_are_joined_by_what_moved_between_them() -> None:
    moves = [at(9, -10), at(11, -20), at(13, -5)]
    found = balance_of_day(moves, [at(10, 100), at(12, 580)], None)
    assert found == (
        *(at(9, 110), at(10, 100), at(11, 80)),
        # More than the journal moved: somebody paid in.
        *(at(12, 580), at(13, 575)),
    )


def test_without_a_known_balance_there_is_no_curve() -> None:
    assert balance_of_day([at(9, -10)], [], None) == ()
