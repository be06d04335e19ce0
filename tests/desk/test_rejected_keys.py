"""Rejected keys: the consoles of one host together never come near the block of its address."""

import asyncio
import contextlib

import pytest

from services.domain.errors import DeskError
from services.sandbox import Fault
from tests.desk.test_desk import book_where, console, shop

__all__ = ["console", "shop"]


def asked(shop):
    return sum(count for (_, name), count in shop.requests.items() if name != "ping")


async def test_four_consoles_with_a_bad_key_and_a_slow_vendor_try_it_once(console, shop):
    for endpoint in ("validate", "balance", "catalog"):
        shop.faults.add(Fault("slow", endpoint=endpoint, phase="before", times=0, seconds=0.5))
    async with contextlib.AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(console("an-unknown-key")) for _ in range(4)]
        for desk in desks:
            await book_where(desk, lambda book: book.fatal)
    assert asked(shop) == 1


async def test_a_key_that_is_revoked_at_work_is_rejected_twice_at_most(console, shop, pick):
    async with contextlib.AsyncExitStack() as stack:
        desks = [
            await stack.enter_async_context(console(operator=f"d{number}")) for number in range(3)
        ]
        for desk in desks:
            await book_where(desk, lambda book: book.info.can_buy and book.catalog)
        product, denomination = await pick(desks[0])
        shop.requests.clear()
        shop._gate._keys.clear()

        async def quote(desk):
            with contextlib.suppress(DeskError):
                await desk.quote(product.id, denomination.id, 1)

        await asyncio.gather(*(quote(desk) for desk in desks for _ in range(2)))
    assert 1 <= asked(shop) <= 2


async def test_different_bad_keys_count_together(console, shop):
    async with contextlib.AsyncExitStack() as stack:
        desks = [
            await stack.enter_async_context(console(f"bad-key-number-{number}"))
            for number in range(5)
        ]
        for desk in desks:
            book = await book_where(desk, lambda book: book.fatal)
    assert asked(shop) == 2
    assert book.fatal_exit == 6


async def test_a_person_who_asks_again_and_again_gets_four_attempts_and_then_a_time(console, shop):
    async with console("bad-key-number-9") as desk:
        await book_where(desk, lambda book: book.poll.state == "stopped")
        for attempt in (2, 3, 4):
            lines = len(desk.book.log)
            desk.refresh_orders()
            await book_where(desk, lambda book, lines=lines: len(book.log) > lines)
            assert asked(shop) == attempt
        assert asked(shop) == 4
        desk.refresh_orders()
        book = await book_where(desk, lambda book: book.poll.state == "blocked")
        assert "No call is made until" in str(book.poll.failure.sentence())
        assert asked(shop) == 4


async def test_a_desk_whose_key_works_goes_on_beside_bad_ones(console, shop, pick):
    async with console() as good:
        await book_where(good, lambda book: book.info.can_buy)
        async with console("bad-key-number-1") as bad:
            await book_where(bad, lambda book: book.fatal)
        await good.figures.balance()
        async with console("bad-key-number-2") as bad:
            await book_where(bad, lambda book: book.fatal)
        await good.figures.balance()


async def test_a_blocked_address_is_left_alone_by_every_key(console, shop):
    shop.add_key("another-key-1")
    async with console() as one, console("another-key-1", operator="karim") as two:
        for desk in (one, two):
            await book_where(desk, lambda book: book.info.can_buy and book.balance)
        shop.faults.add(Fault("ip_block", endpoint="balance"))
        with pytest.raises(DeskError):
            await one.figures.balance()
        before = asked(shop)
        with pytest.raises(DeskError, match="blocks this address"):
            await two.figures.balance()
        assert asked(shop) == before
