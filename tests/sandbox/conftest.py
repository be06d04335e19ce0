"""A vendor on a clock that tests turn by hand, and two ways to talk to it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from services.sandbox import DEMO_KEY, Sandbox


@pytest.fixture
def clock(still: Any) -> Any:
    """The vendor's clock, which a test moves."""
    return still


@pytest.fixture
async def sandbox(clock: Any) -> AsyncIterator[Sandbox]:
    async with Sandbox(clock=clock, moving=False, handling_seconds=(5, 5)) as sandbox:
        yield sandbox


@pytest.fixture
async def account(clock: Any) -> AsyncIterator[Sandbox]:
    """A vendor that takes money."""
    async with Sandbox(
        clock=clock, moving=False, handling_seconds=(5, 5), environment="PRODUCTION"
    ) as sandbox:
        yield sandbox


@pytest.fixture
async def connect() -> AsyncIterator[Callable[..., httpx.AsyncClient]]:
    """Gives HTTP clients of a vendor; they are closed in the end."""
    clients: list[httpx.AsyncClient] = []

    def open_client(sandbox: Sandbox, key: str | None = DEMO_KEY) -> httpx.AsyncClient:
        headers = {} if key is None else {"X-Access-Token": key}
        # Loading the system's certificates for plain HTTP would be most of the tests' time.
        unused = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client = httpx.AsyncClient(
            base_url=sandbox.url, headers=headers, trust_env=False, verify=unused
        )
        clients.append(client)
        return client

    yield open_client
    for client in clients:
        await client.aclose()


@pytest.fixture
def api(sandbox: Sandbox, connect: Callable[..., httpx.AsyncClient]) -> httpx.AsyncClient:
    return connect(sandbox)


@pytest.fixture
def goods(sandbox: Sandbox) -> dict[str, Any]:
    """A placeOrder body for two cards that are in stock."""
    return in_stock(sandbox)


@pytest.fixture
def wish() -> Callable[[Sandbox], dict[str, Any]]:
    return in_stock


@pytest.fixture
async def talk() -> AsyncIterator[Callable[..., Awaitable[bytes]]]:
    """Sends raw bytes to a vendor and returns all that comes back until it closes."""
    writers: list[asyncio.StreamWriter] = []

    async def send(sandbox: Sandbox, data: bytes) -> bytes:
        parts = urlsplit(sandbox.url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writers.append(writer)
        writer.write(data)
        return await reader.read()

    yield send
    for writer in writers:
        writer.transport.abort()


def in_stock(sandbox: Sandbox) -> dict[str, Any]:
    product = next(p for p in sandbox.products if p.enabled and p.types[0].stock > 10)
    return {"productId": product.id, "typeId": product.types[0].id, "quantity": 2}
