"""A console that calls through a program: beside any bell, behind the lock, and never twice."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from services.domain.alerts import Alerts, Occasion
from tests.console.test_alerts import fulfilled, heard, ui
from tui.console.program_calls import MOST_WAITING, TOO_MANY, ProgramCalls

__all__ = ["heard"]


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
