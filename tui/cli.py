"""The command line: reads the arguments, runs one command, ends with its exit code."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from services import logs
from services.errors import DeskError
from services.paths import Paths, shown
from services.process import forget_key
from tui import cli_arguments, cli_console, garbage
from tui.cli_call import Call
from tui.cli_output import Output
from tui.cli_signals import Signals
from tui.version import VERSION

INTERRUPTED = 130


class Broken(DeskError):
    """A defect of carddesk: something happened that nobody thought of."""

    exit_code = 1
    money = "unknown"
    default_advice = (
        "If you were buying, see `carddesk orders --unresolved` before you buy it again."
    )


def main(argv: Sequence[str]) -> int:
    """Run carddesk with these arguments in this process; return the exit code."""
    environ = dict(os.environ)
    forget_key()
    try:
        # Never in asyncio's debug mode, which quotes what callbacks were called with.
        return asyncio.run(_started(argv, environ), debug=False)
    except KeyboardInterrupt:
        return INTERRUPTED


async def _started(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    garbage.resume_later()
    return await run(argv, environ, _stream(sys.stdout), _stream(sys.stderr))


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
        args = cli_arguments.parse(argv)
        if args.version:
            out.text(f"carddesk {VERSION}")
            return 0
        return await _carried_out(Call(args, environ, out, Signals()))
    except cli_arguments.HelpAsked as asked:
        out.text(str(asked))
        return 0
    except DeskError as error:
        return out.fail(error)
    except Exception as error:
        # Before there was a call: reading the arguments broke.
        return out.fail(_broken(error, Paths.default(environ)))
    finally:
        out.close()


async def _carried_out(call: Call) -> int:
    try:
        if call.args.handler is None:
            return await cli_console.console(call)
        return await _command(call)
    except DeskError:
        raise
    except Exception as error:
        raise _broken(error, call.paths) from None
    finally:
        logs.stop()


def _broken(error: Exception, paths: Paths) -> Broken:
    """Log a defect without what it was handling, and return what a person is told of it."""
    logs.start(paths)
    try:
        number = logs.crash_report(error)
    finally:
        logs.stop()
    log = shown(paths.log_file)
    return Broken(f"Something broke inside carddesk; report {number} is in {log}")


async def _command(call: Call) -> int:
    with call.signals.installed():
        try:
            return await call.args.handler(call)
        except asyncio.CancelledError:
            if not call.signals.number:
                raise
            return call.signals.exit_code


def _stream(stream: TextIO | None) -> TextIO:
    """Make a standard stream safe to write to: closed ones lead nowhere, no sign is an error."""
    if stream is None:
        return Path(os.devnull).open("w")
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    return stream
