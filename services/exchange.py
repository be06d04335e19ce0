"""The one door to HTTP: connections, the exchange of a request for a whole answer, and what broke.

Reads share a pool of kept-alive connections. A purchase gets a connection of its own and is sent
once.
"""

import asyncio
import importlib.util
import logging
import ssl
import sys
from collections.abc import Generator, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from services.envelope import Answer
from services.errors import BadReply, DeskError, Unavailable
from services.placing import Sending
from services.reading import Reading
from services.secrets import Secret
from services.troubles import unreachable
from services.verdict import LARGEST_REPLY, Attempt

LARGEST_READ = 8 * 1024 * 1024
READ_TIMEOUT = httpx.Timeout(connect=10, write=10, read=15, pool=10)
PLACE_TIMEOUT = httpx.Timeout(connect=10, write=10, read=45, pool=10)
READ_LIMITS = httpx.Limits(max_connections=6, max_keepalive_connections=4, keepalive_expiry=30)
PLACE_LIMITS = httpx.Limits(max_connections=1, max_keepalive_connections=0)
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "carddesk"}

# Both would write addresses of orders, and at DEBUG headers, into whatever log is open.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

# httpcore tries to import sniffio for every lock that it makes, some five times a request, and
# looks through all of sys.path each time where it is not installed. None tells it at once.
if "sniffio" not in sys.modules and importlib.util.find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]


class _KeyAuth(httpx.Auth):
    """Puts the key on a request as it leaves, so that no client or default header holds it."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["X-Access-Token"] = self._key.reveal()
        yield request


class Exchange:
    """The connections to the vendor. Nothing is opened before the first request.

    Args:
        base_url: where the API stands, `https://host/v3`.
        key: the API key.
        proxy: `http://host:port`, or empty to connect directly.
        read_deadline: seconds that one attempt of a read may take in all.
    """

    def __init__(self, base_url: str, key: Secret, proxy: str, read_deadline: float) -> None:
        self._base_url = base_url
        self._key = key
        self._auth = _KeyAuth(key)
        self._proxy = proxy
        self._read_deadline = read_deadline
        self._reader: httpx.AsyncClient | None = None
        self._tls: ssl.SSLContext | None = None

    async def aclose(self) -> None:
        """Close the connections of the reads; a purchase under way keeps its own."""
        reader, self._reader = self._reader, None
        if reader is not None:
            await reader.aclose()

    def trouble(self, error: Exception) -> str:
        """Say as a sentence why a request broke."""
        return _trouble(error)

    async def post(self, path: str, content: bytes, watch: Sending, attempt: Attempt) -> None:
        """Exchange one purchase on a fresh connection, noting what is known in `attempt`.

        Raises:
            Exception: whatever broke; `attempt` knows how far it came.
        """
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
            async for chunk in response.aiter_raw():
                attempt.body += chunk
                if len(attempt.body) > LARGEST_REPLY:
                    return
            attempt.body = self._without_key(attempt.status, attempt.body)

    async def get(self, path: str, params: Mapping[str, str], *, signed: bool) -> Answer:
        """Exchange one GET; a kept-alive connection that had been closed is replaced at once.

        Raises:
            Unavailable: there was no answer.
            BadReply: the answer was cut short, was too large, or no HTTP.
        """
        url = f"{self._base_url}/{path}"
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
