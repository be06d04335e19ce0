"""What a thin line carries of a picture: the cells that differ, and nothing that stands there."""

import random

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.picture import Picture

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


def begun(screen: list[Strip]) -> tuple[Picture, str]:
    picture = Picture()
    text = picture.begin(WIDTH, HEIGHT, whole=True)
    return picture, text + written(picture, screen)


def written(picture: Picture, screen: list[Strip]) -> str:
    update = [(y, 0, strip) for y, strip in enumerate(screen)]
    return picture.draw(update, ColorSystem.TRUECOLOR)


def seen(*written: str) -> list[list[tuple[str, ...]]]:
    """The cells of a terminal that received this; of a blank only what can be seen of it."""
    terminal = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(terminal)
    terminal.reset_mode(7 << 5)
    for text in written:
        stream.feed(text)
    return [[_cell(terminal.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def _cell(char: pyte.screens.Char) -> tuple[str, ...]:
    plain = char.data == " " and not (char.reverse or char.underscore)
    front = "" if plain else f"{char.fg} {char.bold}"
    return (char.data, front, char.bg, str(char.reverse))


@settings(max_examples=200, deadline=None)
@given(st.lists(lines, min_size=2, max_size=4))
def test_the_terminal_shows_what_it_would_show_if_all_were_drawn_anew(
    screens: list[list[list[tuple[str, Style | None]]]],
) -> None:
    first, *others = map(strips, screens)
    picture, text = begun(first)
    texts = [text, *(written(picture, screen) for screen in others)]
    _, anew = begun(([first, *others])[-1])
    assert seen(*texts) == seen(anew)


def test_nothing_is_written_for_what_stands_there() -> None:
    screen = strips([[("PUBG", None), ("    ", None), ("12", STYLES[2])]] * HEIGHT)
    picture, _ = begun(screen)
    assert written(picture, screen) == ""


def test_a_changed_letter_costs_a_move_and_a_letter() -> None:
    screen = strips([[("age 2 m", None)]] + [[]] * (HEIGHT - 1))
    picture, _ = begun(screen)
    assert written(picture, strips([[("age 3 m", None)]] + [[]] * (HEIGHT - 1))) == "\x1b[1;5H3"


def test_what_is_gone_is_erased_not_overwritten() -> None:
    screen = strips([[("a sentence of words", None)]] + [[]] * (HEIGHT - 1))
    picture, _ = begun(screen)
    assert written(picture, strips([[]] * HEIGHT)) == "\x1b[H\x1b[K"


def test_the_style_is_said_once_for_words_that_share_it() -> None:
    words = [("one", STYLES[2]), (" ", None), ("two", STYLES[2])]
    _, text = begun(strips([words] + [[]] * (HEIGHT - 1)))
    assert text == "\x1b[m\x1b[2J\x1b[H\x1b[36mone two\x1b[m"


def test_an_unknown_terminal_is_not_cleared_for_a_part_of_a_picture() -> None:
    picture = Picture()
    assert picture.begin(WIDTH, HEIGHT, whole=False) == ""
    line = Strip([Segment("same")])
    assert picture.draw([(0, 0, line)], ColorSystem.TRUECOLOR) == "\x1b[Hsame"
    assert picture.draw([(0, 0, line)], ColorSystem.TRUECOLOR) == ""
    picture.forget()
    assert "\x1b[2J" in picture.begin(WIDTH, HEIGHT, whole=True)


@pytest.mark.parametrize("wide", ["表", "ab"])
def test_a_wide_sign_is_written_whole(wide: str) -> None:
    rest: list[list[tuple[str, Style | None]]] = [[]] * (HEIGHT - 1)
    before, after = strips([[("xx表yy", None)], *rest]), strips([[(f"xx{wide}zz", None)], *rest])
    picture, text = begun(before)
    _, anew = begun(after)
    assert seen(text, written(picture, after)) == seen(anew)


def test_random_changes_cost_a_fraction_of_the_picture() -> None:
    chance = random.Random(7)
    words = [f"{chance.randrange(10**6):>10}" for _ in range(2 * HEIGHT)]
    grid = [[(words[2 * y], None), (words[2 * y + 1], STYLES[2])] for y in range(HEIGHT)]
    picture, whole = begun(strips(grid))
    grid[3][1] = (f"{chance.randrange(10**6):>10}", STYLES[2])
    assert len(written(picture, strips(grid))) < len(whole) / 4
