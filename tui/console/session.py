"""A console from its settings to its last word: what opens it, what ends it, what it returns."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from services.domain.secrets import Secret
from services.domain.text import clean
from services.local_files.lock_pin import LockPin
from services.settings.fields import UiSettings
from services.settings.load import Settings, sandbox_settings
from services.system import logs
from services.system.clock import SystemClock
from services.system.file_owners import owner_notice
from services.system.host_limits import host_limit
from services.system.paths import Paths
from services.system.route import Route
from services.system.tasks import within
from services.system.time_zone import time_zone_problem
from tui.actions.keymap import Keymap
from tui.terminal.background import BackgroundQuestion
from tui.terminal.capabilities import TerminalCapabilities, write_text
from tui.terminal.link import TerminalLink

if TYPE_CHECKING:
    from services.desk.desk import Desk
    from tui.console.base_app import BaseApp

LONGEST_WRITE = 1.0
"""A terminal is given so long (s) to take a sentence."""

_log = logging.getLogger(__name__)
ENDING = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)


async def run_console(
    settings: Settings,
    key: Secret,
    paths: Paths,
    *,
    read_only: bool,
    operator: str,
    route: Route | None = None,
    sandbox: bool = False,
    mouse: bool = True,
) -> int:
    """Run the console in this terminal until the operator leaves.

    Args:
        settings: the chosen profile and how the console looks.
        key: the API key.
        paths: where state, cache and log lie.
        read_only: show no way to buy.
        operator: who works here.
        route: the proxy and the certificates to go by; None for neither.
        sandbox: work on the embedded vendor, which is started behind the first picture unless
            another process of this user serves it already.
        mouse: answer to the mouse, unless the settings say no.

    Returns:
        The exit code: 0 left, 1 a defect, 128 + n ended by signal n, else as the desk said.

    Raises:
        ConfigError: the theme or the keys cannot be used. Nothing was drawn.
    """
    keymap = Keymap(settings.ui.keyboard, settings.keys)
    for notice in keymap.notices:
        _log.warning("%s", notice)
    question = BackgroundQuestion(sys.stdin.fileno())
    async with AsyncExitStack() as stack:
        stack.callback(question.end)
        question.ask(settings.ui.theme, os.environ)

        from tui.console.app import ConsoleApp
        from tui.screens.base import ConsoleContext
        from tui.terminal import themes

        themes.check(settings.ui.theme)

        async def open_desk() -> "Desk":
            from services.desk.desk import Desk

            live = settings
            if sandbox:
                from services.sandbox.host import reached

                met = await stack.enter_async_context(reached(paths))
                live = sandbox_settings(settings, *met)
            return await stack.enter_async_context(
                Desk(live, key, paths, operator=operator, read_only=read_only, route=route)
            )

        clock = SystemClock()
        pin = LockPin(paths.state_dir, operator, clock)
        context = ConsoleContext(
            settings,
            keymap,
            read_only or settings.profile.read_only,
            pin,
            paths.state_dir,
            TerminalCapabilities.of(os.environ, question.answer()),
            TerminalLink(settings.ui.slow_line),
            clock=clock,
        )
        notices = (
            *start_notices(paths),
            *program_notices(settings.ui, os.environ),
            *settings.house.notices[:1],
        )
        app = ConsoleApp(context, open_desk, notices)
        app.question = question
        with signals(app) as received:
            try:
                await app.run_async(mouse=settings.ui.mouse and mouse)
            finally:
                # Once more: a copy may have been on its way while the terminal was given back.
                if remains := app.copied.clear_now():
                    narrate(remains)
                app.end_threads()
            if app.book.in_flight:
                narrate("Waiting for the answer to a purchase that was sent ...")
            # Left here, inside the handlers: a second signal must not cut the drain short.
            await stack.aclose()
    return ended(app, received, "carddesk")


@contextmanager
def signals(app: "BaseApp[Any]") -> Generator[list[int]]:
    """Let a dropped line, `kill` and ctrl+c from outside close an app in order.

    Textual answers none of them: the process would die in the middle of a request.

    Returns:
        The signals that arrived, in order.
    """
    loop = asyncio.get_running_loop()
    received: list[int] = []

    def arrived(number: int) -> None:
        received.append(number)
        _log.warning("%s", ended_by(number))
        app.leave(128 + number)

    answered = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    for number in answered:
        loop.add_signal_handler(number, arrived, number)
    try:
        yield received
    finally:
        for number in answered:
            loop.remove_signal_handler(number)


def start_notices(paths: Paths) -> tuple[str, ...]:
    """Say what is wrong with this machine and can be put right before the next start."""
    zone = time_zone_problem(os.environ)
    owner = owner_notice(paths)
    notices = (
        str(owner.sentence()) if owner else "",
        f"{zone}: times are shown in UTC." if zone else "",
    )
    return tuple(filter(None, notices))


def program_notices(ui: UiSettings, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Name the settings whose programs are not on this machine."""
    named = {"ui.tell_command": ui.tell_command, "ui.print_command": ui.print_command}
    if not any(named.values()):
        return ()
    from services.system.programs import missing

    return tuple(
        f"{setting}: there is no such program, or it cannot be run."
        for setting, command in named.items()
        if missing(command, environ)
    )


def ended(app: "BaseApp[Any]", received: Sequence[int], what: str) -> int:
    """Say why an app ended; return the exit code.

    Args:
        app: its screen is gone.
        received: the signals that arrived, in order.
        what: what ended, as a sentence begins.
    """
    if app.crash is not None:
        narrate(ended_by_defect(app.crash, what))
        return 1
    if app.last_words:
        narrate(app.last_words)
    if received:
        narrate(ended_by(received[0]))
    return 128 + received[0] if received else app.return_code or 0


def ended_by_defect(error: Exception, what: str) -> str:
    """Say what ended an app, in sentences; a defect is logged, a limit of this machine is named."""
    report = logs.crash_report(error)
    if limit := host_limit(error):
        return limit.sentence()
    return (
        f"{what} broke off because of a defect: {report}. "
        "What was sent is in the journal: start again and look at the orders."
    )


def ended_by(number: int) -> str:
    return f"Ended from outside by {signal.Signals(number).name}."


def narrate(sentence: str) -> None:
    """Say something once the screen is gone: on stderr, and on the terminal in any case."""
    # A terminal that takes nothing must not keep the operator.
    within(LONGEST_WRITE, lambda: _write(f"carddesk: {clean(sentence)}\n"))


def _write(text: str) -> None:
    streams = [stream for stream in (sys.stderr, sys.stdout) if stream is not None]
    terminals = [stream for stream in streams if stream.isatty()]
    for stream in {*streams[:1], *terminals[:1]}:
        # With the line dropped no one is left to read it.
        with suppress(OSError, ValueError):
            write_text(stream, text)
