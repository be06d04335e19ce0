"""Half-good answers on demand: each shape that the live vendor was seen to give, by its name.

A shape changes what an answer looks like, not what happened: the order is placed, the money is
taken. Only a refusal among them undoes the effect.
"""

from collections.abc import Callable
from datetime import datetime
from typing import cast

from msgspec import Struct

from services.sandbox.responses import SandboxRefusal, SandboxResponse, refused

Fields = dict[str, object]


class Circumstances(Struct, frozen=True):
    """What a shape may depend on.

    Attributes:
        now: the vendor's clock, UTC.
        seconds: the `~SECONDS` of the fault, 0 where it names none.
        value: the `=VALUE` of the fault, empty where it names none.
    """

    now: datetime
    seconds: float = 0
    value: str = ""


LATE_SECONDS = 20.0
"""How long after its order a card comes, where a shape names no other time."""

Change = Callable[[SandboxResponse, Circumstances], None]


class AnswerShape(Struct, frozen=True):
    """One shape: the endpoints that can give it, what it is in words, and how an answer gets it.

    `undoes` is whether a request that is answered so takes no effect, as with a refusal.
    """

    endpoints: frozenset[str]
    words: str
    change: Change
    undoes: bool = False


def _data(answer: SandboxResponse) -> Fields:
    """Return the data of a success, or nothing to change."""
    data = answer.body.get("data") if answer.succeeded else None
    return cast("Fields", data) if isinstance(data, dict) else {}


def _rows(fields: Fields, name: str) -> list[Fields]:
    """Return the list of objects under a name, the one that the answer holds; else an empty one."""
    found = fields.get(name)
    return cast("list[Fields]", found) if isinstance(found, list) else []


def _orders(answer: SandboxResponse) -> list[Fields]:
    """Return the order or the orders that an answer is about."""
    data = _data(answer)
    return _rows(data, "items") or ([data] if "quantity" in data else [])


def _products(answer: SandboxResponse) -> list[Fields]:
    rows = _rows(_data(answer), "categories")
    return [product for category in rows for product in _rows(category, "products")]


def _types(answer: SandboxResponse) -> list[Fields]:
    return _rows(_data(answer), "types")


def _lists(answer: SandboxResponse) -> list[list[object]]:
    """Return every list of things that an answer holds."""
    data = _data(answer)
    found = [_rows(each, "products") for each in _rows(data, "categories")]
    found += [_rows(data, name) for name in ("categories", "types", "items")]
    return [cast("list[object]", each) for each in found if each]


def _renamed(fields: Fields, name: str, other: str) -> None:
    if name in fields:
        fields[other] = fields.pop(name)


def _product_no_id(answer: SandboxResponse, _given: Circumstances) -> None:
    for product, bad in zip(_products(answer), (None, "", {"$oid": "6b05"}), strict=False):
        product["id"] = bad


def _category_no_title(answer: SandboxResponse, _given: Circumstances) -> None:
    for category in _rows(_data(answer), "categories")[:1]:
        category.pop("title", None)
        category.pop("name", None)


def _odd_items(answer: SandboxResponse, _given: Circumstances) -> None:
    for items in _lists(answer):
        items[1:1] = ["odd", None, 7, [], {}]


def _twice(answer: SandboxResponse, _given: Circumstances) -> None:
    for items in _lists(answer):
        items.append(items[0])


def _underscore_id(answer: SandboxResponse, _given: Circumstances) -> None:
    for item in (*_products(answer), *_types(answer)):
        _renamed(item, "id", "_id")


def _plain_id(answer: SandboxResponse, _given: Circumstances) -> None:
    for item in (*_orders(answer), *_rows(_data(answer), "items")):
        _renamed(item, "_id", "id")


def _number_id(answer: SandboxResponse, _given: Circumstances) -> None:
    for number, item in enumerate(_rows(_data(answer), "items"), 1):
        if "amount" in item:
            item["_id"] = number
    for category in _rows(_data(answer), "categories")[:1]:
        _rows(category, "products").append({"id": 4711, "title": "Numbered"})


