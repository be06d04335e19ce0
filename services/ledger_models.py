"""The ledger as frozen values: movements matched to their orders, and what a day adds up to."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from services.book_models import BoardOrder
from services.models import Transaction


class Owner(StrEnum):
    """Whose order a movement belongs to; NOBODY where it belongs to no order at all."""

    OURS = "ours"
    OTHER = "other"
    UNLISTED = "unlisted"
    NOBODY = ""


class Mark(StrEnum):
    """What stands out about a movement, the gravest thing first."""

    BREAK = "break"
    NO_ORDER = "no_order"
    DIFFERS = "differs"
    NOT_OURS = "not_ours"
    NOTHING = ""


class LedgerRow(Struct, frozen=True):
    """A movement on the account with the order that it belongs to.

    `change` is the amount (DZD) with its sign, None where nothing tells which way the money went.
    `order_id` is the order that the movement names, `order` what list and journal know of it:
    None for one that neither of them shows. `owner` UNLISTED says that it names such an order.

    `mark` is BREAK where the chain of balances is broken before this movement or in it, NO_ORDER
    for a debit whose order nobody knows, DIFFERS for an order that cost another amount than it
    says, NOT_OURS for other money that left the account without this journal.
    """

    transaction: Transaction
    change: Decimal | None
    order_id: str = ""
    owner: Owner = Owner.NOBODY
    order: BoardOrder | None = None
    mark: Mark = Mark.NOTHING


class Ledger(Struct, frozen=True):
    """The movements of a span of time, local today unless asked otherwise. Times are UTC.

    `rows` are newest first; `end` is None while the span goes on. `day_spent` is what the orders
    placed in the span were debited less their refunds, `day_orders` what they say they cost,
    `difference` the first minus the second, all in DZD. A refund counts with its order, so that one
    after midnight makes no difference. `undebited` is how many of these orders should have been
    debited and were not.

    `breaks` counts the breaks in the chain of balances. `complete` is whether everything was read
    and held still meanwhile. `charged` is whether the environment takes money for orders; where
    it does not there is nothing to compare, and `difference` is 0.
    """

    rows: tuple[LedgerRow, ...]
    start: datetime
    end: datetime | None
    read_at: datetime
    day_spent: Decimal
    day_orders: Decimal
    difference: Decimal
    undebited: int
    breaks: int
    complete: bool
    charged: bool

    @property
    def agrees(self) -> bool:
        """Whether the sum of the movements is known to be what the orders say."""
        return self.complete and not self.difference
