"""The control surface of a sandbox in another process: faults, ledger and clock hand over HTTP."""

from typing import cast

import msgspec

from services.domain.errors import BadInput
from services.sandbox.accounts import Accounts
from services.sandbox.faults import Fault, FaultPlan
from services.sandbox.request_log import PostLog
from services.sandbox.responses import (
    SandboxRefusal,
    SandboxResponse,
    refused,
    router_error,
    written,
)

PREFIX = "/_control/"


class Control:
    """Answers what is under `/_control/`; needs no key, meets no fault, counts nowhere."""

    def __init__(self, world: Accounts, faults: FaultPlan, posts: PostLog) -> None:
        self._world = world
        self._faults = faults
        self._posts = posts

    def answer(self, method: str, path: str, body: bytes) -> SandboxResponse:
        """Carry out one request: POST or DELETE faults, GET ledger, POST finish."""
        try:
            match method, path.removeprefix(PREFIX):
                case "POST", "faults":
                    self._faults.add(Fault.parse(_text(body, "spec")))
                    return self._waiting()
                case "GET", "faults":
                    return self._waiting()
                case "DELETE", "faults":
                    self._faults.clear()
                    return self._waiting()
                case "GET", "ledger":
                    return _done(self._ledger())
                case "POST", "finish":
                    self._world.finish(_text(body, "orderId") if body else None)
                    return _done({})
                case _:
                    return router_error(404, f"Cannot {method} {path}")
        except BadInput as error:
            return refused(SandboxRefusal(400, "ERR_VALIDATION", error.message), "")
        except KeyError:
            return refused(SandboxRefusal(404, "NOT_FOUND", "Order not found"), "")

    def _waiting(self) -> SandboxResponse:
        return _done({"faults": [msgspec.to_builtins(fault) for fault in self._faults.waiting()]})

    def _ledger(self) -> dict[str, object]:
        return {
            "posts": [
                {"time": written(post.time), "body": post.body, "order_id": post.order_id}
                for post in self._posts.posts
            ],
            "orders": [
                {
                    "id": order.id,
                    "status": order.status,
                    "product": order.product,
                    "type": order.type,
                    "quantity": order.quantity,
                    "fulfilled_quantity": order.fulfilled_quantity,
                    "time": written(order.time),
                    "foreign": order.foreign,
                }
                for order in self._world.orders().values()
            ],
            "transactions": [
                {
                    "type": record.type,
                    "amount": record.amount,
                    "objid": record.objid,
                    "old_balance": record.old_balance,
                    "new_balance": record.new_balance,
                    "time": written(record.time),
                }
                for record in reversed(self._world.transactions())
            ],
            "balance": self._world.balance,
        }


def _done(data: dict[str, object]) -> SandboxResponse:
    return SandboxResponse(200, {"success": True, "data": data})


def _text(body: bytes, name: str) -> str:
    try:
        fields: object = msgspec.json.decode(body)
    except msgspec.DecodeError:
        fields = None
    value = cast("dict[str, object]", fields).get(name) if isinstance(fields, dict) else None
    if not isinstance(value, str):
        raise BadInput(f"The body is to be a JSON object with the text {name!r}")
    return value
