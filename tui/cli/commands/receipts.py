"""`carddesk handed`: the files with cards for customers that are still on this disk."""

import asyncio
from collections.abc import Sequence

from services.domain.errors import BadInput, DeskError
from services.domain.text import clean
from services.local_files import receipt_files
from services.local_files.receipt_files import ReceiptFile, ReceiptFiles
from services.system.clock import SystemClock
from tui.cli import argument_types
from tui.cli.context import AddCommand, Call
from tui.formats import as_json, as_text


def declare(add: AddCommand) -> None:
    command = add("handed", handed, "the files with cards for customers: list and delete them")
    argument_types.add_what(
        command, "list|delete", "print those that are there, oldest first; delete some of them"
    )
    command.add_argument("names", nargs="*", metavar="NAME", help="to delete: as listed")
    command.add_argument("--all", action="store_true", help="to delete: every one of them")


async def handed(call: Call) -> int:
    """List or delete. Neither needs a key, a journal or the vendor: cards must not lie waiting."""
    args = call.args
    there = ReceiptFiles(call.paths.state_dir)
    if args.what == "delete":
        return await _delete(call, there)
    if args.names or args.all:
        raise BadInput("Names and --all go with handed delete")
    found = await asyncio.to_thread(there.listed)
    _print(call, there, found)
    return 0


async def _delete(call: Call, there: ReceiptFiles) -> int:
    args = call.args
    if bool(args.names) == bool(args.all):
        raise BadInput(
            "Name the files to delete, or say --all", advice="carddesk handed lists their names."
        )
    found = await asyncio.to_thread(there.listed)
    names = tuple(dict.fromkeys(args.names)) or tuple(each.name for each in found)
    if names:
        await asyncio.to_thread(there.delete, names)
        call.out.say(f"Deleted: {len(names)}. {receipt_files.NOT_SHREDDED}")
        await _record(call, names)
    _print(call, there, await asyncio.to_thread(there.listed))
    return 0


async def _record(call: Call, names: Sequence[str]) -> None:
    """Put it into the event log of this desk, if that can be opened without the vendor."""
    try:
        async with call.unchecked_desk() as desk:
            for name in names:
                await desk.journal.record("hand-delete", "", f"the file {clean(name)} was deleted")
    except DeskError as failure:
        call.out.say(f"This is not in the event log: {failure.sentence()}")


def _print(call: Call, there: ReceiptFiles, found: Sequence[ReceiptFile]) -> None:
    if not found:
        call.out.say("No file with a card for a customer is on this disk.")
    if words := receipt_files.forgotten_words(found, SystemClock().now()):
        call.out.say(words)
    call.out.data(
        [as_json.handed(each, there.folder / each.name) for each in found],
        as_text.handed(found, there.folder),
    )
