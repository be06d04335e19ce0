"""The log of a console that starts again begins with what happened earlier today."""

import asyncio
from typing import Any

from services.domain import money
from services.domain.typed.product_names import goods_name
from services.reports.day_log import earlier_today


async def logged(desk: Any, count: int) -> list[str]:
    async with asyncio.timeout(10):
        async for book in desk.books():
            if len(book.log) >= count:
                return [entry.text for entry in book.log]
    raise AssertionError("the desk closed")


async def test_a_second_console_begins_with_the_days_events(
    open_counter: Any, open_desk: Any
) -> None:
    async with open_counter() as counter:
        sold = await counter.sell(2, "for Yacine")
        await counter.desk.orders.reveal(sold.order_id, 0)
        counter.clock.advance(1)
    async with open_desk(ready=False) as desk:
        desk.start()
        lines = await logged(desk, 3)
        goods = goods_name(sold.product_title, sold.type_name)
        assert lines[:3] == [
            f"ordered 2 {goods}, {money.show(sold.total)} DZD",
            f"2 cards are here: {goods}",
            f"revealed: 2 {goods}, card 1",
        ]
        assert all(entry.customer == "for Yacine" for entry in desk.book.log[:3])
        desk.start()
        await desk.ready()
        assert [entry.text for entry in desk.book.log].count(lines[0]) == 1


async def test_the_events_of_another_day_are_not_shown(open_counter: Any, open_desk: Any) -> None:
    async with open_counter() as counter:
        sold = await counter.sell()
        counter.clock.advance(25 * 3600)
    async with open_desk() as desk:
        desk.start()
        entries = await earlier_today(desk._opening.opened().journal, counter.clock.now())
        assert not [entry for entry in entries if sold.type_name in entry.text]
