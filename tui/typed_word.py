"""A word typed at the terminal that started us, before something that is meant to be hard to do."""

import asyncio
import os

from services.errors import BadInput

TERMINAL = "/dev/tty"
LONGEST = 1_024


async def ask(question: str, *, instead: str) -> str:
    """Ask for one line and return it without its end.

    Args:
        question: what is shown before the line.
        instead: what to do where there is no terminal, for the operator.

    Raises:
        BadInput: there is no terminal. What a pipe or a file says is never taken instead.
    """
    try:
        fd = os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        raise BadInput("There is no terminal to confirm at", advice=instead) from None
    try:
        os.write(fd, question.encode())
        await _readable(fd)
        return os.read(fd, LONGEST).decode("utf-8", "replace").strip()
    finally:
        os.close(fd)


async def _readable(fd: int) -> None:
    """Wait for a whole line; a signal still ends the command meanwhile."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()

    def told() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(fd, told)
    try:
        await ready
    finally:
        loop.remove_reader(fd)
