"""The one door to HTTP: every call to the vendor, every way it can end, as a value or a DeskError.

Reads share a pool of kept-alive connections and may be asked again. A purchase gets a connection
of its own, is sent once, and always comes back as a `Placement`.
"""

import asyncio
import logging
import random
import ssl
from collections.abc import Awaitable, Callable, Generator, Mapping
from datetime import datetime, timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Self, TypeVar

import httpx
from msgspec import json

from services import models, retry, wire
from services.breaker import Breaker
from services.clock import Clock
from services.envelope import Answer, Envelope, envelope
from services.errors import AuthFailed, BadReply, ConfigError, DeskError, Unavailable
from services.failures import auth_failure
from services.pace import Pace
from services.placing import Sending
from services.queries import Endpoint, about, page_of
from services.reading import Reading, good, value_of
from services.secrets import Secret
from services.troubles import unreachable
from services.verdict import LARGEST_REPLY, Attempt, Placement

__all__ = ["Attempt", "Placement", "VendorClient"]

T = TypeVar("T")

LARGEST_READ = 8 * 1024 * 1024
READ_TIMEOUT = httpx.Timeout(connect=10, write=10, read=15, pool=10)
PLACE_TIMEOUT = httpx.Timeout(connect=10, write=10, read=45, pool=10)
READ_LIMITS = httpx.Limits(max_connections=6, max_keepalive_connections=4, keepalive_expiry=30)
PLACE_LIMITS = httpx.Limits(max_connections=1, max_keepalive_connections=0)
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "carddesk"}

