"""From what the settings say to a journal on a server."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from services.domain.errors import ConfigError
from services.journal.database import Journal
from services.journal.emergency_file import Emergency
from services.journal.postgres.engine import PostgresEngine
from services.journal.postgres.session import JournalServer, near
from services.system import files
from services.system.clock import CorrectedClock

NOT_TAKEN: Final = ("password", "sslmode", "options", "passfile", "sslrootcert")
"""What is set elsewhere, or never."""


def server(
    place: str,
    passfile: Path | None,
    ca: Path | None,
    schema: str,
    environ: Mapping[str, str] = os.environ,
) -> JournalServer:
    """Return what is needed to connect to the place of the settings.

    Args:
        place: `postgresql://user@host:port/database`, or `service=name`.
        passfile: the file with the password, in libpq's form; None where none is needed.
        ca: the certificate that the server's has to be signed by; None for the system's own.
        schema: where in the database the journal is.
        environ: variables, of which none may hold a password.

    Raises:
        ConfigError: it is no such place, has a password in it, or the file is not safe.
    """
    if environ.get("PGPASSWORD"):
        raise ConfigError(
            "The variable PGPASSWORD holds a password, and variables are no place for one",
            advice="Nothing was sent. Unset it, and name a file in journal_passfile.",
        )
    named = _parts(place)
    if passfile is not None:
        # Read once here: libpq only warns of an unsafe file, and goes on without it.
        files.read(passfile, "journal_passfile", "the password of the journal")
        named["passfile"] = str(passfile)
    if "service" not in named:
        named.setdefault("dbname", "carddesk")
        named["sslmode"] = "prefer"
        hosts = named.get("host") or named.get("hostaddr", "")
        if not all(near(host) for host in hosts.split(",")):
            named |= {"sslmode": "verify-full", "sslrootcert": str(ca) if ca else "system"}
    return JournalServer(named, schema)


def open_place(place: JournalServer, path: Path, clock: CorrectedClock, operator: str) -> Journal:
    """Return the journal on a server, not open yet; its emergency file lies beside `path`.

    What is written there has the name of the login, which the server knows.
    """
    emergency = Emergency(path)
    engine = PostgresEngine(place, path, emergency, clock, "")
    return Journal(path, clock, operator, engine, emergency)


def login(place: str) -> str:
    """Return the name that the settings log in with, empty where they name none."""
    try:
        return str(conninfo_to_dict(place).get("user") or "")
    except ProgrammingError:
        return ""


def _parts(place: str) -> dict[str, str]:
    scheme, _, rest = place.partition("://")
    if rest and scheme not in ("postgresql", "postgres"):
        raise ConfigError(
            f"A journal cannot be at {scheme}://",
            advice="Write postgresql://user@host:5432/carddesk, or leave it empty for a file.",
        )
    try:
        found = conninfo_to_dict(place)
    except ProgrammingError:
        raise ConfigError(
            "The place of the journal cannot be read",
            advice="Write postgresql://user@host:5432/carddesk, or service=name.",
        ) from None
    parts = {name: str(value) for name, value in found.items() if value is not None}
    for name in NOT_TAKEN:
        if name in parts:
            raise ConfigError(
                f"The place of the journal says {name}, which has no place there",
                advice="Nothing was sent. Take it out; a password belongs into journal_passfile.",
            )
    return parts
