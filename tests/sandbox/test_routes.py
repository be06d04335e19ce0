"""What each endpoint answers and refuses, by the vendor's contract."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from services.sandbox import DEMO_KEY, TEST_REFUND, Sandbox

Connect = Callable[..., httpx.AsyncClient]
PLACE = "/gift-cards/placeOrder"


def code(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()
    assert body["success"] is False
    return answer.status_code, body["error"]["code"]


async def test_ping_needs_no_key(sandbox: Sandbox, connect: Connect) -> None:
    answer = await connect(sandbox, None).get("/ping")
    assert answer.json()["data"]["api"] == "ok"
    assert set(answer.json()["data"]["operators"]) == {
        "mobilis",
        "ooredoo",
        "djezzy",
        "mobilisFixedPlans",
    }


async def test_success_is_wrapped_with_the_vendors_time_and_a_request_id(
    api: httpx.AsyncClient,
) -> None:
    answer = await api.get("/account/balance")
    body = answer.json()
    assert body["success"] is True
    assert body["data"] == {"balance": 250_000, "currency": "DZD"}
    assert body["meta"]["timestamp"] == "2026-03-01T09:00:00.000Z"
    assert body["requestId"].startswith("req_")
    assert answer.headers["date"] == "Sun, 01 Mar 2026 09:00:00 GMT"


async def test_validate_echoes_the_key_and_sends_neither_meta_nor_request_id(
    api: httpx.AsyncClient,
) -> None:
    body = (await api.get("/validate")).json()
    assert set(body) == {"success", "data"}
    assert body["data"]["apiKey"] == {
        "key": DEMO_KEY,
        "isEnabled": True,
        "type": "SANDBOX",
        "allowedips": [],
        "scope": "READ-WRITE",
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing"),
        ("GET", "/gift-cards/check-order/1"),
        ("GET", "/gift-cards/checkOrder/"),
        ("GET", "/ping/"),
        ("POST", "/ping"),
        ("GET", PLACE),
        ("HEAD", "/ping"),
    ],
)
async def test_an_unknown_path_gets_the_routers_own_error(
    api: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await api.request(method, path)
    assert answer.status_code == 404
    if method != "HEAD":
        assert answer.json() == {
            "message": f"Cannot {method} /v3{path}",
            "error": "Not Found",
            "statusCode": 404,
        }


async def test_no_key_is_refused(sandbox: Sandbox, connect: Connect) -> None:
    answer = await connect(sandbox, None).get("/validate")
    assert code(answer) == (401, "MISSING_ACCESS_TOKEN")


async def test_five_wrong_keys_block_the_address_for_a_quarter_of_an_hour(
    sandbox: Sandbox, connect: Connect, clock: Any
) -> None:
    wrong, right = connect(sandbox, "wrong"), connect(sandbox)
    for left in (4, 3, 2, 1, 0):
        answer = await wrong.get("/validate")
        assert code(answer) == (401, "INVALID_ACCESS_TOKEN")
        assert answer.json()["error"]["details"] == {"attemptsLeft": left}
    assert code(await right.get("/validate")) == (403, "IP_BLOCKED")
    clock.advance(timedelta(minutes=14, seconds=59).total_seconds())
    assert code(await right.get("/validate")) == (403, "IP_BLOCKED")
    clock.advance(1)
    assert (await right.get("/validate")).status_code == 200


async def test_a_good_key_wipes_out_the_failed_attempts(sandbox: Sandbox, connect: Connect) -> None:
    wrong, right = connect(sandbox, "wrong"), connect(sandbox)
    for _ in range(4):
        await wrong.get("/validate")
    assert (await right.get("/validate")).status_code == 200
    answer = await wrong.get("/validate")
    assert answer.json()["error"]["details"] == {"attemptsLeft": 4}


async def test_keys_carry_their_own_limits(
    sandbox: Sandbox, connect: Connect, goods: dict[str, Any]
) -> None:
    sandbox.add_key("disabled", enabled=False)
    sandbox.add_key("elsewhere", allowed_ips=["192.0.2.7"])
    sandbox.add_key("reader", scope="READ-ONLY", environment="PRODUCTION")
    assert code(await connect(sandbox, "disabled").get("/validate")) == (403, "API_DISABLED")
    assert code(await connect(sandbox, "elsewhere").get("/validate")) == (403, "IP_NOT_ALLOWED")
    reader = connect(sandbox, "reader")
    account = (await reader.get("/validate")).json()["data"]["apiKey"]
    assert (account["scope"], account["type"]) == ("READ-ONLY", "PRODUCTION")
    assert code(await reader.post(PLACE, json=goods)) == (403, "INSUFFICIENT_SCOPE")
    assert sandbox.orders == {}


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": 0},
        {"quantity": -1},
        {"quantity": 1.5},
        {"quantity": 2.0},
        {"quantity": True},
        {"quantity": "2"},
        {"quantity": None},
        {"productId": ""},
        {"productId": 5},
        {"typeId": ""},
        {"typeId": ["x"]},
    ],
)
async def test_an_order_that_makes_no_sense_is_refused(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any], change: dict[str, Any]
) -> None:
    assert code(await api.post(PLACE, json=goods | change)) == (400, "ERR_VALIDATION")
    assert sandbox.orders == {}
    assert [post.order_id for post in sandbox.posts] == [""]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'"x"', b"\xff\xfe", b"{} {}"])
async def test_a_body_that_is_no_object_is_refused(api: httpx.AsyncClient, body: bytes) -> None:
    assert code(await api.post(PLACE, content=body)) == (400, "ERR_VALIDATION")


async def test_what_does_not_exist_is_not_found(
    api: httpx.AsyncClient, goods: dict[str, Any]
) -> None:
    nothing = "0" * 24
    for answer in (
        await api.get(f"/gift-cards/checkProduct/{nothing}"),
        await api.get(f"/gift-cards/checkOrder/{nothing}"),
        await api.post(PLACE, json=goods | {"productId": nothing}),
        await api.post(PLACE, json=goods | {"typeId": nothing}),
    ):
        assert code(answer) == (404, "NOT_FOUND")


async def test_a_product_can_vanish(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any]
) -> None:
    sandbox.withdraw(goods["productId"])
    assert code(await api.post(PLACE, json=goods)) == (404, "NOT_FOUND")


async def test_more_than_there_is_gets_err_stock(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any]
) -> None:
    sandbox.set_stock(goods["typeId"], 3)
    assert code(await api.post(PLACE, json=goods | {"quantity": 4})) == (400, "ERR_STOCK")
    assert (await api.post(PLACE, json=goods | {"quantity": 3})).status_code == 200
    assert code(await api.post(PLACE, json=goods | {"quantity": 1})) == (400, "ERR_STOCK")


async def test_a_disabled_product_shows_no_stock_and_sells_nothing(
    api: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    product = next(product for product in sandbox.products if not product.enabled)
    stock = (await api.get(f"/gift-cards/checkProduct/{product.id}")).json()["data"]
    assert {kind["quantity"] for kind in stock["types"]} == {0}
    body = {"productId": product.id, "typeId": product.types[0].id, "quantity": 1}
    assert code(await api.post(PLACE, json=body)) == (400, "ERR_STOCK")


async def test_too_little_money_is_refused_with_the_amounts(
    connect: Connect, clock: Any, wish: Callable[[Sandbox], dict[str, Any]]
) -> None:
    async with Sandbox(clock=clock, moving=False, charge=True, balance=Decimal("10.5")) as poor:
        body = wish(poor)
        poor.set_price(body["typeId"], Decimal("1326.13"))
        answer = await connect(poor).post(PLACE, json=body)
        assert code(answer) == (403, "INSUFFICIENT_BALANCE")
        details = answer.json()["error"]["details"]
        assert details == {"required": 2652.26, "available": 10.5}
        assert poor.orders == {}
        assert poor.balance == Decimal("10.5")


async def test_the_sandbox_environment_takes_no_money(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any]
) -> None:
    sandbox.set_price(goods["typeId"], Decimal(1_000_000))
    assert (await api.post(PLACE, json=goods)).status_code == 200
    assert sandbox.balance == Decimal(250_000)
    assert [record.type for record in sandbox.transactions] == ["DEPOSIT"]


@pytest.mark.parametrize("path", ["/gift-cards/list", "/account/transactions"])
@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=1.0",
        "page=x",
        "page=",
        "page=%D9%A1",
        "pageSize=0",
        "pageSize=101",
        "pageSize=1e1",
        "from=yesterday&to=2026-01-01",
        "from=2026-01-01&to=2026-13-01",
    ],
)
async def test_a_page_that_makes_no_sense_is_refused(
    api: httpx.AsyncClient, path: str, query: str
) -> None:
    assert code(await api.get(f"{path}?{query}")) == (400, "ERR_VALIDATION")


async def test_transactions_take_from_and_to_only_together(api: httpx.AsyncClient) -> None:
    path = "/account/transactions"
    assert code(await api.get(f"{path}?from=2026-01-01")) == (400, "ERR_VALIDATION")
    assert code(await api.get(f"{path}?to=2026-01-01")) == (400, "ERR_VALIDATION")
    answer = await api.get(f"{path}?from=2026-01-01&to=2027-01-01T00:00:00Z")
    assert answer.json()["data"]["pagination"]["totalResults"] == 1


async def test_money_is_written_as_json_numbers(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any]
) -> None:
    sandbox.set_price(goods["typeId"], Decimal("1326.13"))
    answer = await api.get(f"/gift-cards/checkProduct/{goods['productId']}")
    assert b'"price":1326.13' in answer.content
    kind = answer.json()["data"]["types"][0]
    assert set(kind) == {"id", "name", "price", "quantity"}


async def test_an_order_on_any_product_can_be_of_a_test_type(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any]
) -> None:
    answer = await api.post(PLACE, json=goods | {"typeId": TEST_REFUND})
    order = sandbox.orders[answer.json()["data"]["orderId"]]
    assert order.type == TEST_REFUND
