"""The vendor's endpoints: what each checks, refuses and answers."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Literal, NamedTuple, cast
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec
from msgspec import Struct

from services.sandbox.accounts import Accounts, RequestedOrder
from services.sandbox.auth import AccessKey, Gate, require_writing
from services.sandbox.catalog import ShelfProduct
from services.sandbox.pagination import page_of
from services.sandbox.responses import (
    SandboxRefusal,
    SandboxResponse,
    invalid,
    refused,
    router_error,
    success,
    written,
)
from services.sandbox.state import OrderRecord, TransactionRecord

Shape = Literal["reference", "guide"]
UNKNOWN = "unknown"

_PREFIX = "/v3"
_PATHS = {
    ("GET", "/ping"): "ping",
    ("GET", "/validate"): "validate",
    ("GET", "/account/balance"): "balance",
    ("GET", "/account/transactions"): "transactions",
    ("GET", "/gift-cards/catalog"): "catalog",
    ("GET", "/gift-cards/list"): "list",
    ("POST", "/gift-cards/placeOrder"): "placeOrder",
}
_PATHS_WITH_ID = {
    ("GET", "/gift-cards/checkProduct"): "checkProduct",
    ("GET", "/gift-cards/checkOrder"): "checkOrder",
}
ENDPOINTS = (*_PATHS.values(), *_PATHS_WITH_ID.values())
"""The names of the endpoints: each can meet faults."""


class Target(NamedTuple):
    """Where a request goes: the endpoint's name, the id in its path, its first query values."""

    path: str
    endpoint: str
    argument: str
    query: dict[str, str]


class RouteCall(Struct):
    """One whole request to an endpoint, with the circumstances that faults gave it.

    Attributes:
        token: the `X-Access-Token` header, None when there is none.
        peer: the caller's address.
        undone: whether it must take no effect, though it is answered as if it had.
        skew: seconds that the vendor's clock is ahead.
        lateness: seconds for which the list does not show an order placed by it.
        shuffled: whether lists come in no order.
        order_id: the order that was placed by it, empty if it placed none.
    """

    target: Target
    method: str
    token: str | None
    peer: str
    body: bytes
    undone: bool = False
    skew: float = 0
    lateness: float = 0
    shuffled: bool = False
    order_id: str = ""


