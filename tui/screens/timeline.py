"""The timeline of one order: read from the journal at once, then with what the vendor knows."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from services.domain.book import BoardOrder
from services.domain.errors import Failure
from tui.actions.action import ActionContext
from tui.actions.table import bindings
from tui.screens.base import ConsoleContext, ConsoleScreen, Handler
from tui.screens.order import OrderScreen
from tui.screens.parts import order_actions
from tui.screens.parts.strips import KeyLine
from tui.screens.requests import TimelineRequest
from widgets.bars.key_hints import HintLine
from widgets.drawing.canvas import Canvas
from widgets.drawing.frame import PaneName
from widgets.sheets.timeline import TimelineSheet

if TYPE_CHECKING:
    from services.domain.timeline import Timeline


class TimelineScreen(ConsoleScreen[None]):
    """Tells all that happened to an order, and follows it.

    Args:
        order: what the timeline is of.
    """

    PLACE = "timeline"
    BESIDE_DESK = FRAMES_ITSELF = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("timeline")]

    def __init__(self, context: ConsoleContext, order: BoardOrder) -> None:
        super().__init__(context)
        self._row = order
        self._followed: tuple[object, ...] | None = None

    def compose(self) -> ComposeResult:
        yield self.status_bar()
        yield TimelineSheet(id="timeline").data_bind(ConsoleScreen.privacy, ConsoleScreen.language)
        yield KeyLine(id="hints")

    def begin(self) -> None:
        self.sheet.row = self._row
        self.sheet.focus()
        self.ask_again()

    def parts(self) -> Sequence[tuple[Canvas, PaneName]]:
        return ((self.sheet, PaneName(self.context.keymap.shown("timeline"), "Timeline")),)

    @property
    def sheet(self) -> TimelineSheet:
        return self.query_one(TimelineSheet)

    @property
    def reference(self) -> str:
        return self._row.order_id or self._row.purchase_id

    def situation(self) -> ActionContext:
        """Add what this order has to what every screen knows."""
        return order_actions.situation(super().situation(), self._row)

    def handlers(self) -> Mapping[str, Handler]:
        return {
            **super().handlers(),
            "open": self.open,
            "refresh": self.ask_again,
            **order_actions.handlers(self),
        }

    def refresh_hints(self) -> None:
        super().refresh_hints()
        if self.composed:
            line, keys = self.query_one(HintLine), self.context.keymap
            rest = [hint for hint in line.hints if hint[0] != keys.shown("open")]
            line.hints = ((keys.shown("open"), self._way_on()), *rest)

    def _way_on(self) -> str:
        if self.situation().giving:
            return "The order and its cards"
        return "The order" if self._row.order_id else "The purchase"

    def noted_order(self) -> BoardOrder | None:
        return self._row

    def opened_order(self) -> BoardOrder | None:
        return self._row

    def open(self) -> None:
        self.open_screen(OrderScreen(self.context, self._row))

    def ask_again(self) -> None:
        self.sheet.busy = True
        early = partial(self.show_timeline, busy=True)
        self.post_message(TimelineRequest(self.reference, early, reply=self.show_timeline))

    def show_timeline(
        self, timeline: "Timeline | None", error: Failure | None = None, *, busy: bool = False
    ) -> None:
        """Take the timeline, or the sentence why there is none; `busy`: more of it is coming."""
        if not self.composed:
            return
        sheet = self.sheet
        sheet.busy, sheet.error = busy, error
        if timeline is not None:
            sheet.timeline, self._row = timeline, timeline.row
        self.refresh_hints()

    def take_order(self, order: BoardOrder) -> None:
        """Read the timeline again once the order was marked or noted."""
        if self.composed and self._same(order):
            self._row = order
            self.ask_again()

    def watch_book(self) -> None:
        """Read the timeline again when the order has moved on, or was looked for once more."""
        super().watch_book()
        row = next((order for order in self.book.orders if self._same(order)), None)
        mine = self._row.purchase_id
        looked = next((p for p in self.book.unsettled if mine and p.id == mine), None)
        before, self._followed = self._followed, (row, looked)
        if self.composed and before not in (None, self._followed):
            self._row = row or self._row
            self.ask_again()

    @on(TimelineSheet.Opened)
    def _order_wanted(self) -> None:
        self.action_run("open")

    def same(self, other: Screen[Any]) -> bool:
        """Tell whether another screen is the timeline of the same order."""
        return isinstance(other, TimelineScreen) and other.reference == self.reference

    def _same(self, order: BoardOrder) -> bool:
        mine = self._row.purchase_id
        return order.row_id == self._row.row_id or bool(mine and order.purchase_id == mine)
