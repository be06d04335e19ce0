"""The end of the day: what a shift counts, whether the account agrees, and closing it once."""

import asyncio
from decimal import Decimal

import pytest
from msgspec.structs import replace

from services.domain.errors import NotFound, Refused
from services.domain.money import ZERO, Prices
from services.domain.shop import shift_words
from services.domain.shop.shift import HANDLING, TO_HAND_OVER, UNRESOLVED
from services.journal.shop import shifts
from services.sandbox import TEST_PARTIAL, TEST_REFUND, Fault
from tests.reports.conftest import Counter, OpenCounter

pytestmark = pytest.mark.both_engines

PRICES = Prices()


async def report(counter: Counter):
    """The shift that goes on, with its account."""
    shift = counter.desk.shift
    return await shift.with_account(await shift.now(PRICES))


async def close(counter: Counter, number: int):
    return await counter.desk.shift.close(number, PRICES)


async def bad_buy(counter: Counter, type_id: str, quantity: int):
    """Buy of the product whose orders end refunded, whole or in part."""
    product = next(p for p in counter.box.products if type_id in {t.id for t in p.types})
    quote = await counter.desk.quote(product.id, type_id, quantity)
    return await counter.desk.buy(quote)


async def settled(counter: Counter, purchase):
    counter.clock.advance(4)
    counter.box.finish(purchase.order_id)
    return await counter.desk.wait_final(purchase.id, 120)


async def test_a_shift_counts_what_came_and_what_came_back(counter: Counter) -> None:
    sold = await counter.sell(2, "karim")
    await counter.desk.support.give(sold.order_id)
    await settled(counter, await bad_buy(counter, TEST_REFUND, 1))
    part = await settled(counter, await bad_buy(counter, TEST_PARTIAL, 4))
    open_order = await counter.buy(1, "salim")
    read = await report(counter)
    whole = read.all
    came = part.fulfilled_amount
    assert (whole.orders, whole.cards) == (3, 2 + part.fulfilled_quantity + 1)
    assert whole.cost == sold.total + came + open_order.total
    assert whole.margin == whole.sold - whole.cost > 0
    assert whole.came_back == part.total - came + 100
    assert (whole.refunded, whole.partial, whole.handed_over) == (1, 1, 1)
    assert (whole.to_hand_over, whole.handling, whole.unresolved) == (1, 1, 0)
    assert [row.customer for row in read.of_kind(HANDLING)] == ["salim"]
    assert sum(each.cards for each in read.products) == whole.cards


async def test_the_account_is_what_the_movements_say(counter: Counter) -> None:
    sold = await counter.sell(2)
    counter.foreign(1)
    counter.box.deposit(Decimal(5_000))
    read = await report(counter)
    account = read.account
    assert account.agrees
    assert account.end == account.start + account.paid_in - 3 * sold.unit_price
    assert account.paid_in >= Decimal(5_000)
    assert account.spent == (("amina", sold.total), ("other desks", sold.unit_price))
    assert account.end == account.must_be
    assert str(shift_words.account_words(read)) == "the account matches"


async def test_money_that_is_not_there_is_said(counter: Counter) -> None:
    await counter.sell()
    read = await report(counter)
    wrong = replace(read, account=replace(read.account, end=read.account.end - 7))
    assert not wrong.account.agrees
    assert str(shift_words.account_words(wrong)) == "7 DZD are missing"


async def test_a_closed_shift_is_kept_and_the_next_begins_there(counter: Counter) -> None:
    sold = await counter.sell(2, "karim")
    closed = await close(counter, 1)
    assert (closed.number, closed.closed_by, closed.all.cost) == (1, "amina", sold.total)
    counter.clock.advance(60)
    again = await counter.sell(1)
    read = await report(counter)
    assert (read.number, read.begin, read.all.cost) == (2, closed.end, again.total)
    assert (read.account.start, read.account.agrees) == (closed.account.end, True)
    await close(counter, 2)
    kept = await counter.desk.shift.numbered(1)
    assert kept == closed
    assert [each.number for each in await counter.desk.shift.closed()] == [2, 1]
    assert await counter.desk.journal.verify() == ""


