"""What an API key is good for, asked before there is a desk; nothing is bought and nothing kept."""

from collections.abc import Callable
from typing import Final

from services.domain.book import LinkState
from services.domain.errors import AuthFailed
from services.domain.models import KeyInfo
from services.domain.secrets import Secret
from services.settings.load import environment
from services.system.clock import Clock, SystemClock
from services.system.route import Route
from services.vendor.circuit_breaker import CircuitBreaker
from services.vendor.client import VendorClient
from services.vendor.link import Link
from services.vendor.rate_limit import PER_MINUTE, RateLimit


class KeyCheck:
    """Asks the vendor's `/validate` about one key after another, as a person types them.

    A rejected key stops only itself, a block in time stops them all: what is known of it stays in
    memory, so that a set-up that is left early leaves nothing on the disk.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        link: Callable[[LinkState], None] = lambda _: None,
    ) -> None:
        """Prepare.

        Args:
            clock: time; the machine's own when None.
            link: given what a question meets on its way to the vendor.
        """
        self._clock: Final = clock or SystemClock()
        self._link: Final = Link(self._clock, link)
        self._breaker: Final = CircuitBreaker(None, self._clock)

    async def ask(self, base_url: str, key: Secret, route: Route | None = None) -> KeyInfo:
        """Return what the vendor says of a key.

        Args:
            base_url: the vendor's API, as `services.settings.urls.vendor_url` returns it.
            key: the key a person gave.
            route: the proxy and the certificates to go by; None for neither.

        Raises:
            AuthFailed: the key is wrong or turned off, or this address is blocked.
            ConfigError: the key is for an environment that carddesk does not know.
            DeskError: the vendor could not be asked.
        """
        # The key in hand is another one than the one that was rejected; a person says so.
        self._breaker.reset()
        try:
            async with VendorClient(
                base_url,
                key,
                clock=self._clock,
                breaker=self._breaker,
                limit=RateLimit(None, self._clock, PER_MINUTE["sandbox"]),
                route=route,
                link=self._link,
            ) as client:
                info = await client.validate()
        except AuthFailed as failure:
            raise _in_other_words(failure) from None
        if not info.enabled:
            raise AuthFailed(
                "The vendor says that this key is turned off",
                advice="Turn it on on the vendor's page, or give another one.",
                code="API_DISABLED",
            )
        environment(info.environment)
        return info


def _in_other_words(failure: AuthFailed) -> AuthFailed:
    """Say what to do with a key that is only being tried."""
    if failure.blocked_seconds:
        advice = f"Wait {failure.blocked_seconds / 60:.0f} minutes before the next try."
    elif failure.attempts_left is not None:
        advice = (
            f"Copy it again from the vendor's page: {failure.attempts_left} more wrong ones block "
            "this address for 15 minutes."
        )
    else:
        advice = "Copy it again from the vendor's page."
    return AuthFailed(
        failure.message,
        advice=advice,
        code=failure.code,
        request_id=failure.request_id,
        attempts_left=failure.attempts_left,
        blocked_seconds=failure.blocked_seconds,
    )
