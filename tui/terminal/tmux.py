"""Asking the tmux that a console runs in for something, through its own command."""

import asyncio
import subprocess
from collections.abc import Mapping
from contextlib import suppress

SECONDS = 3.0


def inside(environ: Mapping[str, str]) -> bool:
    """Whether a console with this environment runs in a tmux."""
    return bool(environ.get("TMUX"))


async def ask(*arguments: str, text: str = "") -> bool:
    """Run one command of tmux and tell whether it was done.

    Args:
        arguments: the command's words. Every user of the machine can read them: no card, no key.
        text: what it reads from its standard input.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            "tmux",
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(text.encode("utf-8", "replace")), SECONDS)
    except TimeoutError:
        return False
    finally:
        # Interrupted, it must not load anything after the buffer was deleted.
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return process.returncode == 0


def ask_now(*arguments: str, text: str = "") -> bool:
    """Do the same without a loop, for a console that is ending; it takes up to three seconds."""
    try:
        done = subprocess.run(  # noqa: S603 - a command of ours, no shell
            ("tmux", *arguments),  # noqa: S607
            input=text.encode("utf-8", "replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
