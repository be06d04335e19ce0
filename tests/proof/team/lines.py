"""A whole purchase whose line to the journal's server ends at each message in turn."""

import asyncio
import contextlib
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from services.desk.desk import Desk
from services.domain.errors import DeskError
from services.domain.models import PurchaseState
from services.journal.postgres import session
from services.sandbox import Sandbox
from tests.journal.postgres.server import TestServer
from tests.proof import child_task, judge
from tests.proof.child_task import ChildTask, ShownStates
from tests.proof.ground import Goods, SharedClock, stocked
from tests.proof.team import ground
from tests.proof.team.message_relay import LinePoint, MessageRelay, Way

How = Callable[[TestServer, MessageRelay], bool]
"""What happens at the message; tells whether the message passes."""


def ends(_: TestServer, __: MessageRelay) -> bool:
    """End that one line."""
    return False


def stays_away(_: TestServer, relay: MessageRelay) -> bool:
    """End all lines, and let none through until the purchase is over."""
    relay.away = True
    relay.hang_up()
    return False


def falls_silent(_: TestServer, relay: MessageRelay) -> bool:
    """Let nothing more pass on that line, which stays open."""
    relay.silent = True
    return False


def dies(server: TestServer, _: MessageRelay) -> bool:
    """Kill the server as a power cut does, and start it again."""
    with RESTARTING:
        server.stop("immediate")
        server.start()
    return False


def dies_after(server: TestServer, relay: MessageRelay) -> bool:
    """The same, while the message reaches the server."""
    begun = threading.Event()

    def die() -> None:
        with RESTARTING:
            begun.set()
            server.stop("immediate")
            server.start()

    threading.Thread(target=die, daemon=True).start()
    begun.wait()
    return True


RESTARTING = threading.Lock()
HOWS: tuple[How, ...] = (ends, falls_silent, stays_away)
PATIENCE = 1.5
"""Seconds for which an answer of the server is waited for on a line that falls silent."""
WAYS: tuple[Way, ...] = ("up", "down")
COMMIT_MESSAGES = 4
"""About how many messages before its answer a COMMIT is not sent yet."""
LEAVING = b"the request is about to leave"
"""Is in the event with which a purchase becomes SENDING."""


class Ending(NamedTuple):
    """What a case came to; `reached` is False where the purchase needed fewer messages."""

    reached: bool
    sent: bool
    said: list[str]
    commits: list[int]


class Tally(Struct):
    """What all cases came to; `up` and `down` are the messages of one purchase."""

    up: int = 0
    down: int = 0
    cases: int = 0
    commits: int = 0
    sent: int = 0
    complaints: list[str] = []


async def run(every: int = 1, hows: tuple[How, ...] = HOWS) -> Tally:
    """End the line at each `every`-th message, each way, until a purchase needs no more."""
    tally = Tally()
    with ground.running() as server:
        for how in hows:
            for way in WAYS:
                number = 1
                while (ended := await play(server, LinePoint(way, number), how)).reached:
                    setattr(tally, way, number)
                    tally.cases += 1
                    tally.sent += ended.sent
                    tally.complaints += [
                        f"{how.__name__}, {way} {number}: {it}" for it in ended.said
                    ]
                    number += every
                tally.complaints += [f"uncut: {it}" for it in ended.said]
    return tally


async def deaths(some: slice = slice(None)) -> Tally:
    """Kill the server before, inside and after each commit, or some, and start it again."""
    tally = Tally()
    with ground.running() as server:
        whole = await play(server, LinePoint("up", 0), ends)
        tally.commits = len(whole.commits[some])
        for number, up in [*enumerate(whole.commits, 1)][some]:
            before = LinePoint("up", up - COMMIT_MESSAGES), dies
            inside = LinePoint("up", up), dies_after
            after = LinePoint("committed", number), dies
            for point, how in (before, inside, after):
                ended = await play(server, point, how)
                tally.cases += ended.reached
                tally.sent += ended.sent
                tally.complaints += [f"{how.__name__} at {point}: {it}" for it in ended.said]
    return tally


async def play(server: TestServer, cut: LinePoint, how: How) -> Ending:
    """Buy while the line ends at a message, heal it, settle everything, and be judged."""
    name = ground.empty_journal(server)
    with tempfile.TemporaryDirectory(prefix="carddesk-lines-") as folder:
        home = Path(folder)
        clock, vendors = SharedClock(home / "clock"), SharedClock(home / "clock", leaps=False)
        vendor = Sandbox(
            clock=vendors, environment="PRODUCTION", moving=False, handling_seconds=(0, 0)
        )
        async with vendor:
            [goods] = stocked(vendor)
            reached: list[bool] = []
            with MessageRelay(server.port) as relay, ground.server_time(vendors):
                task = ChildTask("settle", vendor.url, folder, goods)
                async with ground.host(home / "desk", vendor.url, relay.port, name, clock) as desk:
                    await desk.ready()
                    relay.count({cut: lambda: reached.append(True) or how(server, relay)})
                    with _impatient() if how is falls_silent else contextlib.nullcontext():
                        await _buy(desk, goods)
                    said = _sent_unknown(relay, vendor)
                    commits = list(relay.commits)
                    await asyncio.to_thread(_restarted)
                    relay.heal()
                said += await _settle(home, task, relay, name, clock, vendor)
                held = ground.purchases(server.parameters(dbname=name))
                shown = judge.observations(home / "shown")
                said += judge.judge(vendor, home / "desk", shown, held).all()
            sent = bool(vendor.posts)
        clock.close()
        vendors.close()
    ground.discard(server, name)
    return Ending(bool(reached), sent, said, commits)


@contextlib.contextmanager
def _impatient() -> Iterator[None]:
    real = session.ANSWER_SECONDS
    session.ANSWER_SECONDS = PATIENCE
    try:
        yield
    finally:
        session.ANSWER_SECONDS = real


def _restarted() -> None:
    with RESTARTING:
        return


async def _buy(desk: Desk, goods: Goods) -> None:
    """Buy and wait for the cards, as far as the line lets it."""
    with contextlib.suppress(DeskError):
        purchase = await desk.buy(await desk.quote(*goods), note="proof")
        if purchase.state is PurchaseState.HANDLING:
            await desk.wait_final(purchase.id, 60)


def _sent_unknown(relay: MessageRelay, vendor: Sandbox) -> list[str]:
    if LEAVING in relay.unanswered and vendor.posts:
        return ["it was sent although the server had not said that SENDING is committed"]
    return []


async def _settle(
    home: Path, task: ChildTask, relay: MessageRelay, name: str, clock: SharedClock, vendor: Sandbox
) -> list[str]:
    """Start again, settle, and watch for a day, as the operator who comes back does."""
    task = replace(task, ours=tuple(post.order_id for post in vendor.posts if post.order_id))
    async with ground.host(home / "desk", vendor.url, relay.port, name, clock) as desk:
        await desk.ready()
        await child_task.settle(desk, task, clock, ShownStates(home / "shown"))
        return await ground.broken_chain(desk._opening.opened().journal)
