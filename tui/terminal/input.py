"""What a terminal sends, taken apart, and what each piece of it means: a key, a paste, an answer.

Bytes come in any pieces, and many belong to no key: reports of the mouse, answers to questions,
what a bad line left of either. A sequence is whole or it is dropped; no part of one is ever a key.
Names of keys are Textual's.
"""

import re
import unicodedata
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS, MODIFIER_FUNCTIONAL_KEYS
from textual.keys import ASCII_KEY_NAMES, KEY_NAME_REPLACEMENTS
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

ESC, BEL, DEL, ST = 0x1B, 0x07, 0x7F, 0x9C
LEAVING: Final = frozenset({0x03, 0x11})
"""ctrl+c and ctrl+q, which end whatever they come in the middle of."""

CANCEL: Final = frozenset({0x18, 0x1A})
"""CAN and SUB, by which a terminal breaks a sequence off."""

STRINGS: Final = frozenset(b"PX]^_")
"""After an escape: what begins a string (DCS, SOS, OSC, PM, APC) that goes on to its ST."""

LONGEST_SEQUENCE, LONGEST_PASTE = 128, 65_536
"""Bytes. What is longer is read to its end as well; only so much of it is kept."""

PASTE_BEGINS, PASTE_ENDS = b"\x1b[200~", b"\x1b[201~"
ONE_KEY: Final = re.compile(rb"(?:[\x03\x11]+|\x1b\[[\d;:]*[u~A-HPQSZ])\Z")
"""What is a key though a paste has not ended, when nothing else comes with it."""

Waits = Literal["nothing", "a key", "the rest"]


class Piece(NamedTuple):
    """A character, a whole sequence in its 7-bit form, or a pasted text."""

    kind: Literal["character", "sequence", "paste"]
    text: str


