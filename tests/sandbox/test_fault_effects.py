"""Each fault as a client meets it, before the effect and after."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.sandbox import DEMO_KEY, Fault, Sandbox

Connect = Callable[..., httpx.AsyncClient]
PLACE = "/gift-cards/placeOrder"


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize(
    ("spec", "status", "start"),
    [
        ("html502", 502, b"<html>"),
        ("http500", 500, b'{"success":false'),
        ("http503", 503, b'{"success":false'),
        ("ratelimit", 429, b'{"success":false'),
        ("ip_block", 403, b'{"success":false'),
        ("empty", 200, b""),
        ("not_json", 200, b'{"success": true'),
        ("redirect", 307, b""),
        ("no_order_id", 200, b'{"success":true,"data":{}'),
        ("wrong_types", 200, b'{"success":true,"data":{"orderId":7}'),
    ],
)
async def test_the_answer_is_another_and_the_phase_says_whether_the_order_exists(
    api: httpx.AsyncClient,
    sandbox: Sandbox,
    goods: dict[str, Any],
    spec: str,
    status: int,
    start: bytes,
    phase: str,
) -> None:
    sandbox.faults.add(Fault.parse(f"{spec}@placeOrder:{phase}"))
    answer = await api.post(PLACE, json=goods)
    assert answer.status_code == status
    assert answer.content.startswith(start)
    assert bool(answer.content) == bool(start)
    assert len(sandbox.orders) == (phase == "after")
    assert [post.order_id for post in sandbox.posts] == (list(sandbox.orders) or [""])
    assert (await api.post(PLACE, json=goods)).json()["data"]["orderId"] in sandbox.orders


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("spec", ["reset", "truncate", "truncate=40", "truncate=0", "garbage"])
async def test_the_connection_breaks(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any], spec: str, phase: str
) -> None:
    kind, _, value = spec.partition("=")
    sandbox.faults.add(Fault(kind, "placeOrder", phase=phase, value=value))  # type: ignore[arg-type]
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await api.post(PLACE, json=goods)
    assert len(sandbox.orders) == (phase == "after")


async def test_a_reset_is_a_reset(
    sandbox: Sandbox, talk: Callable[..., Any], goods: dict[str, Any]
) -> None:
    sandbox.faults.add(Fault("reset"))
    with pytest.raises(ConnectionResetError):
        await talk(sandbox, b"GET /v3/ping HTTP/1.1\r\nHost: x\r\n\r\n")


async def test_a_reply_can_be_cut_after_any_byte(
    sandbox: Sandbox, talk: Callable[..., Any]
) -> None:
    request = b"GET /v3/ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    whole = await talk(sandbox, request)
    for length in (1, 17, len(whole) - 1, len(whole), len(whole) + 1):
        sandbox.faults.add(Fault("truncate", value=str(length)))
        cut = await talk(sandbox, request)
        assert len(cut) == min(length, len(whole))
    sandbox.faults.add(Fault("truncate"))
    head, _, body = (await talk(sandbox, request)).partition(b"\r\n\r\n")
    assert len(body) < int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])


@pytest.mark.parametrize("phase", ["before", "after"])
async def test_a_hanging_vendor_answers_nothing_and_stops_at_once(
    clock: Any, connect: Connect, wish: Any, phase: str
) -> None:
    sandbox = Sandbox(clock=clock)
    await sandbox.start()
    sandbox.faults.add(Fault.parse(f"hang@placeOrder:{phase}"))
    hung = asyncio.create_task(connect(sandbox).post(PLACE, json=wish(sandbox)))
    await sandbox.seen("placeOrder")
    assert len(sandbox.orders) == (phase == "after")
    assert not hung.done()
    await sandbox.stop()
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await hung


async def test_a_client_that_leaves_ends_the_hanging(
    api: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    sandbox.faults.add(Fault("hang"))
    hung = asyncio.create_task(api.get("/ping"))
    await sandbox.seen("ping")
    hung.cancel()
    await asyncio.wait([hung])
    await _no_connections()


async def test_a_slow_vendor_carries_out_the_order_although_the_client_left(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any], clock: Any
) -> None:
    sandbox.faults.add(Fault("slow", "placeOrder", seconds=90))
    slow = asyncio.create_task(api.post(PLACE, json=goods))
    await sandbox.seen("placeOrder")
    slow.cancel()
    await asyncio.wait([slow])
    assert sandbox.orders == {}
    clock.advance(90)
    await _no_connections()
    assert [post.order_id for post in sandbox.posts] == list(sandbox.orders)
    assert len(sandbox.orders) == 1


async def test_a_slow_answer_drips(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any], clock: Any
) -> None:
    sandbox.faults.add(Fault("slow", "placeOrder", "after", seconds=40))
    slow = asyncio.create_task(api.post(PLACE, json=goods))
    await sandbox.seen("placeOrder")
    assert len(sandbox.orders) == 1
    drips = 0
    while not slow.done():
        await asyncio.sleep(0)
        if clock._sleepers:
            clock.advance(2)
            drips += 1
    assert drips >= 19
    assert (await slow).json()["data"]["orderId"] in sandbox.orders


async def test_rate_limits_say_when_to_come_back_if_asked_to(
    api: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    sandbox.faults.add(Fault("ratelimit", seconds=7))
    sandbox.faults.add(Fault("ratelimit"))
    first, second = await api.get("/account/balance"), await api.get("/account/balance")
    assert first.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert first.headers["retry-after"] == "7"
    assert "retry-after" not in second.headers


async def test_a_client_that_follows_a_redirect_buys_twice(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any]
) -> None:
    sandbox.faults.add(Fault("redirect", phase="after"))
    answer = await api.post(PLACE, json=goods, follow_redirects=True)
    assert answer.status_code == 200
    assert len(sandbox.posts) == len(sandbox.orders) == 2


async def test_a_redirect_points_where_it_says(api: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("redirect", value="https://example.com/v3/ping"))
    answer = await api.get("/ping")
    assert answer.headers["location"] == "https://example.com/v3/ping"


async def test_an_order_can_be_late_in_the_list(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any], clock: Any
) -> None:
    sandbox.faults.add(Fault("late", seconds=30))
    order_id = (await api.post(PLACE, json=goods)).json()["data"]["orderId"]

    async def listed() -> list[str]:
        items = (await api.get("/gift-cards/list")).json()["data"]["items"]
        return [item["_id"] for item in items]

    assert (await api.get(f"/gift-cards/checkOrder/{order_id}")).status_code == 200
    clock.advance(29.9)
    assert await listed() == []
    clock.advance(0.1)
    assert await listed() == [order_id]


async def test_the_vendors_clock_can_be_wrong(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any]
) -> None:
    sandbox.faults.add(Fault("clock_skew", times=0, seconds=-3600))
    answer = await api.post(PLACE, json=goods)
    assert answer.json()["meta"]["timestamp"] == "2026-03-01T08:00:00.000Z"
    assert answer.headers["date"] == "Sun, 01 Mar 2026 08:00:00 GMT"
    sandbox.foreign_order(goods["productId"], goods["typeId"], 1)
    items = (await api.get("/gift-cards/list")).json()["data"]["items"]
    assert [item["time"] for item in items] == ["2026-03-01T08:00:00.000Z"] * 2
    assert [item["status"] for item in items] == ["HANDLING"] * 2


async def test_pages_can_come_in_no_order_and_still_hold_everything(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any]
) -> None:
    placed = [sandbox.foreign_order(goods["productId"], goods["typeId"], 1) for _ in range(9)]
    sandbox.faults.add(Fault("shuffle_pages", times=0))
    seen: list[str] = []
    for page in (1, 2, 3):
        answer = await api.get(f"/gift-cards/list?page={page}&pageSize=3")
        seen += [item["_id"] for item in answer.json()["data"]["items"]]
    assert sorted(seen) == sorted(placed)
    assert seen not in (placed, placed[::-1])


async def test_an_unknown_status(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any]
) -> None:
    order_id = sandbox.foreign_order(goods["productId"], goods["typeId"], 1)
    sandbox.faults.add(Fault("status", times=2, value="PAUSED"))
    listed = (await api.get("/gift-cards/list")).json()["data"]["items"][0]
    checked = (await api.get(f"/gift-cards/checkOrder/{order_id}")).json()["data"]
    assert listed["status"] == checked["status"] == "PAUSED"
    assert sandbox.orders[order_id].status == "HANDLING"


async def test_wrong_types_keep_the_envelope(api: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("wrong_types", times=0))
    validate = (await api.get("/validate")).json()
    assert validate["success"] is True
    assert validate["data"]["apiKey"]["isEnabled"] == "perhaps"
    assert (await api.get("/account/balance")).json()["data"] == {"balance": "many", "currency": 7}
    assert (await api.get("/gift-cards/list")).json()["data"]["items"] == "none"


async def test_hostile_text_is_in_every_text_and_in_no_identifier(
    api: httpx.AsyncClient, sandbox: Sandbox, goods: dict[str, Any]
) -> None:
    order_id = sandbox.foreign_order(goods["productId"], goods["typeId"], 1)
    sandbox.finish()
    sandbox.faults.add(Fault("hostile", times=0))
    catalogue = (await api.get("/gift-cards/catalog")).json()["data"]["categories"]
    text = json.dumps(catalogue, ensure_ascii=False)
    for poison in ("\\u001b]52", "\x9b31m", "[@click=app.quit]", "\u202e", "\\u0000", "two\\r\\n"):
        assert poison in text
    products = [product for category in catalogue for product in category["products"]]
    assert [each["id"] for each in products] == [each.id for each in sandbox.products]
    assert all(
        sent["title"].endswith(true.title) and sent["title"] != true.title
        for sent, true in zip(products, sandbox.products, strict=True)
    )
    order = (await api.get(f"/gift-cards/checkOrder/{order_id}")).json()["data"]
    assert (order["_id"], order["status"]) == (order_id, "FULFILLED")
    assert order["cards"][0]["value"] != "SANDBOX-CARD-1"
    refusal = (await api.get("/gift-cards/checkOrder/x")).json()["error"]
    assert refusal["code"] == "NOT_FOUND"
    assert refusal["message"] != "Order not found"


async def test_hostile_text_can_be_chosen(api: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault.parse("hostile@validate=[/]"))
    data = (await api.get("/validate")).json()["data"]
    assert data["username"] == "[/]demo_reseller"
    assert data["apiKey"]["key"] == DEMO_KEY


async def test_times_sent_are_utc_to_the_millisecond(connect: Connect, wish: Any) -> None:
    async with Sandbox() as sandbox:
        sandbox.foreign_order(wish(sandbox)["productId"], wish(sandbox)["typeId"], 1)
        answer = await connect(sandbox).get("/gift-cards/list")
        sent_time = datetime.fromisoformat(answer.json()["data"]["items"][0]["time"])
        assert abs(datetime.now(UTC) - sent_time) < timedelta(minutes=1)
        assert sent_time == next(iter(sandbox.orders.values())).time


async def _no_connections() -> None:
    """Wait until the vendor serves no one any more."""
    serving = [t for t in asyncio.all_tasks() if t.get_name() == "sandbox connection"]
    if serving:
        await asyncio.wait(serving, timeout=5)
    assert all(task.done() for task in serving)
