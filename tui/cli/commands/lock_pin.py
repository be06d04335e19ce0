"""`carddesk lock-pin`: the PIN that opens a locked console, set at a terminal or cleared."""

from typing import TYPE_CHECKING

from services.domain.errors import BadInput, JournalFailed
from services.domain.secrets import Secret
from services.local_files.lock_pin import LockPin, check
from services.system.clock import SystemClock
from tui.cli import argument_types, prompts
from tui.cli.context import AddCommand, Call, operator

if TYPE_CHECKING:
    from services.desk.desk import Desk


def declare(add: AddCommand) -> None:
    command = add("lock-pin", lock_pin, "set or clear the PIN that opens a locked console")
    argument_types.add_what(
        command,
        "set|clear",
        "type a PIN twice, hidden, at this terminal; or forget it",
        required=True,
    )


async def lock_pin(call: Call) -> int:
    """Set or clear the PIN of this operator on this host, once the event log holds it."""
    pin = LockPin(call.paths.state_dir, operator(call.environ), SystemClock())
    return await (_set(call, pin) if call.args.what == "set" else _clear(call, pin))


async def _set(call: Call, pin: LockPin) -> int:
    chosen = await _chosen()
    async with call.unchecked_desk() as desk:
        await _record(desk, "pin-set", "lock PIN set, by command")
        await pin.set(chosen)
    call.out.say("The lock asks for this PIN from now on.")
    call.out.data({"pin": "set"}, "")
    return 0


async def _clear(call: Call, pin: LockPin) -> int:
    there = pin.is_set()
    if there:
        async with call.unchecked_desk() as desk:
            await _record(desk, "pin-clear", "lock PIN cleared, by command")
            await pin.clear()
    call.out.say("There is no PIN any more: any key opens the lock." if there else "There is none.")
    call.out.data({"pin": "none"}, "")
    return 0


async def _chosen() -> Secret:
    first = await prompts.ask("New PIN (not shown): ")
    if first is None:
        raise BadInput("No PIN was typed", advice="Nothing was changed.")
    check(first)
    if await prompts.ask("The same again: ") != first:
        raise BadInput("The two are not the same", advice="Nothing was changed. Try again.")
    return first


async def _record(desk: "Desk", kind: str, why: str) -> None:
    """Write the event; the vendor is only asked where no account was ever opened here."""
    try:
        await desk.journal.record(kind, "", why)
    except JournalFailed as closed:
        if closed.code != "JOURNAL_CLOSED":
            raise
        await desk.ready()
        await desk.journal.record(kind, "", why)
