"""Money at a glance: what journals made by hand add up to, and what is said of it."""

import os
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from services.domain.ledger import Ledger
from services.domain.models import Baseline, Purchase, PurchaseState
from services.domain.money import Prices
from services.domain.spending import Spending, Tally, add_up, facts, runway
from services.domain.text import clean
from services.journal.database import Journal
from services.journal.purchases import Purchases
from services.journal.rows import iso
from services.journal.spending import FIRST, OPEN, SPAN, spent
from services.reports.spending_reader import EARLIER_SECONDS, SpendingReader
from services.system.clock import midnight
from tests.conftest import StillClock

pytestmark = pytest.mark.both_engines

S = PurchaseState
LIMIT = Decimal(50_000)
ALGIERS, BERLIN = "Africa/Algiers", "Europe/Berlin"


class At(StillClock):
    """A clock that is at a time of its own."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> At:
    return At(datetime(2026, 3, 10, 15, 0, tzinfo=UTC))


@pytest.fixture
async def journal(tmp_path: Path, clock: At) -> AsyncIterator[Journal]:
    journal = Journal(tmp_path / "state" / "a-production.db", clock, "amina")
    await journal.open("account-a")
    yield journal
    await journal.close()


@pytest.fixture
def zone() -> Iterator[None]:
    """Put the machine's time zone back afterwards."""
    before = os.environ.get("TZ")
    yield
    os.environ.pop("TZ", None)
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


def move_to(name: str) -> None:
    os.environ["TZ"] = name
    time.tzset()


async def bought(
    journal: Journal,
    name: str,
    at: datetime,
    *steps: S,
    total: str = "980.50",
    quantity: int = 1,
    cards: int | None = None,
    charged: str | None = None,
) -> None:
    """Put a purchase into the journal as if it had been confirmed at that time."""
    store = Purchases(journal)
    intent = Purchase(
        id=name, idempotency_key=name, state=S.INTENT, product_id=name, type_id="t",
        product_title=clean("PUBG"), type_name=clean("60 UC"), operator=clean("amina"),
        quantity=quantity, unit_price=Decimal(total) / quantity, total=Decimal(total),
        created_at=at, updated_at=at, host="desk",
    )  # fmt: skip
    await store.add(intent, "owner", Baseline())
    await journal.write(
        lambda tx: tx.run("UPDATE purchases SET created_at = ? WHERE id = ?", iso(at), name)
    )
    for step in steps:
        facts: dict[str, object] = {"order_id": f"o-{name}"} if step is S.HANDLING else {}
        if step is steps[-1] and cards is not None:
            facts |= {"fulfilled_quantity": cards, "fulfilled_amount": Decimal(charged or "0")}
        await store.move(name, step, "test", facts)


MADE = (S.SENDING, S.HANDLING)


async def a_week(journal: Journal, now: datetime) -> None:
    """A purchase of every kind, today and before."""
    today, before = now - timedelta(hours=2), now - timedelta(days=2)
    await bought(journal, "whole", today, *MADE, S.FULFILLED, quantity=2, cards=2, charged="980.50")
    await bought(
        journal, "part", today, *MADE, S.PARTIALLY_FILLED, quantity=2, cards=1, charged="490.25"
    )
    await bought(journal, "back", today, *MADE, S.REFUNDED, cards=0, charged="0")
    await bought(journal, "open", today, *MADE, quantity=3)
    await bought(journal, "lost", today, S.SENDING, S.UNRESOLVED)
    await bought(journal, "refused", today, S.SENDING, S.REFUSED)
    await bought(journal, "unsent", today, S.NOT_SENT)
    await bought(journal, "old open", before, *MADE, total="100.00")
    await bought(journal, "older", now - timedelta(days=6), *MADE, S.FULFILLED, total="200.05")
    await bought(journal, "long ago", now - timedelta(days=30), *MADE, S.FULFILLED, total="9999.00")


async def test_a_week_of_every_state_adds_up_to_the_centime(journal: Journal, clock: At) -> None:
    await a_week(journal, clock.now())
    assert (await SpendingReader(clock, LIMIT, charged=True).read(journal))[0] == Spending(
        today=Decimal("980.50") * 3 + Decimal("490.25"),
        day_limit=LIMIT,
        orders=4,
        cards=2 + 1 + 3 + 1,
        week=Decimal("980.50") * 3 + Decimal("490.25") + Decimal("300.05"),
        history_days=7,
        refundable=Decimal("1080.50"),
        open_orders=2,
        tied=Decimal("980.50"),
        unresolved=1,
    )


async def test_today_is_what_the_days_limit_counts(journal: Journal, clock: At) -> None:
    await a_week(journal, clock.now())
    counted = await journal.read(lambda tx: spent(tx, midnight(clock.now())))
    assert (await SpendingReader(clock, LIMIT, charged=True).read(journal))[0].today == counted > 0


async def test_earlier_days_are_summed_each_minute_and_today_at_once(
    journal: Journal, clock: At
) -> None:
    reader, now = SpendingReader(clock, LIMIT, charged=True), clock.now()
    await bought(journal, "open", now - timedelta(days=2), *MADE)
    assert (await reader.read(journal))[0].week == Decimal("980.50")
    await Purchases(journal).move("open", S.REFUNDED, "test", {"fulfilled_amount": Decimal(0)})
    await bought(journal, "new", now, *MADE, total="10.00")
    assert (await reader.read(journal))[0].today == Decimal(10)
    clock.advance(EARLIER_SECONDS)
    assert (await reader.read(journal))[0].week == Decimal(10)


