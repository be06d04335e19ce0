"""The stage: an installation as a user has it, a vendor of its own, a home, a journal."""

import asyncio
import contextlib
import os
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.domain.secrets import Secret
from services.journal.database import Journal
from services.journal.orders import TrackedOrders
from services.local_files.key_identity import KeyIdentities
from services.sandbox import DEMO_KEY
from services.sandbox.state import OrderRecord
from services.system.clock import SystemClock
from services.system.paths import Paths
from tests.bench import seed
from tests.bench.tty.session import Program, Session

ROOT = Path(__file__).parents[2]
INSTALLATION = ROOT / ".bench-venv"
PYTHON = INSTALLATION / "bin" / "python"
CARDDESK = INSTALLATION / "bin" / "carddesk"
BARE = ROOT / "tests" / "bench" / "floor" / "bare.py"

DESK_READY = r"(?s)SANDBOX.*PUBG Mobile.*(other desk|ready|handling)"
"""On the screen once catalogue, status and the board from the journal are there."""

LIVE = r"SANDBOX +\d.* connected\b"
"""On the screen once the vendor has been asked about the orders."""


def install() -> None:
    """Make the environment that is measured: the locked packages of a user, no developer's tools.

    With `click` there, which some of those bring, httpx imports its command line and rich.
    """
    if CARDDESK.exists():
        return
    print("making .bench-venv ...", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(INSTALLATION)], check=True)
    pins = INSTALLATION / "constraints.txt"
    pins.write_text(_pins((ROOT / "requirements.lock").read_text("utf-8")), "utf-8")
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, "--constraint", str(pins), "-e", str(ROOT)], check=True)


def _pins(lock: str) -> str:
    """Keep the versions of a lock and drop its hashes, which an editable install cannot have."""
    lines = (line for line in lock.splitlines() if line and not line.startswith(" "))
    return "\n".join(line.rstrip("\\ ") for line in lines) + "\n"


@dataclass
class Stage:
    """A vendor's address, and a home in which nothing was done yet.

    Attributes:
        folder: everything of this stage; gone when it is left.
        url: the vendor's base URL.
        settings: further CARDDESK_ variables.
    """

    folder: Path
    url: str
    settings: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Stage":
        """Return the stage that a process was started on."""
        return cls(Path(environ["HOME"]), environ["CARDDESK_BASE_URL"])

    @property
    def environ(self) -> dict[str, str]:
        """What tells carddesk where it is, and keeps it off everything else."""
        return {
            "HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "CARDDESK_BASE_URL": self.url,
            "CARDDESK_API_KEY": DEMO_KEY,
            "CARDDESK_ENVIRONMENT": "sandbox",
            # A list of 10,000 orders takes 100 requests; a sandbox key has 60 a minute.
            "CARDDESK_NET_MAX_REQUESTS_PER_MINUTE": "6000",
            **self.settings,
        }

    @property
    def paths(self) -> Paths:
        """Where the console of this stage keeps its things."""
        return Paths.default(self.environ)

    def console(self, ready: str = LIVE, **more: Any) -> Program:
        """Return the console on this stage."""
        return Program(
            "carddesk", [str(CARDDESK)], ready, self.folder, self.environ, quit=("q",), **more
        )

    def command(self, *argv: str) -> list[str]:
        """Return the command line of a command of carddesk."""
        return [str(CARDDESK), *argv]

    def warm(self) -> None:
        """Let a command and a look at the catalogue leave behind what they leave behind."""
        for argv in (("balance",), ("catalog",)):
            environ = {"PATH": os.defpath, **self.environ}
            subprocess.run(self.command(*argv), env=environ, capture_output=True, check=True)

    @contextlib.contextmanager
    def neighbour(self, share: float, only: str = "") -> Iterator[subprocess.Popen[str]]:
        """Let another console poll, and change that share of the orders each second.

        Args:
            share: 0.01 changes one order in a hundred.
            only: the one order that changes, once for each line written to its input.
        """
        with self._beside(
            "tests.bench.neighbour", str(share), *([only] if only else [])
        ) as process:
            yield process

    @contextlib.contextmanager
    def arrivals(self, count: int) -> Iterator[Callable[[Session], None]]:
        """Let another console poll, and give what makes so many orders come.

        What is given returns when all are there; the console's terminal is read meanwhile.
        """
        with self._beside("tests.bench.arrivals", str(count)) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            asked, answers = process.stdin, process.stdout

            def hour(session: Session) -> None:
                asked.write("go\n")
                asked.flush()
                while not select.select([answers], [], [], 0)[0]:
                    session.rest(0.2)
                answers.readline()

            yield hour

    @contextlib.contextmanager
    def _beside(self, module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env={"PATH": os.defpath, **self.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield process
        finally:
            process.kill()
            process.wait()

    def seed_journal(self, orders: Sequence[OrderRecord]) -> None:
        """Put orders into the journal, as a console that polled before would have left them."""

        async def write() -> None:
            read = seed.as_orders(orders)
            async with self.journal() as journal:
                tracked = TrackedOrders(journal)
                # What a console has read before cannot be claimed.
                now = SystemClock().now()
                for start in range(0, len(read), 1000):
                    await tracked.save(read[start : start + 1000], since=now)

        asyncio.run(write())

    @contextlib.asynccontextmanager
    async def journal(self) -> AsyncIterator[Journal]:
        """Open the journal of this stage's account; the stage has to be warm."""
        paths = self.paths
        identity = KeyIdentities(paths.state_dir / "keys", Secret(DEMO_KEY), self.url).load()
        if identity is None:
            raise RuntimeError("no command has run on this stage yet")
        journal = Journal(paths.state_dir / identity.journal_name, SystemClock(), "bench")
        await journal.open(identity.account)
        try:
            yield journal
        finally:
            await journal.close()


@contextlib.contextmanager
def stage(
    orders: Sequence[OrderRecord] = (),
    *,
    handling: tuple[float, float] = (1, 10),
    journalled: bool = True,
    moving: bool = True,
    settings: dict[str, str] | None = None,
) -> Iterator[Stage]:
    """Set up a vendor with these orders in its books, and a console's home that knows it.

    Args:
        orders: what was ordered before, oldest first.
        handling: shortest and longest time (s) until a new order is final.
        journalled: whether the console's journal knows those orders too.
        moving: whether the vendor's prices and stock change by themselves.
        settings: further CARDDESK_ variables.
    """
    folder = Path(tempfile.mkdtemp(prefix="carddesk-bench-"))
    state = folder / "vendor.json"
    seed.keep(state, orders)
    argv = [sys.executable, "-m", "tests.bench.vendor", str(state), *map(str, handling)]
    argv += [] if moving else ["still"]
    vendor = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert vendor.stdout is not None
        made = Stage(folder, vendor.stdout.readline().strip(), settings or {})
        made.warm()
        if journalled:
            made.seed_journal(orders)
        yield made
    finally:
        vendor.terminate()
        vendor.wait()
        shutil.rmtree(folder, ignore_errors=True)
