"""What every answer of the vendor is wrapped in: success, data, error, requestId, its clock.

On the way something can have packed it as well.
"""

import codecs
import zlib
from datetime import datetime
from typing import Any, TypeVar, cast

from msgspec import Raw, Struct, json

from services.domain.errors import BadReply
from services.domain.models import LONGEST_ID
from services.domain.text import clean
from services.vendor.wire_values import (
    LONGEST_SENTENCE,
    LONGEST_WORD,
    UNREADABLE,
    header_moment,
    label,
    moment_or_none,
)

T = TypeVar("T")
PLAIN = ("", "identity")


class Answer(Struct, frozen=True):
    """One whole HTTP answer: its status, the headers that matter here, the body as it came."""

    status: int
    body: bytes
    date: str = ""
    retry_after: str = ""
    request_id: str = ""


class Envelope(Struct, frozen=True):
    """An answer's envelope. All text is cleaned and cut; `server_time` is UTC.

    `success` is None unless the vendor wrote true or false. `code`, `message` and `details` are
    those of its `error`; the code is in upper case with underscores, however it was written, and
    the message can come from the top of the answer, or be all that the error is. `request_id` is
    the body's, else that of its `meta` or of the header `X-Request-Id`: live answers carry each.
    `pagination` is the first that is outside of the data: in `meta`, at the top, or `meta`
    itself; its fields say whether it is one.
    `unreadable` says why the answer is none of the vendor's, if it is not.
    """

    success: bool | None = None
    data: Raw = Raw()
    code: str = ""
    message: str = ""
    details: dict[str, Any] = {}
    request_id: str = ""
    server_time: datetime | None = None
    pagination: Raw = Raw()
    unreadable: str = ""


class _Envelope(Struct, rename="camel"):
    success: Any = None
    data: Raw = Raw()
    error: Raw = Raw()
    message: Raw = Raw()
    meta: Raw = Raw()
    pagination: Raw = Raw()
    request_id: Any = None


class _Error(Struct):
    code: Any = None
    message: Raw = Raw()
    details: Raw = Raw()


class _Meta(Struct, rename="camel"):
    timestamp: Any = None
    request_id: Any = None
    pagination: Raw = Raw()


def envelope(answer: Answer) -> Envelope:
    """Read what is around an answer's data; `unreadable` says so when there is nothing."""
    date, request_id = header_moment(answer.date), label(answer.request_id, LONGEST_ID)
    if not answer.body.strip():
        return Envelope(unreadable="it is empty", server_time=date, request_id=request_id)
    try:
        outer = json.decode(answer.body, type=_Envelope)
    except UNREADABLE:
        words = "it is not the JSON it should be"
        return Envelope(unreadable=words, server_time=date, request_id=request_id)
    error = _lenient(outer.error, _Error) or _Error()
    meta = _lenient(outer.meta, _Meta) or _Meta()
    return Envelope(
        success=outer.success if isinstance(outer.success, bool) else None,
        data=outer.data,
        code=label(error.code, LONGEST_WORD).upper().replace("-", "_"),
        message=_message(error.message) or _message(outer.message) or _message(outer.error),
        details=_lenient(error.details, dict[str, Any]) or {},
        request_id=label(outer.request_id, LONGEST_ID)
        or label(meta.request_id, LONGEST_ID)
        or request_id,
        server_time=moment_or_none(meta.timestamp) or date,
        pagination=next(filter(_is_object, (meta.pagination, outer.pagination)), outer.meta),
    )


def decode(data: Raw, shape: type[T]) -> T:
    """Decode an answer's data into a shape; raises ValueError or RecursionError."""
    if not bytes(data):
        raise ValueError("it holds no data")
    return json.decode(data, type=shape)


def _message(data: Raw) -> str:
    """Return what the vendor says, which can be one text or a list of them."""
    found: object = _lenient(data, object)
    said = cast("list[object]", found) if isinstance(found, list) else [found]
    words = [text for each in said if isinstance(each, str) and (text := each.strip(" ."))]
    return label("; ".join(words), LONGEST_SENTENCE).strip(" .")


def _is_object(data: Raw) -> bool:
    return bytes(data).startswith(b"{")


def _lenient(data: Raw, shape: type[T]) -> T | None:
    try:
        return decode(data, shape)
    except UNREADABLE:
        return None


def unpacked(body: bytes, encoding: str, largest: int) -> bytes:
    """Return the body of an answer to a read as it was before it was packed for the way.

    Reads ask for no packing; some networks pack all the same, or put a byte-order mark in front.

    Args:
        body: as it came.
        encoding: the Content-Encoding header, empty when absent.
        largest: the bytes that it may hold at most.

    Raises:
        BadReply: it is packed in another way, is no such thing, or holds more.
    """
    ways = [way for way in map(str.strip, encoding.lower().split(",")) if way not in PLAIN]
    if ways in (["gzip"], ["x-gzip"]):
        body = _unzipped(body, largest)
    elif ways:
        named = clean(", ".join(ways), LONGEST_WORD)
        raise BadReply(
            f"The vendor's answer is compressed ({named}), which carddesk did not ask for and does"
            " not read",
            advice="Something between here and the vendor does that: a proxy, as a rule.",
        )
    return body.removeprefix(codecs.BOM_UTF8)


def _unzipped(body: bytes, largest: int) -> bytes:
    plain = bytearray()
    try:
        while body:
            gzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            # One byte more than allowed shows that there is more, whatever it would grow to.
            plain += gzip.decompress(body, largest + 1 - len(plain))
            if len(plain) > largest:
                raise BadReply("The vendor's answer is larger than any real one")
            if not gzip.eof:
                raise BadReply("The vendor's answer was cut short")
            body = gzip.unused_data
    except zlib.error:
        body = b"broken"
    if body:
        raise BadReply("The vendor's answer says that it is compressed, and cannot be unpacked")
    return bytes(plain)
