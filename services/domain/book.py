"""What a desk shows, as frozen values: the book with the rows of the board."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct

from services.domain.day_figures import DayFigures, ToHandOver
from services.domain.errors import Failure
from services.domain.models import (
    CODES_LATE,
    WITH_CARDS,
    Balance,
    Catalog,
    OrderStatus,
    Purchase,
    Stock,
    missing_cards,
)
from services.domain.money import Prices
from services.domain.phrase import Phrase, plain
from services.domain.purchase_states import ELSEWHERE, HANDED_OVER, state_name
from services.domain.spending import Spending
from services.domain.text import NOTHING, SafeText
from services.domain.typed.product_names import goods_name, with_region


class BoardOrder(Struct, frozen=True, gc=False):
    """A row of the order board: one order of the account, or one purchase without an order yet.

    `key` is stable for the row's life: the order id, or the purchase id while there is no order.
    `state` is the purchase state when it is ours, else the vendor's status. Times are UTC, amounts
    DZD. `mine` is whether this journal placed it; otherwise another desk did. `final` is whether
    nothing is waited for: neither its end nor codes that are paid. `given_at` and `given_by` say
    when and by whom it was marked as given to the customer.
    `region` is the product's, as the catalogue has it, `also` its other names in the settings.
    `total` is what we pay, `price` what the customer pays for all of it, None where unknown.
    `sent_at` and `ended_at` are ours, by the clock of this host: when it was sent, and when its
    end was seen. `cases` is how many open cases there are on its cards.
    """

    row_id: str
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
    cards_came: int | None = None
    region: SafeText = NOTHING
    also: str = ""
    price: Decimal | None = None
    sent_at: datetime | None = None
    ended_at: datetime | None = None
    cases: int = 0

    @property
    def name(self) -> str:
        """What it is of and whom it is for: `1 x Steam Wallet 10 EUR, Karim`."""
        what = f"{self.quantity} x {self.goods}"
        return f"{what}, {self.note}" if self.note else what

    @property
    def goods(self) -> str:
        """What was bought is called: product, value and region."""
        return goods_name(self.product or self.product_id, self.denomination, self.region)

    @property
    def product_named(self) -> str:
        """What the product alone is called, with its region."""
        return with_region(self.product or self.product_id, self.region)

    @property
    def has_cards(self) -> bool:
        """Whether there are cards that could be given to a customer, as far as is known."""
        return bool(self.order_id) and self.state in WITH_CARDS and self.cards_came != 0

    @property
    def line(self) -> str:
        """Its name in a list: it stays the same when a purchase of ours gets its order id."""
        return self.purchase_id or self.row_id

    @property
    def to_give(self) -> bool:
        """Whether cards came that are not marked as given to a customer."""
        return self.given_at is None and self.has_cards

    @property
    def missing(self) -> int:
        """How many cards are paid and have not come."""
        return missing_cards(self.state, self.quantity, self.fulfilled_quantity, self.cards_came)

    @property
    def shown_state(self) -> str:
        """The state as a person reads it: with one of its own while paid codes are missing."""
        return CODES_LATE if self.missing else self.state

    @property
    def desk_state(self) -> str:
        """The shown state with what this desk alone knows: whether the customer has the cards."""
        state = self.shown_state
        if self.given_at is not None and state in WITH_CARDS:
            return HANDED_OVER
        return ELSEWHERE if state == OrderStatus.FULFILLED and not self.mine else state

    @property
    def state_words(self) -> str:
        """The state in the words of the desk: `handling`, `2 of 3 came`, `handed over`."""
        return state_name(self.desk_state, self.quantity, self.delivered)

    @property
    def cost(self) -> Decimal | None:
        """What the desk pays (DZD) for the cards that came or may still come."""
        return None if self.total is None else self._part_of(self.total)

    def customer_price(self, prices: Prices) -> Decimal | None:
        """Return what the customer pays (DZD) for the cards that came or may still come."""
        if self.price is not None:
            return self._part_of(self.price)
        if self.total is None or not self.quantity:
            return None
        one = prices.price(self.total / self.quantity, self.product_id, self.type_id)
        return self._part_of(one * self.quantity)

    def margin(self, prices: Prices) -> Decimal | None:
        """Return the price less the cost (DZD) of the cards that came or may still come.

        What another desk's customer pays is not known here, and of a part of the cards nothing is
        while their number is not.
        """
        price, cost = self.customer_price(prices), self.cost
        if price is None or cost is None or (self.price is None and not self.mine):
            return None
        part = self.state == OrderStatus.PARTIALLY_FILLED
        return None if part and self._paid is None else price - cost

    @property
    def _paid(self) -> int | None:
        """How many cards are paid where some were refunded."""
        return self.cards_came if self.fulfilled_quantity is None else self.fulfilled_quantity

    def _part_of(self, amount: Decimal) -> Decimal:
        """Return of an amount for all cards what is left of it where some were refunded."""
        if self.state == OrderStatus.REFUNDED:
            return Decimal(0)
        if self.state != OrderStatus.PARTIALLY_FILLED or self._paid is None:
            return amount
        return amount * self._paid / max(1, self.quantity)

    @property
    def delivered(self) -> int | None:
        """How many cards came; while no answer was looked into, how many the vendor says."""
        return self.fulfilled_quantity if self.cards_came is None else self.cards_came


class UsualTime(Struct, frozen=True):
    """How long orders of one kind take, in seconds: half of them, and nine of ten."""

    seconds: float
    slow: float


class UnclaimedOrder(Struct, frozen=True):
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
    failure: Failure | None = None


class LinkState(Struct, frozen=True):
    """What reads meet on their way to the vendor. Times are UTC.

    `held_until` is when the next of them may go: the key's requests of this minute are used, or
    the vendor asked for a pause. `silent_since` is since when reads have had no answer.
    """

    held_until: datetime | None = None
    silent_since: datetime | None = None


class LogEntry(Struct, frozen=True):
    """A line of the log pane: when (UTC), how bad (`info`, `warning`, `error`), what, for whom."""

    at: datetime
    level: str
    words: Phrase
    customer: SafeText = NOTHING

    @property
    def text(self) -> str:
        """All of its words."""
        return str(self.words)


class DeskInfo(Struct, frozen=True):
    """Which desk this is; everything but the profile is empty until it is known.

    `environment` is SANDBOX or PRODUCTION as configured, and `validated` says whether the vendor
    confirmed it. `route` says what is not the usual way to the vendor: a proxy, a company's own
    certificate. `can_buy` is whether buying is allowed now, `why_not` the reason in words,
    `why_not_cause` the same in few. `read_only` is whether buying was switched off for this desk.
    """

    profile: str
    environment: str
    operator: str
    base_url: str
    username: SafeText = NOTHING
    scope: SafeText = NOTHING
    validated: bool = False
    can_buy: bool = False
    why_not: Phrase = plain("The key has not been checked yet")
    why_not_cause: Phrase = plain("The key has not been checked yet")
    read_only: bool = False
    route: SafeText = NOTHING


NO_USUAL: Mapping[tuple[str, str], UsualTime] = MappingProxyType({})
if TYPE_CHECKING:
    # The ledger knows the rows of the board; the first screen has no history.
    from services.domain.ledger import Ledger
    from services.domain.shop.sale import Sale
    from services.domain.watching.price_history import PriceHistory
    from services.domain.watching.watch import GoodsWatch, WatchNews

NO_STOCKS: Mapping[str, Stock] = MappingProxyType({})
NO_HISTORIES: "Mapping[str, PriceHistory]" = MappingProxyType({})


class Book(Struct, frozen=True):
    """All that a desk shows, as one immutable value; each change publishes a new one.

    A field that did not change is the same object as in the book before, so a reader compares with
    `is`. `orders` is newest first; `unclaimed` counts the orders that no purchase claims.
    `to_approve` are the purchases that wait for another person's approval.
    `codes_late` are our purchases that are paid for two minutes without all of their codes.
    `catalog_error`, `balance_error` hold the last failed refresh, None after a good one. `stocks`
    holds the last reading of each product whose stock was read, by its id.
    `pins` and `recents` are product ids: those that were pinned, in that order, and
    those that were bought last, newest first. `usual` holds how long orders usually take, by
    product and type id, and by the product alone with an empty type. `day` are the figures of
    today, `ledger` its movements as they were last read here. `histories` is what was seen before
    of each product whose stock was read, by its id; `watches` are those of the account, and
    `watch_news` what they said since this desk began, oldest first. `forgotten` counts the files
    with cards for customers that lie on this disk since long. `journal_away` is since when (UTC)
    the journal's server cannot be reached. `sale` is the one of several lines that is in hand
    here, as the journal had it last; `sale_waits` is whether one was open at the start.
    """

    info: DeskInfo
    orders: tuple[BoardOrder, ...] = ()
    unsettled: tuple[Purchase, ...] = ()
    in_flight: tuple[Purchase, ...] = ()
    to_approve: tuple[Purchase, ...] = ()
    codes_late: tuple[Purchase, ...] = ()
    catalog: Catalog | None = None
    catalog_error: Failure | None = None
    stocks: Mapping[str, Stock] = NO_STOCKS
    balance: Balance | None = None
    balance_error: Failure | None = None
    poll: PollState = PollState()
    link: LinkState = LinkState()
    log: tuple[LogEntry, ...] = ()
    open_count: int = 0
    unclaimed: int = 0
    spending: Spending | None = None
    day: DayFigures | None = None
    ledger: "Ledger | None" = None
    pins: tuple[str, ...] = ()
    recents: tuple[str, ...] = ()
    usual: Mapping[tuple[str, str], UsualTime] = NO_USUAL
    histories: "Mapping[str, PriceHistory]" = NO_HISTORIES
    watches: "tuple[GoodsWatch, ...]" = ()
    watch_news: "tuple[WatchNews, ...]" = ()
    forgotten: int = 0
    sale: "Sale | None" = None
    journal_away: datetime | None = None
    sale_waits: bool = False
    fatal: str = ""
    fatal_exit: int = 0

    def usual_time(self, order: BoardOrder) -> UsualTime | None:
        """Return how long an order like this usually takes, None while that is not known."""
        return self.usual_of(order.product_id, order.type_id)

    def usual_of(self, product_id: str, type_id: str) -> UsualTime | None:
        """Return how long an order of one kind usually takes, None while that is not known."""
        return self.usual.get((product_id, type_id), self.usual.get((product_id, "")))


def waiting(orders: Sequence[BoardOrder]) -> tuple[BoardOrder, ...]:
    """Return this desk's orders whose cards came and are not handed over, the oldest first."""
    return tuple(
        sorted((row for row in orders if row.mine and row.to_give), key=lambda row: row.time)
    )


def waiting_count(orders: Sequence[BoardOrder]) -> ToHandOver:
    """Count the orders to hand over, and their cards that came."""
    rows = waiting(orders)
    return ToHandOver(len(rows), sum(row.delivered or 0 for row in rows))


class Logged(Struct, frozen=True):
    """An entry with an id of its own: two things can happen at one time."""

    row_id: str
    entry: LogEntry
