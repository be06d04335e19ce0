"""The journal as who runs it sees it: making it on a server, saying where it is, moving it."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from services.desk.journal_place import needed, team_place
from services.domain.errors import ConfigError, JournalFailed
from services.domain.secrets import Secret
from services.journal.schema import VERSION
from services.local_files.key_identity import KeyIdentities
from services.settings.load import Settings
from services.system.clock import Clock
from services.system.paths import Paths

if TYPE_CHECKING:
    from services.journal.moving.move import Moved
    from services.journal.postgres.setup import Prepared
    from services.journal.postgres.status import ServerStatus

T = TypeVar("T")
MoveTarget = Literal["server", "file"]


class TeamJournal:
    """The journal on the server that the settings of a profile name.

    Args:
        settings: the chosen profile.
        paths: where the files lie that the settings name.

    Attributes:
        server: where it is.

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
        self.server: Final = team_place(settings.profile, paths)

    async def prepare(self) -> "Prepared":
        """Make the schema and the roles, or bring them up to date; raises JournalFailed."""
        from services.journal.postgres import setup

        return await self.ask(lambda: setup.prepare(self.server))

    async def status(self) -> "ServerStatus":
        """Look at the journal without opening it; raises JournalFailed."""
        from services.journal.postgres import status

        return await self.ask(lambda: status.read(self.server))

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
            raise failure(error, self.server) from error


async def move(
    way: MoveTarget, settings: Settings, key: Secret, paths: Paths, clock: Clock, operator: str
) -> "Moved":
    """Move the journal of a key's account.

    Args:
        way: to the server that the settings name, or from it into the file on this host.
        settings: the chosen profile.
        key: says whose journal it is, by what was asked of the vendor before.
        paths: where the file is.
        clock: time, for what is written.
        operator: who does it, for what is written.

    Raises:
        ConfigError: the settings name no server.
        JournalFailed: it cannot be moved now; where it is used is as it was.
    """
    team = TeamJournal(settings, paths)
    identity = KeyIdentities(paths.state_dir / "keys", key, settings.profile.base_url).load()
    if identity is None or identity.environment != settings.profile.environment.upper():
        raise JournalFailed(
            "This host does not know yet whose key this is",
            advice="Nothing was changed. Run carddesk doctor first.",
            code="JOURNAL_ACCOUNT",
        )
    # Here for speed: no other command needs both engines.
    from services.journal.moving.move import Mover

    path = paths.state_dir / identity.journal_name
    mover = Mover(path, identity.account, team.server, clock, operator)
    return await team.ask(mover.to_server if way == "server" else mover.to_file)
