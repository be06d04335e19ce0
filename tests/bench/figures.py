"""A figure: what was measured, against which goal; and the table of all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

BEGIN, END = "<!-- table -->", "<!-- end of table -->"


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    Attributes:
        number: which figure, `4a` where one has several parts.
        what: what was measured.
        goal: the largest value that meets the goal.
        measured: what came out, None when it was not measured.
        unit: of both: `x` for a ratio, `ms`, `s`, `%`, `B/s`, `requests` ...
        note: the values behind a ratio, or why there is none.
    """

    number: str
    what: str
    goal: float
    measured: float | None
    unit: str
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None when nothing was measured."""
        return None if self.measured is None else self.measured <= self.goal

    def row(self) -> tuple[str, ...]:
        """Return it as cells of the table."""
        verdict = {True: "yes", False: "NO", None: "-"}[self.met]
        if self.measured is None:
            return (
                self.number,
                self.what,
                f"<= {_shown(self.goal)} {self.unit}",
                "-",
                "-",
                "-",
                self.note,
            )
        share = f"{self.measured / self.goal:.2f}" if self.goal else "-"
        return (
            self.number,
            self.what,
            f"<= {_shown(self.goal)} {self.unit}",
            f"{_shown(self.measured)} {self.unit}",
            share,
            verdict,
            self.note,
        )


HEADER = ("#", "figure", "goal", "measured", "of goal", "met", "behind it")


def _shown(value: float) -> str:
    if value == int(value) and abs(value) < 1e6:
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def plain(figures: Iterable[Figure]) -> str:
    """Write the table for a terminal."""
    rows = [HEADER, *(figure.row() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER) - 1)]
    lines = (
        "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def markdown(figures: Iterable[Figure]) -> str:
    """Write the table for a document."""
    rows: list[Sequence[str]] = [HEADER, ["---"] * len(HEADER)]
    rows += [figure.row() for figure in figures]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def write_into(document: Path, text: str) -> None:
    """Put a text between the marks of a document."""
    whole = document.read_text("utf-8")
    before, _, rest = whole.partition(BEGIN)
    _, _, after = rest.partition(END)
    document.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")
