"""The mark that an order was given to a customer: whose, when, by whom, and what is not given."""

from datetime import timedelta

import pytest

from services.domain.errors import NotFound, Refused
from services.sandbox import TEST_PARTIAL, TEST_REFUND, Fault
from tests.reports.conftest import Counter, OpenCounter

pytestmark = pytest.mark.both_engines


async def test_an_order_is_marked_once_with_time_and_name(counter: Counter) -> None:
    sold = await counter.sell()
    counter.clock.advance(60)
    mark, new = await counter.desk.support.give(sold.order_id)
    assert (mark.by, new) == ("amina", True)
    assert mark.at == counter.clock.now()
    counter.clock.advance(60)
    assert await counter.desk.support.give(sold.order_id) == (mark, False)
    [row] = [row for row in counter.desk.book.orders if row.order_id == sold.order_id]
    assert (row.given_at, row.given_by, row.to_give) == (mark.at, "amina", False)
    [listed] = await counter.desk.orders.list()
    assert (listed.given_at, listed.given_by) == (mark.at, "amina")


async def test_a_mark_taken_back_leaves_both_deeds_in_the_chain(counter: Counter) -> None:
    sold = await counter.sell()
    mark, new = await counter.desk.support.take_back(sold.order_id)
    assert (mark.at, new) == (None, False)
    await counter.desk.support.give(sold.order_id)
    mark, new = await counter.desk.support.take_back(sold.order_id)
    assert (mark.at, new) == (None, True)
    assert await counter.desk.support.delivery(sold.order_id) is None
    [row] = [row for row in counter.desk.book.orders if row.order_id == sold.order_id]
    assert row.to_give
    assert row.given_by == ""
    deeds = [
        (e.kind, e.who, e.purchase_id) for e in await counter.desk.journal.events(sold.order_id)
    ]
    assert deeds[-2:] == [("delivered", "amina", sold.id), ("undelivered", "amina", sold.id)]
    assert await counter.desk.journal.verify() == ""


async def test_another_desks_order_can_be_marked_too(counter: Counter) -> None:
    theirs = counter.foreign(2)
    mark, new = await counter.desk.support.give(theirs)
    assert (mark.at is not None, new) == (True, True)
    assert await counter.desk.support.undelivered() == ()


@pytest.mark.parametrize("type_id", [TEST_REFUND, ""])
async def test_without_cards_there_is_nothing_to_give(counter: Counter, type_id: str) -> None:
    order_id = counter.box.foreign_order(counter.product_id, type_id or counter.type_id, 1)
    if type_id:
        counter.box.finish(order_id)
    with pytest.raises(Refused) as refused:
        await counter.desk.support.give(order_id)
    assert refused.value.code == "NOTHING_TO_GIVE"
    assert await counter.desk.support.delivery(order_id) is None


async def test_an_unknown_order_is_not_marked(counter: Counter) -> None:
    with pytest.raises(NotFound):
        await counter.desk.support.give("65f0a1b2c3d4e5f60718293a")
    assert [
        e.kind for e in (await counter.desk.journal.audit()).events if e.kind == "delivered"
    ] == []


async def test_what_is_not_given_is_listed_the_longest_waiting_first(counter: Counter) -> None:
    first = await counter.sell(1, "for Yacine")
    counter.clock.advance(60)
    part = counter.box.foreign_order(counter.product_id, TEST_PARTIAL, 4)
    counter.box.finish(part)
    second = await counter.sell(2)
    open_one = await counter.buy(3)
    assert [row.order_id for row in await counter.desk.support.undelivered()] == [
        first.order_id,
        second.order_id,
    ]
    await counter.desk.support.give(first.order_id)
    [row] = await counter.desk.support.undelivered()
    assert (row.order_id, row.mine, row.to_give) == (second.order_id, True, True)
    counter.clock.advance(8 * 86_400)
    assert await counter.desk.support.undelivered() == ()
    later = await counter.desk.support.undelivered(counter.clock.now() - timedelta(days=30))
    assert [row.order_id for row in later] == [second.order_id]
    assert open_one.order_id not in {row.order_id for row in later}


async def test_another_console_sees_the_mark(open_counter: OpenCounter, open_desk) -> None:
    async with open_counter() as counter, open_desk(operator="karim") as other:
        sold = await counter.sell()
        await other._opening.opened().board._take_changes()
        await counter.desk.support.give(sold.order_id)
        account = other._opening.opened()
        await account.board._take_changes()
        [row] = [row for row in other.book.orders if row.order_id == sold.order_id]
        assert row.given_by == "amina"
        mark, new = await other.support.give(sold.order_id)
        assert (mark.by, new) == ("amina", False)
        await other.support.take_back(sold.order_id)
        await counter.desk._opening.opened().board._take_changes()
        [row] = [row for row in counter.desk.book.orders if row.order_id == sold.order_id]
        assert row.to_give


async def test_the_mark_is_there_after_a_restart_and_without_the_vendor(
    open_counter: OpenCounter, open_desk, market
) -> None:
    async with open_counter() as counter:
        sold = await counter.sell()
    market.faults.add(Fault("http503", times=0))
    async with open_desk(ready=False) as desk:
        assert desk.book.orders[0].to_give
        await desk.support.give(sold.order_id)
    async with open_desk(ready=False) as desk:
        assert desk.book.orders[0].given_by == "amina"
        assert await desk.support.undelivered() == ()


@pytest.mark.file_only
async def test_a_mark_that_was_written_past_the_event_log_is_named(counter: Counter) -> None:
    sold, other = await counter.sell(), await counter.sell()
    await counter.desk.support.give(sold.order_id)
    connection = counter.desk._opening.opened().journal._engine._file.connection
    assert connection is not None
    for statement in (
        "UPDATE deliveries SET given_by = 'karim'",
        "UPDATE deliveries SET given_by = 'amina', given_at = NULL",
        f"UPDATE deliveries SET order_id = '{other.order_id}'",
    ):
        connection.execute(statement)
        assert "is not what its last event says" in await counter.desk.journal.verify()
