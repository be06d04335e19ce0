"""The vendor's JSON as models: strict about what buys and counts, liberal elsewhere.

One bad item of a list costs nothing beside it: it is left out, and the model names it.

Nothing here does I/O. Every function takes the raw data of an answer and gives a model, or raises
`ValueError`, `ArithmeticError` or `RecursionError` with words that hold none of the answer's text.
"""

from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from sys import intern
from typing import Any

from msgspec import MsgspecError, Raw, Struct, field
from msgspec.structs import replace

from services.domain.models import (
    FINAL_STATUSES,
    Balance,
    Card,
    Catalog,
    Category,
    Denomination,
    KeyInfo,
    Order,
    OrderStatus,
    Page,
    Product,
    Stock,
    Transaction,
    Unread,
)
from services.domain.money import CENT
from services.domain.secrets import Secret
from services.domain.text import NOTHING, SafeText, clean, ours
from services.vendor.card_count import cards_in, has_code
from services.vendor.envelope import decode
from services.vendor.items import each
from services.vendor.wire_values import (
    EPOCH,
    LONGEST_NOTE,
    LONGEST_TITLE,
    LONGEST_WORD,
    NOTHING_WRITTEN,
    UNREADABLE,
    amount,
    count,
    currency,
    decimal,
    decimal_or_none,
    identifier,
    kept,
    label,
    moment,
    moment_or_none,
    price,
    reference,
    secret,
    yes,
)

DINAR = "DZD"
STATUSES = frozenset(status.value for status in OrderStatus)
NONE = Raw()


class _Health(Struct):
    api: str


class _ApiKey(Struct):
    """`/validate` echoes the key itself: its field is left out here, so it is never decoded."""

    type: str
    scope: str
    is_enabled: Any = field(name="isEnabled", default=True)


class _KeyInfo(Struct, rename="camel"):
    api_key: _ApiKey
    username: Any = None


class _Balance(Struct):
    balance: Raw = Raw()
    currency: Any = None


class _Pagination(Struct, rename="camel"):
    page: Raw = Raw()
    page_size: Raw = Raw()
    total_pages: Raw = Raw()
    total_results: Raw = Raw()


class _Page(Struct):
    items: Raw
    pagination: Raw = Raw()


def _page(data: Raw) -> _Page:
    """Return the items and what is beside them; the data can be the list itself."""
    return _Page(data) if bytes(data).startswith(b"[") else decode(data, _Page)


class _Transaction(Struct, rename="camel"):
    type: Any = None
    amount: Raw = Raw()
    time: Any = None
    mongo_id: Any = field(name="_id", default=None)
    id: Any = None
    operation: Any = None
    old_balance: Raw = Raw()
    new_balance: Raw = Raw()
    objid: Any = None
    note: Any = None


class _Product(Struct):
    id: Any = None
    mongo_id: Any = field(name="_id", default=None)
    title: Any = None
    name: Any = None
    product_id: Any = field(name="productId", default=None)
    enabled: Any = None
    region: Any = None
    currency: Any = None


class _Category(Struct):
    title: Any = None
    name: Any = None
    products: Raw = Raw()
    currency: Any = None


class _Catalog(Struct):
    categories: Raw
    currency: Any = None


class _Type(Struct):
    id: Any = None
    mongo_id: Any = field(name="_id", default=None)
    price: Raw = Raw()
    quantity: Raw = Raw()
    name: Any = None
    title: Any = None
    type_id: Any = field(name="typeId", default=None)
    available: Any = None
    currency: Any = None


class _Stock(Struct, rename="camel"):
    types: Raw
    product_id: Any = None
    product_title: Any = None
    currency: Any = None


class _Order(Struct):
    """An order whose cards stay as they came: counted, and decoded where they are asked for."""

    status: Any = None
    order_status: Any = field(name="orderStatus", default=None)
    quantity: Raw = Raw()
    time: Any = None
    mongo_id: Any = field(name="_id", default=None)
    id: Any = None
    order_id: Any = field(name="orderId", default=None)
    product: Any = None
    type: Any = None
    fulfilled_quantity: Raw = Raw()
    fulfilled_amount: Raw = Raw()
    price_per_card: Raw = Raw()
    currency: Any = None
    cards: Raw = Raw()


