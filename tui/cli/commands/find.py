"""`carddesk find`: an order by what a person remembers of it, and its timeline."""

import sys
from typing import TYPE_CHECKING

from services.domain.errors import BadInput
from services.domain.secrets import Secret
from services.domain.typed import lookup
from services.system.clock import SystemClock
from tui.cli import prompts
from tui.cli.context import AddCommand, Call
from tui.formats import as_json, timeline_text

if TYPE_CHECKING:
    from services.desk.desk import Desk
    from services.domain.typed.lookup import LookupResult

NOTHING_FOUND = 2
LONGEST_SERIAL = 1_024


def declare(add: AddCommand) -> None:
    command = add("find", find, "find an order by what is remembered of it, with its timeline")
    command.add_argument(
        "text",
        metavar="TEXT",
        nargs="*",
        help="order id or its last digits, purchase id, key, requestId, words of the note, or a "
        "day: 2026-11-24, 24/11, today, yesterday, with a time and words after it",
    )
    command.add_argument(
        "--serial",
        metavar="SERIAL",
        help="a card's serial, asked of the vendor and kept nowhere; - reads it hidden",
    )
    command.add_argument(
        "--days",
        metavar="N",
        type=lookup.checked_days,
        help=f"how far back a serial is looked for, {lookup.SERIAL_DAYS} days by default",
    )


async def find(call: Call) -> int:
    """Print what was found: one thing with its timeline, or a list; exit 2 for nothing."""
    text = " ".join(call.args.text)
    serial = _serial(call, text)
    if serial is None and call.args.days is not None:
        raise BadInput("--days goes with a serial")
    if serial is None:
        return await _found(call, text)
    secret = Secret(serial) if serial not in ("", "-") else await _hidden()
    return await _by_serial(call, secret, call.args.days or lookup.SERIAL_DAYS)


async def _found(call: Call, text: str) -> int:
    # Checked before the vendor is asked anything.
    lookup.read(text, SystemClock().now())
    async with call.desk(offline=True) as desk:
        return await _print_found(call, desk, await desk.support.find(text))


async def _by_serial(call: Call, serial: Secret, days: int) -> int:
    def report(page: int, pages: int) -> None:
        if page % 10 == 0 and page < pages:
            call.out.say(f"{page} of {pages} pages of orders were looked through ...")

    async with call.desk() as desk:
        return await _print_found(call, desk, await desk.support.find_serial(serial, days, report))


async def _print_found(call: Call, desk: "Desk", found: "LookupResult") -> int:
    for sentence in found.said:
        call.out.say(str(sentence))
    timeline = None
    if len(found.hits) == 1:
        row = found.hits[0].row
        timeline = await desk.support.timeline(row.order_id or row.purchase_id)
        call.out.say(f"Found by {', '.join(found.hits[0].by)}.")
        text = timeline_text.order_timeline(timeline, call.settings().ui.customer_language)
    else:
        text = timeline_text.hits(found.hits)
    if not found.hits:
        call.out.say(f"Nothing was found for {found.asked}.")
    call.out.data(as_json.found(found, timeline), text)
    return 0 if found.hits else NOTHING_FOUND


def _serial(call: Call, text: str) -> str | None:
    """Return the serial that is asked for, `-` for one to be read; None where it is none."""
    typed_serial = lookup.serial_of(text)
    given: str | None = call.args.serial
    if given is not None and text:
        raise BadInput("TEXT and --serial are two ways to ask: give one of them")
    return given if given is not None else typed_serial


async def _hidden() -> Secret:
    """Read a serial from a pipe, or from the terminal without showing it."""
    if not sys.stdin.isatty():
        return Secret(sys.stdin.readline(LONGEST_SERIAL).strip())
    try:
        typed = await prompts.ask("Serial (not shown): ")
    except BadInput:
        raise BadInput("There is no terminal to type a serial at") from None
    if typed is None:
        raise BadInput("No serial was typed", advice="Nothing was asked of the vendor.")
    return Secret(typed.reveal().strip())
