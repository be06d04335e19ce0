"""An empty journal on a server for each test, and how it is opened."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from services.journal.database import Journal
from services.journal.postgres import setup
from services.journal.postgres.session import JournalServer
from services.system.clock import SystemClock
from tests.journal.postgres.engine import journal_on
from tests.journal.postgres.server import TestServer

Opened = Callable[..., AbstractAsyncContextManager[Journal]]


@pytest.fixture
def place(postgres: TestServer, request: pytest.FixtureRequest) -> JournalServer:
    name = "t" + sha256(request.node.nodeid.encode()).hexdigest()[:16]
    server = JournalServer(postgres.parameters(), name)
    setup.prepare(server)
    return server


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    @asynccontextmanager
    async def opened(server: JournalServer, host: str = "a") -> AsyncIterator[Journal]:
        journal = journal_on(server, tmp_path / host / "a.db", SystemClock(), f"amina@{host}")
        await journal.open("account-a")
        try:
            yield journal
        finally:
            await journal.close()
            journal.consoles.end()

    return opened
