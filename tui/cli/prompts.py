"""A line typed at the terminal that started us, which shows nothing of it if it is a secret."""

import asyncio
import contextlib
import os
import termios
from collections.abc import Generator
from typing import Any

from services.domain.errors import BadInput
from services.domain.secrets import Secret

TERMINAL = "/dev/tty"
LONGEST = 1_024
INTERRUPT = b"\x03"
CODES_WORD = "CODES"


async def ask(question: str, *, hidden: bool = True) -> Secret | None:
    """Ask for one line and return it without its end; None when ctrl+c or ctrl+d was typed.

    Raises:
        BadInput: there is no terminal. What a pipe or a file says is never taken instead.
    """
    advice = "A PIN is never read from a pipe or a file."
    with _terminal("There is no terminal to type at", advice) as fd:
        before = termios.tcgetattr(fd)
        try:
            termios.tcsetattr(fd, termios.TCSAFLUSH, _attributes(before, echo=not hidden))
            line = await _answer(fd, question)
        finally:
            termios.tcsetattr(fd, termios.TCSAFLUSH, before)
            if hidden:
                os.write(fd, b"\n")
    if not line.endswith(b"\n"):
        return None
    return Secret(line.rstrip(b"\r\n").decode("utf-8", "replace"))


async def ask_word(question: str, *, instead: str) -> str:
    """Ask for one line and return it without its end; a signal still ends the command meanwhile.

    Args:
        question: what is shown before the line.
        instead: what to do where there is no terminal, for the operator.

    Raises:
        BadInput: there is no terminal. What a pipe or a file says is never taken instead.
    """
    with _terminal("There is no terminal to confirm at", instead) as fd:
        return (await _answer(fd, question)).decode("utf-8", "replace").strip()


async def confirm_codes(written: str, nothing: str, advice: str) -> None:
    """Ask for the word that allows cards to be written where they can be read.

    Args:
        written: says which cards are written and where, without its full stop.
        nothing: what was not done, for a script that cannot be asked.
        advice: what was not done, for who did not type the word.

    Raises:
        BadInput: there is no terminal, or something else was typed.
    """
    typed = await ask_word(
        f"{written}.\nEvery order is recorded in the event log, with your name.\n"
        f"Type {CODES_WORD} to go on, anything else to stop: ",
        instead=f"{nothing} A script that may do this says --yes-with-codes.",
    )
    if typed != CODES_WORD:
        raise BadInput("Not confirmed", advice=advice)


@contextlib.contextmanager
def _terminal(missing: str, advice: str) -> Generator[int]:
    try:
        fd = os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        raise BadInput(missing, advice=advice) from None
    try:
        yield fd
    finally:
        os.close(fd)


async def _answer(fd: int, question: str) -> bytes:
    """Return what the terminal hands over at the end of a line; the loop runs meanwhile."""
    os.write(fd, question.encode())
    loop = asyncio.get_running_loop()
    typed = asyncio.Event()
    loop.add_reader(fd, typed.set)
    try:
        await typed.wait()
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
