"""What a console does behind the screen: coming up, polling, settling, and staying honest."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any, Final

from services.account import Account
from services.book import BookKeeper
from services.book_models import PollState
from services.breaker import Breaker
from services.clock import Clock
from services.errors import AuthFailed, ConfigError, DeskError
from services.opening import Opening
from services.spending_reading import follow

Read = Callable[[], Awaitable[object]]
BALANCE_SECONDS = 60.0
HANDED_SECONDS = 60.0
RESTART_SECONDS = 5.0
LONGEST_WAIT = 60.0


class Background:
    """The tasks of one console. None dies unseen: its end is in the log and in the poll state.

    Args:
        opening: brings the account up.
        keeper: the book.
        breaker: stops every call after a rejected key.
        clock: time.
        catalog: refreshes the catalogue when it is old.
        balance: reads the balance.
        spending: adds up what was spent.
        handed: looks for files with cards that were forgotten on this disk.
    """

    def __init__(
        self,
        opening: Opening,
        keeper: BookKeeper,
        breaker: Breaker,
        clock: Clock,
        catalog: Read,
        balance: Read,
        spending: Read,
        handed: Read,
    ) -> None:
        self._opening: Final = opening
        self._keeper: Final = keeper
        self._breaker: Final = breaker
        self._clock: Final = clock
        self._catalog: Final = catalog
        self._balance: Final = balance
        self._spending: Final = spending
        self._handed: Final = handed
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._replaced: set[asyncio.Task[None]] = set()
        self._stopped = False

    def start(self) -> None:
        """Begin everything; what runs already is begun anew."""
        self._spawn("opening", self._begin())
        self._spawn("catalogue", self._once(self._catalog))
        self._spawn("balance", self._repeat(self._balance, BALANCE_SECONDS))
        self._spawn("handed", self._repeat(self._handed, HANDED_SECONDS))

    def restart(self) -> None:
        """Begin anew because a person asked for it, after a rejected key too."""
        self._breaker.reset()
        self.start()

    def refresh_balance(self) -> None:
        """Read the balance now and start its interval again, if a console watches it."""
        if "balance" in self._tasks:
            self._spawn("balance", self._repeat(self._balance, BALANCE_SECONDS))

    def refresh_orders(self) -> None:
        """Poll the orders now; a tracker that died is started again."""
        tracking = self._tasks.get("tracking")
        if self._opening.account is None or tracking is None or tracking.done():
            self.restart()
        else:
            self._opening.account.tracker.poke()

    async def stop(self) -> None:
        """End every task, and begin none any more: the connections are closed next."""
        self._stopped = True
        tasks = (*self._tasks.values(), *self._replaced)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _begin(self) -> None:
        failures = 0
        while True:
            try:
                await self._opening.confirmed()
                break
            except ConfigError as error:
                self._give_up(error)
                return
            except AuthFailed as error:
                if error.blocked_seconds <= 0:
                    self._give_up(error)
                    return
                await self._blocked(error)
            except DeskError as error:
                failures += 1
                wait = min(LONGEST_WAIT, 2.0**failures)
                self._keeper.log(error.sentence(), "error")
                self._opening.refuse(error.sentence())
                self._poll("failing", error.sentence(), wait)
                await self._clock.sleep(wait)
        account = self._opening.opened()
        if (catalog := self._keeper.book.catalog) is not None:
            account.rows.learn(catalog=catalog)
            account.publish()
        self._spawn("tracking", self._supervise("tracking", account.track))
        self._spawn("settling", self._supervise("settling", account.settling.run))
        self._spawn("pulling", self._supervise("pulling", account.pull))
        self._spawn("naming", self._supervise("naming", account.naming.run))
        self._spawn("money", self._supervise("money", self._add_up))
        await self._settle_first(account)

    async def _add_up(self) -> None:
        await follow(self._keeper.books(), self._spending)

    async def _settle_first(self, account: Account) -> None:
        """Look at what an earlier console left unresolved before a ticket can be sent."""
        while not account.settled:
            try:
                await account.settle_first()
            except DeskError as error:
                self._opening.refuse(f"Unresolved purchases are not looked at: {error.sentence()}")
                await self._clock.sleep(RESTART_SECONDS)
        self._opening.judge()

    async def _supervise(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        """Run a loop; if it ends, the screen that it feeds says so and with which key to go on."""
        while True:
            try:
                await loop()
            except AuthFailed as error:
                self._keeper.log(error.sentence(), "error")
                self._opening.refuse(error.sentence())
                if error.blocked_seconds <= 0:
                    self._poll("stopped", error.sentence(), None)
                    return
                await self._blocked(error)
                self._opening.judge()
            except DeskError as error:
                self._keeper.log(f"{name.capitalize()}: {error.sentence()}", "error")
                await self._clock.sleep(RESTART_SECONDS)
            except Exception as fault:
                text = f"{name.capitalize()} stopped ({type(fault).__name__}). Press r to start it"
                self._keeper.log(text, "error")
                self._poll("stopped", text, None)
                return

    async def _blocked(self, error: AuthFailed) -> None:
        """Keep still for as long as the vendor blocks this address."""
        self._opening.refuse(error.sentence())
        self._poll("blocked", error.sentence(), error.blocked_seconds)
        await self._clock.sleep(error.blocked_seconds)

    def _give_up(self, error: DeskError) -> None:
        """Say why no further call makes sense; the console leaves with that sentence."""
        self._opening.refuse(error.sentence())
        self._keeper.log(error.sentence(), "error")
        self._poll("stopped", error.sentence(), None)
        self._keeper.publish(fatal=error.sentence(), fatal_exit=error.exit_code)

    def _poll(self, state: str, message: str, wait: float | None) -> None:
        now, before = self._clock.now(), self._keeper.book.poll
        self._keeper.publish(
            poll=PollState(
                state=state,
                since=before.since if before.state == state else now,
                last_ok=before.last_ok,
                next_at=None if wait is None else now + timedelta(seconds=wait),
                message=message,
            )
        )

    async def _once(self, read: Read) -> None:
        # The read has put its failure into the book; there is nothing more to say.
        with contextlib.suppress(DeskError):
            await read()

    async def _repeat(self, read: Read, seconds: float) -> None:
        while True:
            await self._once(read)
            await self._clock.sleep(seconds)

    def _spawn(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        if self._stopped:
            work.close()
            return
        if (old := self._tasks.get(name)) is not None and old is not asyncio.current_task():
            old.cancel()
            # What is cancelled in the middle of a request still has a connection for a moment.
            self._replaced.add(old)
            old.add_done_callback(self._replaced.discard)
        self._tasks[name] = asyncio.get_running_loop().create_task(work, name=name)
