"""What a piece of a terminal's input means: a key, the mouse, a paste, the focus, or an answer.

Everything else is no key and means nothing. Names of keys are Textual's.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS, MODIFIER_FUNCTIONAL_KEYS
from textual.keys import ASCII_KEY_NAMES, KEY_NAME_REPLACEMENTS
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

from tui.terminal.input import Piece

KEYPAD: Final = {57399 + digit: str(digit) for digit in range(10)} | dict(
    zip((57409, 57410, 57411, 57412, 57413, 57415, 57416), "./*-+=,", strict=True)
)
"""The keyboard protocol's numbers of the keypad's keys, which are those of the main block."""

PRIVATE: Final = range(57_344, 63_744)
"""Numbers of keys that type nothing; which of them are keys is in Textual's table."""

NO_PRESS: Final = (
    frozenset(MODIFIER_FUNCTIONAL_KEYS)
    | {name for name in FUNCTIONAL_KEYS.values() if name.startswith("media_")}
    | {name for name in FUNCTIONAL_KEYS.values() if name.endswith(("_lock", "_volume"))}
    | {"print_screen"}
)
"""Keys that say nothing of what somebody wants here: modifiers, locks, and the computer's own."""

ASCII = 0x7F
SHIFT, CAPS, LOCKS = 1, 64, 64 | 128
MODIFIERS: Final = {SHIFT: "shift", 2: "alt", 4: "ctrl", 8: "super", 16: "hyper", 32: "meta"}
PRESSED, REPEATED = "1", "2"
TYPED: Final = {"enter": "\r", "tab": "\t", "backspace": "\x7f"}

_KEY: Final = re.compile(
    r"\x1b\[(?:(\d{1,7})(?::(\d{0,7}))?(?::(\d{0,7}))?)?"
    r"(?:;(\d{0,3})(?::(\d))?)?(?:;([\d:]*))?([u~A-FHPQS])"
)
_MODIFIED: Final = re.compile(r"\x1b\[27;(\d{1,3});(\d{1,7})~")
_MOUSE: Final = re.compile(r"\x1b\[<(\d{1,3});(\d{1,5});(\d{1,5})([Mm])")
_CURSOR: Final = re.compile(r"\x1b\[(\d{1,5});(\d{1,5})R")
_SYNCHRONIZED: Final = re.compile(r"\x1b\[\?2026;[1-4]\$y")


class TerminalKeys:
    """Makes messages of pieces of input; remembers where the mouse was."""

    def __init__(self) -> None:
        self._mouse_at = (0, 0)

    def read(self, piece: Piece) -> Iterator[Message]:
        """Yield what a piece means; nothing where it means nothing here."""
        kind, text = piece
        if kind == "paste":
            yield events.Paste(text)
        elif kind == "character":
            yield _typed(text)
        elif text in ("\x1b[I", "\x1b[O"):
            yield events.AppFocus() if text == "\x1b[I" else events.AppBlur()
        elif cursor := _CURSOR.fullmatch(text):
            yield events.CursorPosition(int(cursor[2]) - 1, int(cursor[1]) - 1)
        elif _SYNCHRONIZED.fullmatch(text):
            yield TerminalSupportsSynchronizedOutput()
        elif mouse := _MOUSE.fullmatch(text):
            yield from self._mouse(int(mouse[1]), int(mouse[2]) - 1, int(mouse[3]) - 1, mouse[4])
        else:
            yield from _pressed(text)

    def _mouse(self, buttons: int, x: int, y: int, state: str) -> Iterator[Message]:
        if x < 0 or y < 0 or buttons > 0x7F:
            return
        button = (buttons + 1) & 3
        kind: type[events.MouseEvent]
        if buttons & 64:
            kind, button = _SCROLLS[buttons & 3], 0
        elif buttons & 32 or not button:
            kind = events.MouseMove
        else:
            kind = events.MouseDown if state == "M" else events.MouseUp
        before, self._mouse_at = self._mouse_at, (x, y)
        held = (bool(buttons & 4), bool(buttons & 8), bool(buttons & 16))
        yield kind(None, x, y, x - before[0], y - before[1], button, *held, screen_x=x, screen_y=y)


