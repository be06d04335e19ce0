"""The vendor's JSON as models: strict about what buys and counts, liberal elsewhere.

Nothing here does I/O. Every function takes the raw data of an answer and gives a model, or raises
`ValueError`, `ArithmeticError` or `RecursionError` with words that hold none of the answer's text.
"""

from datetime import datetime
from decimal import Decimal
from sys import intern

from msgspec import Raw, Struct, field

from services.envelope import decode
from services.models import (
    Balance,
    Card,
    Catalog,
    Category,
    Denomination,
    Health,
    KeyInfo,
    Order,
    OrderPage,
    Product,
    Stock,
    Transaction,
    TransactionPage,
)
from services.secrets import Secret
from services.text import clean
from services.vendor_values import (
    LONGEST_ID,
    LONGEST_NOTE,
    LONGEST_TITLE,
    LONGEST_WORD,
    Loose,
    amount,
    count,
    identifier,
    label,
    moment,
    price,
    reference,
    secret,
)


class _Health(Struct):
    api: str
    operators: dict[str, str] | None = None


class _ApiKey(Struct):
    """`/validate` echoes the key itself: its field is left out here, so it is never decoded."""

    type: str
    scope: str
    is_enabled: bool = field(name="isEnabled", default=True)
    allowedips: list[Loose] | None = None


class _KeyInfo(Struct, rename="camel"):
    api_key: _ApiKey
    username: Loose = None


class _Balance(Struct):
    balance: Decimal


class _Pagination(Struct, rename="camel"):
    page: Decimal
    page_size: Decimal
    total_pages: Decimal
    total_results: Decimal


class _Transaction(Struct, rename="camel"):
    type: str
    amount: Decimal
    time: Loose
    id: str = field(name="_id")
    operation: Loose = None
    old_balance: Decimal | None = None
    new_balance: Decimal | None = None
    objid: Loose = None
    note: Loose = None


class _Transactions(Struct):
    items: list[_Transaction]
    pagination: _Pagination


class _Product(Struct):
    id: str
    title: str | None = None
    name: str | None = None
    enabled: bool | None = None
    region: str | None = None


class _Category(Struct):
    title: str | None = None
    name: str | None = None
    products: list[_Product] | None = None


class _Catalog(Struct):
    categories: list[_Category]


class _Type(Struct):
    id: str
    price: Decimal
    quantity: Decimal
    name: str | None = None


class _Stock(Struct, rename="camel"):
    types: list[_Type] | None
    product_id: str | None = None
    product_title: str | None = None


class _Order(Struct):
    """An order without its cards: a field that is not declared is never decoded."""

    status: str
    quantity: Decimal
    time: Loose
    id: str = field(name="_id")
    product: str | None = None
    type: str | None = None
    fulfilled_quantity: Decimal | None = None
    fulfilled_amount: Decimal | None = None
    price_per_card: Decimal | None = None


class _Card(Struct):
    value: Raw = Raw()
    serial: Raw = Raw()


class _OrderWithCards(_Order):
    cards: list[_Card] | None = None


class _Orders(Struct):
    items: list[_Order]
    pagination: _Pagination


class _Serial(Struct):
    """A card without its value: a field that is not declared is never decoded."""

    serial: Raw = Raw()


class _OrderWithSerials(_Order):
    cards: list[_Serial] | None = None


class _OrdersWithSerials(Struct):
    items: list[_OrderWithSerials]
    pagination: _Pagination


class _Placed(Struct, rename="camel"):
    order_id: str


def placed(data: Raw) -> str:
    """Return the order id of a placeOrder answer exactly as it stands there."""
    return decode(data, _Placed).order_id


def health(data: Raw) -> Health:
    """Read the data of `/ping`."""
    found = decode(data, _Health)
    operators = (found.operators or {}).items()
    return Health(
        api=label(found.api, LONGEST_WORD),
        operators=tuple(
            (label(name, LONGEST_WORD), label(state, LONGEST_WORD)) for name, state in operators
        ),
    )


def key_info(data: Raw) -> KeyInfo:
    """Read the data of `/validate` without the key that it echoes."""
    found = decode(data, _KeyInfo)
    key = found.api_key
    return KeyInfo(
        username=label(found.username, LONGEST_TITLE),
        environment=clean(label(key.type, LONGEST_WORD).upper()),
        scope=clean(label(key.scope, LONGEST_WORD).upper()),
        enabled=key.is_enabled,
        allowed_ips=tuple(label(address, LONGEST_WORD) for address in key.allowedips or ()),
    )


def balance(data: Raw, now: datetime) -> Balance:
    """Read the data of `/account/balance`, read at `now` (UTC). An overdraft is allowed."""
    return Balance(amount=amount(decode(data, _Balance).balance), read_at=now)


