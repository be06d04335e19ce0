"""What a whole answer to a read is worth: its value, or the error that says why there is none."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar

from services.envelope import Answer, Envelope
from services.errors import BadReply
from services.failures import read_failure
from services.text import clean
from services.vendor_values import LONGEST_SENTENCE, UNREADABLE

T = TypeVar("T")


class Reading:
    """One GET on the wire: whether its connection was an old one, and how far the answer came."""

    def __init__(self) -> None:
        self.reused = True
        self.answering = False

    async def trace(self, event: str, _info: Mapping[str, Any]) -> None:
        """Take one event of httpcore."""
        if event == "connection.connect_tcp.started":
            self.reused = False


def good(answer: Answer) -> bool:
    """Whether the answer's status is one of success."""
    return HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES


def value_of(
    answer: Answer, around: Envelope, convert: Callable[[Envelope], T], now: datetime
) -> T:
    """Return what an answer holds.

    Args:
        answer: a whole answer to a read.
        around: its envelope.
        convert: makes the value of it, or raises one of `UNREADABLE`.
        now: the time that a Retry-After date is relative to, aware UTC.

    Raises:
        DeskError: what an error answer means; BadReply for one that is not as the contract says.
    """
    if not good(answer):
        raise read_failure(answer, around, now)
    reason = around.unreadable or "it does not say success"
    if around.success:
        try:
            return convert(around)
        except UNREADABLE as bad:
            reason = clean(str(bad), LONGEST_SENTENCE)
    # Raised out here, so that no chained exception drags the answer's text along.
    raise BadReply(
        f"The vendor's answer cannot be used: {reason}",
        code=around.code,
        request_id=around.request_id,
    )