def _priced(price: object) -> Change:
    def change(answer: SandboxResponse, _given: Circumstances) -> None:
        for item in _types(answer)[:1]:
            item["price"] = price

    return change


def _no_price(answer: SandboxResponse, _given: Circumstances) -> None:
    for item in _types(answer)[:1]:
        item.pop("price", None)


def _not_available(answer: SandboxResponse, _given: Circumstances) -> None:
    for number, item in enumerate(_types(answer)):
        item["available"] = number > 0


def _no_time(answer: SandboxResponse, _given: Circumstances) -> None:
    for item in _rows(_data(answer), "items")[:1]:
        item.pop("time", None)


def _order_status(answer: SandboxResponse, _given: Circumstances) -> None:
    for order in _orders(answer):
        _renamed(order, "status", "orderStatus")


def _odd_status(answer: SandboxResponse, _given: Circumstances) -> None:
    for order in _orders(answer)[:1]:
        order["status"] = {"code": order.get("status")}


def _lower_case(answer: SandboxResponse, _given: Circumstances) -> None:
    for order in _orders(answer):
        order["status"] = str(order.get("status", "")).lower()


def _as_objects(answer: SandboxResponse, _given: Circumstances) -> None:
    for order in _orders(answer):
        for name, words in (("product", "title"), ("type", "name")):
            if name in order:
                order[name] = {"id": order[name], words: "As the vendor names it"}


def _meta_pagination(answer: SandboxResponse, _given: Circumstances) -> None:
    data = _data(answer)
    meta = answer.body.setdefault("meta", {})
    if "pagination" in data and isinstance(meta, dict):
        cast("Fields", meta)["pagination"] = data.pop("pagination")


def _odd_pagination(answer: SandboxResponse, _given: Circumstances) -> None:
    pagination = _data(answer).get("pagination")
    if isinstance(pagination, dict):
        fields = cast("Fields", pagination)
        fields |= {name: str(value) for name, value in fields.items()}


def _odd_transaction(answer: SandboxResponse, _given: Circumstances) -> None:
    for item in _rows(_data(answer), "items")[:1]:
        if "amount" in item:
            item["amount"] = {"value": item["amount"]}


def _bare_cards(answer: SandboxResponse, _given: Circumstances) -> None:
    for order in _orders(answer):
        if "cards" in order:
            order["cards"] = [card["value"] for card in _rows(order, "cards")]


def _more_card_fields(answer: SandboxResponse, _given: Circumstances) -> None:
    for order in _orders(answer):
        for number, card in enumerate(_rows(order, "cards"), 1):
            serial = str(card["serial"])
            card["pin"] = f"PIN-{serial}"
            card["expiry"] = "2027-12-31"
            card["url"] = f"https://redeem.example/{serial}"
            card["number"] = number


def _placed_for(order: Fields, now: datetime) -> float:
    """Return how many seconds ago an order was placed."""
    return (now - datetime.fromisoformat(str(order["time"]))).total_seconds()


def _late_cards(answer: SandboxResponse, given: Circumstances) -> None:
    for order in _orders(answer):
        if _placed_for(order, given.now) < (given.seconds or LATE_SECONDS):
            order.pop("cards", None)


