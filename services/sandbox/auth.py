"""Who may call: the keys that exist, what each may do, and the block after bad attempts."""

from datetime import datetime, timedelta
from math import ceil

from msgspec import Struct

from services.domain.secrets import Secret
from services.sandbox.responses import SandboxRefusal
from services.system.clock import Clock

ATTEMPTS = 5
BLOCK = timedelta(minutes=15)
MINUTE = 60.0


class AccessKey(Struct, frozen=True):
    """An API key; `allowed_ips` empty lets every address use it."""

    value: Secret
    scope: str
    enabled: bool
    environment: str
    allowed_ips: tuple[str, ...] = ()
    username: str = "demo_reseller"


class _Failures(Struct):
    count: int
    since: datetime


class _Minute(Struct):
    """The requests of one key since its minute began, on the steady clock."""

    began: float
    count: int = 0


class Gate:
    """Admits a call or says why not; five wrong keys block their address for 15 minutes.

    Args:
        limit: requests a minute of one key; 0 admits any number.
    """

    def __init__(self, clock: Clock, limit: int = 0) -> None:
        self._clock = clock
        self._limit = limit
        self._minutes: dict[Secret, _Minute] = {}
        self._keys: list[AccessKey] = []
        self._failures: dict[str, _Failures] = {}

    def add(self, key: AccessKey) -> None:
        """Let a key exist; it takes the place of one with the same value."""
        self._keys = [known for known in self._keys if known.value != key.value]
        self._keys.append(key)

    def admit(self, token: str | None, peer: str) -> AccessKey:
        """Find the key of a call.

        Args:
            token: the `X-Access-Token` header, None when there is none.
            peer: the caller's address.

        Raises:
            SandboxRefusal: 401 for no or a wrong key, 403 for what the key or the address may not
                do, 429 for too many requests of the key.
        """
        failures = self._counted(peer)
        if failures is not None and failures.count >= ATTEMPTS:
            raise SandboxRefusal(
                403, "IP_BLOCKED", "Too many failed attempts. Try again in 15 minutes"
            )
        if not token:
            raise SandboxRefusal(401, "MISSING_ACCESS_TOKEN", "Access token is required")
        wanted = Secret(token)
        key = next((known for known in self._keys if known.value == wanted), None)
        if key is None:
            raise self._failed(peer)
        self._failures.pop(peer, None)
        if not key.enabled:
            raise SandboxRefusal(403, "API_DISABLED", "API access is disabled for this key")
        if key.allowed_ips and peer not in key.allowed_ips:
            raise SandboxRefusal(
                403, "IP_NOT_ALLOWED", "This IP address is not allowed for this key"
            )
        if self._limit:
            self._count(key)
        return key

    def _count(self, key: AccessKey) -> None:
        now = self._clock.steady()
        minute = self._minutes.get(key.value)
        if minute is None or now - minute.began >= MINUTE:
            minute = self._minutes[key.value] = _Minute(now)
        minute.count += 1
        if minute.count > self._limit:
            wait = ceil(minute.began + MINUTE - now)
            raise SandboxRefusal(429, "RATE_LIMIT_EXCEEDED", "Too many requests", retry_after=wait)

    def _counted(self, peer: str) -> _Failures | None:
        failures = self._failures.get(peer)
        if failures is not None and self._clock.now() - failures.since >= BLOCK:
            del self._failures[peer]
            return None
        return failures

    def _failed(self, peer: str) -> SandboxRefusal:
        failures = self._failures.setdefault(peer, _Failures(0, self._clock.now()))
        failures.count += 1
        failures.since = self._clock.now()
        left = ATTEMPTS - failures.count
        return SandboxRefusal(
            401, "INVALID_ACCESS_TOKEN", "The provided token is invalid", {"attemptsLeft": left}
        )


def require_writing(key: AccessKey) -> None:
    """Raise SandboxRefusal (403) unless the key's scope lets it place orders."""
    if key.scope != "READ-WRITE":
        raise SandboxRefusal(403, "INSUFFICIENT_SCOPE", f"This API key is {key.scope}")
