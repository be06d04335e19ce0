"""Every call to the vendor, and every way it can end, as a value or a DeskError.

Reads may be asked again. A purchase is sent once, and always comes back as a `Placement`.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING, Self, TypeVar
from urllib.parse import quote

from msgspec import json

from services.domain import models
from services.domain.errors import AuthFailed, BadInput, BadReply, ConfigError, DeskError
from services.domain.phrase import Phrase, Quoted, phrase
from services.domain.secrets import Secret
from services.domain.text import NOTHING, SafeText, clean
from services.system.clock import Clock, asleep
from services.system.route import Route
from services.vendor import retry, wire
from services.vendor.circuit_breaker import CircuitBreaker
from services.vendor.envelope import Answer, Envelope, envelope
from services.vendor.error_codes import auth_failure, pause_asked, read_failure
from services.vendor.items import BadItems
from services.vendor.link import Link
from services.vendor.pagination import SIZE, PageSet, whole
from services.vendor.placement import Placement, PlacementAttempt, SendHook
from services.vendor.rate_limit import RateLimit, SharedRequests
from services.vendor.wire_values import LONGEST_SENTENCE, UNREADABLE

if TYPE_CHECKING:
    from services.vendor.transport import Transport

T = TypeVar("T")
FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)


class Endpoint(StrEnum):
    """The paths of the API, below its base URL."""

    PING = "ping"
    VALIDATE = "validate"
    BALANCE = "account/balance"
    TRANSACTIONS = "account/transactions"
    CATALOG = "gift-cards/catalog"
    STOCK = "gift-cards/checkProduct"
    PLACE = "gift-cards/placeOrder"
    ORDER = "gift-cards/checkOrder"
    ORDERS = "gift-cards/list"


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
        breaker: CircuitBreaker | None = None,
        limit: RateLimit | None = None,
        route: Route | None = None,
        rng: random.Random | None = None,
        read_deadline: float = 20.0,
        link: Link | None = None,
        bad_items: BadItems | None = None,
        asleep: Callable[[], float] = asleep,
        stock_read: Callable[[models.Stock], None] | None = None,
    ) -> None:
        """Prepare the calls; nothing is opened before the first one.

        Args:
            base_url: where the API is, `https://host/v3`.
            key: the API key.
            clock: the time, and the waiting between attempts.
            breaker: what stops all calls after a rejected key; one of its own when None.
            limit: gives each request its slot; None does not count them.
            route: the proxy and the certificates to go by; None for neither.
            rng: where the jitter of retries comes from.
            read_deadline: seconds that one attempt of a read may take in all.
            link: says on the screen what reads meet; one of its own when None.
            bad_items: takes note of what answers hold and nothing can be made of.
            asleep: the seconds that this machine has slept.
            stock_read: called with every stock that was read, whatever for.

        Raises:
            ConfigError: if the key cannot be a header.
        """
        value = key.reveal()
        if not value or not value.isascii() or not value.isprintable() or " " in value:
            raise ConfigError("The API key is empty or holds a character that no key has")
        self.server_offset: timedelta | None = None
        self.order_currency = NOTHING
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._clock = clock
        self._breaker = breaker or CircuitBreaker(None, clock)
        self._limit = limit or RateLimit(None, clock)
        self._route = route or Route()
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret
        self._read_deadline = read_deadline
        self._link = link or Link(clock)
        self._bad_items = bad_items or BadItems()
        self._asleep = asleep
        self._stock_read = stock_read
        self._exchange: Transport | None = None
        self._spreading: asyncio.Future[None] | None = None

    async def aclose(self) -> None:
        """Close the connections of the reads; a purchase under way keeps its own."""
        if self._spreading is not None:
            await self._spreading
        if self._exchange is not None:
            await self._exchange.aclose()

    def try_proxy_again(self) -> None:
        """Let calls go through a proxy that rejected its password, because a person asks."""
        if self._exchange is not None:
            self._exchange.try_proxy_again()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()

    async def ping(self) -> SafeText:
        """Ask how the API is, in the vendor's word. Sends no key."""
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
        page_size: int = SIZE,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> models.Page[models.Transaction]:
        """Read one page of the account's movements, optionally between two times (UTC)."""
        listed = await self._read(
            Endpoint.TRANSACTIONS,
            lambda found: wire.transactions(found.data, page, found.pagination),
            params=_page_of(page, page_size, start, end, self._clock.now()),
        )
        self._bad_items.take(listed.unread)
        return listed

    async def catalog(self) -> models.Catalog:
        """Read everything that the vendor sells."""
        catalog = await self._read(
            Endpoint.CATALOG, lambda found: wire.catalog(found.data, self._clock.now())
        )
        self._bad_items.take(catalog.unread)
        return catalog

    async def stock(self, product_id: str) -> models.Stock:
        """Read a product's denominations, wholesale prices and stock; NotFound if it is gone."""
        stock = await self._read(
            _about(Endpoint.STOCK, product_id),
            lambda found: wire.stock(found.data, product_id, self._clock.now()),
        )
        self._bad_items.take(stock.unread)
        if self._stock_read is not None:
            self._stock_read(stock)
        return stock

    async def order(
        self, order_id: str, *, cards: bool = False, known: models.Order | None = None
    ) -> models.Order:
        """Read one order; its cards are decoded only when `cards` asks for them.

        What is `known` of it fills in what the answer leaves out, its time for one.
        """
        order = await self._read(
            _about(Endpoint.ORDER, order_id),
            lambda found: wire.order(found.data, order_id, cards=cards, known=known),
        )
        self.order_currency = order.currency
        return order

    async def orders(
        self,
        *,
        page: int = 1,
        page_size: int = SIZE,
        start: datetime | None = None,
        end: datetime | None = None,
        retry: bool = True,
        holding: Secret | None = None,
    ) -> models.Page[models.Order]:
        """Read one page of the account's orders, without cards, optionally between two times.

        With `holding` only the orders that hold a card with that serial are returned.
        """
        listed = await self._read(
            Endpoint.ORDERS,
            lambda found: wire.orders(found.data, page, holding, found.pagination),
            params=_page_of(page, page_size, start, end, self._clock.now()),
            again=retry,
        )
        self._bad_items.take(listed.unread)
        if listed.items:
            self.order_currency = max(order.currency for order in listed.items)
        return listed

    async def all_orders(
        self, start: datetime, end: datetime | None = None
    ) -> PageSet[models.Order]:
        """Read every order between two times (UTC), or from one on; see `pagination.whole`."""
        return await whole(lambda page: self.orders(page=page, start=start, end=end))

    async def all_transactions(
        self, start: datetime, end: datetime | None
    ) -> PageSet[models.Transaction]:
        """Read every movement of the account between two times (UTC); see `pagination.whole`."""
        return await whole(lambda page: self.transactions(page=page, start=start, end=end))

    def share(self, requests: SharedRequests) -> None:
        """Let other hosts have their part of the minute; see `RateLimit.share`."""
        self._limit.share(requests)

    def reserved(self, slots: int) -> AbstractAsyncContextManager[None]:
        """Keep so many slots for the requests of one purchase; see `RateLimit.reserved`."""
        return self._limit.reserved(slots)

    async def place(
        self,
        product_id: str,
        type_id: str,
        quantity: int,
        *,
        sending: Callable[[], Awaitable[None]],
        deadline: float = 60.0,
        attempt: PlacementAttempt | None = None,
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
        attempt = attempt or PlacementAttempt()
        try:
            self._breaker.check()
        except AuthFailed as stopped:
            return Placement("NOT_SENT", sent=False, code=stopped.code, message=stopped.message)
        order = {"productId": product_id, "typeId": type_id, "quantity": quantity}
        watch = SendHook(sending, attempt)
        failure = ""
        exchange = await self._door()
        await self._limit.count()
        try:
            async with asyncio.timeout(deadline):
                await exchange.post(Endpoint.PLACE, json.encode(order), watch, attempt)
        except Exception as error:
            if error is watch.stopped_by:
                raise
            # After a whole answer this is only the closing of the connection: verdict() knows.
            failure = exchange.failure_words(error, watch)
        if attempt.whole:
            await self._learn(attempt.answer, envelope(attempt.answer))
            # Nothing comes between an answer and its commit.
            self._spreading = asyncio.ensure_future(self._breaker.spread())
        return attempt.verdict(failure)

    async def _read(
        self,
        path: str,
        convert: Callable[[Envelope], T],
        *,
        params: Mapping[str, str] | None = None,
        signed: bool = True,
        again: bool = True,
    ) -> T:
        """Ask until there is a value, or until `services.vendor.retry` says that it is enough."""
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
        async with self._slot(signed=signed):
            exchange = await self._door()
            answer = await exchange.get(path, params, signed=signed, slots=self._limit)
            around = envelope(answer)
            await self._learn(answer, around)
            if good(answer) and signed and around.success is not False:
                self._breaker.accepted()
        return value_of(answer, around, convert, self._clock.now())

    @asynccontextmanager
    async def _slot(self, *, signed: bool) -> AsyncGenerator[None]:
        """Wait until a read may go: for its slot of the minute, and for a lane to the vendor."""
        self._breaker.check()
        async with AsyncExitStack() as held:
            async with self._limit.queue():
                while True:
                    # The slot comes first: nothing is kept from others while there is none.
                    await self._limit.room()
                    alone = self._breaker.one_at_a_time(signed=signed)
                    lane = self._breaker.lane(
                        signed=signed,
                        background=self._limit.background(),
                        outranked=self._limit.outranked,
                    )
                    async with AsyncExitStack() as reached:
                        await reached.enter_async_context(alone)
                        await reached.enter_async_context(lane)
                        if await self._limit.take():
                            held.push_async_exit(reached.pop_all())
                            break
            yield

    async def _door(self) -> "Transport":
        """Return what speaks HTTP; loaded at the first call, which the first picture precedes."""
        if self._exchange is None:
            # Loading takes tens of milliseconds: not on the event loop.
            await asyncio.to_thread(import_module, "services.vendor.transport")
            from services.vendor.transport import Transport

            self._exchange = self._exchange or Transport(
                self._base_url,
                self._key,
                self._route,
                self._read_deadline,
                self._link,
                self._clock,
                self._asleep,
            )
        return self._exchange

    async def _learn(self, answer: Answer, around: Envelope) -> None:
        """Take from any whole answer the vendor's clock, and whether to stop or pause calling."""
        if around.server_time is not None:
            self.server_offset = around.server_time - self._clock.now()
        if stop := auth_failure(answer, around):
            self._breaker.trip(stop)
        if pause := pause_asked(answer, self._clock.now()):
            await self._limit.hold(pause)


def good(answer: Answer) -> bool:
    """Whether the answer's status is one of success."""
    return HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES


def value_of(
    answer: Answer, around: Envelope, convert: Callable[[Envelope], T], now: datetime
) -> T:
    """Return what an answer holds.

    Args:
        answer: a whole answer to a read.
        around: its envelope.
        convert: makes the value of it, or raises one of `UNREADABLE`.
        now: the time that a Retry-After date is relative to, aware UTC.

    Raises:
        DeskError: what an error answer means; BadReply for one that is not as the contract says.
    """
    if not good(answer):
        raise read_failure(answer, around, now)
    reason: str | Phrase = around.unreadable or "it does not say success"
    if around.success is False:
        if stop := auth_failure(answer, around):
            raise stop
        reason = "it says that it failed"
        if said := around.message or around.code:
            reason = phrase("it says that it failed: {said}", said=Quoted(said))
    if around.success:
        try:
            return convert(around)
        except UNREADABLE as bad:
            reason = clean(str(bad), LONGEST_SENTENCE)
    # Raised out here, so that no chained exception drags the answer's text along.
    raise BadReply(
        phrase("The vendor's answer cannot be used: {reason}", reason=reason),
        code=around.code,
        request_id=around.request_id,
    )


def _about(endpoint: Endpoint, identifier: str) -> str:
    """Return the path that asks for one thing; its id stays one segment, whatever is in it.

    Raises:
        BadInput: if no vendor could have given such an id.
    """
    if (
        not identifier.strip(".")
        or len(identifier) > models.LONGEST_ID
        or not identifier.isprintable()
    ):
        raise BadInput("This is no id that the vendor could have given")
    return f"{endpoint}/{quote(identifier, safe='')}"


def _page_of(
    page: int, page_size: int, start: datetime | None, end: datetime | None, now: datetime
) -> dict[str, str]:
    """Return the parameters for a page, between `start` and `end` (aware) where one is given.

    The vendor takes both ends or none. An open end lies a day ahead of `now`, so that a vendor
    whose clock runs early hides nothing.
    """
    params = {"page": str(page), "pageSize": str(page_size)}
    if start is not None or end is not None:
        params["from"] = _iso(start or FIRST_DAY)
        params["to"] = _iso(end or now + timedelta(days=1))
    return params


def _iso(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
