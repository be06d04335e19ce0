"""Programs of the operator's own: run without a shell, for a limited time, with nothing of ours."""

import asyncio
import os
import shlex
import shutil
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress

from services.domain.errors import DeskError
from services.system.files import reason

SECONDS = 20.0
"""How long a program may take: a printer that is out of paper waits for ever."""

_OURS = "CARDDESK_"
"""How the variables begin that a program has no use for: one of them can be the API key."""


def missing(command: str, environ: Mapping[str, str]) -> bool:
    """Tell whether the program of a command line is not on this machine, or cannot be run.

    Args:
        command: the program and its arguments, with no quote that is left open.
        environ: its PATH is where a name alone is looked for.
    """
    words = shlex.split(command)
    return bool(words) and shutil.which(words[0], path=environ.get("PATH")) is None


async def run(
    setting: str,
    words: Sequence[str],
    text: str,
    environ: Mapping[str, str],
    seconds: float = SECONDS,
) -> None:
    """Run a program with a text on its standard input, and wait for its end.

    What it prints goes nowhere. Whatever it has started ends with it when the time is over.

    Args:
        setting: the setting that names it, for the sentence of a failure.
        words: the program and its arguments. Every user of the host can read them.
        text: what it reads; it is in no argument and no file.
        environ: its environment, of which carddesk's own variables are left out.
        seconds: how long it may take.

    Raises:
        DeskError: it cannot be run, takes too long or fails; the text is in none of the words.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: value for name, value in environ.items() if not name.startswith(_OURS)},
            start_new_session=True,
        )
    except (OSError, ValueError) as failure:
        why = reason(failure) if isinstance(failure, OSError) else "a word of it is no argument"
        raise DeskError(f"{setting} cannot be run: {why}", code="PROGRAM", advice="") from None
    try:
        async with asyncio.timeout(seconds):
            await process.communicate(text.encode("utf-8", "replace"))
            # A program that reads nothing closes its end first, and that is its own affair.
            if process.stdin is not None:
                with suppress(OSError):
                    await process.stdin.wait_closed()
    except TimeoutError:
        raise DeskError(
            f"{setting} did not end within {seconds:g} seconds", code="PROGRAM", advice=""
        ) from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode:
        ended = (
            f"failed with exit code {process.returncode}"
            if process.returncode > 0
            else f"was ended by signal {-process.returncode}"
        )
        raise DeskError(f"{setting} {ended}", code="PROGRAM", advice="")
