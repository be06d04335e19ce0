"""The lock with a PIN: only the PIN opens it, and guessing it takes ever longer."""

from typing import Any

import pytest

from services.domain.secrets import Secret
from services.local_files.lock_pin import FREE, LONGEST, LockPin
from tui.screens.desk import DeskScreen
from tui.screens.lock import LockScreen

PIN = "7291"


@pytest.fixture
async def guarded(console: Any) -> Any:
    """A locked console that asks for a PIN."""
    await console.ready()
    await console.app.context.pin.set(Secret(PIN))
    await console.press("L")
    await console.shows("carddesk is locked", "PIN:")
    return console


async def typed(console: Any, pin: str) -> None:
    await console.press(*pin)
    await console.press("enter")
    await console.until(lambda: not getattr(console.screen, "_busy", False))


async def kinds(console: Any) -> list[str]:
    return [event.kind for event in (await console.desk.journal.audit()).events]


async def test_the_pin_opens_it_and_is_never_drawn(guarded: Any) -> None:
    for sign in PIN:
        await guarded.press(sign)
        assert PIN not in guarded.text()
    await guarded.shows("PIN: \u2022\u2022\u2022\u2022")
    await guarded.press("enter")
    await guarded.until(lambda: isinstance(guarded.screen, DeskScreen))


async def test_the_digits_of_an_arabic_keyboard_are_the_same_pin(guarded: Any) -> None:
    await typed(guarded, "\u0667\u0662\u0669\u0661")
    await guarded.until(lambda: isinstance(guarded.screen, DeskScreen))


async def test_a_wrong_pin_keeps_it_locked_and_is_on_record(guarded: Any) -> None:
    await typed(guarded, "1234")
    text = await guarded.shows("Wrong PIN, 1 in a row.", "carddesk lock-pin")
    assert "Catalogue" not in text
    assert isinstance(guarded.screen, LockScreen)
    last = (await guarded.desk.journal.audit()).events[-1]
    assert (last.kind, last.who) == ("pin-wrong", "amina")
    assert "1234" not in str(last)


async def test_a_paste_is_not_taken(guarded: Any) -> None:
    guarded.paste(f"{PIN}\r")
    await guarded.settle()
    assert isinstance(guarded.screen, LockScreen)
    assert "\u2022" not in guarded.text()
    assert "pin-wrong" not in await kinds(guarded)


async def test_after_five_wrong_ones_even_the_right_one_waits(guarded: Any) -> None:
    guarded.clock.hold()
    for _ in range(FREE):
        await typed(guarded, "1234")
    await guarded.shows(f"{FREE} wrong PINs in a row", "The next one is taken in")
    await typed(guarded, PIN)
    assert isinstance(guarded.screen, LockScreen)
    assert (await kinds(guarded)).count("pin-wrong") == FREE
    again = LockPin(guarded.app.context.pin.path.parents[1], "amina", guarded.app.clock)
    refused = await again.attempt(Secret(PIN))
    assert not refused.opened
    assert not refused.checked
    assert 0 < refused.wait <= 30
    guarded.clock.hold(False)
    guarded.clock.advance(31)
    guarded.app._tick()
    await guarded.shows("Type the PIN.")
    await typed(guarded, PIN)
    await guarded.until(lambda: isinstance(guarded.screen, DeskScreen))


async def test_a_pin_that_was_cleared_asks_for_nothing_any_more(guarded: Any) -> None:
    await guarded.app.context.pin.clear()
    await guarded.press("space")
    await guarded.until(lambda: isinstance(guarded.screen, DeskScreen))


async def test_a_console_that_ended_locked_begins_locked(open_console: Any) -> None:
    async with open_console() as console:
        await console.ready()
        pin = console.app.context.pin
        await pin.set(Secret(PIN))
        await console.press("L")
        await console.until(pin.was_locked)
    async with open_console() as console:
        await console.until(lambda: isinstance(console.screen, LockScreen))
        await console.ready()
        assert "DZD" not in await console.shows("carddesk is locked")
        await typed(console, PIN)
        await console.until(lambda: isinstance(console.screen, DeskScreen))
        await console.until(lambda: not pin.was_locked())
    async with open_console() as console:
        await console.shows("Catalogue")


async def test_the_palette_sets_the_pin_and_asks_for_the_old_one(console: Any) -> None:
    await console.ready()
    await console.press("colon", *"lock.pin", "enter")
    await console.shows("The PIN of the lock", "The new PIN")
    await typed(console, PIN)
    await console.shows("The new PIN again")
    await typed(console, "7292")
    await console.shows("The two are not the same")
    await typed(console, PIN)
    assert PIN not in console.text()
    await typed(console, PIN)
    await console.shows("The lock asks for this PIN")
    assert (await console.app.context.pin.attempt(Secret(PIN))).opened
    assert (await kinds(console))[-1] == "pin-set"

    await console.press("P")
    await console.shows("The old PIN")
    for each in ("0000", "5555", "5555"):
        await typed(console, each)
    await console.shows("That was not the PIN")
    assert (await console.app.context.pin.attempt(Secret(PIN))).opened
    assert (await kinds(console))[-1] == "pin-wrong"


async def test_enter_without_a_pin_says_that_none_is_typed(guarded: Any) -> None:
    await guarded.press("enter")
    await guarded.shows("No PIN is typed yet.")
    await guarded.press("up")
    await guarded.shows("That key is not part of a PIN.")
    await guarded.press("7")
    assert "adds nothing" not in guarded.text()


async def test_a_sign_too_many_is_said(guarded: Any) -> None:
    await guarded.press(*"7" * LONGEST)
    assert "at most" not in guarded.text()
    await guarded.press("7")
    await guarded.shows(f"A PIN has at most {LONGEST} characters: this one was not taken.")
    await guarded.press("backspace", "7")
    assert "at most" not in guarded.text()


async def test_a_sign_too_many_of_a_new_pin_is_said(console: Any) -> None:
    await console.ready()
    await console.press("P", *"7" * (LONGEST + 1))
    await console.shows(f"A PIN has at most {LONGEST} characters: this one was not taken.")


async def test_a_pin_forgotten_by_focus_loss_is_said(console: Any) -> None:
    await console.ready()
    await console.press("P", "enter")
    await console.shows("No PIN is typed yet.")
    await console.press("7", "2")
    console.screen.conceal()
    await console.shows("what was typed is forgotten")
    assert "\u2022" not in console.text()
    await console.press("7")
    assert "forgotten" not in console.text()
