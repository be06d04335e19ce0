"""The socket itself: keep-alive, malformed and oversized requests, quitting, where it binds."""

import asyncio
import errno
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from services.domain.errors import ConfigError
from services.sandbox import DEMO_KEY, Sandbox
from services.system.host_limits import HostLimit

Talk = Callable[..., Any]
PING = b"GET /v3/ping HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"hello\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n", b"400"),
        (b"GET /" + b"a" * 20_000, b"431"),
        (b"GET //[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"404"),
        (b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nConnection: close\r\n\r\n", b"404"),
        (b"GET /v3/ping HTTP/1.0\r\n\r\n", b"200"),
        (PING + b"Connection: close\r\n\r\n", b"200"),
    ],
)
async def test_any_bytes_get_an_answer_and_the_vendor_goes_on(
    sandbox: Sandbox, talk: Talk, data: bytes, status: bytes
) -> None:
    answer = await talk(sandbox, data)
    assert answer.split(b" ", 2)[1] == status
    assert b"200 " in await talk(sandbox, PING + b"Connection: close\r\n\r\n")


async def test_requests_follow_each_other_on_one_connection(sandbox: Sandbox, talk: Talk) -> None:
    answers = await talk(sandbox, PING + b"\r\n" + PING + b"Connection: close\r\n\r\n")
    assert answers.count(b"HTTP/1.1 200 ") == 2
    assert sandbox.requests["GET", "ping"] == 2


async def test_a_client_may_ask_before_it_sends_its_body(sandbox: Sandbox, talk: Talk) -> None:
    parts = urlsplit(sandbox.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = (
        f"POST /v3/gift-cards/placeOrder HTTP/1.1\r\nHost: x\r\nX-Access-Token: {DEMO_KEY}\r\n"
        "Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode())
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 \r\n\r\n"
    writer.write(b"{}")
    assert b" 400 " in await reader.read()
    writer.close()
    await writer.wait_closed()


async def test_a_large_body_is_refused_and_a_huge_one_cut_off(sandbox: Sandbox, talk: Talk) -> None:
    def post(size: int) -> bytes:
        head = (
            f"POST /v3/gift-cards/placeOrder HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n"
        )
        return head.encode() + b" " * size

    assert b" 413 " in (await talk(sandbox, post(100_000)))[:20]
    with pytest.raises(ConnectionError):
        await talk(sandbox, post(3_000_000))
    assert [(post.body, post.order_id) for post in sandbox.posts] == [(None, ""), (None, "")]


async def test_a_purchase_whose_body_never_comes_is_noted(sandbox: Sandbox) -> None:
    parts = urlsplit(sandbox.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = "POST /v3/gift-cards/placeOrder HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{"
    writer.write(head.encode())
    writer.write_eof()
    assert b" 400 " in await reader.read()
    writer.transport.abort()
    assert [(post.body, post.order_id) for post in sandbox.posts] == [(None, "")]


async def test_stopping_closes_idle_half_sent_and_unread_connections(
    clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox = Sandbox(clock=clock)
    await sandbox.start()
    parts = urlsplit(sandbox.url)
    opened = [await asyncio.open_connection(parts.hostname, parts.port) for _ in range(3)]
    opened[1][1].write(PING)
    catalogue = (
        f"GET /v3/gift-cards/catalog HTTP/1.1\r\nHost: x\r\nX-Access-Token: {DEMO_KEY}\r\n\r\n"
    )
    opened[2][1].write(catalogue.encode() * 200)
    await sandbox.seen("catalog")
    await asyncio.wait_for(sandbox.stop(), 5)
    for reader, writer in opened:
        await asyncio.gather(reader.read(), return_exceptions=True)
        writer.transport.abort()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert [task for task in others if task.get_name() == "sandbox connection"] == []
    assert caplog.get_records("call") == []


async def test_a_stopped_vendor_is_gone_and_can_start_again(sandbox: Sandbox, talk: Talk) -> None:
    await sandbox.stop()
    with pytest.raises(ConnectionRefusedError):
        await talk(sandbox, PING + b"\r\n")
    await sandbox.stop()
    assert await sandbox.start() == sandbox.url
    assert b"200 " in await talk(sandbox, PING + b"Connection: close\r\n\r\n")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", "", "127.0.0.1.x"])
async def test_it_binds_to_loopback_only(host: str) -> None:
    with pytest.raises(ConfigError, match="loopback only"):
        await Sandbox().start(host)


async def test_a_port_that_is_taken_is_said_in_a_sentence(sandbox: Sandbox) -> None:
    port = urlsplit(sandbox.url).port
    assert port is not None
    for wrong in (port, 70_000, -1):
        with pytest.raises(ConfigError, match="cannot listen"):
            await Sandbox().start(port=wrong)


async def test_a_bug_in_the_vendor_is_an_internal_error_and_nothing_is_printed(
    sandbox: Sandbox,
    talk: Talk,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("bug")

    monkeypatch.setattr(sandbox._world, "listed", fail)
    request = f"GET /v3/gift-cards/list HTTP/1.1\r\nHost: x\r\nX-Access-Token: {DEMO_KEY}\r\n"
    with caplog.at_level(logging.ERROR):
        answer = await talk(sandbox, request.encode() + b"Connection: close\r\n\r\n")
    assert b" 500 " in answer
    assert "INTERNAL_SERVER_ERROR" in answer.decode()
    assert capfd.readouterr() == ("", "")


async def test_a_machine_without_open_files_is_no_wrong_port(monkeypatch) -> None:
    async def refused(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(asyncio, "start_server", refused)
    with pytest.raises(HostLimit, match="ulimit -n"):
        await Sandbox().start()
