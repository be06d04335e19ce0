"""The reader of the keys: asleep until there is one, awake at once when it is to end."""

import os
import pty
import threading
import tty

import pytest
from textual._xterm_parser import XTermParser
from textual.events import Key
from textual.message import Message

from tui.escapes import Escapes
from tui.key_reader import KeyReader

PATIENCE = 10.0


class Reading:
    """A reader at work on a terminal of its own."""

    def __init__(self) -> None:
        self.outer, self.inner = pty.openpty()
        tty.setraw(self.inner)
        self.heard: list[str] = []
        self._news = threading.Condition()
        self.ended = threading.Event()
        self.reader = KeyReader(self.inner, self.ended)
        self.start()

    def start(self) -> None:
        self.ended.clear()
        self.thread = threading.Thread(
            target=self.reader.run, args=(XTermParser(), self._take), daemon=True
        )
        self.thread.start()

    def stop(self) -> None:
        self.reader.stop()
        self.ended.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()

    def hears(self, *keys: str) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self.heard == list(keys), PATIENCE), self.heard

    def type(self, raw: bytes) -> None:
        os.write(self.outer, raw)

    def _take(self, message: Message) -> None:
        if isinstance(message, Key):
            with self._news:
                self.heard.append(message.key)
                self._news.notify_all()


def test_keys_are_heard_and_a_lone_escape_is_one() -> None:
    reading = Reading()
    reading.type(b"j\x1b[A")
    reading.hears("j", "up")
    reading.type(b"\x1b")
    reading.hears("j", "up", "escape")
    reading.stop()


@pytest.mark.parametrize(
    ("raw", "keys"),
    [
        (b"\x1b3", ["escape", "3"]),
        (b"\x1bV", ["escape", "V"]),
        (b"\x1b:", ["escape", "colon"]),
        (b"\x1b\r", ["escape", "enter"]),
        (b"\x1b\x1bq", ["escape", "escape", "q"]),
        ("\x1bé".encode(), ["escape", "é"]),
        (b"\x1bjk\x1bb", ["escape", "j", "k", "escape", "b"]),
        (b"\x1b[A\x1b[1;5C\x1bOBq", ["up", "ctrl+right", "down", "q"]),
        (b"\x1b\tq", ["shift+tab", "q"]),
    ],
    ids=repr,
)
def test_an_escape_and_the_key_behind_it_are_two_keys_on_a_slow_line(
    raw: bytes, keys: list[str]
) -> None:
    reading = Reading()
    reading.type(raw)
    reading.hears(*keys)
    reading.stop()


def test_a_sequence_in_two_packets_is_still_one_key() -> None:
    parser = XTermParser()
    escapes = Escapes(parser)
    heard = [message for half in ("\x1b", "[A", "\x1b", "3") for message in escapes.feed(half)]
    assert [key.key for key in heard if isinstance(key, Key)] == ["up", "escape", "3"]


def test_a_letter_in_two_halves_and_bytes_that_are_none_stop_nothing() -> None:
    reading = Reading()
    reading.type("é".encode()[:1])
    reading.type("é".encode()[1:] + b"\xff" + b"k")
    reading.hears("é", "replacement_character", "k")
    reading.stop()


def test_it_reads_again_after_it_was_stopped_even_twice() -> None:
    reading = Reading()
    reading.stop()
    reading.reader.stop()
    reading.start()
    reading.type(b"k")
    reading.hears("k")
    reading.stop()


def test_a_terminal_that_is_gone_ends_the_reading_and_can_still_be_left() -> None:
    reading = Reading()
    os.close(reading.outer)
    reading.thread.join(PATIENCE)
    assert not reading.thread.is_alive()
    reading.stop()