class _Serial(Struct):
    """A card without its value: a field that is not declared is never decoded."""

    serial: Raw = Raw()


class _Placed(Struct, rename="camel"):
    order_id: str


def placed(data: Raw) -> str:
    """Return the order id of a placeOrder answer exactly as it is there."""
    return decode(data, _Placed).order_id


def health(data: Raw) -> SafeText:
    """Read how the API is from the data of `/ping`."""
    return label(decode(data, _Health).api, LONGEST_WORD)


def key_info(data: Raw) -> KeyInfo:
    """Read the data of `/validate` without the key that it echoes."""
    found = decode(data, _KeyInfo)
    key = found.api_key
    return KeyInfo(
        username=label(found.username, LONGEST_TITLE),
        environment=clean(label(key.type, LONGEST_WORD).upper()),
        scope=clean(label(key.scope, LONGEST_WORD).upper().replace("_", "-")),
        enabled=yes(key.is_enabled),
    )


def balance(data: Raw, now: datetime) -> Balance:
    """Read the data of `/account/balance`, read at `now` (UTC). An overdraft is allowed."""
    found = decode(data, _Balance)
    return Balance(
        amount=amount(decimal(found.balance)), read_at=now, currency=foreign(found.currency)
    )


def transactions(data: Raw, page: int, elsewhere: Raw = NONE) -> Page[Transaction]:
    """Read the data of `/account/transactions`, which must be the page that was asked for.

    The pagination can be in `elsewhere`, which is the `meta` of the answer.
    """
    found = _page(data)
    items, unread = each(found.items, _Transaction, _transaction, "transaction")
    return Page(tuple(items), page, *_pagination(found, page, elsewhere), tuple(unread))


def catalog(data: Raw, now: datetime) -> Catalog:
    """Read the data of `/gift-cards/catalog` in either of its two shapes, read at `now` (UTC).

    A product that is listed twice counts once.
    """
    found = _Catalog(data) if bytes(data).startswith(b"[") else decode(data, _Catalog)
    known: set[str] = set()
    bad: list[Unread] = []

    def product(item: _Product) -> Product:
        name = identifier(item.id, item.mongo_id, item.product_id)
        if name in known:
            raise ValueError("it is listed twice")
        known.add(name)
        return Product(
            id=name,
            title=_title(item.title, item.name, name),
            category=NOTHING,
            enabled=yes(item.enabled),
            region=label(item.region, LONGEST_WORD),
            currency=foreign(item.currency),
        )

    def category(item: _Category) -> Category:
        title = label(item.title, LONGEST_TITLE) or label(item.name, LONGEST_TITLE)
        products, unread = each(item.products, _Product, product, "product")
        bad.extend(unread)
        theirs = foreign(item.currency, found.currency)
        return Category(
            title,
            tuple(
                replace(each, category=title, currency=each.currency or theirs) for each in products
            ),
        )

    categories, unread = each(found.categories, _Category, category, "category")
    return Catalog(categories=tuple(categories), read_at=now, unread=(*unread, *bad))


