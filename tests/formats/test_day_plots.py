"""The plots that `carddesk money` draws on a terminal."""

from msgspec.structs import replace

from tests.widgets.sheets.shop_day import figures
from tui.formats.day_plots import WIDTH, day_plots


def test_a_day_is_drawn_as_its_balance_and_its_hours() -> None:
    lines = day_plots(figures()).splitlines()
    assert lines[0] == "balance"
    assert "spent per hour, thousand DZD" in lines
    assert max(map(len, lines)) <= WIDTH
    assert any(line.startswith("337 550 ┤") for line in lines)
    assert "25.7" in "".join(lines)


def test_what_is_not_known_is_not_drawn() -> None:
    assert day_plots(replace(figures(), balance=(), hours=())) == ""