def find_target(method: str, target: str) -> Target:
    """Tell which endpoint a request line means; `unknown` when it is none."""
    try:
        parts = urlsplit(target)
        fields = parse_qs(parts.query, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return Target(target, UNKNOWN, "", {})
    query = {name: values[0] for name, values in fields.items()}
    path = parts.path
    if not path.startswith(f"{_PREFIX}/"):
        return Target(path, UNKNOWN, "", query)
    below = path.removeprefix(_PREFIX)
    if (method, below) in _PATHS:
        return Target(path, _PATHS[method, below], "", query)
    parent, _, last = below.rpartition("/")
    if last and (method, parent) in _PATHS_WITH_ID:
        return Target(path, _PATHS_WITH_ID[method, parent], unquote(last), query)
    return Target(path, UNKNOWN, "", query)


class Routes:
    """Answers calls out of the world, as the contract has it."""

    def __init__(self, world: Accounts, gate: Gate, *, charge: bool | None, shape: Shape) -> None:
        self._world = world
        self._gate = gate
        self._charge = charge
        self._shape: Shape = shape
        self._numbers = itertools.count(1)
        self._answers: dict[str, Callable[[RouteCall, AccessKey], SandboxResponse]] = {
            "validate": self._validate,
            "balance": self._balance,
            "transactions": self._transactions,
            "catalog": self._catalog,
            "checkProduct": self._check_product,
            "placeOrder": self._place_order,
            "checkOrder": self._check_order,
            "list": self._list,
        }

    def answer(self, call: RouteCall) -> SandboxResponse:
        """Answer a call; what the contract refuses becomes the envelope of that refusal."""
        endpoint = call.target.endpoint
        if endpoint == UNKNOWN:
            return router_error(404, f"Cannot {call.method} {call.target.path}")
        if endpoint == "ping":
            return self._ping(call)
        try:
            key = self._gate.admit(call.token, call.peer)
            return self._answers[endpoint](call, key)
        except SandboxRefusal as refusal:
            return refused(refusal, self.request_id())

    def request_id(self) -> str:
        """Return a fresh reference for support."""
        seconds = int(self._world.now().timestamp())
        return f"req_{seconds}_{next(self._numbers):06x}"

    def _success(self, call: RouteCall, data: object, **top: object) -> SandboxResponse:
        now = self._world.now() + timedelta(seconds=call.skew)
        return success(data, timestamp=now, request_id=self.request_id(), **top)

    def _ping(self, call: RouteCall) -> SandboxResponse:
        operators = ("mobilis", "ooredoo", "djezzy", "mobilisFixedPlans")
        return self._success(call, {"api": "ok", "operators": dict.fromkeys(operators, "up")})

    def _validate(self, call: RouteCall, key: AccessKey) -> SandboxResponse:
        del call
        api_key = {
            "key": key.value.reveal(),
            "isEnabled": key.enabled,
            "type": key.environment,
            "allowedips": list(key.allowed_ips),
            "scope": key.scope,
        }
        data = {"username": key.username, "apiKey": api_key}
        return success(data, timestamp=None, request_id="")

    def _balance(self, call: RouteCall, key: AccessKey) -> SandboxResponse:
        del key
        return self._success(call, {"balance": self._world.balance, "currency": "DZD"})

    def _transactions(self, call: RouteCall, key: AccessKey) -> SandboxResponse:
        del key
        if ("from" in call.target.query) != ("to" in call.target.query):
            raise invalid("from and to must be given together")
        items, pagination = page_of(
            self._world.transactions(), call.target.query, shuffled=call.shuffled
        )
        return self._success(
            call, {"items": [_transaction(item) for item in items], "pagination": pagination}
        )

    def _catalog(self, call: RouteCall, key: AccessKey) -> SandboxResponse:
        del key
        products = self._world.market.products()
        groups: dict[str, list[object]] = {}
        for product in products:
            groups.setdefault(product.category, []).append(_catalogue_line(product))
        title = "title" if self._shape == "reference" else "name"
        categories = [{title: name, "products": lines} for name, lines in groups.items()]
        totals: dict[str, object] = {
            "totalCategories": len(groups),
            "totalProducts": len(products),
        }
        data: dict[str, object] = {"categories": categories}
        if self._shape == "reference":
            return self._success(call, data, **totals)
        answer = self._success(call, data)
        cast("dict[str, object]", answer.body["meta"]).update(totals)
        return answer

    def _check_product(self, call: RouteCall, key: AccessKey) -> SandboxResponse:
        del key
        market = self._world.market
        product = market.product(call.target.argument)
        if product is None:
            raise SandboxRefusal(404, "NOT_FOUND", "Product not found")
        types = [
            {
                "id": kind.id,
                "name": kind.name,
                "price": market.price(kind),
                "quantity": market.stock(product, kind),
            }
            for kind in product.types
        ]
        data = {"productId": product.id, "productTitle": product.title, "types": types}
        return self._success(call, data)

    def _place_order(self, call: RouteCall, key: AccessKey) -> SandboxResponse:
        require_writing(key)
        product_id, type_id, quantity = _read_order(call.body)
        wish = RequestedOrder(
            product_id,
            type_id,
            quantity,
            charge=key.environment == "PRODUCTION" if self._charge is None else self._charge,
            skew=call.skew,
            lateness=call.lateness,
        )
        if call.undone:
            self._world.check(wish)
            return self._success(call, {"orderId": self._world.next_id(self._world.now())})
        call.order_id = self._world.place(wish).id
        return self._success(call, {"orderId": call.order_id})

    def _check_order(self, call: RouteCall, key: AccessKey) -> SandboxResponse:
        del key
        order = self._world.orders().get(call.target.argument)
        if order is None:
            raise SandboxRefusal(404, "NOT_FOUND", "Order not found")
        return self._success(call, _order(order))

    def _list(self, call: RouteCall, key: AccessKey) -> SandboxResponse:
        del key
        items, pagination = page_of(self._world.listed(), call.target.query, shuffled=call.shuffled)
        return self._success(
            call, {"items": [_order(item) for item in items], "pagination": pagination}
        )


def _read_order(body: bytes) -> tuple[str, str, int]:
    try:
        wish: object = msgspec.json.decode(body)
    except msgspec.DecodeError:
        raise invalid("The body is not JSON") from None
    if not isinstance(wish, dict):
        raise invalid("The body is not an object")
    fields = cast("dict[str, object]", wish)
    product_id, type_id = fields.get("productId"), fields.get("typeId")
    quantity = fields.get("quantity")
    if not isinstance(product_id, str) or not product_id:
        raise invalid("productId is required")
    if not isinstance(type_id, str) or not type_id:
        raise invalid("typeId is required")
    if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
        raise invalid("quantity must be an integer of at least 1")
    return product_id, type_id, quantity


def _catalogue_line(product: ShelfProduct) -> dict[str, object]:
    return {
        "id": product.id,
        "title": product.title,
        "enabled": product.enabled,
        "region": product.region,
    }


def _order(order: OrderRecord) -> dict[str, object]:
    reply: dict[str, object] = {
        "_id": order.id,
        "status": order.status,
        "quantity": order.quantity,
        "product": order.product,
        "type": order.type,
        "time": written(order.time),
    }
    if order.final:
        reply |= {
            "fulfilled_quantity": order.fulfilled_quantity,
            "fulfilled_amount": order.fulfilled_amount,
            "price_per_card": order.price_per_card,
            "cards": [{"value": value, "serial": serial} for value, serial in order.cards],
        }
    return reply


def _transaction(record: TransactionRecord) -> dict[str, object]:
    return {
        "_id": record.id,
        "type": record.type,
        "operation": record.operation,
        "amount": record.amount,
        "oldBalance": record.old_balance,
        "newBalance": record.new_balance,
        "objid": record.objid,
        "note": record.note,
        "time": written(record.time),
    }
