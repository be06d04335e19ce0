"""The prices that were seen, in the journal: few rows, shared by consoles, bounded."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from services.domain.models import Denomination, Stock
from services.domain.text import clean
from services.domain.watching import price_history
from services.journal.database import Journal
from services.journal.watching import prices_seen

pytestmark = pytest.mark.both_engines
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
async def journal(tmp_path, still):
    opened = Journal(tmp_path / "a.db", still, "amina")
    await opened.open("account")
    yield opened
    await opened.close()


def stock(minutes, price="100", quantity=5, product="p"):
    value = Denomination("t", clean("10 EUR"), Decimal(price), quantity)
    return Stock(product, clean("Netflix"), (value,), START + timedelta(minutes=minutes))


async def keep(journal, *stocks):
    for each in stocks:
        await journal.write(lambda tx, each=each: prices_seen.keep(tx, each))


async def points(journal):
    found = await journal.read(lambda tx: prices_seen.history(tx, "p"))
    return [(int(p.price), p.stock) for p in found.get("t", ())]


async def test_only_what_changed_is_kept_for_any_reader(journal):
    await keep(journal, stock(0), stock(1), stock(2, "110"), stock(3, "110", 4), stock(1, "90"))
    assert await points(journal) == [(100, 5), (110, 5)]


async def test_a_value_keeps_its_newest_points(journal, monkeypatch):
    monkeypatch.setattr(prices_seen, "_TOO_MANY", prices_seen._TOO_MANY.replace("200", "5"))
    assert price_history.MOST_POINTS == 200
    await keep(journal, *(stock(minute, str(100 + minute)) for minute in range(12)))
    assert await points(journal) == [(100 + minute, 5) for minute in range(7, 12)]


async def test_that_a_stock_moved_is_kept_for_a_week_and_a_price_longer(journal):
    day = 24 * 60
    await keep(journal, stock(0), stock(day, quantity=4), stock(9 * day, quantity=3))
    assert await points(journal) == [(100, 5), (100, 3)]


async def test_a_row_that_cannot_be_read_costs_no_other(journal):
    await keep(journal, stock(0), stock(0, product="q"))
    await journal.write(
        lambda tx: tx.run("UPDATE prices_seen SET price = 'x' WHERE product_id='p'")
    )
    assert await points(journal) == []
    [seen] = await journal.read(lambda tx: prices_seen.seen_since(tx, START))
    assert seen.product_id == "q"
    await keep(journal, stock(5, "120"))
    assert await points(journal) == [(120, 5)]


async def test_one_product_and_a_time_are_picked(journal):
    await keep(journal, stock(0), stock(9, "120"), stock(9, product="q"))
    since = START + timedelta(minutes=5)
    found = await journal.read(lambda tx: prices_seen.seen_since(tx, since, "p"))
    assert [each.point.price for each in found] == [Decimal(120)]
