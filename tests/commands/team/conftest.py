"""A journal on a server, as the settings of a command name it."""

from hashlib import sha256

import psycopg
import pytest

from services.journal.postgres import roles
from tests.cli.conftest import Carddesk
from tests.commands.conftest import *  # noqa: F403
from tests.journal.postgres.server import TestServer


@pytest.fixture
def database(postgres: TestServer, request: pytest.FixtureRequest) -> str:
    """An empty database of the test's own."""
    name = "d" + sha256(request.node.nodeid.encode()).hexdigest()[:16]
    with psycopg.connect(**postgres.parameters(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} STRATEGY = wal_log")
    return name


@pytest.fixture
def place(postgres: TestServer, database: str) -> str:
    """What the setting `journal` says."""
    return f"postgresql://postgres@127.0.0.1:{postgres.port}/{database}"


@pytest.fixture
def team(carddesk: Carddesk, place: str) -> Carddesk:
    """Run a command whose journal is on the server, by the administrator's login."""

    async def command(*argv: str, **variables: str):
        return await carddesk(*argv, **{"CARDDESK_JOURNAL": place} | variables)

    return command


@pytest.fixture
def login(postgres: TestServer, database: str):
    """Make a login in one of the roles; returns what the setting `journal` says for it."""

    def make(role: str) -> str:
        name = f"{database}_{role.removeprefix('carddesk_')}"
        with psycopg.connect(**postgres.parameters(dbname=database), autocommit=True) as admin:
            admin.execute(f"CREATE ROLE {name} LOGIN")
            if role in roles.ALL:
                admin.execute(f"GRANT {role} TO {name}")
        return f"postgresql://{name}@127.0.0.1:{postgres.port}/{database}"

    return make
