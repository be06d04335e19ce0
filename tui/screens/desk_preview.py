"""What is shown in full beside the lists: it follows the cursor once that rests."""

from functools import partial

from textual.timer import Timer

from services.domain.book import BoardOrder
from services.domain.errors import Failure
from tui.screens.base import ConsoleScreen
from tui.screens.parts.desk_places import Spot
from tui.screens.requests import OrderHistory, PreviewRequest
from widgets.drawing.frame import Frame, PaneName
from widgets.panes.selected import OrderPreview, SelectedPane, ValuePreview

REST_SECONDS = 0.15
"""Seconds the cursor rests before what it is on is shown in full."""

Chosen = BoardOrder | ValuePreview | None


class Preview:
    """Shows what is selected, as far as the journal knows it: the vendor is never asked.

    Args:
        screen: the desk.
        pane: where it is drawn.
    """

    def __init__(self, screen: ConsoleScreen[None], pane: SelectedPane) -> None:
        self._screen = screen
        self.pane = pane
        self._rest: Timer | None = None
        self._chosen: Chosen = None
        self._stale = False

    def show(self, spot: Spot | None, timeline_key: str) -> None:
        """Put it in its place; None hides it.

        Args:
            spot: where it is and how it is framed.
            timeline_key: the key that opens all of an order's timeline.
        """
        self.pane.timeline_key = timeline_key
        self.pane.display = spot is not None
        if spot is not None:
            self.pane.frame = Frame(PaneName("", "Selected"), spot.sides)

    def follow(self, chosen: Chosen, *, again: bool = False) -> None:
        """Take what the cursor is on.

        Args:
            chosen: an order or a value; None where nothing is selected.
            again: something may have happened to it that it does not show.
        """
        if chosen == self._chosen and not again and not self._stale:
            return
        moved, self._chosen = _key(chosen) != _key(self._chosen), chosen
        if not self._seen:
            # It is read when it comes into sight.
            self._stale = True
        elif moved or self._rest is None:
            self._stop()
            self._rest = self._screen.set_timer(REST_SECONDS, self._show)

    @property
    def _seen(self) -> bool:
        screen = self._screen
        return self.pane.display and screen.composed and screen.console.screen is screen

    def _stop(self) -> None:
        if self._rest is not None:
            self._rest.stop()
            self._rest = None

    def _show(self) -> None:
        self._rest = None
        if not self._seen:
            self._stale = True
            return
        self._stale, chosen = False, self._chosen
        if not isinstance(chosen, BoardOrder):
            self.pane.chosen = chosen
            return
        before = self.pane.chosen
        if isinstance(before, OrderPreview) and before.row.line == chosen.line:
            self.pane.chosen = OrderPreview(chosen, before.timeline, before.seen)
        cards = chosen.delivered or 0
        self._screen.post_message(PreviewRequest(chosen, cards, reply=partial(self._take, chosen)))

    def _take(self, order: BoardOrder, history: OrderHistory | None, _: Failure | None) -> None:
        """Show an order with what the journal knows of it, or alone."""
        if not self._screen.composed or order != self._chosen:
            return
        if history is None:
            self.pane.chosen = OrderPreview(order)
        else:
            self.pane.chosen = OrderPreview(order, history.timeline, history.seen)


def _key(chosen: Chosen) -> str:
    if isinstance(chosen, BoardOrder):
        return chosen.line
    return f"{chosen.product.id} {chosen.value.id}" if chosen else ""
