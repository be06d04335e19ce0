"""A screen as plain text that a person can review in a diff: its lines, then its runs of style."""

import difflib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from rich.segment import Segment
from rich.style import Style

FOLDER = Path(__file__).parent / "pictures"
WRITING = "CARDDESK_WRITE_SNAPSHOTS"


def drawn(strips: Iterable[Iterable[Segment]]) -> str:
    """Return lines between bars, then for each line the columns that are not drawn plainly."""
    rows = [[segment for segment in strip if not segment.control] for strip in strips]
    lines = [f"|{''.join(segment.text for segment in row)}|" for row in rows]
    runs = [f"{number:>2}: {styles}" for number, row in enumerate(rows) if (styles := _runs(row))]
    return "\n".join([*lines, "", *runs, ""])


def compare(name: str, picture: str) -> None:
    """Hold a picture against the one that was kept, or keep it when that is asked for."""
    path = FOLDER / f"{name}.txt"
    # The next check is due a random part of a second sooner or later.
    picture = re.sub(r"looks( again)? in \d s", r"looks\1 in N s", picture)
    if os.environ.get(WRITING):
        path.write_text(picture, "utf-8")
        return
    kept = path.read_text("utf-8") if path.exists() else ""
    lines = difflib.unified_diff(
        kept.splitlines(), picture.splitlines(), "kept", "drawn", "", "", 0
    )
    changes = "\n".join(lines)
    assert not changes, f"{name} changed; `make snapshots` keeps it\n{changes}"


def _runs(row: list[Segment]) -> str:
    runs: list[tuple[int, int, str]] = []
    column = 0
    for segment in row:
        style = _style_words(segment.style)
        end = column + segment.cell_length
        if runs and runs[-1][2] == style and runs[-1][1] == column:
            runs[-1] = (runs[-1][0], end, style)
        elif segment.cell_length:
            runs.append((column, end, style))
        column = end
    return "  ".join(f"{start}-{end - 1} {style}" for start, end, style in runs if style)


def _style_words(style: Style | None) -> str:
    """Name what a style does to a cell, without what it means to Textual (`@meta`)."""
    if style is None:
        return ""
    front = style.color.name if style.color and not style.color.is_default else ""
    back = f"on {style.bgcolor.name}" if style.bgcolor and not style.bgcolor.is_default else ""
    marks = ("bold", "dim", "italic", "underline", "reverse", "strike")
    attributes = [mark for mark in marks if getattr(style, mark)]
    return ",".join(part for part in (front, back, *attributes) if part)
