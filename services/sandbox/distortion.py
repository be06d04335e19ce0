"""What faults make of an answer: other statuses, other bodies, other types, hostile text."""

from collections.abc import Callable
from decimal import Decimal
from itertools import cycle
from typing import cast

from services.sandbox.answers import Answer, Refusal, refused
from services.sandbox.faults import Fault, Strike

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
        "currency",
    }
)
_BAD_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>"
)


def distorted(answer: Answer, strike: Strike, path: str, request_id: str) -> Answer:
    """Apply to an answer every fault that changes what it says.

    Args:
        answer: what the vendor would have said.
        strike: the faults that the request met.
        path: the request's own path, where a redirect without a value points to.
        request_id: the support reference of an error that takes the answer's place.

    Returns:
        The answer as it goes out; faults of the connection are left to the listener.
    """
    for fault in strike.distortions:
        change = _DISTORTIONS.get(fault.kind)
        if change is not None:
            answer.body = cast("dict[str, object]", change(answer.body, fault))
    if strike.delivery is None:
        return answer
    return _replaced(answer, strike.delivery, path, request_id)


def _replaced(answer: Answer, fault: Fault, path: str, request_id: str) -> Answer:
    def error(status: int, code: str, message: str) -> Answer:
        return refused(Refusal(status, code, message), request_id)

    match fault.kind:
        case "html502":
            return Answer(502, {}, raw=_BAD_GATEWAY, content_type="text/html")
        case "http500":
            return error(500, "INTERNAL_SERVER_ERROR", "An internal error occurred")
        case "http503":
            return error(503, "SERVICE_UNAVAILABLE", "Service temporarily unavailable")
        case "ip_block":
            return error(403, "IP_BLOCKED", "Too many failed attempts. Try again in 15 minutes")
        case "ratelimit":
            limited = error(429, "RATE_LIMIT_EXCEEDED", "Too many requests")
            if fault.seconds:
                limited.headers = (("Retry-After", f"{fault.seconds:g}"),)
            return limited
        case "empty":
            return Answer(200, {}, raw=b"")
        case "not_json":
            return Answer(200, {}, raw=b'{"success": true, "data": {"orderId": oops')
        case "redirect":
            location = ("Location", fault.value or path)
            return Answer(307, {}, raw=b"", headers=(location,))
        case _:
            return answer


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
