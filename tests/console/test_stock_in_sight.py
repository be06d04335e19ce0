"""The stock in sight is read again while somebody is here."""

from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from services.sandbox import Fault
from widgets.panes.stock import StockPane


def readings(console: Any) -> int:
    return console.box.requests["GET", "checkProduct"]


async def at_rest(console: Any) -> None:
    """Wait until the cursor of the catalogue rests, and no read of the stock is under way."""
    (desk,) = console.app.desk_screens()
    reads = {"StockRequest", "StockRefreshRequest"}
    await console.until(
        lambda: desk._rest is None and reads.isdisjoint(each.group for each in console.app.workers)
    )


async def aged(console: Any, seconds: float) -> int:
    """Let the stock in sight grow older; returns how many times it was read until then."""
    await at_rest(console)
    before = readings(console)
    console.clock.advance(seconds)
    console.steady.skip(seconds)
    console.app._tick()
    return before


async def test_a_stock_in_sight_is_read_again_each_minute(console: Any) -> None:
    ticket = await console.ticket()
    console.clock.hold()
    console.box.set_price(ticket.ticket.denomination.id, Decimal(2500))
    before = await aged(console, 61)
    await console.shows("1 x 2 500")
    assert readings(console) == before + 1
    await console.press("escape")
    before = await aged(console, 61)
    await console.until(lambda: readings(console) == before + 1)


async def test_no_stock_is_read_without_an_operator(open_console: Any) -> None:
    def unlocked(settings: Any) -> Any:
        return replace(settings, ui=replace(settings.ui, lock_minutes=0))

    async with open_console(change=unlocked) as console:
        await console.ticket()
        console.clock.hold()
        before = await aged(console, 301)
        await console.settle()
        assert not any(worker.group == "StockRefreshRequest" for worker in console.app.workers)
        assert readings(console) == before
        await console.press("plus")
        console.app._tick()
        await console.until(lambda: readings(console) == before + 1)


async def test_a_locked_console_reads_its_stock_once_it_is_opened(console: Any) -> None:
    await console.ticket()
    console.clock.hold()
    console.app.lock.close()
    await console.shows("carddesk is locked")
    before = await aged(console, 61)
    await console.settle()
    assert readings(console) == before
    console.screen.dismiss("space")
    await console.until(lambda: not console.app.lock.locked)
    console.app._tick()
    await console.until(lambda: readings(console) == before + 1)


async def test_a_stock_that_cannot_be_read_is_asked_for_once_a_minute(console: Any) -> None:
    await console.ticket()
    await console.press("escape")
    console.clock.hold()
    console.box.faults.add(Fault.parse("http500@checkProduct*0"))
    await aged(console, 61)
    await console.until(lambda: console.screen.query_one(StockPane).error)
    groups = ("StockRequest", "StockRefreshRequest")
    await console.until(lambda: not any(each.group in groups for each in console.app.workers))
    before = readings(console)
    console.app._tick()
    await console.settle()
    assert readings(console) == before
