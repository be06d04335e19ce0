"""All keys by topic in as many columns as fit; one of them is under the cursor."""

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import var

from services.domain.text import cell_width
from widgets.board.row_line import MARKER
from widgets.drawing.canvas import NAVIGATION, Canvas
from widgets.drawing.field_message import FieldMessage
from widgets.drawing.ink import Cell, DrawnLine, Line, fitted, line_width

KEYS = 7
"""How many cells the keys of an entry take, with the gap after them."""

NARROWEST = 25
WIDE = 30
"""How many cells a column takes at least: of two or three, and of six."""

DIM = "dim, ·: not here, not now"
ALSO = "press it to see why"
SIGNS = "Signs and words"
APART = "   "


class KeyEntry(Struct, frozen=True):
    """One thing that keys do: `words` for it, under a `topic`; `possible` here and now."""

    id: str
    topic: str
    keys: str
    words: str
    possible: bool


Slot = KeyEntry | str | None
"""What is in one place of a column: an entry, the name of a topic, or nothing."""


class KeyHelp(Canvas, can_focus=True):
    """Lays entries out by topic; `legend` is below them, or in their place where it is `turned`.

    Pieces of the legend stay whole. It is turned to where there is no room for both.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *NAVIGATION,
        Binding("enter", "open", "Open", show=False, id="open"),
    ]
    DEFAULT_CSS = "KeyHelp { width: 1fr; }"
    DRAWN_FROM = ("entries", "legend", "chosen", "place", "typed", "turned")

    entries: var[tuple[KeyEntry, ...]] = var[tuple[KeyEntry, ...]](())
    legend: var[tuple[Line, ...]] = var[tuple[Line, ...]](())
    chosen: var[str] = var("")
    place: var[str] = var("")
    typed: var[str] = var("")
    turned: var[bool] = var(False)

    class Opened(FieldMessage):
        """What an entry stands for is to be done."""

        help: "KeyHelp"
        id: str

        @property
        def control(self) -> "KeyHelp":
            return self.help

    class Highlighted(FieldMessage):
        """The cursor is on another entry, or on none."""

        help: "KeyHelp"
        id: str

        @property
        def control(self) -> "KeyHelp":
            return self.help

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._top = 0

    def lines(self, width: int) -> int:
        """Return how many lines the title and all entries take."""
        return 1 + max(map(len, self._columns(width)), default=0)

    def wanted(self, width: int) -> int:
        """Return how many lines all of it takes, with the legend."""
        return self.lines(width) + (2 + len(self._flowed(width)) if self.legend else 0)

    @property
    def turns(self) -> bool:
        """Whether there is room for the keys or the legend alone."""
        return bool(self.legend) and self.size.height < self.wanted(self.size.width)

    @property
    def other_page(self) -> str:
        """What is seen when it is turned."""
        return "Keys" if self.turned else SIGNS

    def watch_entries(self) -> None:
        """Keep the cursor on its entry, or go to the first that can be done."""
        ids = [entry.id for entry in self.entries]
        if self.chosen not in ids:
            possible = (entry.id for entry in self.entries if entry.possible)
            self.chosen = next(possible, ids[0] if ids else "")

    def watch_chosen(self, chosen: str) -> None:
        self._keep_in_sight()
        self.post_message(self.Highlighted(self, chosen))

    def on_resize(self) -> None:
        self._keep_in_sight()

    def action_open(self) -> None:
        if self.chosen:
            self.post_message(self.Opened(self, self.chosen))

    def action_move(self, by: int) -> None:
        """Go down or up, over the end of a column into the next one."""
        found = [slot for column in self._columns(self.size.width) for slot in column]
        ids = [slot.id for slot in found if isinstance(slot, KeyEntry)]
        if self.chosen in ids:
            self.chosen = ids[max(0, min(len(ids) - 1, ids.index(self.chosen) + by))]

    def action_page(self, by: float) -> None:
        self.action_move(int(by * self.size.height))

    def action_top(self) -> None:
        self.action_move(-len(self.entries))

    def action_bottom(self) -> None:
        self.action_move(len(self.entries))

    def step(self, by: int) -> None:
        """Go to the entry beside this one, in the column to the left or to the right."""
        columns = self._columns(self.size.width)
        at, row = self._cursor(columns)
        beside = columns[at + by] if 0 <= at + by < len(columns) else []
        rows = [n for n, slot in enumerate(beside) if isinstance(slot, KeyEntry)]
        if rows:
            slot = beside[min(rows, key=lambda n: abs(n - row))]
            self.chosen = slot.id if isinstance(slot, KeyEntry) else self.chosen

    def on_click(self, event: events.Click) -> None:
        """Choose the entry that was clicked; a double click does it."""
        offset = event.get_content_offset(self)
        columns = self._columns(self.size.width)
        if offset is None or not offset.y or not columns:
            return
        column = columns[min(len(columns) - 1, offset.x // self._width(self.size.width))]
        row = self._top + offset.y - 1
        slot = column[row] if row < len(column) else None
        if isinstance(slot, KeyEntry):
            self.chosen = slot.id
            if event.chain == 2:
                self.action_open()

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the title, the columns from where they are scrolled to, and the legend."""
        if self.turned and self.turns:
            words = [fitted((Cell(" "), *line), width) for line in self.legend]
            return [_rule(SIGNS, "", width), *words]
        columns, each = self._columns(width), self._width(width)
        rows = self.lines(width) - 1
        lines = [self._title(width, more=self._top + height - 1 < rows)]
        for row in range(self._top, min(rows, self._top + height - 1)):
            slots = [column[row] if row < len(column) else None for column in columns]
            drawn = [piece for slot in slots for piece in fitted(self._slot(slot), each)]
            lines.append((*drawn, *fitted((), width - each * len(slots))))
        if height >= self.wanted(width) > self.lines(width):
            lines += [fitted((), width), _rule(SIGNS, "", width)]
            lines += [fitted((Cell(" "), *line), width) for line in self._flowed(width)]
        return lines

    def _flowed(self, width: int) -> list[Line]:
        """Return the legend in as few lines as it takes, each piece of it whole."""
        lines: list[Line] = []
        for piece in self.legend:
            last = lines[-1] if lines else ()
            if last and line_width((*last, *piece)) + len(APART) < width:
                lines[-1] = (*last, Cell(APART), *piece)
            else:
                lines.append(piece)
        return lines

    def _title(self, width: int, *, more: bool) -> DrawnLine:
        name = f"Help · {self.place}" if self.place else "Help"
        if self.typed:
            return _rule(f"{name}  /{self.typed}", f"{len(self.entries)} found", width)
        also = f"; {ALSO}" if width >= 112 else "; more below" if more else ""
        return _rule(name, f"{DIM}{also}", width)

    def _slot(self, slot: Slot) -> Line:
        if slot is None:
            return ()
        if isinstance(slot, str):
            return (Cell(" "), Cell(slot, "strong"))
        here = slot.id == self.chosen
        mark = " " if slot.possible else "·"
        keys = slot.keys + " " * max(1, KEYS - cell_width(slot.keys))
        if here:
            words = Cell(f"{slot.words} ", "plain row row-name")
            return (Cell(MARKER[0], "key row"), Cell(keys, "key row"), words)
        if not slot.possible:
            return (Cell(f"{mark}{keys}{slot.words}", "dim"),)
        return (Cell(mark), Cell(keys, "key"), Cell(slot.words))

    def _width(self, width: int) -> int:
        return width // self._count(width)

    def _count(self, width: int) -> int:
        if width >= 6 * WIDE:
            return 6
        return max(1, min(3, width // NARROWEST))

    def _columns(self, width: int) -> list[list[Slot]]:
        """Return the columns from left to right, as many topics in each."""
        topics: dict[str, list[KeyEntry]] = {}
        for entry in self.entries:
            topics.setdefault(entry.topic, []).append(entry)
        count = self._count(width)
        names = list(topics)
        each = max(1, -(-len(names) // count))
        columns: list[list[Slot]] = []
        for at in range(0, len(names), each):
            column: list[Slot] = []
            for name in names[at : at + each]:
                column += [*([None] if column else []), name, *topics[name]]
            columns.append(column)
        return columns

    def _cursor(self, columns: Sequence[Sequence[Slot]]) -> tuple[int, int]:
        for at, column in enumerate(columns):
            for row, slot in enumerate(column):
                if isinstance(slot, KeyEntry) and slot.id == self.chosen:
                    return at, row
        return 0, 0

    def _keep_in_sight(self) -> None:
        room = max(1, self.size.height - 1)
        _, row = self._cursor(self._columns(self.size.width))
        most = max(0, self.lines(self.size.width) - 1 - room)
        # The name of the topic above the first entry stays in sight.
        self._top = min(most, max(min(self._top, row - 1), row - room + 1, 0))
        self.patch()


def _rule(left: str, right: str, width: int) -> DrawnLine:
    rest = width - cell_width(left) - cell_width(right) - 6
    ends = (Cell(f" {right} ", "dim"), Cell("─", "dim")) if right else (Cell("──", "dim"),)
    return fitted(
        (
            Cell("─", "dim"),
            Cell(f" {left} ", "title-blurred"),
            Cell("─" * max(0, rest), "dim"),
            *ends,
        ),
        width,
    )
