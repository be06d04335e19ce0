"""Which keys press which action: the defaults, the keyboard's aliases, and the operator's own."""

import difflib
import re
from collections.abc import Iterable, Mapping
from string import ascii_lowercase

from textual.binding import Binding

from services.domain.errors import ConfigError
from tui.actions import moved_keys
from tui.actions.action import Action
from tui.actions.table import ACTIONS, BY_ID

KEYBOARDS = ("qwerty", "azerty", "qwerty+ar", "azerty+ar")

AZERTY_DIGITS = {"1": "&", "2": "é", "3": '"', "4": "'", "5": "(", "6": "-"}
"""What the digit row of an AZERTY keyboard types without shift, where it presses an action."""

AZERTY_KEYS = {"ticket.more": "up,k,+", "ticket.less": "down,j"}
"""Keys of actions that are others by default on AZERTY: `-` is the key of 6 there, `+` needs shift.

Where a digit is asked for, `-` types it, unless the settings remap it to an action.
"""

ARABIC_DIGITS = {str(digit): chr(0x0660 + digit) for digit in range(10)}

ARABIC_BY_POSITION = dict(
    zip("qwertyuiopasdfghjklzxcvnm", "ضصثقفغعهخحشسيبلاتنمئءؤرىة", strict=True)
) | {"G": "ﻷ", "V": "{", "S": "\u064d", "b": "ﻻ", "/": "ظ", "?": "؟"}
"""What the Arabic layout types where a QWERTY keyboard has the letter."""

AZERTY_TO_QWERTY = {"q": "a", "a": "q", "w": "z", "z": "w"}
"""Where the letters of an AZERTY keyboard lie, named by the QWERTY letter at that position."""

NAMED = frozenset(
    {
        *("enter", "escape", "space", "tab", "shift+tab", "up", "down", "left", "right"),
        *("home", "end", "pageup", "pagedown", "insert", "delete", "backspace"),
        *("plus", "minus", "comma", "colon", "slash", "question_mark"),
    }
)
RESERVED = {
    "ctrl+h": "a terminal sends it for backspace",
    "ctrl+i": "a terminal sends it for tab",
    "ctrl+j": "a terminal sends it for enter",
    "ctrl+m": "a terminal sends it for enter",
    "ctrl+s": "it stops the terminal's output",
    "ctrl+z": "it suspends the console",
    "ctrl+b": "it is tmux's own key",
    "ctrl+a": "it is screen's own key",
    "ctrl+g": "it is zellij's own key",
    "ctrl+o": "it is zellij's own key",
    "ctrl+p": "it is zellij's and docker's own key",
}
"""What never reaches a console as itself, and why."""

SHOWN = {
    "escape": "esc",
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "plus": "+",
    "minus": "-",
    "comma": ",",
    "pageup": "pgup",
    "pagedown": "pgdn",
}
UNSENDABLE = ("alt+", "super+", "hyper+", "meta+", "ctrl+shift+", "ctrl+alt+")
"""How the keys begin that many terminals send as others, or not at all."""

_CONTROL = re.compile(r"ctrl\+[a-z]\Z")
_FUNCTION = re.compile(r"f([1-9]|1[0-2])\Z")


