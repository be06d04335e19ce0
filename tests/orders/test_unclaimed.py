"""Unclaimed orders: whatever the console missed, it is shown afterwards."""

import pytest

from services.domain.errors import JournalFailed
from services.domain.models import PurchaseState
from services.sandbox import Fault
from tests.conftest import something_to_buy

pytestmark = pytest.mark.both_engines

S = PurchaseState
HOUR = 3_600


@pytest.fixture
def pick(leaping):
    """Choose a moment after the journal began: what is placed at that very moment is not news."""

    async def later(desk):
        leaping.advance(1)
        return await something_to_buy(desk)

    return later


async def ids(desk):
    return [row.order_id for row in await desk.settlement.unclaimed()]


async def test_what_came_after_an_empty_first_reading_is_unclaimed_orders(open_desk, pick, market):
    async with open_desk() as desk:
        await desk.orders.refresh()
        product, denomination = await pick(desk)
    theirs = market.foreign_order(product.id, denomination.id, 1)
    async with open_desk() as desk:
        await desk.orders.refresh()
        assert await ids(desk) == [theirs]


async def test_what_was_there_before_the_journal_is_not(open_desk, pick, market, leaping):
    place = next(
        (product.id, each.id)
        for product in market.products
        for each in product.types
        if product.enabled and each.stock > 0
    )
    market.foreign_order(*place, 1)
    leaping.advance(HOUR)
    async with open_desk() as desk:
        await desk.orders.refresh()
        assert await ids(desk) == []


async def test_what_came_between_a_purchase_and_the_first_reading_is_unclaimed_orders(
    open_desk, pick, market
):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        ours = await desk.buy(await desk.quote(product.id, denomination.id, 2))
    theirs = market.foreign_order(product.id, denomination.id, 1)
    async with open_desk() as desk:
        await desk.orders.refresh()
        assert await ids(desk) == [theirs]
        assert (await desk.journal.purchase(ours.id)).order_id not in await ids(desk)


async def test_days_away_hide_nothing(open_desk, pick, market, leaping):
    async with open_desk() as desk:
        await desk.orders.refresh()
        product, denomination = await pick(desk)
    leaping.advance(HOUR)
    theirs = market.foreign_order(product.id, denomination.id, 1)
    market.finish(theirs)
    leaping.advance(72 * HOUR)
    async with open_desk() as desk:
        await desk.orders.refresh()
        assert await ids(desk) == [theirs]


async def test_a_vendor_that_is_down_for_days_hides_nothing(open_desk, pick, market, leaping):
    async with open_desk() as desk:
        tracker = desk._opening.opened().board.tracker
        await tracker.tick()
        product, denomination = await pick(desk)
        theirs = market.foreign_order(product.id, denomination.id, 1)
        market.finish(theirs)
        market.faults.add(Fault("http503", endpoint="list", times=0))
        leaping.advance(30 * HOUR)
        await tracker.tick()
        market.faults.clear()
        leaping.advance(60)
        await tracker.tick()
        assert await ids(desk) == [theirs]


async def test_what_the_journal_could_not_take_is_reported_again(
    open_desk, pick, market, leaping, monkeypatch
):
    async with open_desk() as desk:
        account = desk._opening.opened()
        await account.board.tracker.tick()
        product, denomination = await pick(desk)
        theirs = market.foreign_order(product.id, denomination.id, 1)
        save = account.tracked.save

        async def full(*_args, **_options):
            raise JournalFailed("The disk is full")

        monkeypatch.setattr(account.tracked, "save", full)
        leaping.advance(6)
        try:
            await account.board.tracker.tick()
        except JournalFailed:
            monkeypatch.setattr(account.tracked, "save", save)
        leaping.advance(6)
        await account.board.tracker.tick()
        assert await ids(desk) == [theirs]


async def test_the_book_counts_them_until_they_are_claimed(open_desk, pick, market, leaping):
    async with open_desk(exclusive=False) as desk:
        product, denomination = await pick(desk)
        quote = await desk.quote(product.id, denomination.id, 2)
        market.faults.add(Fault("reset", endpoint="placeOrder", phase="before"))
        purchase = await desk.buy(quote)
        settled = await desk.wait_final(purchase.id, 600)
        assert settled.state is S.NOT_PLACED
        await desk.orders.refresh()
        assert desk.book.unclaimed == 0
        late = market.foreign_order(product.id, denomination.id, 2)
        other = market.foreign_order(product.id, denomination.id, 3)
        await desk.orders.refresh()
        assert desk.book.unclaimed == 2
        bound = await desk.settlement.claim(purchase.id, late)
        assert (bound.state, bound.order_id) == (S.HANDLING, late)
        assert desk.book.unclaimed == 1
        assert await ids(desk) == [other]


async def test_an_exclusive_account_reports_an_order_that_should_not_be(open_desk, pick, market):
    async with open_desk() as desk:
        await desk.orders.refresh()
        product, denomination = await pick(desk)
        market.foreign_order(product.id, denomination.id, 1)
        await desk.orders.refresh()
        assert any("not bought at this desk" in line.text for line in desk.book.log)


async def test_an_order_whose_answer_is_on_its_way_is_not_called_unclaimed_orders(
    open_desk, pick, market
):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        quote = await desk.quote(product.id, denomination.id, 2)
        market.faults.add(Fault("reset", endpoint="placeOrder", phase="after"))
        purchase = await desk.buy(quote)
        await desk.orders.refresh()
        assert desk.book.unclaimed == 0
        await desk.settlement.look_now(purchase.id)
        await desk.orders.refresh()
        assert desk.book.unclaimed == 0
        assert not any("not bought at this desk" in line.text for line in desk.book.log)
