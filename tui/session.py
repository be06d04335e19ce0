"""A console from its settings to its last word: what opens it, what ends it, what it returns."""

import asyncio
import os
import signal
import sys
from collections.abc import Generator
from contextlib import AsyncExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from services import logs
from services.clock import SystemClock
from services.lock_pin import LockPin
from services.paths import Paths, shown
from services.secrets import Secret
from services.settings import Settings, sandbox_settings
from services.text import clean
from tui.keymap import Keymap
from tui.line import Line
from tui.ssh_trip import SshTrip
from tui.terminal import Abilities, check_terminal

if TYPE_CHECKING:
    from services.desk import Desk
    from tui.steady_app import SteadyApp

ENDING = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)


async def run_console(
    settings: Settings,
    key: Secret,
    paths: Paths,
    *,
    read_only: bool,
    operator: str,
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
        sandbox: work on the embedded vendor, which is started behind the first picture unless
            another process of this user serves it already.
        mouse: answer to the mouse, unless the settings say no.

    Returns:
        The exit code: 0 left, 1 a defect, 128 + n ended by signal n, else as the desk said.

    Raises:
        ConfigError: the terminal, the theme or the keys cannot be used. Nothing was drawn.
    """
    check_terminal(os.environ, sys.stdin, sys.stdout)
    keymap = Keymap(settings.ui.keyboard, settings.keys)

    from tui import themes
    from tui.app import ConsoleApp
    from tui.screens.base import Frame

    themes.check(settings.ui.theme)
    async with AsyncExitStack() as stack:

        async def open_desk() -> "Desk":
            from services.desk import Desk

            live = settings
            if sandbox:
                from tui.embedded import reached

                live = sandbox_settings(settings, await stack.enter_async_context(reached(paths)))
            return await stack.enter_async_context(
                Desk(live, key, paths, operator=operator, read_only=read_only)
            )

        clock = SystemClock()
        pin = LockPin(paths.state_dir, operator, clock)
        frame = Frame(
            settings,
            keymap,
            read_only or settings.profile.read_only,
            pin,
            paths.state_dir,
            Abilities.of(os.environ),
            Line(settings.ui.slow_line, far=SshTrip.of(os.environ)),
        )
        app = ConsoleApp(frame, clock, open_desk)
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
    if app.crash is not None:
        number = logs.crash_report(app.crash)
        narrate(
            f"carddesk broke off because of a defect (report {number} in {shown(paths.log_file)}). "
            "What was sent is in the journal: start again and look at the orders."
        )
        return 1
    if app.last_words:
        narrate(app.last_words)
    return 128 + received[0] if received else app.return_code or 0


@contextmanager
def signals(app: "SteadyApp[Any]") -> Generator[list[int]]:
    """Let a dropped line, `kill` and ctrl+c from outside close an app in order.

    Textual answers none of them: the process would die in the middle of a request.

    Returns:
        The signals that arrived, in order.
    """
    loop = asyncio.get_running_loop()
    received: list[int] = []

    def arrived(number: int) -> None:
        received.append(number)
        app.leave(128 + number)

    answered = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    for number in answered:
        loop.add_signal_handler(number, arrived, number)
    try:
        yield received
    finally:
        for number in answered:
            loop.remove_signal_handler(number)


def narrate(sentence: str) -> None:
    """Tell the operator something once the screen is gone."""
    # With the line dropped there is nobody left to read it.
    with suppress(OSError):
        sys.stderr.write(f"carddesk: {clean(sentence)}\n")
        sys.stderr.flush()
