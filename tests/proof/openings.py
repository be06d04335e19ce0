"""Consoles and commands that open beside buying consoles, thousands of times.

Two processes buy without pause on one journal; the others open it again and again. Nothing that
is committed meanwhile may look like damage, be left out of a board, or keep a purchase from being
written.
"""

import asyncio
import contextlib
import io
import itertools
import os
import re
import select
import sys
import tempfile
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import msgspec
from msgspec import Struct

from services.desk import desk
from services.desk.desk import Desk
from services.domain.errors import DeskError
from services.domain.secrets import Secret
from services.journal.location import damaged_copies
from services.sandbox import DEMO_KEY, Sandbox
from services.system.clock import SystemClock
from services.system.paths import Paths
from tests.proof.ground import PLENTY, Goods, settings_for, stocked
from tests.proof.judge import rows
from tui.cli.main import run as carddesk

ROOT = Path(__file__).parents[2]
BUYERS = 2
DONE = frozenset({0})
WHOLE = 10
"""After so many openings a console checks the whole journal, as `carddesk doctor` does."""
MONEY = Decimal(10**12)
PLACED = frozenset({"HANDLING", "FULFILLED", "PARTIALLY_FILLED", "REFUNDED"})
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("doctor",),
    ("audit", "--verify"),
    ("orders",),
    ("orders", "--undelivered"),
    ("find", "proof"),
    ("resolve",),
    ("balance",),
)

ENDS: dict[tuple[str, ...], frozenset[int]] = {("resolve",): frozenset({0, 4})}
"""What else a command may end with: a purchase that a living console is sending is not settled."""


class Word(Struct):
    """What a process says of what it did: how often, and what was wrong, each a sentence."""

    done: int = 0
    wrong: list[str] = []


class Tally(Struct):
    """What the openings came to."""

    consoles: int = 0
    commands: int = 0
    purchases: int = 0
    complaints: list[str] = []


def run(consoles: int, commands: int, rounds: int = 1) -> Tally:
    """Open so many consoles and commands beside processes that buy, and judge the journal.

    Args:
        consoles: how many a round.
        commands: how many a round.
        rounds: how often, each with a journal of its own.
    """
    whole = Tally()
    for number in range(rounds):
        tally = asyncio.run(_run(consoles, commands))
        whole.consoles += tally.consoles
        whole.commands += tally.commands
        whole.purchases += tally.purchases
        whole.complaints += [f"round {number + 1}: {each}" for each in tally.complaints]
    return whole


async def _run(consoles: int, commands: int) -> Tally:
    with tempfile.TemporaryDirectory(prefix="carddesk-openings-") as folder:
        home = Path(folder)
        vendor = Sandbox(
            environment="PRODUCTION", moving=False, balance=MONEY, handling_seconds=(0, 0)
        )
        async with vendor, contextlib.AsyncExitStack() as stack:

            async def process(role: str, *what: object) -> asyncio.subprocess.Process:
                return await stack.enter_async_context(_process(role, home, vendor.url, *what))

            buyers = [await process("buy", *goods) for goods in stocked(vendor, BUYERS)]
            for buyer in buyers:
                # It says when its first purchase is written: from then on it buys.
                await _line(buyer)
            openers = [await process("console", consoles), await process("command", commands)]
            opened = [await _line(opener) for opener in openers]
            for buyer in buyers:
                assert buyer.stdin is not None
                buyer.stdin.close()
            bought = [await _line(buyer) for buyer in buyers]
            last = await _line(await process("console", 1))
        return Tally(
            opened[0].done,
            opened[1].done,
            sum(word.done for word in bought),
            [wrong for word in (*opened, *bought, last) for wrong in word.wrong]
            + _judged(vendor, home),
        )


def _judged(vendor: Sandbox, home: Path) -> list[str]:
    """Compare the journal's file with the vendor's own ledger."""
    state = _paths(home).state_dir
    found = [
        f"{copy.name} was moved aside"
        for path in state.glob("*.db")
        for copy in damaged_copies(path)
    ]
    ours = {row.order_id for row in rows(state) if row.order_id}
    theirs = {post.order_id for post in vendor.posts if post.order_id}
    if ours != theirs:
        found.append(f"{len(theirs - ours)} orders are lost, {len(ours - theirs)} are invented")
    return found


