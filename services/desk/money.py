"""`desk.money`: what was spent, and the account's movements beside the orders they paid."""

from datetime import datetime
from typing import Final

from services.desk.book_publisher import BookPublisher
from services.desk.opening import Opening
from services.domain.day_figures import DayFigures
from services.domain.ledger import Ledger
from services.domain.spending import Spending
from services.reports.spending_reader import SpendingReader


class DeskMoney:
    """Adds up what the journal and the vendor's ledger say of money, in DZD.

    Args:
        opening: knows the account once it is open.
        keeper: the book, which shows what was spent.
        spending: adds up the journal's purchases.
    """

    def __init__(self, opening: Opening, keeper: BookPublisher, spending: SpendingReader) -> None:
        self._opening: Final = opening
        self._keeper: Final = keeper
        self._spending: Final = spending

    async def ledger(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        background: bool = False,
    ) -> Ledger:
        """Return the movements of a span of time, local today if none, matched; raises DeskError.

        What they are matched to: the vendor's orders of that span and the journal's purchases.
        In the `background` it lets what a person waits for go first.
        """
        ledger, catalog = self._opening.opened().ledger, self._keeper.book.catalog
        read = await ledger.read(start, end, catalog, background=background)
        self._spending.learn(read)
        if start is None and end is None:
            self._keeper.publish(ledger=read)
        await self.figures()
        return read

    async def figures(self) -> tuple[Spending, DayFigures]:
        """Return what was spent and the figures of today, and put them into the book.

        Raises:
            DeskError: the journal could not be read.
        """
        book = self._keeper.book
        if book.balance is not None:
            self._spending.note(book.balance)
        spent, day = await self._spending.read(self._opening.opened().journal)
        known = self._keeper.book.spending
        self._keeper.publish(spending=known if known == spent else spent, day=day)
        return spent, day
