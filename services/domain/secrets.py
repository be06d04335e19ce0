"""Values that are money: masked wherever they could be printed, compared in constant time."""

import hashlib
import hmac
import logging
from typing import NoReturn

MASK = "••••••"


class Secret:
    """A string that never prints itself: API keys, card values and serials.

    `str`, `repr`, `format` and f-strings give a mask; pickling and copying to JSON are refused.
    Only `reveal` gives the value, and only where a person asked to see or to send it.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself. Every caller is a place where money is on the table."""
        return self._value

    def fingerprint(self) -> str:
        """Return a short one-way mark of the value, fit for file names and comparison."""
        return hashlib.sha256(
            b"carddesk\0" + self._value.encode("utf-8", "surrogatepass")
        ).hexdigest()[:16]

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine = self._value.encode("utf-8", "surrogatepass")
        return hmac.compare_digest(mine, other._value.encode("utf-8", "surrogatepass"))

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


class Redaction(logging.Filter):
    """The last line before a log file: replaces every secret value that it learned by a mask."""

    def __init__(self) -> None:
        super().__init__()
        self._known: set[str] = set()

    def learn(self, secret: Secret) -> None:
        """Remember a value that must never be written; short ones are left to the other guards."""
        if len(secret.reveal()) >= 6:
            self._known.add(secret.reveal())

    def scrub(self, text: str) -> str:
        """Return the text with every known secret masked."""
        for value in self._known:
            if value in text:
                text = text.replace(value, MASK)
        return text

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact the finished message; arguments and tracebacks are dropped, they show locals."""
        record.msg = self.scrub(record.getMessage())
        record.args = None
        record.exc_info = None
        record.exc_text = None
        record.stack_info = None
        return True


redaction = Redaction()
