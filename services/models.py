"""The field's own words as frozen values: catalogue, stock, balance, orders, purchases."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from services.secrets import Secret
from services.text import NOTHING, SafeText


class OrderStatus(StrEnum):
    """The vendor's order states that this contract knows; an order may carry another one."""

    HANDLING = "HANDLING"
    FULFILLED = "FULFILLED"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    REFUNDED = "REFUNDED"


FINAL_STATUSES: frozenset[str] = frozenset({"FULFILLED", "PARTIALLY_FILLED", "REFUNDED"})
WITH_CARDS: frozenset[str] = frozenset({"FULFILLED", "PARTIALLY_FILLED"})


class PurchaseState(StrEnum):
    """Where one intent to buy stands; see docs/purchase-protocol.md."""

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


class Denomination(Struct, frozen=True):
    """One thing that can be bought of a product, as the vendor last told it.

    `price` is this account's wholesale price for one card in DZD, `quantity` the cards in stock.
    """

    id: str
    name: SafeText
    price: Decimal
    quantity: int


class Product(Struct, frozen=True):
    """A line of the catalogue; its prices are only in its `Stock`."""

    id: str
    title: SafeText
    category: SafeText
    enabled: bool = True
    region: SafeText = NOTHING


class Category(Struct, frozen=True):
    """A named group of products."""

    title: SafeText
    products: tuple[Product, ...]


class Catalog(Struct, frozen=True):
    """Everything the vendor sells, and when (UTC) it said so."""

    categories: tuple[Category, ...]
    read_at: datetime

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

    def find(self, type_id: str) -> Denomination | None:
        """Return the denomination with this type id, if the product has it."""
        return next((d for d in self.denominations if d.id == type_id), None)


class Balance(Struct, frozen=True):
    """The account's balance in DZD, and when (UTC) it was read."""

    amount: Decimal
    read_at: datetime


class Card(Struct, frozen=True):
    """A card that was bought. Whoever reads value or serial can spend it."""

    value: Secret
    serial: Secret


class Order(Struct, frozen=True, gc=False):
    """An order as the vendor tells it; `status` may be one this contract does not know.

    `product` and `type` are the vendor's ids and can be empty where an answer left them out.
    `time` is UTC; amounts are DZD and None while the vendor has not told them. `cards` is empty
    unless the call that read it asked for the cards.
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

    @property
    def final(self) -> bool:
        """Whether the vendor will not change this order any more."""
        return self.status in FINAL_STATUSES


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
    allowed_ips: tuple[SafeText, ...] = ()

    @property
    def can_buy(self) -> bool:
        """Whether the key's scope lets it place orders."""
        return self.scope == "READ-WRITE"


class Health(Struct, frozen=True):
    """What `/ping` says: the API and the telephone operators behind it."""

    api: SafeText
    operators: tuple[tuple[SafeText, SafeText], ...]


class OrderPage(Struct, frozen=True):
    """One page of the account's order list, with the vendor's clock (UTC) if it told it."""

    items: tuple[Order, ...]
    page: int
    page_size: int
    total_pages: int
    total_results: int
    server_time: datetime | None = None


class TransactionPage(Struct, frozen=True):
    """One page of the account's transactions."""

    items: tuple[Transaction, ...]
    page: int
    page_size: int
    total_pages: int
    total_results: int


class Quote(Struct, frozen=True):
    """What is about to be bought, with everything it was checked against.

    `unit_price`, `total`, `balance` and `balance_after` are DZD; times are UTC. `changed` says in
    words what moved since the quote before it, empty when nothing did. `typed_total` is whether
    the operator has to type the total to confirm.
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
    changed: str = ""


class Check(Struct, frozen=True):
    """One visible step of buying: `stock`, `limits`, `balance`, `place` or `poll`.

    `state` is `running`, `ok`, `failed` or `unknown`; `detail` is what was found, in words.
    """

    step: str
    state: str
    detail: str = ""


class PurchaseError(Struct, frozen=True):
    """Why a purchase stands where it stands: code, sentence, the vendor's requestId."""

    code: str = ""
    message: str = ""
    request_id: str = ""


class Purchase(Struct, frozen=True):
    """One confirmed intent to buy, as the journal holds it. Times are UTC, amounts DZD.

    `late` marks an order that turned up after the purchase had been settled as not placed.
    `next_look` and `decide_at` are set while it is UNRESOLVED; `looks` counts the readings so far,
    `quiet` the complete ones in a row that showed no trace of it. `candidates` are order ids that
    could be this purchase. `answered_at` is when the attempt ended; once an order was bound from
    the vendor's list it is the time which that order bears. `request_id` is the vendor's mark of
    its answer, for support.
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
    next_look: datetime | None = None
    decide_at: datetime | None = None
    looks: int = 0
    quiet: int = 0
    late: bool = False
    acknowledged: bool = False
    candidates: tuple[str, ...] = ()
    request_id: str = ""
    error: PurchaseError | None = None


class Candidate(Struct, frozen=True):
    """An order that could be an unresolved purchase, with what speaks for it.

    `difference` is seconds between sending and the order's time, corrected by the vendor's clock;
    `transaction` is the ledger's entry for it, if there is one.
    """

    order: Order
    difference: float
    transaction: Transaction | None
