"""`desk.receipts`: cards handed over in files or on paper, and which files still lie there."""

import asyncio
import contextlib
import os
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from services.desk.book_publisher import BookPublisher
from services.desk.journal import DeskJournal
from services.desk.orders import DeskOrders
from services.domain.errors import DeskError, JournalFailed, NotRecorded, Refused
from services.domain.models import Card
from services.domain.secrets import Secret
from services.local_files.receipt_files import ReceiptFile, ReceiptFiles, forgotten, forgotten_words
from services.system import programs
from services.system.clock import Clock

TextOf = Callable[[Sequence[tuple[Card, ...]]], Secret]
"""Makes one text of the cards of each order."""


class DeskReceipts:
    """Writes texts for customers into files, and keeps a list until they are deleted.

    Args:
        journal: records what is done, before it is.
        orders: fetches the cards, once that is recorded.
        files: the files of this user.
        keeper: the book, which says how many were forgotten.
        print_command: the program that prints, as the settings have it.
    """

    def __init__(
        self,
        journal: DeskJournal,
        orders: DeskOrders,
        files: ReceiptFiles,
        keeper: BookPublisher,
        clock: Clock,
        print_command: str = "",
    ) -> None:
        self._journal: Final = journal
        self._orders: Final = orders
        self._files: Final = files
        self._keeper: Final = keeper
        self._clock: Final = clock
        self._print_command: Final = print_command

    async def write(self, order_ids: Sequence[str], which: str, text_of: TextOf) -> Path:
        """Write a text for a customer into a new file of mode 0600; recorded before.

        Args:
            order_ids: the orders whose cards are in it, one or more.
            which: which of them, in words for the event log.
            text_of: makes what the file is to hold of the cards of each order.

        Returns:
            Where it is. It is listed until it is deleted.

        Raises:
            DeskError: the journal cannot record it, the vendor could not be read, or the file
                cannot be written.
        """
        name = await asyncio.to_thread(self._files.fresh, order_ids[0], self._clock.now())
        where = f"{which}, into the file {name}"
        cards = await self._orders.take_out(order_ids, "hand", where)
        return await asyncio.to_thread(self._files.write, name, text_of(cards))

    async def print_out(self, order_ids: Sequence[str], which: str, text_of: TextOf) -> None:
        """Send a text for a customer to the program of `ui.print_command`; recorded before.

        Args:
            order_ids: the orders whose cards are in it, one or more.
            which: which of them, in words for the event log.
            text_of: makes the text of the cards of each order.

        Raises:
            Refused: no program is set.
            DeskError: the journal cannot record it, the vendor could not be read, or the program
                failed: then the event log has a line that says so.
        """
        words = self._printer()
        cards = await self._orders.take_out(order_ids, "print", f"{which}, to the printer")
        try:
            text = text_of(cards)
            await programs.run("ui.print_command", words, text.reveal(), os.environ)
        except DeskError as failure:
            with contextlib.suppress(NotRecorded):
                for order_id in order_ids:
                    await self._journal.record("not-printed", order_id, failure.message)
            raise DeskError(
                f"Not printed: {failure.message}",
                code=failure.code,
                advice="The order is not marked. Look at what the printer has put out"
                " before you print it again.",
            ) from None

    async def print_report(self, what: str, text: str) -> None:
        """Send a text that holds no code to the same program; recorded before.

        Args:
            what: what it is, in words for the event log.
            text: as it is printed.

        Raises:
            Refused: no program is set.
            DeskError: the journal cannot record it, or the program failed.
        """
        words = self._printer()
        await self._journal.record("print", "", what)
        try:
            await programs.run("ui.print_command", words, text, os.environ)
        except DeskError as failure:
            with contextlib.suppress(NotRecorded):
                await self._journal.record("not-printed", "", f"{what}: {failure.message}")
            raise DeskError(f"Not printed: {failure.message}", code=failure.code) from None

    def _printer(self) -> list[str]:
        if words := shlex.split(self._print_command):
            return words
        raise Refused(
            "No print command is set",
            code="NO_PRINTER",
            advice="Nothing was printed. Set ui.print_command to a program that prints.",
        )

    async def listed(self) -> tuple[ReceiptFile, ...]:
        """Return the handed files that are not deleted yet, oldest first; raises DeskError."""
        files = await asyncio.to_thread(self._files.listed)
        self._tell_forgotten(files)
        return files

    async def delete(self, names: Sequence[str]) -> None:
        """Delete files that were handed over, then record it: a full disk must not keep cards.

        Raises:
            BadInput: there is no such file.
            DeskError: one cannot be deleted, or all are and the event log could not take it.
        """
        await asyncio.to_thread(self._files.delete, names)
        await self.listed()
        try:
            for name in names:
                await self._journal.record("hand-delete", "", f"the file {name} was deleted")
        except JournalFailed as failure:
            raise JournalFailed(
                f"Deleted, but the event log could not take it: {failure.message}",
                code=failure.code,
            ) from None

    def _tell_forgotten(self, files: Sequence[ReceiptFile]) -> None:
        """Put into the book how many lie there since long, and into the log when they get more."""
        now = self._clock.now()
        count, known = len(forgotten(files, now)), self._keeper.book.forgotten
        if count > known:
            self._keeper.log(forgotten_words(files, now), "warning")
        if count != known:
            self._keeper.publish(forgotten=count)
