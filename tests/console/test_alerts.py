"""A console that calls its operator: when asked to, seldom, and with nothing of the vendor's."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from services.sandbox import Fault
from services.settings.load import Settings
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
