"""The loopback socket: HTTP/1.1 with h11, kept-alive connections, and every way to break one."""

import asyncio
import errno
import ipaddress
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime

import h11
from msgspec import Struct

from services.domain.errors import ConfigError
from services.sandbox.responses import SandboxResponse, router_error
from services.system.clock import Clock
from services.system.host_limits import host_limit

CHUNK = 65_536
LARGEST_HEAD = 16_384
LARGEST_BODY = 65_536
# What a client may still send of a body that is refused, so that it can read the refusal.
LARGEST_SURPLUS = 1_048_576
PATIENCE = 60.0
DRIPS = 20
MANNERS = frozenset({"reset", "hang", "truncate", "garbage", "slow"})
_RESET = struct.pack("ii", 1, 0)
_GARBAGE = b"\x00\xff\x16\x03\x01 this is no HTTP \r\n\r\n"


class HttpRequest(Struct, frozen=True):
    """The head of a request, as it came in; header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    peer: str


class ResponsePlan(Struct, frozen=True):
    """An answer and the way it goes out.

    Attributes:
        date: the vendor's clock (UTC) for the Date header.
        manner: empty, or one of `MANNERS`: how the connection fails.
        seconds: for how long a slow answer drips.
        cut: the end of the slice that truncate sends, None for half of the body.
    """

    answer: SandboxResponse
    date: datetime
    manner: str = ""
    seconds: float = 0
    cut: int | None = None


Finish = Callable[[bytes], Awaitable[ResponsePlan]]
Begin = Callable[[HttpRequest], Finish]


class Listener:
    """Accepts connections on a loopback address and answers them until it is stopped.

    Args:
        begin: called when a request's head is in; what it returns is awaited with the whole body.
        clock: tells the time of errors and drips slow answers.
    """

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> str:
        """Begin to listen and return `HOST:PORT`.

        Raises:
            ConfigError: if the host is no loopback address or the port cannot be had.
        """
        address = _loopback(host)
        try:
            self._server = await asyncio.start_server(self._accept, address, port)
            if not self._server.sockets:
                # asyncio passes over a socket that the system did not give.
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        except (OSError, OverflowError) as error:
            if limit := host_limit(error):
                raise limit from error
            reason = error.strerror if isinstance(error, OSError) else "no such port"
            raise ConfigError(
                f"The sandbox cannot listen on {address} port {port}: {reason}",
                advice="Choose another port; 0 takes a free one.",
            ) from error
        bound = self._server.sockets[0].getsockname()[1]
        return f"[{address}]:{bound}" if ":" in address else f"{address}:{bound}"

    async def stop(self) -> None:
        """Close the socket and every connection at once, whatever they are doing."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None:
            writer.transport.abort()
            return
        connection = _Connection(reader, writer, self._begin, self._clock)
        task = asyncio.create_task(connection.serve(), name="sandbox connection")
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)


class _Connection:
    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        begin: Begin,
        clock: Clock,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._begin = begin
        self._clock = clock
        self._peer = str(writer.get_extra_info("peername", ("",))[0])
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=LARGEST_HEAD)

    async def serve(self) -> None:
        try:
            while await self._exchange():
                self._http.start_next_cycle()
            await self._leave()
        except h11.RemoteProtocolError as error:
            await self._complain(error.error_status_hint, "The request is not HTTP/1.1")
        except (OSError, TimeoutError):
            pass
        finally:
            self._writer.transport.abort()
            with suppress(OSError):
                await self._writer.wait_closed()

    async def _exchange(self) -> bool:
        """Take one request and answer it; tell whether another may follow."""
        async with asyncio.timeout(PATIENCE):
            event = await self._next_event()
            if not isinstance(event, h11.Request):
                return False
            headers = {
                name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers
            }
            request = HttpRequest(
                event.method.decode("ascii"), event.target.decode("latin-1"), headers, self._peer
            )
            finish = self._begin(request)
            body = await self._body()
        if body is None:
            await self._complain(413, "The body is too large")
            return False
        return await self._deliver(await finish(body), request.method)

    async def _next_event(self) -> object:
        while True:
            event = self._http.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self._http.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=100, headers=[])
                self._writer.write(self._http.send(go_on) or b"")
            self._http.receive_data(await self._reader.read(CHUNK))

    async def _body(self) -> bytes | None:
        """Read the whole body; None if it is larger than any request needs."""
        kept = bytearray()
        size = 0
        while isinstance(event := await self._next_event(), h11.Data):
            size += len(event.data)
            if size <= LARGEST_BODY:
                kept += event.data
            elif size > LARGEST_SURPLUS:
                raise ConnectionAbortedError
        return bytes(kept) if size <= LARGEST_BODY else None

    async def _deliver(self, delivery: ResponsePlan, method: str) -> bool:
        match delivery.manner:
            case "reset":
                sock = self._writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                return False
            case "hang":
                while await self._reader.read(CHUNK):
                    pass
                return False
            case "garbage":
                await self._send(_GARBAGE)
                return False
            case _:
                pass
        head, body = self._rendered(delivery.answer, delivery.date, method)
        if delivery.manner == "truncate":
            whole = head + body
            cut = len(head) + len(body) // 2 if delivery.cut is None else delivery.cut
            await self._send(whole[:cut])
            return False
        if delivery.manner == "slow":
            await self._drip(head + body, delivery.seconds)
        else:
            await self._send(head + body)
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    def _rendered(
        self, answer: SandboxResponse, date: datetime, method: str
    ) -> tuple[bytes, bytes]:
        payload = b"" if method == "HEAD" else answer.payload()
        headers = [
            ("Date", format_datetime(date.astimezone(UTC), usegmt=True)),
            ("Content-Type", answer.content_type),
            ("Content-Length", str(len(payload))),
            *answer.headers,
        ]
        head = self._http.send(h11.Response(status_code=answer.status, headers=headers)) or b""
        body = (self._http.send(h11.Data(data=payload)) or b"") if payload else b""
        self._http.send(h11.EndOfMessage())
        return head, body

    async def _drip(self, data: bytes, seconds: float) -> None:
        step = -(-len(data) // DRIPS)
        for at in range(0, len(data), step):
            await self._send(data[at : at + step])
            await self._clock.sleep(seconds / DRIPS)

    async def _send(self, data: bytes) -> None:
        self._writer.write(data)
        async with asyncio.timeout(PATIENCE):
            await self._writer.drain()

    async def _complain(self, status: int, message: str) -> None:
        """Answer what is no request of ours, if an answer can still be sent."""
        if self._http.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        with suppress(OSError, TimeoutError):
            answer = router_error(status, message)
            head, body = self._rendered(answer, self._clock.now(), "GET")
            await self._send(head + body)
            await self._leave()

    async def _leave(self) -> None:
        """Close in good order: everything written goes out before the connection ends."""
        self._writer.close()
        async with asyncio.timeout(PATIENCE):
            await self._writer.wait_closed()


def _loopback(host: str) -> str:
    """Return the address to bind.

    Raises:
        ConfigError: for whatever could be reached from another machine.
    """
    address = "127.0.0.1" if host == "localhost" else host
    try:
        if ipaddress.ip_address(address).is_loopback:
            return address
    except ValueError:
        pass
    raise ConfigError(
        f"The sandbox listens on loopback only, not on {host[:60]!r}",
        advice="Leave the host out, or use 127.0.0.1.",
    )
