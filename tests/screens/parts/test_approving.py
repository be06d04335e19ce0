"""What waits for another person, on the console of who asked and of who approves."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services import sandbox
from services.desk.desk import Desk
from services.domain.models import PurchaseState
from services.domain.secrets import Secret
from tests.console.conftest import cheap
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.ticket import TicketScreen
from tui.screens.unresolved import UnresolvedScreen

pytestmark = [
    pytest.mark.parametrize("engine", ["server"], indirect=True),
    pytest.mark.usefixtures("on_a_server"),
]
S = PurchaseState


@pytest.fixture
def on_a_server(engine: None) -> None:
    """Keep the journals of a test on a server."""


@contextlib.asynccontextmanager
async def beside(console: Any, paths: Any) -> AsyncIterator[Desk]:
    """Open another person's desk on the same account."""
    await console.may_buy()
    settings = console.desk._settings
    desk = Desk(settings, Secret(sandbox.DEMO_KEY), paths, operator="karim", clock=console.clock)
    async with desk:
        await desk.ready()
        yield desk


async def asks(console: Any, desk: Desk) -> TicketScreen:
    """Let the console ask for two cards above the limit."""
    _, kind = await console._find(cheap)
    await desk.limits.put("", {"approve_above": kind.price})
    ticket = await console.ticket()
    await console.press("plus")
    await console.review(ticket)
    await console.shows("Another person has to approve it: nothing is sent before.")
    await console.confirm()
    await console.until(lambda: ticket.stage == "done")
    return ticket


async def waits(console: Any, desk: Desk) -> Any:
    """Let the other desk ask, and open what waits on the console."""
    product, kind = await console._find(cheap)
    await desk.limits.put("", {"approve_above": kind.price})
    console.clock.hold()
    asked = await desk.buy(await desk.quote(product.id, kind.id, 2), note="yacine")
    await console.until(lambda: console.app.book.to_approve)
    await console.press("u")
    await console.until(lambda: isinstance(console.screen, UnresolvedScreen))
    return asked


async def approving(console: Any) -> TicketScreen:
    """Open the review of what waits."""
    await console.press("b")
    ticket = await console.until(
        lambda: isinstance(console.screen, TicketScreen) and console.screen
    )
    await console.listening(ticket)
    return ticket


async def test_the_ticket_waits_and_follows_the_approval(console: Any, paths: Any) -> None:
    async with beside(console, paths) as other:
        ticket = await asks(console, other)
        await console.shows("to approve", "Waits for approval by another person, ends ")
        assert console.box.posts == []
        [waiting] = console.app.book.to_approve
        bought = await other.approvals.approve(waiting.id, await other.approvals.quote(waiting.id))
        await console.until(
            lambda: ticket._purchase and ticket._purchase.order_id == bought.order_id
        )
        assert len(console.box.posts) == 1


async def test_the_asker_takes_it_back_with_one_key(console: Any, paths: Any) -> None:
    async with beside(console, paths) as other:
        ticket = await asks(console, other)
        await console.press("x")
        await console.until(lambda: ticket._purchase and ticket._purchase.state is S.NOT_SENT)
        await console.shows("Nothing was sent: taken back by amina. Safe to try again.")
        assert console.app.book.to_approve == ()
        assert console.box.posts == []


async def test_the_asker_cannot_approve_and_reads_why(console: Any, paths: Any) -> None:
    async with beside(console, paths) as other:
        await asks(console, other)
        await console.press("u")
        await console.until(lambda: isinstance(console.screen, UnresolvedScreen))
        await console.shows("another person approves it at another console", "1 to approve")
        await console.press("b")
        await console.shows("You asked for it: another person approves it.")
        await console.press("x")
        assert isinstance(console.screen, AskScreen)
        await console.press("y")
        await console.until(lambda: not console.app.book.to_approve)
        assert console.box.posts == []


async def test_another_person_approves_with_b_y_and_enter(console: Any, paths: Any) -> None:
    async with beside(console, paths) as other:
        asked = await waits(console, other)
        await console.shows("1 to approve", "b checks it now", "karim")
        ticket = await approving(console)
        await console.shows("Approve", "for yacine, asked for by karim?")
        await console.confirm()
        await console.until(lambda: ticket.stage == "done")
        assert len(console.box.posts) == 1
        bought = await other.journal.purchase(asked.id)
        assert bought is not None
        assert (bought.order_id, bought.operator) == (console.box.posts[0].order_id, "karim")


async def test_enter_alone_approves_nothing(console: Any, paths: Any) -> None:
    async with beside(console, paths) as other:
        await waits(console, other)
        await approving(console)
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, UnresolvedScreen))
        await console.shows("Nothing was approved: it still waits.")
        assert console.box.posts == []
        assert console.app.book.to_approve


async def test_a_price_that_moved_is_shown_to_who_approves(console: Any, paths: Any) -> None:
    async with beside(console, paths) as other:
        asked = await waits(console, other)
        console.box.set_price(asked.type_id, asked.unit_price + 7)
        await approving(console)
        await console.shows("CHANGED", "the cost was")
        await console.confirm()
        await console.until(lambda: console.box.posts)
        found = await other.journal.purchase(asked.id)
        assert found is not None
        assert found.unit_price == asked.unit_price + 7


async def test_a_check_that_fails_can_be_made_again(console: Any, paths: Any) -> None:
    async with beside(console, paths) as other:
        asked = await waits(console, other)
        console.box.set_stock(asked.type_id, 1)
        await console.press("b")
        await console.shows("Not enough stock", "Check again")
        console.box.set_stock(asked.type_id, 9)
        ticket = console.screen
        await console.press("enter")
        await console.listening(ticket)
        await console.shows("asked for by karim?")
        assert console.box.posts == []


async def test_what_another_one_approved_meanwhile_is_said(console: Any, paths: Any) -> None:
    async with beside(console, paths) as other:
        asked = await waits(console, other)
        await approving(console)
        await other.approvals.withdraw(asked.id)
        await console.confirm()
        await console.shows("does not wait for approval any more: it is not sent")
        assert console.box.posts == []


async def test_who_may_approve_declines(console: Any, paths: Any) -> None:
    async with beside(console, paths) as other:
        asked = await waits(console, other)
        await console.press("x", "y")
        await console.until(lambda: not console.app.book.to_approve)
        found = await other.journal.purchase(asked.id)
        assert found is not None
        assert found.error is not None
        assert found.error.message == "declined by amina"
