"""The ledger of a real account: read whole, joined with the journal, true while money moves."""

import asyncio
import contextlib
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from services.domain.errors import JournalFailed, Unavailable
from services.domain.ledger import Mark, Owner
from services.sandbox import Fault, Sandbox
from services.system.clock import midnight
from tests.conftest import VendorClock

TEST_TYPES = ("TEST_PARTIAL", "TEST_REFUND")


async def buy(desk, product_id, type_id, quantity=2, **options):
    return await desk.buy(await desk.quote(product_id, type_id, quantity), **options)


@pytest.fixture
def testing(market):
    """The product whose denominations end refunded or half filled."""
    return next(p for p in market.products if {t.id for t in p.types} & set(TEST_TYPES))


async def test_our_spending_and_another_desks_are_apart_and_add_up(open_desk, pick, market):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        ours = await buy(desk, product.id, denomination.id, note="for Ali")
        theirs = market.foreign_order(product.id, denomination.id, 1)
        ledger = await desk.money.ledger()
        market.finish()
        later = await desk.money.ledger()
    rows = {row.order_id: row for row in ledger.rows}
    assert set(rows) == {"", ours.order_id, theirs}
    assert rows[ours.order_id].owner is Owner.OURS
    assert rows[ours.order_id].order.note == "for Ali"
    assert rows[ours.order_id].order.purchase_id == ours.id
    assert (rows[theirs].owner, rows[theirs].mark) == (Owner.OTHER, Mark.NOT_OURS)
    assert rows[theirs].order.product == product.title
    assert ledger.complete
    assert ledger.day_spent == denomination.price * 3
    for read in (ledger, later):
        assert read.agrees
        assert read.breaks == 0
        assert read.day_orders == denomination.price * 3


@pytest.mark.parametrize("shape", ["odd-transaction@transactions", "no-time@list"])
async def test_a_ledger_with_a_bad_item_is_not_called_whole(open_desk, pick, market, shape):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        for _ in range(2):
            market.foreign_order(product.id, denomination.id, 1)
        market.faults.add(Fault.parse(f"shape:{shape}"))
        ledger = await desk.money.ledger()
        assert not ledger.complete
        assert not ledger.agrees
        assert ledger.rows
        market.faults.clear()
        assert (await desk.money.ledger()).complete


@pytest.mark.parametrize("type_id", TEST_TYPES)
async def test_refunds_of_ours_and_theirs_agree_with_their_orders(
    open_desk, market, testing, type_id
):
    async with open_desk() as desk:
        ours = await buy(desk, testing.id, type_id, 4)
        market.foreign_order(testing.id, type_id, 2)
        market.finish()
        ledger = await desk.money.ledger()
    assert ledger.agrees
    assert ledger.breaks == 0
    assert ledger.day_spent == (300 if type_id == "TEST_PARTIAL" else 0)
    kinds = Counter(row.transaction.type for row in ledger.rows)
    assert kinds == {"ORDER": 2, "REFUND-ORDER": 2, "DEPOSIT": 1}
    assert sum(row.order_id == ours.order_id for row in ledger.rows) == 2


async def test_an_order_of_ours_that_the_list_lacks_is_known_from_the_journal(
    open_desk, pick, market
):
    market.faults.add(Fault("late", endpoint="placeOrder", seconds=3_600))
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        ours = await buy(desk, product.id, denomination.id)
        [listed] = await desk.orders.list()
        assert listed.order_id == ours.order_id
        ledger = await desk.money.ledger()
    assert ledger.rows[0].owner is Owner.OURS
    assert ledger.rows[0].order.order_id == ours.order_id
    assert ledger.agrees


async def test_a_debit_of_an_unanswered_purchase_that_the_list_lacks_is_marked(
    open_desk, pick, market
):
    market.faults.add(Fault("late", endpoint="placeOrder", seconds=3_600))
    market.faults.add(Fault("reset", endpoint="placeOrder", phase="after"))
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        await buy(desk, product.id, denomination.id)
        ledger = await desk.money.ledger()
    assert ledger.rows[0].mark is Mark.NO_ORDER
    assert ledger.rows[0].order_id == market.posts[0].order_id
    assert ledger.difference == denomination.price * 2


