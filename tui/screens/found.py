"""What a lookup found: one thing leads on to its story, several are listed."""

from typing import TYPE_CHECKING

from services.secrets import Secret
from tui.screens.base import Frame
from tui.screens.errands import FindRead, StoryWanted
from tui.screens.order_list import OrderListScreen
from widgets.listed_orders import FOUND, OrderList

if TYPE_CHECKING:
    from services.lookup_models import Found


class FoundScreen(OrderListScreen):
    """Looks something up and lists what was found.

    Args:
        wanted: what was typed; a secret is a card's serial and is shown nowhere.
        days: how far back a serial is looked for.
    """

    PLACE = "found"

    def __init__(self, frame: Frame, wanted: str | Secret, days: int = 0) -> None:
        super().__init__(frame, OrderList(FOUND, "Found", id="found"))
        self._wanted = wanted
        self._days = days
        self._first = True

    def ask_again(self) -> None:
        """Look it up, now."""
        self.orders.placeholder = "Looking in the journal and at the vendor ..."
        if isinstance(self._wanted, Secret):
            self.orders.placeholder = "Looking through the vendor's orders ... q stops it."
        self.post_message(FindRead(self, self._wanted, self._days))

    def open(self) -> None:
        """Tell the story of the highlighted order."""
        if order := self.noted_order():
            self.post_message(StoryWanted(order))

    def show_page(self, page: int, pages: int) -> None:
        """Say how far the vendor's orders were looked through."""
        if self.composed:
            self.orders.placeholder = (
                f"Page {page} of {pages} of the vendor's orders ... q stops it."
            )

    def show_found(self, found: "Found | None", error: str) -> None:
        """Take what was found, or the sentence why nothing could be looked up."""
        if not self.composed:
            return
        if found is None:
            self.orders.placeholder, self.orders.stale = error, ""
            return
        self.orders.heading = f"Found for {found.asked}"
        self.orders.stale = "asking the vendor" if found.partial else ""
        if not found.partial:
            again = f"{self.frame.keymap.shown('find')} looks for something else."
            nothing = (f"Nothing was found for {found.asked}.", *found.said, again)
            self.orders.placeholder = " ".join(nothing)
        found_by = {hit.row.key: hit.by for hit in found.hits}
        self.orders.show_orders([hit.row for hit in found.hits], found_by)
        self.describe()
        if found.partial:
            return
        first, self._first = self._first, False
        if first and len(found.hits) == 1 and self.is_current:
            self.post_message(StoryWanted(found.hits[0].row, instead=True))
        elif found.hits and found.said:
            self.say(" ".join(found.said))
