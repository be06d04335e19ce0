"""What an error answer means, as a sentence for the operator: pure, one place for all codes."""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from http import HTTPStatus

from services.domain import money
from services.domain.errors import (
    AuthFailed,
    BadReply,
    DeskError,
    NotFound,
    RateLimited,
    Refused,
    Unavailable,
)
from services.domain.phrase import Phrase, Quoted, counted, phrase, plain
from services.vendor.envelope import Answer, Envelope
from services.vendor.retry import LONGEST_RATE_PAUSE, retry_after
from services.vendor.wire_values import LONGEST_WORD, label

BLOCK_SECONDS = 900.0
UNNAMED_PAUSE = 5.0
"""Seconds, where too many requests are refused and no time is named."""

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
    "DUPLICATED_REF": "The vendor has a purchase with this reference already",
    "INSUFFICIENT_SCOPE": "The key may only read",
    "PAYLOAD_TOO_LARGE": "The vendor found the request too large",
}
"""The documented refusals: with one of these codes, nothing was placed."""

OWN_WORDS = frozenset({"ERR_VALIDATION", "NOT_FOUND"})
"""Codes whose sentence says little without the vendor's own message."""

ADVICE = {
    "IP_NOT_ALLOWED": "Add this address to the key's list at the vendor, or use another line.",
    "API_DISABLED": "Ask the vendor to switch it on.",
}

REJECTED = frozenset({"MISSING_ACCESS_TOKEN", "INVALID_ACCESS_TOKEN", "ERR_AUTH"})
"""Codes that count against the address."""

_LEFT = (
    r"(?i)\b(\d{1,2}) (?:more |remaining )?(?:attempt|tr(?:y|ies)\b)"
    r"|(?:left|remaining)(?: attempts| tries)?\W{1,3}(\d{1,2})\b"
)


def code_of(answer: Answer, around: Envelope) -> str:
    """Return the vendor's error code, or `HTTP_502` and the like where it gave none."""
    return around.code or f"HTTP_{answer.status}"


def sentence(around: Envelope) -> Phrase:
    """Say in words why the vendor said no; an undocumented code speaks with its own message."""
    known = SENTENCES.get(around.code, "")
    if not known:
        return _with_message("The vendor refused", around)
    if around.code in OWN_WORDS:
        return _with_message(known, around)
    required, available = _dinars(around, "required"), _dinars(around, "available")
    if required is not None and available is not None:
        return phrase(
            "{known}: {required} DZD needed, {available} DZD there",
            known=known,
            required=required,
            available=available,
        )
    left = attempts_left(around)
    if left is not None:
        attempts = counted(left, "attempt is", "attempts are")
        return plain(f"{known}; {attempts} left before it blocks this address")
    counts = around.code in REJECTED and any(sign.isdigit() for sign in around.message)
    return _with_message(known, around) if counts else plain(known)


def attempts_left(around: Envelope) -> int | None:
    """Return how many bad keys the vendor still takes before it blocks the address.

    The count is in the details or, where they have none, in the words of the message.
    """
    found = label(around.details.get("attemptsLeft"), LONGEST_WORD).removesuffix(".0")
    if found.isascii() and found.isdigit():
        return int(found)
    written = re.search(_LEFT, around.message)
    return int(written[1] or written[2]) if written else None


def auth_failure(answer: Answer, around: Envelope) -> AuthFailed | None:
    """Return the failure that must stop every call, if this answer, to anything, is one."""
    if around.code == "IP_BLOCKED" and around.success is not True:
        return AuthFailed(
            sentence(around),
            advice="All calls wait until the block is over. Check the key meanwhile.",
            code=around.code,
            request_id=around.request_id,
            blocked_seconds=BLOCK_SECONDS,
        )
    if answer.status == HTTPStatus.UNAUTHORIZED:
        words = _with_message("The vendor rejected the API key", around)
        if around.code in SENTENCES:
            words = sentence(around)
        return AuthFailed(
            words,
            code=code_of(answer, around),
            request_id=around.request_id,
            attempts_left=attempts_left(around),
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
            retry_after=pause_asked(answer, now),
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unavailable(
            _with_message("The vendor is not able to answer now", around),
            code=code,
            request_id=request,
            retry_after=retry_after(answer.retry_after, now),
        )
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return BadReply(
            "A proxy wants a name and a password",
            advice="See net.proxy and net.proxy_auth_file in the settings.",
            code=code,
        )
    if status < HTTPStatus.BAD_REQUEST:
        return BadReply(
            "The vendor's address answered with a redirect", code=code, request_id=request
        )
    if not around.code and around.success is not False:
        return _outside_the_contract(answer, around, code)
    if around.code in ADVICE:
        return AuthFailed(
            sentence(around), advice=ADVICE[around.code], code=code, request_id=request
        )
    if status != HTTPStatus.NOT_FOUND:
        return Refused(sentence(around), code=code, request_id=request)
    words = sentence(around) if around.code else _with_message(SENTENCES["NOT_FOUND"], around)
    return NotFound(words, code=code, request_id=request)


def pause_asked(answer: Answer, now: datetime) -> float | None:
    """Return the seconds for which a 429 asks for no request at all; None for other answers."""
    if answer.status != HTTPStatus.TOO_MANY_REQUESTS:
        return None
    asked = retry_after(answer.retry_after, now, LONGEST_RATE_PAUSE)
    return UNNAMED_PAUSE if asked is None else asked


def _outside_the_contract(answer: Answer, around: Envelope, code: str) -> BadReply:
    if answer.status == HTTPStatus.NOT_FOUND:
        return BadReply(
            _with_message("The vendor's server does not know the path that was asked for", around),
            advice="Check base_url in the settings.",
            code=code,
            request_id=around.request_id,
        )
    words = (
        "Something answered that does not speak like the vendor, a proxy or a login page perhaps"
    )
    return BadReply(_with_message(words, around), code=code, request_id=around.request_id)


def _with_message(words: str, around: Envelope) -> Phrase:
    if not around.message:
        return plain(words)
    return phrase("{words}: {said}", words=words, said=Quoted(around.message))


def _dinars(around: Envelope, name: str) -> Decimal | None:
    found = around.details.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        return money.checked(Decimal(str(found)))
    except (ValueError, InvalidOperation):
        return None
