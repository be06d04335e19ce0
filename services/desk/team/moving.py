"""Moving an account's journal between a file on this host and the team's server."""

from typing import TYPE_CHECKING, Literal

from services.desk.team.administration import TeamJournal
from services.domain.errors import JournalFailed
from services.domain.secrets import Secret
from services.local_files.key_identity import KeyIdentities
from services.settings.load import Settings
from services.system.clock import Clock
from services.system.paths import Paths

if TYPE_CHECKING:
    from services.journal.moving.move import Moved

MoveTarget = Literal["server", "file"]


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
