"""What the cursor is on, in full beside the lists: an order, its cards masked, or a value."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec import Struct
from textual.reactive import var

from services.domain.book import BoardOrder, UsualTime
from services.domain.local_time import local_day_clock, local_minute, same_day
from services.domain.models import Denomination, Product, Stock, goods_ids
from services.domain.money import Prices, exact
from services.domain.phrase import counted
from services.domain.text import cell_width, has_rtl, short_id
from services.domain.timeline import Timeline
from services.domain.typed.product_names import ANY_REGION
from widgets.drawing.canvas import Canvas
from widgets.drawing.cells import amount, dinars, order_state_cell, stock_count_cell
from widgets.drawing.fit import Part
from widgets.drawing.ink import Cell, DrawnLine, Line, fitted
from widgets.drawing.sheet import sentence
from widgets.drawing.steps import last_steps
from widgets.panes.order_cells import WIDEST, product_pieces

if TYPE_CHECKING:
    from services.domain.watching.price_history import PricePoint

FACTS_APART = 13
"""Lines from which a blank one is between the parts."""

LABEL, WIDE_LABEL, PAYS_LABEL = 10, 15, 15
WIDE = 68
MASKED = "•••• ••••"
MOST_CARDS = 3
"""So many cards have a line of their own; of more than that there is one line in all."""

LEAST_ENTRIES = 3
BUYERS = 4
"""Lines that are left to the last buyers of a value, with their title."""

MAY_TELL = "You can tell the customer  "
NOTHING = "Nothing is selected."

_Seen = Mapping[int, tuple[datetime, str]]


class OrderPreview(Struct, frozen=True):
    """An order, what the journal knows of it, and by a card's index who saw it when (UTC) last.

    Of cards it has their number only: nothing here could show a code.
    """

    row: BoardOrder
    timeline: Timeline | None = None
    seen: _Seen = {}


class ValuePreview(Struct, frozen=True):
    """A value of a product as it was last read, and the orders of it, newest first.

    `points` are the prices and the stock that were seen of it, oldest first, `watched` says what
    it is watched for, empty where it is not.
    """

    product: Product
    value: Denomination
    stock: Stock
    usual: UsualTime | None = None
    orders: tuple[BoardOrder, ...] = ()
    points: "tuple[PricePoint, ...]" = ()
    watched: str = ""


class SelectedPane(Canvas):
    """The facts of what is selected, and what happened to it; nothing in it takes a key.

    `now` is only needed to say of when something is: nothing here counts. `timeline_key` shows
    all that happened.
    """

    DRAWN_FROM = ("chosen", "privacy", "prices", "timeline_key", "language")

    chosen: var[OrderPreview | ValuePreview | None] = var[OrderPreview | ValuePreview | None](None)
    now: var[datetime | None] = var[datetime | None](None)
    privacy: var[bool] = var(False)
    prices: var[Prices] = var(Prices())
    timeline_key: var[str] = var("i")
    language: var[str] = var("en")

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the facts, then what may be said, the cards, and what happened last."""
        inner = width - 2
        lines: list[Line] = []
        match self.chosen:
            case OrderPreview() as order:
                lines = self._order(order, inner, height)
            case ValuePreview() as value:
                lines = self._value(value, inner, height)
            case None:
                lines = sentence(NOTHING, inner, "dim")
        return [fitted((Cell(" "), *line), width) for line in lines[:height]]

    def watch_chosen(self, chosen: OrderPreview | ValuePreview | None) -> None:
        """Name in the rule above what it is of."""
        match chosen:
            case OrderPreview(row):
                customer = (row.note or "no customer noted") if row.mine else "another desk"
                what = product_pieces(
                    row.product or row.product_id,
                    row.denomination or row.type_id,
                    row.region,
                    WIDEST,
                    "plain",
                )
                words = "".join(cell.text for cell in what)
                state = Part((order_state_cell(row),), leaves=1, end=True)
                self.title_facts = (_subject(words, customer), state)
            case ValuePreview(product, value):
                region = product.region or ANY_REGION
                self.title_facts = (_subject(f"{product.title} · {region}", value.name),)
            case None:
                self.title_facts = ()

    def _order(self, preview: OrderPreview, width: int, height: int) -> list[Line]:
        row, timeline = preview.row, preview.timeline
        blank: list[Line] = [()] if height >= FACTS_APART else []
        lines = self._order_facts(row, timeline, width)
        if timeline is None:
            return lines
        lines += [*blank, *_to_tell(timeline.said_in(self.language), width)]
        cards = self._cards(row, preview.seen)
        room = height - len(lines) - 2 * len(blank) - LEAST_ENTRIES
        if cards and room > 0:
            lines += [*blank, *cards[: max(1, room)]]
        room = height - len(lines) - len(blank)
        steps = last_steps(timeline.entries, width, room, self.privacy, self.timeline_key)
        return [*lines, *blank, *steps]

    def _order_facts(self, row: BoardOrder, timeline: Timeline | None, width: int) -> list[Line]:
        price, cost = row.customer_price(self.prices), row.cost
        margin = price - cost if price is not None and cost is not None else None
        if row.mine:
            desk = row.operator or "this desk"
            if timeline is not None and timeline.purchase is not None:
                desk = f"{desk} at {timeline.purchase.host}"
        else:
            desk = "another desk"
        order = f"{short_id(row.order_id)}" if row.order_id else "no order id yet"
        no_customer = "not noted" if row.mine else "-"
        left = (
            ("customer", Cell(row.note or no_customer, "strong" if row.note else "dim")),
            ("region", Cell(row.region or ANY_REGION)),
            ("cards", Cell(_came(row))),
            ("order", Cell(order)),
        )
        right = (
            ("customer pays", self._pays(price)),
            ("cost", Cell(dinars(cost, self.privacy))),
            ("margin", Cell(dinars(margin, self.privacy))),
            ("desk", Cell(desk)),
        )
        return _two(left, right, width)

    def _pays(self, price: Decimal | None) -> Cell:
        # In privacy mode a unit would call more eyes to it than the figure alone.
        return Cell(amount(price) if self.privacy else dinars(price), "strong")

    def _cards(self, row: BoardOrder, seen: _Seen) -> list[Line]:
        count = row.delivered or 0 if row.has_cards else 0
        if not count:
            return []
        if count > MOST_CARDS:
            shown = f", {counted(len(seen), 'card')} shown before" if seen else ", none shown yet"
            return [(Cell(f"{counted(count, 'card')}  ", "dim"), Cell(MASKED), Cell(shown, "dim"))]
        lines: list[Line] = []
        for index in range(count):
            said = "not shown yet"
            if index in seen:
                at, who = seen[index]
                said = f"shown {local_day_clock(at, self.now)} by {who}"
            number = Cell(f"card {index + 1}".ljust(LABEL), "dim")
            lines.append((number, Cell(MASKED), Cell(f"   {said}", "dim")))
        return lines

    def _value(self, preview: ValuePreview, width: int, height: int) -> list[Line]:
        product, value = preview.product, preview.value
        cost = value.price
        price = self.prices.price(cost, *goods_ids(product, value))
        left = [
            ("region", Cell(product.region or ANY_REGION)),
            ("customer pays", self._pays(price)),
        ]
        if not self.privacy:
            percent = f"  {(price - cost) * 100 / price:.1f} %" if price and width >= WIDE else ""
            floor = self.prices.broken_floor(cost, *goods_ids(product, value))
            low = "" if floor is None else " !"
            margin = Cell(f"{exact(price - cost)}{percent}{low}", "alert" if low else "good")
            left += [("cost", Cell(exact(cost))), ("margin", margin)]
        read = local_minute(preview.stock.read_at)
        in_stock = stock_count_cell(value.quantity)
        usual = preview.usual
        waits = f"{usual.seconds:.0f} s, slow over {usual.slow:.0f} s" if usual else "not known yet"
        sold = sum(row.quantity for row in preview.orders if same_day(row.time, self.now))
        right = [
            ("category", Cell(product.category)),
            ("stock", Cell(f"{in_stock.text}, read {read}", in_stock.ink)),
            ("usual wait", Cell(waits)),
            ("sold today", Cell(counted(sold, "card"))),
        ]
        lines = _two(left, right, width)
        if height >= FACTS_APART and not self.privacy:
            lines += [(), *sentence(self.prices.words, width, "dim")]
        if preview.watched:
            lines += sentence(f"Watched for {preview.watched}.", width, "dim")
        if preview.points and not self.privacy and self.now is not None:
            from widgets.panes.price_past import past

            left = height - len(lines) - (BUYERS if preview.orders else 0)
            lines += past(preview.points, cost, self.now, width, left)
        if preview.orders:
            lines += [(), (Cell("last buyers", "head"),)]
            lines += [
                self._buyer(row, width) for row in preview.orders[: max(0, height - len(lines))]
            ]
        return lines

    def _buyer(self, row: BoardOrder, width: int) -> Line:
        at = local_day_clock(row.time, self.now).ljust(LABEL)
        state = order_state_cell(row)
        price = amount(row.customer_price(self.prices))
        room = max(8, width - len(at) - 8 - 18 - 10)
        who = fitted((Cell(row.note or "not noted", "plain" if row.note else "dim"),), room)
        return (
            Cell(at, "dim"),
            *(Cell(piece.text, piece.ink) for piece in who),
            Cell(f"{row.quantity:>6}  "),
            *(Cell(piece.text, piece.ink) for piece in fitted((state,), 18)),
            Cell(f"{price:>10}"),
        )


