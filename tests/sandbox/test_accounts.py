"""Orders from HANDLING to their end, the list, and the account behind them."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import httpx
import pytest

from services.sandbox import TEST_PARTIAL, TEST_REFUND, Sandbox, SandboxRefusal

Connect = Callable[..., httpx.AsyncClient]
PLACE = "/gift-cards/placeOrder"
LATER_FIELDS = {"fulfilled_quantity", "fulfilled_amount", "price_per_card", "cards"}


async def place(api: httpx.AsyncClient, body: dict[str, Any]) -> str:
    answer = await api.post(PLACE, json=body)
    assert answer.status_code == 200
    return str(answer.json()["data"]["orderId"])


async def check(api: httpx.AsyncClient, order_id: str) -> dict[str, Any]:
    return dict((await api.get(f"/gift-cards/checkOrder/{order_id}")).json()["data"])


async def listed(api: httpx.AsyncClient, query: str = "") -> list[str]:
    answer = await api.get(f"/gift-cards/list?{query}")
    return [item["_id"] for item in answer.json()["data"]["items"]]


async def test_an_order_is_handled_and_then_fulfilled(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any], clock: Any
) -> None:
    sandbox.set_price(goods["typeId"], Decimal("980.50"))
    order_id = await place(api, goods)
    clock.advance(4.9)
    assert await check(api, order_id) == {
        "_id": order_id,
        "status": "HANDLING",
        "quantity": 2,
        "product": goods["productId"],
        "type": goods["typeId"],
        "time": "2026-03-01T09:00:00.000Z",
    }
    clock.advance(0.1)
    assert await check(api, order_id) == {
        "_id": order_id,
        "status": "FULFILLED",
        "quantity": 2,
        "product": goods["productId"],
        "type": goods["typeId"],
        "time": "2026-03-01T09:00:00.000Z",
        "fulfilled_quantity": 2,
        "fulfilled_amount": 1961.0,
        "price_per_card": 980.5,
        "cards": [
            {"value": "SANDBOX-CARD-1", "serial": "SANDBOX-1"},
            {"value": "SANDBOX-CARD-2", "serial": "SANDBOX-2"},
        ],
    }


@pytest.mark.parametrize(
    ("type_id", "quantity", "status", "delivered"),
    [
        (TEST_REFUND, 3, "REFUNDED", 0),
        (TEST_PARTIAL, 5, "PARTIALLY_FILLED", 2),
        (TEST_PARTIAL, 1, "REFUNDED", 0),
    ],
)
async def test_the_test_types_end_otherwise(
    api: httpx.AsyncClient,
    sandbox: Sandbox,
    goods: dict[str, Any],
    type_id: str,
    quantity: int,
    status: str,
    delivered: int,
) -> None:
    order_id = await place(api, goods | {"typeId": type_id, "quantity": quantity})
    assert set(await check(api, order_id)).isdisjoint(LATER_FIELDS)
    sandbox.finish(order_id)
    order = await check(api, order_id)
    assert (order["status"], order["fulfilled_quantity"]) == (status, delivered)
    assert order["fulfilled_amount"] == 100 * delivered
    assert len(order["cards"]) == delivered


async def test_no_card_is_delivered_twice(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any]
) -> None:
    orders = [await place(api, goods | {"quantity": n}) for n in (1, 3, 2)]
    sandbox.finish()
    cards = [card["value"] for each in orders for card in (await check(api, each))["cards"]]
    assert len(set(cards)) == len(cards) == 6


async def test_handling_times_follow_the_seed(clock: Any, wish: Any) -> None:
    def ends(seed: int) -> list[Any]:
        sandbox = Sandbox(clock=clock, seed=seed)
        body = wish(sandbox)
        ids = [sandbox.foreign_order(body["productId"], body["typeId"], 1) for _ in range(4)]
        return [sandbox.orders[order_id].ends_at for order_id in ids]

    assert ends(1) == ends(1) != ends(2)
    shortest, longest = timedelta(seconds=1), timedelta(seconds=10)
    assert all(shortest <= end - clock.now() <= longest for end in ends(3))


async def test_the_list_is_paged_newest_first(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any]
) -> None:
    placed = [await place(api, goods | {"quantity": 1}) for _ in range(7)][::-1]
    assert await listed(api) == placed
    assert await listed(api, "page=1&pageSize=3") == placed[:3]
    assert await listed(api, "page=3&pageSize=3") == placed[6:]
    assert await listed(api, "page=4&pageSize=3") == []
    answer = await api.get("/gift-cards/list?page=2&pageSize=3")
    assert answer.json()["data"]["pagination"] == {
        "page": 2,
        "pageSize": 3,
        "totalPages": 3,
        "totalResults": 7,
    }
    sandbox.finish()
    item = (await api.get("/gift-cards/list")).json()["data"]["items"][0]
    assert item == await check(api, placed[0])


async def test_the_list_can_be_cut_by_time(
    api: httpx.AsyncClient, goods: dict[str, Any], clock: Any
) -> None:
    first = await place(api, goods)
    clock.advance(60)
    second = await place(api, goods)
    assert await listed(api, "from=2026-03-01T09:01:00.000Z") == [second]
    assert await listed(api, "to=2026-03-01T09:00:00Z") == [first]
    assert await listed(api, "from=2026-03-01T10:00:00%2B01:00&to=2026-03-02") == [second, first]


async def test_another_desk_can_buy(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any]
) -> None:
    foreign = sandbox.foreign_order(goods["productId"], goods["typeId"], 1)
    assert await listed(api) == [foreign]
    assert sandbox.orders[foreign].foreign
    assert sandbox.posts == []
    with pytest.raises(SandboxRefusal):
        sandbox.foreign_order(goods["productId"], goods["typeId"], 10**6)


async def test_buying_moves_money_and_refunds_give_it_back(
    account: Sandbox, connect: Connect, wish: Any
) -> None:
    api, body = connect(account), wish(account)
    account.set_price(body["typeId"], Decimal("1326.13"))
    bought = await place(api, body)
    partly = await place(api, body | {"typeId": TEST_PARTIAL, "quantity": 3})
    assert (await api.get("/account/balance")).json()["data"]["balance"] == 247_047.74
    account.finish()
    assert account.balance == Decimal("247247.74")
    answer = await api.get("/account/transactions")
    items = answer.json()["data"]["items"]
    assert [(i["type"], i["operation"], i["amount"], i["objid"]) for i in items] == [
        ("REFUND-ORDER", "increment", 200, partly),
        ("ORDER", "decrement", 300, partly),
        ("ORDER", "decrement", 2652.26, bought),
        ("DEPOSIT", "increment", 250_000, ""),
    ]
    for later, earlier in pairwise(items):
        assert later["oldBalance"] == earlier["newBalance"]
    assert set(items[0]) == {
        "_id",
        "type",
        "operation",
        "amount",
        "oldBalance",
        "newBalance",
        "objid",
        "note",
        "time",
    }


async def test_waiting_for_a_request_ends_when_its_effect_has_happened(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any]
) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(api.post(PLACE, json=goods))
        await sandbox.seen("placeOrder")
        assert [post.order_id for post in sandbox.posts] == list(sandbox.orders)
    assert sandbox.posts[0].body == goods
    assert sandbox.requests["POST", "placeOrder"] == 1
