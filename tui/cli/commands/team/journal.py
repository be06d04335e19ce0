"""`carddesk journal`: where it is and who has it open, making it on a server, checking it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from services.domain.errors import BadInput
from services.domain.local_time import local_minute
from services.domain.phrase import counted
from services.system.clock import SystemClock
from services.system.files import shown
from tui.cli import argument_types
from tui.cli.context import AddCommand, Call, operator
from tui.formats import as_json, as_text

if TYPE_CHECKING:
    from services.desk.team.administration import ServerStatus

BROKEN = 2
LOGINS = {
    "carddesk_owner": "schema, limits, roles; all that a desk does",
    "carddesk_desk": "buys",
    "carddesk_support": "reads; writes notes, marks, cases and reveals",
}


def declare(add: AddCommand) -> None:
    command = add("journal", journal, "where the journal is, who has it open; make and check it")
    argument_types.add_what(
        command,
        "status|init|check|move",
        "say where it is; make it on the team's server, or bring it up to date; check all of"
        " it; move it",
    )
    way = command.add_mutually_exclusive_group()
    way.add_argument(
        "--to-server", action="store_true", help="to move: from the file here to the team's server"
    )
    way.add_argument(
        "--to-file", action="store_true", help="to move: from the team's server to the file here"
    )


async def journal(call: Call) -> int:
    """Do what was asked for; only `init` and `move` change anything."""
    args = call.args
    if args.what != "move" and (args.to_server or args.to_file):
        raise BadInput("--to-server and --to-file go with journal move")
    match args.what:
        case "move":
            return await _move(call)
        case "init":
            return await _init(call)
        case "check":
            return await _check(call)
        case _:
            return await _status(call)


async def _init(call: Call) -> int:
    # No other command needs what a server needs.
    from services.desk.team.administration import TeamJournal

    team = TeamJournal(call.settings(), call.paths)
    prepared = await team.prepare()
    place = f"{team.server.place}, schema {team.server.schema}"
    if not prepared.before:
        did = f"The journal was made in {place} (version {prepared.version})."
    elif prepared.before < prepared.version:
        did = (
            f"The journal in {place} was brought up to date: version {prepared.before} ->"
            f" {prepared.version}. Consoles of an earlier carddesk cannot open it any more."
        )
    else:
        did = f"The journal in {place} is up to date (version {prepared.version})."
    call.out.data(
        {
            "place": team.server.place,
            "schema": team.server.schema,
            "version_before": prepared.before,
            "version": prepared.version,
            "roles_made": list(prepared.made),
            "roles": LOGINS,
        },
        f"{did}\n\nA login for a person, made at the database (psql) by who may make roles:\n"
        "  CREATE ROLE amina LOGIN;\n  \\password amina\n"
        + "\n".join(
            f"  GRANT {role} TO amina;{' ' * (17 - len(role))}-- {what}"
            for role, what in LOGINS.items()
        )
        + "\nGrant one of the three. The login is the name in the event log.",
    )
    return 0


async def _status(call: Call) -> int:
    settings = call.settings()
    if not settings.profile.journal:
        return await _file_status(call)
    from services.desk.team.administration import TeamJournal

    team = TeamJournal(settings, call.paths)
    found = await team.status()
    if note := team.note(found):
        call.out.say(note)
    consoles = [(each.operator, each.host, each.since) for each in found.consoles]
    call.out.data(
        {
            "place": team.server.place,
            "engine": "postgresql",
            "server_version": found.version,
            "schema": found.schema,
            "version": found.schema_version,
            "account": found.account or None,
            "login": found.login,
            "role": found.role,
            "standby": found.standby,
            "moved_to": found.moved_to or None,
            "round_trip_ms": round(found.latency * 1000, 2),
            "consoles": _documents(consoles),
        },
        _lines(_facts(team.server.place, found), consoles),
    )
    return 0


def _facts(place: str, found: "ServerStatus") -> list[tuple[str, str]]:
    return [
        ("journal", f"{place}, schema {found.schema}"),
        ("engine", f"PostgreSQL {found.version}{', a standby' if found.standby else ''}"),
        ("version", str(found.schema_version)),
        ("account", found.account or "none yet"),
        ("login", f"{found.login}, role {found.role}"),
        ("round trip", f"{found.latency * 1000:.1f} ms"),
        ("moved", found.moved_to),
    ]


async def _file_status(call: Call) -> int:
    async with call.desk(offline=True) as desk:
        found = desk.journal.place()
    consoles = [(f"process {pid}", found.host, since) for pid, since in found.consoles]
    call.out.data(
        {
            "place": str(found.path),
            "engine": "sqlite",
            "server_version": found.engine,
            "version": found.schema_version,
            "account": found.account,
            "read_only": found.read_only or None,
            "consoles": _documents(consoles),
        },
        _lines(
            [
                ("journal", shown(found.path)),
                ("engine", f"SQLite {found.engine}"),
                ("version", str(found.schema_version)),
                ("account", found.account),
                ("buying", found.read_only),
            ],
            consoles,
        ),
    )
    return 0


async def _move(call: Call) -> int:
    from services.desk.team import administration

    if not (call.args.to_server or call.args.to_file):
        raise BadInput("Where to: --to-server or --to-file?", advice="Nothing was changed.")
    settings = call.settings()
    moved = await administration.move(
        "server" if call.args.to_server else "file",
        settings,
        await call.key(settings),
        call.paths,
        SystemClock(),
        operator(call.environ),
    )
    next_step = (
        "Every desk names the server in its settings now."
        if call.args.to_server
        else "Take the setting journal out of the profile now; nothing is bought while it is there."
    )
    call.out.data(
        {
            "from": moved.source,
            "to": moved.target,
            "purchases": moved.purchases,
            "events": moved.events,
            "head": moved.head,
        },
        as_text.facts(
            [
                ("from", moved.source),
                ("to", moved.target),
                (
                    "held",
                    f"{counted(moved.purchases, 'purchase')}, {counted(moved.events, 'event')}",
                ),
                ("head", moved.head),
            ]
        ),
    )
    call.out.say(f"The journal was moved, and compared row by row. {next_step}")
    return 0


async def _check(call: Call) -> int:
    async with call.desk(offline=True) as desk:
        read = await desk.journal.audit()
    found = [read.wrong, *read.damaged] if read.wrong else list(read.damaged)
    for finding in found:
        call.out.say(f"Damaged or tampered with: {finding}.")
    if not found:
        call.out.say(
            f"The journal is whole: {counted(len(read.events), 'event')} follow one another"
            " unbroken, and each purchase is what its events say."
        )
    call.out.data(
        {"whole": not found, "found": found, "events": len(read.events), "head": read.head}, ""
    )
    return BROKEN if found else 0


_Consoles = Sequence[tuple[str, str, datetime | None]]


def _documents(consoles: _Consoles) -> list[dict[str, str | None]]:
    return [
        {"operator": who, "host": host, "since": as_json.instant(since) if since else None}
        for who, host, since in consoles
    ]


def _lines(facts: list[tuple[str, str]], consoles: _Consoles) -> str:
    rows = [(local_minute(since) if since else "", host, who) for who, host, since in consoles]
    facts.append(("connected", counted(len(rows), "console") if rows else "no console"))
    listed = as_text.table(("SINCE", "HOST", "OPERATOR"), rows)
    return "\n\n".join(part for part in (as_text.facts(facts), listed) if part)
