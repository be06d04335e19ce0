"""Which keys the vendor rejected, for all hosts, and whose turn it is to try one.

It needs no account: a key that no console has used yet is tried before its account is known. Keys
are named by their fingerprints.
"""

from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from services.journal.postgres import statements
from services.journal.postgres.consoles import KEY_REJECTED
from services.journal.postgres.session import Connection

TURNS: Final = 0x43444B32
"""The class of the locks of consoles that try a key: "CDK2"."""

WRITERS: Final = 0x43444B33
"""The class of the locks of consoles that write that one was rejected: "CDK3"."""

REMEMBERED: Final = 16

_ROW: Final = "SELECT rejected, said, accepted FROM rejected_keys WHERE key = %s"
_PUT: Final = (
    "INSERT INTO rejected_keys (key, rejected, said, accepted) VALUES (%s, %s, %s, {accepted})"
    " ON CONFLICT (key) DO UPDATE SET rejected = excluded.rejected, said = excluded.said,"
    " accepted = excluded.accepted"
)


class Rejection(Struct, frozen=True, omit_defaults=True):
    """What the vendor said when it rejected a key, and at which host."""

    message: str
    code: str = ""
    request_id: str = ""
    host: str = ""


class KeyHistory(Struct, frozen=True):
    """What the hosts know of a key; times are the server's, UTC.

    `rejected` are the times of its rejections since it worked last, `said` the last of them,
    `accepted` is when a console found last that it works.
    """

    now: datetime
    rejected: tuple[datetime, ...] = ()
    said: Rejection | None = None
    accepted: datetime | None = None


def take_turn(connection: Connection, key: str) -> bool:
    """Take the turn to try a key, until the connection is closed; False while another has it."""
    row = connection.execute(
        "SELECT pg_try_advisory_lock(%s, hashtext(current_schema() || %s)) AS held", (TURNS, key)
    ).fetchone()
    return bool(row and row["held"])


def give_turn_back(connection: Connection, key: str) -> None:
    """Let the next console try it."""
    connection.execute(
        "SELECT pg_advisory_unlock(%s, hashtext(current_schema() || %s))", (TURNS, key)
    )


def history(connection: Connection, key: str) -> KeyHistory:
    """Return what the hosts know of a key."""
    now = f"SELECT {statements.NOW} AS now"
    row = connection.execute(
        f"SELECT * FROM ({now}) AS one LEFT JOIN ({_ROW}) AS k ON true".encode(),  # noqa: S608
        (key,),
    ).fetchone()
    if row is None or row["rejected"] is None:
        return KeyHistory(datetime.fromisoformat((row or {})["now"]))
    return KeyHistory(
        datetime.fromisoformat(row["now"]),
        msgspec.json.decode(row["rejected"], type=tuple[datetime, ...]),
        msgspec.json.decode(row["said"], type=Rejection) if row["said"] else None,
        datetime.fromisoformat(row["accepted"]) if row["accepted"] else None,
    )


def note_accepted(connection: Connection, key: str) -> None:
    """Write down that a key works, whatever was said of it before."""
    connection.execute(_PUT.format(accepted=statements.NOW).encode(), (key, "[]", ""))


def note_rejected(connection: Connection, key: str, said: Rejection) -> None:
    """Write down that a key was rejected, and let the consoles of all hosts hear it."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (WRITERS, key))
        before = history(connection, key)
        times = msgspec.json.encode((*before.rejected, before.now)[-REMEMBERED:]).decode()
        words = msgspec.json.encode(said).decode()
        connection.execute(_PUT.format(accepted="''").encode(), (key, times, words))
        connection.execute("SELECT pg_notify(current_schema(), %s)", (KEY_REJECTED,))
