"""A desk that has sold something, for questions about it later."""

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

import pytest

from services.desk.desk import Desk
from services.domain.models import Purchase, PurchaseState
from services.sandbox import Sandbox
from tests.conftest import LeapingClock


class Counter(NamedTuple):
    """A desk at work, its vendor, and what it sells."""

    desk: Desk
    box: Sandbox
    clock: LeapingClock
    product_id: str
    type_id: str

    async def buy(self, quantity: int = 1, note: str = "", type_id: str = "", **more: Any) -> Any:
        """Buy, whatever comes of it."""
        quote = await self.desk.quote(self.product_id, type_id or self.type_id, quantity)
        return await self.desk.buy(quote, note=note, **more)

    async def sell(self, quantity: int = 1, note: str = "") -> Purchase:
        """Buy and wait until the cards are there."""
        bought = await self.buy(quantity, note)
        self.clock.advance(4)
        self.box.finish(bought.order_id)
        done = await self.desk.wait_final(bought.id, 120)
        assert done.state is PurchaseState.FULFILLED
        return done

    def foreign(self, quantity: int = 1) -> str:
        """Let another desk buy; its cards are there."""
        order_id = self.box.foreign_order(self.product_id, self.type_id, quantity)
        self.box.finish(order_id)
        return order_id


OpenCounter = Callable[..., contextlib.AbstractAsyncContextManager[Counter]]


@pytest.fixture
def open_counter(open_desk: Any, market: Sandbox, leaping: LeapingClock, pick: Any) -> OpenCounter:
    """Open a desk on the market, with something to sell picked out."""

    @contextlib.asynccontextmanager
    async def opened(**options: Any) -> AsyncIterator[Counter]:
        async with open_desk(**options) as desk:
            product, denomination = await pick(desk)
            yield Counter(desk, market, leaping, product.id, denomination.id)

    return opened


@pytest.fixture
async def counter(open_counter: OpenCounter) -> AsyncIterator[Counter]:
    async with open_counter() as counter:
        yield counter
