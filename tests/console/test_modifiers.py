"""Keys of the keyboard protocol that are no press, and ctrl with an Arabic letter."""

from typing import Any

import pytest

from tui.actions.keymap import Keymap
from tui.screens.lock import LockScreen
from tui.screens.ticket import TicketScreen

SILENT = ("left_alt", "right_shift", "ctrl+left_control", "caps_lock", "raise_volume")
SILENT += ("media_play", "iso_level3_shift", "print_screen")


async def test_a_modifier_alone_opens_no_lock(console: Any) -> None:
    await console.ready()
    await console.press("L")
    await console.until(lambda: isinstance(console.screen, LockScreen))
    for key in SILENT:
        console.type_ahead(key)
    await console.settle()
    assert isinstance(console.screen, LockScreen)
    await console.press("x")
    await console.until(lambda: not isinstance(console.screen, LockScreen))


async def test_a_modifier_alone_takes_no_yes_back(console: Any) -> None:
    ticket: TicketScreen = await console.ticket()
    await console.review(ticket)
    await console.press("y")
    assert ticket.confirmation is not None
    assert ticket.confirmation.armed
    await console.press(*SILENT)
    assert ticket.confirmation.armed
    console.apart()
    await console.press("enter")
    await console.until(lambda: console.box.posts)
    console.clock.hold(False)


async def test_a_modifier_alone_is_no_sign_of_life(console: Any) -> None:
    await console.ready()
    before = console.app.touched_at
    await console.press(*SILENT)
    assert console.app.touched_at == before
    await console.press("j")
    assert console.app.touched_at > before


@pytest.mark.parametrize("key", ["ctrl+ش", "ctrl+ؤ"])
async def test_ctrl_with_an_arabic_letter_leaves(console: Any, key: str) -> None:
    await console.ready()
    console.app.take_keys(Keymap("azerty+ar"))
    await console.press(key)
    await console.until(lambda: console.app._exit)


async def test_ctrl_with_an_arabic_letter_edits_a_line(console: Any) -> None:
    await console.ready()
    console.app.take_keys(Keymap("azerty+ar"))
    await console.press("slash", *"steam", "ctrl+ع")
    await console.until(lambda: not console.app.focused.value)


@pytest.mark.parametrize(
    ("keyboard", "key", "latin"),
    [
        ("qwerty+ar", "ctrl+ض", "ctrl+q"),
        ("azerty+ar", "ctrl+ش", "ctrl+q"),
        ("qwerty+ar", "ctrl+ؤ", "ctrl+c"),
        ("qwerty", "ctrl+ض", "ctrl+ض"),
        ("qwerty+ar", "ض", "ض"),
        ("qwerty+ar", "ctrl+q", "ctrl+q"),
        ("qwerty+ar", "ctrl+shift+ض", "ctrl+shift+ض"),
    ],
)
def test_an_arabic_letter_is_the_letter_of_its_key(keyboard: str, key: str, latin: str) -> None:
    assert Keymap(keyboard).latin(key) == latin
