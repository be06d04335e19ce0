"""The field's own words as frozen values: catalogue, stock, balance, orders, purchases."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from msgspec import Struct

from services.domain.phrase import EMPTY, Phrase, quoted
from services.domain.secrets import Secret
from services.domain.settlement_reason import SettlementReason
from services.domain.text import NOTHING, SafeText


class OrderStatus(StrEnum):
    """The vendor's order states that this contract knows; an order may carry another one."""

    HANDLING = "HANDLING"
    FULFILLED = "FULFILLED"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    REFUNDED = "REFUNDED"


FINAL_STATUSES: frozenset[str] = frozenset({"FULFILLED", "PARTIALLY_FILLED", "REFUNDED"})
WITH_CARDS: frozenset[str] = frozenset({"FULFILLED", "PARTIALLY_FILLED"})
LONGEST_ID = 80
"""Characters; a longer id is none of the vendor's."""

CODES_LATE = "CODES_LATE"
"""How an order is shown that is paid and ended, while codes of it have not come."""


def missing_cards(status: str, quantity: int, fulfilled: int | None, came: int | None) -> int:
    """Return how many cards of an order are paid and have not come.

    Args:
        status: the vendor's word.
        quantity: how many were ordered.
        fulfilled: how many the vendor says it delivered, None where it does not say.
        came: how many its answers held at most, None while no answer was looked into.
    """
    if came is None or status not in WITH_CARDS:
        return 0
    if status == "FULFILLED":
        return max(0, quantity - came)
    # Partial without a number: at least one card is to come.
    return max(0, (1 if fulfilled is None else fulfilled) - came)


def more_cards(one: int | None, other: int | None) -> int | None:
    """Return the larger count of cards that came: an answer without them takes none back."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


class PurchaseState(StrEnum):
    """The state of one intent to buy; see docs/purchase-protocol.md."""

    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    INTENT = "INTENT"
    SENDING = "SENDING"
    UNRESOLVED = "UNRESOLVED"
    AMBIGUOUS = "AMBIGUOUS"
    NOT_SENT = "NOT_SENT"
    REFUSED = "REFUSED"
    NOT_PLACED = "NOT_PLACED"
    HANDLING = "HANDLING"
    FULFILLED = "FULFILLED"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    REFUNDED = "REFUNDED"


UNSETTLED: frozenset[PurchaseState] = frozenset(
    {PurchaseState.SENDING, PurchaseState.UNRESOLVED, PurchaseState.AMBIGUOUS}
)
IN_FLIGHT: frozenset[PurchaseState] = frozenset({PurchaseState.INTENT, PurchaseState.SENDING})
ENDED: frozenset[PurchaseState] = frozenset(
    {
        PurchaseState.NOT_SENT,
        PurchaseState.REFUSED,
        PurchaseState.NOT_PLACED,
        PurchaseState.FULFILLED,
        PurchaseState.PARTIALLY_FILLED,
        PurchaseState.REFUNDED,
    }
)


class Unread(Struct, frozen=True):
    """An item of an answer that could not be used, with what could be read of it.

    `what` names its kind, `number` its place in the list from 1, `why` what is wrong with it.
    `mark` is a one-way mark of its text, the same each time the same item comes. The rest is of
    an order: ids empty, quantity and time (UTC) None where they could not be read.
    """

    what: str
    number: int
    why: str
    mark: str
    id: str = ""
    name: SafeText = NOTHING
    product: str = ""
    type: str = ""
    quantity: int | None = None
    time: datetime | None = None

    @property
    def words(self) -> str:
        """What it is, and why it is not used."""
        name = f" {self.id}" if self.id else f" {self.number} of the list"
        named = f" ({self.name})" if self.name else ""
        return f"{self.what}{name}{named}: {self.why}"


class Denomination(Struct, frozen=True):
    """One thing that can be bought of a product, as the vendor last said.

    `price` is this account's wholesale price for one card in DZD, `quantity` the cards in stock.
    `closed` says why it is not for sale, and is empty where it is; its price is 0 then.
    """

    id: str
    name: SafeText
    price: Decimal
    quantity: int
    closed: str = ""


class Product(Struct, frozen=True):
    """A line of the catalogue; its prices are only in its `Stock`.

    `values` are the type ids and names of its denominations as far as its stock was ever read, and
    `also` the other names that the settings give it; the vendor's catalogue holds neither.
    """

    id: str
    title: SafeText
    category: SafeText
    enabled: bool = True
    region: SafeText = NOTHING
    currency: SafeText = NOTHING
    values: tuple[tuple[str, SafeText], ...] = ()
    also: str = ""


class Category(Struct, frozen=True):
    """A named group of products."""

    title: SafeText
    products: tuple[Product, ...]


def goods_ids(product: Product | None, value: "Denomination | None") -> tuple[str, str, str]:
    """Return what a price is looked up by: product, value, category; empty where unknown."""
    if product is None:
        return "", value.id if value else "", ""
    return product.id, value.id if value else "", product.category


class Catalog(Struct, frozen=True):
    """Everything the vendor sells, and when (UTC) it said so."""

    categories: tuple[Category, ...]
    read_at: datetime
    unread: tuple[Unread, ...] = ()

    def products(self) -> tuple[Product, ...]:
        """Return every product in the vendor's order."""
        return tuple(product for category in self.categories for product in category.products)

    def find(self, product_id: str) -> Product | None:
        """Return the product with this id, if the vendor lists it."""
        return next((product for product in self.products() if product.id == product_id), None)


