"""The first run: there are no settings and no key, so the console asks for them before it opens."""

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from services.domain.errors import ConfigError
from services.settings import first_run
from services.settings.api_key import VARIABLE
from services.settings.load import Settings, load
from services.settings.route import route
from services.system import logs
from services.system.paths import Paths
from tui.terminal.background import BackgroundQuestion
from tui.terminal.capabilities import TerminalCapabilities, check_terminal

if TYPE_CHECKING:
    from tui.console.setup_app import SetUp

KEYBOARD = "qwerty+ar"
"""Until it is known which keyboard this is: what an AZERTY one types is the same here."""


def wanted(paths: Paths, environ: Mapping[str, str]) -> bool:
    """Tell whether nothing has been set up yet: no settings file, and no key from elsewhere.

    Raises:
        ConfigError: a variable cannot be used.
    """
    if not first_run.are_missing(paths) or environ.get(VARIABLE):
        return False
    profile = load(paths, environ).profile
    return not (profile.key_file or profile.key_command)


async def set_up(paths: Paths, settings: Settings, name: str = "") -> "tuple[SetUp | None, int]":
    """Ask for a first profile on this terminal.

    Args:
        paths: where the answers are kept.
        settings: those that the console would go by; what they say is offered as answers.
        name: what `--profile` named, offered as the name.

    Returns:
        What became of it, None when it was left; and then the exit code.

    Raises:
        ConfigError: there is no terminal to ask on; says what to run instead.
    """
    _need_terminal()
    question = BackgroundQuestion(sys.stdin.fileno())
    question.ask(settings.ui.theme, os.environ)

    from tui.actions.keymap import Keymap
    from tui.console.session import ended, signals
    from tui.console.setup_app import SetupApp
    from tui.screens.base import ConsoleContext
    from tui.screens.parts.setup_steps import Answers
    from tui.terminal import themes
    from tui.terminal.link import TerminalLink

    themes.check(settings.ui.theme)
    answers = Answers(
        name or settings.profile.name,
        settings.profile.base_url,
        keyboard=settings.ui.keyboard,
        exclusive=settings.profile.account_exclusive,
    )
    line = TerminalLink(settings.ui.slow_line)
    terminal = TerminalCapabilities.of(os.environ, question.answer())
    context = ConsoleContext(settings, Keymap(KEYBOARD), terminal=terminal, line=line)
    app = SetupApp(context, paths, answers, route(settings.net, paths))
    app.question = question
    with signals(app) as received:
        try:
            chosen = await app.run_async()
        finally:
            app.end_threads()
            question.end()
    if app.crash is not None:
        logs.start(paths)
    return chosen, ended(app, received, "The set-up")


def _need_terminal() -> None:
    try:
        check_terminal(os.environ, sys.stdin, sys.stdout)
    except ConfigError as unfit:
        raise ConfigError(
            "There are no settings and no API key yet, and they cannot be asked for here."
            f" {unfit.message}",
            advice="Run `carddesk config init --help`, or try everything without a key: "
            "`carddesk --sandbox`.",
        ) from None
