"""How the terminal of these tests shows what is written: picture by picture, and each one whole."""

import sys
from collections.abc import Callable, Iterator

import pytest

from tests.proof.screen import BEGIN_PICTURE, END_PICTURE, Terminal

pytestmark = pytest.mark.terminal
CLEAR = b"\x1b[2J\x1b[H"

Write = Callable[..., Terminal]


@pytest.fixture
def written(home: dict[str, str]) -> Iterator[Write]:
    """Write pieces at once, and the last of them once a key was pressed."""
    opened: list[Terminal] = []

    def write(*pieces: bytes) -> Terminal:
        *first, last = pieces
        program = (
            "import sys, tty; tty.setraw(0); out = sys.stdout.buffer;"
            f"out.write({b''.join(first)!r}); out.flush(); sys.stdin.buffer.read(1);"
            f"out.write({last!r}); out.flush()"
        )
        opened.append(Terminal([sys.executable, "-c", program], home, (80, 24)))
        return opened[-1]

    yield write
    for each in opened:
        each.close()


def test_each_picture_is_seen_though_the_next_came_with_it(written):
    pictures = [BEGIN_PICTURE + CLEAR + name + END_PICTURE for name in (b"one", b"two", b"three")]
    terminal = written(b"zero", *pictures, b"")
    for name in ("zero", "one", "two", "three"):
        terminal.wait_for(name)
    terminal.press("x")
    assert terminal.exit_code() == 0


@pytest.mark.parametrize("cut", [3, 20])
def test_a_picture_is_not_seen_before_it_is_whole(written, cut):
    picture = BEGIN_PICTURE + CLEAR + b"the first and the last" + END_PICTURE
    terminal = written(b"before", picture[:cut], picture[cut:])
    terminal.wait_until(lambda: picture[:cut] in terminal.bytes)
    assert not terminal._seen_within(0, "first")
    terminal.wait_for("before")
    terminal.press("x")
    terminal.wait_for("the first and the last")
    assert terminal.exit_code() == 0


def test_a_picture_that_was_broken_off_is_shown_at_the_end(written):
    terminal = written(b"before", BEGIN_PICTURE + CLEAR + b"the first")
    terminal.wait_for("before")
    terminal.press("x")
    assert terminal.exit_code() == 0
    assert "the first" in terminal.text
