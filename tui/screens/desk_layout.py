"""Which panes are in sight and which has the cursor: what the terminal holds, or one alone."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from textual import events, on
from textual.geometry import Size
from textual.reactive import var

from tui.actions.action import LISTS, PANES
from tui.screens.base import ConsoleContext
from tui.screens.desk_stock import StockFollowing
from tui.screens.parts.desk_places import SELECTED, Panes, Spot, places, shape
from tui.screens.parts.filter import Filtering
from tui.screens.parts.strips import DetailStrip
from widgets.board.board import Board
from widgets.drawing import style
from widgets.drawing.canvas import Canvas
from widgets.drawing.frame import Frame, PaneName
from widgets.panes.balance import BalancePane


class PaneLayout(StockFollowing, Filtering):
    """A screen of the panes, shown as the size and the zoom say."""

    pane: var[str] = var("catalogue", init=False)
    zoomed: var[bool] = var(False, init=False)
    _list_pane = "catalogue"

    def place(self) -> str:
        return self.pane

    def board(self, pane: str = "") -> Board[Any]:
        """Return the list of a pane; without a name of the current one, or the last that was."""
        return cast("Board[Any]", self.query_one(f"#{pane or self._list_pane}", Board))

    def pane_widget(self, pane: str = "") -> Canvas:
        """Return what is drawn in a pane, in the current one if none is named."""
        return self.query_one(f"#{pane or self.pane}", Canvas)

    def panes_shown(self) -> None:
        raise NotImplementedError

    def show_selected(self, spot: Spot | None) -> None:
        """Show what is selected in full in its place; None where there is no room."""
        raise NotImplementedError

    def describe(self) -> None:
        """Describe the highlighted row in full, and offer the keys that fit it."""
        raise NotImplementedError

    def go_to(self, pane: str) -> None:
        """Put the cursor into a pane, showing it if it is not shown."""
        self.pane = pane
        self._arrange()
        self.pane_widget().focus()

    def step(self, by: int) -> None:
        """Go to a pane beside the current one; the balance has no room but beside another."""
        beside = self.pane_widget("balance").display
        panes = [pane for pane in PANES if pane != "balance" or beside]
        self.go_to(panes[(panes.index(self.pane) + by) % len(panes)])

    def zoom(self) -> None:
        """Give the current pane the whole screen, or take it back."""
        self.zoomed = not self.zoomed
        self._arrange()

    @on(Canvas.TitlePressed)
    def _title_pressed(self, event: Canvas.TitlePressed) -> None:
        """Go to the pane whose title was clicked."""
        event.stop()
        self.go_to(event.pane.title.lower())

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Follow the focus, however it got there."""
        name = event.widget.id
        if name in PANES:
            if name == "stock":
                # What is sold there is of this product, whatever comes above it in the catalogue.
                self.board("catalogue").hold()
            # A list was clicked while its filter was typed: what was typed stays.
            self.hide_filter_line()
            if name != self.pane:
                self.pane = name
                self._arrange()
        self.describe()

    def on_resize(self) -> None:
        # A line that drops while the console opens resizes what was never composed.
        if not self.composed:
            return
        self.set_class(not self.roomy, "-small")
        self._arrange()

    def watch_context(self, context: ConsoleContext) -> None:
        """Name the keys of the panes as they are from now on."""
        super().watch_context(context)
        if self.composed:
            self._arrange()

    def take_look(self) -> None:
        """Arrange the panes as well: a slow line has no room for sides."""
        super().take_look()
        if self.composed:
            self._arrange()

    def watch_pane(self) -> None:
        """Take away what was said of the pane before."""
        if self.pane in LISTS:
            self._list_pane = self.pane
        self.unsay()

    def spots(self, area: Size) -> Mapping[str, Spot]:
        """Return where the panes in sight are in an area."""
        form = shape(self.console.size, plain=style.now().coarse)
        return places(area, form, self.pane, zoomed=self.zoomed)

    def _arrange(self) -> None:
        """Show the panes that there is room for, each in its frame."""
        panes = self.query_one(Panes)
        spots = self.spots(panes.size or self.console.size)
        alone = len(spots) == 1
        for name in PANES:
            widget, spot = self.pane_widget(name), spots.get(name)
            widget.display = spot is not None
            if spot is not None:
                names = map(self._names, ((name,), spot.others, spot.swaps))
                (own,), others, swaps = names
                widget.frame = Frame(own, spot.sides, others, swaps)
        self.query_one(BalancePane).privacy_key = self.context.keymap.shown("privacy")
        self.show_selected(spots.get(SELECTED))
        # Beside other panes there is no room for it.
        strip = self.query_one(DetailStrip)
        strip.display = alone
        strip.set_class(self.pane == "log", "-tall")
        if not panes.lie_in(spots):
            panes.refresh(layout=True)
        # A stock pane that has just come into sight was not read while it was hidden.
        self.choose(self.product, shown=self.board("stock").display)
        self.panes_shown()

    def _names(self, panes: Sequence[str]) -> tuple[PaneName, ...]:
        shown = self.context.keymap.shown
        return tuple(PaneName(shown(f"pane.{pane}"), pane.capitalize()) for pane in panes)
