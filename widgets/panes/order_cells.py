"""An order as the cells of a list: what was bought, for whom, how far it is, what it costs."""

from decimal import Decimal

from services.domain.book import BoardOrder, UsualTime
from services.domain.local_time import local_clock
from services.domain.money import Prices, exact, show
from services.domain.purchase_states import ELSEWHERE, state_name
from services.domain.text import cell_width, fit, has_rtl
from services.domain.typed.product_names import ANY_REGION, short_region, short_title
from widgets.board.columns import Column
from widgets.board.row_cache import View
from widgets.board.row_line import RowCell
from widgets.drawing.cells import (
    given_when,
    order_id_words,
    order_state_cell,
)
from widgets.drawing.ink import Cell, Line, inert
from widgets.drawing.waiting import counted

WITH_REGION, WHOLE = 20, 26
"""In a column so wide a product is drawn with its region, and mostly without a cut."""

LEAST_TITLE = 10
"""Cells of a product's name that are enough to know it by."""

ANYWHERE = "Global"

WIDE_STATE, STATE, NARROW_STATE = 36, 24, 15
WHAT = Column("what", "product", least=WHOLE, most=44, steps=((6, 20), (3, 12)))
QUANTITY = Column("qty", "qty", 3, "right", searched=False)
CUSTOMER = Column("customer", "customer", least=11, most=18)
STATE_COLUMN = Column("state", "state", WIDE_STATE, steps=((7, STATE), (5, NARROW_STATE)))
PRICE = Column("price", "price", 7, "right", leaves=4, searched=False)
COST = Column("cost", "cost", 10, "right", leaves=8, private=True, searched=False)
MARGIN = Column("margin", "margin", 8, "right", leaves=9, private=True, searched=False)
DESK = Column("desk", "desk", 9, leaves=10)
ORDER = Column("id", "order", 9, leaves=12)
PLACED = Column("placed", "placed", 8, leaves=11, searched=False)
COLUMNS = (WHAT, QUANTITY, CUSTOMER, STATE_COLUMN, PRICE, COST, MARGIN, DESK, ORDER, PLACED)

NO_AMOUNT = "\u2013"
BAR, WIDE_BAR = 8, 12

COUNTED = frozenset({"SENDING", "HANDLING"})
"""The states in which somebody waits for the next one: they count their seconds."""

CASE = " ! case"
"""The mark of an order with a card that does not work."""

WIDEST = 200
OTHER_DESK = state_name(ELSEWHERE)


def order_cells(
    order: BoardOrder, view: View, prices: Prices, usual: UsualTime | None = None
) -> dict[str, RowCell]:
    """Return an order as cells by column id; what is done is dim.

    Args:
        order: the row.
        view: the time, and how wide the columns are.
        prices: how prices are made.
        usual: how long an order like this usually takes.
    """
    done = order.final and not (order.to_give and order.mine)
    plain, strong = ("dim", "dim") if done else ("plain", "strong")
    price, cost = order.customer_price(prices), order.cost
    margin = order.margin(prices)
    return {
        "what": product_pieces(
            order.product or order.product_id,
            order.denomination or order.type_id,
            order.region,
            view.room.get(WHAT.id, WIDEST),
            plain,
        ),
        "qty": Cell(str(order.quantity), plain),
        "customer": _customer(order, strong),
        "state": state_pieces(order, view, usual),
        "price": Cell(_whole(price), plain),
        "cost": Cell("" if cost is None else exact(cost), "dim"),
        "margin": Cell("" if margin is None else exact(margin), "dim"),
        "desk": Cell(order.operator if order.mine else "other", "dim"),
        "id": Cell(order_id_words(order.order_id), "dim"),
        "placed": Cell(local_clock(order.time), "dim"),
    }


def product_pieces(title: str, value: str, region: str | None, room: int, ink: str) -> Line:
    """Return product and value, with the region where there is room; the product alone is cut.

    A card of another region is worth nothing, so that the end of a long name leaves before the
    region; one that holds everywhere leaves first.

    Args:
        title: of the product.
        value: of one card.
        region: where a card can be used; None where that is not known here.
        room: in terminal cells.
        ink: of product and value.
    """
    value, title = inert(value), inert(short_title(title, value))
    least = WITH_REGION if region else WHOLE
    region = None if region is None else short_region(region)
    tail = f" · {region}" if region and room >= least else ""
    backwards = has_rtl(title + value)
    if backwards and region:
        # Letters at both ends keep the numbers beside it in their columns.
        tail = f" · {ANY_REGION if has_rtl(region) else region}"
    between = " · " if backwards else " "
    left = room - cell_width(value) - len(between) - cell_width(tail)
    kept = LEAST_TITLE if region not in (ANYWHERE, ANY_REGION) else WIDEST
    if left < min(cell_width(title), kept) and not backwards:
        # The region leaves before a product is cut so far that it is not known by its name.
        tail, left = "", left + cell_width(tail)
    if cell_width(title) > left:
        title = inert(fit(title, max(0, left)).rstrip())
    words = (value, title) if backwards else (title, value)
    return Cell(between.join(filter(None, words)), ink), Cell(tail, "dim")


def state_pieces(order: BoardOrder, view: View, usual: UsualTime | None) -> Line:
    """Return the sign and word of an order's state, and how long it is in it, or since when."""
    word, ink = order_state_cell(order)
    room = view.room.get(STATE_COLUMN.id, WIDE_STATE)
    if order.state in COUNTED and not order.late and view.now is not None:
        seconds = max(0.0, (view.now - (order.sent_at or order.time)).total_seconds())
        bar = WIDE_BAR if room >= WIDE_STATE else BAR if room >= STATE else 0
        return counted(Cell(word, ink), seconds, usual, bar, " of " if bar == WIDE_BAR else "")
    at = given_when(order.given_at or order.ended_at or order.time, view.now)
    mark = (Cell(CASE, "alert"),) if order.cases else ()
    between = room - cell_width(word) - len(CASE) * len(mark) - cell_width(at)
    if between < 1:
        return Cell(word, ink), *mark
    return Cell(word, ink), *mark, Cell(" " * between), Cell(at, "dim")


def _customer(order: BoardOrder, ink: str) -> Cell:
    """Return for whom it is; of another desk's order that desk, unless its state says so."""
    if order.mine or order.desk_state == ELSEWHERE:
        return Cell(order.note, ink)
    return Cell(OTHER_DESK, "dim")


def _whole(price: Decimal | None) -> str:
    """Return what a customer pays; a dash where all of it came back."""
    if price is None:
        return ""
    return show(price) if price else NO_AMOUNT