def _came(row: BoardOrder) -> str:
    if row.delivered is None and row.final:
        return counted(row.quantity, "card")
    return f"{row.delivered or 0} of {row.quantity} here"


def _to_tell(said: Sequence[str], width: int) -> list[Line]:
    label = MAY_TELL if width >= WIDE else ""
    room = width - len(label)
    parts = [line for words in said for line in sentence(words, room, "good")]
    return [(Cell(label if not at else " " * len(label), "dim"), *p) for at, p in enumerate(parts)]


def _subject(words: str, of: str) -> Part:
    whole = Cell(f"· {of} · {words}")
    return Part((whole, Cell(f"· {of}")), leaves=2)


_Fact = tuple[str, Cell]


def _two(left: Sequence[_Fact], right: Sequence[_Fact], width: int) -> list[Line]:
    """Return facts in two columns; below each other where a terminal may turn the words around."""
    if any(has_rtl(cell.text) for _, cell in (*left, *right)):
        return [_fact(fact, LABEL + 5, width) for fact in (*left, *right) if fact[1].text]
    longest = max(len(label) for label, _ in left) + 2
    label = max(longest, WIDE_LABEL if width >= WIDE else LABEL)
    half = width // 2
    lines: list[Line] = []
    for number, fact in enumerate(left):
        line = fitted(_fact(fact, label, half), half - 1)
        beside = _fact(right[number], PAYS_LABEL, width - half) if number < len(right) else ()
        lines.append((*(Cell(*piece) for piece in line), Cell(" "), *beside))
    lines += [(Cell(" " * half), *_fact(fact, PAYS_LABEL, half)) for fact in right[len(left) :]]
    return lines


def _fact(fact: _Fact, label: int, width: int) -> Line:
    name, cell = fact
    line = (Cell(name.ljust(label), "dim"), cell)
    return (
        tuple(Cell(*piece) for piece in fitted(line, width))
        if cell_width(cell.text) + label > width
        else line
    )
