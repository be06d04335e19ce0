"""Watches of a desk: shared by its consoles, read by one of them, behind what is waited for."""

import asyncio
from decimal import Decimal

import pytest
from msgspec.structs import replace

from services.desk.watching import watches
from services.domain.errors import BadInput
from services.domain.text import clean
from services.domain.watching.watch import MOST_WATCHES, WatchedFor
from services.journal.watching import watches as kept
from tests.desk.test_desk import book_where, console, shop

__all__ = ["console", "shop"]

pytestmark = pytest.mark.both_engines
LOW = WatchedFor(back=True, percent=Decimal(5), below=5)


@pytest.fixture
def passes(still):
    """Let time pass until something holds."""

    async def until(held):
        for _ in range(2_000):
            if held():
                return
            still.advance(0.5)
            await asyncio.sleep(0.002)
        raise AssertionError("it did not come to hold")

    return until


async def lead(desk):
    await book_where(desk, lambda book: book.info.can_buy and bool(book.poll.last_ok))


async def add(desk, product, kind, wants=LOW):
    return await desk.watches.add(await desk.figures.stock(product.id), kind, wants)


async def test_what_is_watched_is_read_and_every_console_says_it(console, shop, passes):
    product = shop.products[0]
    kind = product.types[0].id
    shop.set_stock(kind, 9)
    async with console() as one:
        await lead(one)
        async with console(operator="sofia") as other:
            await book_where(other, lambda book: book.poll.state == "following")
            await add(other, product, kind)
            await passes(lambda: one.book.watches and other.book.watches)
            shop.set_stock(kind, 3)
            await passes(lambda: one.book.watch_news and other.book.watch_news)
            for desk in (one, other):
                [news] = desk.book.watch_news
                assert (news.kind, news.stock) == ("low", 3)
                assert any("Stock is low" in entry.text for entry in desk.book.log)
            await other.watches.remove(product.id, kind)
            await passes(lambda: not one.book.watches)


async def test_watched_products_are_read_in_turn_and_six_a_minute(console, shop, passes, still):
    chosen = [product for product in shop.products if product.enabled][:8]
    async with console() as one:
        await lead(one)
        async with console(operator="sofia") as other:
            await book_where(other, lambda book: book.poll.state == "following")
            for product in chosen:
                await add(one, product, "")
            await passes(lambda: len(other.book.watches) == len(chosen))
            shop.requests.clear()
            began, at = still.steady(), still.now()

            # Whichever of them leads by now: the lease runs out while time leaps.
            def read(product):
                held = (desk.book.stocks.get(product.id) for desk in (one, other))
                return any(stock and stock.read_at > at for stock in held)

            await passes(lambda: all(map(read, chosen)))
            reads = shop.requests["GET", "checkProduct"]
            took = still.steady() - began
            assert len(chosen) <= reads <= took / watches.APART_SECONDS + 1
            assert took >= (len(chosen) - 1) * watches.APART_SECONDS


async def test_without_a_watch_an_idle_desk_reads_no_stock(console, shop, passes, still):
    async with console() as desk:
        await lead(desk)
        shop.requests.clear()
        began = still.steady()
        await passes(lambda: still.steady() >= began + 120)
        assert shop.requests["GET", "checkProduct"] == 0


async def test_a_product_that_vanished_is_said_once_and_stays_watched(console, shop, passes, still):
    product = shop.products[0]
    async with console() as desk:
        await lead(desk)
        await add(desk, product, product.types[0].id)
        shop.withdraw(product.id)
        await passes(lambda: desk.book.watch_news)
        began = still.steady()
        await passes(lambda: still.steady() >= began + 180)
        assert [news.kind for news in desk.book.watch_news] == ["gone"]
        [watch] = desk.book.watches
        assert watch.gone
        assert await desk.watches.remove(product.id, product.types[0].id)
        assert desk.book.watches == ()


async def test_a_console_that_starts_says_nothing_of_before_but_lists_it(
    console, shop, passes, still
):
    product = shop.products[0]
    kind = product.types[0].id
    shop.set_stock(kind, 9)
    async with console() as desk:
        await lead(desk)
        await add(desk, product, kind)
        shop.set_stock(kind, 3)
        await passes(lambda: desk.book.watch_news)
    still.advance(1)
    async with console() as desk:
        await passes(lambda: desk.book.watches)
        await passes(lambda: any("Stock is low" in entry.text for entry in desk.book.log))
        assert desk.book.watch_news == ()


async def test_a_watch_on_no_value_or_one_too_many_is_refused(open_desk, pick):
    async with open_desk() as desk:
        product, value = await pick(desk)
        stock = await desk.figures.stock(product.id)
        with pytest.raises(BadInput, match="no such value"):
            await desk.watches.add(stock, "no-type", LOW)
        watch = await desk.watches.add(stock, value.id, LOW)

        def fill(tx):
            for number in range(MOST_WATCHES - 1):
                kept.put(tx, replace(watch, product_id=f"p{number}", product=clean("other")))

        await desk._opening.opened().journal.write(fill)
        with pytest.raises(BadInput, match="the most there can be"):
            await desk.watches.add(stock, "", LOW)
        again = await desk.watches.add(stock, value.id, WatchedFor(below=2))
        assert len(await desk.watches.listed()) == MOST_WATCHES
        assert again in desk.book.watches


async def test_a_watch_that_cannot_be_read_costs_no_other(open_desk, pick):
    async with open_desk() as desk:
        product, value = await pick(desk)
        await add(desk, product, value.id)
        await add(desk, product, "")
        spoil = "UPDATE watches SET wants = 'x' WHERE type_id = ''"
        await desk._opening.opened().journal.write(lambda tx: tx.run(spoil))
        assert [watch.type_id for watch in await desk.watches.listed()] == [value.id]
