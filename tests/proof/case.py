"""One case: a vendor with its faults, an operator whose process dies, and the judge at the end."""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from services.sandbox import Fault, Sandbox
from tests.proof import judge
from tests.proof.child_task import ChildTask
from tests.proof.ground import SharedClock, stocked
from tests.proof.judge import Verdict

ROOT = Path(__file__).parents[2]
LANES = 2


class Scene(NamedTuple):
    """The circumstances of a case.

    Attributes:
        faults: what the vendor does wrong, as `Fault.parse` reads it.
        exclusive: whether only this desk buys on the account.
        environment: PRODUCTION takes money and has a ledger to agree with.
        foreign: when somebody else buys the same: `before` our baseline, `after` our death.
        deadline: seconds the vendor has to answer.
        again: the operator buys the same once more when the first is settled.
    """

    name: str
    faults: tuple[str, ...] = ()
    exclusive: bool = True
    environment: str = "PRODUCTION"
    foreign: str = ""
    deadline: float = 5.0
    again: bool = False


class Ending(NamedTuple):
    """How a case ended: the judge's verdict, how many processes were killed, and the points."""

    verdict: Verdict
    kills: int
    points: list[list[str]]


class Nursery:
    """The process that forks the children; see `tests.proof.child`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls) -> AsyncIterator["Nursery"]:
        """Start it, and end it."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.proof.child",
            cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            yield cls(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()

    async def send(self, task: ChildTask) -> bool:
        """Have a child run a task; tells whether it was killed on the way."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(task) + b"\n")
        status = int(await self._process.stdout.readline())
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            return True
        if status:
            raise AssertionError(f"a task failed: {task}")
        return False


async def in_lanes(
    scenes: Iterable[Scene], work: Callable[[Scene, Nursery], Awaitable[None]]
) -> None:
    """Work on scenes side by side, each lane with its own processes."""
    waiting = list(scenes)

    async def lane() -> None:
        async with Nursery.open() as nursery:
            while waiting:
                await work(waiting.pop(0), nursery)

    async with asyncio.TaskGroup() as group:
        for _ in range(LANES):
            group.create_task(lane())


def vendor_at(clock: SharedClock, environment: str) -> Sandbox:
    """Return a vendor in a shared time, where orders are fulfilled at once."""
    return Sandbox(
        clock=clock,
        environment=environment,  # type: ignore[arg-type]
        moving=False,
        handling_seconds=(0, 0),
    )


async def play(
    scene: Scene, nursery: Nursery, kills: tuple[int, ...] = (), mutant: str = ""
) -> Ending:
    """Play a case: buy, die as often as `kills` says, settle, and be judged.

    Args:
        scene: the circumstances.
        nursery: where the processes come from.
        kills: at which point the process that buys dies, and at which the one after it that
            settles; 0 or nothing lets it live.
        mutant: the defect that the product has in this case.
    """
    buying, settling = (*kills, 0, 0)[:2]
    with tempfile.TemporaryDirectory(prefix="carddesk-proof-") as folder:
        home = Path(folder)
        clock = SharedClock(home / "clock", leaps=False)
        vendor = vendor_at(clock, scene.environment)
        async with vendor:
            [goods] = stocked(vendor)
            task = ChildTask(
                "buy", vendor.url, folder, goods, exclusive=scene.exclusive,
                environment=scene.environment, deadline=scene.deadline, mutant=mutant,
            )  # fmt: skip
            stage = Stage(nursery, task, vendor)
            if scene.foreign == "before":
                vendor.foreign_order(*goods)
                clock.advance(10)
            for fault in scene.faults:
                vendor.faults.add(Fault.parse(fault))
            await stage.run("buy", buying)
            if scene.foreign == "after":
                clock.advance(1)
                vendor.foreign_order(*goods)
            if settling:
                await stage.run("settle", settling)
            if scene.again:
                clock.advance(200)
                await stage.run("settle", 0, watching=False)
                await stage.run("buy", 0)
            await stage.run("settle", 0)
            verdict = judge.judge(vendor, home / "desk", judge.observations(task.shown))
        clock.close()
    return Ending(verdict, stage.kills, stage.points)


class Stage:
    """A vendor with the processes that act on it one after the other."""

    def __init__(self, nursery: Nursery, task: ChildTask, vendor: Sandbox) -> None:
        self._nursery = nursery
        self._task = task
        self._vendor = vendor
        self.kills = 0
        self.points: list[list[str]] = []

    async def run(self, role: str, kill_at: int, *, watching: bool = True) -> None:
        """Send one process on its task and keep the points that it passed."""
        task = msgspec.structs.replace(
            self._task,
            role=role,
            kill_at=kill_at,
            watching=watching,
            ours=tuple(post.order_id for post in self._vendor.posts if post.order_id),
        )
        task.points.unlink(missing_ok=True)
        self.kills += await self._nursery.send(task)
        lines = task.points.read_text().splitlines() if task.points.exists() else []
        self.points.append(lines)
