"""The client of the product, with somebody told of each of its reads as it leaves and returns."""

from contextlib import AbstractContextManager
from typing import Any

from services.client import VendorClient
from services.envelope import Answer
from services.exchange import Exchange


class WatchedClient(VendorClient):
    """A client whose subclass is told of each read: `reading` is entered while one is under way."""

    def reading(self) -> AbstractContextManager[Any]:
        """Return what surrounds a read on the network."""
        raise NotImplementedError

    async def _door(self) -> Exchange:
        if self._exchange is None:
            self._exchange = _WatchedExchange(
                self, self._base_url, self._key, self._proxy, self._read_deadline
            )
        return self._exchange


class _WatchedExchange(Exchange):
    def __init__(self, client: WatchedClient, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._client_watching = client

    async def get(self, *arguments: Any, **options: Any) -> Answer:
        with self._client_watching.reading():
            return await super().get(*arguments, **options)
