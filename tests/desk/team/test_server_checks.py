"""What `carddesk doctor` says of a journal's server."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from services.desk.team import server_checks
from services.desk.team.administration import TeamJournal
from services.journal.postgres import examination
from services.settings.load import load

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture
async def team(postgres, paths):
    base = load(paths, {}, sandbox=True)
    journal = f"postgresql://postgres@127.0.0.1:{postgres.port}/postgres"
    profile = replace(base.profile, journal=journal, environment="production")
    team = TeamJournal(replace(base, profile=profile), paths)
    await team.prepare()
    return team


@pytest.fixture
def found(team):
    """What a server in order is like."""
    real = examination.examine(team.server)
    return replace(
        real,
        settings=real.settings | {"fsync": "on", "max_connections": "100"},
        status=replace(real.status, role="desk"),
    )


def verdicts(team, found, ahead=timedelta()):
    return {
        each.check: (each.verdict, f"{each.detail} {each.fix}")
        for each in server_checks.findings(team, found, ahead, NOW)
    }


def test_a_server_in_order_has_ten_good_lines(team, found):
    said = verdicts(team, found, found.ahead)
    assert len(said) == 10
    assert {verdict for verdict, _ in said.values()} == {"ok"}
    assert abs(found.ahead) < timedelta(seconds=2)
    assert found.size > 0


def changed(found, **settings):
    return replace(found, settings=found.settings | settings)


@pytest.mark.parametrize(
    ("change", "check", "verdict", "words"),
    [
        (lambda f: changed(f, fsync="off"), "server writes", "fail", "fsync off"),
        (lambda f: changed(f, full_page_writes="off"), "server writes", "fail", "power cut"),
        (lambda f: changed(f, synchronous_commit="local"), "server writes", "fail", "off"),
        (lambda f: replace(f, standbys=2), "standbys", "warn", "a failover can lose the last"),
        (lambda f: changed(f, synchronous_standby_names="a"), "standbys", "fail", "waits until"),
        (
            lambda f: changed(replace(f, standbys=1), synchronous_standby_names="a"),
            "standbys", "ok", "1 standby, synchronous",
        ),
        (lambda f: replace(f, ahead=timedelta(hours=2)), "server clock", "warn", "+7200.0 s"),
        (
            lambda f: replace(f, tls=True, certificate_ends=NOW + timedelta(days=9)),
            "server tls", "warn", "ends 2026-12-08",
        ),
        (
            lambda f: replace(f, tls=True, certificate_ends=NOW + timedelta(days=90)),
            "server tls", "ok", "proven",
        ),
        (
            lambda f: replace(f, archived=NOW - timedelta(days=2)),
            "server backup", "warn", "still runs",
        ),
        (lambda f: replace(f, archive_failed=NOW), "server backup", "warn", "archiving fails"),
        (lambda f: replace(f, connections=95), "server connections", "warn", "2 connections left"),
        (
            lambda f: replace(f, status=replace(f.status, role="none")),
            "server rights", "fail", "Ask who runs it",
        ),
        (
            lambda f: replace(f, status=replace(f.status, schema_version=1)),
            "server schema", "fail", "carddesk journal init",
        ),
    ],
)  # fmt: skip
def test_what_is_not_in_order_has_a_line(team, found, change, check, verdict, words):
    judged, said = verdicts(team, change(found))[check]
    assert judged == verdict
    assert words in said


async def test_doctor_has_these_lines_with_the_setting_alone(found, paths):
    base = load(paths, {}, sandbox=True)
    away = replace(base.profile, journal="postgresql://postgres@127.0.0.1:1/postgres")
    [line] = await server_checks.server_findings(replace(base, profile=away), paths, None)
    assert (line.check, line.verdict) == ("server", "fail")
    assert "cannot be reached" in line.detail
