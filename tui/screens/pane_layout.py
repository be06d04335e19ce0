"""Which panes are in sight and which has the cursor: what the terminal holds, or one alone."""

from typing import Any, cast

from textual import events
from textual.reactive import var

from tui.action import PANES
from tui.screens.filtering import Filtering
from tui.screens.stock_following import StockFollowing
from tui.screens.strips import DetailStrip
from widgets.board import Board

TWO_PANES = 100
ALL_PANES = 160
LAYOUTS = [(0, "-one"), (TWO_PANES, "-two"), (ALL_PANES, "-all")]


class PaneLayout(StockFollowing, Filtering):
    """A screen of the five panes, shown as the width and the zoom say."""

    HORIZONTAL_BREAKPOINTS = LAYOUTS

    pane: var[str] = var("catalogue", init=False)
    zoomed: var[bool] = var(False, init=False)

    def place(self) -> str:
        """Return the pane that has the cursor."""
        return self.pane

    def board(self, pane: str = "") -> Board[Any]:
        """Return the list of a pane, of the current one if none is named."""
        return cast("Board[Any]", self.query_one(f"#{pane or self.pane}", Board))

    def panes_shown(self) -> None:
        """Do what comes with other panes in sight."""
        raise NotImplementedError

    def describe(self) -> None:
        """Describe the highlighted row in full, and offer the keys that fit it."""
        raise NotImplementedError

    def go_to(self, pane: str) -> None:
        """Put the cursor into a pane, showing it if it is not shown."""
        self.pane = pane
        self._arrange()
        self.board().focus()

    def step(self, by: int) -> None:
        """Go to the pane after or before this one."""
        self.go_to(PANES[(PANES.index(self.pane) + by) % len(PANES)])

    def zoom(self) -> None:
        """Give the current pane the whole screen, or take it back."""
        self.zoomed = not self.zoomed
        self._arrange()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Follow the focus, however it got there."""
        name = event.widget.id
        if name in PANES:
            # A list was clicked while its filter was typed: what was typed stays.
            self.hide_filter_line()
            if name != self.pane:
                self.pane = name
                self._arrange()
        self.describe()

    def on_resize(self) -> None:
        """Show as many panes as the terminal holds now."""
        # A line that drops while the console opens resizes what was never composed.
        if not self.composed:
            return
        self.set_class(not self.roomy, "-small")
        self._arrange()

    def watch_pane(self) -> None:
        """Take away what was said of the pane before."""
        self.unsay()

    def _arrange(self) -> None:
        """Show one pane, or all of them, as the width and the zoom say."""
        one = self.zoomed or self.size.width < TWO_PANES
        hidden = "orders" if self.pane == "ledger" else "ledger"
        for name in PANES:
            self.board(name).display = name == self.pane if one else name != hidden
        for name in ("side", "right"):
            box = self.query_one(f"#{name}")
            box.display = any(child.display for child in box.children)
        # Beside other panes it is as high for each of them: another height is another picture, and
        # all of it would be written anew at each change of the pane.
        self.query_one(DetailStrip).set_class(one and self.pane == "log", "-tall")
        self.set_class(self.zoomed, "-zoomed")
        # A stock pane that has just come into sight was not read while it was hidden.
        self.choose(self.product, shown=self.board("stock").display)
        self.panes_shown()
