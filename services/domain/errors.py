"""Failures in the operator's words: what happened, whether money moved, what to press next."""

from typing import Literal

from msgspec import Struct

from services.domain.phrase import EMPTY, Phrase, phrase, phrase_of, plain

NOT_OPEN = "JOURNAL_CLOSED"
AWAY = "JOURNAL_AWAY"
"""The code of a journal that is not open yet, or not any more."""

NO_DESK = "NO_DESK"
"""The code of a support console that no desk's console keeps the orders current for."""

FOREIGN_CURRENCY = "CURRENCY"
"""The code of an amount that is not in DZD."""

MoneyMoved = Literal["no", "unknown", "yes"]


class Failure(Struct, frozen=True):
    """What went wrong, as a screen shows it.

    `message` says what happened in a sentence without its full stop, `cause` the same where there
    is little room, `advice` what to do next. `code` and `request_id` are for support.
    """

    message: Phrase
    cause: Phrase
    advice: Phrase = EMPTY
    code: str = ""
    request_id: str = ""

    def sentence(self) -> Phrase:
        """Return all of it for a person, with code and requestId in brackets."""
        said = phrase("{message}.", message=self._with_facts(self.message))
        return phrase("{said} {advice}", said=said, advice=self.advice) if self.advice else said

    def reason(self) -> Phrase:
        """Return the cause with code and requestId in brackets, without a full stop."""
        return self._with_facts(self.cause)

    def _with_facts(self, words: Phrase) -> Phrase:
        facts = ", ".join(fact for fact in (self.code, self.request_id) if fact)
        return phrase("{words} ({facts})", words=words, facts=facts) if facts else words


def failure_of(message: str, advice: str = "") -> Failure:
    """Return a failure that no vendor's code goes with."""
    return Failure(plain(message), plain(message), plain(advice))


class DeskError(Exception):
    """Anything that went wrong and that a person has to know.

    Attributes:
        failure: what a screen shows of it, in pieces.
        message: one plain sentence that says what happened.
        advice: what to do next, or empty.
        money: whether money may have moved: `no`, `unknown` or `yes`.
        code: the vendor's error code or our own, for support; may be empty.
        request_id: the vendor's requestId, or empty.
        retry_after: after how many seconds the vendor wants to be asked again, None: unsaid.
        attempts_left: how many more keys may be rejected before the vendor blocks the address.
        blocked_seconds: for how long calls have stopped; 0: until a person says so.
        exit_code: what the command line exits with.
    """

    exit_code = 1
    money: MoneyMoved = "no"
    default_advice = ""

    def __init__(
        self,
        message: str | Phrase,
        *,
        advice: str | Phrase = "",
        cause: str | Phrase = "",
        code: str = "",
        request_id: str = "",
        retry_after: float | None = None,
        attempts_left: int | None = None,
        blocked_seconds: float = 0.0,
    ) -> None:
        words = phrase_of(message)
        super().__init__(str(words))
        self.failure = Failure(
            words,
            phrase_of(cause) or words,
            phrase_of(advice or self.default_advice),
            code,
            request_id,
        )
        self.message = str(words)
        self.advice = str(self.failure.advice)
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after
        self.attempts_left = attempts_left
        self.blocked_seconds = blocked_seconds

    def sentence(self) -> str:
        """Return the whole sentence for a person, with code and requestId in brackets."""
        return str(self.failure.sentence())


class BadInput(DeskError):
    """What a person typed cannot be used. Nothing was sent."""

    exit_code = 2


class ConfigError(DeskError):
    """The settings, the key or the environment are not usable. Nothing was sent."""

    exit_code = 2


class Refused(DeskError):
    """The vendor answered with a clear no, or our own checks did: nothing was placed."""

    exit_code = 3
    default_advice = "Nothing was placed."


class AuthFailed(DeskError):
    """The key or the address was rejected; every further call makes it worse."""

    exit_code = 6
    default_advice = "All calls have stopped. Correct the key, then run: carddesk doctor"


class RateLimited(DeskError):
    """The vendor asks for fewer requests."""

    exit_code = 5
    default_advice = "Waiting before the next request."


class Unavailable(DeskError):
    """A read got no usable answer: no connection, a time-out, or the vendor is down."""

    exit_code = 5
    default_advice = "Nothing was changed."


class BadReply(Unavailable):
    """A read was answered with something that is not what the contract says."""


class NotClaimed(Refused):
    """An order was not bound to a purchase; whether that one is placed is as open as before."""

    money: MoneyMoved = "unknown"
    default_advice = "Nothing was changed: the purchase is as it was."


class NotFound(Refused):
    """The vendor knows no such product or order."""

    default_advice = ""


class JournalFailed(DeskError):
    """The journal on disk cannot be read or written; without it nothing is bought."""

    exit_code = 5
    default_advice = "Buying is off until the journal can be written."


class JournalDamaged(JournalFailed):
    """A row or a page of the journal is not what carddesk wrote; `wrong` says which, a clause."""

    def __init__(self, wrong: str = "") -> None:
        super().__init__(
            f"The journal is damaged: {wrong}" if wrong else "The journal is damaged",
            code="JOURNAL_DAMAGED",
        )
        self.wrong = wrong or "a page cannot be read"


class NotRecorded(JournalFailed):
    """An event could be written nowhere: the disk takes nothing at all."""
