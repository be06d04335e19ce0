"""A defect at each place of console and commands, a card and the key in its hands: who is told?"""

import asyncio
import base64
import contextlib
import io
import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from msgspec.structs import replace

from proof.ground import paths_in
from proof.leak_points import of_the_commands, of_the_console
from proof.walk import Walk
from services import logs
from services.clock import SystemClock
from services.desk import Desk
from services.handed import FOLDER
from services.lock_pin import LockPin
from services.sandbox import Sandbox
from services.sandbox.records import OrderRecord
from services.secrets import Secret, redaction
from services.settings import load, sandbox_settings
from tui import cli
from tui.app import ConsoleApp
from tui.keymap import Keymap
from tui.screens.base import Frame

KEY, CARD, SERIAL = "canary-key-Zq7vX2pL9wR4tB8n", "CANARY-CODE", "CANARY-SERIAL"

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("catalog", "--refresh"), ("stock", "{product}"), ("balance",), ("money",), ("transactions",),
    ("orders",), ("orders", "--unresolved"), ("orders", "--unclaimed"), ("orders", "--undelivered"),
    ("find", "today"), ("order", "{order}", "--story"), ("order", "{order}", "--reveal"),
    ("order", "{order}", "--reveal", "--json"), ("resolve",), ("audit", "--verify"), ("doctor",),
    ("buy", "{product}", "{type}", "1", "--yes", "--wait", "--reveal"),
    ("buy", "{product}", "{type}", "1"), ("delivered", "{order}"), ("note", "{order}", "for karim"),
    ("acknowledge", "{order}"), ("handed",), ("config", "show"), ("config", "path"),
    ("config", "profiles"), ("export", "orders", "--output", "-"), ("completion", "bash"),
    ("export", "orders", "--yes-with-codes", "--output", "-"), ("mark",),
)  # fmt: skip


class Tally(NamedTuple):
    """What came of it: places that were broken, those never reached by name, and who was told."""

    places: int
    missed: list[str]
    complaints: list[str]

    @property
    def reached(self) -> int:
        """How many places broke while a person walked through all there is."""
        return self.places - len(self.missed)


def forms(text: str) -> set[bytes]:
    """Return every way in which a secret could be written down."""
    raw = text.encode()
    whole = {raw, raw.hex().encode(), text.encode("utf-16-le"), quote(text, safe="").encode()}
    return whole | {base64.b64encode(b"." * shift + raw)[4:-4] for shift in range(3)}


def hits(data: bytes, *texts: str) -> list[bytes]:
    """Return the canaries in it, in whatever form."""
    return [form for text in texts or (KEY, CARD, SERIAL) for form in forms(text) if form in data]


def run(every: int = 1) -> Tally:
    """Break each place, or only each `every`-th one, and search what is left behind."""
    return asyncio.run(_run(every))


async def _run(every: int) -> Tally:
    before = OrderRecord.cards
    OrderRecord.cards = property(  # type: ignore[assignment]
        lambda order: tuple(
            (f"{CARD}-{n}", f"{SERIAL}-{n}") for n in range(order.fulfilled_quantity)
        )
    )
    # The last filter would mask the key; here only the guards before it are judged.
    known, redaction._known = redaction._known, set()
    points = [*of_the_console()[::every], *of_the_commands()[::every]]
    missed, complaints = list[str](), list[str]()
    try:
        for point in points:
            with tempfile.TemporaryDirectory() as home:
                broke = Broken()
                work = _command if point.kind == "command" else _console
                with point.broken(broke):
                    said = await work(Path(home), broke)
                missed += [] if broke.times else [str(point)]
                complaints += [f"{point}: {told}" for told in (*said, *_files(Path(home)))]
    finally:
        OrderRecord.cards = before  # type: ignore[method-assign]
        redaction._known = known
    return Tally(len(points), missed, complaints)


class Broken:
    """The defect: raises once something was asked of it, and counts."""

    def __init__(self) -> None:
        self.times = 0
        self.armed = False

    def __call__(self, held: object) -> None:
        if self.armed:
            self.times += 1
            raise RuntimeError(f"{KEY} {CARD}-0 {SERIAL}-0", held)


@contextlib.asynccontextmanager
async def _vendor() -> AsyncIterator[tuple[Sandbox, dict[str, str]]]:
    async with Sandbox(key=KEY, moving=False, handling_seconds=(0, 0)) as box:
        product = next(product for product in box.products if product.enabled)
        kind = product.types[0].id
        box.set_stock(kind, 50)
        order = box.foreign_order(product.id, kind, 2)
        box.finish(order)
        yield box, {"product": product.id, "type": kind, "order": order}


async def _command(home: Path, broke: Broken) -> list[str]:
    broke.armed = True
    complaints: list[str] = []
    async with _vendor() as (box, names):
        environ = {
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "CARDDESK_BASE_URL": box.url,
            "CARDDESK_API_KEY": KEY,
            "CARDDESK_ENVIRONMENT": "sandbox",
            "CARDDESK_OPERATOR": "amina",
            "CARDDESK_NET_MAX_REQUESTS_PER_SECOND": "50",
        }
        for command in COMMANDS:
            words = [word.format(**names) for word in command]
            out, err = io.StringIO(), io.StringIO()
            times = broke.times
            await cli.run(words, environ, out, err)
            asked = "--reveal" in words or "--yes-with-codes" in words
            told = hits(err.getvalue().encode())
            told += hits(out.getvalue().encode(), *((KEY,) if asked else ()))
            if told:
                complaints.append(f"{' '.join(words)} told {told}")
            if broke.times > times:
                break
    return complaints


async def _console(home: Path, broke: Broken) -> list[str]:
    """Walk through every screen until it breaks; what the process would print is looked at."""
    os.environ.pop("TMUX", None)
    paths = paths_in(home)
    logs.start(paths)
    said: list[str] = []
    try:
        async with _vendor() as (box, _):
            base = sandbox_settings(load(paths, {}, sandbox=True), box.url)
            # Others buy on it too: what was not answered waits for a person.
            profile = replace(base.profile, account_exclusive=False)
            net = replace(base.net, max_requests_per_second=50)
            settings = replace(base, profile=profile, net=net)
            clock = SystemClock()
            desk = Desk(settings, Secret(KEY), paths, operator="amina", clock=clock)
            async with desk:
                pin = LockPin(paths.state_dir, "amina", clock)
                frame = Frame(settings, Keymap("qwerty", {}), False, pin, paths.state_dir)

                async def given() -> Desk:
                    return desk

                app = ConsoleApp(frame, clock, given)
                with contextlib.redirect_stderr(io.StringIO()) as err:
                    with contextlib.suppress(RuntimeError):
                        async with app.run_test(size=(100, 30)):
                            broke.armed = True
                            await Walk(app, box, lambda: broke.times > 0).all()
                    if app.crash is not None:
                        said.append(logs.crash_report(app.crash))
                said += [err.getvalue(), app.last_words]
    finally:
        logs.stop()
    told = hits("\n".join(said).encode())
    return [f"printed {told}"] if told else []


def _files(home: Path) -> Sequence[str]:
    # What was written for the customer is there to hold a card.
    return [
        f"{path.relative_to(home)} holds {found}"
        for path in sorted(home.rglob("*"))
        if path.parent.name != FOLDER and path.is_file() and (found := hits(path.read_bytes()))
    ]
