"""The reader of the keys: asleep until there is one, awake at once when it is to end."""

import os
import pty
import select
import termios
import threading
import time
import tty

import pytest
from textual.events import Key, Paste
from textual.message import Message

from tui.terminal.driver import KeyReader

PATIENCE = 10.0


class Reading:
    """A reader at work on a terminal of its own."""

    def __init__(self, wait: float = 0.1) -> None:
        self.wait = wait
        self.outer, self.inner = pty.openpty()
        tty.setraw(self.inner)
        self.heard: list[str] = []
        self.breaks_at = ""
        self._news = threading.Condition()
        self.ended = threading.Event()
        self.reader = KeyReader(self.inner, self.ended, lambda: self.wait)
        self.start()

    def start(self) -> None:
        self.ended.clear()
        self.thread = threading.Thread(target=self.reader.run, args=(self._take,), daemon=True)
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

    def read_up(self) -> None:
        """Wait until what was typed has been read: the next comes in a packet of its own."""
        end = time.monotonic() + PATIENCE
        while select.select([self.inner], [], [], 0)[0] and time.monotonic() < end:
            time.sleep(0.001)

    def _take(self, message: Message) -> None:
        if isinstance(message, Key) and message.key == self.breaks_at:
            raise RuntimeError(message.key)
        if isinstance(message, Key | Paste):
            heard = message.key if isinstance(message, Key) else f"paste: {message.text}"
            with self._news:
                self.heard.append(heard)
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


def test_a_sequence_in_two_packets_is_one_key_on_a_long_line() -> None:
    reading = Reading(wait=PATIENCE)
    for half in (b"\x1b", b"[A", b"j", b"\x1b[", b"1;", b"5C", b"q"):
        reading.type(half)
        reading.read_up()
    reading.hears("up", "j", "ctrl+right", "q")
    reading.stop()


def test_a_letter_in_two_halves_and_bytes_that_are_none_stop_nothing() -> None:
    reading = Reading()
    reading.type("é".encode()[:1])
    reading.type("é".encode()[1:] + b"\xff" + b"k")
    reading.hears("é", "k")
    reading.stop()


def test_a_paste_that_never_ends_is_over_after_a_second() -> None:
    reading = Reading()
    reading.type(b"\x1b[200~a card")
    reading.hears("paste: a card")
    reading.type(b"j")
    reading.hears("paste: a card", "j")
    reading.stop()


@pytest.mark.parametrize("key", [b"\x11", b"\x1b[113;5u", b"\x1b[113;133u"], ids=repr)
def test_ctrl_q_ends_a_paste_at_once(key: bytes) -> None:
    reading = Reading()
    reading.type(b"\x1b[200~a card")
    reading.read_up()
    reading.type(key)
    reading.hears("paste: a card", "ctrl+q")
    reading.stop()


def test_a_terminal_that_has_nothing_is_not_taken_for_gone() -> None:
    reading = Reading()
    # Another program turned lines on, where ctrl+d at the start of one reads as nothing at all.
    modes = termios.tcgetattr(reading.inner)
    modes[3] |= termios.ICANON
    termios.tcsetattr(reading.inner, termios.TCSANOW, modes)
    reading.type(b"\x04")
    reading.read_up()
    tty.setraw(reading.inner)
    reading.type(b"k")
    reading.hears("k")
    os.set_blocking(reading.inner, False)
    reading.type(b"j")
    reading.hears("k", "j")
    reading.stop()


def test_a_message_that_breaks_its_taker_costs_no_other() -> None:
    reading = Reading()
    reading.breaks_at = "x"
    reading.type(b"jxk")
    reading.hears("j", "k")
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
