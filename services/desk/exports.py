"""`desk.exports`: what is listed, written into a file."""

import asyncio
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Final

from services.desk.journal import DeskJournal
from services.domain.errors import DeskError
from services.domain.phrase import counted
from services.local_files import exports
from services.local_files.exports import CsvForm
from services.settings.fields import ExportSettings
from services.system.clock import Clock


class DeskExports:
    """Writes lists into files of this user alone, each recorded before it happens.

    Args:
        journal: records what is done, before it is.
        folder: where a file goes that is given no path.
        settings: how a CSV is written.
    """

    def __init__(
        self, journal: DeskJournal, folder: Path, settings: ExportSettings, clock: Clock
    ) -> None:
        self._journal: Final = journal
        self._folder: Final = folder
        self._settings: Final = settings
        self._clock: Final = clock

    def csv_form(self) -> CsvForm:
        """Return how the settings have a CSV written; raises BadInput."""
        asked = self._settings
        return exports.csv_form(asked.separator, asked.decimal, asked.bom)

    async def write(
        self,
        name: str,
        rows: Sequence[Mapping[str, object]],
        kind: str = "csv",
        path: Path | None = None,
        exact: Container[str] = (),
        form: CsvForm | None = None,
    ) -> Path:
        """Write what is listed into a new file; recorded before it happens.

        Args:
            name: what is listed.
            rows: each with the same columns, without codes.
            kind: `csv`, `json` or `xlsx`.
            path: where; a new file in the desk's own folder of exports if None.
            exact: columns of codes, of which every sign is kept.
            form: how a CSV is written; as the settings say if None.

        Raises:
            DeskError: the journal cannot record it, or the file cannot be written.
        """
        where = path or exports.fresh(self._folder, name, kind, self._clock.now())
        await self._journal.record("export", "", f"{counted(len(rows), 'row')} of {name}")
        try:
            csv = form or self.csv_form()
            return await asyncio.to_thread(exports.write, where, rows, kind, exact, csv)
        except DeskError as failure:
            await self._journal.record("not-exported", "", f"{name}: {failure.message}")
            raise

    async def write_text(self, name: str, text: str) -> Path:
        """Write a text without codes into a new file of the desk's own folder; recorded before.

        Args:
            name: what it is, the beginning of the file's name.
            text: what it is to hold.

        Raises:
            DeskError: the journal cannot record it, or the file cannot be written.
        """
        where = exports.fresh(self._folder, name, "txt", self._clock.now())
        await self._journal.record("export", "", f"{name} as text")
        return await asyncio.to_thread(exports.write_text, where, text)
