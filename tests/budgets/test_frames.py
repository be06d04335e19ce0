"""What the terminal is sent of a picture: the cells that differ, and few bytes for each."""

import random

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.terminal.cell_writer import PLAIN, PLAIN_SPACE, CellStyle, change, shortest_move
from tui.terminal.screen_diff import ScreenFrame

WIDTH, HEIGHT = 24, 5
STYLES = [
    None,
    Style.parse("bold"),
    Style.parse("cyan"),
    Style.parse("bold cyan on blue"),
    Style.parse("reverse"),
    Style.parse("on red"),
    Style.parse("dim default on default"),
    Style.parse("#5fafd7 on #16181d"),
]
TEXTS = ["PUBG", " ", "    ", "é", "شحن", "表", "e\u0301", "·", "12 450.50", ">"]

pieces = st.tuples(st.sampled_from(TEXTS), st.sampled_from(STYLES))
lines = st.lists(st.lists(pieces, max_size=8), min_size=HEIGHT, max_size=HEIGHT)


def strips(drawn: list[list[tuple[str, Style | None]]]) -> list[Strip]:
    """Lines of pieces as strips of exactly the width."""
    return [
        Strip([Segment(text, style) for text, style in line]).adjust_cell_length(WIDTH)
        for line in drawn
    ]


def begun(screen: list[Strip]) -> tuple[ScreenFrame, str]:
    picture = ScreenFrame()
    text = picture.begin(WIDTH, HEIGHT, whole=True)
    return picture, text + written(picture, screen)


def written(
    picture: ScreenFrame, screen: list[Strip], cursor: tuple[int, int] | None = None
) -> str:
    update = [(y, 0, strip) for y, strip in enumerate(screen)]
    return picture.draw(update, ColorSystem.TRUECOLOR, cursor)


