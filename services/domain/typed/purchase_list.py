"""Many purchases from a file: what a row asks for, and what the check of all rows found. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from services.domain.models import Catalog, Product, Purchase, PurchaseState, Stock
from services.domain.money import show
from services.domain.phrase import Phrase
from services.domain.text import fold
from services.domain.typed.product_names import goods_name, with_region

S = PurchaseState
FILE_KEY = "from-"
"""How the key of a row begins that was made of the file's hash and the row's number."""

NOTHING_BOUGHT = frozenset({S.REFUSED, S.NOT_PLACED})
"""The ends after which an attempt is over, and another one needs a person's word."""

BOUGHT = frozenset({S.HANDLING, S.FULFILLED, S.PARTIALLY_FILLED})


class ListedRow(Struct, frozen=True):
    """One row of the file. Either the id or the name of product and value is there.

    `line` is its line in the file, from 1. `key` is its own, or made of the file (`own` false).
    `max_total` is what it may cost at most (DZD), None for any sum.
    """

    line: int
    quantity: int
    key: str
    own: bool = False
    product_id: str = ""
    product: str = ""
    type_id: str = ""
    value: str = ""
    note: str = ""
    max_total: Decimal | None = None

    @property
    def goods(self) -> tuple[str, ...]:
        """What makes two rows the same one."""
        named = (self.product_id, fold(self.product), self.type_id, fold(self.value))
        return (*named, str(self.quantity), fold(self.note))


class RowProblem(Struct, frozen=True):
    """What is wrong with a row, in a sentence; `line` 0 is the file as a whole.

    `refused`: the row is written well, but nothing can be bought for it now. `repeated`: it may be
    bought already, by another file.
    """

    line: int
    words: str | Phrase
    refused: bool = False
    repeated: bool = False


class PlannedRow(Struct, frozen=True):
    """A row that was checked: what it buys, at which cost (DZD), and what it has bought already.

    `purchase` is the newest one of its key, None where there is none; `key` is the one that a
    purchase made now gets.
    """

    row: ListedRow
    key: str
    product_id: str
    product_title: str
    type_id: str
    type_name: str
    goods: str
    unit_price: Decimal
    total: Decimal
    purchase: Purchase | None = None

    @property
    def to_buy(self) -> bool:
        """Whether nothing was sent for it yet."""
        return self.purchase is None


class PurchasePlan(Struct, frozen=True):
    """The rows of a file in its order, each wrong one named, and the sums of what is to buy."""

    rows: tuple[PlannedRow, ...]
    problems: tuple[RowProblem, ...] = ()
    balance: Decimal = Decimal(0)

    @property
    def to_buy(self) -> tuple[PlannedRow, ...]:
        """The rows for which something is to be bought."""
        return tuple(row for row in self.rows if row.to_buy)

    @property
    def total(self) -> Decimal:
        """What they cost (DZD)."""
        return sum((row.total for row in self.to_buy), Decimal(0))

    @property
    def cards(self) -> int:
        """How many cards they are."""
        return sum(row.row.quantity for row in self.to_buy)


class RowOutcome(StrEnum):
    """What became of a row."""

    BOUGHT = "bought"
    EARLIER = "bought earlier"
    REFUNDED = "refunded"
    TO_APPROVE = "to approve"
    UNRESOLVED = "unresolved"
    REFUSED = "refused"
    NOT_BOUGHT = "not bought"


def outcome(purchase: Purchase | None, *, now: bool) -> RowOutcome:
    """Say what became of a row.

    Args:
        purchase: what the journal holds for it, None for nothing.
        now: whether this run bought it.
    """
    if purchase is None or purchase.state in (S.INTENT, S.NOT_SENT, S.NOT_PLACED):
        return RowOutcome.NOT_BOUGHT
    if purchase.state is S.AWAITING_APPROVAL:
        return RowOutcome.TO_APPROVE
    if purchase.state is S.REFUSED:
        return RowOutcome.REFUSED
    if purchase.state is S.REFUNDED:
        return RowOutcome.REFUNDED
    if purchase.state in BOUGHT:
        return RowOutcome.BOUGHT if now else RowOutcome.EARLIER
    return RowOutcome.UNRESOLVED


def next_key(key: str, attempts: int) -> str:
    """Return the key of a row's next attempt, after so many that bought nothing."""
    return f"{key}/{attempts + 1}" if attempts else key


