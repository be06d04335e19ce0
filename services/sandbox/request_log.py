"""What reached the vendor: every purchase request whose head arrived, and counts of all calls."""

import asyncio
from collections import Counter
from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec import Struct


class Post(NamedTuple):
    """One placeOrder request.

    Attributes:
        time: when its headers were in, UTC.
        body: its JSON body, None if it did not arrive whole or is no JSON.
        order_id: the order that it placed, empty if it took no effect.
    """

    time: datetime
    body: object
    order_id: str


class Arrival(Struct, eq=False):
    """A purchase request on its way in; its body and its effect become known later."""

    time: datetime
    body: object = None
    order_id: str = ""

    def received(self, body: bytes) -> None:
        """Note the whole body."""
        try:
            self.body = msgspec.json.decode(body)
        except msgspec.DecodeError:
            self.body = None


class PostLog:
    """Remembers arrivals, counts requests, and wakes who waits for one."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str]] = Counter()
        self._arrivals: list[Arrival] = []
        self._received: Counter[str] = Counter()
        self._changed = asyncio.Event()

    @property
    def posts(self) -> list[Post]:
        """Every purchase request so far, in the order in which their headers arrived."""
        return [Post(each.time, each.body, each.order_id) for each in self._arrivals]

    def opened(self, method: str, endpoint: str, time: datetime) -> Arrival:
        """Note the head of a request; only those to placeOrder are kept."""
        self.requests[method, endpoint] += 1
        arrival = Arrival(time)
        if endpoint == "placeOrder":
            self._arrivals.append(arrival)
        return arrival

    def received(self, endpoint: str) -> None:
        """Note that a request was received whole."""
        self._received[endpoint] += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def seen(self, endpoint: str, count: int) -> None:
        """Wait until so many requests to the endpoint were received whole."""
        while self._received[endpoint] < count:
            await self._changed.wait()
