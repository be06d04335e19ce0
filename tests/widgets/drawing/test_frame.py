"""Frames: what is in a rule, what leaves it first, and how much is left inside."""

from textual.geometry import Size

from widgets.drawing.fit import Part
from widgets.drawing.frame import Around, Frame, PaneName, Scrolled
from widgets.drawing.ink import Cell, fitted

STOCK = PaneName("2", "Stock")
OTHERS = (PaneName("5", "Ledger"), PaneName("6", "Log"))
FACTS = (
    Part((Cell("· Netflix · Türkiye"), Cell("· Netflix"))),
    Part((Cell("read 16:28", "dim"),), leaves=1, end=True),
)


SAID = Around(FACTS)


def drawn(frame: Frame, width: int, height: int = 3, around: Around = SAID) -> list[str]:
    size = frame.inside(Size(width, height))
    lines = frame.around([fitted((Cell("row"),), size.width)], Size(width, height), around)
    return ["".join(cell.text for cell in line) for line in lines]


def test_a_rule_holds_the_title_and_what_the_pane_says() -> None:
    assert drawn(Frame(STOCK), 46) == [
        "─ 2 Stock  · Netflix · Türkiye ── read 16:28 ─",
        "row" + " " * 43,
        " " * 46,
    ]


def test_a_box_has_sides_and_a_foot_and_says_which_rows_are_in_sight() -> None:
    around = Around(foot="* pinned", scrolled=Scrolled(0, 0, 2, 4))
    assert drawn(Frame(STOCK, "both", swaps=OTHERS[1:]), 30, 4, around) == [
        "╭─ 2 Stock ────────── 6 Log ─╮",
        "│row                         ┃",
        "│                            │",
        "╰─ * pinned ─────────────────╯",
    ]


def test_a_title_without_a_key_is_the_same_with_the_focus() -> None:
    frame = Frame(PaneName("", "Cards"))
    assert drawn(frame, 20, 1, Around()) == drawn(frame, 20, 1, Around(focused=True))


def test_panes_side_by_side_have_one_line_between_them() -> None:
    rule, row, _ = drawn(Frame(STOCK, "right"), 46)
    assert rule.endswith(" read 16:28 ─┬")
    assert row.endswith(" │")


def test_what_matters_least_leaves_a_narrow_rule_first() -> None:
    frame = Frame(STOCK, others=OTHERS)
    assert "5 Ledger   6 Log " in drawn(frame, 60)[0]
    narrow = drawn(frame, 34)[0]
    assert narrow.startswith("─ 2 Stock   5 6  · Netflix ")
    assert "read" not in narrow
    assert all(len(drawn(frame, width)[0]) == width for width in range(10, 80))
    assert drawn(frame, 60, around=Around(FACTS, focused=True)) == drawn(frame, 60)


def test_names_of_other_panes_are_closer_before_they_are_keys() -> None:
    frame = Frame(STOCK, others=OTHERS)
    looks = Part((Cell("looks again in 3 s"), Cell("looks in 3 s")), leaves=2, end=True)
    rules = [drawn(frame, width, around=Around((looks,)))[0] for width in range(70, 34, -1)]
    assert "   5 Ledger   6 Log " in rules[0]
    assert "looks again" in rules[0]
    assert any("  5 Ledger  6 Log " in rule and "looks in 3 s" in rule for rule in rules)
    assert any("5 6 panes " in rule and "looks in 3 s" in rule for rule in rules)


def test_the_scroll_piece_is_as_long_as_the_part_in_sight_and_ends_at_the_end() -> None:
    marked = [row for row in range(12) if Scrolled(2, 20, 10, 30).marks(row)]
    assert marked == [9, 10, 11]
    assert not any(Scrolled(2, 0, 10, 10).marks(row) for row in range(12))
