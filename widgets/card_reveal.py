"""The cards of an order: masked, but for those that an operator asked to see, for some seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from textual import events
from textual.message import Message
from textual.reactive import var

from services.models import Card
from services.secrets import Secret
from widgets.cells import remaining
from widgets.ink import MASK, Cell, Line, chop, inert
from widgets.sheet import Sheet, sentence

CHANGED = "Drawn cleaned: it holds what a terminal cannot show. Copying sends it exactly."
SPACED = "It begins or ends with a space. Copying sends it exactly."
INDENT = " " * 6
LABEL = 8


class CardReveal(Sheet):
    """The order's cards by number; the cursor selects one, the screen decides what is revealed.

    `revealed` holds pairs of index (from 0) and card; set it to () to hide them all. `hide_at`
    (UTC) is when that will happen, for the countdown. `before` says who revealed cards earlier; it
    stands under them.
    """

    DEFAULT_CSS = "CardReveal { padding: 0 1; }"
    DRAWN_FROM = ("count", "hide_at", "now", "busy", "error", "before")

    count: var[int] = var(0)
    revealed: var[tuple[tuple[int, Card], ...]] = var[tuple[tuple[int, Card], ...]](())
    selected: var[int] = var(0)
    hide_at: var[datetime | None] = var[datetime | None](None)
    now: var[datetime | None] = var[datetime | None](None)
    busy: var[bool] = var(False)
    error: var[str] = var("")
    before: var[str] = var("")

    @dataclass
    class Selected(Message):
        """The cursor stands on another card."""

        reveal: "CardReveal"
        index: int

        @property
        def control(self) -> "CardReveal":
            """The widget it happened on."""
            return self.reveal

    def validate_selected(self, selected: int) -> int:
        """Keep the cursor on a card."""
        return max(0, min(selected, self.count - 1))

    def watch_count(self) -> None:
        """Keep the cursor on a card when there are fewer."""
        self.selected = self.validate_selected(self.selected)

    def watch_selected(self, index: int) -> None:
        """Draw the cursor where it is now, and tell."""
        self.patch()
        self._keep_in_sight()
        self.post_message(self.Selected(self, index))

    def watch_revealed(self) -> None:
        """Bring a card that was just revealed into sight."""
        self.patch()
        self._keep_in_sight()

    def action_move(self, by: int) -> None:
        """Move the cursor by cards."""
        self.selected += by

    def action_page(self, by: float) -> None:
        """Move the cursor by pages."""
        self.selected += int(by * self.size.height)

    def action_top(self) -> None:
        """Move the cursor to the first card."""
        self.selected = 0

    def action_bottom(self) -> None:
        """Move the cursor to the last card."""
        self.selected = self.count - 1

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the card that was clicked."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        line = self.scroll_offset.y + offset.y
        for index, (first, last) in enumerate(self._spans(self.size.width)):
            if first <= line < last:
                self.selected = index

    def text_lines(self, width: int) -> list[Line]:
        """Return a heading, and each card as one masked line or as its value and serial."""
        lines = self._heading(width)
        cards = dict(self.revealed)
        for index in range(self.count):
            lines += self._card(index, cards, width)
        return [*lines, *sentence(self.before, width, "warn")]

    def _heading(self, width: int) -> list[Line]:
        ink = "title" if self.has_focus else "title-blurred"
        line: list[Cell] = [Cell(" Cards ", ink), Cell(f"  {self.count}", "dim")]
        if self.revealed:
            left = remaining(self.hide_at, self.now) if self.hide_at else ""
            line.append(Cell(f"  hidden again in {left}" if left else "  revealed", "warn"))
        elif self.busy:
            line.append(Cell("  asking the vendor for the card ...", "dim"))
        lines: list[Line] = [tuple(line)]
        if self.error:
            lines += sentence(self.error, width, "warn")
        if not self.count:
            lines += sentence("There are no cards yet.", width, "dim")
        return lines

    def _card(self, index: int, cards: Mapping[int, Card], width: int) -> list[Line]:
        here = index == self.selected
        marker = ">" if self.has_focus else "-"
        name = Cell(f"{marker if here else ' '} {index + 1:>3} ", "strong" if here else "dim")
        card = cards.get(index)
        if card is None:
            return [(name, Cell(MASK, "strong" if here else "dim"))]
        lines = _secret_lines(name, "code", card.value, width)
        if card.serial:
            lines += _secret_lines(Cell(INDENT), "serial", card.serial, width)
        return lines

    def _spans(self, width: int) -> list[tuple[int, int]]:
        first = len(self._heading(width))
        cards = dict(self.revealed)
        spans: list[tuple[int, int]] = []
        for index in range(self.count):
            last = first + len(self._card(index, cards, width))
            spans.append((first, last))
            first = last
        return spans

    def _keep_in_sight(self) -> None:
        if not self.is_mounted or not self.size or not self.count:
            return
        first, last = self._spans(self.size.width)[self.selected]
        top, height = self.scroll_offset.y, self.size.height
        if first < top or last - first >= height:
            self._show_from(first if self.selected else 0)
        elif last > top + height:
            self._show_from(last - height)


def _secret_lines(name: Cell, label: str, secret: Secret, width: int) -> list[Line]:
    raw = secret.reveal()
    drawn = inert(raw)
    room = max(8, width - len(INDENT) - LABEL)
    beside = (Cell(INDENT), Cell(" " * LABEL))
    # Whole even where it is longer than the line: a code that ends in an ellipsis is worth nothing.
    lines: list[Line] = [(*beside, Cell(piece, "secret")) for piece in chop(drawn, room)]
    lines[:1] = [(name, Cell(label.ljust(LABEL), "dim"), *(lines[0][2:] if lines else ()))]
    warning = CHANGED if drawn != raw else SPACED if raw != raw.strip() else ""
    return [*lines, *((*beside, *line) for line in sentence(warning, room, "warn"))]
