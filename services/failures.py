"""What an error answer means, as a sentence for the operator: pure, one place for all codes."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from http import HTTPStatus

from services import money
from services.envelope import Answer, Envelope
from services.errors import (
    AuthFailed,
    BadReply,
    DeskError,
    NotFound,
    RateLimited,
    Refused,
    Unavailable,
)
from services.retry import retry_after

BLOCK_SECONDS = 900.0

SENTENCES = {
    "ERR_VALIDATION": "The vendor found the request invalid",
    "ERR_STOCK": "The vendor has not enough cards in stock",
    "MISSING_ACCESS_TOKEN": "The vendor saw no API key",
    "INVALID_ACCESS_TOKEN": "The vendor rejected the API key",
    "ERR_AUTH": "The vendor rejected the API key",
    "INSUFFICIENT_BALANCE": "The balance is too low",
    "NO_BALANCE": "The balance is too low",
    "IP_BLOCKED": "The vendor has blocked this address for 15 minutes after rejected keys",
    "IP_NOT_ALLOWED": "The key may not be used from this address",
    "API_DISABLED": "The vendor has switched off API access for this account",
    "NOT_FOUND": "The vendor knows no such product or order",
    "RATE_LIMIT_EXCEEDED": "The vendor asks for fewer requests",
}
"""The documented refusals: with one of these codes, nothing was placed."""

OWN_WORDS = frozenset({"ERR_VALIDATION", "NOT_FOUND"})
"""Codes whose sentence says little without the vendor's own message."""

ADVICE = {
    "IP_NOT_ALLOWED": "Add this address to the key's list at the vendor, or use another line.",
    "API_DISABLED": "Ask the vendor to switch it on.",
}


def code_of(answer: Answer, around: Envelope) -> str:
    """Return the vendor's error code, or `HTTP_502` and the like where it gave none."""
    return around.code or f"HTTP_{answer.status}"


def sentence(around: Envelope) -> str:
    """Say in words why the vendor said no; an undocumented code speaks with its own message."""
    known = SENTENCES.get(around.code, "")
    if not known:
        return f"The vendor refused: {around.message}" if around.message else "The vendor refused"
    if around.code in OWN_WORDS and around.message:
        return f"{known}: {around.message}"
    required, available = _dinars(around, "required"), _dinars(around, "available")
    if required is not None and available is not None:
        return f"{known}: {money.show(required)} DZD needed, {money.show(available)} DZD there"
    left = attempts_left(around)
    if left is not None and left >= 0:
        plural = "attempt is" if left == 1 else "attempts are"
        return f"{known}; {left} {plural} left before it blocks this address"
    return known


def attempts_left(around: Envelope) -> int | None:
    """Return how many bad keys the vendor still takes before it blocks the address."""
    found = around.details.get("attemptsLeft")
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def auth_failure(answer: Answer, around: Envelope) -> AuthFailed | None:
    """Return the failure that must stop every call, if this answer, to anything, is one."""
    if answer.status == HTTPStatus.UNAUTHORIZED:
        words = sentence(around) if around.code in SENTENCES else "The vendor rejected the API key"
        return AuthFailed(
            words,
            code=code_of(answer, around),
            request_id=around.request_id,
            attempts_left=attempts_left(around),
        )
    if answer.status == HTTPStatus.FORBIDDEN and around.code == "IP_BLOCKED":
        return AuthFailed(
            sentence(around),
            advice="All calls wait until the block is over. Check the key meanwhile.",
            code=around.code,
            request_id=around.request_id,
            blocked_seconds=BLOCK_SECONDS,
        )
    return None


def read_failure(answer: Answer, around: Envelope, now: datetime) -> DeskError:
    """Turn the answer to a read that is no success into the error for it.

    Args:
        answer: an answer whose status is not 2xx.
        around: its envelope.
        now: the time that a Retry-After date is relative to, aware UTC.
    """
    status = answer.status
    code, request = code_of(answer, around), around.request_id
    stop = auth_failure(answer, around)
    if stop is not None:
        return stop
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(
            SENTENCES["RATE_LIMIT_EXCEEDED"],
            code=code,
            request_id=request,
            retry_after=retry_after(answer.retry_after, now),
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unavailable(
            "The vendor is not able to answer now",
            code=code,
            request_id=request,
            retry_after=retry_after(answer.retry_after, now),
        )
    if status < HTTPStatus.BAD_REQUEST:
        return BadReply("The vendor's address answered with a redirect", code=code)
    if not around.code:
        return _outside_the_contract(answer, code)
    if around.code in ADVICE:
        return AuthFailed(
            sentence(around), advice=ADVICE[around.code], code=code, request_id=request
        )
    kind = NotFound if status == HTTPStatus.NOT_FOUND else Refused
    return kind(sentence(around), code=code, request_id=request)


def _outside_the_contract(answer: Answer, code: str) -> BadReply:
    if answer.status == HTTPStatus.NOT_FOUND:
        return BadReply(
            "The vendor's server does not know the path that was asked for",
            advice="Check base_url in the settings.",
            code=code,
        )
    return BadReply(
        "Something answered that does not speak like the vendor, a proxy or a login page perhaps",
        code=code,
    )


def _dinars(around: Envelope, name: str) -> Decimal | None:
    found = around.details.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        return money.checked(Decimal(str(found)))
    except (ValueError, InvalidOperation):
        return None
