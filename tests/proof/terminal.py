"""Leaving a real terminal in the middle of a purchase, in every way there is."""

import asyncio
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from msgspec import Struct

from services.domain.models import PurchaseState
from services.sandbox import DEMO_KEY, Fault, Sandbox
from tests.proof.judge import rows
from tests.proof.screen import Terminal, environment

ANSWER_SECONDS = 0.5
PATIENCE = 20.0
SETTLED = frozenset(PurchaseState) - {
    PurchaseState.INTENT,
    PurchaseState.SENDING,
    PurchaseState.UNRESOLVED,
    PurchaseState.AMBIGUOUS,
}


class Left(Struct):
    """What became of one purchase whose console was left while it was being sent.

    `resolution` is what `carddesk resolve` said of it afterwards.
    """

    way: str
    posts: int
    lost: int
    processes: int
    state: str
    resolution: str

    @property
    def sound(self) -> bool:
        """Whether it was sent once, is on record, and nothing stayed behind."""
        return self.posts == 1 and not self.lost and not self.processes and self.state in SETTLED


def _hang_up(desk: Terminal) -> None:
    desk.signal(signal.SIGHUP)


def _terminate(desk: Terminal) -> None:
    desk.signal(signal.SIGTERM)


def _kill(desk: Terminal) -> None:
    desk.signal(signal.SIGKILL)


def _close(desk: Terminal) -> None:
    desk.hang_up()


def _ask(key: str) -> Callable[[Terminal], None]:
    def leave(desk: Terminal) -> None:
        desk.press(key)
        desk.wait_for(r"Leave now|not placed|Ordered \d|Order and cards")
        desk.press("y")

    return leave


WAYS: dict[str, Callable[[Terminal], None]] = {
    "SIGHUP": _hang_up,
    "SIGTERM": _terminate,
    "ctrl+q": _ask("ctrl+q"),
    "ctrl+c": _ask("ctrl+c"),
    "closed pty": _close,
    "kill -9": _kill,
}


class Vendor:
    """The embedded vendor on a loop of its own, since a terminal is driven by waiting.

    Args:
        answer_seconds: for how long the answer to a purchase drips, 0 for at once.
    """

    def __init__(self, answer_seconds: float = 0.0) -> None:
        self._answer_seconds = answer_seconds
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.box = Sandbox(moving=False, handling_seconds=(0.1, 0.2))

    def __enter__(self) -> "Vendor":
        self._thread.start()
        self.run(self.box.start())
        if seconds := self._answer_seconds:
            self.box.faults.add(
                Fault("slow", endpoint="placeOrder", phase="after", times=0, seconds=seconds)
            )
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self.box.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def account(self) -> dict[str, str]:
        """Return the variables of a desk that alone buys here."""
        return {
            "CARDDESK_BASE_URL": self.box.url,
            "CARDDESK_API_KEY": DEMO_KEY,
            "CARDDESK_ENVIRONMENT": "sandbox",
            "CARDDESK_ACCOUNT_EXCLUSIVE": "true",
        }

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run something on the vendor's loop and return its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)


def leave(way: str, home: Path) -> Left:
    """Buy in a real console, leave it in one way while the order is being sent, and look after it.

    Args:
        way: one of `WAYS`.
        home: an empty folder.
    """
    command = str(Path(sys.executable).with_name("carddesk"))
    with Vendor(ANSWER_SECONDS) as vendor:
        environ = environment(home) | vendor.account()
        desk = Terminal([command], environ, (80, 24))
        pid = desk.pid
        try:
            _send(desk, vendor)
            WAYS[way](desk)
            desk.exit_code()
        finally:
            desk.close()
        stayed = int(_runs(pid))
        after = Terminal([command, "resolve"], environ, (80, 24))
        after.exit_code()
        after.close()
        journal = rows(home / "state" / "carddesk")
        known = {"", *(row.order_id for row in journal)}
        return Left(
            way=way,
            posts=len(vendor.box.posts),
            lost=sum(post.order_id not in known for post in vendor.box.posts),
            processes=stayed,
            state=journal[0].state if len(journal) == 1 else "unknown",
            resolution=after.bytes.decode(),
        )


def _send(desk: Terminal, vendor: Vendor) -> None:
    """Confirm a purchase, up to the moment at which the vendor has it and has not answered.

    A request whose head has come and whose body has not is no order yet: killed between the two,
    the console leaves nothing to be found.
    """
    desk.wait_for(r"(?s)(?:SANDBOX|PRODUCTION) +\d.* connected.*PUBG Mobile UC")
    desk.press("enter")
    desk.wait_for("60 UC")
    desk.open_ticket()
    desk.press("enter")
    desk.wait_for("Press y and then enter")
    desk.confirm()
    vendor.run(vendor.box.seen("placeOrder"))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def run(times: int) -> list[Left]:
    """Leave in every way so many times; prints a line for each way."""
    found: list[Left] = []
    for way in WAYS:
        began = time.monotonic()
        mine: list[Left] = []
        for _ in range(times):
            with tempfile.TemporaryDirectory() as home:
                mine.append(leave(way, Path(home)))
        sound = sum(left.sound for left in mine)
        print(f"  {way:11} {sound} of {times} sound, {time.monotonic() - began:.0f} s", flush=True)
        found += mine
    return found
