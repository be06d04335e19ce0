"""What a journal asks of its database."""

import inspect

import pytest

from services.journal.engine import JournalEngine
from services.journal.postgres.engine import PostgresEngine
from services.journal.sqlite.engine import SqliteEngine


@pytest.mark.parametrize("engine", [SqliteEngine, PostgresEngine])
def test_each_engine_takes_what_the_journal_hands_it(engine):
    for name, asked in inspect.getmembers(JournalEngine, inspect.isfunction):
        if name.startswith("_") or (held := getattr(engine, name, None)) is None:
            continue
        assert [*inspect.signature(held).parameters] == [*inspect.signature(asked).parameters]
