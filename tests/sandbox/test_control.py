"""A vendor in a process of its own: how it is started, controlled, and asked what it saw."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

from services.domain.errors import BadInput
from services.sandbox import DEMO_KEY, Sandbox, serve

PLACE = "/gift-cards/placeOrder"


def control(sandbox: Sandbox, name: str) -> str:
    return urljoin(sandbox.url, f"/_control/{name}")


async def test_faults_are_set_and_cleared_over_http(
    api: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    faults = control(sandbox, "faults")
    answer = await api.post(faults, json={"spec": "http500@balance*2"})
    assert answer.json()["data"]["faults"][0]["kind"] == "http500"
    assert (await api.get("/account/balance")).status_code == 500
    assert len((await api.get(faults)).json()["data"]["faults"]) == 1
    assert (await api.delete(faults)).json()["data"] == {"faults": []}
    assert (await api.get("/account/balance")).status_code == 200


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"spec": 1}', b'{"spec": "explode"}'])
async def test_a_fault_that_cannot_be_read_is_refused(
    api: httpx.AsyncClient, sandbox: Sandbox, body: bytes
) -> None:
    answer = await api.post(control(sandbox, "faults"), content=body)
    assert answer.status_code == 400
    assert sandbox.faults.waiting() == ()


async def test_the_ledger_tells_posts_orders_and_money_and_no_card(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any]
) -> None:
    order_id = (await api.post(PLACE, json=goods)).json()["data"]["orderId"]
    assert (await api.post(control(sandbox, "finish"))).status_code == 200
    answer = await api.get(control(sandbox, "ledger"))
    ledger = answer.json()["data"]
    assert ledger["posts"] == [
        {"time": "2026-03-01T09:00:00.000Z", "body": goods, "order_id": order_id}
    ]
    assert [(order["id"], order["status"]) for order in ledger["orders"]] == [
        (order_id, "FULFILLED")
    ]
    assert [record["type"] for record in ledger["transactions"]] == ["DEPOSIT"]
    assert b"CARD" not in answer.content
    assert sum(sandbox.requests.values()) == 1


async def test_one_order_can_be_finished(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any]
) -> None:
    one, other = [sandbox.foreign_order(goods["productId"], goods["typeId"], 1) for _ in range(2)]
    finish = control(sandbox, "finish")
    assert (await api.post(finish, json={"orderId": one})).status_code == 200
    assert [sandbox.orders[each].final for each in (one, other)] == [True, False]
    assert (await api.post(finish, json={"orderId": "none"})).status_code == 404
    assert (await api.get(finish)).status_code == 404


async def test_serving_runs_until_it_is_cancelled_and_keeps_its_state(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.json"
    announced: asyncio.Queue[str] = asyncio.Queue()
    serving = asyncio.create_task(
        serve(announce=announced.put_nowait, state_path=path, faults=["http503@balance"])
    )
    url = await announced.get()
    async with httpx.AsyncClient(headers={"X-Access-Token": DEMO_KEY}, trust_env=False) as api:
        assert (await api.get(f"{url}/account/balance")).status_code == 503
        assert (await api.get(f"{url}/account/balance")).status_code == 200
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert path.exists()


async def test_serving_refuses_a_fault_that_it_cannot_read() -> None:
    with pytest.raises(BadInput):
        await serve(announce=lambda _: None, faults=["explode"])
