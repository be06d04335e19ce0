"""What faults make of an answer: other statuses, other bodies, other types, hostile text."""

import copy
import gzip
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from itertools import cycle
from typing import cast

from services.sandbox.faults import Fault, Strike
from services.sandbox.responses import SandboxRefusal, SandboxResponse, refused
from services.sandbox.shapes import SHAPES, Circumstances

HOSTILE = (
    "\x1b]52;c;Y2FyZGRlc2s=\x07",
    "\x1b[2J\x1b[31mred",
    "\x9b31m\x90q\x9c",
    "[/]",
    "[@click=app.quit]click[/]",
    "[bold red]${x}{0}%s",
    "\u202etxet\u202c\u2066",
    "nul\x00bell\x07",
    "two\r\nlines\u2028three",
    "z" + "\u0301" * 60,
    "\u200b\u200d\ufeff",
    "表👩\u200d👩\u200d👧" * 4,
    "long " * 800,
)
_TEXT_FIELDS = frozenset(
    {
        "title",
        "name",
        "region",
        "productTitle",
        "username",
        "note",
        "message",
        "value",
        "serial",
    }
)
_BAD_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>"
)
_RATE_LIMITED = (
    b"<!DOCTYPE html>\n<html><head><title>Access denied | Error 1015</title></head>\n<body>\n"
    b"<h1>Error 1015</h1><h2>You are being rate limited</h2>\n</body></html>"
)


def distorted(
    answer: SandboxResponse, strike: Strike, path: str, request_id: str, now: datetime
) -> SandboxResponse:
    """Apply to an answer every fault that changes what it says.

    Args:
        answer: what the vendor would have said.
        strike: the faults that the request met.
        path: the request's own path, where a redirect without a value points to.
        request_id: the support reference of an error that takes the answer's place.
        now: the vendor's clock, UTC.

    Returns:
        The answer as it goes out; faults of the connection are left to the listener.
    """
    for fault in strike.distortions:
        change = _DISTORTIONS.get(fault.kind)
        if change is not None:
            answer.body = cast("dict[str, object]", change(answer.body, fault))
    if strike.delivery is not None:
        answer = _replaced(answer, strike.delivery, path, request_id)
    _reshape(answer, strike, now)
    return answer


def _reshape(answer: SandboxResponse, strike: Strike, now: datetime) -> None:
    """Give an answer, an error that took its place included, the shapes that it meets."""
    for fault in strike.distortions:
        shape = SHAPES.get(fault.kind.removeprefix("shape:"))
        if shape is not None and answer.raw is None:
            answer.body = copy.deepcopy(answer.body)
            shape.change(answer, Circumstances(now, fault.seconds, fault.value))


def _replaced(answer: SandboxResponse, fault: Fault, path: str, request_id: str) -> SandboxResponse:
    def error(status: int, code: str, message: str) -> SandboxResponse:
        return refused(SandboxRefusal(status, code, message), request_id)

    match fault.kind:
        case "html502":
            return SandboxResponse(502, {}, raw=_BAD_GATEWAY, content_type="text/html")
        case "http500":
            return error(500, "INTERNAL_SERVER_ERROR", "An internal error occurred")
        case "http503":
            return error(503, "SERVICE_UNAVAILABLE", "Service temporarily unavailable")
        case "ip_block":
            return error(403, "IP_BLOCKED", "Too many failed attempts. Try again in 15 minutes")
        case "ratelimit":
            limited = error(429, "RATE_LIMIT_EXCEEDED", "Too many requests")
            limited.headers = _retry_after(fault)
            return limited
        case "html429":
            html, headers = "text/html; charset=UTF-8", _retry_after(fault)
            return SandboxResponse(429, {}, raw=_RATE_LIMITED, content_type=html, headers=headers)
        case "gzip":
            packed = gzip.compress(answer.payload())
            headers = (*answer.headers, ("Content-Encoding", "gzip"))
            return SandboxResponse(answer.status, {}, packed, answer.content_type, headers)
        case "bom":
            marked = b"\xef\xbb\xbf" + answer.payload()
            return SandboxResponse(answer.status, {}, marked, answer.content_type, answer.headers)
        case "empty":
            return SandboxResponse(200, {}, raw=b"")
        case "not_json":
            return SandboxResponse(200, {}, raw=b'{"success": true, "data": {"orderId": oops')
        case "redirect":
            location = ("Location", fault.value or path)
            return SandboxResponse(307, {}, raw=b"", headers=(location,))
        case _:
            return answer


def _retry_after(fault: Fault) -> tuple[tuple[str, str], ...]:
    return (("Retry-After", f"{fault.seconds:g}"),) if fault.seconds else ()


def _without_order_id(body: dict[str, object], fault: Fault) -> object:
    del fault
    return {**body, "data": {}} if body.get("success") is True else body


def _with_status(body: dict[str, object], fault: Fault) -> object:
    def change(value: object) -> object:
        if isinstance(value, dict):
            fields = cast("dict[str, object]", value)
            changed = {name: change(inner) for name, inner in fields.items()}
            if "status" in changed and "_id" in changed:
                changed["status"] = fault.value or "ON_HOLD"
            return changed
        if isinstance(value, list):
            return [change(inner) for inner in cast("list[object]", value)]
        return value

    return change(body)


def _with_wrong_types(body: dict[str, object], fault: Fault) -> object:
    del fault

    def change(value: object) -> object:
        match value:
            case bool():
                return "perhaps"
            case str():
                return 7
            case int() | Decimal():
                return "many"
            case list():
                return "none"
            case dict():
                fields = cast("dict[str, object]", value)
                return {name: change(inner) for name, inner in fields.items()}
            case _:
                return value

    # `success` stays true: a reply that looks well until its data is read.
    return {**body, "data": change(body["data"])} if "data" in body else body


def _with_hostile_text(body: dict[str, object], fault: Fault) -> object:
    strings = cycle((fault.value,) if fault.value else HOSTILE)

    def change(value: object, name: str) -> object:
        match value:
            case str() if name in _TEXT_FIELDS:
                return f"{next(strings)}{value}"
            case list():
                return [change(inner, name) for inner in cast("list[object]", value)]
            case dict():
                fields = cast("dict[str, object]", value)
                return {key: change(inner, key) for key, inner in fields.items()}
            case _:
                return value

    return change(body, "")


_DISTORTIONS: dict[str, Callable[[dict[str, object], Fault], object]] = {
    "no_order_id": _without_order_id,
    "status": _with_status,
    "wrong_types": _with_wrong_types,
    "hostile": _with_hostile_text,
}
