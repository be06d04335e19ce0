"""What `carddesk doctor` says of a journal's server, a line each; it changes nothing there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from services.desk.diagnostics import AGAIN, Diagnosis
from services.desk.team.administration import TeamJournal
from services.domain.errors import DeskError
from services.domain.local_time import local_day, local_day_minute
from services.domain.phrase import counted
from services.domain.typed import digits
from services.settings.load import Settings
from services.system.paths import Paths

if TYPE_CHECKING:
    from services.journal.postgres.examination import Examined

TOLERATED_SKEW: Final = timedelta(seconds=30)
SOON: Final = timedelta(days=21)
BACKUP_AGE: Final = timedelta(days=1)
FEW_CONNECTIONS: Final = 6
"""Three consoles."""

STRONG: Final = frozenset({"on", "remote_apply"})
LOSES: Final = "a failover can lose the last purchases' notes"


async def server_findings(
    settings: Settings, paths: Paths, vendor_ahead: timedelta | None
) -> list[Diagnosis]:
    """Examine the server that the settings name; what fails is a finding.

    Args:
        settings: the chosen profile, which has a journal on a server.
        paths: where the files lie that the settings name.
        vendor_ahead: the vendor's clock minus this host's, None where it is not known.
    """
    try:
        team = TeamJournal(settings, paths)
        # Here for speed: no console needs it.
        from services.journal.postgres import examination

        found = await team.ask(lambda: examination.examine(team.server))
    except DeskError as failure:
        return [Diagnosis("server", "fail", failure.message, failure.advice or AGAIN)]
    return list(findings(team, found, vendor_ahead, datetime.now(UTC)))


def findings(
    team: TeamJournal, found: "Examined", vendor_ahead: timedelta | None, now: datetime
) -> Iterator[Diagnosis]:
    """Judge what was found out about a server."""
    version = found.status.version.split()[0]
    yield Diagnosis("server", "ok", f"{team.server.place}, PostgreSQL {version}, UTF8")
    yield _schema(team, found)
    yield _rights(found)
    yield _durability(found.settings)
    yield _standbys(found)
    yield _clock(found, vendor_ahead)
    yield _tls(found, now)
    yield Diagnosis("server size", "ok", f"{found.size / 1e6:.1f} MB")
    yield _backup(found, now)
    yield _connections(found)


def _schema(team: TeamJournal, found: "Examined") -> Diagnosis:
    name = f"{found.status.schema}, version {found.status.schema_version}"
    if note := team.note(found.status):
        return Diagnosis("server schema", "fail", name, note)
    return Diagnosis("server schema", "ok", name)


def _rights(found: "Examined") -> Diagnosis:
    role = found.status.role
    who = f"{found.status.login}, role {role}"
    if role == "none":
        fix = "Ask who runs it for the role of a desk or of support."
        return Diagnosis("server rights", "fail", who, fix)
    if role == "superuser":
        fix = "Work with a login of its own: carddesk journal init says how to make one."
        return Diagnosis("server rights", "warn", who, fix)
    return Diagnosis("server rights", "ok", who)


def _durability(settings: dict[str, str]) -> Diagnosis:
    off = [name for name in ("fsync", "full_page_writes") if settings.get(name) != "on"]
    if settings.get("synchronous_commit") not in STRONG:
        off.append("synchronous_commit")
    if off:
        fix = "Turn it on: a power cut can lose purchases, or the whole journal."
        return Diagnosis("server writes", "fail", f"{' and '.join(off)} off", fix)
    words = f"fsync and full_page_writes on, synchronous_commit {settings['synchronous_commit']}"
    return Diagnosis("server writes", "ok", words)


def _standbys(found: "Examined") -> Diagnosis:
    synchronous = bool(found.settings.get("synchronous_standby_names"))
    count = counted(found.standbys, "standby", "standbys")
    if synchronous and not found.standbys:
        fix = "Every purchase waits until one is there. Connect it, or name none."
        return Diagnosis("standbys", "fail", "synchronous, and none is connected", fix)
    if synchronous:
        return Diagnosis("standbys", "ok", f"{count}, synchronous")
    if found.standbys:
        fix = "Name one in synchronous_standby_names, or compare the orders after a failover."
        return Diagnosis("standbys", "warn", f"{count}, asynchronous: {LOSES}", fix)
    return Diagnosis("standbys", "ok", "none: what this server loses, only a backup has")


def _clock(found: "Examined", vendor_ahead: timedelta | None) -> Diagnosis:
    if vendor_ahead is None:
        seconds, whose = found.ahead.total_seconds(), "this host's"
    else:
        seconds, whose = (found.ahead - vendor_ahead).total_seconds(), "the vendor's"
    detail = f"{digits.signed(seconds)} s from {whose}"
    if abs(seconds) > TOLERATED_SKEW.total_seconds():
        return Diagnosis("server clock", "warn", detail, "Set the server's clock (NTP).")
    return Diagnosis("server clock", "ok", detail)


def _tls(found: "Examined", now: datetime) -> Diagnosis:
    if not found.tls:
        return Diagnosis("server tls", "ok", "none, and no line leads there: it is this host")
    ends = found.certificate_ends
    if ends is None:
        return Diagnosis("server tls", "ok", "proven; the end of the certificate is not known")
    if ends - now < SOON:
        fix = "Renew it: after that day no desk can connect."
        return Diagnosis("server tls", "warn", f"its certificate ends {local_day(ends)}", fix)
    return Diagnosis("server tls", "ok", f"proven, its certificate ends {local_day(ends)}")


def _backup(found: "Examined", now: datetime) -> Diagnosis:
    last, failed = found.archived, found.archive_failed
    if failed and (last is None or failed > last):
        fix = "Look into the server's log: archive_command fails."
        detail = f"archiving fails since {local_day_minute(failed)}"
        return Diagnosis("server backup", "warn", detail, fix)
    if last is None:
        return Diagnosis("server backup", "ok", "none that the server knows of")
    detail = f"log archived {local_day_minute(last)}"
    if now - last > BACKUP_AGE:
        return Diagnosis("server backup", "warn", detail, "Look whether archiving still runs.")
    return Diagnosis("server backup", "ok", detail)


def _connections(found: "Examined") -> Diagnosis:
    kept = found.settings.get("superuser_reserved_connections", "0")
    left = int(found.settings.get("max_connections", "0")) - int(kept) - found.connections
    detail = f"{left} connections left, {found.connections} in use"
    if left < FEW_CONNECTIONS:
        fix = "A console takes two. Raise max_connections."
        return Diagnosis("server connections", "warn", detail, fix)
    return Diagnosis("server connections", "ok", detail)
