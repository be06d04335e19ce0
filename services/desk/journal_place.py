"""Where an account's journal is: in a file on this host, or on the team's server."""

import contextlib
from collections.abc import Generator
from typing import TYPE_CHECKING, Final

from services.domain.errors import JournalFailed
from services.journal.database import Journal
from services.local_files.key_identity import KeyIdentity
from services.settings.fields import Environment, Profile
from services.settings.load import Settings
from services.system.clock import Clock, CorrectedClock
from services.system.paths import Paths

if TYPE_CHECKING:
    from services.journal.postgres.session import JournalServer

SCHEMAS: Final[dict[Environment, str]] = {"production": "carddesk", "sandbox": "carddesk_sandbox"}
"""An account has a journal for each environment; on a server each is a schema of its database."""


def journal_of(
    settings: Settings, identity: KeyIdentity, paths: Paths, clock: Clock, operator: str
) -> Journal:
    """Return the journal of an account, not open yet.

    Raises:
        ConfigError: the settings name a place where none can be.
        JournalFailed: what a server needs is not installed.
    """
    path = paths.state_dir / identity.journal_name
    if not settings.profile.journal:
        return Journal(path, clock, operator)
    # Here for speed: a journal on this host needs no client of a server.
    with needed():
        from services.journal.postgres.place import open_place

    # A desk whose journal is on a server has such a clock from its beginning.
    common = clock if isinstance(clock, CorrectedClock) else CorrectedClock(clock)
    return open_place(team_place(settings.profile, paths), path, common, operator)


def operator_of(profile: Profile, operator: str) -> str:
    """Return who works here, as far as it is known before the journal is open.

    On a server it is the login, which proves its name; empty where a service's file names it.
    """
    if not profile.journal:
        return operator
    try:
        from services.journal.postgres.place import login
    except ImportError:
        # The opening of the journal says so.
        return operator
    return login(profile.journal)


def team_place(profile: Profile, paths: Paths) -> "JournalServer":
    """Return the server of a profile's journal.

    Raises:
        ConfigError: the settings name no place where a journal can be.
        JournalFailed: what a server needs is not installed.
    """
    with needed():
        from services.journal.postgres.place import server

    return server(
        profile.journal,
        paths.config_dir / profile.journal_passfile if profile.journal_passfile else None,
        paths.config_dir / profile.journal_ca if profile.journal_ca else None,
        SCHEMAS[profile.environment],
    )


@contextlib.contextmanager
def needed() -> Generator[None]:
    """Say how to install what a journal on a server needs, where it is missing."""
    try:
        yield
    except ImportError as missing:
        raise JournalFailed(
            "The journal is on a PostgreSQL server, and its client is not installed",
            advice='Nothing was sent. Install it with pip install "carddesk[team]".',
            code="JOURNAL_CLIENT",
        ) from missing
