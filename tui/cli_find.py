"""`carddesk find`: an order by whatever somebody remembers of it, and its whole story."""

import sys
from typing import TYPE_CHECKING

from services import lookup_text
from services.clock import SystemClock
from services.errors import BadInput
from services.secrets import Secret
from tui import hidden_line, plain_story, present_story
from tui.cli_call import AddCommand, Call

if TYPE_CHECKING:
    from services.desk import Desk
    from services.lookup_models import Found

NOTHING_FOUND = 2
LONGEST_SERIAL = 1_024


def declare(add: AddCommand) -> None:
    """Declare the command and its options."""
    command = add("find", find, "find an order by what is remembered of it, and tell its story")
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
        type=lookup_text.checked_days,
        help=f"how far back a serial is looked for, {lookup_text.SERIAL_DAYS} days by default",
    )


async def find(call: Call) -> int:
    """Print what was found: the story of one thing, or the list of several; exit 2 for nothing."""
    text = " ".join(call.args.text)
    serial = _serial(call, text)
    if serial is None and call.args.days is not None:
        raise BadInput("--days goes with a serial")
    if serial is None:
        return await _found(call, text)
    secret = Secret(serial) if serial not in ("", "-") else await _hidden()
    return await _by_serial(call, secret, call.args.days or lookup_text.SERIAL_DAYS)


async def _found(call: Call, text: str) -> int:
    # Checked before the vendor is asked anything.
    lookup_text.read(text, SystemClock().now())
    async with call.desk(offline=True) as desk:
        return await _told(call, desk, await desk.find(text))


async def _by_serial(call: Call, serial: Secret, days: int) -> int:
    def report(page: int, pages: int) -> None:
        if page % 10 == 0 and page < pages:
            call.out.say(f"{page} of {pages} pages of orders were looked through ...")

    async with call.desk() as desk:
        return await _told(call, desk, await desk.find_serial(serial, days, report))


async def _told(call: Call, desk: "Desk", found: "Found") -> int:
    for sentence in found.said:
        call.out.say(sentence)
    story = None
    if len(found.hits) == 1:
        row = found.hits[0].row
        story = await desk.story(row.order_id or row.purchase_id)
        call.out.say(f"Found by {', '.join(found.hits[0].by)}.")
        text = plain_story.story(story)
    else:
        text = plain_story.hits(found.hits)
    if not found.hits:
        call.out.say(f"Nothing was found for {found.asked}.")
    call.out.data(present_story.found(found, story), text)
    return 0 if found.hits else NOTHING_FOUND


def _serial(call: Call, text: str) -> str | None:
    """Return the serial that is asked for, `-` for one to be read; None where it is none."""
    told = lookup_text.serial_of(text)
    given: str | None = call.args.serial
    if given is not None and text:
        raise BadInput("TEXT and --serial are two ways to ask: give one of them")
    return given if given is not None else told


async def _hidden() -> Secret:
    """Read a serial from a pipe, or from the terminal without showing it."""
    if not sys.stdin.isatty():
        return Secret(sys.stdin.readline(LONGEST_SERIAL).strip())
    try:
        typed = await hidden_line.ask("Serial (not shown): ")
    except BadInput:
        raise BadInput("There is no terminal to type a serial at") from None
    if typed is None:
        raise BadInput("No serial was typed", advice="Nothing was asked of the vendor.")
    return Secret(typed.reveal().strip())
