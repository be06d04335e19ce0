"""The one door to HTTP: connections, the exchange of a request for a whole answer, and what broke.

Reads share a pool of kept-alive connections. A purchase gets a connection of its own and is sent
once.
"""

import asyncio
import logging
import re
import ssl
from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from services.domain.errors import BadReply, ConfigError, DeskError, Unavailable
from services.domain.models import LONGEST_ID
from services.domain.secrets import Secret
from services.system.clock import Clock
from services.system.resolver import resolve_aside
from services.system.route import Route
from services.vendor import certificate
from services.vendor.certificate import Certificate
from services.vendor.envelope import Answer, unpacked
from services.vendor.link import Link
from services.vendor.network_errors import (
    NOTHING_CHANGED,
    distrust,
    unreachable,
    unreached,
    untrusted,
    unused_proxy,
)
from services.vendor.patience import Patience, Reading
from services.vendor.placement import LARGEST_REPLY, PlacementAttempt, SendHook
from services.vendor.rate_limit import RateLimit
from services.vendor.retry import CERTIFICATE, SILENT
from services.vendor.wire_values import label

LARGEST_READ = 8 * 1024 * 1024
JUMP = 2.0
"""Seconds by which two clocks may drift apart between two reads."""

CERTIFICATE_SECONDS = 5.0
CERTIFICATE_MESSAGE = (22, 11)
"""TLS's numbers of a handshake, and of the message in it that brings certificates."""

READ_TIMEOUT = httpx.Timeout(20)
"""Seconds; `Patience` gives a read up before, and says so."""

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


