"""The parts of the money screen, each drawn for the room that it has."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from services.domain import money
from services.domain.book import BoardOrder, Book, waiting, waiting_count
from services.domain.day_figures import DayFigures, Figure
from services.domain.ledger import Ledger, LedgerRow, Mark
from services.domain.local_time import local_clock, local_minute
from services.domain.money import Prices
from services.domain.phrase import counted
from services.domain.spending import LEAST_DAYS, Spending
from services.domain.text import cell_width, fit
from services.domain.typed.product_names import short_title
from widgets.drawing import style
from widgets.drawing.cells import failure_words, hidden_words
from widgets.drawing.fit import Part
from widgets.drawing.ink import Cell, Line, fitted, inert
from widgets.drawing.plot import NOW, lying, unit_of, upright, with_axis
from widgets.drawing.sheet import facing, sentence

NOT_READ = "The balance has not been read yet."
NO_HISTORY = f"Not enough history yet (needs {LEAST_DAYS} days)."
NO_ORDER = "No order today."
LEDGER_UNREAD = "not read yet"
MATCHES = "matches your orders"
DAY = timedelta(minutes=1)
WIDE = 56
"""From so many cells on a list has more columns."""

KINDS = {"ORDER": "order", "REFUND-ORDER": "refund", "DEPOSIT": "deposit"}


class MoneyKeys(NamedTuple):
    """The keys that the parts name: of panes and lists, and of what can be done here."""

    balance: str = "4"
    ledger: str = "5"
    waiting: str = "T"
    refresh: str = "r"
    privacy: str = "d"


class MoneyView(NamedTuple):
    """What the parts are drawn from."""

    book: Book
    spending: Spending
    day: DayFigures
    prices: Prices
    privacy: bool
    keys: MoneyKeys

    @property
    def hidden(self) -> str:
        """That privacy hides the amounts, and the key that shows them."""
        return hidden_words(self.keys.privacy)

    @property
    def balance(self) -> Decimal | None:
        """The balance (DZD), None while it was not read."""
        return self.book.balance.amount if self.book.balance else None

    @property
    def figures(self) -> dict[str, Figure]:
        held = waiting_count(self.book.orders)
        return self.day.figures(self.spending, self.prices, held, self.balance)


Draw = Callable[[MoneyView, int, int], list[Line]]


class ListColumn(NamedTuple):
    """A column of a list: its title, its cells (0: what is left), and whether it is right."""

    title: str
    width: int
    right: bool = False


def balance(seen: MoneyView, width: int, height: int) -> list[Line]:
    """Draw the balance of the day, what was paid in marked, or say why it is not known."""
    book, day = seen.book, seen.day
    lines: list[Line] = []
    if book.balance_error is not None:
        lines = sentence(failure_words(book.balance_error, seen.privacy), width - 2, "warn")[:2]
    elif book.balance is None:
        lines = sentence(NOT_READ, width - 2, "dim")
    if seen.privacy:
        return _indented([*lines, *sentence(seen.hidden, width - 2, "warn")])
    if not day.balance or style.now().coarse:
        return _indented(lines)
    marks = [
        (each.time, f"+{money.show(each.amount)} at {local_minute(each.time)}")
        for each in day.deposits
    ]
    room = height - len(lines)
    end = max(day.until, day.begin + DAY)
    plot = with_axis(
        day.balance, day.begin, end, width - 3, room, marks if room > MARKED_FROM else ()
    )
    return _indented([*lines, *plot])


def balance_and_today(seen: MoneyView, width: int, height: int) -> list[Line]:
    """Draw the balance of the day, and its figures at the right of it."""
    left = width - FIGURES_WIDTH
    plot = [fitted(line, left) for line in balance(seen, left, height)]
    blank = fitted((), left)
    figures = today(seen, FIGURES_WIDTH, height)
    return [
        (
            *(Cell(piece.text, piece.ink) for piece in (plot[row] if row < len(plot) else blank)),
            *(figures[row] if row < len(figures) else ()),
        )
        for row in range(height)
    ]


FIGURES_WIDTH = 25
MARKED_FROM = 8
"""From so many lines on there is one for what was paid in."""


def today(seen: MoneyView, width: int, height: int) -> list[Line]:
    """List the day's figures that have room, the most important first."""
    public = ("orders", "waiting", "lasts")
    shown = [
        (key, figure)
        for key, figure in seen.figures.items()
        if (not seen.privacy or key in public) and len(f"{figure.name}{figure.words}") < width - 2
    ]
    held, waits = seen.spending.refundable + seen.spending.tied, waiting_count(seen.book.orders)
    sold = seen.day.sold(seen.prices)
    inks = {
        "sold": "strong" if sold else "dim",
        "margin": "good strong" if sold else "dim",
        "share": "dim",
        "back": "plain" if seen.day.came_back else "dim",
        "held": "busy strong" if held else "dim",
        "waiting": "good strong" if waits.cards else "dim",
    }
    return [
        facing(Cell(figure.name, "dim"), Cell(figure.words, inks.get(key, "plain")), width)
        for key, figure in shown[:height]
    ]