_SCROLLS: Final = (
    events.MouseScrollUp,
    events.MouseScrollDown,
    events.MouseScrollLeft,
    events.MouseScrollRight,
)


def _typed(character: str) -> events.Key:
    """Return the key that types a character, or is one of the control characters."""
    known = ANSI_SEQUENCES_KEYS.get(character)
    if isinstance(known, tuple):
        return events.Key(known[0].value, character)
    if character == "\x1b":
        return events.Key("escape", character)
    return events.Key(_name(character), character)


def _name(character: str) -> str:
    """Return what Textual names the key that types a character."""
    name = character
    if not character.isalnum():
        name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
        name = name or ASCII_KEY_NAMES.get(character, character)
    return KEY_NAME_REPLACEMENTS.get(name, name)


def _pressed(sequence: str) -> Iterator[events.Key]:
    """Yield the keys of a sequence; more than one where one key types several characters."""
    if modified := _MODIFIED.fullmatch(sequence):
        sequence = f"\x1b[{modified[2]};{modified[1]}u"
    if key := _KEY.fullmatch(sequence):
        number, shifted, base, modifiers, event, text, end = key.groups(default="")
        if event not in ("", PRESSED, REPEATED):
            return
        found = list(_by_number(number, shifted, base, int(modifiers or 0), text, end))
        if found:
            yield from found
            return
    known = ANSI_SEQUENCES_KEYS.get(sequence)
    if isinstance(known, str):
        yield _typed(known)
    elif isinstance(known, tuple) and len(known) == 1:
        yield events.Key(known[0].value, None)


def _by_number(
    number: str, shifted: str, base: str, modifiers: int, text: str, end: str
) -> Iterator[events.Key]:
    held = modifiers - 1 if 1 <= modifiers <= 256 else 0
    code = int(number or 1)
    name = FUNCTIONAL_KEYS.get(f"{code}{end}", "")
    if end == "u" and (not name or code in KEYPAD):
        yield from _by_character(code, shifted, base, held, text)
    elif name:
        plain = not held & ~LOCKS
        yield events.Key("+".join([*_held(held), name]), TYPED.get(name) if plain else None)


def _by_character(code: int, shifted: str, base: str, held: int, text: str) -> Iterator[events.Key]:
    """Yield a key that types something: by the text that it typed, else by its number."""
    others = _held(held & ~SHIFT)
    typed = [c for c in (_printable(int(part or 0)) for part in text.split(":")) if c]
    if typed and not set(others) - {"alt"}:
        yield from (_typed(character) for character in typed)
        return
    if others and base and code > ASCII:
        # Where a keyboard types no Latin letters, ctrl goes with those of the usual layout.
        code = int(base)
    character = KEYPAD.get(code) or ("" if code in PRIVATE else _printable(code))
    if not character:
        return
    if others:
        yield events.Key("+".join([*_held(held), _typed(character.lower()).key]), None)
    elif shifted and held & SHIFT and (upper := _printable(int(shifted))):
        yield _typed(upper)
    elif bool(held & SHIFT) != bool(held & CAPS) and len(character.upper()) == 1:
        yield _typed(character.upper())
    else:
        yield _typed(character)


def _held(held: int) -> list[str]:
    return sorted(name for bit, name in MODIFIERS.items() if held & bit)


def _printable(code: int) -> str:
    """Return the character of a number; empty where it is none that can be typed."""
    character = chr(code) if code < 0x110000 else ""
    return character if character.isprintable() else ""


def is_press(key: events.Key) -> bool:
    """Tell whether a key is one: a modifier, a lock or a media key alone is none, with others."""
    return key.key.rpartition("+")[2] not in NO_PRESS
