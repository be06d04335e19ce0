"""Rules with a title and boxes, as lines of text."""

from widgets.drawing.ink import Cell, fitted
from widgets.drawing.rules import boxed, rule


def text(line: object) -> str:
    return "".join(drawn.text for drawn in fitted(line, 30))  # type: ignore[arg-type]


def test_a_rule_leaves_out_its_end_before_its_title() -> None:
    title, end = (Cell(" Cards "),), (Cell("1 shown"),)
    assert text(rule(30, title, end)) == f"─ Cards {'─' * 12} 1 shown ─"
    assert text(rule(12, title, end)).rstrip() == "─ Cards ────"


def test_a_box_joins_the_rules_in_it_to_its_sides() -> None:
    lines = [fitted(line, 6) for line in (rule(6), (Cell("a"),), rule(6), rule(6))]
    drawn = ["".join(piece.text for piece in line) for line in boxed(lines, top=True, bottom=True)]
    assert drawn == ["╭──────╮", "│a     │", "├──────┤", "╰──────╯"]