async def test_many_pages_in_any_order_are_read_whole(open_desk, pick, market, leaping):
    market.faults.add(Fault("shuffle_pages", endpoint="list", times=0))
    market.faults.add(Fault("shuffle_pages", endpoint="transactions", times=0))
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        market.set_stock(denomination.id, 500)
        market.set_price(denomination.id, 10)
        for _ in range(130):
            market.foreign_order(product.id, denomination.id, 1)
        ledger = await desk.money.ledger()
    assert len(ledger.rows) == 131
    assert (ledger.agrees, ledger.breaks, ledger.day_spent) == (True, 0, 1_300)


@pytest.fixture
def restless(market):
    """Let another desk buy each time the list has been asked for, so many times."""

    @contextlib.asynccontextmanager
    async def running(product, denomination, times):
        async def buying():
            asked = market.requests["GET", "list"]
            for number in range(1, times + 1):
                await market.seen("list", asked + number)
                market.foreign_order(product.id, denomination.id, 1)

        task = asyncio.create_task(buying())
        yield
        await asyncio.wait_for(task, 60)

    return running


async def test_money_that_moves_while_it_is_read_is_read_again(open_desk, pick, restless):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        async with restless(product, denomination, 1):
            ledger = await desk.money.ledger()
    assert ledger.complete
    assert ledger.agrees
    assert len(ledger.rows) == 2


async def test_money_that_never_stops_moving_gives_no_verdict(open_desk, pick, restless):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        async with restless(product, denomination, 3):
            ledger = await desk.money.ledger()
    assert not ledger.complete
    assert not ledger.agrees


async def test_a_span_shows_its_own_movements_and_yesterdays_are_not_todays(
    open_desk, pick, market, leaping
):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        await buy(desk, product.id, denomination.id)
        yesterday = leaping.now()
        leaping.advance(24 * 3_600)
        today = await desk.money.ledger()
        before = await desk.money.ledger(midnight(yesterday), midnight(leaping.now()))
    assert today.rows == ()
    assert (today.day_spent, today.agrees) == (0, True)
    assert len(before.rows) == 2
    assert (before.day_spent, before.agrees) == (denomination.price * 2, True)


async def test_the_sandbox_takes_no_money_and_raises_no_alarm(open_desk, pick, leaping):
    async with Sandbox(clock=VendorClock(leaping), moving=False) as practice:

        def on_practice(settings):
            profile = replace(settings.profile, base_url=practice.url, environment="sandbox")
            return replace(settings, profile=profile)

        async with open_desk(change=on_practice) as desk:
            product, denomination = await pick(desk)
            await buy(desk, product.id, denomination.id)
            practice.finish()
            ledger = await desk.money.ledger()
    assert [row.transaction.type for row in ledger.rows] == ["DEPOSIT"]
    assert not ledger.charged
    assert (ledger.difference, ledger.undebited, ledger.breaks) == (0, 0, 0)


@pytest.mark.parametrize("endpoint", ["transactions", "list"])
async def test_a_vendor_that_does_not_answer_is_an_error_in_words(open_desk, market, endpoint):
    async with open_desk() as desk:
        market.faults.add(Fault("http503", endpoint=endpoint, times=0))
        with pytest.raises(Unavailable):
            await desk.money.ledger()


async def test_without_an_open_journal_there_is_no_ledger(open_desk):
    async with open_desk(ready=False) as desk:
        with pytest.raises(JournalFailed):
            await desk.money.ledger()


def test_midnight_is_the_wall_clocks():
    now = datetime(2026, 7, 14, 23, 59, 59, tzinfo=UTC)
    begun = midnight(now)
    local = begun.astimezone()
    assert begun.tzinfo is UTC
    assert (local.hour, local.minute, local.date()) == (0, 0, now.astimezone().date())


@pytest.mark.parametrize("days", [0, 30])
async def test_the_ledger_of_today_does_not_wait_behind_background_reads(open_desk, leaping, days):
    def few(settings):
        return replace(settings, net=replace(settings.net, max_requests_per_minute=60))

    async with open_desk(change=few) as desk:
        # What two buyers of this host use, short of what is kept for purchases.
        for _ in range(44):
            await desk._client._limit.count()
        began = leaping.steady()
        start = leaping.now() - timedelta(days=days) if days else None
        assert (await desk.money.ledger(start)).complete
        waited = leaping.steady() - began
        assert (waited > 30) is bool(days)
