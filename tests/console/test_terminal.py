"""Terminals that no console can be drawn on, and terminals that go away."""

import io
import os
from collections.abc import Iterator

import pytest

from services.errors import ConfigError
from tui.terminal import Patient, check_terminal, hung_up


class Stream(io.StringIO):
    def __init__(self, *, tty: bool = True, encoding: str = "utf-8") -> None:
        super().__init__()
        self._tty, self._encoding = tty, encoding

    def isatty(self) -> bool:
        return self._tty

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding


class Gone(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError("nobody there")

    def flush(self) -> None:
        raise OSError("nobody there")


@pytest.fixture
def pty() -> Iterator[tuple[int, int]]:
    outer, inner = os.openpty()
    yield outer, inner
    os.close(inner)


def test_a_usable_terminal_is_let_through() -> None:
    check_terminal({"TERM": "xterm-256color"}, Stream(), Stream(encoding="UTF8"))


@pytest.mark.parametrize(
    ("term", "stdin", "stdout", "words"),
    [
        ("xterm", Stream(tty=False), Stream(), "needs a terminal"),
        ("xterm", Stream(), Stream(tty=False), "needs a terminal"),
        ("dumb", Stream(), Stream(), "TERM=dumb"),
        ("", Stream(), Stream(), "cannot move its cursor"),
        ("xterm", Stream(), Stream(encoding="ANSI_X3.4-1968"), "not UTF-8"),
    ],
)
def test_what_cannot_be_drawn_on_is_refused_with_exit_2(
    term: str, stdin: Stream, stdout: Stream, words: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        check_terminal({"TERM": term}, stdin, stdout)
    assert words in refused.value.sentence()
    assert refused.value.exit_code == 2


def test_a_terminal_whose_other_end_closed_is_noticed(pty: tuple[int, int]) -> None:
    outer, inner = pty
    assert not hung_up(inner)
    os.close(outer)
    assert hung_up(inner)


def test_writing_to_nobody_does_not_fail() -> None:
    stream = Patient(Gone())
    assert stream.write("text") == 4
    stream.flush()
