"""Consoles of one account beside each other: one pause for all, and each writes its own outcome."""

import asyncio
import contextlib

import pytest

from services.domain.errors import JournalFailed
from services.domain.models import PurchaseState
from services.sandbox import Fault
from tests.desk.test_desk import book_where, console, shop
from tests.purchasing.test_outcomes import full_disk

pytestmark = pytest.mark.both_engines

__all__ = ["console", "shop"]

S = PurchaseState


async def pass_by(still, seconds):
    """Let time pass in steps, so that all that is due in each is carried out."""
    for _ in range(seconds):
        still.advance(1)
        await asyncio.sleep(0.005)


async def passes_until(still, held):
    """Let time pass until something holds."""
    for _ in range(3_000):
        if held():
            return
        await pass_by(still, 1)
    raise AssertionError("it did not come to hold")


async def test_a_pause_that_the_vendor_asks_for_is_kept_by_every_console(console, shop, still):
    async with contextlib.AsyncExitStack() as stack:
        desks = [
            await stack.enter_async_context(console(operator=f"d{number}")) for number in range(4)
        ]
        for desk in desks:
            await book_where(desk, lambda book: book.info.can_buy)
        shop.faults.add(Fault("ratelimit", endpoint="list", times=0, seconds=60))
        await pass_by(still, 30)
        shop.requests.clear()
        await pass_by(still, 120)
        assert shop.requests["GET", "list"] <= 3
        shop.faults.clear()
        await passes_until(still, lambda: any(desk.book.poll.state == "live" for desk in desks))
        shop.requests.clear()
        await passes_until(still, lambda: shop.requests["GET", "list"] >= 3)


@pytest.mark.parametrize("leads", [True, False])
async def test_every_console_writes_its_own_outcome_whatever_the_vendor_does(
    console, shop, still, pick, monkeypatch, leads
):
    async with console() as one, contextlib.AsyncExitStack() as stack:
        await book_where(one, lambda book: book.info.can_buy and book.poll.state == "live")
        desk = one
        if not leads:
            desk = await stack.enter_async_context(console(operator="karim"))
            await book_where(
                desk, lambda book: book.info.can_buy and book.poll.state == "following"
            )
        product, denomination = await pick(desk)
        quote = await desk.quote(product.id, denomination.id, 2)
        account = desk._opening.opened()
        if not leads:
            monkeypatch.setattr(account._lease, "take", lambda: asyncio.sleep(0, result=False))
            monkeypatch.setattr(account.journal.consoles, "alive", lambda *_: True)
        real = account._client.place
        disk = contextlib.ExitStack()

        async def place(*values, **named):
            placement = await real(*values, **named)
            disk.enter_context(full_disk(account.journal, monkeypatch))
            return placement

        monkeypatch.setattr(account._client, "place", place)
        with disk, pytest.raises(JournalFailed) as failed:
            await desk.buy(quote)
        assert "Leave this console open" in failed.value.sentence()
        shop.faults.add(Fault("http503", endpoint="*", times=0))
        async with asyncio.timeout(30):
            while (await desk.journal.purchases())[0].state is S.SENDING:
                await pass_by(still, 1)
        assert (await desk.journal.purchases())[0].order_id == shop.posts[0].order_id


async def test_late_codes_are_known_to_every_console_and_after_a_restart(
    console, shop, still, pick
):
    shop.faults.add(Fault.parse("shape:no-cards"))
    async with console() as one, console(operator="karim") as two:
        for desk in (one, two):
            await book_where(desk, lambda book: book.info.can_buy)
        product, denomination = await pick(one)
        bought = await one.buy(await one.quote(product.id, denomination.id, 2))
        shop.finish()
        await passes_until(still, lambda: all(desk.book.codes_late for desk in (one, two)))
        assert [row.missing for row in two.book.orders] == [2]
        assert all("0 of 2" in desk.book.log[-1].text for desk in (one, two))
    async with console(start=False) as third:
        # The journal alone: nothing is asked of the vendor before this.
        [row] = third.book.orders
        assert (row.order_id, row.missing, row.final) == (bought.order_id, 2, False)
    shop.faults.clear()
    async with console() as fourth, console(operator="karim") as fifth:
        await passes_until(
            still,
            lambda: all(
                [row.final for row in desk.book.orders] == [True] and not desk.book.codes_late
                for desk in (fourth, fifth)
            ),
        )
