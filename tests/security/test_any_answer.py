"""Answers of the right form with odd things in them end neither the console nor a command.

CARDDESK_ODD=100 tries a hundred of them.
"""

import copy
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import json

from services.sandbox import Sandbox, responses
from services.sandbox.responses import SandboxResponse
from services.system import logs
from tests.cli.conftest import Carddesk, Shelf, carddesk, environ, handling, home, shelf, vendor
from tests.console.conftest import OpenConsole, open_console

__all__ = ["carddesk", "environ", "handling", "home", "open_console", "shelf", "vendor"]

SEEDS = range(int(os.environ.get("CARDDESK_ODD", "2")))
KEYS, COMMANDS = 60, 10
OFTEN = 0.7
INTERNAL = 1
"""The exit code of a defect."""

ODD: list[Any] = [
    None, True, False, "", " ", "\u200b", 0, -1, 1, 2, -5.5, 1e-19, 0.1, 1e15, 1e30, 2**70, "7",
    "NaN", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-03-01T08:00:00Z", -1e14,
    253402300799999, [], {}, [[]], [None], {"id": "x"}, {"a": {"b": {"c": []}}}, "FULFILLED",
    "HANDLING", "refunded", "CANCELLED", "\x1b]52;c;ZXZpbA==\x07", "\u202etxt", "long " * 500,
    ["a", "b"], "DZD", "EUR",
]  # fmt: skip
WALK = [
    *"123456rjjkgGvViounmbyxsdTWftlw", "enter", "escape", "escape", "tab", "slash", "space",
]  # fmt: skip

Distort = Callable[[bool], None]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place in a JSON value: what holds it, and under which name."""
    names = list(value) if isinstance(value, dict) else range(len(value))
    for name in names:
        yield value, name
        if isinstance(value[name], dict | list):
            yield from places(value[name])


def distorted(body: Any, chance: random.Random) -> Any:
    """Change some places of an answer: to something odd, to none, to two, to one that is deeper."""
    body = copy.deepcopy(body)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        found = list(places(body))
        if not found:
            break
        holder, name = chance.choice(found)
        match chance.randrange(6):
            case 0:
                del holder[name]
            case 1:
                holder[name] = [holder[name]]
            case 2 if isinstance(holder, list):
                holder.append(copy.deepcopy(holder[name]))
            case 2:
                holder[name] = {"value": holder[name], "id": holder[name]}
            case _:
                holder[name] = chance.choice(ODD)
    return body


@pytest.fixture
def chance(seed: int) -> random.Random:
    return random.Random(seed)


@pytest.fixture
def defects(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was reported as a defect."""
    reported: list[str] = []

    def report(error: BaseException) -> str:
        reported.append(logs.describe(error))
        return "reported"

    monkeypatch.setattr(logs, "crash_report", report)
    return reported


@pytest.fixture
def distort(chance: random.Random, monkeypatch: pytest.MonkeyPatch) -> Distort:
    """Let the vendor's answers be odd from now on, or as they should be again."""
    state = {"odd": False}

    def payload(answer: SandboxResponse) -> bytes:
        written = responses._encoder.encode(answer.body) if answer.raw is None else answer.raw
        if answer.raw is None and state["odd"] and chance.random() < OFTEN:
            return json.encode(distorted(json.decode(written), chance))
        return written

    def change(odd: bool) -> None:
        state["odd"] = odd

    monkeypatch.setattr(SandboxResponse, "payload", payload)
    return change


@pytest.mark.parametrize("seed", SEEDS)
async def test_no_answer_however_odd_ends_the_console(
    open_console: OpenConsole, chance: random.Random, distort: Distort, defects: list[str]
) -> None:
    async with open_console(size=chance.choice(((80, 24), (120, 40)))) as console:
        await console.buy()
        await console.press("escape")
        distort(True)
        for _ in range(KEYS):
            await console.press(chance.choice(WALK))
            if chance.random() < 0.1:
                console.clock.leap()
            assert not defects
            assert console.app.crash is None
            assert console.app.is_running
        distort(False)
        for _ in range(6):
            await console.press("escape")
        await console.until(lambda: console.app.book.balance)
        assert not defects


@pytest.mark.parametrize("seed", SEEDS)
async def test_no_answer_however_odd_breaks_a_command(
    carddesk: Carddesk,
    vendor: Sandbox,
    shelf: Shelf,
    tmp_path: Path,
    chance: random.Random,
    distort: Distort,
    defects: list[str],
) -> None:
    goods = (shelf.product_id, shelf.type_id)
    bought = await carddesk("buy", *goods, "2", "--yes", "--json", "--wait")
    order = bought.document["order_id"]
    vendor.foreign_order(*goods, 3)
    commands = [
        ["catalog"], ["stock", shelf.product_id], ["balance"], ["transactions"], ["ledger"],
        ["orders"], ["orders", "--unclaimed"], ["order", order], ["order", order, "--reveal"],
        ["find", "today"], ["find", order], ["money"], ["resolve"], ["doctor"], ["audit"],
        ["audit", "--verify"], ["delivered", order], ["buy", *goods, "1", "--yes", "--wait", "1"],
    ]  # fmt: skip
    distort(True)
    for number in range(COMMANDS):
        file = str(tmp_path / f"{number}.csv")
        argv = chance.choice([*commands, ["export", "orders", "--output", file]])
        done = await carddesk(*argv, *chance.choice(((), ("--json",))))
        assert not defects, argv
        assert done.code != INTERNAL, (argv, done.err)
        assert all(char.isprintable() or char == "\n" for char in done.out + done.err), argv