@pytest.mark.file_only
async def test_no_question_walks_through_all_purchases(journal: Journal) -> None:
    values = ("2026-01-01", "2026-01-01")
    for sql, given in ((SPAN, values), (OPEN, ()), (FIRST, ())):
        plan = await journal.read(
            lambda tx, sql=sql, given=given: tx.rows(f"EXPLAIN QUERY PLAN {sql}", *given)
        )
        assert all("USING" in row["detail"] or "TEMP B-TREE" in row["detail"] for row in plan)
        assert not any(row["detail"] == "SCAN purchases" for row in plan)


@pytest.mark.parametrize(
    ("place", "now", "minutes"),
    [
        (ALGIERS, datetime(2026, 3, 10, 0, 30, tzinfo=UTC), 90),
        # The night that is an hour short, and the one that is an hour long.
        (BERLIN, datetime(2026, 3, 29, 10, 0, tzinfo=UTC), 11 * 60),
        (BERLIN, datetime(2026, 10, 25, 10, 0, tzinfo=UTC), 12 * 60),
    ],
)
async def test_the_day_begins_at_midnight_here(
    journal: Journal, clock: At, zone: None, place: str, now: datetime, minutes: int
) -> None:
    move_to(place)
    clock.at = now
    begin = now - timedelta(minutes=minutes)
    await bought(journal, "first", begin, *MADE, total="10.00")
    await bought(journal, "yesterday", begin - timedelta(seconds=1), *MADE, total="1.00")
    read, _ = await SpendingReader(clock, LIMIT, charged=True).read(journal)
    assert (read.today, read.orders, read.week) == (Decimal(10), 1, Decimal(11))


async def test_only_a_sound_ledger_of_today_speaks_for_the_account(
    journal: Journal, clock: At
) -> None:
    reader, day = SpendingReader(clock, LIMIT, charged=True), midnight(clock.now())

    def ledger(start: datetime, *, complete: bool = True, charged: bool = True) -> Ledger:
        spent = Decimal(7_000)
        return Ledger(
            (), start, None, clock.now(), spent, spent, Decimal(0), 0, 0, complete, charged
        )

    for doubtful in (
        ledger(day - timedelta(days=1)),
        ledger(day, complete=False),
        ledger(day, charged=False),
    ):
        reader.learn(doubtful)
        assert (await reader.read(journal))[0].account_today is None
    reader.learn(ledger(day))
    assert (await reader.read(journal))[0].account_today == Decimal(7_000)
    clock.at += timedelta(days=1)
    assert (await reader.read(journal))[0].account_today is None


@pytest.mark.parametrize(
    ("week", "days", "balance", "words"),
    [
        (7_000, 7, 3_500, "At this week's pace the balance lasts about 3 days."),
        (7_000, 7, 1_999, "At this week's pace the balance lasts about 1 day."),
        (7_000, 7, 999, "less than a day"),
        (7_000, 7, 900_000, "more than 60 days"),
        (4_000, 4, 2_000, "At the pace of 4 days the balance lasts about 2 days."),
        (7_000, 2, 3_500, "Not enough history yet: 2 days (needs 3 days)."),
        (7_000, 0, 3_500, "Not enough history yet"),
        (0, 7, 3_500, "unknown how long the balance lasts"),
        (7_000, 7, 0, "The balance is used up."),
        (7_000, 7, None, "the balance has not been read"),
    ],
)
def test_the_runway_says_no_more_than_is_known(
    week: int, days: int, balance: int | None, words: str
) -> None:
    spending = Spending(week=Decimal(week), history_days=days)
    said = runway(spending, None if balance is None else Decimal(balance))
    assert words in str(said)


def test_what_never_cost_anything_counts_nothing() -> None:
    never = [Tally(s, 1, 1, Decimal(5), True) for s in ("NOT_SENT", "REFUSED", "NOT_PLACED")]
    assert add_up(never, never, day_limit=Decimal(0), history_days=1) == Spending(history_days=1)


def test_every_fact_is_a_sentence_and_a_low_balance_is_a_word() -> None:
    def summary(balance: int, spent: int, limit: int = 50_000, *, exclusive: bool = True) -> str:
        spending = Spending(today=Decimal(spent), day_limit=Decimal(limit))
        given = facts(
            spending,
            Decimal(balance),
            Decimal(5_000),
            prices=Prices(Decimal("5.0")),
            exclusive=exclusive,
        )
        assert all(str(words).endswith(".") for _, words in given)
        return "\n".join(str(words) for _, words in given)

    assert "4 999 DZD: low, below 5 000 DZD" in summary(4_999, 0)
    assert "LOW" not in summary(5_000, 0)
    assert "12 400 DZD of 50 000 DZD spent; 37 600 DZD may still" in summary(9_000, 12_400)
    assert "the day's limit is used up" in summary(9_000, 50_000)
    assert "no limit for a day" in summary(9_000, 1, 0)
    assert "plus 5 %" in summary(9_000, 1)
    assert "Only what was bought with this journal" in summary(9_000, 1, exclusive=False)
    assert "Only what was bought with this journal" not in summary(9_000, 1)
