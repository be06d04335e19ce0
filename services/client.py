"""Every call to the vendor, and every way it can end, as a value or a DeskError.

Reads may be asked again. A purchase is sent once, and always comes back as a `Placement`.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Self, TypeVar

from msgspec import json

from services import models, retry, wire
from services.breaker import Breaker
from services.clock import Clock
from services.envelope import Answer, Envelope, envelope
from services.errors import AuthFailed, ConfigError, DeskError
from services.failures import auth_failure
from services.pace import Pace
from services.placing import Sending
from services.queries import Endpoint, about, page_of
from services.reading import good, value_of
from services.secrets import Secret
from services.verdict import Attempt, Placement

if TYPE_CHECKING:
    from services.exchange import Exchange

__all__ = ["Attempt", "Placement", "VendorClient"]

T = TypeVar("T")


class VendorClient:
    """The vendor's API, one method for each endpoint. Amounts are DZD, times aware UTC.

    Every read raises a DeskError when it ends in anything but its value: AuthFailed, RateLimited,
    NotFound, Refused, Unavailable or BadReply.

    Attributes:
        server_offset: the vendor's clock minus ours at the last answer, None before the first.
    """

    def __init__(
        self,
        base_url: str,
        key: Secret,
        *,
        clock: Clock,
        breaker: Breaker | None = None,
        max_requests_per_second: float = 5.0,
        proxy: str = "",
        rng: random.Random | None = None,
        read_deadline: float = 20.0,
    ) -> None:
        """Prepare the calls; nothing is opened before the first one.

        Args:
            base_url: where the API stands, `https://host/v3`.
            key: the API key.
            clock: the time, and the waiting between attempts.
            breaker: what stops all calls after a rejected key; one of its own when None.
            max_requests_per_second: reads are spaced to stay below it; 0 does not space them.
            proxy: `http://host:port`, or empty to connect directly.
            rng: where the jitter of retries comes from.
            read_deadline: seconds that one attempt of a read may take in all.

        Raises:
            ConfigError: if the key cannot be a header.
        """
        value = key.reveal()
        if not value or not value.isascii() or not value.isprintable() or " " in value:
            raise ConfigError("The API key is empty or holds a sign that no key has")
        self.server_offset: timedelta | None = None
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._clock = clock
        self._breaker = breaker or Breaker(None, clock)
        self._pace = Pace(clock, max_requests_per_second)
        self._proxy = proxy
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret
        self._read_deadline = read_deadline
        self._exchange: Exchange | None = None

    async def aclose(self) -> None:
        """Close the connections of the reads; a purchase under way keeps its own."""
        if self._exchange is not None:
            await self._exchange.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()

    async def ping(self) -> models.Health:
        """Ask how the API is. Sends no key."""
        return await self._read(Endpoint.PING, lambda found: wire.health(found.data), signed=False)

    async def validate(self) -> models.KeyInfo:
        """Ask what the key is good for."""
        return await self._read(Endpoint.VALIDATE, lambda found: wire.key_info(found.data))

    async def balance(self) -> models.Balance:
        """Read the account's balance."""
        return await self._read(
            Endpoint.BALANCE, lambda found: wire.balance(found.data, self._clock.now())
        )

    async def transactions(
        self,
        *,
        page: int = 1,
        page_size: int = 100,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> models.TransactionPage:
        """Read one page of the account's movements, optionally between two times (UTC)."""
        return await self._read(
            Endpoint.TRANSACTIONS,
            lambda found: wire.transactions(found.data, page),
            params=page_of(page, page_size, start, end, self._clock.now()),
        )

    async def catalog(self) -> models.Catalog:
        """Read everything that the vendor sells."""
        return await self._read(
            Endpoint.CATALOG, lambda found: wire.catalog(found.data, self._clock.now())
        )

    async def stock(self, product_id: str) -> models.Stock:
        """Read a product's denominations, wholesale prices and stock; NotFound if it is gone."""
        return await self._read(
            about(Endpoint.STOCK, product_id),
            lambda found: wire.stock(found.data, product_id, self._clock.now()),
        )

    async def order(self, order_id: str, *, cards: bool = False) -> models.Order:
        """Read one order; its cards are decoded only when `cards` asks for them."""
        return await self._read(
            about(Endpoint.ORDER, order_id),
            lambda found: wire.order(found.data, order_id, cards=cards),
        )

    async def orders(
        self,
        *,
        page: int = 1,
        page_size: int = 100,
        start: datetime | None = None,
        end: datetime | None = None,
        retry: bool = True,
        holding: Secret | None = None,
    ) -> models.OrderPage:
        """Read one page of the account's orders, without cards, optionally between two times.

        With `holding` only the orders that hold a card with that serial are returned.
        """
        return await self._read(
            Endpoint.ORDERS,
            lambda found: wire.orders(found.data, page, found.server_time, holding),
            params=page_of(page, page_size, start, end, self._clock.now()),
            again=retry,
        )

    async def place(
        self,
        product_id: str,
        type_id: str,
        quantity: int,
        *,
        sending: Callable[[], Awaitable[None]],
        deadline: float = 60.0,
        attempt: Attempt | None = None,
    ) -> Placement:
        """Send one placeOrder, once, and say what became of it.

        Args:
            product_id: the product.
            type_id: its denomination.
            quantity: how many cards, 1 or more.
            sending: awaited at the last moment before the first byte; if it raises, none is sent.
            deadline: seconds for all of it.
            attempt: filled in on the way; a caller that is cancelled asks its `verdict()`.

        Returns:
            The placement. Whatever the network or the vendor does ends in one.

        Raises:
            Exception: only what `sending` raised, a DeskError as a rule; nothing was sent.
        """
        attempt = attempt or Attempt()
        try:
            self._breaker.check()
        except AuthFailed as stopped:
            return Placement("NOT_SENT", sent=False, code=stopped.code, message=stopped.message)
        order = {"productId": product_id, "typeId": type_id, "quantity": quantity}
        watch = Sending(sending, attempt)
        trouble = ""
        exchange = await self._door()
        try:
            async with asyncio.timeout(deadline):
                await exchange.post(Endpoint.PLACE, json.encode(order), watch, attempt)
        except Exception as error:
            if error is watch.stopped_by:
                raise
            # After a whole answer this is only the closing of the connection: verdict() knows.
            trouble = exchange.trouble(error)
        if attempt.whole:
            self._learn(attempt.answer, envelope(attempt.answer))
        return attempt.verdict(trouble)

    async def _read(
        self,
        path: str,
        convert: Callable[[Envelope], T],
        *,
        params: Mapping[str, str] | None = None,
        signed: bool = True,
        again: bool = True,
    ) -> T:
        """Ask until there is a value, or until `services.retry` says that it is enough."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._send(path, convert, params or {}, signed=signed)
            except DeskError as error:
                pause = retry.delay(error, attempt, self._rng) if again else None
                if pause is None:
                    raise
            await self._clock.sleep(pause)

    async def _send(
        self,
        path: str,
        convert: Callable[[Envelope], T],
        params: Mapping[str, str],
        *,
        signed: bool,
    ) -> T:
        """Ask once; every outcome leaves here as a value or a DeskError."""
        async with (
            self._pace.turn(signed=signed) as first,
            self._breaker.lane(signed=signed, proven=not first),
        ):
            exchange = await self._door()
            answer = await exchange.get(path, params, signed=signed)
            around = envelope(answer)
            self._learn(answer, around)
            if good(answer) and signed:
                self._pace.proven()
                self._breaker.accepted()
        return value_of(answer, around, convert, self._clock.now())

    async def _door(self) -> "Exchange":
        """Return what speaks HTTP; loaded at the first call, which the first picture precedes."""
        if self._exchange is None:
            # Loading takes tens of milliseconds: not on the event loop.
            await asyncio.to_thread(import_module, "services.exchange")
            from services.exchange import Exchange

            self._exchange = self._exchange or Exchange(
                self._base_url, self._key, self._proxy, self._read_deadline
            )
        return self._exchange

    def _learn(self, answer: Answer, around: Envelope) -> None:
        """Take from any whole answer the vendor's clock, and whether to stop calling."""
        if around.server_time is not None:
            self.server_offset = around.server_time - self._clock.now()
        if stop := auth_failure(answer, around):
            self._pace.doubted()
            self._breaker.trip(stop)