class _Pool:
    """The kept-alive connections of the reads, and how many reads use them now."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.users = 0


class Transport:
    """The connections to the vendor. Nothing is opened before the first request.

    Args:
        base_url: where the API is, `https://host/v3`.
        route: the proxy and the certificates to go by.
        read_deadline: seconds that a read may take in all.
        link: where it is said that no answer comes.
        clock: the wall clock, which jumps where somebody sets it.
        asleep: the seconds that this machine has slept.
    """

    def __init__(
        self,
        base_url: str,
        key: Secret,
        route: Route,
        read_deadline: float,
        link: Link,
        clock: Clock,
        asleep: Callable[[], float],
    ) -> None:
        self._base_url = base_url
        self._key = key
        self._auth = _KeyAuth(key)
        self._route = route
        self._patience = Patience(read_deadline)
        self._link = link
        self._clock = clock
        self._asleep = asleep
        self._clocks = self._read_clocks()
        self._pool: _Pool | None = None
        self._tls: ssl.SSLContext | None = None
        self._shown: Certificate | None = None
        self._rejected = False
        resolve_aside()

    async def aclose(self) -> None:
        """Close the connections of the reads; a purchase under way keeps its own."""
        await self._renew()

    def try_proxy_again(self) -> None:
        """Let requests go through a proxy that rejected its password, because a person asks."""
        self._rejected = False

    def failure_words(self, error: Exception, way: Reading | SendHook) -> str:
        """Say as a sentence why a request broke; `way` knows how far its connection came."""
        if isinstance(error, DeskError):
            return error.message
        if isinstance(error, httpx.ProxyError):
            return self._proxy_failure(error).message
        if wrong := distrust(error):
            return str(unreached(self._untrusted(wrong, way)[0]))
        return str(unreached(unreachable(error, of_proxy=self._at_proxy(way))))

    def _at_proxy(self, way: Reading | SendHook) -> bool:
        return bool(self._route.proxy) and not way.beyond_proxy

    def _untrusted(
        self, wrong: ssl.SSLCertVerificationError, way: Reading | SendHook
    ) -> tuple[str, str]:
        return untrusted(
            wrong,
            self._shown,
            self._clock.now(),
            ca_name=self._route.ca_name,
            of_proxy=self._at_proxy(way),
        )

    async def post(
        self, path: str, content: bytes, watch: SendHook, attempt: PlacementAttempt
    ) -> None:
        """Exchange one purchase on a fresh connection, noting what is known in `attempt`.

        Raises:
            Exception: whatever broke; `attempt` knows how far it came.
        """
        self._check_proxy()
        async with (
            self._client(PLACE_LIMITS, PLACE_TIMEOUT, await self._tls_context()) as client,
            client.stream(
                "POST",
                f"{self._base_url}/{path}",
                content=content,
                headers={"Content-Type": "application/json", "Connection": "close"},
                auth=self._auth,
                extensions={"trace": watch.trace},
            ) as response,
        ):
            attempt.status = response.status_code
            attempt.date = response.headers.get("date", "")
            attempt.retry_after = response.headers.get("retry-after", "")
            attempt.request_id = self._request_id(response)
            async for chunk in response.aiter_raw():
                attempt.body += chunk
                if len(attempt.body) > LARGEST_REPLY:
                    return
            attempt.body = self._without_key(attempt.body)

    async def get(
        self,
        path: str,
        params: Mapping[str, str],
        *,
        signed: bool,
        slots: RateLimit,
    ) -> Answer:
        """Exchange one GET, on a second connection too where the first stays silent or is closed.

        Args:
            path: below the base URL.
            params: the query.
            signed: whether it carries the key.
            slots: give one more for a second try, and take back what was not sent.

        Raises:
            Unavailable: there was no answer.
            BadReply: the answer was cut short, was too large, or no HTTP.
            ConfigError: the proxy wants another name and password.
        """
        self._check_proxy()
        await self._wake()
        with self._link.listening() as mark:
            return await self._patiently(path, params, mark, slots, signed=signed)

    async def _patiently(
        self,
        path: str,
        params: Mapping[str, str],
        mark: object,
        slots: RateLimit,
        *,
        signed: bool,
    ) -> Answer:
        """Wait for the answer as `Patience` says."""
        url = f"{self._base_url}/{path}"
        reads: dict[asyncio.Task[Answer], Reading] = {}
        tries: list[Reading] = []

        def send() -> None:
            read = Reading()
            tries.append(read)
            task = asyncio.ensure_future(self._exchange(url, params, read, signed=signed))
            reads[task] = read

        loop = asyncio.get_running_loop()
        began, first = loop.time(), True
        send()
        try:
            while True:
                await asyncio.wait(
                    reads,
                    timeout=self._patience.next_look(began, loop.time(), reads.values()),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                failed: tuple[Exception, Reading] | None = None
                for task in [each for each in reads if each.done()]:
                    read = reads.pop(task)
                    error = task.exception()
                    if error is None:
                        self._link.answer(mark)
                        self._shown = None
                        return task.result()
                    if not isinstance(error, httpx.HTTPError | OSError):
                        self._link.answer(mark)
                        raise error
                    failed = error, read
                if failed is not None and first and _closed_meanwhile(*failed):
                    first = False
                    await self._renew()
                    send()
                    continue
                if not reads and failed is not None:
                    self._link.answer(mark)
                    failure = await self._failure(*failed)
                    break
                waited = loop.time() - began
                if self._patience.over(began, loop.time(), reads.values()):
                    self._link.silence(mark, waited)
                    failure = self._silence(waited, tries)
                    break
                if self._patience.tried(waited):
                    self._link.silence(mark, waited)
                if first and self._patience.stirs(began, loop.time(), reads.values()):
                    first = False
                    if await slots.take():
                        await self._renew()
                        send()
        finally:
            for task in reads:
                task.cancel()
            await asyncio.gather(*reads, return_exceptions=True)
            if not any(read.sent for read in tries):
                await slots.give_back()
        raise failure

    async def _failure(self, error: Exception, read: Reading) -> DeskError:
        """Say how a read broke: in the middle of the answer, by no HTTP at all, or before any."""
        if isinstance(error, httpx.ProxyError):
            return self._proxy_failure(error)
        if wrong := distrust(error):
            self._shown = self._shown or await self._certificate()
            cause, advice = self._untrusted(wrong, read)
            return _unavailable(cause, advice=advice, code=CERTIFICATE)
        who = "The proxy" if self._at_proxy(read) else "What answered"
        return _bad_reply(error, read, who) or _unavailable(
            unreachable(error, of_proxy=self._at_proxy(read)), advice=self._advice()
        )

    def _silence(self, seconds: float, tries: list[Reading]) -> Unavailable:
        whose = "of the proxy " if all(map(self._at_proxy, tries)) else ""
        cause = f"no answer {whose}for {seconds:.0f} s"
        return _unavailable(cause, code=SILENT, advice=self._advice())

    def _advice(self) -> str:
        return f"{NOTHING_CHANGED} {unused_proxy(bool(self._route.proxy))}".rstrip()

    def _check_proxy(self) -> None:
        """Send nothing after a rejected password: each further one may lock its account."""
        if self._rejected:
            raise _rejected_by_proxy()

    def _proxy_failure(self, error: httpx.ProxyError) -> DeskError:
        status = _status_of(error)
        if status != HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            which = f" ({status})" if status else ""
            return _unavailable(f"the proxy refused{which}")
        if self._route.proxy_auth is None:
            return ConfigError(
                "The proxy wants a name and a password",
                advice="Put NAME:PASSWORD alone on a line into a file (chmod 600), and name that"
                " file in net.proxy_auth_file. Nothing was sent to the vendor.",
                code="HTTP_407",
            )
        self._rejected = True
        return _rejected_by_proxy()

    async def _certificate(self) -> Certificate | None:
        """Read the certificate that was not accepted, to name who issued it.

        Python's error names no issuer. So the handshake is made again, as strictly as before, and
        its messages are read; it fails in the same place, before any request.
        """
        shown: list[bytes] = []

        def read(_tls: object, _way: str, _version: int, kind: int, name: int, data: bytes) -> None:
            if (kind, name) == CERTIFICATE_MESSAGE:
                shown.append(data)

        tls = await asyncio.to_thread(_trusting, self._route)
        # Private to Python, and not promised: without it the sentence names no issuer.
        setattr(tls, "_msg_callback", read)  # noqa: B010
        with suppress(httpx.HTTPError, OSError):
            async with (
                asyncio.timeout(CERTIFICATE_SECONDS),
                self._client(PLACE_LIMITS, PLACE_TIMEOUT, tls) as client,
            ):
                await client.get(f"{self._base_url}/ping")
                return None
        return certificate.of_message(shown[-1]) if shown else None

    async def _wake(self) -> None:
        """Drop connections from before this machine slept or its clock was set: most are dead."""
        before, self._clocks = self._clocks, self._read_clocks()
        if any(abs(now - then) > JUMP for now, then in zip(self._clocks, before, strict=True)):
            await self._renew()

    def _read_clocks(self) -> tuple[float, float]:
        return self._clock.now().timestamp() - self._clock.steady(), self._asleep()

    async def _renew(self) -> None:
        """Let the next read open a connection; reads that are under way keep theirs."""
        pool, self._pool = self._pool, None
        if pool is not None and not pool.users:
            await pool.client.aclose()

    async def _exchange(
        self, url: str, params: Mapping[str, str], read: Reading, *, signed: bool
    ) -> Answer:
        if self._pool is None:
            tls = await self._tls_context()
            self._pool = self._pool or _Pool(self._client(READ_LIMITS, READ_TIMEOUT, tls))
        pool = self._pool
        pool.users += 1
        try:
            return await self._answer(pool.client, url, params, read, signed=signed)
        finally:
            pool.users -= 1
            if pool is not self._pool and not pool.users:
                await pool.client.aclose()

    async def _answer(
        self,
        client: httpx.AsyncClient,
        url: str,
        params: Mapping[str, str],
        read: Reading,
        *,
        signed: bool,
    ) -> Answer:
        clock = asyncio.get_running_loop().time
        async with client.stream(
            "GET",
            url,
            params=params,
            auth=self._auth if signed else None,
            extensions={"trace": read.trace},
        ) as response:
            read.take(clock())
            read.request_id = self._request_id(response)
            body = bytearray()
            async for chunk in response.aiter_raw():
                read.take(clock(), len(chunk))
                body += chunk
                if len(body) > LARGEST_READ:
                    raise BadReply(
                        "The vendor's answer is larger than any real one",
                        request_id=read.request_id,
                    )
            encoding = response.headers.get("content-encoding", "")
            plain = bytearray(unpacked(bytes(body), encoding, LARGEST_READ))
            return Answer(
                status=response.status_code,
                body=bytes(self._without_key(plain)),
                date=response.headers.get("date", ""),
                retry_after=response.headers.get("retry-after", ""),
                request_id=read.request_id,
            )

    def _client(
        self,
        limits: httpx.Limits,
        timeout: httpx.Timeout,
        tls: ssl.SSLContext,
    ) -> httpx.AsyncClient:
        transport = httpx.AsyncHTTPTransport(
            verify=tls,
            trust_env=False,
            http2=False,
            retries=0,
            limits=limits,
            proxy=self._proxy(tls),
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

    def _proxy(self, tls: ssl.SSLContext) -> httpx.Proxy | None:
        proxy, auth = self._route.proxy, self._route.proxy_auth
        if not proxy:
            return None
        name, _, password = auth.reveal().partition(":") if auth else ("", "", "")
        return httpx.Proxy(
            proxy,
            auth=(name, password) if auth else None,
            ssl_context=tls if proxy.startswith("https:") else None,
        )

    async def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:
            if "https:" in (self._base_url[:6], self._route.proxy[:6]):
                # Reading the certificates takes tens of milliseconds: not on the event loop.
                self._tls = await asyncio.to_thread(_trusting, self._route)
            else:
                # Loopback speaks no TLS. This context trusts no certificate.
                self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return self._tls

    def _without_key(self, body: bytearray) -> bytearray:
        """Mask the key where an answer quotes it."""
        return body.replace(self._key.reveal().encode(), b"***")

    def _request_id(self, response: httpx.Response) -> str:
        found = label(response.headers.get("x-request-id"), LONGEST_ID)
        return found.replace(self._key.reveal(), "***")


def _trusting(route: Route) -> ssl.SSLContext:
    """Return what trusts the public authorities, and the company's own if one is named.

    Raises:
        ConfigError: the company's certificate cannot be read.
    """
    tls = httpx.create_ssl_context(trust_env=False)
    if route.ca:
        try:
            tls.load_verify_locations(cadata=route.ca)
        except ssl.SSLError:
            raise ConfigError(
                f"The certificate in {route.ca_name} (net.ca_file) cannot be read",
                advice="Ask for it again, as a PEM file.",
            ) from None
        # Newer Pythons refuse what many a company's certificate lacks.
        tls.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return tls


def _closed_meanwhile(error: Exception, read: Reading) -> bool:
    """Whether the server had closed a kept-alive connection before it saw this request."""
    broken = isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError)
    return broken and read.reused and not read.answering


def _unavailable(cause: str, *, advice: str = "", code: str = "") -> Unavailable:
    """Return the failure of a read that did not reach the vendor; `cause` is a clause."""
    return Unavailable(unreached(cause), cause=cause, advice=advice, code=code)


def _status_of(error: httpx.ProxyError) -> int:
    """Return the status with which a proxy refused; the library has it in its text alone."""
    found = re.match(r"[0-9]{3}\b", str(error))
    return int(found[0]) if found else 0


def _rejected_by_proxy() -> ConfigError:
    return ConfigError(
        "The proxy does not take the name and password of net.proxy_auth_file",
        advice="Correct that file and start again. Until then nothing more is sent, unless r is"
        " pressed: the proxy could lock the account.",
        code="HTTP_407",
    )


def _bad_reply(error: Exception, read: Reading, who: str) -> BadReply | None:
    """Return what an answer that had begun, or was no HTTP at all, is worth; `who` gave it."""
    if read.answering and isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
        return BadReply("The vendor's answer was cut short", request_id=read.request_id)
    # The library has no other mark for "closed without a word" than its text.
    silent = str(error).startswith("Server disconnected")
    if isinstance(error, httpx.RemoteProtocolError) and not silent:
        return BadReply(f"{who} does not speak HTTP")
    return None
