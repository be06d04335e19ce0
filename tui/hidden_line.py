"""A line typed at the terminal that started us, which shows nothing of it if it is a secret."""

import asyncio
import os
import termios
from typing import Any

from services.errors import BadInput
from services.secrets import Secret

TERMINAL = "/dev/tty"
LONGEST = 1_024
INTERRUPT = b"\x03"


async def ask(question: str, *, hidden: bool = True) -> Secret | None:
    """Ask for one line and return it without its end; None when ctrl+c or ctrl+d was typed.

    Raises:
        BadInput: there is no terminal. What a pipe or a file says is never taken instead.
    """
    try:
        fd = os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        raise BadInput(
            "There is no terminal to type at", advice="A PIN is never read from a pipe or a file."
        ) from None
    try:
        before = termios.tcgetattr(fd)
        try:
            termios.tcsetattr(fd, termios.TCSAFLUSH, _attributes(before, echo=not hidden))
            os.write(fd, question.encode())
            line = await _line(fd)
        finally:
            termios.tcsetattr(fd, termios.TCSAFLUSH, before)
            if hidden:
                os.write(fd, b"\n")
    finally:
        os.close(fd)
    if not line.endswith(b"\n"):
        return None
    return Secret(line.rstrip(b"\r\n").decode("utf-8", "replace"))


async def _line(fd: int) -> bytes:
    """Read what the terminal hands over at the end of a line; the loop runs meanwhile."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()

    def readable() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(fd, readable)
    try:
        await ready
    finally:
        loop.remove_reader(fd)
    return os.read(fd, LONGEST)


def _attributes(attributes: list[Any], *, echo: bool) -> list[Any]:
    silent: list[Any] = [*attributes[:6], list(attributes[6])]
    # Ctrl+c ends the line instead of the process: the terminal has to be put right again first.
    hushed = termios.ISIG if echo else termios.ECHO | termios.ISIG
    silent[3] &= ~hushed
    silent[3] |= termios.ICANON
    silent[6][termios.VEOL] = INTERRUPT
    return silent
