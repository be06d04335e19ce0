"""The command line against a real vendor on the loopback, in an empty home."""

import io
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from services.sandbox import DEMO_KEY, Sandbox
from tui.cli.main import run

ROOT = Path(__file__).parents[2]


class Outcome(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


class Shelf(NamedTuple):
    """Something the vendor has plenty of."""

    product_id: str
    type_id: str
    price: Decimal


Carddesk = Callable[..., Awaitable[Outcome]]


@pytest.fixture
def handling() -> tuple[float, float]:
    """Seconds until an order is final: none, unless a test is about waiting."""
    return 0, 0


@pytest.fixture
async def vendor(handling: tuple[float, float]) -> AsyncIterator[Sandbox]:
    async with Sandbox(moving=False, handling_seconds=handling) as sandbox:
        yield sandbox


@pytest.fixture
def shelf(vendor: Sandbox) -> Shelf:
    product = next(p for p in vendor.products if p.enabled)
    kind = product.types[0]
    vendor.set_stock(kind.id, 50)
    vendor.set_price(kind.id, Decimal("980.50"))
    return Shelf(product.id, kind.id, Decimal("980.50"))


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The variables of a user who has nothing yet."""
    return {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
    }


@pytest.fixture
def environ(home: dict[str, str], vendor: Sandbox) -> dict[str, str]:
    """The variables of a user who works on the vendor of the test."""
    return home | {
        "CARDDESK_BASE_URL": vendor.url,
        "CARDDESK_API_KEY": DEMO_KEY,
        "CARDDESK_ENVIRONMENT": "sandbox",
        "CARDDESK_ACCOUNT_EXCLUSIVE": "true",
        "CARDDESK_NET_MAX_REQUESTS_PER_MINUTE": "6000",
        "CARDDESK_OPERATOR": "amina",
    }


async def in_process(environ: dict[str, str], *argv: str) -> Outcome:
    stdout, stderr = io.StringIO(), io.StringIO()
    code = await run(argv, environ, stdout, stderr)
    assert "Traceback" not in stderr.getvalue()
    return Outcome(code, stdout.getvalue(), stderr.getvalue())


@pytest.fixture
def carddesk(environ: dict[str, str], impatient: None) -> Carddesk:
    """Run a command in this process; keyword arguments are further variables."""

    async def command(*argv: str, **variables: str) -> Outcome:
        return await in_process(environ | variables, *argv)

    return command


@pytest.fixture
def fresh(home: dict[str, str]) -> Carddesk:
    """Run a command as a user who has neither settings nor key."""

    async def command(*argv: str, **variables: str) -> Outcome:
        return await in_process(home | variables, *argv)

    return command


@pytest.fixture
def command_line() -> list[str]:
    """What starts carddesk as a process of its own, from the root of the project."""
    return [sys.executable, "-W", "ignore", "-m", "tui"]


@pytest.fixture
def root() -> Path:
    return ROOT
