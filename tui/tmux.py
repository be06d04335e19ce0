"""Asking the tmux that a console runs in for something, through its own command."""

import asyncio
from collections.abc import Mapping

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
        process.kill()
        await process.wait()
    return process.returncode == 0
