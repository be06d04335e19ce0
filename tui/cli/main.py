"""The command line: reads the arguments, runs one command, ends with its exit code."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import StringIO
from typing import TextIO

from services.domain.errors import ConfigError, DeskError
from services.system import logs
from services.system.host_limits import host_limit
from services.system.paths import Paths
from services.system.process import forget_key
from tui.cli import arguments
from tui.cli.commands import console
from tui.cli.context import Call
from tui.cli.output import Output
from tui.cli.signals import Signals
from tui.terminal import gc_pauses
from tui.version import VERSION

INTERRUPTED = 130


class Broken(DeskError):
    """A defect of carddesk: something happened that was not foreseen."""

    exit_code = 1
    money = "unknown"
    default_advice = (
        "If you were buying, see `carddesk orders --unresolved` before you buy it again."
    )


def main(argv: Sequence[str]) -> int:
    """Run carddesk with these arguments in this process; return the exit code."""
    environ = dict(os.environ)
    forget_key()
    logs.off_the_terminal()
    ended: list[int] = []
    try:
        # Never in asyncio's debug mode, which quotes what callbacks were called with.
        asyncio.run(_started(argv, environ, ended), debug=False)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:
        # A loop that could not be closed properly changes nothing about what the command did.
        if not ended:
            raise
    return ended[0]


async def _started(argv: Sequence[str], environ: Mapping[str, str], ended: list[int]) -> None:
    gc_pauses.resume_later()
    ended.append(await run(argv, environ, _stream(sys.stdout), _stream(sys.stderr)))


async def run(
    argv: Sequence[str], environ: Mapping[str, str], stdout: TextIO, stderr: TextIO
) -> int:
    """Run one command, or the console.

    Args:
        argv: the arguments after the program's name.
        environ: the environment variables to go by.
        stdout: gets the data.
        stderr: gets the narration.

    Returns:
        The exit code.
    """
    out = Output(stdout, stderr, as_json="--json" in argv)
    try:
        args = arguments.parse(argv)
        if args.version:
            out.text(f"carddesk {VERSION}")
            return out.ended(0)
        return out.ended(await _carried_out(Call(args, environ, out, Signals())))
    except arguments.HelpAsked as asked:
        out.text(str(asked))
        return out.ended(0)
    except DeskError as error:
        return out.fail(error)
    except Exception as error:
        # Before there was a call: reading the arguments broke.
        return out.fail(host_limit(error) or _broken(error, environ))
    finally:
        out.close()


async def _carried_out(call: Call) -> int:
    try:
        if call.args.handler is None:
            return await console.console(call)
        return await _command(call)
    except DeskError:
        raise
    except Exception as error:
        raise (host_limit(error) or _broken(error, call.environ)) from None
    finally:
        logs.stop()


def _broken(error: Exception, environ: Mapping[str, str]) -> Broken:
    """Log a defect without what it was handling, and return the sentence about it."""
    with suppress(ConfigError):
        logs.start(Paths.default(environ))
    try:
        return Broken(f"Something broke inside carddesk; {logs.crash_report(error)}")
    finally:
        logs.stop()


async def _command(call: Call) -> int:
    with call.signals.installed():
        try:
            return await call.args.handler(call)
        except asyncio.CancelledError:
            if not call.signals.number:
                raise
            return call.signals.exit_code


def _stream(stream: TextIO | None) -> TextIO:
    """Make a standard stream safe to write to: a closed one stays closed, no text is an error."""
    if stream is None:
        closed = StringIO()
        closed.close()
        return closed
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    return stream