def transactions(data: Raw, page: int) -> TransactionPage:
    """Read the data of `/account/transactions`, which must be the page that was asked for."""
    found = decode(data, _Transactions)
    number, size, pages, results = _pagination(found.pagination, page)
    return TransactionPage(
        items=tuple(_transaction(item) for item in found.items),
        page=number,
        page_size=size,
        total_pages=pages,
        total_results=results,
    )


def catalog(data: Raw, now: datetime) -> Catalog:
    """Read the data of `/gift-cards/catalog` in either of its two shapes, read at `now` (UTC)."""
    found = decode(data, _Catalog)
    return Catalog(categories=tuple(_category(item) for item in found.categories), read_at=now)


def stock(data: Raw, product_id: str, now: datetime) -> Stock:
    """Read the data of `/gift-cards/checkProduct`, which must be about the product asked for."""
    found = decode(data, _Stock)
    if found.product_id is not None and str(found.product_id) != product_id:
        raise ValueError("it is about another product")
    return Stock(
        product_id=product_id,
        product_title=label(found.product_title, LONGEST_TITLE),
        denominations=tuple(
            Denomination(
                id=identifier(item.id),
                name=label(item.name, LONGEST_TITLE),
                price=price(item.price),
                quantity=count(item.quantity),
            )
            for item in found.types or ()
        ),
        read_at=now,
    )


def order(data: Raw, order_id: str, *, cards: bool) -> Order:
    """Read the data of `/gift-cards/checkOrder`, which must be about the order asked for.

    Card values become `Secret`s at once, and only when `cards` asks for them.
    """
    shape = _OrderWithCards if cards else _Order
    found = _order(decode(data, shape))
    if found.id != order_id:
        raise ValueError("it is about another order")
    return found


def orders(
    data: Raw, page: int, server_time: datetime | None, holding: Secret | None = None
) -> OrderPage:
    """Read the data of `/gift-cards/list`, which must be the page asked for; cards are skipped.

    With `holding` the serials of the cards are decoded, compared with it, and dropped: only the
    orders that hold such a card are returned, without their cards.
    """
    if holding is None:
        found = decode(data, _Orders)
        items = found.items
    else:
        found = decode(data, _OrdersWithSerials)
        items = [item for item in found.items if _holds(item, holding)]
    number, size, pages, results = _pagination(found.pagination, page)
    return OrderPage(
        items=tuple(_order(item) for item in items),
        page=number,
        page_size=size,
        total_pages=pages,
        total_results=results,
        server_time=server_time,
    )


def _category(item: _Category) -> Category:
    title = label(item.title, LONGEST_TITLE) or label(item.name, LONGEST_TITLE)
    return Category(
        title=title,
        products=tuple(
            Product(
                id=identifier(product.id),
                title=label(product.title, LONGEST_TITLE) or label(product.name, LONGEST_TITLE),
                category=title,
                enabled=product.enabled is not False,
                region=label(product.region, LONGEST_WORD),
            )
            for product in item.products or ()
        ),
    )


def _transaction(item: _Transaction) -> Transaction:
    return Transaction(
        id=identifier(item.id),
        type=label(item.type, LONGEST_WORD),
        operation=label(item.operation, LONGEST_WORD),
        amount=abs(amount(item.amount)),
        old_balance=None if item.old_balance is None else amount(item.old_balance),
        new_balance=None if item.new_balance is None else amount(item.new_balance),
        objid=label(item.objid, LONGEST_ID),
        note=label(item.note, LONGEST_NOTE),
        time=moment(item.time),
    )


def _order(item: _Order) -> Order:
    status = label(item.status, LONGEST_WORD)
    if not status:
        raise ValueError("an order has no status")
    counted = item.fulfilled_quantity
    return Order(
        id=identifier(item.id),
        # Of ten thousand orders the few words that stand in all of them are kept once.
        status=clean(intern(status)),
        quantity=count(item.quantity),
        product=intern(reference(item.product)),
        type=intern(reference(item.type)),
        time=moment(item.time),
        fulfilled_quantity=None if counted is None else count(counted),
        fulfilled_amount=None if item.fulfilled_amount is None else price(item.fulfilled_amount),
        price_per_card=None if item.price_per_card is None else price(item.price_per_card),
        cards=tuple(
            Card(value=secret(card.value), serial=secret(card.serial)) for card in item.cards or ()
        )
        if isinstance(item, _OrderWithCards)
        else (),
    )


def _holds(item: _OrderWithSerials, wanted: Secret) -> bool:
    """Tell whether one of the cards has this serial; every one is compared, in constant time."""
    same = [_is(card.serial, wanted) for card in item.cards or ()]
    return any(same)


def _is(serial: Raw, wanted: Secret) -> bool:
    try:
        return secret(serial) == wanted
    except ValueError:  # one that cannot be read is no reason to look at no other
        return False


def _pagination(found: _Pagination, page: int) -> tuple[int, int, int, int]:
    number = count(found.page)
    if number != page:
        raise ValueError("it is another page than the one asked for")
    return (
        number,
        count(found.page_size),
        count(found.total_pages),
        count(found.total_results),
    )
