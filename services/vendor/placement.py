"""What became of one purchase, judged from what was seen of it; pure, and never from a guess.

Only two things decide: whether a byte may have left, and a whole answer that says yes or no in the
contract's words. Everything between the two is UNRESOLVED.
"""

import re
from datetime import datetime
from http import HTTPStatus
from typing import Literal

from msgspec import Struct

from services.vendor import wire
from services.vendor.envelope import Answer, Envelope, envelope
from services.vendor.error_codes import SENTENCES, code_of, sentence
from services.vendor.wire_values import UNREADABLE

Verdict = Literal["NOT_SENT", "REFUSED", "UNRESOLVED", "HANDLING"]

LARGEST_REPLY = 65_536
REFUSING = frozenset({400, 401, 402, 403, 404, 413, 422, 429})
_ORDER_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class Placement(Struct, frozen=True):
    """The outcome of one placeOrder. `server_time` is the vendor's clock (UTC) if it said it.

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
    server_time: datetime | None = None


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
            server_time=around.server_time,
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
        server_time=around.server_time,
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
        server_time=around.server_time,
    )