def per_hour(seen: MoneyView, width: int, height: int) -> list[Line]:
    """Draw what was spent in each hour."""
    if seen.privacy or not seen.day.hours:
        return _indented(sentence(seen.hidden if seen.privacy else NO_ORDER, width - 2, "dim"))
    hours = [(f"{each.time.astimezone():%-H}", each.amount) for each in seen.day.hours]
    return _indented(upright(hours, width - 2, height).lines, 2)


def days(seen: MoneyView, width: int, height: int) -> list[Line]:
    """Draw what was spent on each of the last days, and on one of them."""
    if seen.privacy:
        return _indented(sentence(seen.hidden, width - 2, "dim"))
    if seen.spending.history_days < LEAST_DAYS:
        return _indented(sentence(NO_HISTORY, width - 2, "dim"))
    most = max((each.amount for each in seen.day.days), default=Decimal(0))
    room = width - 2 - len("Sun 22 ") - AMOUNT
    today = len(seen.day.days) - 1
    lines: list[Line] = [
        (
            Cell(f" {each.time.astimezone():%a %d} ", "plain" if at == today else "dim"),
            lying(float(each.amount / most) if most else 0.0, room, NOW if at == today else "bars"),
            Cell(money.whole(each.amount).rjust(AMOUNT), "strong" if at == today else "plain"),
        )
        for at, each in enumerate(seen.day.days)
    ]
    if height > len(lines) + 1 and seen.spending.pace is not None:
        pace = Cell(money.whole(seen.spending.pace))
        lines += [(), facing(Cell("a day", "dim"), pace, width)]
    return lines


AMOUNT = 10
LEAST_TITLE = 4
LEAST_BAR = 6
COUNT = 5


def sellers(seen: MoneyView, width: int, height: int) -> list[Line]:
    """Draw what was sold of each product, the most first."""
    found = seen.day.sellers(seen.prices)[:height]
    if seen.privacy or not found:
        return _indented(sentence(seen.hidden if seen.privacy else NO_ORDER, width - 2, "dim"))
    free = width - 3 - COUNT - AMOUNT + 2
    name = min(max(cell_width(inert(each.product)) for each in found), free - LEAST_BAR)
    room = free - name
    most = found[0].sold
    return [
        (
            *(Cell(piece.text) for piece in fitted((Cell(f" {each.product}"),), name + 1)),
            Cell(" "),
            lying(float(each.sold / most) if most else 0.0, room),
            Cell(money.count(each.cards).rjust(COUNT)),
            Cell(money.whole(each.sold).rjust(AMOUNT - 2)),
        )
        for each in found
    ]


