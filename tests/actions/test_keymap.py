"""Which keys press what: defaults, keyboards, remaps, and what is refused in words."""

import pytest
from textual.binding import Binding

from services.domain.errors import ConfigError
from tui.actions.keymap import KEYBOARDS, RESERVED, Keymap
from tui.actions.moved_keys import RENAMED
from tui.actions.table import ACTIONS, BY_ID


def test_every_action_has_an_id_of_its_own_and_a_key() -> None:
    assert len(BY_ID) == len(ACTIONS)
    assert all(action.label and action.help for action in ACTIONS)
    assert {action.id for action in ACTIONS if not action.keys} == {"export.excel", "money"}


SAME_KEY = {
    "enter": {"Open", "Go on", "No"},
    "n": {"Customer, note", "No"},
    "q": {"Leave", "No"},
    "j": {"Down", "One less"},
    "k": {"Up", "One more"},
    "down": {"Down", "One less"},
    "up": {"Up", "One more"},
}
"""Keys that move or answer: what opens goes on, what is not yes is no, down is one less."""


@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_a_key_means_the_same_in_every_place(keyboard: str) -> None:
    keymap, labels = Keymap(keyboard), dict[str, set[str]]()
    for action in ACTIONS:
        for key in keymap.keys(action.id):
            labels.setdefault(key, set()).add(action.label)
    several = {key: found for key, found in labels.items() if len(found) > 1}
    assert several == SAME_KEY


def test_what_decides_shares_no_letter_with_what_only_shows() -> None:
    deciding = {"buy", "ours", "off", "off.all", "ask.yes", "ticket.arm"}
    keys = {key for action_id in deciding for key in Keymap().keys(action_id)}
    assert (
        not {key for each in ACTIONS if each.id not in deciding for key in Keymap().keys(each.id)}
        & keys
    )


def test_an_id_of_the_version_before_still_counts_and_says_its_new_name() -> None:
    keymap = Keymap("qwerty", {"order": "f2", "settle.claim": "f3", "settle.this": "f4"})
    assert keymap.keys("buy") == ("f2",)
    assert keymap.keys("ours") == ("f3", "f4")
    assert keymap.notices[0] == "[keys] order is called buy now: write it so."
    assert not Keymap("qwerty", {"buy": "f2"}).notices
    assert Keymap("qwerty", {"buy": "f2", "order": "f3"}).keys("buy") == ("f2",)
    assert "not used any more" in Keymap("qwerty", {"export.last": "f2"}).notices[0]


def test_every_id_that_was_renamed_leads_to_one_that_there_is() -> None:
    assert not RENAMED.keys() & BY_ID.keys()
    assert set(RENAMED.values()) <= BY_ID.keys()


def test_a_command_without_a_key_takes_one_from_the_settings() -> None:
    assert Keymap().shown("export.excel") == ""
    assert Keymap("qwerty", {"export.excel": "f4"}).presses("export.excel", "f4")


def test_no_default_is_a_key_that_terminals_or_multiplexers_keep() -> None:
    for action in ACTIONS:
        for key in action.keys.split(","):
            # ctrl+z means here what it means everywhere.
            assert key not in RESERVED or action.id == "suspend"
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
            assert pressed or not action.keys, f"{action.id} has no key in {place}"
            for key in pressed:
                first = owner.setdefault(key, action.id)
                assert first == action.id, f"{key} is {first} and {action.id} in {place}"


@pytest.mark.parametrize(
    ("keyboard", "action", "key"),
    [
        ("azerty", "pane.stock", "é"),
        ("azerty", "pane.catalogue", "ampersand"),
        ("qwerty+ar", "buy", "ﻻ"),
        ("qwerty+ar", "quit", "ض"),
        ("azerty+ar", "quit", "ش"),
        ("azerty+ar", "zoom", "ص"),
    ],
)
def test_what_a_keyboard_types_instead_is_an_alias(keyboard: str, action: str, key: str) -> None:
    assert Keymap(keyboard).presses(action, key)
    assert not Keymap("qwerty").presses(action, key)


def test_a_remap_replaces_the_key_and_its_alias() -> None:
    keymap = Keymap("qwerty+ar", {"buy": "Y,f2"})
    assert keymap.shown("buy") == "Y"
    assert keymap.presses("buy", "f2")
    assert not keymap.presses("buy", "b")
    assert not keymap.presses("buy", "ﻻ")


def test_keys_can_be_swapped() -> None:
    keymap = Keymap("qwerty", {"buy": "r", "refresh": "b"})
    assert keymap.shown("buy") == "r"
    assert keymap.shown("refresh") == "b"


def test_an_alias_never_takes_a_key_that_is_somebodys_own() -> None:
    keymap = Keymap("azerty", {"buy": "é"})
    assert not keymap.presses("pane.stock", "é")


@pytest.mark.parametrize(
    ("remaps", "words"),
    [
        ({"refrsh": "x"}, "the nearest is 'refresh'"),
        ({"buy": "r"}, "r would be both"),
        ({"buy": "alt+x"}, "not every terminal can send"),
        ({"buy": ""}, "is no key"),
        ({"buy": "ctrl+m"}, "sends it for enter"),
        ({"buy": "ctrl+b"}, "tmux's own key"),
        ({"buy": "r"}, "buy and refresh in catalogue"),
        ({"buy": "\x1b"}, "is no key"),
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
        ("qwerty", "2", ("b", None), ("j down", None)),
        ("azerty", "é 2", ("b", None), ("j down", None)),
        ("qwerty+ar", "2", ("b", "ﻻ"), ("j down", "ت")),
        ("azerty+ar", "é 2", ("b", "ﻻ"), ("j down", "ت")),
    ],
)
def test_the_keys_of_the_chosen_keyboard_are_shown(
    keyboard: str, stock: str, buy: tuple[str, str | None], down: tuple[str, str | None]
) -> None:
    keymap = Keymap(keyboard)
    assert keymap.all_shown("pane.stock") == stock
    assert keymap.shown("pane.stock") == stock[0]
    assert (keymap.all_shown("buy"), keymap.arabic("buy")) == buy
    assert (keymap.all_shown("nav.down"), keymap.arabic("nav.down")) == down


@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_every_key_that_is_shown_presses_its_action(keyboard: str) -> None:
    keymap = Keymap(keyboard)
    for action in ACTIONS:
        shown = f"{keymap.all_shown(action.id)} {keymap.arabic(action.id) or ''}".split()
        for name in (name for name in shown if len(name) == 1):
            [binding] = Binding.make_bindings([(name, "press")])
            assert keymap.presses(action.id, binding.key), name
