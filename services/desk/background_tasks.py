"""What a console does behind the screen: coming up, polling, settling, and staying honest."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

from services.desk.account import Account
from services.desk.book_publisher import BookPublisher
from services.desk.opening import Opening
from services.domain.book import PollState
from services.domain.errors import AWAY, AuthFailed, ConfigError, DeskError, Failure, failure_of
from services.domain.models import PurchaseState
from services.domain.phrase import phrase
from services.reports.spending_reader import follow
from services.system.clock import Clock
from services.vendor.circuit_breaker import CircuitBreaker
from services.vendor.rate_limit import Priority, priority

Read = Callable[[], Awaitable[object]]
BALANCE_SECONDS = 60.0
HANDED_SECONDS = 60.0
RESTART_SECONDS = 5.0
AWAY_SECONDS = 1.0
LONGEST_WAIT = 60.0
START_IT = "Press r to start it."
MONEY_BACK = frozenset({PurchaseState.PARTIALLY_FILLED.value, PurchaseState.REFUNDED.value})


class Background:
    """The tasks of one console. None dies unseen: its end is in the log and in the poll state.

    Args:
        opening: brings the account up.
        breaker: stops every call after a rejected key.
        catalog: refreshes the catalogue when it is old.
        balance: reads the balance.
        stock: reads the stock of a product.
        spending: adds up what was spent.
        handed: looks for files with cards that were forgotten on this disk.
        others: further loops on the open account, by what they are called.
    """

    def __init__(
        self,
        opening: Opening,
        keeper: BookPublisher,
        breaker: CircuitBreaker,
        clock: Clock,
        catalog: Read,
        balance: Read,
        stock: Callable[[str], Awaitable[object]],
        spending: Read,
        handed: Read,
        others: Mapping[str, Callable[[], Awaitable[None]]],
    ) -> None:
        self._opening: Final = opening
        self._keeper: Final = keeper
        self._breaker: Final = breaker
        self._clock: Final = clock
        self._catalog: Final = catalog
        self._balance: Final = balance
        self._stock: Final = stock
        self._spending: Final = spending
        self._handed: Final = handed
        self._others: Final = others
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._replaced: set[asyncio.Task[None]] = set()
        self._stopped = False
        self._began: Final = clock.now()
        self._day_logged = False

    def start(self) -> None:
        """Begin everything; what runs already is begun again."""
        self._spawn("opening", self._begin())
        if self._opening.account is not None:
            self._read_back(self._opening.account)
        # Without a catalogue there is nothing to sell: then somebody waits for it.
        nothing = self._keeper.book.catalog is None
        waits = Priority.PERSON if nothing else Priority.BACKGROUND
        self._spawn("catalogue", self._once(self._catalog, waits))
        self._spawn("balance", self._repeat(self._balance, BALANCE_SECONDS))
        self._spawn("handed", self._repeat(self._handed, HANDED_SECONDS))

    def restart(self) -> None:
        """Begin again because a person asked for it, after a rejected key too."""
        self._breaker.reset()
        self.start()

    def refresh_figures(self, product_id: str) -> None:
        """Read the balance and a stock now, after a purchase, if a console shows them."""
        if "balance" in self._tasks:
            self._spawn("balance", self._repeat(self._balance, BALANCE_SECONDS))
            self._spawn("stock", self._once(partial(self._stock, product_id)))

    def refresh_orders(self) -> None:
        """Poll the orders now; a tracker that died is started again."""
        tracking = self._tasks.get("tracking")
        if self._opening.account is None or tracking is None or tracking.done():
            self.restart()
        else:
            self._opening.account.board.tracker.poke()

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
                self._keeper.log(error.failure.sentence(), "error")
                self._opening.refuse(error.failure)
                self._poll("failing", error.failure, wait)
                await self._clock.sleep(wait)
        account = self._opening.opened()
        self._read_back(account)
        self._spawn("tracking", self._supervise("Tracking", account.track))
        self._spawn("settling", self._supervise("Settling", account.settling.run))
        self._spawn("pulling", self._supervise("Pulling", account.board.pull))
        self._spawn("naming", self._supervise("Naming", account.board.naming.run))
        self._spawn("money", self._supervise("Money", self._add_up))
        for name, loop in self._others.items():
            self._spawn(name, self._supervise(name, loop))
        self._spawn("refunds", self._supervise("Refunds", self._follow_refunds))
        await self._settle_first(account)

    async def _add_up(self) -> None:
        await follow(self._keeper.books(), self._spending)

    async def _follow_refunds(self) -> None:
        """Read the balance again when an order of the board gives money back."""
        before: dict[str, str] = {}
        async for book in self._keeper.books():
            states = {row.line: row.state for row in book.orders}
            if any(
                state in MONEY_BACK and before.get(line, state) != state
                for line, state in states.items()
            ):
                self._spawn("balance", self._repeat(self._balance, BALANCE_SECONDS))
            before = states

    def _read_back(self, account: Account) -> None:
        """Read what the journal knows of earlier orders, which the first picture does not wait for.

        A journal that cannot be read says so in the log of the day.
        """
        self._spawn("day", self._log_day(account))
        self._spawn("times", self._once(account.board.learn_times))

    async def _log_day(self, account: Account) -> None:
        """Show once what happened earlier today, of which another console may have written."""
        # What the first screen does not draw is not imported for it.
        from services.reports.day_log import earlier_today

        if self._day_logged:
            return
        try:
            entries = await earlier_today(account.journal, self._began)
        except DeskError as error:
            said = error.failure.sentence()
            self._keeper.log(phrase("Earlier today cannot be shown: {said}", said=said), "warning")
            return
        self._day_logged = True
        self._keeper.log_earlier(entries)

    async def _settle_first(self, account: Account) -> None:
        """Look at what an earlier console left unresolved before a ticket can be sent."""
        while not account.settled:
            try:
                await account.settle_first()
            except DeskError as error:
                said = error.failure.sentence()
                self._opening.refuse(
                    phrase("Unresolved purchases are not looked at: {said}", said=said)
                )
                await self._clock.sleep(RESTART_SECONDS)
        self._opening.judge()

    async def _supervise(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        """Run a loop; if it ends, the screen that it feeds says so and with which key to go on."""
        while True:
            try:
                await loop()
            except AuthFailed as error:
                self._keeper.log(error.failure.sentence(), "error")
                self._opening.refuse(error.failure)
                if error.blocked_seconds <= 0:
                    self._poll("stopped", error.failure, None)
                    return
                await self._blocked(error)
                self._opening.judge()
            except DeskError as error:
                if error.code == AWAY:
                    # The status line says since when; each loop would say it again and again.
                    await self._clock.sleep(AWAY_SECONDS)
                    continue
                said = error.failure.sentence()
                self._keeper.log(phrase("{name}: {said}", name=name, said=said), "error")
                await self._clock.sleep(RESTART_SECONDS)
            except Exception as fault:
                stopped = failure_of(f"{name} stopped ({type(fault).__name__})", START_IT)
                self._keeper.log(stopped.sentence(), "error")
                self._poll("stopped", stopped, None)
                return

    async def _blocked(self, error: AuthFailed) -> None:
        """Keep still for as long as the vendor blocks this address."""
        self._opening.refuse(error.failure)
        self._poll("blocked", error.failure, error.blocked_seconds)
        await self._clock.sleep(error.blocked_seconds)

    def _give_up(self, error: DeskError) -> None:
        """Say why no further call makes sense; the console leaves with that sentence."""
        self._opening.refuse(error.failure)
        self._keeper.log(error.failure.sentence(), "error")
        self._poll("stopped", error.failure, None)
        self._keeper.publish(fatal=error.sentence(), fatal_exit=error.exit_code)

    def _poll(self, state: str, failure: Failure | None, wait: float | None) -> None:
        now, before = self._clock.now(), self._keeper.book.poll
        self._keeper.publish(
            poll=PollState(
                state=state,
                since=before.since if before.state == state else now,
                last_ok=before.last_ok,
                next_at=None if wait is None else now + timedelta(seconds=wait),
                failure=failure,
            )
        )

    async def _once(self, read: Read, waits: Priority = Priority.BACKGROUND) -> None:
        # The read has put its failure into the book; there is nothing more to say.
        with priority(waits), contextlib.suppress(DeskError):
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