async def test_the_event_of_a_closing_names_no_customer(counter: Counter) -> None:
    await counter.sell(1, "karim")
    await close(counter, 1)
    [event] = [e for e in (await counter.desk.journal.audit()).events if e.kind == shifts.KIND]
    assert "karim" not in event.evidence
    assert event.facts["number"] == 1
    [waiting] = (await counter.desk.shift.numbered(1)).of_kind(TO_HAND_OVER)
    assert waiting.customer == "karim"


async def test_what_comes_back_later_is_taken_off_the_next_shift(counter: Counter) -> None:
    bought = await bad_buy(counter, TEST_REFUND, 1)
    closed = await close(counter, 1)
    assert closed.all.cost == bought.total
    await settled(counter, bought)
    read = await report(counter)
    assert (read.all.orders, read.all.came_back) == (0, bought.total)
    assert (read.earlier.orders, read.earlier.cost) == (1, bought.total)
    assert read.earlier.sold == closed.all.sold
    assert read.account.agrees


async def test_two_closings_at_one_moment_are_one(counter: Counter) -> None:
    await counter.sell()
    done = await asyncio.gather(close(counter, 1), close(counter, 1), return_exceptions=True)
    [refused] = [each for each in done if isinstance(each, Refused)]
    assert refused.code == "SHIFT_CLOSED"
    assert "closed already" in refused.message
    with pytest.raises(Refused):
        await close(counter, 2)  # a key pressed twice
    assert len(await counter.desk.shift.closed()) == 1


async def test_two_desks_share_a_shift_and_its_operators(open_counter: OpenCounter) -> None:
    async with open_counter() as one, open_counter(operator="nadir") as other:
        await one.sell(2)
        await other.sell(1)
        read = await report(one)
        assert [each.operator for each in read.operators] == ["amina", "nadir"]
        assert read.all.cards == sum(each.cards for each in read.operators) == 3
        assert {name for name, _ in read.account.spent} == {"amina", "nadir"}
        done = await asyncio.gather(close(one, 1), close(other, 1), return_exceptions=True)
        assert sum(isinstance(each, Refused) for each in done) == 1


async def test_a_read_only_desk_looks_and_does_not_close(open_counter: OpenCounter) -> None:
    async with open_counter() as counter:
        await counter.sell()
    async with open_counter(read_only=True) as support:
        assert (await report(support)).all.orders == 1
        with pytest.raises(Refused) as refused:
            await close(support, 1)
        assert refused.value.code == "READ_ONLY"


async def test_a_shift_closes_without_the_vendor_and_says_so(counter: Counter) -> None:
    await counter.sell()
    first = await close(counter, 1)
    counter.clock.advance(60)
    await counter.sell()
    counter.box.faults.add(Fault.parse("http503@transactions*0"))
    closed = await close(counter, 2)
    assert closed.account is None
    assert "the account was not read" in str(shift_words.account_words(closed))
    counter.box.faults.clear()
    # The next one goes on from the last balance that was compared.
    read = await report(counter)
    assert (read.account.start, read.account.agrees) == (first.account.end, True)
    assert read.account.since == first.account.until


async def test_a_purchase_without_an_answer_stays_open(counter: Counter) -> None:
    counter.box.faults.add(Fault.parse("reset@placeOrder:before"))
    await counter.buy()
    closed = await close(counter, 1)
    assert closed.all.unresolved == len(closed.of_kind(UNRESOLVED)) == 1


async def test_a_shift_that_does_not_exist_is_named(counter: Counter) -> None:
    with pytest.raises(NotFound, match="No shift was closed yet"):
        await counter.desk.shift.numbered()
    await counter.sell()
    await close(counter, 1)
    with pytest.raises(NotFound, match="from 1 to 1"):
        await counter.desk.shift.numbered(7)


def test_what_stays_open_is_said_in_a_sentence() -> None:
    assert shift_words.staying_words(0, 0) == ""
    assert shift_words.staying_words(3, 2) == (
        "3 orders are not handed over, 2 are handling (they are followed)."
    )
    assert shift_words.staying_words(0, 1) == "1 order is handling (it is followed)."


async def test_a_first_shift_begins_at_midnight(counter: Counter) -> None:
    await counter.sell()
    counter.clock.advance(86_400)
    read = await report(counter)
    assert (read.all.orders, read.all.cost) == (0, ZERO)
