"""One purchase: the moment before its first byte, one sending, the verdict on what came back."""

import asyncio
import json
import socket
import struct

import httpx
import pytest

from services.domain.errors import JournalFailed
from services.sandbox import Fault
from services.system.route import Route
from services.vendor.placement import PlacementAttempt, SendHook, cut_when_closed
from services.vendor.rate_limit import RateLimit

ORDER_ID = "6901616fe9e88196b4eb64b3"
PLACED = {
    "success": True,
    "data": {"orderId": ORDER_ID},
    "meta": {"timestamp": "2025-10-29T01:00:01.000Z"},
    "requestId": "req_7",
}


def error(code, message="no"):
    return {
        "success": False,
        "error": {"code": code, "message": message},
        "requestId": "req_8",
    }


async def nothing():
    """A journal that always commits."""


def buy(client, sending=nothing, **more):
    return client.place("p1", "t1", 2, sending=sending, **more)


async def give_up(client, raw, later):
    """Buy, and let the deadline pass once the vendor holds the whole request."""
    buying = asyncio.create_task(buy(client, deadline=5))
    await raw.got.wait()
    later(5)
    return await buying


async def test_a_purchase_that_is_answered_is_being_handled(raw, client):
    raw.answers(200, PLACED)
    placement = await buy(client)
    assert placement.verdict == "HANDLING"
    assert placement.sent
    assert placement.order_id == ORDER_ID
    assert placement.request_id == "req_7"
    assert client.server_offset.total_seconds() == 1


async def test_what_is_sent_is_the_contracts_request(raw, client, key):
    raw.answers(200, PLACED)
    await buy(client)
    request = raw.requests[0]
    assert request.line == "POST /v3/gift-cards/placeOrder HTTP/1.1"
    assert request.header("x-access-token") == key
    assert request.header("content-type") == "application/json"
    assert request.header("accept-encoding") == "identity"
    assert request.header("connection") == "close"
    assert json.loads(request.body) == {"productId": "p1", "typeId": "t1", "quantity": 2}


async def test_each_purchase_has_a_connection_of_its_own(raw, client):
    raw.answers(200, PLACED)
    for _ in range(3):
        await buy(client)
    assert [request.connection for request in raw.requests] == [1, 2, 3]


async def test_the_hook_runs_when_connected_and_before_the_first_byte(raw, client):
    raw.answers(200, PLACED)
    seen = []

    async def sending():
        # A whole round trip on another connection: bytes sent before would have arrived.
        reader, writer = await asyncio.open_connection(*raw.url[7:-3].split(":"))
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        await reader.readexactly(1)
        writer.close()
        await writer.wait_closed()
        seen.append([request.line for request in raw.requests])

    await buy(client, sending)
    assert seen == [["GET / HTTP/1.1"]]
    assert [request.line[:4] for request in raw.requests] == ["GET ", "POST"]
    assert raw.connections == 2


async def test_a_hook_that_fails_keeps_the_purchase_back(raw, client):
    raw.answers(200, PLACED)

    async def sending():
        raise JournalFailed("The disk is full")

    attempt = PlacementAttempt()
    with pytest.raises(JournalFailed):
        await buy(client, sending, attempt=attempt)
    await raw.gone.wait()
    assert raw.connections == 1
    assert raw.received == 0
    assert not attempt.sent


async def test_the_hooks_own_bug_is_not_taken_for_a_bad_line(raw, client):
    async def sending():
        raise TimeoutError("a lock of ours")

    with pytest.raises(TimeoutError, match="a lock of ours"):
        await buy(client, sending)
    assert raw.received == 0


async def test_the_order_of_httpcores_events_is_the_one_we_rely_on(raw):
    raw.answers(200, PLACED)
    events = []

    async def trace(event, info):
        events.append(event)
        if event == "http11.send_request_headers.started":
            assert info["request"].method == b"POST"
            assert raw.received == 0

    async with httpx.AsyncClient(trust_env=False) as plain:
        await plain.post(f"{raw.url}/x", content=b"{}", extensions={"trace": trace})
    assert events == [
        "connection.connect_tcp.started",
        "connection.connect_tcp.complete",
        "http11.send_request_headers.started",
        "http11.send_request_headers.complete",
        "http11.send_request_body.started",
        "http11.send_request_body.complete",
        "http11.receive_response_headers.started",
        "http11.receive_response_headers.complete",
        "http11.receive_response_body.started",
        "http11.receive_response_body.complete",
        "http11.response_closed.started",
        "http11.response_closed.complete",
    ]


