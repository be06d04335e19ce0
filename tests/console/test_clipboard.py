"""What was copied is forgotten, whatever comes between; and no card comes back by another door."""

import base64
from pathlib import Path
from typing import Any

import pytest

from services.domain.errors import JournalFailed, Refused
from tests.console.conftest import console, open_console
from tests.screens.test_order import opened, revealed
from tui.screens.desk import DeskScreen
from tui.terminal import clipboard
from tui.terminal.clipboard import PendingClears

__all__ = ["console", "open_console"]
CARD = base64.b64encode(b"SANDBOX-CARD-1").decode()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch, console: Any) -> list[str]:
    """What goes to the terminal outside of any tmux."""
    monkeypatch.delenv("TMUX", raising=False)
    pieces: list[str] = []
    monkeypatch.setattr(console.app, "to_terminal", pieces.append)
    return pieces


def cleared(written: list[str]) -> bool:
    return any("]52;c;\a" in piece for piece in written)


async def test_a_second_copy_that_fails_leaves_the_first_one_to_be_cleared(
    console: Any, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipboard, "CLEAR_SECONDS", 120.0)
    screen = await opened(console)
    await revealed(console, screen)
    await console.press("c")
    await console.shows("Sent to the terminal")

    async def broken(*arguments: object) -> None:
        raise JournalFailed("The disk is full")

    monkeypatch.setattr(console.desk.journal, "record", broken)
    await console.press("c")
    await console.shows("The disk is full")
    assert not cleared(written)
    console.clock.leap()
    await console.until(lambda: cleared(written))


async def test_a_copied_card_cannot_be_pasted_back_from_the_app(
    console: Any, written: list[str]
) -> None:
    screen = await opened(console)
    await revealed(console, screen)
    await console.press("c")
    await console.until(lambda: any(CARD in piece for piece in written))
    await console.press("v", "q")
    await console.until(lambda: isinstance(console.screen, DeskScreen))
    await console.press("slash", "ctrl+v")
    await console.settle()
    assert "SANDBOX-CARD" not in console.text()
    assert console.app.clipboard == ""


async def test_inputs_copy_nothing(console: Any, written: list[str]) -> None:
    await console.ready()
    await console.press("slash", "x", "shift+home", "ctrl+c", "ctrl+x")
    await console.settle()
    assert not any("]52;" in piece for piece in written)


async def test_no_picture_is_taken_while_a_card_is_on_the_screen(
    console: Any, tmp_path: Path
) -> None:
    screen = await opened(console)
    console.app.save_screenshot(path=str(tmp_path), filename="before.svg")
    await revealed(console, screen)
    for picture in (
        console.app.export_screenshot,
        lambda: console.app.save_screenshot(path=str(tmp_path), filename="card.svg"),
        lambda: console.app.deliver_screenshot(path=str(tmp_path), filename="card.svg"),
    ):
        with pytest.raises(Refused, match="card is on the screen"):
            picture()
    await console.press("v")
    await console.until(lambda: not screen.cards.revealed)
    console.app.save_screenshot(path=str(tmp_path), filename="after.svg")
    assert (tmp_path / "before.svg").exists()
    assert (tmp_path / "after.svg").exists()
    assert not (tmp_path / "card.svg").exists()


class Refusing:
    """A clipboard that is full of cards and lets go of none until it is asked to."""

    remains = "The card may still be there."

    def __init__(self) -> None:
        self.lets_go = False

    async def send(self, text: str) -> str:
        return "Sent."

    async def clear(self) -> bool:
        return self.lets_go

    def clear_now(self) -> bool:
        return self.lets_go


async def test_what_could_not_be_cleared_is_said_and_tried_again() -> None:
    copied, way = PendingClears(), Refusing()
    await copied.send(way, "CODE")
    assert await copied.clear() == way.remains
    assert copied.clear_now() == way.remains
    way.lets_go = True
    assert copied.clear_now() == ""
    assert copied.remains == ""


async def test_a_tmux_that_went_away_is_not_said_to_have_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmux = tmp_path / "tmux"
    tmux.write_text(f"#!/bin/sh\ncat > /dev/null\ntest ! -e {tmp_path}/gone\n")
    tmux.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    copied = PendingClears()
    await copied.send(clipboard.way({"TMUX": "/tmp/tmux"}, str), "CODE-1")
    (tmp_path / "gone").touch()
    assert "may still be there" in copied.clear_now()
    assert f"tmux delete-buffer -b {clipboard.BUFFER}" in await copied.clear()