class Stock(Struct, frozen=True):
    """A product's denominations with price and stock, and when (UTC) they were read."""

    product_id: str
    product_title: SafeText
    denominations: tuple[Denomination, ...]
    read_at: datetime
    unread: tuple[Unread, ...] = ()

    def find(self, type_id: str) -> Denomination | None:
        """Return the denomination with this type id, if the product has it."""
        return next((d for d in self.denominations if d.id == type_id), None)


class Balance(Struct, frozen=True):
    """The account's balance, and when (UTC) it was read; DZD unless `currency` names another."""

    amount: Decimal
    read_at: datetime
    currency: SafeText = NOTHING


class Card(Struct, frozen=True):
    """A card that was bought. Who reads it can spend it.

    `more` are the fields beside value and serial that the vendor gives a card, such as its pin,
    with their names, in the vendor's order.
    """

    value: Secret
    serial: Secret
    more: tuple[tuple[SafeText, Secret], ...] = ()


class Order(Struct, frozen=True, gc=False):
    """An order as the vendor tells it; `status` may be one this contract does not know.

    `product` and `type` are the vendor's ids and can be empty where an answer left them out.
    `time` is UTC; amounts are DZD and None while the vendor has not said them. `cards` is empty
    unless the call that read it asked for the cards. `cards_came` is how many cards its answers
    held at most, None while the answers do not say.
    """

    id: str
    status: SafeText
    quantity: int
    product: str
    type: str
    time: datetime
    fulfilled_quantity: int | None = None
    fulfilled_amount: Decimal | None = None
    price_per_card: Decimal | None = None
    cards: tuple[Card, ...] = ()
    currency: SafeText = NOTHING
    cards_came: int | None = None

    @property
    def final(self) -> bool:
        """Whether the vendor will not change this order's status any more."""
        return self.status in FINAL_STATUSES

    @property
    def missing(self) -> int:
        """How many cards are paid and have not come."""
        return missing_cards(self.status, self.quantity, self.fulfilled_quantity, self.cards_came)

    @property
    def delivered(self) -> int | None:
        """How many cards came; while no answer was looked into, how many the vendor says."""
        return self.fulfilled_quantity if self.cards_came is None else self.cards_came

    @property
    def open(self) -> bool:
        """Whether there is something to wait for: its end, or codes that are paid."""
        return not self.final or bool(self.missing)


class Transaction(Struct, frozen=True):
    """A movement on the account. `amount` is unsigned DZD; `objid` is the order it belongs to."""

    id: str
    type: SafeText
    operation: SafeText
    amount: Decimal
    old_balance: Decimal | None
    new_balance: Decimal | None
    objid: str
    note: SafeText
    time: datetime


class KeyInfo(Struct, frozen=True):
    """What `/validate` says of the key in use; never the key itself."""

    username: SafeText
    environment: SafeText
    scope: SafeText
    enabled: bool

    @property
    def can_buy(self) -> bool:
        """Whether the key's scope lets it place orders."""
        return self.scope == "READ-WRITE"


Item = TypeVar("Item", Order, Transaction)


class Page(Struct, Generic[Item], frozen=True):
    """One page of the account's orders or movements; `unread` are those that could not be used.

    `total_results` is None where the vendor does not say how many there are.
    """

    items: tuple[Item, ...]
    page: int
    total_pages: int
    total_results: int | None
    unread: tuple[Unread, ...] = ()


