"""Which keys press what: defaults, keyboards, remaps, and what is refused in words."""

import pytest
from textual.binding import Binding

from services.errors import ConfigError
from tui.actions import ACTIONS, BY_ID
from tui.keymap import KEYBOARDS, RESERVED, Keymap


def test_every_action_has_an_id_of_its_own_and_a_key() -> None:
    assert len(BY_ID) == len(ACTIONS)
    assert all(action.keys and action.label and action.help for action in ACTIONS)


def test_no_default_is_a_key_that_terminals_or_multiplexers_keep() -> None:
    for action in ACTIONS:
        for key in action.keys.split(","):
            assert key not in RESERVED
            assert not key.startswith(("alt+", "f1", "super+"))


@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_every_keyboard_presses_every_action(keyboard: str) -> None:
    keymap = Keymap(keyboard)
    assert set(keymap.textual()) == set(BY_ID)


@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_no_key_or_alias_presses_two_actions_of_one_place(keyboard: str) -> None:
    keymap = Keymap(keyboard)
    for place in sorted({place for action in ACTIONS for place in action.where}):
        owner: dict[str, str] = {}
        for action in ACTIONS:
            if place not in action.where:
                continue
            pressed = keymap.pressed(action.id)
            assert pressed, f"{action.id} has no key in {place}"
            for key in pressed:
                first = owner.setdefault(key, action.id)
                assert first == action.id, f"{key} is {first} and {action.id} in {place}"


@pytest.mark.parametrize(
    ("keyboard", "action", "key"),
    [
        ("azerty", "pane.stock", "é"),
        ("azerty", "pane.catalogue", "ampersand"),
        ("qwerty+ar", "order", "خ"),
        ("qwerty+ar", "quit", "ض"),
        ("azerty+ar", "quit", "ش"),
        ("azerty+ar", "zoom", "ص"),
    ],
)
def test_what_a_keyboard_types_instead_is_an_alias(keyboard: str, action: str, key: str) -> None:
    assert Keymap(keyboard).presses(action, key)
    assert not Keymap("qwerty").presses(action, key)


def test_a_remap_replaces_the_key_and_its_alias() -> None:
    keymap = Keymap("qwerty+ar", {"order": "w,f2"})
    assert keymap.shown("order") == "w"
    assert keymap.presses("order", "f2")
    assert keymap.presses("order", "ص")
    assert not keymap.presses("order", "o")
    assert not keymap.presses("order", "خ")


def test_keys_can_be_swapped() -> None:
    keymap = Keymap("qwerty", {"order": "r", "refresh": "o"})
    assert keymap.shown("order") == "r"
    assert keymap.shown("refresh") == "o"


def test_an_alias_never_takes_a_key_that_is_somebodys_own() -> None:
    keymap = Keymap("azerty", {"order": "é"})
    assert not keymap.presses("pane.stock", "é")


@pytest.mark.parametrize(
    ("remaps", "words"),
    [
        ({"ordr": "x"}, "the nearest is 'order'"),
        ({"order": "r"}, "r would be both"),
        ({"order": "alt+x"}, "not every terminal can send"),
        ({"order": ""}, "is no key"),
        ({"order": "ctrl+m"}, "sends it for enter"),
        ({"order": "ctrl+b"}, "tmux's own key"),
        ({"order": "r"}, "order and refresh in catalogue"),
        ({"order": "\x1b"}, "is no key"),
    ],
)
def test_what_cannot_be_a_keymap_is_refused_in_words(remaps: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Keymap("qwerty", remaps)
    assert words in refused.value.sentence()
    assert "\x1b" not in refused.value.sentence()


def test_an_unknown_keyboard_is_refused() -> None:
    with pytest.raises(ConfigError, match="qwerty, azerty"):
        Keymap("dvorak")


@pytest.mark.parametrize(
    ("keyboard", "stock", "buy", "down"),
    [
        ("qwerty", "2", ("o", None), ("j down", None)),
        ("azerty", "é 2", ("o", None), ("j down", None)),
        ("qwerty+ar", "2", ("o", "خ"), ("j down", "ت")),
        ("azerty+ar", "é 2", ("o", "خ"), ("j down", "ت")),
    ],
)
def test_the_keys_of_the_chosen_keyboard_are_shown(
    keyboard: str, stock: str, buy: tuple[str, str | None], down: tuple[str, str | None]
) -> None:
    keymap = Keymap(keyboard)
    assert keymap.all_shown("pane.stock") == stock
    assert keymap.shown("pane.stock") == stock[0]
    assert (keymap.all_shown("order"), keymap.arabic("order")) == buy
    assert (keymap.all_shown("nav.down"), keymap.arabic("nav.down")) == down


@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_every_key_that_is_shown_presses_its_action(keyboard: str) -> None:
    keymap = Keymap(keyboard)
    for action in ACTIONS:
        shown = f"{keymap.all_shown(action.id)} {keymap.arabic(action.id) or ''}".split()
        for name in (name for name in shown if len(name) == 1):
            [binding] = Binding.make_bindings([(name, "press")])
            assert keymap.presses(action.id, binding.key), name