async def test_a_proxys_handshake_is_not_the_purchase():
    called = []

    async def sending():
        called.append(True)

    attempt = PlacementAttempt()
    watch = SendHook(sending, attempt)
    info = {"request": httpx.Request("CONNECT", "https://vendor.test")}
    info["request"].method = b"CONNECT"
    await watch.trace("http11.send_request_headers.started", info)
    assert (called, attempt.sent) == ([], False)
    info["request"].method = b"POST"
    await watch.trace("http11.send_request_headers.started", info)
    assert (called, attempt.sent) == ([True], True)
    with pytest.raises(RuntimeError, match="once"):
        await watch.trace("http11.send_request_headers.started", info)
    assert called == [True]


async def test_a_proxy_that_opens_no_tunnel_means_not_sent(raw, make_client):
    raw.answers(407, b"")
    client = make_client("https://vendor.test/v3", route=Route(proxy=raw.url.removesuffix("/v3")))
    placement = await buy(client)
    assert (placement.verdict, placement.sent) == ("NOT_SENT", False)
    assert placement.message == "The proxy wants a name and a password"
    assert [request.line for request in raw.requests] == ["CONNECT vendor.test:443 HTTP/1.1"]


async def test_a_tunnel_without_a_secure_connection_means_not_sent(raw, make_client):
    raw.says(b"HTTP/1.1 200 OK\r\n\r\nthis is no handshake", then="close")
    client = make_client("https://vendor.test/v3", route=Route(proxy=raw.url.removesuffix("/v3")))
    placement = await buy(client)
    assert (placement.verdict, placement.sent) == ("NOT_SENT", False)
    assert "the secure connection failed" in placement.message


async def test_behind_a_proxy_too_a_line_that_is_given_up_is_cut(raw, make_client, later):
    raw.hangs()
    client = make_client("http://vendor.test/v3", route=Route(proxy=raw.url.removesuffix("/v3")))
    assert (await give_up(client, raw, later)).verdict == "UNRESOLVED"
    await raw.gone.wait()
    assert raw.ended == ["reset"]
    assert raw.requests[0].line == "POST http://vendor.test/v3/gift-cards/placeOrder HTTP/1.1"


@pytest.mark.parametrize("then", ["close", "reset"])
async def test_no_answer_after_sending_is_unresolved_and_never_repeated(raw, client, then):
    raw.says(b"", then=then)
    placement = await buy(client)
    assert (placement.verdict, placement.sent, placement.code) == ("UNRESOLVED", True, "NO_ANSWER")
    assert "Could not reach the vendor" in placement.message
    assert len(raw.requests) == 1


async def test_a_surplus_answer_does_not_reach_the_next_purchase(raw, client, http_bytes):
    other = PLACED | {"data": {"orderId": "another-order-1"}}
    raw.says(http_bytes(200, PLACED) + http_bytes(200, other))
    raw.answers(200, PLACED)
    assert (await buy(client)).order_id == ORDER_ID
    assert (await buy(client)).order_id == ORDER_ID


async def test_an_early_refusal_is_read_though_the_request_was_not(raw, client):
    raw.answers(400, error("ERR_STOCK"), then="close")
    assert (await buy(client)).verdict == "REFUSED"


async def test_a_refused_connection_is_not_sent(make_client, refused_url):
    called = []

    async def sending():
        called.append(True)

    placement = await buy(make_client(refused_url), sending)
    assert (placement.verdict, placement.sent) == ("NOT_SENT", False)
    assert placement.message == "Could not reach the vendor: the connection was refused"
    assert called == []


async def test_the_deadline_after_sending_is_unresolved_and_cuts_the_line(raw, client, later):
    raw.hangs()
    placement = await give_up(client, raw, later)
    assert (placement.verdict, placement.code) == ("UNRESOLVED", "NO_ANSWER")
    await raw.gone.wait()
    # Reset, not closed: nothing that the kernel still held can arrive later.
    assert raw.ended == ["reset"]


