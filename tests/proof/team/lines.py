"""Purchases and starts whose line to the journal's server ends at each message in turn."""

import asyncio
import contextlib
import multiprocessing
import tempfile
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from services.desk.desk import Desk
from services.domain.errors import DeskError
from services.domain.models import Baseline, PurchaseState
from services.journal.postgres import session
from services.sandbox import Fault, Sandbox
from tests.journal.postgres.server import TestServer
from tests.journal.test_database import intent
from tests.proof import child_task, judge
from tests.proof.case import vendor_at
from tests.proof.child_task import ChildTask, ShownStates
from tests.proof.ground import Goods, SharedClock, stocked
from tests.proof.team import ground
from tests.proof.team.message_relay import LinePoint, MessageRelay, Way

How = Callable[[TestServer, MessageRelay], bool]
"""What happens at the message; tells whether the message passes."""


def ends(_: TestServer, __: MessageRelay) -> bool:
    """End that one line."""
    return False


def resets(_: TestServer, relay: MessageRelay) -> bool:
    """Reset that one line: what was on its way is thrown away."""
    relay.abrupt = True
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
AT_ONCE = 6
"""How many cases run at once in the long form: what falls silent is mostly waited for."""
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


class Stage(NamedTuple):
    """What a scene plays on; what is counted are the messages from `begin` on, up to `over`."""

    desk: Callable[[], Desk]
    goods: Goods
    vendor: Sandbox
    clock: SharedClock
    begin: Callable[[], None]
    over: Callable[[], Awaitable[None]]


Scene = Callable[[Stage], Coroutine[Any, Any, None]]


async def whole(on: Stage) -> None:
    """Buy and wait for the cards, as far as the line lets it."""
    async with on.desk() as desk:
        await desk.ready()
        on.begin()
        with contextlib.suppress(DeskError):
            purchase = await desk.buy(await desk.quote(*on.goods), note="proof")
            if purchase.state is PurchaseState.HANDLING:
                await desk.wait_final(purchase.id, 60)
        await on.over()


async def purchase(on: Stage) -> None:
    """Buy alone: the check, the intent, SENDING and the outcome."""
    async with on.desk() as desk:
        await desk.ready()
        on.begin()
        with contextlib.suppress(DeskError):
            await desk.buy(await desk.quote(*on.goods), note="proof")
        await on.over()


async def start(on: Stage) -> None:
    """Start where a purchase has no answer and a console died before it sent one.

    The start gives the dead one its state, takes the polling and settles.
    """
    on.vendor.faults.add(Fault("reset", endpoint="placeOrder", phase="after"))
    async with on.desk() as desk:
        await desk.ready()
        await desk.buy(await desk.quote(*on.goods), note="proof")
        left = intent(on.clock, "left")
        await desk._opening.opened().purchases.add(left, "a console that died", Baseline())
    on.begin()
    with contextlib.suppress(DeskError):
        async with on.desk() as desk:
            await desk.ready()
            await desk._opening.opened()._lease.take()
            await desk.settlement.resolve()
    await on.over()


class Tally(Struct):
    """What all cases came to; `up` and `down` are the messages of one scene."""

    up: int = 0
    down: int = 0
    cases: int = 0
    commits: int = 0
    sent: int = 0
    complaints: list[str] = []


async def run(
    scene: Scene = whole, how: How = ends, every: int = 1, ways: Sequence[Way] = WAYS
) -> Tally:
    """End the line at each `every`-th message, each way, until a scene needs no more."""
    tally = Tally()
    with ground.running() as server:
        for way in ways:
            number = 1
            while (ended := await play(server, LinePoint(way, number), how, scene)).reached:
                setattr(tally, way, number)
                tally.cases += 1
                tally.sent += ended.sent
                tally.complaints += [
                    f"{scene.__name__}, {how.__name__}, {way} {number}: {it}" for it in ended.said
                ]
                number += every
            tally.complaints += [f"{scene.__name__}, uncut: {it}" for it in ended.said]
    return tally


async def apart(parts: Sequence[tuple[Scene, How, int]]) -> list[Tally]:
    """Run several of these, some at once, in processes and on servers of their own."""
    machinery = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(AT_ONCE, mp_context=machinery) as pool:
        loop = asyncio.get_running_loop()
        halves = [loop.run_in_executor(pool, _alone, *part, way) for part in parts for way in WAYS]
        return list(await asyncio.gather(*halves))


def _alone(scene: Scene, how: How, every: int, way: Way) -> Tally:
    return asyncio.run(run(scene, how, every, (way,)))


async def deaths(some: slice = slice(None)) -> Tally:
    """Kill the server before, inside and after each commit, or some, and start it again."""
    tally = Tally()
    with ground.running() as server:
        uncut = await play(server, LinePoint("up", 0), ends)
        tally.commits = len(uncut.commits[some])
        for number, up in [*enumerate(uncut.commits, 1)][some]:
            before = LinePoint("up", up - COMMIT_MESSAGES), dies
            inside = LinePoint("up", up), dies_after
            after = LinePoint("committed", number), dies
            for point, how in (before, inside, after):
                ended = await play(server, point, how)
                tally.cases += ended.reached
                tally.sent += ended.sent
                tally.complaints += [f"{how.__name__} at {point}: {it}" for it in ended.said]
    return tally


async def play(server: TestServer, cut: LinePoint, how: How, scene: Scene = whole) -> Ending:
    """Play while the line ends at a message, heal it, settle everything, and be judged."""
    name = ground.empty_journal(server)
    with tempfile.TemporaryDirectory(prefix="carddesk-lines-") as folder:
        home = Path(folder)
        clock, vendors = SharedClock(home / "clock"), SharedClock(home / "clock", leaps=False)
        vendor = vendor_at(vendors, "PRODUCTION")
        async with vendor:
            [goods] = stocked(vendor)
            reached: list[bool] = []
            with MessageRelay(server.port) as relay, ground.server_time(vendors):
                task = ChildTask("settle", vendor.url, folder, goods)
                said: list[str] = []
                commits: list[int] = []

                def begin(relay: MessageRelay = relay) -> None:
                    relay.count({cut: lambda: reached.append(True) or how(server, relay)})

                async def over(relay: MessageRelay = relay) -> None:
                    said.extend(_sent_unknown(relay, vendor))
                    commits.extend(relay.commits)
                    await asyncio.to_thread(_restarted)
                    relay.heal()

                at = partial(ground.host, home / "desk", vendor.url, relay.port, name, clock)
                with _impatient() if how is falls_silent else contextlib.nullcontext():
                    await scene(Stage(at, goods, vendor, clock, begin, over))
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
