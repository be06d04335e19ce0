"""What a terminal sends and what it means: keys that were pressed, and never one that was not."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from tui.terminal.input import LONGEST_PASTE, TerminalInput, TerminalKeys, is_press

ST_ENDS = (b"\x1b\\", b"\x9c", b"\xc2\x9c")
NO_KEYS = {
    "X10 mouse": b"\x1b[M 1q",
    "X10 mouse beyond 95": b"\x1b[M \xf1\xb2",
    "X10 mouse, two bytes that look like a character": b"\x1b[M\xc3\xa9q",
    "urxvt mouse": b"\x1b[35;12;7M",
    "SGR mouse above the corner": b"\x1b[<0;-1;0M",
    "SGR mouse far away": b"\x1b[<0;999999999;1M",
    "SGR mouse of an odd button": b"\x1b[<999;1;1M",
    "locator": b"\x1b[1;2;3;4;0&w",
    "device attributes": b"\x1b[?62;1;4c",
    "secondary attributes": b"\x1b[>41;354;0c",
    "tertiary attributes": b"\x1bP!|464F4F54\x1b\\",
    "version": b"\x1bP>|foot(1.16.2)\x1b\\",
    "status": b"\x1b[0n",
    "extended cursor": b"\x1b[?1;1;1R",
    "other modes": b"\x1b[?2048;1$y\x1b[?2004;0$y\x1b[4;2$y",
    "keyboard flags": b"\x1b[?31u",
    "size in cells": b"\x1b[8;24;80t",
    "size in band": b"\x1b[48;24;80;0;0t",
    "size in band with parts": b"\x1b[48;24:1;80:2;480:3;640:4t",
    "pixels of a cell": b"\x1b[6;16;8t",
    "colour, BEL": b"\x1b]10;rgb:ffff/ffff/ffff\x07",
    "colour, ST": b"\x1b]11;rgb:0000/0000/0000\x1b\\",
    "palette": b"\x1b]4;1;rgb:cdcd/0000/0000\x07",
    "clipboard": b"\x1b]52;c;eXF5cXlx\x07",
    "title with a character whose last byte is ST": "\x1b]lÜqy\x1b\\".encode(),
    "setting": b"\x1bP1$r0m\x1b\\",
    "capability": b"\x1bP1+r436f=323536\x1b\\",
    "checksum": b"\x1bP1!~ABCD\x1b\\",
    "graphics": b"\x1b_Gi=31;OK\x1b\\",
    "privacy message": b"\x1b^y\r\x1b\\",
    "start of string": b"\x1bXyyy\r\x1b\\",
    "a string with controls": b"\x1bPy\r\n\t\x7fq\x1b\\",
    "a string over several lines": b"\x1b]52;c;" + b"q" * 5_000 + b"\x07",
    "eight-bit CSI": b"\x9b?62c",
    "eight-bit DCS": b"\x90>|q\x9c",
    "eight-bit OSC": b"\x9d11;rgb:q\x9c",
    "eight-bit APC as characters": "\x9fGq\x9c".encode(),
    "other C1": b"\x84\x85\x99" + "\x84\x85".encode(),
    "overlong": b"\xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf\xc0\x9bq"[:-1],
    "surrogates": b"\xed\xa0\x80\xed\xbf\xbf",
    "beyond Unicode": b"\xf4\x90\x80\x80\xf8\x88\x80\x80\x80",
    "truncated": b"\xe2\x82",
    "a parameter of a thousand digits": b"\x1b[" + b"9" * 1_000 + b"u",
    "a number beyond Unicode": b"\x1b[1114112u\x1b[9999999;5u",
    "a surrogate's number": b"\x1b[55296u\x1b[97;;55296u"[:8],
    "a control character's number": b"\x1b[1u\x1b[7u",
    "a key of a later protocol": b"\x1b[63000u",
    "released": b"\x1b[97;1:3u\x1b[97;1:3;97u\x1b[1;1:3A\x1b[3;1:3~",
    "an event that is none": b"\x1b[97;1:7u",
    "a sequence with a control character in it": b"\x1b[1;\r5A",
    "a sequence with a character in it": "\x1b[1;é5A".encode(),
    "a sequence that is cancelled": b"\x1b[1;5\x18\x1bP1\x1a",
    "an end of no paste": b"\x1b[201~",
    "an end of no string": b"\x1b\\",
    "an unknown single shift": b"\x1bO!\x1bO1;9w",
}


class Heard:
    """What a reader would hand on, however the bytes are cut."""

    def __init__(self) -> None:
        self.input, self.keys = TerminalInput(), TerminalKeys()

    def messages(self, *reads: bytes, give_up: bool = True) -> Iterator[Message]:
        for data in reads:
            for piece in self.input.feed(data):
                yield from self.keys.read(piece)
        while give_up and self.input.waits != "nothing":
            for piece in self.input.give_up():
                yield from self.keys.read(piece)

    def names(self, *reads: bytes) -> list[str]:
        return [
            message.key if isinstance(message, events.Key) else type(message).__name__
            for message in self.messages(*reads)
        ]


def names(*reads: bytes) -> list[str]:
    return Heard().names(*reads)


@pytest.mark.parametrize("raw", NO_KEYS.values(), ids=NO_KEYS)
def test_no_key_means_nothing_however_it_is_cut(raw: bytes) -> None:
    assert names(raw + b"j") == ["j"]
    if len(raw) < 100:
        assert names(*(bytes((byte,)) for byte in raw), b"j") == ["j"]


@pytest.mark.parametrize("raw", NO_KEYS.values(), ids=NO_KEYS)
def test_ctrl_q_leaves_in_the_middle_of_a_sequence(raw: bytes) -> None:
    for at in {1, len(raw) // 2, len(raw) - 1} if len(raw) > 1 else {1}:
        for leaving, key in ((b"\x11", "ctrl+q"), (b"\x03", "ctrl+c"), (b"\x1b[113;5u", "ctrl+q")):
            heard = Heard()
            list(heard.messages(raw[:at], give_up=False))
            assert heard.names(leaving)[-1] == key


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"\x1b[A\x1bOB\x1b[1;5C\x1b[Z", ["up", "down", "ctrl+right", "shift+tab"]),
        (b"\x9bA\x8fB" + "\x9bC".encode(), ["up", "down", "right"]),
        (b"\x1b[[A\x1bOP\x1b[15~", ["f1", "f1", "f5"]),
        (b"\x1b[I\x1b[O", ["AppFocus", "AppBlur"]),
        (b"\x1b[12;40R", ["CursorPosition"]),
        (b"\x1b[?2026;2$y\x1b[?2026;0$y", ["TerminalSupportsSynchronizedOutput"]),
        (b"\x1b[<0;10;5M\x1b[<0;10;5m\x1b[<35;1;1M\x1b[<64;1;1M",
         ["MouseDown", "MouseUp", "MouseMove", "MouseScrollUp"]),
        (b"\x1b[48;24;80;0;0t\x1b[<0;10;5M", ["MouseDown"]),
        (b"\x00\x1a\x7f", ["ctrl+@", "ctrl+z", "backspace"]),
        (b"\x1b[1;\x1b[A", ["up"]),
        (b"\x1b]52;c;YQ\x1b[A", ["up"]),
        (b"\x1bP", ["escape", "P"]),
        (b"\x1b", ["escape"]),
        (b"\x1b[", []),
        (b"\x1bO", []),
        (b"\x1b[27;5;113~", ["ctrl+q"]),
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_a_key_or_an_answer_is_heard(raw: bytes, expected: list[str]) -> None:
    assert names(raw) == expected
    if raw != b"\x1bP":
        assert names(*(bytes((byte,)) for byte in raw)) == expected


@pytest.mark.parametrize(
    ("raw", "key", "character"),
    [
        (b"\x1b[97u", "a", "a"),
        (b"\x1b[97;1:1;97u", "a", "a"),
        (b"\x1b[97;1:2;97u", "a", "a"),
        (b"\x1b[97;2;65u", "A", "A"),
        (b"\x1b[97;2u", "A", "A"),
        (b"\x1b[97;65u", "A", "A"),
        (b"\x1b[49:33;2u", "exclamation_mark", "!"),
        (b"\x1b[0;;233u", "é", "é"),
        (b"\x1b[1578;;1578u", "ت", "ت"),
        (b"\x1b[113;5u", "ctrl+q", None),
        (b"\x1b[113;197u", "ctrl+q", None),
        (b"\x1b[1590;5u", "ctrl+ض", None),
        (b"\x1b[1590::113;5u", "ctrl+q", None),
        (b"\x1b[1587::99;133u", "ctrl+c", None),
        (b"\x1b[1590::113u", "ض", "ض"),
        (b"\x1b[97;6u", "ctrl+shift+a", None),
        (b"\x1b[106;3u", "alt+j", None),
        (b"\x1b[13u", "enter", "\r"),
        (b"\x1b[13;129u", "enter", "\r"),
        (b"\x1b[27u", "escape", None),
        (b"\x1b[9;2u", "shift+tab", None),
        (b"\x1b[32;;32u", "space", " "),
        (b"\x1b[1;2A", "shift+up", None),
        (b"\x1b[1;129A", "up", None),
        (b"\x1b[57413;;43u", "plus", "+"),
        (b"\x1b[57413;129u", "plus", "+"),
        (b"\x1b[57412u", "minus", "-"),
        (b"\x1b[57410;;47u", "slash", "/"),
        (b"\x1b[57409;;44u", "comma", ","),
        (b"\x1b[57404u", "5", "5"),
        (b"\x1b[57414u", "enter", "\r"),
        (b"\x1b[57419u", "up", None),
        (b"\x1bOk", "plus", "+"),
        (b"\x1bOM", "enter", None),
    ],
    ids=repr,
)  # fmt: skip
def test_a_key_of_the_keyboard_protocol_is_the_key_it_is(
    raw: bytes, key: str, character: str | None
) -> None:
    (heard,) = Heard().messages(raw)
    assert isinstance(heard, events.Key)
    assert (heard.key, heard.character) == (key, character)
    assert is_press(heard)


@pytest.mark.parametrize("number", [*range(57_358, 57_362), *range(57_428, 57_455)])
def test_a_modifier_or_media_key_alone_is_no_press(number: int) -> None:
    for raw in (f"\x1b[{number}u", f"\x1b[{number};5u", f"\x1b[{number};2:2u"):
        assert not [key for key in Heard().messages(raw.encode()) if is_press(key)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reads", "expected"),
    [
        ([b"\x1b[200~one\x1b[201~j"], ["one", "j"]),
        ([b"\x1b[200~o", b"ne\x1b[2", b"01~"], ["one"]),
        ([b"\x1b[200~one"], ["one"]),
        ([b"\x1b[200~one\x11j"], ["one", "ctrl+q"]),
        ([b"\x1b[200~one\x11j\x1b[201~"], ["one\x11j"]),
        ([b"\x1b[200~one\x1b[201~q\r\x1b[201~j"], ["oneq\r", "j"]),
        ([b"\x1b[200~one\x1b[201~\x1b[200~two\x1b[201~"], ["one", "two"]),
        ([b"\x1b[200~\x1b[200~one\x1b[201~"], ["one"]),
        ([b"\x1b[200~a\x1b[Ab\x1b]52;c;x\x07\x00\x1b[201~"], ["a\x1b[Ab\x1b]52;c;x\x07"]),
        ([b"\x1b[200~\xe2\x82\x1b[201~j"], ["", "j"]),
        ([b"\x1b[200~one", b"\x1b[A"], ["one", "up"]),
        (["\x9b200~one\x1b[201~".encode()], ["one"]),
    ],
    ids=repr,
)
def test_what_is_pasted_is_text_and_no_key(reads: list[bytes], expected: list[str]) -> None:
    heard = [
        message.text if isinstance(message, events.Paste) else message.key
        for message in Heard().messages(*reads)
        if isinstance(message, events.Paste | events.Key)
    ]
    assert heard == expected


def test_a_paste_keeps_64_kb_and_drops_the_rest_to_its_end() -> None:
    (paste, key) = Heard().messages(b"\x1b[200~" + b"q" * 200_000 + b"\x1b[201~j")
    assert isinstance(paste, events.Paste)
    assert len(paste.text) == LONGEST_PASTE
    assert isinstance(key, events.Key)
    assert key.key == "j"


BYTES = st.binary(max_size=60)
BEGINNINGS = (
    b"\x1b[ \x1bO \x1bP \x1b] \x1b_ \x1b[200~ \x1b[201~ \x1b \x9b \x18 \x00 \x7f \x07 \x1b\\"
)
PIECES = b"; :3 57441 1;1:3 u ~ A M <0;0;0 $y \xc3 \xa9 \xff 99999999999"
PARTS = st.sampled_from([*NO_KEYS.values(), *BEGINNINGS.split(), *PIECES.split()])


@settings(max_examples=300, deadline=None)
@given(st.lists(BYTES | PARTS, max_size=12), st.sampled_from([b"\x11", b"\x1b[113;5u"]))
def test_no_bytes_break_the_reader_or_ctrl_q(parts: list[bytes], leaving: bytes) -> None:
    heard = Heard()
    for message in heard.messages(*parts, give_up=False):
        if isinstance(message, events.Key):
            assert message.key.isprintable() or len(message.key) == 1
            (message.character or "").encode()
        if isinstance(message, events.Paste):
            message.text.encode()
    assert heard.names(leaving)[-1] == "ctrl+q"
    assert heard.names(b"j") == ["j"]


def sequences(chance: random.Random) -> Iterator[bytes]:
    """Yield sequences made by the grammar, none of which is a key."""
    digits = b"0123456789;:"
    for _ in range(3_000):
        some = bytes(chance.choices(digits, k=chance.randint(0, 12)))
        letters = bytes(chance.choices(range(0x20, 0x7F), k=chance.randint(1, 40)))
        yield from (
            b"\x1b[" + chance.choice([b"?", b">", b"="]) + some + chance.choice([b"c", b"n", b"u"]),
            b"\x1b[" + some + chance.choice([b"$y", b" q", b"&w", b"t", b"n", b"x", b"M", b"'z"]),
            b"\x1b[M" + bytes(chance.choices(range(0x20, 0x100), k=3)),
            b"\x1b" + bytes((chance.choice(b"PX^_"),)) + letters + b"\x1b\\",
            b"\x1b]" + letters + chance.choice([b"\x07", b"\x1b\\"]),
        )  # fmt: skip


def test_no_sequence_of_the_grammar_types_a_letter() -> None:
    chance = random.Random(14)
    heard = Heard()
    kinds: set[str] = set()
    for raw in sequences(chance):
        at = chance.randint(1, len(raw))
        for message in heard.messages(raw[:at], raw[at:], give_up=False):
            assert not isinstance(message, events.Key) or len(message.key) > 4, (raw, message)
            assert not isinstance(message, events.Key) or message.character is None, (raw, message)
            kinds.add(type(message).__name__)
    assert heard.names(b"j") == ["j"]
    assert kinds <= {"Key", "CursorPosition", "TerminalSupportsSynchronizedOutput"}
