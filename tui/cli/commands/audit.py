"""`carddesk audit`: who bought, revealed, copied, noted and settled, and whether the log holds."""

import re
from collections.abc import Sequence
from datetime import datetime

from services.domain.errors import BadInput
from services.domain.event_log import Audit, Event
from tui.cli import argument_types
from tui.cli.context import AddCommand, Call
from tui.formats import as_json, as_text

BROKEN = 2
_HEAD = re.compile(r"[0-9]{1,12}:[0-9a-f]{64}")


def declare(add: AddCommand) -> None:
    command = add("audit", audit, "list who did what, newest last; --verify proves the list")
    command.add_argument(
        "--verify",
        nargs="?",
        const="",
        metavar="HEAD",
        type=head,
        help="check every event, and that a head kept from an earlier time still stands",
    )
    argument_types.add_period(command)


def head(text: str) -> str:
    """Read the head of an event log, `42:9f...`; raises BadInput otherwise."""
    if not text or _HEAD.fullmatch(text):
        return text
    raise BadInput("A head is an event's number, a colon and 64 hexadecimal digits")


async def audit(call: Call) -> int:
    """Print the events of a period; with --verify exit 2 when the log was tampered with."""
    start, end = call.period()
    async with call.desk(offline=True) as desk:
        read = await desk.journal.audit()
    events = [event for event in read.events if _within(event, start, end)]
    asked: str | None = call.args.verify
    findings = None if asked is None else _findings(read, asked)
    if not events:
        call.out.say("There are no such events.")
    if findings is not None:
        _tell(call, read, findings)
    call.out.data(
        {
            "events": [as_json.event(event) for event in events],
            "head": read.head,
            "verified": None if findings is None else not findings,
            "troubles": findings or [],
        },
        as_text.events(events),
    )
    return BROKEN if findings else 0


def _findings(read: Audit, kept: str) -> list[str]:
    found = [read.wrong] if read.wrong else []
    found += read.damaged
    if kept and not read.holds(kept):
        found.append("the head that was kept does not stand in this log: its end was rewritten")
    return found


def _tell(call: Call, read: Audit, findings: Sequence[str]) -> None:
    for finding in findings:
        call.out.say(f"Tampered with or damaged: {finding}.")
    if not findings:
        call.out.say(f"All {len(read.events)} events follow one another unbroken.")
    call.out.say(f"Head, to be kept elsewhere: {read.head}")


def _within(event: Event, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or event.at >= start) and (end is None or event.at <= end)