def seen(*written: str) -> list[list[tuple[str, ...]]]:
    """The cells of a terminal that received this; of a blank only what can be seen of it."""
    terminal = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(terminal)
    terminal.reset_mode(7 << 5)
    for text in written:
        stream.feed(text)
    return [[_cell(terminal.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def test_the_cursor_is_back_at_its_place_after_each_picture() -> None:
    picture, text = begun(strips([[("one", STYLES[2])]] * HEIGHT))
    texts = [text, written(picture, strips([[("two", STYLES[2])]] * HEIGHT), (2, 5))]
    texts.append(written(picture, strips([[("six", STYLES[1])]] * HEIGHT), (2, 5)))
    assert texts[-1].endswith("\x1b8\x1b7")
    assert written(picture, strips([[("six", STYLES[1])]] * HEIGHT), (2, 5)) == ""
    texts.append(written(picture, strips([[("six", STYLES[1])]] * HEIGHT), (3, 5)))
    assert texts[-1] == "\x1b[4;6H\x1b7"
    terminal = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(terminal)
    for text, place in zip(texts, [None, (2, 5), (2, 5), (3, 5)], strict=True):
        stream.feed(text)
        assert place in (None, (terminal.cursor.y, terminal.cursor.x))


def test_the_background_of_most_cells_is_said_once() -> None:
    rest: list[list[tuple[str, Style | None]]] = [[("row" * 8, STYLES[7])]] * (HEIGHT - 1)
    screens = [strips([[(f"{seconds} s" * 8, STYLES[7])], *rest]) for seconds in range(3)]
    picture, text = begun(screens[0])
    texts = [text, *(written(picture, screen, (2, 0)) for screen in screens[1:])]
    assert "48;2" not in texts[1] + texts[2]
    _, again = begun(screens[2])
    assert seen(*texts) == seen(again)


def _cell(char: pyte.screens.Char) -> tuple[str, ...]:
    plain = char.data == " " and not (char.reverse or char.underscore)
    front = "" if plain else f"{char.fg} {char.bold}"
    return (char.data, front, char.bg, str(char.reverse))


@settings(max_examples=200, deadline=None)
@given(st.lists(lines, min_size=2, max_size=4))
def test_the_terminal_shows_what_it_would_show_if_all_were_drawn_again(
    screens: list[list[list[tuple[str, Style | None]]]],
) -> None:
    first, *others = map(strips, screens)
    picture, text = begun(first)
    # The cursor is put to a line of its own, moved, or left where it is.
    texts = [text, *(written(picture, each, (n // 2, 3)) for n, each in enumerate(others))]
    _, again = begun(([first, *others])[-1])
    assert seen(*texts) == seen(again)


def test_nothing_is_written_for_what_is_there() -> None:
    screen = strips([[("PUBG", None), ("    ", None), ("12", STYLES[2])]] * HEIGHT)
    picture, _ = begun(screen)
    assert written(picture, screen) == ""


def test_a_changed_letter_costs_a_move_and_a_letter() -> None:
    screen = strips([[("age 2 m", None)]] + [[]] * (HEIGHT - 1))
    picture, _ = begun(screen)
    assert written(picture, strips([[("age 3 m", None)]] + [[]] * (HEIGHT - 1))) == "\x1b[;5H3"


def test_what_is_gone_is_erased_not_overwritten() -> None:
    screen = strips([[("a sentence of words", None)]] + [[]] * (HEIGHT - 1))
    picture, _ = begun(screen)
    assert written(picture, strips([[]] * HEIGHT)) == "\x1b[H\x1b[K"


def test_the_style_is_said_once_for_words_that_share_it() -> None:
    words = [("one", STYLES[2]), (" ", None), ("two", STYLES[2])]
    _, text = begun(strips([words] + [[]] * (HEIGHT - 1)))
    assert text.endswith("\x1b[K\x1b[H\x1b[36mone two\x1b[m")


def test_an_unknown_terminal_is_not_cleared_for_a_part_of_a_picture() -> None:
    picture = ScreenFrame()
    assert picture.begin(WIDTH, HEIGHT, whole=False) == "\x1b[m"
    line = Strip([Segment("same")])
    assert picture.draw([(0, 0, line)], ColorSystem.TRUECOLOR) == "\x1b[Hsame"
    assert picture.draw([(0, 0, line)], ColorSystem.TRUECOLOR) == ""
    picture.forget()
    assert picture.begin(WIDTH, HEIGHT, whole=True).count("\x1b[K") == HEIGHT


@pytest.mark.parametrize("wide", ["表", "ab"])
def test_a_wide_sign_is_written_whole(wide: str) -> None:
    rest: list[list[tuple[str, Style | None]]] = [[]] * (HEIGHT - 1)
    before, after = strips([[("xx表yy", None)], *rest]), strips([[(f"xx{wide}zz", None)], *rest])
    picture, text = begun(before)
    _, again = begun(after)
    assert seen(text, written(picture, after)) == seen(again)


def test_random_changes_cost_a_fraction_of_the_picture() -> None:
    chance = random.Random(7)
    words = [f"{chance.randrange(10**6):>10}" for _ in range(2 * HEIGHT)]
    grid = [[(words[2 * y], None), (words[2 * y + 1], STYLES[2])] for y in range(HEIGHT)]
    picture, whole = begun(strips(grid))
    grid[3][1] = (f"{chance.randrange(10**6):>10}", STYLES[2])
    assert len(written(picture, strips(grid))) < len(whole) / 4


@pytest.mark.parametrize(
    ("now", "wanted", "sequence"),
    [
        (CellStyle("36", "40", "1"), CellStyle("32", "40", "1"), "\x1b[32m"),
        (CellStyle("36", "40", "1"), CellStyle("36", "40", ""), "\x1b[22m"),
        (CellStyle("36", "40", "12"), CellStyle("36", "40", "2"), "\x1b[22;2m"),
        (CellStyle("36", "", "1"), CellStyle("", "", "2"), "\x1b[;2m"),
        (CellStyle("36", "40", "17"), PLAIN, "\x1b[m"),
        (CellStyle("36", "", "1"), PLAIN_SPACE, ""),
        (CellStyle("36", "44", "1"), CellStyle(None, "44", ""), ""),
        (CellStyle("36", "", "7"), PLAIN_SPACE, "\x1b[m"),
    ],
)
def test_only_what_changes_of_a_style_is_said(
    now: CellStyle, wanted: CellStyle, sequence: str
) -> None:
    assert change(now, wanted).sequence == sequence


@pytest.mark.parametrize(
    ("at", "to", "sure", "sequence"),
    [
        ((4, 9), (4, 12), True, "\x1b[3C"),
        ((4, 9), (4, 8), True, "\b"),
        ((4, 9), (5, 9), True, "\x1b[B"),
        ((4, 9), (5, 8), True, "\x1b[B\b"),
        ((4, 9), (4, 12), False, "\x1b[13G"),
        ((30, 99), (4, 12), True, "\x1b[5;13H"),
        (None, (0, 12), False, "\x1b[;13H"),
    ],
)
def test_the_shortest_move_is_taken(
    at: tuple[int, int] | None, to: tuple[int, int], sure: bool, sequence: str
) -> None:
    assert shortest_move(at, *to, sure=sure) == sequence
