"""A console that calls its operator when asked to: seldom, by a bell or a program, never twice."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from services.domain.alerts import Alerts, Occasion
from services.sandbox import Fault
from services.settings.load import Settings
from tui.console.alerts import MOST_WAITING, TOO_MANY, ProgramCalls
from tui.screens.lock import LockScreen


def ui(**changes: Any) -> Any:
    def changed(settings: Settings) -> Settings:
        return replace(settings, ui=replace(settings.ui, **changes))

    return changed


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Listen to what a console sends its terminal."""
    monkeypatch.delenv("TMUX", raising=False)

    def listen(console: Any) -> list[str]:
        pieces: list[str] = []
        monkeypatch.setattr(console.app, "to_terminal", pieces.append)
        return pieces

    return listen


def notes(pieces: list[str]) -> list[str]:
    return [piece[4:-1] for piece in pieces if piece.startswith("\x1b]9;")]


async def fulfilled(console: Any) -> None:
    await console.buy()
    await console.until(lambda: any(o.mine and o.final for o in console.app.book.orders))


async def test_no_alert_unless_it_was_asked_for(console: Any, heard: Any) -> None:
    pieces = heard(console)
    await fulfilled(console)
    assert "\a" not in pieces
    assert notes(pieces) == []


async def test_the_bell_rings_when_an_own_order_ends_but_not_at_the_start(
    open_console: Any, heard: Any
) -> None:
    async with open_console(change=ui(tell="bell")) as console:
        pieces = heard(console)
        await console.ready()
        await fulfilled(console)
        await console.until(lambda: pieces.count("\a") == 1)


async def test_an_alert_behind_the_lock_has_fixed_words(open_console: Any, heard: Any) -> None:
    async with open_console(change=ui(tell="osc9"), handling_seconds=(2, 2)) as console:
        pieces = heard(console)
        await console.buy()
        console.app.lock.close()
        await console.until(lambda: isinstance(console.screen, LockScreen))
        await console.until(lambda: notes(pieces))
        assert notes(pieces) == ["carddesk: 1 order ended"]
        assert isinstance(console.screen, LockScreen)


async def test_what_happens_soon_after_is_one_alert(
    open_console: Any, heard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_console(change=ui(tell="osc9")) as console:
        pieces = heard(console)
        await console.ready()
        passed = asyncio.Event()
        monkeypatch.setattr(console.app.clock, "sleep", lambda _: passed.wait())
        await fulfilled(console)
        await console.until(lambda: notes(pieces) == ["carddesk: 1 order ended"])
        for wanted in (2, 3):
            await console.press("escape")
            await console.buy()
            await console.until(
                lambda wanted=wanted: (
                    sum(o.mine and o.final for o in console.app.book.orders) == wanted
                )
            )
        assert len(notes(pieces)) == 1
        passed.set()
        await console.until(lambda: len(notes(pieces)) == 2)
        assert notes(pieces)[1] == "carddesk: 2 orders ended"


async def test_a_purchase_that_needs_a_person_alerts_even_without_orders(
    open_console: Any, heard: Any
) -> None:
    def shared(settings: Settings) -> Settings:
        settings = ui(tell="osc9", tell_of="trouble")(settings)
        return replace(settings, profile=replace(settings.profile, account_exclusive=False))

    async with open_console(change=shared) as console:
        pieces = heard(console)
        await fulfilled(console)
        await console.press("escape")
        console.box.faults.add(Fault.parse("reset@placeOrder:after"))
        await console.buy()
        await console.until(lambda: notes(pieces))
        assert notes(pieces) == ["carddesk: 1 needs you"]


async def test_it_is_turned_on_while_the_console_runs_and_tried_at_once(
    console: Any, heard: Any
) -> None:
    pieces = heard(console)
    await console.ready()
    await console.press("colon", *"tell", "space", *"bell", "enter")
    await console.shows("tell is bell until you leave")
    await console.until(lambda: pieces.count("\a") == 1)
    await fulfilled(console)
    await console.until(lambda: pieces.count("\a") == 2)
    await console.press("escape", "colon", *"tell", "space", *"tmux", "enter")
    await console.shows("This is no tmux")


@pytest.fixture
def program(tmp_path: Any) -> Any:
    """Return the settings of a program that keeps what it reads, and what that was."""
    kept = tmp_path / "calls"

    def documents() -> list[Any]:
        return [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []

    return f"tee -a {kept}", documents


async def test_a_program_is_called_beside_no_bell_and_behind_the_lock(
    open_console: Any, heard: Any, program: Any
) -> None:
    command, documents = program
    async with open_console(change=ui(tell_command=command), handling_seconds=(2, 2)) as console:
        pieces = heard(console)
        await console.buy()
        console.app.lock.close()
        await console.until(documents)
        [call] = documents()
        [order] = [row for row in console.app.book.orders if row.purchase_id == call["purchase"]]
        assert (call["event"], call["state"]) == ("order_ended", "FULFILLED")
        assert order.order_id.endswith(call["order"])
        assert "\a" not in pieces


async def test_a_program_that_fails_is_said_on_the_screen_once(open_console: Any) -> None:
    async with open_console(change=ui(tell_command="false")) as console:
        await fulfilled(console)
        await console.until(
            lambda: any("The call did not go out" in e.text for e in console.app.book.log)
        )
        await console.press("escape")
        await fulfilled(console)
        programs = console.app.alerts._programs
        await console.until(lambda: not programs._calling and not programs._waiting)
        said = [e for e in console.app.book.log if "The call did not go out" in e.text]
        assert len(said) == 1


async def test_trouble_alone_calls_no_program_for_an_end(open_console: Any, program: Any) -> None:
    command, documents = program
    change = ui(tell_command=command, tell_of="trouble")
    async with open_console(change=change) as console:
        await fulfilled(console)
        console.app.alerts.follow(console.app.book)
        await console.settle()
        assert not documents()


def test_more_than_the_program_keeps_up_with_is_left_out_and_said_once() -> None:
    said: list[str] = []
    calls: Any = ProgramCalls(SimpleNamespace(say=said.append, start=lambda *_: None))  # type: ignore[arg-type]
    for _ in range(3):
        calls.take(Alerts((Occasion("order_ended"),) * MOST_WAITING))
    assert len(calls._waiting) == MOST_WAITING
    assert said == [TOO_MANY]
