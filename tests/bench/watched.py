"""The client of the product, with a call for each of its reads as it leaves and returns."""

from contextlib import AbstractContextManager
from typing import Any

from services.vendor.client import VendorClient
from services.vendor.envelope import Answer
from services.vendor.transport import Transport


class WatchedClient(VendorClient):
    """A client whose subclass sees each read: `reading` is entered while one is under way."""

    _watched: Transport | None = None

    def reading(self) -> AbstractContextManager[Any]:
        """Return what surrounds a read on the network."""
        raise NotImplementedError

    async def _door(self) -> Transport:
        exchange = await super()._door()
        if self._watched is not exchange:
            self._watched, get = exchange, exchange.get

            async def watched(*arguments: Any, **options: Any) -> Answer:
                with self.reading():
                    return await get(*arguments, **options)

            exchange.get = watched
        return exchange
