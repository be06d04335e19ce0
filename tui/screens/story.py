"""The story of one order: read from the journal at once, then with what the vendor knows."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from services.book_models import BoardOrder
from tui.actions import bindings
from tui.screens import order_keys
from tui.screens.base import ConsoleScreen, Frame, Handler
from tui.screens.errands import OrderWanted, StoryRead
from tui.screens.strips import KeyLine
from tui.situation import Situation
from widgets.bars import HintLine
from widgets.status_bar import StatusBar
from widgets.story_sheet import StorySheet

if TYPE_CHECKING:
    from services.story import Story


class StoryScreen(ConsoleScreen[None]):
    """Tells all that happened to an order, and follows it.

    Args:
        order: what the story is of.
    """

    PLACE = "story"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("story")]

    def __init__(self, frame: Frame, order: BoardOrder) -> None:
        super().__init__(frame)
        self._row = order
        self._followed: tuple[object, ...] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the status line and the story."""
        book, now, privacy = ConsoleScreen.book, ConsoleScreen.now, ConsoleScreen.privacy
        status = StatusBar(id="status").data_bind(book, now, privacy)
        status.low_balance = self.frame.settings.ui.low_balance
        yield status
        yield StorySheet(id="story").data_bind(privacy)
        yield KeyLine(id="hints")

    def begin(self) -> None:
        """Show whose story it is and ask for it."""
        self.sheet.row = self._row
        self.sheet.focus()
        self.ask_again()

    @property
    def sheet(self) -> StorySheet:
        """The story as it is drawn."""
        return self.query_one(StorySheet)

    @property
    def reference(self) -> str:
        """What the story is asked for by."""
        return self._row.order_id or self._row.purchase_id

    def situation(self) -> Situation:
        """Add what this order has to what every screen knows."""
        return order_keys.situation(super().situation(), self._row)

    def handlers(self) -> Mapping[str, Handler]:
        """Return what this screen does itself."""
        return {
            **super().handlers(),
            "open": self.open,
            "refresh": self.ask_again,
            **order_keys.handlers(self),
        }

    def refresh_hints(self) -> None:
        """Show first how to come to the order."""
        super().refresh_hints()
        if self.composed:
            line, keys = self.query_one(HintLine), self.frame.keymap
            rest = [hint for hint in line.hints if hint[0] != keys.shown("open")]
            line.hints = ((keys.shown("open"), self._way_on()), *rest)

    def _way_on(self) -> str:
        if self.situation().giving:
            return "The order and its cards"
        return "The order" if self._row.order_id else "The purchase"

    def noted_order(self) -> BoardOrder | None:
        """Return the order that this is the story of."""
        return self._row

    def open(self) -> None:
        """Show the order itself."""
        self.post_message(OrderWanted(self._row))

    def ask_again(self) -> None:
        """Read the story anew."""
        self.sheet.busy = True
        self.post_message(StoryRead(self, self.reference))

    def show_story(self, story: "Story | None", error: str, *, busy: bool = False) -> None:
        """Take the story, or the sentence why there is none; `busy`: more of it is coming."""
        if not self.composed:
            return
        sheet = self.sheet
        sheet.busy, sheet.error = busy, error
        if story is not None:
            sheet.story, self._row = story, story.row
        self.refresh_hints()

    def take_order(self, order: BoardOrder) -> None:
        """Tell the story anew once the order was marked or noted."""
        if self.composed and self._same(order):
            self._row = order
            self.ask_again()

    def watch_book(self) -> None:
        """Tell the story anew when the order has moved on, or was looked for once more."""
        super().watch_book()
        row = next((order for order in self.book.orders if self._same(order)), None)
        mine = self._row.purchase_id
        looked = next((p for p in self.book.unsettled if mine and p.id == mine), None)
        before, self._followed = self._followed, (row, looked)
        if self.composed and before not in (None, self._followed):
            self._row = row or self._row
            self.ask_again()

    @on(StorySheet.Opened)
    def _order_wanted(self) -> None:
        self.action_run("open")

    def _same(self, order: BoardOrder) -> bool:
        mine = self._row.purchase_id
        return order.key == self._row.key or bool(mine and order.purchase_id == mine)