class Keymap:
    """The live keys of one console.

    Args:
        keyboard: one of `KEYBOARDS`; adds what that keyboard types in place of a key.
        remaps: the `[keys]` of the settings, action id to `key,key`; replaces the default.

    Raises:
        ConfigError: an unknown keyboard, id or key, or one key for two actions of one place.
    """

    def __init__(self, keyboard: str = "qwerty", remaps: Mapping[str, str] | None = None) -> None:
        if keyboard not in KEYBOARDS:
            raise ConfigError(f"ui.keyboard is one of {', '.join(KEYBOARDS)}, not {keyboard!r}")
        defaults = AZERTY_KEYS if keyboard.startswith("azerty") else {}
        chosen = {action.id: _split(defaults.get(action.id, action.keys)) for action in ACTIONS}
        own, self.notices = moved_keys.under_new_ids(remaps or {})
        for action_id, keys in own.items():
            chosen[_known(action_id)] = _checked(action_id, keys)
        _refuse_clashes(chosen)
        self._keyboard = keyboard
        self._keys = chosen
        self._aliases = _without_clashes(chosen, keyboard)
        self._has_arabic = keyboard.endswith("+ar")
        self._latin = {
            alias: letter
            for letter in ascii_lowercase
            for alias in (_aliases(letter, keyboard) if self._has_arabic else ())
            if not alias.isascii()
        }
        self._pressed = {
            action_id: frozenset(
                binding.key for binding in Binding.make_bindings([(keys, "press")] if keys else [])
            )
            for action_id, keys in self.textual().items()
        }

    def keys(self, action_id: str) -> tuple[str, ...]:
        """Return the keys of an action as Textual names them, the one to show first, no aliases."""
        return self._keys[action_id]

    def shown(self, action_id: str) -> str:
        """Return the key to press as it is written for a person: `o`, `enter`, `ctrl+k`, `?`.

        On AZERTY a digit is what its key types without shift: `&` for `1`. Empty: it has no key.
        """
        return next(iter(self._typed(action_id)), "")

    def all_shown(self, action_id: str) -> str:
        """Return every key for help, AZERTY's digit row before the digits: `j down`, `& 1`."""
        return " ".join(self._typed(action_id))

    def arabic(self, action_id: str) -> str | None:
        """Return what the Arabic layout types in place of an action's keys; None without it."""
        if not self._has_arabic:
            return None
        latin = self._typed(action_id)
        return " ".join(alias for alias in self._aliases[action_id] if alias not in latin)

    def pressed(self, action_id: str) -> frozenset[str]:
        """Return every key and alias of an action, named as Textual names what was pressed."""
        return self._pressed[action_id]

    def presses(self, action_id: str, key: str) -> bool:
        """Tell whether a key, named as Textual names it, presses this action here."""
        return key in self._pressed[action_id]

    def types(self, letter: str, key: str) -> bool:
        """Tell whether a key, named as Textual names it, is that Latin letter on this keyboard."""
        return key in (letter, *_aliases(letter, self._keyboard))

    def latin(self, key: str) -> str:
        """Return ctrl with an Arabic letter as ctrl with the Latin letter of the same key.

        The keyboard protocol names a key by what it types; elsewhere ctrl types the same on both.
        """
        held, _, letter = key.rpartition("+")
        return f"ctrl+{self._latin[letter]}" if held == "ctrl" and letter in self._latin else key

    def moves(self) -> frozenset[str]:
        """Return every key that only moves a cursor, named as Textual names what was pressed."""
        return frozenset(
            key
            for action_id, keys in self._pressed.items()
            if action_id.startswith("nav.")
            for key in keys
        )

    def _typed(self, action_id: str) -> tuple[str, ...]:
        """Return the keys as this keyboard's Latin layout has them, the first to press first."""
        aliases = self._aliases[action_id]
        return tuple(
            name
            for key in self._keys[action_id]
            for name in (AZERTY_DIGITS.get(key, ""), show(key))
            if name and (name in aliases or name == show(key))
        )

    def overlay(self) -> dict[str, str]:
        """Return what `App.set_keymap` takes: the ids whose keys are not those they are bound with.

        Textual lays it over the bindings of every widget at every press of a key.
        """
        return {
            action_id: keys
            for action_id, keys in self.textual().items()
            if _split(keys) != _split(BY_ID[action_id].keys)
        }

    def textual(self) -> dict[str, str]:
        """Return every id with its keys and its keyboard's aliases, as Textual names keys."""
        return {
            action_id: ",".join((*keys, *self._aliases[action_id]))
            for action_id, keys in self._keys.items()
        }


def show(key: str) -> str:
    """Write a key's name as a person reads it."""
    return SHOWN.get(key, key)


def _split(keys: str) -> tuple[str, ...]:
    return tuple(key.strip() for key in keys.split(",")) if keys else ()


def _known(action_id: str) -> str:
    if action_id in BY_ID:
        return action_id
    near = difflib.get_close_matches(action_id, BY_ID, n=1, cutoff=0)[0]
    raise ConfigError(f"[keys] names no action {action_id[:40]!r}; the nearest is {near!r}")


def _checked(action_id: str, keys: str) -> tuple[str, ...]:
    names = _split(keys or " ")
    for name in names:
        if name in RESERVED and name not in _split(BY_ID[action_id].keys):
            raise ConfigError(f"[keys] {action_id}: {name} cannot be used, {RESERVED[name]}")
        if name.startswith(UNSENDABLE):
            raise ConfigError(
                f"[keys] {action_id}: {name[:20]!r} is a key that not every terminal can send; "
                "write o, G, ctrl+k, enter, f2"
            )
        single = len(name) == 1 and name.isprintable() and name != " "
        if not (single or name in NAMED or _CONTROL.match(name) or _FUNCTION.match(name)):
            raise ConfigError(
                f"[keys] {action_id}: {name[:20]!r} is no key; write o, G, ctrl+k, enter, f2 "
                "or two of them as 'o,f2'"
            )
    return names


def _refuse_clashes(chosen: Mapping[str, tuple[str, ...]]) -> None:
    for place, actions in _by_place():
        owner: dict[str, str] = {}
        for action in actions:
            for key in chosen[action.id]:
                first = owner.setdefault(show(key), action.id)
                if first != action.id:
                    raise ConfigError(
                        f"[keys] {show(key)} would be both {first} and {action.id} in {place}"
                    )


def _without_clashes(
    chosen: Mapping[str, tuple[str, ...]], keyboard: str
) -> dict[str, tuple[str, ...]]:
    """Return each action's aliases; one that is somebody's own key is left out."""
    taken = {show(key) for keys in chosen.values() for key in keys}
    return {
        action_id: tuple(
            alias for key in keys for alias in _aliases(show(key), keyboard) if alias not in taken
        )
        for action_id, keys in chosen.items()
    }


def _aliases(key: str, keyboard: str) -> Iterable[str]:
    latin, _, arabic = keyboard.partition("+")
    if latin == "azerty" and key in AZERTY_DIGITS:
        yield AZERTY_DIGITS[key]
    if arabic:
        position = AZERTY_TO_QWERTY.get(key, key) if latin == "azerty" else key
        typed = ARABIC_BY_POSITION.get(position) or ARABIC_DIGITS.get(key)
        if latin == "azerty" and key == "m":
            typed = "ك"
        if typed:
            yield typed


def _by_place() -> Iterable[tuple[str, list[Action]]]:
    places = sorted({place for action in ACTIONS for place in action.where})
    return [(place, [action for action in ACTIONS if place in action.where]) for place in places]
