"""Failures in the operator's words: what happened, whether money moved, what to press next."""

from typing import Literal

MoneyMoved = Literal["no", "unknown", "yes"]


class DeskError(Exception):
    """Anything that went wrong and that a person has to be told.

    Attributes:
        message: one plain sentence that says what happened.
        advice: what to do next, or empty.
        money: whether money may have moved: `no`, `unknown` or `yes`.
        code: the vendor's error code or our own, for support; may be empty.
        request_id: the vendor's requestId, or empty.
        exit_code: what the command line exits with.
    """

    exit_code = 1
    money: MoneyMoved = "no"
    default_advice = ""

    def __init__(
        self, message: str, *, advice: str = "", code: str = "", request_id: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice or self.default_advice
        self.code = code
        self.request_id = request_id

    def sentence(self) -> str:
        """Return the whole sentence for a person, with code and requestId in brackets."""
        facts = ", ".join(fact for fact in (self.code, self.request_id) if fact)
        text = f"{self.message} ({facts})." if facts else f"{self.message}."
        return f"{text} {self.advice}".rstrip()


class BadInput(DeskError):
    """What a person typed cannot be used. Nothing was sent."""

    exit_code = 2


class ConfigError(DeskError):
    """The settings, the key or the environment are not usable. Nothing was sent."""

    exit_code = 2


class NotSent(DeskError):
    """No byte of a request left this machine."""

    exit_code = 5
    default_advice = "Nothing was sent. It is safe to try again."


class Refused(DeskError):
    """The vendor answered with a clear no, or our own checks did: nothing was placed."""

    exit_code = 3
    default_advice = "Nothing was placed."


class Unanswered(DeskError):
    """A purchase was sent and its outcome is not known. It must not be sent again."""

    exit_code = 4
    money: MoneyMoved = "unknown"
    default_advice = "It may or may not be placed. Do not buy it again."


class AuthFailed(DeskError):
    """The key or the address was rejected; every further call makes it worse."""

    exit_code = 6
    default_advice = "All calls have stopped. Mend the key, then run: carddesk doctor"

    def __init__(
        self,
        message: str,
        *,
        advice: str = "",
        code: str = "",
        request_id: str = "",
        attempts_left: int | None = None,
        blocked_seconds: float = 0,
    ) -> None:
        super().__init__(message, advice=advice, code=code, request_id=request_id)
        self.attempts_left = attempts_left
        self.blocked_seconds = blocked_seconds


class RateLimited(DeskError):
    """The vendor asks for fewer requests."""

    exit_code = 5
    default_advice = "Waiting before the next request."

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, code=code, request_id=request_id)
        self.retry_after = retry_after


class Unavailable(DeskError):
    """A read got no usable answer: no connection, a time-out, or the vendor is down."""

    exit_code = 5
    default_advice = "Nothing was changed."

    def __init__(
        self,
        message: str,
        *,
        advice: str = "",
        code: str = "",
        request_id: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, advice=advice, code=code, request_id=request_id)
        self.retry_after = retry_after


class BadReply(Unavailable):
    """A read was answered with something that is not what the contract says."""


class NotClaimed(Refused):
    """An order was not bound to a purchase; whether that one is placed stands as it stood."""

    money: MoneyMoved = "unknown"
    default_advice = "Nothing was changed: the purchase is as it was."


class NotFound(Refused):
    """The vendor knows no such product or order."""

    default_advice = ""


class JournalFailed(DeskError):
    """The journal on disk cannot be read or written; without it nothing is bought."""

    exit_code = 5
    default_advice = "Buying is off until the journal can be written."
