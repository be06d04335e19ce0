"""One purchase on the wire: the last moment before its first byte, and what became of it.

It is judged from what was seen of it, never from a guess. Only two things decide: whether a byte
may have left, and a whole answer that says yes or no in the contract's words. Everything between
the two is UNRESOLVED.
"""

import re
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Literal

from msgspec import Struct

from services.vendor import wire
from services.vendor.envelope import Answer, Envelope, envelope
from services.vendor.error_codes import SENTENCES, code_of, sentence
from services.vendor.patience import TUNNEL
from services.vendor.wire_values import UNREADABLE

Verdict = Literal["NOT_SENT", "REFUSED", "UNRESOLVED", "HANDLING"]

LARGEST_REPLY = 65_536
LINGER_NOT = struct.pack("ii", 1, 0)
UNACKNOWLEDGED_MS = 15_000
REFUSING = frozenset({400, 401, 402, 403, 404, 413, 422, 429})
_ORDER_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class Placement(Struct, frozen=True):
    """The outcome of one placeOrder.

    `code` is the vendor's, or says what was seen instead (`NO_ANSWER`, `BAD_REPLY`, `HTTP_502`);
    `message` is a sentence without its full stop.
    """

    verdict: Verdict
    sent: bool
    order_id: str = ""
    code: str = ""
    message: str = ""
    request_id: str = ""
    http_status: int = 0


class PlacementAttempt:
    """What is known of a purchase while it is under way, for a caller that is cancelled meanwhile.

    Attributes:
        sent: whether bytes of the request may have left; never goes back to False.
        status: the answer's HTTP status, 0 before its headers are in.
        date: its Date header.
        retry_after: its Retry-After header.
        request_id: its X-Request-Id header.
        body: what came of its body, cut where it grew past `LARGEST_REPLY`.
        whole: whether it arrived to its end.
    """

    def __init__(self) -> None:
        self.sent = False
        self.status = 0
        self.date = ""
        self.retry_after = ""
        self.request_id = ""
        self.body = bytearray()
        self.whole = False

    @property
    def answer(self) -> Answer:
        """The answer as far as it came."""
        return Answer(
            status=self.status,
            body=bytes(self.body),
            date=self.date,
            retry_after=self.retry_after,
            request_id=self.request_id,
        )

    def verdict(self, failure: str = "") -> Placement:
        """Judge what is known now; `failure` says in words what ended it, if something did."""
        if self.whole:
            return classify(self.answer)
        if not self.sent:
            return Placement("NOT_SENT", sent=False, message=failure or "Nothing was sent")
        if not self.status:
            return Placement(
                "UNRESOLVED", sent=True, code="NO_ANSWER", message=failure or "No answer came"
            )
        words = "The vendor's answer was cut short"
        if len(self.body) > LARGEST_REPLY:
            words = "The vendor's answer is too large"
        return _unresolved(self.answer, envelope(self.answer), "BAD_REPLY", words)


class SendHook:
    """Watches one purchase go over the wire: the hook before it, and its answer's end.

    It hangs on the order of httpcore's trace events; a test pins that.
    """

    def __init__(self, hook: Callable[[], Awaitable[None]], attempt: PlacementAttempt) -> None:
        """Watch for `attempt`, awaiting `hook` before a byte of the purchase leaves."""
        self.stopped_by: Exception | None = None
        self.beyond_proxy = False
        self._hook = hook
        self._attempt = attempt

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take one event of httpcore; raising keeps back what the event announces."""
        if event == "connection.connect_tcp.complete":
            # Set here, not by the transport: that one forgets socket options behind a proxy.
            cut_when_closed(info["return_value"].get_extra_info("socket"))
        elif event == "http11.send_request_headers.started":
            # A proxy's CONNECT passes here before the purchase and carries nothing of it.
            if info["request"].method == b"POST":
                await self._announce()
        elif event == TUNNEL:
            self.beyond_proxy = True
        elif event == "http11.receive_response_body.complete":
            self._attempt.whole = len(self._attempt.body) <= LARGEST_REPLY

    async def _announce(self) -> None:
        if self._attempt.sent:
            raise RuntimeError("a purchase is sent once")
        try:
            await self._hook()
        except Exception as error:
            self.stopped_by = error
            raise
        self._attempt.sent = True


def cut_when_closed(connection: socket.socket) -> None:
    """Make closing drop what the kernel has not delivered, and give up on a dead line in 15 s.

    Otherwise the kernel can deliver a purchase long after its process gave up, or died.
    """
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)


def classify(answer: Answer) -> Placement:
    """Judge a whole answer to placeOrder, as the purchase protocol's table says."""
    around = envelope(answer)
    status = answer.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return _success(answer, around)
    if status in REFUSING and around.success is False and around.code in SENTENCES:
        return Placement(
            "REFUSED",
            sent=True,
            code=around.code,
            message=str(sentence(around)),
            request_id=around.request_id,
            http_status=status,
        )
    words = f"The vendor answered HTTP {status}"
    if around.message:
        words = f"{words}: {around.message}"
    return _unresolved(answer, around, code_of(answer, around), words)


def _success(answer: Answer, around: Envelope) -> Placement:
    order_id = _plausible_id(around) if around.success is True else ""
    if not order_id:
        words = "The vendor's answer names no order"
        return _unresolved(answer, around, around.code or "BAD_REPLY", words)
    return Placement(
        "HANDLING",
        sent=True,
        order_id=order_id,
        request_id=around.request_id,
        http_status=answer.status,
    )


def _plausible_id(around: Envelope) -> str:
    try:
        order_id = wire.placed(around.data)
    except UNREADABLE:
        return ""
    return order_id if _ORDER_ID.fullmatch(order_id) else ""


def _unresolved(answer: Answer, around: Envelope, code: str, words: str) -> Placement:
    return Placement(
        "UNRESOLVED",
        sent=True,
        code=code,
        message=words,
        request_id=around.request_id,
        http_status=answer.status,
    )
