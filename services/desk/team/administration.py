"""The journal as who runs it sees it: making it on a server, and saying where it is."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from services.desk.journal_place import needed, team_place
from services.domain.errors import ConfigError
from services.journal.schema import VERSION
from services.settings.load import Settings
from services.system.paths import Paths

if TYPE_CHECKING:
    from services.journal.postgres.session import JournalServer
    from services.journal.postgres.setup import Prepared
    from services.journal.postgres.status import ServerStatus

T = TypeVar("T")


class TeamJournal:
    """The journal on the server that the settings of a profile name.

    Args:
        settings: the chosen profile.
        paths: where the files lie that the settings name.

    Raises:
        ConfigError: the settings name no server, or one that is not safe to use.
        JournalFailed: what a server needs is not installed.
    """

    def __init__(self, settings: Settings, paths: Paths) -> None:
        if not settings.profile.journal:
            raise ConfigError(
                f"The profile {settings.profile.name} keeps its journal in a file on this host",
                advice="Name the server first: journal = "
                '"postgresql://carddesk@db.example:5432/carddesk" in the profile.',
            )
        self._server: Final = team_place(settings.profile, paths)

    @property
    def server(self) -> "JournalServer":
        """Where the journal is."""
        return self._server

    async def prepare(self) -> "Prepared":
        """Make the schema and the roles, or bring them up to date; raises JournalFailed."""
        from services.journal.postgres import setup

        return await self.ask(lambda: setup.prepare(self._server))

    async def status(self) -> "ServerStatus":
        """Look at the journal without opening it; raises JournalFailed."""
        from services.journal.postgres import status

        return await self.ask(lambda: status.read(self._server))

    def note(self, found: "ServerStatus") -> str:
        """Say what keeps this carddesk from buying with such a journal, or return ''."""
        if found.moved_to:
            return f"This journal was moved to {found.moved_to}: nothing is bought with it here."
        if found.schema_version < VERSION:
            return (
                "The journal is of an earlier carddesk: its owner brings it up to date with"
                " carddesk journal init."
            )
        if found.schema_version > VERSION:
            return "The journal is of a newer carddesk: install that one to open it."
        if found.standby:
            return "This server is a standby, which can only be read."
        return ""

    async def ask(self, work: Callable[[], T]) -> T:
        """Let a function speak with the server, in a thread; raises JournalFailed."""
        with needed():
            import psycopg

            from services.journal.postgres.session import failure

        try:
            return await asyncio.to_thread(work)
        except psycopg.Error as error:
            raise failure(error, self._server) from error