def is_for(row: ListedRow, purchase: Purchase) -> bool:
    """Tell whether a purchase is of what the row asks for."""
    return (
        row.quantity == purchase.quantity
        and row.product_id in ("", purchase.product_id)
        and row.type_id in ("", purchase.type_id)
        and (not row.value or fold(row.value) == fold(purchase.type_name))
        # A product may be named with its region, which a purchase does not hold.
        and (not row.product or fold(row.product).startswith(fold(purchase.product_title)))
    )


def named_product(catalog: Catalog, row: ListedRow) -> Product | str:
    """Return the product that a row means, or say what is wrong with its name."""
    if row.product_id:
        found = [p for p in catalog.products() if p.id == row.product_id]
        wanted = row.product_id
    else:
        word = fold(row.product)
        names = ((p, (p.title, with_region(p.title, p.region))) for p in catalog.products())
        found = [p for p, both in names if word in map(fold, both)]
        wanted = row.product
    if not found:
        return f'The vendor has no product "{wanted}"'
    if len(found) > 1:
        ids = ", ".join(f"{p.id} ({p.region})" if p.region else p.id for p in found[:4])
        return f'"{wanted}" is the name of {len(found)} products: give the product_id, {ids}'
    if found[0].currency:
        return f'"{found[0].title}" is listed in {found[0].currency}, not in DZD'
    return found[0]


def planned(row: ListedRow, key: str, product: Product, stock: Stock) -> PlannedRow | RowProblem:
    """Return a row with what it costs by a stock that was just read, or what is wrong with it."""
    if row.type_id:
        found = [d for d in stock.denominations if d.id == row.type_id]
    else:
        found = [d for d in stock.denominations if fold(d.name) == fold(row.value)]
    wanted, title = row.type_id or row.value, with_region(product.title, product.region)
    if not found:
        return RowProblem(row.line, f'{title} has no value "{wanted}"')
    if len(found) > 1:
        ids = ", ".join(d.id for d in found[:4])
        return RowProblem(row.line, f'"{wanted}" is the name of several values: give one of {ids}')
    kind = found[0]
    if kind.closed:
        return RowProblem(
            row.line,
            f"{goods_name(product.title, kind.name, product.region)} is {kind.closed}",
            refused=True,
        )
    total = kind.price * row.quantity
    if row.max_total is not None and total > row.max_total:
        words = f"{show(total)} DZD is above its max_total of {show(row.max_total)} DZD"
        return RowProblem(row.line, words, refused=True)
    return PlannedRow(
        row,
        key,
        product.id,
        title,
        kind.id,
        kind.name,
        goods_name(product.title, kind.name, product.region),
        unit_price=kind.price,
        total=total,
    )


def too_few(rows: Iterable[PlannedRow], stocks: Iterable[Stock]) -> list[RowProblem]:
    """Name the rows for which the stock is not enough once the rows before them are bought."""
    left = {
        (stock.product_id, kind.id): kind.quantity
        for stock in stocks
        for kind in stock.denominations
    }
    problems: list[RowProblem] = []
    for each in rows:
        goods = each.product_id, each.type_id
        there = left[goods]
        if there < each.row.quantity:
            words = f"{each.goods}: {there} left in stock for this row, {each.row.quantity} wanted"
            problems.append(RowProblem(each.row.line, words, refused=True))
        else:
            left[goods] = there - each.row.quantity
    return problems


def look_bought(rows: Sequence[PlannedRow], recent: Iterable[Purchase]) -> list[RowProblem]:
    """Name the rows without a key of their own that another file seems to have bought lately.

    A file that was changed after a run has other keys, so its rows would be bought again.
    """

    def goods(product_id: str, type_id: str, quantity: int, note: str) -> tuple[str, str, int, str]:
        return product_id, type_id, quantity, fold(note)

    earlier = Counter(
        goods(p.product_id, p.type_id, p.quantity, p.note)
        for p in recent
        if p.idempotency_key.startswith(FILE_KEY)
        and p.state not in (*NOTHING_BOUGHT, S.NOT_SENT, S.REFUNDED)
    )
    problems: list[RowProblem] = []
    for each in rows:
        same = goods(each.product_id, each.type_id, each.row.quantity, each.row.note)
        if each.to_buy and not each.row.own and earlier[same]:
            earlier[same] -= 1
            words = "another file, or this one before it was changed, bought the same in 24 hours"
            problems.append(RowProblem(each.row.line, words, repeated=True))
    return problems
