"""`carddesk tell --test`: a trial event for the program that calls somebody."""

import time

from services.domain.errors import BadInput, ConfigError, DeskError
from services.system.clock import SystemClock
from tui.cli import exit_codes
from tui.cli.context import AddCommand, Call


def declare(add: AddCommand) -> None:
    command = add("tell", tell, "try the program that calls somebody (ui.tell_command)")
    command.add_argument("--test", action="store_true", help="send it a trial event, now")


async def tell(call: Call) -> int:
    """Run the program with an event about nothing, and say what came of it."""
    from services.desk.watching import calls

    if not call.args.test:
        raise BadInput("A console calls by itself: add --test to try it")
    settings = call.settings()
    command, profile = settings.ui.tell_command, settings.profile
    if not command.strip():
        raise ConfigError(
            "No ui.tell_command is set", advice="Set it to a program that reads JSON, then try."
        )
    document = calls.trial_document(profile.name, profile.environment, SystemClock().now())
    began = time.monotonic()
    try:
        await calls.send(command, document)
    except DeskError as failure:
        raise ConfigError(
            failure.message,
            advice="Correct the program or the setting, then try again.",
            code=failure.code,
        ) from None
    seconds = round(time.monotonic() - began, 2)
    words = f"The program took the event and ended well after {seconds:g} s."
    call.out.data({"sent": document, "seconds": seconds}, words)
    return exit_codes.DONE