# Both would write addresses of orders, and at DEBUG headers, into whatever log is open.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class _KeyAuth(httpx.Auth):
    """Puts the key on a request as it leaves, so that no client or default header holds it."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["X-Access-Token"] = self._key.reveal()
        yield request


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
        self._auth = _KeyAuth(key)
        self._clock = clock
        self._breaker = breaker or Breaker(None, clock)
        self._pace = Pace(clock, max_requests_per_second)
        self._proxy = proxy
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret
        self._read_deadline = read_deadline
        self._reader: httpx.AsyncClient | None = None
        self._tls: ssl.SSLContext | None = None

    async def aclose(self) -> None:
        """Close the connections of the reads; a purchase under way keeps its own."""
        reader, self._reader = self._reader, None
        if reader is not None:
            await reader.aclose()

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
    ) -> models.OrderPage:
        """Read one page of the account's orders, without cards, optionally between two times."""
        return await self._read(
            Endpoint.ORDERS,
            lambda found: wire.orders(found.data, page, found.server_time),
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
        try:
            async with asyncio.timeout(deadline):
                await self._post(json.encode(order), watch, attempt)
        except Exception as error:
            if error is watch.stopped_by:
                raise
            # After a whole answer this is only the closing of the connection: verdict() knows.
            trouble = _trouble(error)
        if attempt.whole:
            self._learn(attempt.answer, envelope(attempt.answer))
        return attempt.verdict(trouble)

    async def _post(self, content: bytes, watch: Sending, attempt: Attempt) -> None:
        """Exchange one purchase on a fresh connection, noting what is known in `attempt`."""
        async with (
            self._client(PLACE_LIMITS, PLACE_TIMEOUT, await self._tls_context()) as client,
            client.stream(
                "POST",
                f"{self._base_url}/{Endpoint.PLACE}",
                content=content,
                headers={"Content-Type": "application/json", "Connection": "close"},
                auth=self._auth,
                extensions={"trace": watch.trace},
            ) as response,
        ):
            attempt.status = response.status_code
            attempt.date = response.headers.get("date", "")
            async for chunk in response.aiter_raw():
                attempt.body += chunk
                if len(attempt.body) > LARGEST_REPLY:
                    return
            attempt.body = self._without_key(attempt.status, attempt.body)

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
        async with self._pace.turn(signed=signed) as first, self._breaker.alone(first):
            self._breaker.check()
            answer = await self._get(f"{self._base_url}/{path}", params, signed=signed)
            around = envelope(answer)
            self._learn(answer, around)
            if good(answer) and signed:
                self._pace.proven()
        return value_of(answer, around, convert, self._clock.now())

    async def _get(self, url: str, params: Mapping[str, str], *, signed: bool) -> Answer:
        """Exchange one GET; a kept-alive connection that had been closed is replaced at once."""
        for final in (False, True):
            read = Reading()
            try:
                async with asyncio.timeout(self._read_deadline):
                    return await self._exchange(url, params, read, signed=signed)
            except (httpx.HTTPError, OSError) as error:
                failure = _read_failure(error, read)
                if final or not _closed_meanwhile(error, read):
                    break
        raise failure

    async def _exchange(
        self, url: str, params: Mapping[str, str], read: Reading, *, signed: bool
    ) -> Answer:
        if self._reader is None:
            tls = await self._tls_context()
            self._reader = self._reader or self._client(READ_LIMITS, READ_TIMEOUT, tls)
        async with self._reader.stream(
            "GET",
            url,
            params=params,
            auth=self._auth if signed else None,
            extensions={"trace": read.trace},
        ) as response:
            read.answering = True
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > LARGEST_READ:
                    raise BadReply("The vendor's answer is larger than any real one")
            return Answer(
                status=response.status_code,
                body=bytes(self._without_key(response.status_code, body)),
                date=response.headers.get("date", ""),
                retry_after=response.headers.get("retry-after", ""),
            )

    def _client(
        self, limits: httpx.Limits, timeout: httpx.Timeout, tls: ssl.SSLContext
    ) -> httpx.AsyncClient:
        transport = httpx.AsyncHTTPTransport(
            verify=tls,
            trust_env=False,
            http2=False,
            retries=0,
            limits=limits,
            proxy=self._proxy or None,
        )
        return httpx.AsyncClient(
            transport=transport,
            headers=HEADERS,
            timeout=timeout,
            follow_redirects=False,
            trust_env=False,
            # What the vendor sets is not kept.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    async def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:
            if self._base_url.startswith("https:"):
                # Reading the certificates takes tens of milliseconds: not on the event loop.
                self._tls = await asyncio.to_thread(httpx.create_ssl_context, trust_env=False)
            else:
                # Loopback speaks no TLS. This context trusts nobody, should it ever be used.
                self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return self._tls

    def _learn(self, answer: Answer, around: Envelope) -> None:
        """Take from any whole answer the vendor's clock, and whether to stop calling."""
        if around.server_time is not None:
            self.server_offset = around.server_time - self._clock.now()
        if stop := auth_failure(answer, around):
            self._breaker.trip(stop)

    def _without_key(self, status: int, body: bytearray) -> bytearray:
        """Mask the key where an error quotes it; a success is only decoded field by field."""
        if httpx.codes.is_success(status):
            return body
        return body.replace(self._key.reveal().encode(), b"***")


def _closed_meanwhile(error: Exception, read: Reading) -> bool:
    """Whether the server had closed a kept-alive connection before it saw this request."""
    broken = isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError)
    return broken and read.reused and not read.answering


def _read_failure(error: Exception, read: Reading) -> DeskError:
    """Say how a read broke: in the middle of the answer, by no HTTP at all, or before any."""
    if read.answering and isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
        return BadReply("The vendor's answer was cut short")
    # The library has no other mark for "closed without a word" than its text.
    silent = str(error).startswith("Server disconnected")
    if isinstance(error, httpx.RemoteProtocolError) and not silent:
        return BadReply("What answered does not speak HTTP")
    return Unavailable(_trouble(error))


def _trouble(error: Exception) -> str:
    proxy = isinstance(error, httpx.ProxyError)
    return unreachable(error, "the proxy refused" if proxy else "the connection broke")
