"""Half-good answers: each shape changes what is answered, not what happened."""

from typing import Any

import httpx
import pytest

from services.sandbox import SHAPES, TEST_REFUND, Fault, Sandbox
from services.sandbox.shapes import AnswerShape

PLACE = "/gift-cards/placeOrder"


async def asked(api: httpx.AsyncClient, endpoint: str, goods: dict[str, Any], order: str) -> Any:
    """Ask an endpoint what it is asked every day; an order that was never placed is a 404."""
    paths = {
        "ping": "/ping",
        "validate": "/validate",
        "balance": "/account/balance",
        "transactions": "/account/transactions",
        "catalog": "/gift-cards/catalog",
        "list": "/gift-cards/list",
        "checkProduct": f"/gift-cards/checkProduct/{goods['productId']}",
        "checkOrder": f"/gift-cards/checkOrder/{order}",
    }
    answer = await (
        api.post(PLACE, json=goods) if endpoint == "placeOrder" else api.get(paths[endpoint])
    )
    body = answer.json()
    # These are others each time.
    body.pop("requestId", None)
    (body.get("meta") or {}).pop("timestamp", None)
    return answer.status_code, body, "x-request-id" in answer.headers


@pytest.mark.parametrize(("name", "shape"), SHAPES.items(), ids=SHAPES)
async def test_a_shape_is_met_where_it_says(
    account: Sandbox, connect: Any, goods: dict[str, Any], name: str, shape: AnswerShape
) -> None:
    api = connect(account)
    order = (await api.post(PLACE, json=goods)).json()["data"]["orderId"]
    account.finish()
    wrong = goods | {"typeId": "unknown"}
    errors = name in ("hyphen-codes", "no-code", "top-message", "attempts-in-message")
    changed: set[str] = set()
    for endpoint in sorted(shape.endpoints):
        order_id, wanted = ("missing", wrong) if errors else (order, goods)
        caller = connect(account, key="wrong") if name == "attempts-in-message" else api
        account.faults.clear()
        before = await asked(caller, endpoint, wanted, order_id)
        account.faults.add(Fault.parse(f"shape:{name}"))
        after = await asked(caller, endpoint, wanted, order_id)
        if before != after and (endpoint != "placeOrder" or after[0] != 200):
            changed.add(endpoint)
        if name == "attempts-in-message":
            break
    assert changed if errors or len(shape.endpoints) > 5 else changed == shape.endpoints


@pytest.mark.parametrize("phase", ["before", "after"])
async def test_only_a_refusal_undoes_the_purchase(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any], phase: str
) -> None:
    sandbox.faults.add(Fault.parse(f"shape:duplicated-ref:{phase}"))
    answer = await api.post(PLACE, json=goods)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "DUPLICATED-REF")
    assert len(sandbox.orders) == (phase == "after")
    sandbox.faults.clear()
    sandbox.faults.add(Fault.parse("shape:header-request-id"))
    answer = await api.post(PLACE, json=goods | {"typeId": TEST_REFUND})
    assert answer.headers["x-request-id"]
    assert answer.json()["data"]["orderId"] in sandbox.orders


async def test_an_error_of_a_fault_has_the_shape_too(
    api: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    for spec in ("ip_block", "shape:hyphen-codes"):
        sandbox.faults.add(Fault.parse(spec))
    assert (await api.get("/account/balance")).json()["error"]["code"] == "ip-blocked"