def stock(data: Raw, product_id: str, now: datetime) -> Stock:
    """Read the data of `/gift-cards/checkProduct`, which must be about the product asked for.

    What has a price that cannot be used, or none, or one in another currency, is not for sale.
    """
    found = decode(data, _Stock)
    named = reference(found.product_id)
    if named and named != product_id:
        raise ValueError("it is about another product")
    odd: list[str] = []

    def denomination(item: _Type) -> Denomination:
        name = identifier(item.id, item.mongo_id, item.type_id)
        theirs = foreign(item.currency, found.currency)
        closed, why = f"priced in {theirs}" if theirs else "", ""
        price, left = Decimal(0), 0
        try:
            price = _price(item.price)
        except UNREADABLE:
            why = "it has no usable price"
        try:
            left = count(decimal(item.quantity))
        except UNREADABLE:
            why = why or "it has no usable stock"
        if not yes(item.available):
            left = 0
        if not closed and (why or not price):
            closed = "not for sale"
        odd.append(why)
        return Denomination(
            id=name,
            name=_title(item.name, item.title, name),
            price=Decimal(0) if closed else price,
            quantity=0 if closed else left,
            closed=closed,
        )

    types, bad = each(found.types, _Type, denomination, "denomination")
    sold: dict[str, Denomination] = {}
    for number, (each_type, why) in enumerate(zip(types, odd, strict=True), 1):
        words = why
        if (held := sold.get(each_type.id)) is None:
            sold[each_type.id] = each_type
        elif held != each_type:
            # Which of the two the vendor means is not to be guessed at.
            sold[held.id] = replace(held, price=Decimal(0), quantity=0, closed="not for sale")
            words = "it is listed twice, and not the same"
        if words:
            mark = Secret(f"{product_id} {each_type.id} {words}").fingerprint()
            bad.append(
                Unread("denomination", number, words, mark, id=each_type.id, name=each_type.name)
            )
    return Stock(
        product_id=product_id,
        product_title=label(found.product_title, LONGEST_TITLE),
        denominations=tuple(sold.values()),
        read_at=now,
        unread=tuple(bad),
    )


def order(data: Raw, order_id: str, *, cards: bool, known: Order | None = None) -> Order:
    """Read the data of `/gift-cards/checkOrder`, which must be about the order asked for.

    Card values become `Secret`s at once, and only when `cards` asks for them; then nothing else of
    the order has to be there. What is `known` of it already fills in what the answer leaves out.
    """
    found = decode(data, _Order)
    if identifier(found.mongo_id, found.id, found.order_id) != order_id:
        raise ValueError("it is about another order")
    read = _order(found, known, lenient=cards)
    return replace(read, cards=_cards(found)) if cards else read


def orders(
    data: Raw,
    page: int,
    holding: Secret | None = None,
    elsewhere: Raw = NONE,
) -> Page[Order]:
    """Read the data of `/gift-cards/list`, which must be the page asked for; cards are skipped.

    With `holding` the serials of the cards are decoded, compared with it, and dropped: only the
    orders that hold such a card are returned, without their cards. The pagination can be in
    `elsewhere`, which is the `meta` of the answer.
    """
    found = _page(data)
    items, unread = each(found.items, _Order, lambda item: _listed(item, holding), "order")
    listed = tuple(order for order in items if order is not None)
    return Page(listed, page, *_pagination(found, page, elsewhere), tuple(unread))


def foreign(*values: object) -> SafeText:
    """Return the first currency that is named if it is not the dinar, else an empty text."""
    found = currency(*values)
    return NOTHING if found == DINAR else found


def _title(*values: object) -> SafeText:
    """Return the first of these that says anything; the last one is the id."""
    return next(filter(None, (label(value, LONGEST_TITLE) for value in values)), NOTHING)


def _listed(item: _Order, holding: Secret | None) -> Order | None:
    found = _order(item)
    return found if holding is None or _holds(item, holding) else None


def _price(raw: Raw) -> Decimal:
    """Return a price, 0 for what the vendor does not sell: null, and what is below one centime."""
    if bytes(raw) == b"null":
        return Decimal(0)
    asked = amount(decimal(raw))
    return asked if asked >= CENT else Decimal(0)


def _transaction(item: _Transaction) -> Transaction:
    return Transaction(
        id=identifier(item.mongo_id, item.id),
        type=clean(label(item.type, LONGEST_WORD).upper().replace("_", "-")),
        operation=label(item.operation, LONGEST_WORD),
        amount=abs(amount(decimal(item.amount))),
        old_balance=decimal_or_none(item.old_balance, amount),
        new_balance=decimal_or_none(item.new_balance, amount),
        objid=clean(reference(item.objid)),
        note=label(item.note, LONGEST_NOTE),
        time=moment(item.time),
    )


