"""A sale of several lines for one customer: what is in it, what became of each line, what is paid.

Pure. Each line is bought by a purchase of its own; its key, which is in the journal before anything
is sent, ties the two together.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from services.domain.book import BoardOrder
from services.domain.models import UNSETTLED, PurchaseState
from services.domain.money import Prices
from services.domain.phrase import EMPTY, Phrase, counted
from services.domain.text import NOTHING, SafeText
from services.domain.typed.product_names import goods_name

S = PurchaseState
MOST_LINES = 40
"""More for one customer is a file of purchases."""

SALE_KEY = "sale-"
"""How the key of a line begins."""

NOTHING_BOUGHT: frozenset[str] = frozenset({S.REFUSED.value, S.NOT_PLACED.value})
_UNSETTLED: frozenset[str] = frozenset(state.value for state in UNSETTLED)
_ITS_OWN = Prices()
"""A purchase of a sale has its price; none is made."""


class LineOutcome(StrEnum):
    """What became of a line so far."""

    TO_BUY = "to buy"
    TO_APPROVE = "to approve"
    BOUGHT = "bought"
    UNRESOLVED = "unresolved"
    LEFT_OUT = "not bought"
    REFUNDED = "refunded"


class SaleLine(Struct, frozen=True):
    """One line of a sale; amounts are DZD and for one card.

    `number` is its place in the sale, from 1, and stays when lines before it go. `cost` and `price`
    are as they were when it was added, then as they were confirmed. `left_out` is why nothing was
    bought for it, in words. `order` is what its purchase came to, None while there is none.
    """

    number: int
    product_id: str
    product_title: SafeText
    type_id: str
    type_name: SafeText
    quantity: int
    cost: Decimal
    price: Decimal
    key: str
    region: SafeText = NOTHING
    left_out: SafeText = NOTHING
    order: BoardOrder | None = None

    @property
    def goods(self) -> str:
        """What is bought: product, value and region."""
        return goods_name(self.product_title, self.type_name, self.region)

    @property
    def outcome(self) -> LineOutcome:
        """What became of it so far."""
        order = self.order
        if order is None or order.state == S.NOT_SENT:
            return LineOutcome.LEFT_OUT if self.left_out else LineOutcome.TO_BUY
        if order.state == S.AWAITING_APPROVAL:
            return LineOutcome.TO_APPROVE
        if order.state in _UNSETTLED or order.state == S.INTENT:
            return LineOutcome.UNRESOLVED
        if order.state in NOTHING_BOUGHT:
            return LineOutcome.LEFT_OUT
        return LineOutcome.REFUNDED if order.state == S.REFUNDED else LineOutcome.BOUGHT

    @property
    def to_buy(self) -> bool:
        """Whether nothing was sent for it, and it is wanted."""
        return self.outcome is LineOutcome.TO_BUY

    @property
    def left(self) -> bool:
        """Whether the customer gets nothing of it and pays nothing for it."""
        return self.outcome in (LineOutcome.LEFT_OUT, LineOutcome.REFUNDED)

    @property
    def total_price(self) -> Decimal:
        """What the customer pays for all of it; of what was refunded nothing."""
        if self.left:
            return Decimal(0)
        sent = None if self.to_buy or self.order is None else self.order.customer_price(_ITS_OWN)
        return self.price * self.quantity if sent is None else sent

    @property
    def total_cost(self) -> Decimal:
        """What the desk pays for all of it; of what was refunded nothing."""
        if self.left:
            return Decimal(0)
        sent = None if self.to_buy or self.order is None else self.order.cost
        return self.cost * self.quantity if sent is None else sent

    @property
    def ready(self) -> bool:
        """Whether cards of it are here that the customer does not have."""
        return self.order is not None and self.order.to_give

    @property
    def pending(self) -> bool:
        """Whether it was bought, or may be, and cards are still to come."""
        if self.outcome in (LineOutcome.UNRESOLVED, LineOutcome.TO_APPROVE):
            return True
        order = self.order
        return self.outcome is LineOutcome.BOUGHT and order is not None and not order.final

    @property
    def handed_over(self) -> bool:
        """Whether the customer has its cards."""
        return self.order is not None and self.order.given_at is not None


class Sale(Struct, frozen=True):
    """Several lines for one customer. Times are UTC, amounts DZD.

    `received` is what the customer gave, None while that was not said. `closed` is whether a
    person is done with it. `owner` is the presence name of the process that has it in hand.
    """

    id: str
    created_at: datetime
    operator: SafeText
    host: str
    owner: str = ""
    customer: SafeText = NOTHING
    received: Decimal | None = None
    closed: bool = False
    lines: tuple[SaleLine, ...] = ()

    @property
    def to_buy(self) -> tuple[SaleLine, ...]:
        """The lines for which nothing was sent yet."""
        return tuple(line for line in self.lines if line.to_buy)

    @property
    def unresolved(self) -> tuple[SaleLine, ...]:
        """The lines of which it is not known whether they are bought."""
        return tuple(line for line in self.lines if line.outcome is LineOutcome.UNRESOLVED)

    @property
    def bought(self) -> tuple[SaleLine, ...]:
        """The lines that the vendor accepted and did not refund whole."""
        return tuple(line for line in self.lines if line.outcome is LineOutcome.BOUGHT)

    @property
    def left_out(self) -> tuple[SaleLine, ...]:
        """The lines for which nothing was bought in the end."""
        return tuple(line for line in self.lines if line.outcome is LineOutcome.LEFT_OUT)

    @property
    def ready(self) -> tuple[SaleLine, ...]:
        """The lines whose cards are here and not handed over."""
        return tuple(line for line in self.lines if line.ready)

    @property
    def begun(self) -> bool:
        """Whether anything was sent for it."""
        return any(not line.to_buy for line in self.lines)

    @property
    def finished(self) -> bool:
        """Whether nothing of it waits: nothing to buy, to settle, to come or to hand over."""
        return all(
            line.left or (line.handed_over and line.order is not None and not line.order.missing)
            for line in self.lines
        )

    @property
    def cards(self) -> int:
        """How many cards it is, without lines for which nothing was bought."""
        return sum(line.quantity for line in self.lines if not line.left)

    @property
    def pays(self) -> Decimal:
        """What the customer pays for it as it is now."""
        return sum((line.total_price for line in self.lines), Decimal(0))

    @property
    def cost(self) -> Decimal:
        """What the desk pays for it as it is now."""
        return sum((line.total_cost for line in self.lines), Decimal(0))

    @property
    def margin(self) -> Decimal:
        """What it leaves."""
        return self.pays - self.cost

    @property
    def give_back(self) -> Decimal | None:
        """What the customer gets back; negative where more is to be paid, None while unknown."""
        return None if self.received is None else self.received - self.pays

    def find(self, number: int) -> SaleLine | None:
        """Return the line with this number."""
        return next((line for line in self.lines if line.number == number), None)

    def like(self, product_id: str, type_id: str) -> SaleLine | None:
        """Return the line of these goods that is still to buy: the same twice is one line."""
        for line in self.to_buy:
            if (line.product_id, line.type_id) == (product_id, type_id):
                return line
        return None

    def following(self, orders: Sequence[BoardOrder]) -> "Sale":
        """Return it with each line's order as the board has it now."""
        keys = {line.key for line in self.lines}
        newer = by_key(row for row in orders if row.idempotency_key in keys)
        lines = tuple(_newest(line, newer.get(line.key)) for line in self.lines)
        return self if lines == self.lines else replace(self, lines=lines)

    @property
    def words(self) -> str:
        """How much it is: `3 lines, 4 cards`."""
        return f"{counted(len(self.lines), 'line')}, {counted(self.cards, 'card')}"