def _one_by_one(answer: SandboxResponse, given: Circumstances) -> None:
    for order in _orders(answer):
        came = int(_placed_for(order, given.now) // (given.seconds or LATE_SECONDS))
        if "cards" in order:
            order["cards"] = _rows(order, "cards")[:came]


def _no_cards(answer: SandboxResponse, given: Circumstances) -> None:
    for order in _orders(answer):
        if "cards" in order:
            order["cards"] = None if given.value == "null" else []
        if given.value == "absent":
            order.pop("cards", None)


def _few_cards(answer: SandboxResponse, _given: Circumstances) -> None:
    for order in _orders(answer):
        if "cards" in order:
            order["cards"] = _rows(order, "cards")[:-1]


def _empty_cards(answer: SandboxResponse, _given: Circumstances) -> None:
    for order in _orders(answer):
        for card in _rows(order, "cards"):
            card["value"] = None


def _more_cards(answer: SandboxResponse, _given: Circumstances) -> None:
    for order in _orders(answer):
        if cards := _rows(order, "cards"):
            cards.append({name: f"{value}-MORE" for name, value in cards[-1].items()})


def _cards_go(answer: SandboxResponse, given: Circumstances) -> None:
    for order in _orders(answer):
        if "cards" in order and _placed_for(order, given.now) >= given.seconds:
            order["cards"] = []


def _list_no_cards(answer: SandboxResponse, _given: Circumstances) -> None:
    for order in _rows(_data(answer), "items"):
        order.pop("cards", None)


def _header_request_id(answer: SandboxResponse, _given: Circumstances) -> None:
    found = answer.body.pop("requestId", None)
    if found:
        answer.headers = (*answer.headers, ("X-Request-Id", str(found)))


def _currency(answer: SandboxResponse, given: Circumstances) -> None:
    currency = given.value or "EUR"
    data = _data(answer)
    if "balance" in data or "types" in data or "categories" in data:
        data["currency"] = currency
    for order in _orders(answer):
        order["currency"] = currency


def _hyphen_codes(answer: SandboxResponse, _given: Circumstances) -> None:
    error = answer.body.get("error")
    if isinstance(error, dict):
        fields = cast("Fields", error)
        fields["code"] = str(fields.get("code", "")).replace("_", "-").lower()


def _attempts_in_message(answer: SandboxResponse, _given: Circumstances) -> None:
    error = answer.body.get("error")
    if isinstance(error, dict):
        fields = cast("Fields", error)
        details = fields.pop("details", None)
        if isinstance(details, dict) and "attemptsLeft" in details:
            left = cast("Fields", details)["attemptsLeft"]
            fields["message"] = f"Invalid access token. {left} attempts left"


def _top_message(answer: SandboxResponse, _given: Circumstances) -> None:
    error = answer.body.get("error")
    if isinstance(error, dict):
        message = cast("Fields", error).pop("message", "")
        answer.body["message"] = [message, "see the documentation"]


def _no_code(answer: SandboxResponse, _given: Circumstances) -> None:
    error = answer.body.get("error")
    if isinstance(error, dict):
        cast("Fields", error).pop("code", None)


def _refusal(status: int, code: str, message: str) -> Change:
    def change(answer: SandboxResponse, _given: Circumstances) -> None:
        held = answer.body.get("requestId")
        other = refused(
            SandboxRefusal(status, code, message), held if isinstance(held, str) else ""
        )
        answer.status, answer.body, answer.headers = other.status, other.body, other.headers

    return change


_CATALOGUE = frozenset({"catalog"})
_STOCK = frozenset({"checkProduct"})
_ORDERS = frozenset({"checkOrder", "list"})
_LISTS = frozenset({"list", "transactions"})
_PLACE = frozenset({"placeOrder"})
_ALL = frozenset({"ping", "validate", "balance", *_CATALOGUE, *_STOCK, *_ORDERS, *_LISTS, *_PLACE})

SHAPES: dict[str, AnswerShape] = {
    "as-objects": AnswerShape(_ORDERS, "product and type are objects", _as_objects),
    "attempts-in-message": AnswerShape(
        _ALL, "the attempts left are only in the error's message", _attempts_in_message
    ),
    "bare-cards": AnswerShape(_ORDERS, "a card is a bare text", _bare_cards),
    "card-fields": AnswerShape(
        _ORDERS, "a card has pin, expiry, url and number", _more_card_fields
    ),
    "cards-go": AnswerShape(
        _ORDERS, "cards are gone SECONDS (~SECONDS) after the order was placed", _cards_go
    ),
    "category-no-title": AnswerShape(_CATALOGUE, "a category has no title", _category_no_title),
    "currency": AnswerShape(
        frozenset({"balance", *_CATALOGUE, *_STOCK, *_ORDERS}),
        "amounts are in another currency, EUR or =VALUE",
        _currency,
    ),
    "duplicated-ref": AnswerShape(
        _PLACE,
        "refused: DUPLICATED-REF",
        _refusal(403, "DUPLICATED-REF", "This reference was used before"),
        undoes=True,
    ),
    "empty-cards": AnswerShape(_ORDERS, "every card is there, its value null", _empty_cards),
    "few-cards": AnswerShape(_ORDERS, "one card fewer than was delivered", _few_cards),
    "header-request-id": AnswerShape(
        _ALL, "the requestId is only in the header X-Request-Id", _header_request_id
    ),
    "hyphen-codes": AnswerShape(
        _ALL, "error codes have hyphens and are in lower case", _hyphen_codes
    ),
    "insufficient-scope": AnswerShape(
        _PLACE,
        "refused: INSUFFICIENT_SCOPE",
        _refusal(403, "INSUFFICIENT_SCOPE", "This key can only read"),
        undoes=True,
    ),
    "late-cards": AnswerShape(
        _ORDERS, "no cards until 20 s (~SECONDS) after the order was placed", _late_cards
    ),
    "list-no-cards": AnswerShape(
        frozenset({"list"}), "only checkOrder has the cards", _list_no_cards
    ),
    "lower-case": AnswerShape(_ORDERS, "statuses are in lower case", _lower_case),
    "meta-pagination": AnswerShape(_LISTS, "the pagination is in meta", _meta_pagination),
    "more-cards": AnswerShape(_ORDERS, "one card more than was ordered", _more_cards),
    "negative-price": AnswerShape(_STOCK, "a type's price is below 0", _priced(-5)),
    "no-cards": AnswerShape(
        _ORDERS, "delivered without cards: an empty list, =null or =absent", _no_cards
    ),
    "no-code": AnswerShape(_ALL, "errors have no code", _no_code),
    "no-price": AnswerShape(_STOCK, "a type has no price", _no_price),
    "no-time": AnswerShape(_LISTS, "the newest item of a list has no time", _no_time),
    "not-available": AnswerShape(
        _STOCK, "types say whether they are available; the first is not", _not_available
    ),
    "null-price": AnswerShape(_STOCK, "a type's price is null", _priced(None)),
    "number-id": AnswerShape(
        frozenset({"transactions", *_CATALOGUE}), "ids are numbers", _number_id
    ),
    "odd-items": AnswerShape(
        frozenset({*_CATALOGUE, *_STOCK, *_LISTS}),
        "lists hold items that are no objects, or empty ones",
        _odd_items,
    ),
    "odd-pagination": AnswerShape(_LISTS, "the numbers of the pages are texts", _odd_pagination),
    "odd-status": AnswerShape(_ORDERS, "the newest order's status is an object", _odd_status),
    "odd-transaction": AnswerShape(
        frozenset({"transactions"}), "a transaction's amount is an object", _odd_transaction
    ),
    "one-by-one": AnswerShape(_ORDERS, "a card comes every 20 s (~SECONDS)", _one_by_one),
    "order-status": AnswerShape(_ORDERS, "the status is called orderStatus", _order_status),
    "payload-too-large": AnswerShape(
        _PLACE,
        "refused: PAYLOAD_TOO_LARGE",
        _refusal(413, "PAYLOAD_TOO_LARGE", "The request is too large"),
        undoes=True,
    ),
    "plain-id": AnswerShape(
        frozenset({*_ORDERS, *_LISTS}), "orders and transactions have id for _id", _plain_id
    ),
    "product-no-id": AnswerShape(_CATALOGUE, "three products have no usable id", _product_no_id),
    "top-message": AnswerShape(
        _ALL, "an error's message is a list at the top of the answer", _top_message
    ),
    "twice": AnswerShape(
        frozenset({*_CATALOGUE, *_STOCK, *_LISTS}), "an item is in its list twice", _twice
    ),
    "underscore-id": AnswerShape(
        frozenset({*_CATALOGUE, *_STOCK}), "products and types have _id for id", _underscore_id
    ),
    "zero-price": AnswerShape(_STOCK, "a type's price is 0", _priced(0)),
}