class TerminalInput:
    """Takes apart what a terminal sends. It keeps no time: the reader says when to give up."""

    def __init__(self) -> None:
        self._take: Callable[[int], Iterator[Piece]] = self._character
        self._decoder = getincrementaldecoder("utf-8")()
        self._cut = self._broken = False
        self._introducer = 0
        self._body = bytearray()

    @property
    def waits(self) -> Waits:
        """What more must come: nothing; what an escape may begin, else it is a key; the rest."""
        if self._take == self._character:
            return "nothing"
        begun = self._take == self._string and not self._body
        return "a key" if self._take == self._escape or begun else "the rest"

    def feed(self, data: bytes) -> Iterator[Piece]:
        """Yield what is whole by now."""
        if self._take == self._paste and ONE_KEY.match(data) and data != PASTE_ENDS:
            yield from self.give_up()
        for at, byte in enumerate(data, 1):
            yield from self._take(byte)
            if self._take == self._paste and self._body.endswith(PASTE_ENDS):
                # An end inside a paste is text: who wrote it there wants the rest to be keys.
                inside = PASTE_ENDS in data[at:].partition(PASTE_BEGINS)[0]
                if not inside:
                    del self._body[-len(PASTE_ENDS) :]
                    yield self._pasted()

    def give_up(self) -> Iterator[Piece]:
        """Yield what it is after all, since nothing more came."""
        if self._take == self._paste:
            # Keys that were pressed because nothing happened any more count.
            leaving = re.search(rb"[\x03\x11]", bytes(self._body))
            if leaving:
                del self._body[leaving.start() :]
            yield self._pasted()
            if leaving:
                yield Piece("character", leaving[0].decode())
        elif self.waits == "a key":
            yield Piece("character", "\x1b")
            if self._take == self._string:
                yield Piece("character", chr(self._introducer))
        self._take = self._character

    def _pasted(self) -> Piece:
        text = bytes(self._body[:LONGEST_PASTE]).replace(PASTE_BEGINS, b"")
        text = text.replace(PASTE_ENDS, b"").replace(b"\x00", b"")
        self._take = self._character
        return Piece("paste", text.decode("utf-8", "ignore"))

    # One byte, by what it is part of.

    def _character(self, byte: int) -> Iterator[Piece]:
        if byte < 0x80:
            self._forget_character()
            if byte == ESC:
                self._take = self._escape
            else:
                yield Piece("character", chr(byte))
            return
        if byte < 0xC0 and self._broken:
            return
        if byte < 0xC0 and not self._cut:
            self._eight_bit(byte)
            return
        try:
            text = self._decoder.decode(bytes((byte,)))
        except UnicodeDecodeError:
            again = self._cut and byte >= 0xC0
            self._forget_character()
            self._broken = not again
            if again:
                yield from self._character(byte)
            return
        self._cut, self._broken = not text, False
        if "\x80" <= text <= "\x9f":
            self._eight_bit(ord(text))
        elif text:
            yield Piece("character", text)

    def _forget_character(self) -> None:
        self._decoder.reset()
        self._cut = self._broken = False

    def _eight_bit(self, byte: int) -> None:
        """Begin what ESC and a letter begin, in one byte or character; others are no keys."""
        if (code := byte - 0x40) in b"[O" or code in STRINGS:
            self._begin(code)
            # No escape was pressed that might be a key of its own.
            self._body += b" " if code in STRINGS else b""

    def _escape(self, byte: int) -> Iterator[Piece]:
        self._take = self._character
        if byte in b"[O" or byte in STRINGS:
            self._begin(byte)
        elif byte in (0x09, DEL):
            yield Piece("sequence", f"\x1b{chr(byte)}")
        elif byte != 0x5C:
            # Not ST, the end of a string whose beginning is lost.
            yield Piece("character", "\x1b")
            yield from self._character(byte)

    def _begin(self, code: int) -> None:
        self._introducer = code
        self._body.clear()
        self._take = self._string if code in STRINGS else self._sequence

    def _sequence(self, byte: int) -> Iterator[Piece]:
        if (ended := self._broken_off(byte)) is not None:
            yield from ended
            return
        body = self._body
        if len(body) <= LONGEST_SEQUENCE:
            body.append(byte)
        mouse = self._introducer == ord("[") and body.startswith(b"M")
        if self._introducer == ord("O"):
            whole = byte not in b"0123456789;" and byte >= 0x20
        elif mouse:
            # The old report of the mouse: three bytes follow, which may be letters.
            whole = len(body) == 4
        else:
            # After `[[`, a function key of the Linux console, comes one letter more.
            whole = 0x40 <= byte < DEL and bytes(body) != b"["
        if not whole:
            return
        self._take = self._character
        sequence = b"\x1b" + bytes((self._introducer,)) + bytes(body)
        if sequence == PASTE_BEGINS:
            body.clear()
            self._take = self._paste
        elif sequence != PASTE_ENDS and not mouse and _is_plain(body):
            yield Piece("sequence", sequence.decode())

    def _string(self, byte: int) -> Iterator[Piece]:
        last = self._body[-1] if self._body else 0
        if byte == 0x5C and last == ESC:
            self._take = self._character
            return
        if last == ESC:
            # It was broken off by the next sequence.
            yield from self._escape(byte)
            return
        ends = byte == BEL and self._introducer == ord("]")
        # 0x9c is the end unless it is part of a character.
        ends = ends or (byte == ST and (last < 0x80 or last == 0xC2))
        if ends:
            self._take = self._character
        elif byte == ESC:
            self._body[:] = (byte,)
        elif (ended := self._broken_off(byte)) is not None:
            yield from ended
        else:
            self._body[:] = (byte,)

    def _broken_off(self, byte: int) -> Iterator[Piece] | None:
        """Drop a sequence that this byte ends before its time; None if it does not."""
        if byte in CANCEL:
            self._take = self._character
            return iter(())
        if byte == ESC or byte in LEAVING:
            self._take = self._character
            return self._character(byte)
        return None

    def _paste(self, byte: int) -> Iterator[Piece]:
        self._body.append(byte)
        if len(self._body) > LONGEST_PASTE + 2 * len(PASTE_ENDS):
            del self._body[LONGEST_PASTE : -len(PASTE_ENDS)]
        return iter(())


def _is_plain(body: bytearray) -> bool:
    return len(body) <= LONGEST_SEQUENCE and all(0x20 <= byte < DEL for byte in body)


# What a piece means.

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
