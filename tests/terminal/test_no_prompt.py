"""Python asked to give a prompt after the program gives none: the key would be readable there."""

import sys
from collections.abc import Callable, Iterator

import pytest

from tests.proof.screen import Terminal
from tests.terminal.conftest import home

__all__ = ["home"]
pytestmark = pytest.mark.terminal
ASKED = {"variable": ((), {"PYTHONINSPECT": "1"}), "option": (("-i",), {})}

Start = Callable[..., Terminal]


@pytest.fixture
def start(home: dict[str, str]) -> Iterator[Start]:
    opened: list[Terminal] = []

    def started(how: str, *argv: str, **variables: str) -> Terminal:
        options, more = ASKED[how]
        command = [sys.executable, *options, "-m", "tui", *argv]
        opened.append(Terminal(command, home | more | variables, (80, 24)))
        return opened[-1]

    yield started
    for each in opened:
        each.close()


def ended(desk: Terminal, code: int) -> None:
    """Check that it ends by itself; a prompt would need the end of input to go away."""
    desk.press("\x04")
    assert desk.exit_code() == code
    assert b">>>" not in desk.bytes


@pytest.mark.parametrize("how", ASKED)
def test_no_command_leaves_a_prompt(start: Start, how: str) -> None:
    desk = start(how, "--version")
    desk.wait_for("carddesk [0-9]")
    ended(desk, 0)
    desk = start(how, "config", "show", CARDDESK_API_KEY="0123456789")
    desk.wait_for("markup_percent")
    ended(desk, 0)
    desk = start(how, "stock", "--no-such-thing")
    desk.wait_for("carddesk: ")
    ended(desk, 2)


@pytest.mark.parametrize("how", ASKED)
def test_the_console_leaves_no_prompt(start: Start, how: str) -> None:
    desk = start(how, "--sandbox")
    desk.wait_for("SANDBOX")
    desk.press("ctrl+q")
    ended(desk, 0)
