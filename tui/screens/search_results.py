"""What a lookup found: one thing leads on to its timeline, several are listed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from services.domain.errors import Failure
from services.domain.phrase import joined
from services.domain.secrets import Secret
from tui.screens.base import ConsoleContext
from tui.screens.parts.order_list import OrderListScreen
from tui.screens.requests import FindRequest
from tui.screens.timeline import TimelineScreen
from widgets.drawing.canvas import Canvas
from widgets.drawing.cells import discreet, failure_words
from widgets.drawing.frame import PaneName
from widgets.panes.order_list import FOUND, OrderList

if TYPE_CHECKING:
    from services.domain.typed.lookup import LookupResult


class SearchResultsScreen(OrderListScreen):
    """Looks something up and lists what was found.

    Args:
        wanted: what was typed; a secret is a card's serial and is shown nowhere.
        days: how far back a serial is looked for.
    """

    PLACE = "found"
    of_find = True
    NO_ROW = "Nothing was found."

    def __init__(self, context: ConsoleContext, wanted: str | Secret, days: int = 0) -> None:
        super().__init__(context, OrderList(FOUND, "Find an order", id="found"))
        self._wanted = wanted
        self._days = days
        self._first = True

    def parts(self) -> Sequence[tuple[Canvas, PaneName]]:
        return ((self.orders, PaneName(self.context.keymap.shown("find"), "Find an order")),)

    def ask_again(self) -> None:
        """Look it up, now."""
        self.orders.placeholder = "Looking in the journal and at the vendor …"
        if isinstance(self._wanted, Secret):
            self.orders.placeholder = "Looking through the vendor's orders … q stops it."
        wanted, days = self._wanted, self._days
        self.post_message(FindRequest(wanted, days, self.show_page, reply=self.show_found))

    def open(self) -> None:
        if order := self.noted_order():
            self.open_screen(TimelineScreen(self.context, order))

    def show_page(self, page: int, pages: int) -> None:
        """Say how far the vendor's orders were looked through."""
        if self.composed:
            self.orders.placeholder = f"Page {page} of {pages} of the vendor's orders … q stops it."

    def show_found(self, found: "LookupResult | None", error: Failure | None) -> None:
        """Take what was found, or the sentence why nothing could be looked up."""
        if not self.composed:
            return
        if found is None:
            self.orders.placeholder = failure_words(error, self.privacy)
            self.orders.stale = ""
            return
        self.orders.subject = found.asked
        self.orders.stale = "asking the vendor" if found.partial else ""
        if not found.partial:
            again = f"{self.context.keymap.shown('find')} looks for something else."
            said = (discreet(each, self.privacy) for each in found.said)
            nothing = (f"Nothing was found for {found.asked}.", *said, again)
            self.orders.placeholder = " ".join(nothing)
        found_by = {hit.row.line: hit.by for hit in found.hits}
        self.orders.show_orders([hit.row for hit in found.hits], found_by)
        self.follow_book()
        self.describe()
        if found.partial:
            return
        first, self._first = self._first, False
        if first and len(found.hits) == 1 and self.is_current:
            timeline = TimelineScreen(self.context, found.hits[0].row)
            timeline.of_find = True
            self.open_screen(timeline, instead=True)
        elif found.hits and found.said:
            self.say(joined(" ", found.said))
