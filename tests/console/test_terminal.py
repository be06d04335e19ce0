"""Terminals that no console can be drawn on, and terminals that go away."""

import io
import os
from collections.abc import Iterator

import pytest
from rich.console import Console

from services.domain.errors import ConfigError
from tui.terminal.capabilities import TerminalCapabilities, check_terminal, hung_up, in_ascii
from tui.terminal.driver import TerminalWriter


class Stream(io.StringIO):
    def __init__(self, *, tty: bool = True, encoding: str = "utf-8") -> None:
        super().__init__()
        self._tty, self._encoding = tty, encoding

    def isatty(self) -> bool:
        return self._tty

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding


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


@pytest.mark.parametrize(
    ("term", "colorterm"),
    [
        ("linux", ""),
        ("xterm", ""),
        ("xterm", "truecolor"),
        ("screen", ""),
        ("screen-256color", ""),
        ("tmux-256color", ""),
        ("xterm-kitty", ""),
        ("vt220", "24bit"),
    ],
)
def test_sixteen_colours_are_what_is_drawn_in_where_there_are_no_more(
    term: str, colorterm: str
) -> None:
    environ = {"TERM": term, "COLORTERM": colorterm}
    drawn_in = Console(force_terminal=True, _environ=environ).color_system
    assert TerminalCapabilities.of(environ).sixteen is (drawn_in == "standard")


@pytest.mark.parametrize(
    ("setting", "term", "expected"),
    [
        ("auto", "linux", True),
        ("auto", "xterm-256color", False),
        ("on", "xterm-256color", True),
        ("off", "linux", False),
    ],
)
def test_lines_are_ascii_on_a_linux_console_unless_the_setting_says_otherwise(
    setting: str, term: str, expected: bool
) -> None:
    assert in_ascii(setting, TerminalCapabilities.of({"TERM": term})) is expected


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"LC_ALL": "fr_DZ.ISO-8859-1", "LANG": "C.UTF-8"}, "ISO-8859-1"),
        ({"LC_CTYPE": "ar_DZ.CP1256"}, "CP1256"),
        ({"LANG": "de_DE.ISO8859-15@euro"}, "ISO8859-15"),
    ],
)
def test_a_locale_of_another_encoding_is_refused_though_python_would_write_utf_8(
    environ: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigError, match=f"encoding is {named}, not UTF-8"):
        check_terminal({"TERM": "xterm", **environ}, Stream(), Stream())


@pytest.mark.parametrize(
    "environ", [{}, {"LANG": "C"}, {"LC_ALL": "", "LANG": "fr_DZ.utf8"}, {"LC_ALL": "POSIX"}]
)
def test_a_locale_that_names_no_other_encoding_is_let_through(environ: dict[str, str]) -> None:
    check_terminal({"TERM": "xterm", **environ}, Stream(), Stream())


def test_a_terminal_whose_other_end_closed_is_noticed(pty: tuple[int, int]) -> None:
    outer, inner = pty
    assert not hung_up(inner)
    os.close(outer)
    assert hung_up(inner)


def test_writing_to_a_terminal_that_is_gone_does_not_fail(pty: tuple[int, int]) -> None:
    outer, inner = pty
    os.close(outer)
    writer = TerminalWriter(inner)
    writer.start()
    writer.write("text")
    writer.stop(5)
    assert not writer.is_alive()
    assert writer.blocked() == 0


def test_what_is_written_together_goes_out_in_one_piece(pty: tuple[int, int]) -> None:
    outer, inner = pty
    writer = TerminalWriter(inner)
    writer.write("a picture, ")
    writer.write("and its end: é")
    writer.start()
    writer.stop(5)
    assert os.read(outer, 100).decode() == "a picture, and its end: é"
    os.close(outer)


def test_a_terminal_that_takes_nothing_is_not_waited_for(pty: tuple[int, int]) -> None:
    outer, inner = pty
    writer = TerminalWriter(inner)
    writer.start()
    writer.write("x" * 1_000_000)
    writer.stop(0.05)
    assert writer.is_alive()
    assert writer.blocked() > 0
    os.close(outer)
    writer.join(5)
    assert not writer.is_alive()
