"""A vendor that says byte for byte what a test wants, a clock that waits for nothing, a client."""

import asyncio
import contextlib
import json
import random
import socket
import struct
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.domain.secrets import Secret
from services.sandbox import DEMO_KEY, Sandbox
from services.vendor.client import VendorClient

KEY = "test-key-4b0c77d2e91a"
NOW = datetime(2025, 10, 29, 1, 0, tzinfo=UTC)


class HandClock:
    """Time that moves only when a test, or a sleep, moves it."""

    def __init__(self) -> None:
        self.time = NOW
        self.seconds = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    def steady(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_by(seconds)
        await asyncio.sleep(0)

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds
        self.time += timedelta(seconds=seconds)


@dataclass
class Request:
    connection: int
    head: str
    body: bytes

    @property
    def line(self) -> str:
        return self.head.split("\r\n", 1)[0]

    def header(self, name: str) -> str | None:
        for line in self.head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return None


@dataclass
class Script:
    """One answer: raw bytes, and what becomes of the connection after them."""

    raw: bytes
    then: str = "keep"


@dataclass
class RawVendor:
    """Answers each request with the next script; the last one is repeated."""

    url: str = ""
    connections: int = 0
    received: int = 0
    requests: list[Request] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    got: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    _scripts: deque[Script] = field(default_factory=deque)
    _open: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    def says(self, raw: bytes, then: str = "keep") -> None:
        self._scripts.append(Script(raw, then))

    def answers(self, status: int, body: Any, *, then: str = "keep", **headers: str) -> None:
        self.says(http(status, body, **headers), then)

    def hangs(self) -> None:
        self.says(b"", "hang")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        self.connections += 1
        number = self.connections
        try:
            while await self._exchange(number, reader, writer):
                pass
            self.ended.append("closed")
        except ConnectionResetError:
            self.ended.append("reset")
        except asyncio.IncompleteReadError:
            self.ended.append("closed")
        finally:
            self.gone.set()
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            del self._open[task]

    async def _exchange(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += await reader.readexactly(1)
            self.received += 1
        request = Request(number, head.decode("latin-1"), b"")
        length = int(request.header("content-length") or 0)
        request.body = await reader.readexactly(length)
        self.received += length
        self.requests.append(request)
        self.got.set()
        script = self._scripts[0]
        if len(self._scripts) > 1:
            self._scripts.popleft()
        writer.write(script.raw)
        await writer.drain()
        if script.then == "hang":
            await reader.readexactly(1)
        if script.then == "reset":
            connection = writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return script.then == "keep"

    async def stop(self) -> None:
        for writer in self._open.values():
            writer.transport.abort()
        await asyncio.gather(*self._open, return_exceptions=True)


def http(status: int, body: Any, **headers: str) -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


@pytest.fixture
def http_bytes() -> Callable[..., bytes]:
    return http


@pytest.fixture
def key() -> str:
    return KEY


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def raw() -> AsyncIterator[RawVendor]:
    vendor = RawVendor()
    server = await asyncio.start_server(vendor.serve, "127.0.0.1", 0)
    vendor.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v3"
    yield vendor
    server.close()
    await vendor.stop()
    await server.wait_closed()


@pytest.fixture
async def make_client(clock: HandClock) -> AsyncIterator[Callable[..., VendorClient]]:
    """Make clients that are closed when the test ends."""
    made: list[VendorClient] = []

    def make(url: str, key: str = KEY, **more: Any) -> VendorClient:
        options = {"clock": clock, "rng": random.Random(1), **more}
        made.append(VendorClient(url, Secret(key), **options))
        return made[-1]

    yield make
    for client in made:
        await client.aclose()


@pytest.fixture
async def later() -> AsyncIterator[Callable[[float], None]]:
    """Put the event loop's clock forward, which is what deadlines go by."""
    loop = asyncio.get_running_loop()
    real, ahead = loop.time, 0.0

    def put(seconds: float) -> None:
        nonlocal ahead
        ahead += seconds

    loop.time = lambda: real() + ahead
    yield put
    loop.time = real


@pytest.fixture
def client(raw: RawVendor, make_client: Callable[..., VendorClient]) -> VendorClient:
    """A client of the raw vendor."""
    return make_client(raw.url)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(moving=False) as vendor:
        yield vendor


@pytest.fixture
def desk(sandbox: Sandbox, make_client: Callable[..., VendorClient]) -> VendorClient:
    """A client of the embedded vendor."""
    return make_client(sandbox.url, DEMO_KEY)


@pytest.fixture
async def refused_url() -> AsyncIterator[str]:
    """An address without a listener, held so that none can come."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}/v3"
