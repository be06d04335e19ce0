"""The lock of a console: what waits behind it, and its PIN."""

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from services.domain.errors import DeskError, Refused
from services.domain.secrets import Secret
from services.local_files.lock_pin import LockPin, PinAttempt
from tui.screens.base import ConsoleScreen

if TYPE_CHECKING:
    from tui.console.app import ConsoleApp

NO_PLACE = "This console has nowhere to keep a PIN."
PIN_SET = "The lock asks for this PIN from now on, in every console of yours on this machine."

Waiting = tuple[ConsoleScreen[Any], Callable[[Any], None] | None]

_log = logging.getLogger(__name__)


class ConsoleLock:
    """Locks a console: until it is opened again no other screen opens and none gets a key."""

    def __init__(self, console: "ConsoleApp") -> None:
        self._console = console
        self._pin = console.context.pin
        self._waiting: list[Waiting] = []

    @property
    def locked(self) -> bool:
        screen = self._console.screen
        return isinstance(screen, ConsoleScreen) and screen.PLACE == "lock"

    def hold(self, screen: ConsoleScreen[Any], done: Callable[[Any], None] | None) -> None:
        """Keep a screen until the lock is opened."""
        self._waiting.append((screen, done))

    def close(self) -> None:
        """Hide everything until it is opened: by the PIN, or by any key where there is none."""
        if self.locked:
            return
        from tui.screens.lock import LockScreen

        console = self._console
        console.typed.forget()
        console.context.line.hurry()
        console.show(LockScreen(console.context), self._opened)
        self._remember(True)

    def close_if_left_locked(self) -> None:
        """Lock at the start when a console was locked with a PIN at its end."""
        if self._pin is not None and self._pin.was_locked():
            self.close()

    def ask_for_pin(self) -> None:
        """Let the operator set a PIN, after the one that there is."""
        if self._pin is None:
            self._console.say(NO_PLACE)
        else:
            self._console.start(partial(self._set_pin, self._pin), "set the PIN")

    async def attempt(self, store: LockPin, pin: Secret) -> PinAttempt:
        """Compare a PIN with the one that is set; a wrong one is recorded.

        Raises:
            DeskError: it cannot be compared.
        """
        attempt = await store.attempt(pin)
        if not attempt.opened and attempt.checked:
            await self._record_wrong(attempt.wrong)
        return attempt

    def _opened(self, _: None) -> None:
        self._console.typed.forget()
        self._remember(False)
        waiting, self._waiting = self._waiting, []
        for screen, done in waiting:
            self._console.show(screen, done)

    def _remember(self, locked: bool) -> None:
        self._console.start(partial(self._keep, locked), "remember the lock")

    async def _keep(self, locked: bool) -> None:
        if self._pin is None or not self._pin.is_set():
            return
        try:
            await self._pin.lock(locked)
        except DeskError as error:
            _log.warning("the lock is not remembered: %s", error.code)

    async def _set_pin(self, pin: LockPin) -> None:
        from tui.screens.dialogs.set_pin import PinScreen

        console = self._console
        change = await console.ask(PinScreen(console.context, asks_old=pin.is_set()))
        if change is None:
            return
        if change.old is not None and not (await self.attempt(pin, change.old)).opened:
            raise Refused("That was not the PIN", advice="It stays as it was.")
        await console.desk.journal.record("pin-set", "", "lock PIN set, in the console")
        await pin.set(change.new)
        console.say(PIN_SET)

    async def _record_wrong(self, count: int) -> None:
        try:
            await self._console.desk.journal.record(
                "pin-wrong", "", f"wrong lock PIN, {count} in a row"
            )
        except DeskError as error:
            _log.warning("a wrong PIN, %d in a row, is not in the journal: %s", count, error.code)
