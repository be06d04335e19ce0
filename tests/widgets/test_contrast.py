"""Colours that can be read: every ink on its ground in the themes that bring their own."""

from typing import Any

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color
from textual.containers import Vertical
from textual.widgets import Input, Static

from tui.terminal.themes import SIXTEEN, THEMES
from widgets.bars.key_hints import HintLine
from widgets.bars.status_bar import StatusBar
from widgets.drawing.ink import INKS
from widgets.panes.orders import OrderBoard
from widgets.sheets.order_detail import OrderDetail

LEAST = 4.5
"""What WCAG asks of text for level AA."""

LEAST_AREA = 3.0
"""What it asks of what is seen and not read, as the inside of a plot."""

IN_ROWS = ("plain", "dim", "strong", "good", "busy", "warn", "alert", "key")
ON_TOP = [f"{ink} {row}" for ink in IN_ROWS for row in ("row", "row row-name", "row-blurred")]
"""The inks as they are drawn on the row under the cursor."""

OWN = [theme for theme in THEMES if theme.name != "ansi"]


class Everything(App[None]):
    """Every kind of ground that text is on, in one theme."""

    CSS_PATH = "../../tui/console/desk.tcss"

    def __init__(self, theme: Any) -> None:
        super().__init__()
        self.register_theme(theme)
        self.theme = theme.name

    def compose(self) -> ComposeResult:
        yield StatusBar()
        yield OrderBoard()
        yield Input(placeholder="filter", compact=True, id="filter")
        with Vertical(classes="dialog"):
            yield Static("title", classes="dialog-title")
            yield OrderDetail()
            yield Input(placeholder="command", compact=True)
            yield HintLine()


def brightness(colour: Any) -> float:
    """The relative luminance of WCAG 2."""
    shares = [part / 255 for part in colour]
    linear = [s / 12.92 if s <= 0.03928 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(style: Style) -> float:
    assert style.color is not None
    assert style.bgcolor is not None
    pair = (brightness(style.color.triplet), brightness(style.bgcolor.triplet))
    return (max(pair) + 0.05) / (min(pair) + 0.05)


def test_the_measure_is_that_of_wcag() -> None:
    assert contrast(Style.parse("#000000 on #ffffff")) == pytest.approx(21)
    assert contrast(Style.parse("#777777 on #ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", OWN, ids=lambda theme: theme.name)
async def test_every_ink_is_distinct_from_its_background(theme: Any) -> None:
    faint: dict[str, float] = {}
    app = Everything(theme)
    async with app.run_test():
        for widget in (StatusBar, OrderBoard, OrderDetail, HintLine):
            for ink in (*INKS, *ON_TOP):
                faint[f"{widget.__name__} {ink}"] = contrast(app.query_one(widget)._style(ink))
        title = app.query_one(Static)
        faint["title"] = contrast(title.rich_style)
        for line in app.query(Input):
            for focused in (False, True):
                app.set_focus(line if focused else None)
                faint[f"line {line.id} {focused}"] = contrast(line.rich_style)
                for part in ("cursor", "placeholder", "selection"):
                    style = line.get_component_rich_style(f"input--{part}")
                    faint[f"line {line.id} {part} {focused}"] = contrast(style)
    read = {what: value for what, value in faint.items() if "border" not in what}
    least = {what: LEAST_AREA if "plot-" in what else LEAST for what in read}
    assert {what: value for what, value in read.items() if value < least[what]} == {}


@pytest.mark.parametrize("theme", OWN, ids=lambda theme: theme.name)
async def test_the_line_around_a_dialog_is_seen(theme: Any) -> None:
    app = Everything(theme)
    async with app.run_test():
        box = app.query_one(".dialog")
        _, colour = box.styles.border_top
        ground = box.background_colors[1]
    pair = (brightness(colour.rgb), brightness(ground.rgb))
    assert (max(pair) + 0.05) / (min(pair) + 0.05) >= 3


@pytest.mark.parametrize("theme", SIXTEEN, ids=lambda theme: theme.name)
async def test_of_sixteen_colours_none_lies_on_itself(theme: Any) -> None:
    app = Everything(theme)
    async with app.run_test():
        for widget in (StatusBar, OrderBoard, OrderDetail, HintLine):
            for ink in INKS:
                style = app.query_one(widget)._style(ink)
                assert style.color is not None
                assert style.color.is_default or style.color.number is not None, ink
                assert style.color.is_default or style.color != style.bgcolor, ink


def test_the_same_themes_are_there_whatever_the_terminal() -> None:
    assert [theme.name for theme in THEMES] == [theme.name for theme in SIXTEEN]
    assert all(Color.parse(theme.primary) for theme in THEMES)
