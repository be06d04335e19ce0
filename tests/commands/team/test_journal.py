"""`carddesk journal`: making it on a server, saying where it is, checking it."""

from datetime import UTC, datetime

import psycopg
import pytest

from services.domain.models import PurchaseState as S
from services.journal.emergency_file import Deed, Emergency, Outcome
from services.journal.postgres import roles, session
from services.journal.schema import VERSION
from tests.cli.conftest import ROOT
from tests.journal.postgres.tls import TlsFront


async def test_init_makes_it_once_and_says_how_to_log_in(team):
    made = await team("journal", "init")
    assert made.code == 0, made.err
    assert "was made in d" in made.out
    assert "GRANT carddesk_support TO amina;" in made.out
    again = await team("journal", "init", "--json")
    assert again.document["version_before"] == again.document["version"] == VERSION
    assert again.document["roles_made"] == []


async def test_status_says_where_it_is_and_as_whom(team, login, database):
    await team("journal", "init")
    await team("doctor")
    found = (await team("journal", "--json", CARDDESK_JOURNAL=login(roles.SUPPORT))).document
    assert found["role"] == "support"
    assert found["login"] == f"{database}_support"
    assert found["account"]
    assert {each["operator"] for each in found["consoles"]} <= {"postgres"}
    assert "role superuser" in (await team("journal")).out


async def test_status_of_a_file_names_it(carddesk, tmp_path):
    found = (await carddesk("journal", "status", "--json")).document
    assert found["engine"] == "sqlite"
    assert found["place"].startswith(str(tmp_path))


@pytest.mark.parametrize("where", ["file", "server"])
async def test_check_finds_what_was_altered(where, team, carddesk, place, tmp_path, shelf):
    run = team if where == "server" else carddesk
    if where == "server":
        await team("journal", "init")
    bought = await run("buy", shelf.product_id, shelf.type_id, "1", "--yes")
    assert bought.code == 0, bought.err
    assert "The journal is whole" in (await run("journal", "check")).err
    alter = "UPDATE events SET why = 'another' WHERE seq = 2"
    if where == "server":
        with psycopg.connect(place, autocommit=True) as admin:
            admin.execute("SET search_path = carddesk_sandbox")
            admin.execute(alter)
    else:
        import sqlite3

        [file] = (tmp_path / "state").rglob("*.db")
        with sqlite3.connect(file) as connection:
            connection.execute(alter)
    checked = await run("journal", "check", "--json")
    assert checked.code == 2
    assert "event 2" in checked.document["found"][0]


async def test_support_looks_notes_and_never_buys(team, login, shelf):
    await team("journal", "init")
    buy = ("buy", shelf.product_id, shelf.type_id, "1", "--yes")
    bought = await team(*buy, "--wait", "--json")
    support = {"CARDDESK_JOURNAL": login(roles.SUPPORT)}
    refused = await team(*buy, **support)
    assert refused.code == 3
    assert "not buy" in refused.err
    order = bought.document["order_id"]
    for command in (
        ("order", order, "--reveal"),
        ("note", bought.document["purchase_id"], "for yacine"),
        ("delivered", order),
        ("orders",),
        ("journal", "check"),
    ):
        done = await team(*command, **support)
        assert done.code == 0, (command, done.err)
    for command in (("shift", "close", "--yes"), ("journal", "init")):
        assert "does not allow this to your login" in (await team(*command, **support)).err


async def test_a_reveal_of_support_is_carried_over_to_the_journal(team, login, tmp_path):
    await team("journal", "init")
    await team("doctor")
    [beside] = (tmp_path / "state").rglob("*.emergency")
    room = Emergency(beside.with_suffix(""))
    room.open()
    room.append(Deed("reveal", "o1", "card 1", datetime(2026, 3, 1, tzinfo=UTC), "yacine"))
    room.append(Outcome("p1", S.HANDLING, datetime(2026, 3, 1, tzinfo=UTC), "o2"))
    room.close()
    done = await team("orders", CARDDESK_JOURNAL=login(roles.SUPPORT))
    assert done.code == 0, done.err
    [left] = [entry.record for entry in room.entries()]
    assert isinstance(left, Outcome)
    log = (await team("audit", "--json")).document["events"]
    assert [each["order_id"] for each in log if "emergency file" in each["why"]] == ["o1"]


