"""`desk.shift`: what was sold since the last closing, whether the account agrees, and closing."""

import contextlib
from typing import Final

from msgspec.structs import replace

from services.desk.book_publisher import BookPublisher
from services.desk.figures import Figures
from services.desk.opening import Opening
from services.domain.book import DeskInfo
from services.domain.errors import DeskError, NotFound, Refused
from services.domain.money import Prices
from services.domain.shop.shift import AccountCheck, ShiftReport, account_check
from services.journal.shop.shifts import Shifts
from services.system.clock import Clock, midnight

ATTEMPTS = 3
"""How often movements and balance are read, until no money moves between the two."""


class DeskShift:
    """Puts the report of a shift together from the journal, and closes it.

    Args:
        opening: knows the account once it is open.
        keeper: the book, which says whether this desk may close.
        figures: reads the balance.
    """

    def __init__(
        self, opening: Opening, keeper: BookPublisher, figures: Figures, clock: Clock
    ) -> None:
        self._opening: Final = opening
        self._keeper: Final = keeper
        self._figures: Final = figures
        self._clock: Final = clock

    async def follow(self) -> None:
        """Ask now what became of open orders; what cannot be asked stays as the journal has it."""
        with contextlib.suppress(DeskError):
            await self._opening.opened().board.tracker.read()

    async def now(self, prices: Prices) -> ShiftReport:
        """Return the shift that goes on, as the journal has it; raises JournalFailed.

        Args:
            prices: what customers pay where the journal kept no price with a purchase.
        """
        return await self._shifts().now(prices, midnight(self._clock.now()))

    async def with_account(self, report: ShiftReport) -> ShiftReport:
        """Return the report of the shift that goes on with the account compared, or why not.

        Raises:
            JournalFailed: the journal could not be read.
        """
        before = await self._shifts().checked()
        try:
            account = await self._account(before)
        except DeskError as failure:
            return replace(report, account=None, not_read=str(failure.failure.reason()))
        return replace(report, account=account, not_read="")

    async def close(self, number: int, prices: Prices) -> ShiftReport:
        """Close the shift that goes on: its figures are kept in the event log.

        Args:
            number: which shift that is, as the person saw it.
            prices: as of `now`.

        Returns:
            The closed shift.

        Raises:
            Refused: this desk is read-only, or the shift was closed meanwhile.
            JournalFailed: the journal could not take it; nothing is closed.
        """
        may_close(self._keeper.book.info)
        shifts = self._shifts()
        await self.follow()
        read = await self.with_account(await self.now(prices))

        def finish(report: ShiftReport) -> ShiftReport:
            return replace(report, account=read.account, not_read=read.not_read)

        return await shifts.close(number, prices, midnight(self._clock.now()), finish)

    async def closed(self) -> tuple[ShiftReport, ...]:
        """Return every closed shift, the newest first; raises JournalFailed."""
        return await self._shifts().closed()

    async def numbered(self, number: int | None = None) -> ShiftReport:
        """Return a closed shift by its number, the last one if None.

        Raises:
            NotFound: there is none.
            JournalFailed: the journal could not be read.
        """
        shifts = self._shifts()
        last = await shifts.last()
        if last is None:
            raise NotFound("No shift was closed yet", code="NO_SHIFT")
        found = await shifts.numbered(last.number if number is None else number)
        if found is None:
            raise NotFound(
                f"There is no shift {number}: they go from 1 to {last.number}", code="NO_SHIFT"
            )
        return found

    async def _account(self, before: AccountCheck | None) -> AccountCheck:
        """Compare the balance with what moved since it was compared last."""
        reader, catalog = self._opening.opened().ledger, self._keeper.book.catalog
        start = (before.last_at or before.since) if before else None
        attempts = ATTEMPTS
        while True:
            ledger = await reader.read(start, None, catalog)
            check = account_check(ledger, await self._figures.balance(), before)
            attempts -= 1
            if check.end == check.must_be or not attempts:
                return check

    def _shifts(self) -> Shifts:
        return Shifts(self._opening.opened().journal)


def may_close(info: DeskInfo) -> None:
    """Raise Refused where a desk only looks."""
    if info.read_only or info.scope == "READ-ONLY":
        raise Refused(
            "This desk is read-only: it looks at shifts and closes none",
            code="READ_ONLY",
            advice="Nothing was closed.",
        )