def to_hand_over(seen: MoneyView, width: int, height: int) -> list[Line]:
    """List the orders that are not handed over, the oldest first."""
    rows = waiting(seen.book.orders)
    if not rows:
        return _indented(sentence("None: every card is handed over.", width - 2, "dim"))
    if width < WIDE:
        columns = (
            ListColumn("customer", 9),
            ListColumn("product", 0),
            ListColumn("since", 5, right=True),
        )
        room = width - 9 - 5 - 4
        cells = [(row.note, _goods(row, room), local_minute(row.time)) for row in rows]
        return table(columns, cells, width, height, titled=False)
    price = max(5, *(len(_price(row, seen.prices)) for row in rows))
    customer = max(8, min(12, max(cell_width(inert(row.note)) for row in rows)))
    columns = (
        ListColumn("product", 0),
        ListColumn("customer", customer),
        ListColumn("cards", 8, right=True),
        ListColumn("since", 5, right=True),
        ListColumn("price", price, right=True),
    )
    room = width - customer - 8 - 5 - price - 2 * 6
    cells = [
        (
            _goods(row, room),
            row.note,
            f"{row.delivered or 0} of {row.quantity}",
            local_minute(row.time),
            _price(row, seen.prices),
        )
        for row in rows
    ]
    return table(columns, cells, width, height)


def to_hand_over_short(seen: MoneyView, width: int, height: int) -> list[Line]:
    """List the same, and below it whether the ledger matches."""
    reads = "" if seen.book.ledger else f", {seen.keys.refresh} reads it"
    said = f"{seen.keys.ledger} Ledger: {ledger_words(seen.book.ledger)}{reads}"
    rows = to_hand_over(seen, width, height - 1)
    blank: list[Line] = [()] * (height - 1 - len(rows))
    return [*rows, *blank, (Cell(f" {said}", "dim"),)]


def ledger(seen: MoneyView, width: int, height: int) -> list[Line]:
    """List the last movements of the account, as they were last read."""
    if seen.privacy:
        return _indented(sentence(seen.hidden, width - 2, "dim"))
    read = seen.book.ledger
    if read is None:
        said = f"{LEDGER_UNREAD.capitalize()}: {seen.keys.refresh} reads it."
        return _indented(sentence(said, width - 2, "dim"))
    wide = width > WIDE + 40
    columns = (
        ListColumn("at", 8 if wide else 5),
        ListColumn("what", 7),
        *(
            (ListColumn("customer", 12), ListColumn("product", 0))
            if wide
            else (ListColumn("customer", 0),)
        ),
        ListColumn("DZD", 11, right=True),
        ListColumn("balance", 11, right=True),
    )
    return table(columns, [_movement(row, wide=wide) for row in read.rows], width, height)


def desks(seen: MoneyView, width: int, height: int) -> list[Line]:
    """List what each operator sold."""
    if seen.privacy:
        return _indented(sentence(seen.hidden, width - 2, "dim"))
    held = waiting(seen.book.orders)
    columns = (
        ListColumn("desk", 0),
        *(ListColumn("orders", 6, right=True), ListColumn("cards", 6, right=True)),
        *(ListColumn("sold", 9, right=True), ListColumn("margin", 10, right=True)),
        ListColumn("to hand over", 12, right=True),
    )
    cells = [
        (
            each.operator,
            money.count(each.orders),
            money.count(each.cards),
            money.whole(each.sold),
            money.exact(each.margin),
            money.count(sum(row.operator == each.operator for row in held)),
        )
        for each in seen.day.desks(seen.prices)
    ]
    return table(columns, cells, width, height)


def ledger_words(read: Ledger | None) -> str:
    """Say of the account's movements whether they match the orders."""
    if read is None:
        return LEDGER_UNREAD
    if not read.charged:
        return "Sandbox: no money moves"
    if read.breaks:
        return "has a break"
    if not read.complete:
        return "not all of it was read"
    if not read.agrees:
        return "does not match your orders"
    if read.undebited:
        return "an order was not debited"
    if any(row.mark is Mark.NO_ORDER for row in read.rows):
        return "a debit has no order"
    return MATCHES


def no_facts(_: MoneyView) -> tuple[Part, ...]:
    """Say nothing beside the title."""
    return ()


def dinar_facts(_: MoneyView) -> tuple[Part, ...]:
    """Say that the numbers are dinars."""
    return end_fact("DZD")


