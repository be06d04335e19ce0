"""Locking the console and opening it again: what waits behind the lock, and the PIN's errands."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual import events, on, work

from services.clock import Clock
from services.errors import DeskError, Refused
from tui.hand_app import HandApp
from tui.held_key import HeldKey
from tui.screens.base import ConsoleScreen, Frame
from tui.screens.lock import LockScreen

if TYPE_CHECKING:
    from services.lock_pin import LockPin
    from tui.screens.pin import PinChange

NO_PLACE = "This console has nowhere to keep a PIN."
PIN_SET = "The lock asks for this PIN from now on, in every console of yours on this machine."

_log = logging.getLogger(__name__)


class LockApp(HandApp):
    """An app that can be locked: while it is, no screen opens and none is heard."""

    def __init__(self, frame: Frame, clock: Clock) -> None:
        super().__init__(frame)
        self.clock = clock
        self._opener: HeldKey | None = None
        self._held_back: list[tuple[ConsoleScreen[Any], Callable[[Any], None] | None]] = []

    @property
    def locked(self) -> bool:
        """Whether everything is hidden."""
        return isinstance(self.screen, LockScreen)

    def show(self, screen: ConsoleScreen[Any], done: Callable[[Any], None] | None = None) -> None:
        """Push a screen; onto a locked console once it is opened."""
        if self.locked:
            self._held_back.append((screen, done))
        else:
            self.present(screen, done)

    def present(
        self, screen: ConsoleScreen[Any], done: Callable[[Any], None] | None = None
    ) -> None:
        """Push a screen, with the book as it is now."""
        raise NotImplementedError

    def lock(self) -> None:
        """Hide everything until it is opened: by the PIN, or by any key where there is none."""
        if not self.locked:
            self._typed.forget()
            self.frame.line.hurry()
            self.show(LockScreen(self.frame, self._typed.piled_up), self._opened)
            self._keep_locked(True)

    def lock_if_left_locked(self) -> None:
        """Lock at the start when a console was locked with a PIN at its end."""
        if self.frame.pin is not None and self.frame.pin.was_locked():
            self.lock()

    def still_held(self, event: events.Key) -> bool:
        """Whether a key is the one that opened the lock, which does nothing else."""
        if self._opener is None:
            return False
        if self._opener.repeats(event.key, event.time):
            return True
        self._opener = None
        return False

    def ask_for_pin(self) -> None:
        """Let the operator set a PIN, after the one that there is."""
        from tui.screens.pin import PinScreen

        pin = self.frame.pin
        if pin is None:
            self.say(NO_PLACE)
        else:
            self.show(PinScreen(self.frame, asks_old=pin.is_set()), self._pin_typed)

    def _opened(self, key: str | None) -> None:
        self._typed.forget()
        self._opener = HeldKey(key or "", self.clock.steady())
        self._keep_locked(False)
        held, self._held_back = self._held_back, []
        for screen, done in held:
            self.show(screen, done)

    def _pin_typed(self, change: "PinChange | None") -> None:
        if change is not None and self.frame.pin is not None:
            self._set_pin(self.frame.pin, change)

    @work(group="lock", exit_on_error=False, description="remember the lock")
    async def _keep_locked(self, locked: bool) -> None:
        if self.frame.pin is None or not self.frame.pin.is_set():
            return
        try:
            await self.frame.pin.lock(locked)
        except DeskError as error:
            _log.warning("the lock is not remembered: %s", error.code)

    @on(LockScreen.PinTried)
    @work(group="pin", exit_on_error=False, description="check the PIN")
    async def _try_pin(self, tried: LockScreen.PinTried) -> None:
        try:
            attempt = await tried.store.attempt(tried.pin)
        except DeskError as error:
            tried.screen.show_trouble(error.sentence())
            return
        if not attempt.opened and attempt.checked:
            await self._record_wrong(attempt.wrong)
        tried.screen.show_attempt(attempt)

    @work(group="pin", exit_on_error=False, description="set the PIN")
    async def _set_pin(self, pin: "LockPin", change: "PinChange") -> None:
        try:
            if change.old is not None:
                attempt = await pin.attempt(change.old)
                if not attempt.opened:
                    if attempt.checked:
                        await self._record_wrong(attempt.wrong)
                    raise Refused("That was not the PIN", advice="It stays as it was.")
            await self.desk.record("pin-set", "", "lock PIN set, in the console")
            await pin.set(change.new)
        except DeskError as error:
            self.say(error.sentence())
        else:
            self.say(PIN_SET)

    async def _record_wrong(self, count: int) -> None:
        try:
            await self.desk.record("pin-wrong", "", f"wrong lock PIN, {count} in a row")
        except DeskError as error:
            _log.warning("a wrong PIN, %d in a row, is not in the journal: %s", count, error.code)
