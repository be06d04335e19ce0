"""`carddesk events --follow`: what happens on the desk, a line of JSON each, until ctrl+c."""

import json

from services.domain.errors import BadInput
from services.system.clock import SystemClock
from tui.cli import exit_codes
from tui.cli.context import AddCommand, Call
from tui.formats.event_lines import EventLines


def declare(add: AddCommand) -> None:
    command = add("events", events, "say what happens on the desk, as lines of JSON")
    command.add_argument(
        "--follow", action="store_true", help="go on until ctrl+c or until its reader ends"
    )


async def events(call: Call) -> int:
    """Print what happens from now on; a reader that goes away ends it quietly."""
    if not call.args.follow:
        raise BadInput(
            "Events are followed as they happen: add --follow",
            advice="What happened before: carddesk audit.",
        )
    settings, clock = call.settings(), SystemClock()
    lines = EventLines(clock.now(), settings.purchase.deadline_seconds, settings.ui.low_balance)
    async with call.unchecked_desk() as desk:
        desk.start()
        books = desk.books()
        while (book := await call.out.unless_unread(anext(books, None))) is not None:
            for document in lines.take(book, clock.now()):
                if not await call.out.line(json.dumps(document)):
                    return exit_codes.DONE
            if book.fatal:
                call.out.say(f"carddesk: {book.fatal}")
                return book.fatal_exit
    return exit_codes.DONE
