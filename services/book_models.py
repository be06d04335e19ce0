"""What a desk shows, as frozen values: the book with the rows of the board."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from services.models import WITH_CARDS, Balance, Catalog, Purchase
from services.spending import Spending
from services.text import NOTHING, SafeText


class BoardOrder(Struct, frozen=True, gc=False):
    """A row of the order board: one order of the account, or one purchase without an order yet.

    `key` is stable for the row's life: the order id, or the purchase id while there is no order.
    `state` is the purchase state when it is ours, else the vendor's status. Times are UTC, amounts
    DZD. `mine` is whether this journal placed it; otherwise another desk did. `given_at` and
    `given_by` say when and by whom it was marked as given to the customer.
    """

    key: str
    order_id: str
    state: str
    product: SafeText
    denomination: SafeText
    quantity: int
    time: datetime
    mine: bool
    fulfilled_quantity: int | None = None
    total: Decimal | None = None
    note: SafeText = NOTHING
    operator: SafeText = NOTHING
    purchase_id: str = ""
    final: bool = False
    late: bool = False
    product_id: str = ""
    type_id: str = ""
    idempotency_key: str = ""
    given_at: datetime | None = None
    given_by: SafeText = NOTHING

    @property
    def to_give(self) -> bool:
        """Whether cards came that nobody is known to have given to a customer."""
        return self.given_at is None and bool(self.order_id) and self.state in WITH_CARDS


class Nobodys(Struct, frozen=True):
    """An order that no purchase claims, as seen from one purchase, if there is one.

    `why_not` says why a person cannot claim it for that purchase and `code` in a word, both empty
    if he can; `ruled_out` is whether a person has said before that it is not this purchase.
    `difference` is as of a `Candidate`, None without a purchase.
    """

    order: BoardOrder
    why_not: str = "There is no unsettled purchase that it could be"
    code: str = "NO_PURCHASE"
    ruled_out: bool = False
    difference: float | None = None


class PollState(Struct, frozen=True):
    """How the tracker is doing. Times are UTC.

    `state` is one of `starting`, `live`, `failing`, `stopped`, `blocked`, `following` (another
    console of this host polls). `since` is when it entered that state.
    """

    state: str = "starting"
    since: datetime | None = None
    last_ok: datetime | None = None
    next_at: datetime | None = None
    message: str = ""


class LogEntry(Struct, frozen=True):
    """A line of the log pane: when (UTC), how bad (`info`, `warning`, `error`), what."""

    at: datetime
    level: str
    text: SafeText


class DeskInfo(Struct, frozen=True):
    """Which desk this is; everything but the profile is empty until it is known.

    `environment` is SANDBOX or PRODUCTION as configured, and `validated` says whether the vendor
    confirmed it. `can_buy` is whether buying is allowed now, `why_not` the reason in words.
    """

    profile: str
    environment: str
    operator: str
    base_url: str
    username: SafeText = NOTHING
    scope: SafeText = NOTHING
    validated: bool = False
    can_buy: bool = False
    why_not: str = "The key has not been checked yet"


class Book(Struct, frozen=True):
    """All that a desk shows, as one immutable value; each change publishes a new one.

    A field that did not change is the same object as in the book before, so a reader compares with
    `is`. `orders` is newest first; `unclaimed` counts the orders that no purchase claims.
    `catalog_error`, `balance_error` hold the sentence of the last failed refresh, empty after a
    good one. `pins` and `recents` are product ids: those that were pinned, in that order, and
    those that were bought last, newest first. `forgotten` counts the files with cards
    for customers that lie on this disk since long.
    """

    info: DeskInfo
    orders: tuple[BoardOrder, ...] = ()
    unsettled: tuple[Purchase, ...] = ()
    in_flight: tuple[Purchase, ...] = ()
    catalog: Catalog | None = None
    catalog_error: str = ""
    catalog_busy: bool = False
    balance: Balance | None = None
    balance_error: str = ""
    poll: PollState = PollState()
    log: tuple[LogEntry, ...] = ()
    open_count: int = 0
    unclaimed: int = 0
    spending: Spending | None = None
    pins: tuple[str, ...] = ()
    recents: tuple[str, ...] = ()
    forgotten: int = 0
    fatal: str = ""
    fatal_exit: int = 0
