"""What the vendor says: envelopes of success and refusal, the router's own error, JSON bytes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus

import msgspec
from msgspec import Struct

JSON = "application/json; charset=utf-8"

_encoder = msgspec.json.Encoder(decimal_format="number")


class SandboxResponse(Struct):
    """One HTTP answer before it is put on the wire.

    `body` is a JSON value; `raw`, when it is set, goes out instead of it.
    """

    status: int
    body: dict[str, object]
    raw: bytes | None = None
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether this is the envelope of success."""
        return self.body.get("success") is True

    def payload(self) -> bytes:
        """Return the bytes of the body; amounts are JSON numbers, as the vendor writes them."""
        return _encoder.encode(self.body) if self.raw is None else self.raw


class SandboxRefusal(Exception):
    """The contract says no; carries what the error envelope needs."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: Mapping[str, object] | None = None,
        retry_after: int = 0,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.retry_after = retry_after


def invalid(message: str) -> SandboxRefusal:
    """Return the refusal of a request whose parameters make no sense."""
    return SandboxRefusal(400, "ERR_VALIDATION", message)


def success(
    data: object, *, timestamp: datetime | None, request_id: str, **top: object
) -> SandboxResponse:
    """Wrap data in the envelope of success.

    Args:
        data: the endpoint's own JSON value.
        timestamp: the vendor's clock (UTC) for `meta`, or None for an answer without one.
        request_id: the support reference, empty for an answer without one.
        top: further members beside `data`.

    Returns:
        The answer with status 200.
    """
    body: dict[str, object] = {"success": True, "data": data, **top}
    if timestamp is not None:
        body["meta"] = {"timestamp": written(timestamp)}
    if request_id:
        body["requestId"] = request_id
    return SandboxResponse(200, body)


def refused(refusal: SandboxRefusal, request_id: str) -> SandboxResponse:
    """Wrap a refusal in the error envelope."""
    error: dict[str, object] = {"code": refusal.code, "message": refusal.message}
    if refusal.details is not None:
        error["details"] = dict(refusal.details)
    body: dict[str, object] = {"success": False, "error": error, "requestId": request_id}
    headers = (("Retry-After", str(refusal.retry_after)),) if refusal.retry_after else ()
    return SandboxResponse(refusal.status, body, headers=headers)


def router_error(status: int, message: str) -> SandboxResponse:
    """Answer as the vendor's router does where no endpoint is: without `success` or a code."""
    phrase = HTTPStatus(status).phrase
    return SandboxResponse(status, {"message": message, "error": phrase, "statusCode": status})


def written(moment: datetime) -> str:
    """Write a time as the vendor does: `2025-10-29T01:00:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