@contextlib.asynccontextmanager
async def _process(
    role: str, home: Path, url: str, *what: object
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.proof.openings", role, str(home), url, *map(str, what),
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None and process.stdin is not None:
            process.stdin.close()
        await process.wait()


async def _line(process: asyncio.subprocess.Process) -> Word:
    assert process.stdout is not None
    line = await process.stdout.readline()
    return msgspec.json.decode(line, type=Word) if line else Word(0, ["a process died"])


# What the processes do.


def _environ(home: Path, url: str) -> dict[str, str]:
    return {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        "CARDDESK_BASE_URL": url,
        "CARDDESK_API_KEY": DEMO_KEY,
        "CARDDESK_ENVIRONMENT": "production",
        "CARDDESK_ACCOUNT_EXCLUSIVE": "true",
        "CARDDESK_NET_MAX_REQUESTS_PER_SECOND": "50",
        "CARDDESK_NET_MAX_REQUESTS_PER_MINUTE": "6000",
        "CARDDESK_OPERATOR": "karim",
    }


def _paths(home: Path) -> Paths:
    return Paths.default(_environ(home, ""))


def _desk(home: Path, url: str) -> Desk:
    settings = settings_for(home, url)
    return Desk(settings, Secret(DEMO_KEY), _paths(home), operator="amina", clock=SystemClock())


async def _buying(home: Path, url: str, goods: Goods) -> Word:
    """Buy until the input is closed; each purchase is several commits."""
    word = Word()
    async with _desk(home, url) as console:
        await console.ready()
        while not select.select([sys.stdin], [], [], 0)[0]:
            try:
                purchase = await console.buy(await console.quote(*goods), note="proof")
            except DeskError as failure:
                word.wrong.append(f"a purchase was refused: {failure.sentence()}")
                break
            if purchase.state.value not in PLACED:
                word.wrong.append(f"{purchase.id} is {purchase.state}")
            word.done += 1
            if word.done == 1:
                _say(Word())
    return word


async def _consoles(home: Path, url: str, count: int) -> Word:
    """Open a console, see whether it may buy and shows what is written, and leave."""
    word = Word()
    state = _paths(home).state_dir
    for _ in range(count):
        before = _placed(state)
        try:
            async with _desk(home, url) as console:
                await console.ready()
                if not console.book.info.can_buy:
                    word.wrong.append(f"console: {console.book.info.why_not}")
                word.wrong += await _differences(console, before, state)
                if not word.done % WHOLE and (wrong := await console.journal.verify()):
                    word.wrong.append(f"console: {wrong}")
        except DeskError as failure:
            word.wrong.append(f"console: {failure.sentence()}")
        word.done += 1
    return word


async def _differences(console: Desk, before: set[str], state: Path) -> list[str]:
    """Compare the board of a start, and then of a moment later, with the journal's file."""
    found: list[str] = []
    account = console._opening.opened()
    shown = {row.purchase_id for row in console.book.orders}
    if missing := before - shown:
        found.append(f"console: {len(missing)} purchases are not on the board of the start")
    since = _placed(state)
    if await account.journal.changed_elsewhere() != account.board._version:
        await account.board._take_changes()
    if missing := since - {row.purchase_id for row in console.book.orders}:
        found.append(f"console: {len(missing)} purchases are not on the board a moment later")
    if since:
        timeline = await console.support.timeline(max(since), ask=False)
        if timeline.row.state == "INTENT":
            found.append("console: the timeline of a placed purchase is of before")
    return found


def _placed(state: Path) -> set[str]:
    return {row.id for row in rows(state) if row.state in PLACED}


async def _commands(home: Path, url: str, count: int) -> Word:
    """Run one command after the other."""
    word = Word()
    # Any limit a person may set is used up by the buyers.
    desk.PER_MINUTE["production"] = PLENTY
    for argv in itertools.islice(itertools.cycle(COMMANDS), count):
        out, said = io.StringIO(), io.StringIO()
        code = await carddesk(argv, _environ(home, url), out, said)
        lines = [*out.getvalue().splitlines(), *said.getvalue().splitlines()]
        odd = [line for line in lines if re.search(r"damaged|locked|\bfail", line)]
        if odd or code not in ENDS.get(argv, DONE):
            word.wrong.append(f"carddesk {' '.join(argv)} ended with {code}: {odd or lines[-1:]}")
        word.done += 1
    return word


def _say(word: Word) -> None:
    os.write(1, msgspec.json.encode(word) + b"\n")


def main(role: str, home: str, url: str, *what: str) -> None:
    """Be one of the processes."""
    place = Path(home)
    if role == "buy":
        _say(asyncio.run(_buying(place, url, Goods(what[0], what[1], int(what[2])))))
    elif role == "console":
        _say(asyncio.run(_consoles(place, url, int(what[0]))))
    else:
        _say(asyncio.run(_commands(place, url, int(what[0]))))


if __name__ == "__main__":
    main(*sys.argv[1:])
