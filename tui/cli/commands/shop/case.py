"""`carddesk case`: cards that do not work, and what became of them."""

import re
from datetime import datetime
from typing import TYPE_CHECKING

from services.domain.errors import BadInput
from services.domain.shop.case import OUTCOMES, REASONS, deadline
from services.system.clock import SystemClock
from tui.cli import argument_types
from tui.cli.context import AddCommand, Call
from tui.formats import case as formats

if TYPE_CHECKING:
    from services.desk.desk import Desk

WORDS = {
    "list": (0, 0, ""),
    "open": (2, 2, "an ORDER and the number of a CARD"),
    "show": (1, 1, "the number of a case"),
    "note": (1, 2, "the number of a case and a TEXT"),
    "close": (2, 3, f"the number of a case and one of {', '.join(OUTCOMES)}"),
}
"""How many words go with each, and what they are."""

OPTIONS = {
    "all": ("list",),
    "reason": ("open",),
    "ticket": ("open", "note"),
    "due": ("open", "note"),
    "text": ("show",),
}


def declare(add: AddCommand) -> None:
    command = add("case", case, "a card that does not work: open a case, follow it, close it")
    argument_types.add_what(
        command, "|".join(WORDS), "open cases; a new one; one in full; a note on it; how it ended"
    )
    command.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help="open: ORDER CARD; show: N; note: N TEXT; close: N OUTCOME, which is refunded,"
        " refused, or replaced ORDER with the id of the order that came instead",
    )
    command.add_argument("--all", action="store_true", help="list: closed cases as well")
    reasons = "; ".join(f"{word} ({means})" for word, means in REASONS.items())
    command.add_argument(
        "--reason", metavar="TEXT", help=f"open: {reasons}; or in words, never the code"
    )
    command.add_argument("--ticket", metavar="N", help="the number that the vendor gave it")
    command.add_argument(
        "--due", metavar="DAY", help="until when: YYYY-MM-DD, or +3 for in three days"
    )
    command.add_argument("--text", action="store_true", help="show: what to send to the vendor")


async def case(call: Call) -> int:
    """List, open, show, note or close; a text that holds the code of the card is refused."""
    args, now = call.args, SystemClock().now()
    _check(call)
    due = deadline(args.due, now.astimezone().date()) if args.due else None
    ticket = None if args.ticket is None else argument_types.note(args.ticket)
    async with call.desk(offline=True) as desk:
        match args.what:
            case "list":
                await _list(call, desk, now)
            case "show" if args.text:
                language = call.settings().ui.customer_language
                text = await desk.cases.letter(_number(args.words[0]), language)
                call.out.data({"case": _number(args.words[0]), "text": text}, text)
            case "show":
                await _show(call, desk, _number(args.words[0]), now)
            case "open":
                order_id, card = args.words[0], _number(args.words[1], "card")
                held = await desk.journal.purchase(order_id)
                order_id = held.order_id if held and held.order_id else order_id
                reason = argument_types.note(args.reason)
                row = await desk.cases.open(order_id, card - 1, reason, ticket or "", due)
                await _show(call, desk, row.case.number, now)
                call.out.say(f"Case {row.case.number} is open.")
            case "note":
                words = argument_types.note(args.words[1]) if len(args.words) > 1 else ""
                row = await desk.cases.note(_number(args.words[0]), words, ticket, due)
                await _show(call, desk, row.case.number, now)
            case _:
                number, outcome, *order = args.words
                row = await desk.cases.close(_number(number), outcome, *order)
                await _show(call, desk, row.case.number, now)
                call.out.say(f"Case {row.case.number} is closed: {row.case.ended}.")
    return 0


def _check(call: Call) -> None:
    """Refuse what does not go with the word; raises BadInput."""
    args = call.args
    least, most, what = WORDS[args.what]
    if not least <= len(args.words) <= most:
        raise BadInput(f"case {args.what} takes {what or 'nothing more'}")
    for option, places in OPTIONS.items():
        if getattr(args, option) and args.what not in places:
            raise BadInput(f"--{option} goes with case {' and case '.join(places)}")
    if args.what == "open" and not args.reason:
        raise BadInput(
            "What is wrong with the card? Give --reason",
            advice=f"Nothing was opened. One of {', '.join(REASONS)}, or words; never the code.",
        )


def _number(word: str, what: str = "case") -> int:
    if re.fullmatch("[1-9][0-9]{0,8}", word):
        return int(word)
    raise BadInput(f"The number of a {what} is 1 or more", advice="carddesk case lists the cases.")


async def _list(call: Call, desk: "Desk", now: datetime) -> None:
    rows = await desk.cases.listed(closed=call.args.all)
    if not rows:
        call.out.say("There is no case." if call.args.all else "No case is open.")
    call.out.data([formats.document(row, now) for row in rows], formats.listed(rows, now))


async def _show(call: Call, desk: "Desk", number: int, now: datetime) -> None:
    file = await desk.cases.file(number)
    call.out.data(formats.file_document(file, now), formats.text(file, now))
