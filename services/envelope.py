"""What stands around every answer of the vendor: success, data, error, requestId, its clock."""

from datetime import datetime
from typing import Any, TypeVar

from msgspec import Raw, Struct, json

from services.vendor_values import (
    LONGEST_ID,
    LONGEST_SENTENCE,
    LONGEST_WORD,
    UNREADABLE,
    Loose,
    header_moment,
    label,
    moment_or_none,
)

T = TypeVar("T")


class Answer(Struct, frozen=True):
    """One whole HTTP answer: its status, the headers that matter here, the body as it came."""

    status: int
    body: bytes
    date: str = ""
    retry_after: str = ""


class Envelope(Struct, frozen=True):
    """An answer's envelope. All text is cleaned and cut; `server_time` is UTC.

    `success` is None unless the vendor wrote true or false. `code`, `message` and `details` are
    those of its `error`. `unreadable` says why the answer is none of the vendor's, if it is not.
    """

    success: bool | None = None
    data: Raw = Raw()
    code: str = ""
    message: str = ""
    details: dict[str, Any] = {}
    request_id: str = ""
    server_time: datetime | None = None
    unreadable: str = ""


class _Envelope(Struct, rename="camel"):
    success: Any = None
    data: Raw = Raw()
    error: Raw = Raw()
    meta: Raw = Raw()
    request_id: Any = None


class _Error(Struct):
    code: Any = None
    message: Any = None
    details: Raw = Raw()


class _Meta(Struct):
    timestamp: Loose = None


def envelope(answer: Answer) -> Envelope:
    """Read what stands around an answer's data; `unreadable` says so when there is nothing."""
    date = header_moment(answer.date)
    if not answer.body.strip():
        return Envelope(unreadable="it is empty", server_time=date)
    try:
        outer = json.decode(answer.body, type=_Envelope)
    except UNREADABLE:
        return Envelope(unreadable="it is not the JSON it should be", server_time=date)
    error = _lenient(outer.error, _Error) or _Error()
    meta = _lenient(outer.meta, _Meta) or _Meta()
    return Envelope(
        success=outer.success if isinstance(outer.success, bool) else None,
        data=outer.data,
        code=label(error.code, LONGEST_WORD),
        message=label(error.message, LONGEST_SENTENCE).strip(" ."),
        details=_lenient(error.details, dict[str, Any]) or {},
        request_id=label(outer.request_id, LONGEST_ID),
        server_time=moment_or_none(meta.timestamp) or date,
    )


def decode(data: Raw, shape: type[T]) -> T:
    """Decode an answer's data into a shape; raises ValueError or RecursionError."""
    if not bytes(data):
        raise ValueError("it holds no data")
    return json.decode(data, type=shape)


def _lenient(data: Raw, shape: type[T]) -> T | None:
    try:
        return decode(data, shape)
    except UNREADABLE:
        return None