def _order(item: _Order, known: Order | None = None, *, lenient: bool = False) -> Order:
    status = _status(item)
    if not status and not lenient:
        raise ValueError("it has no status")
    name = identifier(item.mongo_id, item.id, item.order_id)
    quantity = decimal_or_none(item.quantity, _whole)
    time = moment_or_none(item.time)
    if known is not None:
        quantity = known.quantity if quantity is None else quantity
        time = time or known.time
    if lenient:
        quantity, time = quantity or 0, time or EPOCH
    counted = decimal_or_none(item.fulfilled_quantity, _whole)
    return Order(
        id=name,
        # Of ten thousand orders the few words that are in all of them are kept once.
        status=clean(intern(status)),
        quantity=count(decimal(item.quantity)) if quantity is None else int(quantity),
        product=intern(reference(item.product) or (known.product if known else "")),
        type=intern(reference(item.type) or (known.type if known else "")),
        time=time or moment(item.time),
        fulfilled_quantity=None if counted is None else int(counted),
        fulfilled_amount=decimal_or_none(item.fulfilled_amount, price),
        price_per_card=decimal_or_none(item.price_per_card, price),
        currency=foreign(item.currency),
        cards_came=cards_in(item.cards, ended=status in FINAL_STATUSES),
    )


def _status(item: _Order) -> str:
    """Return the status as the contract writes it, however it is written and called here."""
    said = label(item.status, LONGEST_WORD) or label(item.order_status, LONGEST_WORD)
    folded = said.upper().replace("-", "_").replace(" ", "_")
    return folded if folded in STATUSES else said


def _whole(value: Decimal) -> Decimal:
    return Decimal(count(value))


def _cards(item: _Order) -> tuple[Card, ...]:
    """Return the cards that hold anything; one that cannot be read costs no other."""
    if bytes(item.cards) in NOTHING_WRITTEN:
        return ()
    try:
        raws = decode(item.cards, list[Raw])
    except MsgspecError:
        raws = [item.cards]
    # One without a code has not come yet.
    return tuple(card for raw in raws if has_code(raw) and (card := _card(raw)) is not None)


def _card(raw: Raw) -> Card | None:
    """Return a card with every field it has, or a bare text as one; None where it holds nothing."""
    try:
        fields = {} if bytes(raw) == b"null" else decode(raw, dict[str, Raw])
    except UNREADABLE:
        value = kept(raw)
        return Card(value, Secret("")) if value else None
    value, serial = kept(fields.pop("value", NONE)), kept(fields.pop("serial", NONE))
    more: dict[SafeText, Secret] = {}
    for name, raw in fields.items():
        if held := kept(raw):
            words = label(name, LONGEST_WORD) or ours("field")
            # Two names that are drawn alike are two fields all the same.
            more[words if words not in more else clean(f"{words} {len(more) + 1}")] = held
    return Card(value, serial, tuple(more.items())) if value or serial or more else None


def _holds(item: _Order, wanted: Secret) -> bool:
    """Tell whether one of the cards has this serial; every one is compared, in constant time."""
    if bytes(item.cards) in NOTHING_WRITTEN:
        return False
    same: list[bool] = []
    for raw in decode(item.cards, list[Raw]):
        try:
            same.append(secret(decode(raw, _Serial).serial) == wanted)
        except UNREADABLE:  # one that cannot be read is no reason to compare no other
            continue
    return any(same)


def _pagination(found: _Page, page: int, elsewhere: Raw) -> tuple[int, int | None]:
    """Return how many pages and results there are; what cannot be read is the least that can be."""
    said = _Pagination()
    for place in (found.pagination, elsewhere):
        with suppress(*UNREADABLE):
            said = decode(place, _Pagination)
            break
    number = decimal_or_none(said.page, _whole)
    if number is not None and number != page:
        raise ValueError("it is another page than the one asked for")
    size = decimal_or_none(said.page_size, _whole)
    pages = decimal_or_none(said.total_pages, _whole)
    results = decimal_or_none(said.total_results, _whole)
    if pages is None:
        full = bool(results and size)
        pages = -(-(results or Decimal(0)) // (size or Decimal(1))) if full else Decimal(page)
    return int(pages), None if results is None else int(results)
