"""A defect wherever console or commands hold a card and the key: it leaves no trace of them."""

import asyncio
import base64
import contextlib
import io
import os
import shlex
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from msgspec.structs import replace

from services.desk.desk import Desk
from services.domain.secrets import Secret, redaction
from services.local_files.lock_pin import LockPin
from services.local_files.receipt_files import FOLDER
from services.sandbox import Sandbox
from services.sandbox.state import OrderRecord
from services.settings.load import load, sandbox_settings
from services.system import logs
from services.system.clock import SystemClock
from tests.proof.ground import paths_in
from tests.proof.leak_points import of_the_commands, of_the_console
from tests.proof.screen import Terminal, environment
from tests.proof.walk import Walk
from tui.actions.keymap import Keymap
from tui.cli import main
from tui.console.app import ConsoleApp
from tui.screens.base import ConsoleContext

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


STREAMS = ("2>{home}/errors", "2>>{home}/errors", "2>/dev/null", "2>&-", "2>&1")
"""Where a shell may lead a console's stderr while cards are shown on the terminal."""


class Tally(NamedTuple):
    """Places that were broken, those never reached by name, and what was reported."""

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
                complaints += [f"{point}: {leak}" for leak in (*said, *_files(Path(home)))]
        for streams in STREAMS[:: 1 if every == 1 else len(STREAMS)]:
            with tempfile.TemporaryDirectory() as home:
                said = await _led_elsewhere(Path(home), streams.format(home=home))
                complaints += [f"{streams}: {leak}" for leak in (*said, *_files(Path(home)))]
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


def _account(home: Path, box: Sandbox) -> dict[str, str]:
    return environment(home) | {
        "CARDDESK_BASE_URL": box.url,
        "CARDDESK_API_KEY": KEY,
        "CARDDESK_ENVIRONMENT": "sandbox",
        "CARDDESK_NET_MAX_REQUESTS_PER_SECOND": "50",
        "CARDDESK_NET_MAX_REQUESTS_PER_MINUTE": "6000",
    }


async def _led_elsewhere(home: Path, streams: str) -> list[str]:
    """Reveal, suspend and leave a real console whose stderr a shell led elsewhere."""
    async with _vendor() as (box, _):
        return await asyncio.to_thread(_revealed, _account(home, box), streams)


def _revealed(environ: dict[str, str], streams: str) -> list[str]:
    carddesk = shlex.quote(str(Path(sys.executable).with_name("carddesk")))
    desk = Terminal(["sh", "-c", f"exec {carddesk} {streams}"], environ, (100, 30), 0.0)
    try:
        desk.wait_for("✓ other desk")
        desk.press("3", "enter")
        desk.wait_for("•••• ••••")
        desk.press("v")
        desk.wait_for(f"{CARD}-0")
        desk.press("\x1a")
        desk.wait_for("Press enter to go on")
        hidden = len(desk.bytes)
        desk.press("enter")
        desk.wait_for("•••• ••••")
        desk.press("ctrl+q")
        code = desk.exit_code()
        found = hits(desk.bytes[hidden:])
    finally:
        desk.close()
    return [
        *([f"ended with {code}"] if code else []),
        *([f"drew {found} after it was suspended"] if found else []),
    ]


async def _command(home: Path, broke: Broken) -> list[str]:
    broke.armed = True
    complaints: list[str] = []
    async with _vendor() as (box, names):
        environ = _account(home, box)
        for command in COMMANDS:
            words = [word.format(**names) for word in command]
            out, err = io.StringIO(), io.StringIO()
            times = broke.times
            await main.run(words, environ, out, err)
            asked = "--reveal" in words or "--yes-with-codes" in words
            found = hits(err.getvalue().encode())
            found += hits(out.getvalue().encode(), *((KEY,) if asked else ()))
            if found:
                complaints.append(f"{' '.join(words)} printed {found}")
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
            net = replace(base.net, max_requests_per_second=50, max_requests_per_minute=6_000)
            settings = replace(base, profile=profile, net=net)
            clock = SystemClock()
            desk = Desk(settings, Secret(KEY), paths, operator="amina", clock=clock)
            async with desk:
                pin = LockPin(paths.state_dir, "amina", clock)
                context = ConsoleContext(
                    settings, Keymap("qwerty", {}), False, pin, paths.state_dir, clock=clock
                )

                async def given() -> Desk:
                    return desk

                app = ConsoleApp(context, given)
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
    found = hits("\n".join(said).encode())
    return [f"printed {found}"] if found else []


def _files(home: Path) -> Sequence[str]:
    # What was written for the customer is there to hold a card.
    return [
        f"{path.relative_to(home)} holds {found}"
        for path in sorted(home.rglob("*"))
        if path.parent.name != FOLDER and path.is_file() and (found := hits(path.read_bytes()))
    ]
