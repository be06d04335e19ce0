"""Statements that travel together."""

import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from psycopg import errors

from services.journal.postgres.session import JournalServer, connect
from services.journal.postgres.statements import ServerLine

WAITS = "SELECT pg_advisory_xact_lock(7)"


@contextmanager
def held_up(place: JournalServer) -> Iterator[Callable[[], object]]:
    """Let the server carry out nothing behind `WAITS` until what is yielded is called."""
    with connect(place) as holder:
        holder.execute("SELECT pg_advisory_lock(7)")
        yield lambda: holder.execute("SELECT pg_advisory_unlock(7)")


def fail(place: JournalServer) -> None:
    with connect(place) as connection, held_up(place) as go_on, connection.pipeline() as pipeline:
        line = ServerLine(connection, pipeline)
        line.ask(WAITS)
        line.ask("INSERT INTO meta VALUES ('rev', '0')")
        line.ask("SELECT 1")
        go_on()
        # The server says at once what has failed, and the rest at the end.
        select.select([connection.fileno()], [], [], 20)


def test_a_failure_is_named_not_what_was_skipped_after_it(place: JournalServer) -> None:
    with pytest.raises(errors.UniqueViolation):
        fail(place)


def test_what_is_answered_already_is_not_waited_for(place: JournalServer) -> None:
    with connect(place) as connection, held_up(place) as go_on, connection.pipeline() as pipeline:
        line = ServerLine(connection, pipeline)
        first, second = line.ask("SELECT 1 AS one"), line.ask("SELECT 2 AS two")
        assert first.fetchone() == {"one": 1}
        line.ask(WAITS)
        assert second.fetchone() == {"two": 2}
        go_on()
