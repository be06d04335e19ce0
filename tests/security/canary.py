"""A key and cards that are easy to find again, a vendor that hands them out, and the search."""

import asyncio
import base64
import os
import shlex
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from services.sandbox import Fault, Sandbox
from services.sandbox.state import OrderRecord
from tests.terminal.conftest import Terminal

KEY = "canary-key-Zq7vX2pL9wR4tB8n"
CARD = "CANARY-CODE"
SERIAL = "CANARY-SERIAL"
CARDS = 2
DRAWN = {"▀".encode()}
"""Upper half blocks, which big letters and QR codes have and nothing else here: a terminal is sent
only the cells that differ, so that no longer piece of a drawn code is sure to be whole."""

DRAWN_IN_FILE = {"▀▀".encode()}
"""A file would hold a piece of it; one block alone also comes by chance among random bytes."""

PROGRAM = """
import sys
from services.system.process import harden
harden()
breaking = sys.argv.pop(1)
exec(breaking)
from tui.__main__ import main
sys.exit(main())
"""


def forms(text: str) -> set[bytes]:
    """Every way in which a secret could be written down."""
    raw = text.encode()
    whole = {raw, raw.hex().encode(), text.encode("utf-16-le"), quote(text, safe="").encode()}
    # Base64 depends on what comes before: three alignments, without their uncertain ends.
    return whole | {base64.b64encode(b"." * shift + raw)[4:-4] for shift in range(3)}


def hits(data: bytes, drawn: Collection[bytes] = DRAWN) -> list[bytes]:
    """Return every canary in it, in whatever form."""
    written = [form for text in (KEY, CARD, SERIAL) for form in forms(text)]
    return [form for form in (*written, *drawn) if form in data]


def files_that_tell(folder: Path) -> list[str]:
    """Return every file under a folder that holds a canary, in its content or its name."""
    return [
        f"{path}: {found}"
        for path in sorted(folder.rglob("*"))
        if (found := hits(str(path.relative_to(folder)).encode()))
        or (path.is_file() and (found := hits(path.read_bytes(), DRAWN_IN_FILE)))
    ]


def log_of(folder: Path) -> str:
    """Return the one log under a folder."""
    (log,) = folder.rglob("carddesk.log")
    return log.read_text("utf-8")


class Vendor:
    """The embedded vendor on a loop of its own, so that a test may wait for a terminal."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.box = Sandbox(key=KEY, moving=False, handling_seconds=(0, 0))
        self.url = self._do(self.box.start())
        # Each card has a pin, an address and more, with the canaries in them.
        self.box.faults.add(Fault.parse("shape:card-fields"))
        product = next(product for product in self.box.products if product.enabled)
        self.shelf = (product.id, product.types[0].id)
        self.box.set_stock(product.types[0].id, 50)
        self.order_id = self._do(self._sold())

    def close(self) -> None:
        self._do(self.box.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _sold(self) -> str:
        order_id = self.box.foreign_order(*self.shelf, CARDS)
        self.box.finish(order_id)
        return order_id

    def _do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    def cards(order: OrderRecord) -> tuple[tuple[str, str], ...]:
        return tuple((f"{CARD}-{n}", f"{SERIAL}-{n}") for n in range(order.fulfilled_quantity))

    monkeypatch.setattr(OrderRecord, "cards", property(cards))
    vendor = Vendor()
    yield vendor
    vendor.close()


@pytest.fixture
def home(tmp_path: Path, vendor: Vendor) -> dict[str, str]:
    """A user whose home, temporary and working folders can be searched to the last byte."""
    for name in ("tmp", "work"):
        (tmp_path / name).mkdir()
    return {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "TMPDIR": str(tmp_path / "tmp"),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "CARDDESK_OPERATOR": "amina",
        "CARDDESK_NET_MAX_REQUESTS_PER_SECOND": "50",
        "CARDDESK_NET_MAX_REQUESTS_PER_MINUTE": "6000",
        "CARDDESK_BASE_URL": vendor.url,
        "CARDDESK_API_KEY": KEY,
        "CARDDESK_ENVIRONMENT": "sandbox",
        "CARDDESK_ACCOUNT_EXCLUSIVE": "true",
    }


Start = Callable[..., Terminal]


@pytest.fixture
def start(home: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Start the console in a terminal, some statements of Python having been run before.

    `streams` is what a shell is given to lead its streams elsewhere, `2>FILE`.
    """
    opened: list[Terminal] = []
    before = Path.cwd()

    def started(breaking: str = "", *, streams: str = "", **environ: str) -> Terminal:
        os.chdir(tmp_path / "work")
        command = [sys.executable, "-c", PROGRAM, breaking]
        if streams:
            command = ["sh", "-c", f"exec {shlex.join(command)} {streams}"]
        opened.append(Terminal(command, home | environ, (100, 30), trip=0.0))
        return opened[-1]

    yield started
    os.chdir(before)
    for terminal in opened:
        terminal.close()