def seller_facts(_: MoneyView) -> tuple[Part, ...]:
    """Say what the two numbers of a product are."""
    return end_fact("cards   price")


def hour_facts(seen: MoneyView) -> tuple[Part, ...]:
    """Say what the numbers of the hours are in."""
    most = max((each.amount for each in seen.day.hours), default=Decimal(0))
    return end_fact(unit_of(most).name)


def waiting_facts(seen: MoneyView) -> tuple[Part, ...]:
    """Say how many orders are not handed over."""
    rows = waiting(seen.book.orders)
    said = counted(len(rows), "order")
    return end_fact(f"{said}, oldest first" if rows else said, said)


def ledger_facts(seen: MoneyView) -> tuple[Part, ...]:
    """Say whether the ledger matches, and how many movements there are."""
    read = seen.book.ledger
    if read is None:
        return ()
    words = ledger_words(read)
    sign, ink = ("✓ ", "good") if words == MATCHES else ("! ", "warn")
    said = Cell(f"{sign}{words}", ink) if read.charged else Cell(words, "dim")
    return (Part((said,), leaves=1), *end_fact(f"{len(read.rows)} today"))


def table(
    columns: Sequence[ListColumn],
    rows: Sequence[Sequence[str]],
    width: int,
    height: int,
    *,
    titled: bool = True,
) -> list[Line]:
    """Lay rows out in columns; where not all fit, the last line says how many there are more."""
    gap = "  " if titled else " "
    fixed = sum(column.width for column in columns) + len(gap) * (len(columns) + 1)
    wide = [column.width or max(1, width - fixed) for column in columns]
    room = height - titled
    shown = rows if len(rows) <= room else rows[: max(0, room - 1)]
    titles = [column.title for column in columns]
    lines = [_row(columns, wide, titles, gap, "dim")] if titled else []
    lines += [_row(columns, wide, row, gap) for row in shown]
    if len(shown) < len(rows):
        lines.append((Cell(f"{gap}{len(rows) - len(shown)} more", "dim"),))
    return lines


def _row(
    columns: Sequence[ListColumn],
    wide: Sequence[int],
    texts: Sequence[str],
    gap: str,
    ink: str = "plain",
) -> Line:
    cells: list[Cell] = [Cell(gap)]
    for column, room, text in zip(columns, wide, texts, strict=True):
        blank = " " * max(0, room - len(text)) if column.right else ""
        pieces = fitted((Cell(blank + text, ink),), room)
        cells += [*(Cell(piece.text, piece.ink) for piece in pieces), Cell(gap)]
    return tuple(cells[:-1])


def _movement(row: LedgerRow, *, wide: bool) -> tuple[str, ...]:
    moved, order = row.transaction, row.order
    change = row.change if row.change is not None else moved.amount
    sign = "+" if change > 0 and row.change is not None else ""
    customer = order.note if order else ""
    return (
        local_clock(moved.time) if wide else local_minute(moved.time),
        KINDS.get(moved.type, moved.type.lower()),
        *((customer, _goods(order) if order else moved.note) if wide else (customer,)),
        f"{sign}{money.exact(change)}",
        "" if moved.new_balance is None else money.exact(moved.new_balance),
    )


def _goods(row: BoardOrder, room: int = 0) -> str:
    """Name what was bought; where there is no room for all of it the product is cut."""
    value = row.denomination
    title = short_title(row.product or row.product_id, value)
    left = room - cell_width(value) - 1
    if room and cell_width(title) > left >= LEAST_TITLE:
        title = fit(inert(title), left).rstrip()
    return f"{title} {value}".rstrip()


def _price(row: BoardOrder, prices: Prices) -> str:
    price = row.customer_price(prices)
    return "" if price is None else money.whole(price)


def end_fact(*forms: str) -> tuple[Part, ...]:
    """Return words for the end of a rule, the longest form first."""
    return (Part(tuple(Cell(words, "dim") for words in forms), leaves=1, end=True),)


def _indented(lines: Sequence[Line], by: int = 1) -> list[Line]:
    return [(Cell(" " * by), *line) for line in lines]
