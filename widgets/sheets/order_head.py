"""Whose order it is, above everything else: what is compared before a code is read out."""

from datetime import datetime

from textual.geometry import Size
from textual.reactive import var

from services.domain.book import BoardOrder
from services.domain.local_time import local_when
from services.domain.models import OrderStatus
from services.domain.money import Prices
from services.domain.phrase import counted
from services.domain.text import cell_width, has_rtl
from services.domain.typed.product_names import goods_name
from widgets.drawing import style
from widgets.drawing.cells import amount, dinars, order_state_cell
from widgets.drawing.ink import Cell, DrawnLine, Line, inert
from widgets.drawing.rules import boxed, rule
from widgets.drawing.sheet import Sheet, fact

COARSE_SECONDS = 5
BAR, SHORT_BAR = 18, 12
COLUMNS = {118: (3, 31, 65, 91), 80: (2, 24, 40, 58)}
"""Where the four facts are, by the cells that there are."""

GAP = 2
PAYS = "customer pays"
EVERYWHERE = ("global", "worldwide", "any")
LEFT, RIGHT = "━", "─"


class OrderHead(Sheet, can_focus=False):
    """The title with the state, and the band: product and value, region, customer, what he pays.

    `hide_at` (UTC) is when the shown cards are hidden, after `seconds`; `prices` is how the desk
    makes prices. In a `box` there are blank lines and more words.
    """

    DRAWN_FROM = ("board_order", "prices", "now", "hide_at", "seconds", "box")

    board_order: var[BoardOrder | None] = var[BoardOrder | None](None)
    prices: var[Prices] = var(Prices())
    now: var[datetime | None] = var[datetime | None](None)
    hide_at: var[datetime | None] = var[datetime | None](None)
    seconds: var[int] = var(20)
    box: var[bool] = var(False)

    def text_lines(self, width: int) -> list[Line]:
        """Return the title and the band, which has a line for each fact where they are too long."""
        row = self.board_order
        if row is None:
            return [self._title(width)]
        band = self._columns(row, width) or self._stacked(row, width)
        blank: list[Line] = [()] if self.box else []
        return [self._title(width), *blank, *band, *blank]

    def lines_needed(self, width: int) -> int:
        """Return how many lines all of it takes."""
        return len(self.text_lines(width - 2 * self.box))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        del container, viewport
        return self.lines_needed(width)

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        lines = super().draw(width - 2 * self.box, height)
        return boxed(lines, top=True) if self.box else lines

    def _title(self, width: int) -> Line:
        row = self.board_order
        left: list[Cell] = [Cell(" Order ", "title")]
        if row is not None:
            left += [Cell(" · ", "dim"), order_state_cell(row)]
            if row.given_at is not None:
                given = f" {local_when(row.given_at, self.now)} by {row.given_by}"
                left.append(Cell(inert(given), "dim"))
            elif row.to_give and row.mine:
                left.append(Cell(", not handed over yet", "dim"))
            if row.cases:
                left.append(Cell(f"  ! {counted(row.cases, 'open case')}", "alert"))
        return rule(width, (*left, Cell(" ")), self._time_left())

    def _time_left(self) -> Line:
        """Return how long cards are still shown, and a bar of it."""
        if self.hide_at is None or self.now is None:
            return ()
        left = max(0, int((self.hide_at - self.now).total_seconds() + 0.999))
        if style.now().coarse:
            left = -(-left // COARSE_SECONDS) * COARSE_SECONDS
        cells = BAR if self.box else SHORT_BAR
        done = min(cells, round(cells * left / max(1, self.seconds)))
        bar = (Cell(LEFT * done, "warn"), Cell(RIGHT * (cells - done), "dim"))
        return (Cell("hides in ", "dim"), Cell(f"{left} s ", "warn"), *bar)

    def _facts(self, row: BoardOrder) -> tuple[tuple[str, str, str], ...]:
        """Return the name of each fact, what it is, and what else there is to say of it."""
        no_customer = "not noted" if row.mine else "-"
        return (
            (
                "product",
                goods_name(row.product or row.product_id, row.denomination),
                counted(row.quantity, "card"),
            ),
            ("region", row.region or "any", _whose_accounts(row.region)),
            ("customer", row.note or no_customer, ""),
            (PAYS, *self._pays(row)),
        )

    def _pays(self, row: BoardOrder) -> tuple[str, str]:
        price = row.customer_price(self.prices)
        part = row.state == OrderStatus.PARTIALLY_FILLED
        cards = (row.fulfilled_quantity if part else None) or row.quantity
        if price is None or not cards:
            return "", ""
        return dinars(price), f"{cards} x {amount(price / cards)}"

    def _columns(self, row: BoardOrder, width: int) -> list[Line]:
        """Return the facts beside each other; none where they do not fit or would change places."""
        facts = [tuple(map(inert, fact)) for fact in self._facts(row)]
        if any(has_rtl(text) for fact in facts for text in fact):
            # A terminal that orders such text itself would take the columns apart.
            return []
        lines = 3 if self.box else 2
        needed = [max(map(cell_width, fact[:lines])) for fact in facts]
        at = next((places for least, places in COLUMNS.items() if width >= least), ())
        ends = (*at[1:], width)
        fits = at and all(
            first + size + GAP <= end for first, size, end in zip(at, needed, ends, strict=True)
        )
        if not fits:
            indent = 3 if self.box else 2
            at = tuple(indent + sum(needed[:n]) + GAP * n for n in range(len(needed)))
            if at[-1] + needed[-1] > width:
                return []
        return [
            _placed([Cell(fact[line], ink) for fact in facts], at)
            for line, ink in enumerate(("dim", "strong", "dim")[:lines])
        ]

    def _stacked(self, row: BoardOrder, width: int) -> list[Line]:
        lines = [line for name, text, _ in self._facts(row) for line in _fact(name, text, width)]
        return [(Cell("  "), *line) for line in lines]


def _fact(name: str, text: str, width: int) -> list[Line]:
    return fact("pays" if name == PAYS else name, text, width - 2, "strong")


def _whose_accounts(region: str) -> str:
    return f"for accounts of {region}" if region and region.casefold() not in EVERYWHERE else ""


def _placed(cells: list[Cell], at: tuple[int, ...]) -> Line:
    """Return cells, inert already, each at its place in the line."""
    line: list[Cell] = []
    used = 0
    for cell, place in zip(cells, at, strict=True):
        line += [Cell(" " * (place - used)), cell]
        used = place + cell_width(cell.text)
    return tuple(line)
