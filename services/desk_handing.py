"""The part of the desk that hands cards over in files, and knows which of them still lie there."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from services.book import BookKeeper
from services.clock import Clock
from services.errors import JournalFailed
from services.handed import Handed, HandedFiles, forgotten, forgotten_words
from services.secrets import Secret


class DeskHanding:
    """What a desk does with texts for customers; the base of `Desk`, which records events."""

    _handed: HandedFiles
    _keeper: BookKeeper
    _clock: Clock

    async def record(self, kind: str, order_id: str, detail: str) -> None:
        """Write into the event log what is about to be done; raises JournalFailed."""
        raise NotImplementedError

    async def hand(self, order_id: str, which: str, text: Secret) -> Path:
        """Write a text for a customer into a new file of mode 0600; recorded before.

        Args:
            order_id: the order whose cards are in it.
            which: which of them, in words for the event log.
            text: what the file is to hold.

        Returns:
            Where it is. It is listed until it is deleted.

        Raises:
            DeskError: the journal cannot record it, or the file cannot be written.
        """
        name = await asyncio.to_thread(self._handed.fresh, order_id, self._clock.now())
        await self.record("hand", order_id, f"{which}, into the file {name}")
        return await asyncio.to_thread(self._handed.write, name, text)

    async def handed(self) -> tuple[Handed, ...]:
        """Return the handed files that are not deleted yet, oldest first; raises DeskError."""
        files = await asyncio.to_thread(self._handed.listed)
        self._tell_forgotten(files)
        return files

    async def delete_handed(self, names: Sequence[str]) -> None:
        """Delete files that were handed over, then record it: a full disk must not keep cards.

        Raises:
            BadInput: there is no such file.
            DeskError: one cannot be deleted, or all are and the event log could not take it.
        """
        await asyncio.to_thread(self._handed.delete, names)
        await self.handed()
        try:
            for name in names:
                await self.record("hand-delete", "", f"the file {name} was deleted")
        except JournalFailed as failure:
            raise JournalFailed(
                f"Deleted, but the event log could not take it: {failure.message}",
                code=failure.code,
            ) from None

    def _tell_forgotten(self, files: Sequence[Handed]) -> None:
        """Put into the book how many lie there since long, and into the log when they get more."""
        now = self._clock.now()
        count, known = len(forgotten(files, now)), self._keeper.book.forgotten
        if count > known:
            self._keeper.log(forgotten_words(files, now), "warning")
        if count != known:
            self._keeper.publish(forgotten=count)
