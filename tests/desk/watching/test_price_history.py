"""What a desk keeps of the prices that it reads: behind what is waited for, and only changes."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.budgets.test_statements import statements
from tests.desk.test_desk import book_where, console, shop

pytestmark = pytest.mark.both_engines

__all__ = ["console", "shop"]


async def passed(still, held):
    for _ in range(2_000):
        if held():
            return
        still.advance(0.5)
        await asyncio.sleep(0.001)
    raise AssertionError("it did not come to hold")


async def test_a_console_shows_what_it_cost_before(console, shop, still):
    product = shop.products[0]
    kind = product.types[0]
    async with console() as desk:
        await book_where(desk, lambda book: book.info.can_buy)
        first = (await desk.figures.stock(product.id)).find(kind.id)
        await passed(still, lambda: desk.book.histories.get(product.id))
        shop.set_price(kind.id, first.price + 50)
        still.advance(60)
        await desk.figures.stock(product.id)
        await passed(still, lambda: len(desk.book.histories[product.id][kind.id]) > 1)
        assert [point.price for point in desk.book.histories[product.id][kind.id]] == [
            first.price,
            first.price + 50,
        ]


async def test_a_reading_that_shows_nothing_new_asks_the_journal_nothing(console, shop, still):
    product = shop.products[0]
    async with console() as desk:
        await book_where(desk, lambda book: book.info.can_buy)
        await desk.figures.stock(product.id)
        await passed(still, lambda: desk.book.histories.get(product.id))
        still.advance(60)
        await desk.figures.stock(product.id)
        with statements(desk) as seen:
            await desk.price_history.keep()
        assert seen == []


async def test_a_command_keeps_its_readings_as_it_ends_and_not_before(open_desk, pick):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        quote = await desk.quote(product.id, denomination.id, 1)
        with statements(desk) as seen:
            await desk.buy(quote)
        assert not any("prices_seen" in statement for statement in seen)
    async with open_desk() as desk:
        since = desk._clock.now() - timedelta(days=1)
        seen = await desk.price_history.since(since, product.id)
    assert Decimal(denomination.price) in {
        each.point.price for each in seen if each.type_id == denomination.id
    }