@pytest.mark.parametrize(
    ("journal", "said", "code"),
    [
        ("postgresql://amina:secret@127.0.0.1/shop", "password", 2),
        ("mysql://amina@127.0.0.1/shop", "mysql://", 2),
        ("", "in a file on this host", 2),
        ("postgresql://postgres@127.0.0.1:1/shop", "cannot be reached", 5),
    ],
)
async def test_a_place_that_is_none_is_one_sentence(carddesk, journal, said, code):
    done = await carddesk("journal", "init", CARDDESK_JOURNAL=journal)
    assert done.code == code
    assert said in done.err
    assert "secret" not in done.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE meta SET value = 'other' WHERE name = 'application'", "another program"),
        (f"UPDATE meta SET value = '{VERSION + 1}' WHERE name = 'version'", "newer carddesk"),
        ("DROP TABLE meta", "another program"),
    ],
)
async def test_init_leaves_alone_what_is_not_its_own(team, place, change, said):
    await team("journal", "init")
    with psycopg.connect(place, autocommit=True) as admin:
        admin.execute("SET search_path = carddesk_sandbox")
        admin.execute(change)
    done = await team("journal", "init")
    assert done.code == 5
    assert said in done.err


async def test_a_server_that_is_too_old_is_refused(team, monkeypatch):
    monkeypatch.setattr(session, "OLDEST_SERVER", 99)
    for what in ("init", "status"):
        done = await team("journal", what)
        assert done.code == 5
        assert "99 or newer is needed" in done.err


async def test_no_connection_left_is_one_sentence(team, place, database):
    await team("journal", "init")
    with psycopg.connect(place, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {database}_full LOGIN CONNECTION LIMIT 0")
    done = await team("journal", CARDDESK_JOURNAL=place.replace("postgres@", f"{database}_full@"))
    assert done.code == 5
    assert "no connection left" in done.err


async def test_unknown_logins_and_databases_are_one_sentence(team, place):
    unknown = await team("journal", CARDDESK_JOURNAL=place.replace("postgres@", "stranger@"))
    assert "does not accept your login" in unknown.err
    missing = await team("journal", CARDDESK_JOURNAL=f"{place}x")
    assert "no such database" in missing.err


async def test_doctor_examines_the_server_too(team, carddesk):
    await team("journal", "init")
    checks = {each["check"] for each in (await team("doctor", "--json")).document}
    assert checks >= {"server", "standbys", "server clock", "server rights", "server connections"}
    without = {each["check"] for each in (await carddesk("doctor", "--json")).document}
    assert not any(each.startswith("server") for each in without)


async def test_a_standby_is_not_written(team, place, database):
    await team("journal", "init")
    with psycopg.connect(place, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    for argv in (("journal", "init"), ("limits", "set", "--max-day", "1")):
        done = await team(*argv)
        assert done.code == 5
        assert "a standby, which can only be read" in done.err


async def test_another_accounts_journal_is_refused(team, place):
    await team("journal", "init")
    with psycopg.connect(place, autocommit=True) as admin:
        admin.execute("INSERT INTO carddesk_sandbox.meta VALUES ('account', 'another')")
    for argv in (("orders",), ("journal", "check")):
        done = await team(*argv)
        assert done.code == 5
        assert "belongs to another account" in done.err


async def test_another_encoding_is_refused(team, postgres, place, database):
    with psycopg.connect(**postgres.parameters(), autocommit=True) as admin:
        admin.execute(
            f"CREATE DATABASE {database}a ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"
        )
    done = await team("journal", "init", CARDDESK_JOURNAL=f"{place}a")
    assert done.code == 5
    assert "its encoding is SQL_ASCII" in done.err


@pytest.mark.parametrize("certificate", ["", "other"])
async def test_a_far_server_proves_who_it_is(team, postgres, database, certificate):
    ca = str(ROOT / "tests" / "vendor" / "certificates" / "ca.pem")
    pem = ROOT / "tests" / "vendor" / "certificates" / "other.pem"
    with TlsFront(postgres.port, pem) as front:
        port = front.port if certificate else postgres.port
        far = f"postgresql://postgres@db.example:{port}/{database}?hostaddr=127.0.0.1"
        done = await team("journal", CARDDESK_JOURNAL=far, CARDDESK_JOURNAL_CA=ca)
    assert done.code == 5
    assert "does not prove over TLS who it is" in done.err
