"""Where the panes of the desk are and how each is framed: worked out from sizes alone."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from textual.geometry import Offset, Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from tui.actions.action import PANES
from widgets.drawing.frame import Sides

DeskForm = Literal["least", "small", "short", "medium", "wide"]
"""The layouts; `short` is a medium one without room for a log."""

SMALL = Size(70, 20)
SHORT = Size(112, 34)
MEDIUM = Size(112, 36)
WIDE = Size(160, 48)

PREVIEW = 160
"""Columns from which what is selected is shown in full beside the stock."""

SELECTED = "selected"
"""What is selected, in full: it is no pane, and takes no key."""


class Spot(NamedTuple):
    """Where a pane is, and how it is framed: its sides, and the panes that its rule names."""

    region: Region
    sides: Sides = "none"
    others: tuple[str, ...] = ()
    swaps: tuple[str, ...] = ()


def shape(size: Size, *, plain: bool) -> DeskForm:
    """Return which layout a terminal of this size has.

    Args:
        size: of the whole terminal.
        plain: the line is so slow that sides cost too much.
    """
    if size.width < SMALL.width or size.height < SMALL.height:
        return "least"
    if plain or not _holds(size, SHORT):
        return "small"
    if _holds(size, WIDE):
        return "wide"
    return "medium" if _holds(size, MEDIUM) else "short"


def places(area: Size, form: DeskForm, pane: str, *, zoomed: bool) -> Mapping[str, Spot]:
    """Return the panes that are in sight, by name.

    Args:
        area: what the panes may take.
        form: the layout.
        pane: the one with the cursor.
        zoomed: it was given the whole screen.
    """
    if zoomed or form == "least" or (form == "small" and pane not in ("catalogue", "stock")):
        others = tuple(name for name in PANES if name != pane)
        boxed = form not in ("least", "small")
        return {pane: Spot(area.region, "both" if boxed else "none", others)}
    if form == "small":
        return _small(area)
    return _wide(area) if form == "wide" else _medium(area, pane, short=form == "short")


def _small(area: Size) -> Mapping[str, Spot]:
    width, height = area
    low = 8 + (height - 22) * 2 // 3 if height >= 22 else 6
    left = min(46, 34 + (width - 80) // 5) if width > 80 else 34
    return {
        "catalogue": Spot(Region(0, 0, left, height - low), "right"),
        "stock": Spot(Region(left, 0, width - left, height - low)),
        "orders": Spot(Region(0, height - low, width, low), others=("balance", "ledger", "log")),
    }


def _medium(area: Size, pane: str, *, short: bool) -> Mapping[str, Spot]:
    width, height = area
    left = min(46, max(36, 36 + (width - 120) // 5))
    spots = _left(left, height, balance=13)
    spare = max(0, height - 38)
    stock, low = 10 + spare // 5, 9 + spare // 3
    if short and pane not in ("ledger", "log"):
        low = 0
    across = width - left
    spots |= _stock(left, across, stock)
    orders = Region(left, stock, across, height - stock - low)
    spots["orders"] = Spot(orders, "both", swaps=() if low else ("ledger", "log"))
    if low:
        name, swap = ("ledger", "log") if pane == "ledger" else ("log", "ledger")
        spots[name] = Spot(Region(left, height - low, across, low), "both", swaps=(swap,))
    return spots


def _wide(area: Size) -> Mapping[str, Spot]:
    width, height = area
    left = 46
    across, half = width - left, (width - left) // 2
    spare = height - 58
    high, low = max(12, 16 + spare // 4), max(9, 14 + spare // 4)
    return {
        **_left(left, height, balance=15),
        **_stock(left, across, high),
        "orders": Spot(Region(left, high, across, height - high - low), "both"),
        "ledger": Spot(Region(left, height - low, half, low), "both"),
        "log": Spot(Region(left + half, height - low, across - half, low), "both"),
    }


def _stock(left: int, across: int, height: int) -> dict[str, Spot]:
    """Return where the stock is, and what is selected beside it where there is room."""
    if left + across < PREVIEW:
        return {"stock": Spot(Region(left, 0, across, height), "both")}
    half = across // 2
    return {
        "stock": Spot(Region(left, 0, half, height), "both"),
        SELECTED: Spot(Region(left + half, 0, across - half, height), "both"),
    }


def _left(width: int, height: int, *, balance: int) -> dict[str, Spot]:
    return {
        "catalogue": Spot(Region(0, 0, width, height - balance), "both"),
        "balance": Spot(Region(0, height - balance, width, balance), "both"),
    }


def _holds(size: Size, least: Size) -> bool:
    return size.width >= least.width and size.height >= least.height


class PanesLayout(Layout):
    """Puts each pane in its place.

    Args:
        places: where that is, by the widgets' ids, in an area of a size.

    Attributes:
        spots: where they were put last.
    """

    name = "panes"
    spots: Mapping[str, Spot] = MappingProxyType({})

    def __init__(self, places: Callable[[Size], Mapping[str, Spot]]) -> None:
        self._places = places

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """Return where the panes in sight are."""
        del greedy
        parent.pre_layout(self)
        self.spots = spots = self._places(size)
        return [
            WidgetPlacement(spot.region, Offset(), Spacing(), child)
            for child in children
            if (spot := spots.get(child.id or ""))
        ]


class Panes(Widget):
    """Holds the panes of the desk."""

    DEFAULT_CSS = "Panes { height: 1fr; width: 1fr; }"

    def __init__(self, places: Callable[[Size], Mapping[str, Spot]], *, id: str) -> None:
        super().__init__(id=id)
        self._places_them = PanesLayout(places)

    def lie_in(self, spots: Mapping[str, Spot]) -> bool:
        """Whether the panes are where these spots are."""
        return self._places_them.spots == spots

    @property
    def layout(self) -> Layout:
        """What puts each pane in its place."""
        return self._places_them