class CheckedLine(Struct, frozen=True):
    """A line as the review found it: with the cost and price of now, and what is wrong with it.

    `changed` says in words that the cost is another one than before, `refused` that the line is
    written well, but cannot be bought now.
    """

    line: SaleLine
    problem: Phrase = EMPTY
    changed: Phrase = EMPTY
    refused: bool = True


class SaleReview(Struct, frozen=True):
    """All lines to buy, checked at once; amounts are DZD.

    `typed_total` is whether the operator has to type the total to confirm.
    """

    sale: Sale
    lines: tuple[CheckedLine, ...]
    balance: Decimal
    read_at: datetime
    typed_total: bool = False

    @property
    def total(self) -> Decimal:
        """What the lines to buy cost together."""
        costs = (each.line.cost * each.line.quantity for each in self.lines)
        return sum(costs, Decimal(0))

    @property
    def pays(self) -> Decimal:
        """What the customer pays for the lines to buy."""
        prices = (each.line.price * each.line.quantity for each in self.lines)
        return sum(prices, Decimal(0))

    @property
    def cards(self) -> int:
        """How many cards are to buy."""
        return sum(each.line.quantity for each in self.lines)

    @property
    def sound(self) -> bool:
        """Whether all of it can be bought now."""
        return bool(self.lines) and not any(each.problem for each in self.lines)


class SaleRun(Struct, frozen=True):
    """What a run over the lines came to.

    `stopped` is why it ended before the last line, empty where it did not; `unresolved` is the
    line without an answer that it stopped at, None for another reason. `exit_code` is that of the
    failure which stopped it, 0 for none.
    """

    sale: Sale
    stopped: Phrase = EMPTY
    unresolved: SaleLine | None = None
    exit_code: int = 0


def by_key(orders: Iterable[BoardOrder]) -> Mapping[str, BoardOrder]:
    """Return orders by their keys; of one key that which was sent, else the newest."""
    found: dict[str, BoardOrder] = {}
    for order in orders:
        held = found.get(order.idempotency_key)
        if held is None or _rank(order) > _rank(held):
            found[order.idempotency_key] = order
    return found


def _rank(order: BoardOrder) -> tuple[bool, datetime]:
    return order.state != S.NOT_SENT, order.time


def _newest(line: SaleLine, order: BoardOrder | None) -> SaleLine:
    """Return a line with a newer version of its order, unless that is behind what is known."""
    held = line.order
    if order is None or order == held:
        return line
    behind = held is not None and held.final and not order.final and held.state != S.NOT_SENT
    return line if behind else replace(line, order=order)
