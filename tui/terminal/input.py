"""What a terminal sends, taken apart: characters, control sequences, pastes.

Bytes come in any pieces, and many belong to no key: reports of the mouse, answers to questions,
what a bad line left of either. A sequence is whole or it is dropped; no part of one is ever a key.
"""

import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple

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