class Quote(Struct, frozen=True):
    """What is about to be bought, with everything it was checked against.

    `unit_price`, `total`, `balance` and `balance_after` are DZD; times are UTC. `changed` says in
    words what moved since the quote before it, empty when nothing did. `typed_total` is whether
    the operator has to type the total to confirm, `needs_approval` whether another person has to
    approve it before anything is sent.
    """

    product_id: str
    product_title: SafeText
    type_id: str
    type_name: SafeText
    quantity: int
    unit_price: Decimal
    total: Decimal
    stock: int
    balance: Decimal
    balance_after: Decimal
    read_at: datetime
    typed_total: bool = False
    changed: Phrase = EMPTY
    needs_approval: bool = False


class Check(Struct, frozen=True):
    """One visible step of buying: `stock`, `limits`, `balance`, `place` or `poll`.

    `state` is `running`, `ok`, `failed` or `unknown`; `detail` is what was found, in words.
    """

    step: str
    state: str
    detail: Phrase = EMPTY


class PurchaseError(Struct, frozen=True):
    """Why a purchase is where it is: the answer's code, sentence and requestId, or our finding.

    `reason` is what settling found out last, None where nothing was; it is newer than `message`.
    """

    code: str = ""
    message: str = ""
    request_id: str = ""
    reason: SettlementReason | None = None

    @property
    def said(self) -> Phrase:
        """What the last answer to the purchase or the last check of it said; often empty."""
        return self.reason.clause() if self.reason else quoted(self.message)


class Purchase(Struct, frozen=True):
    """One confirmed intent to buy, as the journal holds it. Times are UTC, amounts DZD.

    `late` marks an order that turned up after the purchase had been settled as not placed.
    `next_check_at` and `decision_due_at` are set while it is UNRESOLVED; `checks` counts the
    readings so far, `clean_checks` the complete ones in a row that showed no trace of it.
    `candidates` are order ids that could be this purchase. `answered_at` is when the attempt
    ended; once an order was bound from the vendor's list it is the time which that order bears.
    `request_id` is the vendor's mark of its answer, for support. `cards_came` is how many cards
    of its order came, None while nothing is known of them. `price` is what the customer pays for
    all of it, None where that was not said.
    """

    id: str
    idempotency_key: str
    state: PurchaseState
    product_id: str
    product_title: SafeText
    type_id: str
    type_name: SafeText
    quantity: int
    unit_price: Decimal
    total: Decimal
    created_at: datetime
    updated_at: datetime
    operator: SafeText
    host: str
    note: SafeText = NOTHING
    order_id: str = ""
    status: str = ""
    fulfilled_quantity: int | None = None
    fulfilled_amount: Decimal | None = None
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    next_check_at: datetime | None = None
    decision_due_at: datetime | None = None
    checks: int = 0
    clean_checks: int = 0
    late: bool = False
    acknowledged: bool = False
    candidates: tuple[str, ...] = ()
    request_id: str = ""
    error: PurchaseError | None = None
    cards_came: int | None = None
    price: Decimal | None = None

    @property
    def missing(self) -> int:
        """How many cards are paid and have not come."""
        return missing_cards(self.state, self.quantity, self.fulfilled_quantity, self.cards_came)

    @property
    def delivered(self) -> int | None:
        """How many cards came; while no answer was looked into, how many the vendor says."""
        return self.fulfilled_quantity if self.cards_came is None else self.cards_came

    @property
    def shown_state(self) -> str:
        """The state as a person reads it: with one of its own while paid codes are missing."""
        return CODES_LATE if self.missing else self.state.value


class Candidate(Struct, frozen=True):
    """An order that could be an unresolved purchase, with what speaks for it.

    `difference` is seconds between sending and the order's time, corrected by the vendor's clock;
    `transaction` is the ledger's entry for it, if there is one.
    """

    order: Order
    difference: float
    transaction: Transaction | None


class Baseline(Struct, frozen=True):
    """What the account looked like just before a purchase was sent.

    `order_ids` are the ids the vendor's list showed then: ids, not times, say what is new.
    `balance` is DZD, `offset_seconds` is the vendor's clock minus ours. `ruled_out` are orders of
    afterwards of which a person said that they are not this purchase.
    """

    order_ids: tuple[str, ...] = ()
    transaction_id: str = ""
    balance: Decimal | None = None
    offset_seconds: float = 0.0
    ruled_out: tuple[str, ...] = ()


class Delivery(Struct, frozen=True):
    """Whether an order was given to a customer: when (UTC), None when the mark was taken back."""

    order_id: str
    at: datetime | None
    by: SafeText = NOTHING