async def test_a_drip_ends_at_the_deadline_and_keeps_what_was_readable(raw, client, later):
    raw.says(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"success"', then="hang")
    attempt = PlacementAttempt()
    buying = asyncio.create_task(buy(client, attempt=attempt, deadline=5))
    while not attempt.body:  # noqa: ASYNC110 - what arrives there has no event
        await asyncio.sleep(0)
    later(5)
    placement = await buying
    assert (placement.verdict, placement.http_status) == ("UNRESOLVED", 200)
    assert placement.code == "BAD_REPLY"


async def test_the_deadline_in_the_hook_is_not_sent(raw, client, later):
    async def stuck():
        later(5)
        await asyncio.Event().wait()

    placement = await buy(client, stuck, deadline=5)
    assert (placement.verdict, placement.sent) == ("NOT_SENT", False)
    assert raw.received == 0


async def test_a_cancelled_purchase_tells_whether_it_was_sent(raw, client):
    raw.hangs()
    attempt = PlacementAttempt()
    buying = asyncio.create_task(buy(client, attempt=attempt))
    await raw.got.wait()
    buying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await buying
    assert attempt.verdict().verdict == "UNRESOLVED"


async def test_a_purchase_cancelled_in_the_hook_was_not_sent(raw, client):
    attempt, reached = PlacementAttempt(), asyncio.Event()

    async def sending():
        reached.set()
        await asyncio.Event().wait()

    buying = asyncio.create_task(buy(client, sending, attempt=attempt))
    await reached.wait()
    buying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await buying
    await raw.gone.wait()
    assert attempt.verdict().verdict == "NOT_SENT"
    assert raw.received == 0


async def test_a_failure_after_a_whole_answer_changes_nothing(raw, client, monkeypatch):
    raw.answers(200, PLACED)

    close = httpx.Response.aclose

    async def broken(self):
        await close(self)
        raise OSError("closing failed")

    monkeypatch.setattr(httpx.Response, "aclose", broken)
    assert (await buy(client)).verdict == "HANDLING"


async def test_a_purchase_waits_for_no_slot(raw, make_client, clock):
    raw.answers(200, {"success": True, "data": {"balance": 1}})
    raw.answers(200, PLACED)
    limit = RateLimit(None, clock, per_minute=1, per_second=0.1)
    client = make_client(raw.url, limit=limit)
    await client.balance()
    await limit.hold(600)
    assert (await buy(client)).verdict == "HANDLING"
    assert clock.slept == []


PLACING_FAULTS = [
    "reset",
    "truncate",
    "garbage",
    "html502",
    "http500",
    "http503",
    "empty",
    "not_json",
    "redirect",
    "no_order_id",
    "wrong_types",
]


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("fault", PLACING_FAULTS)
async def test_each_fault_of_the_embedded_vendor_leaves_a_purchase_unresolved(
    sandbox, desk, fault, phase
):
    product = sandbox.products[0]
    kind = (await desk.stock(product.id)).denominations[0]
    sandbox.set_stock(kind.id, 5)
    sandbox.faults.add(Fault(fault, endpoint="placeOrder", phase=phase, times=0))
    placement = await desk.place(product.id, kind.id, 1, sending=nothing)
    assert placement.verdict == "UNRESOLVED"
    assert len(sandbox.posts) == 1


async def test_the_embedded_vendor_sells(sandbox, desk):
    product = sandbox.products[0]
    kind = (await desk.stock(product.id)).denominations[0]
    sandbox.set_stock(kind.id, 1)
    placement = await desk.place(product.id, kind.id, 1, sending=nothing)
    assert placement.order_id in sandbox.orders
    refusal = await desk.place(product.id, kind.id, 1, sending=nothing)
    assert (refusal.verdict, refusal.code) == ("REFUSED", "ERR_STOCK")


def test_a_line_that_is_dead_is_given_up_and_nothing_is_delivered_later():
    with socket.socket() as line:
        cut_when_closed(line)
        linger = line.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
        assert struct.unpack("ii", linger) == (1, 0)
        assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 15_000
