"""The first run: there are no settings and no key, so the console asks for them before it opens."""

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from services import first_settings, logs
from services.errors import ConfigError
from services.keys import VARIABLE
from services.paths import Paths, shown
from services.settings import load
from tui.terminal import Abilities, check_terminal

if TYPE_CHECKING:
    from tui.setup_app import SetUp

KEYBOARD = "qwerty+ar"
"""Until it is known which keyboard this is: what an AZERTY one types is the same here."""


def wanted(paths: Paths, environ: Mapping[str, str]) -> bool:
    """Tell whether nobody has set anything up yet: no settings file, and no key from elsewhere.

    Raises:
        ConfigError: a variable cannot be used.
    """
    if not first_settings.are_missing(paths) or environ.get(VARIABLE):
        return False
    profile = load(paths, environ).profile
    return not (profile.key_file or profile.key_command)


async def set_up(
    paths: Paths,
    environ: Mapping[str, str],
    name: str = "",
    *,
    ascii_alone: bool = False,
    slow_line: bool = False,
) -> "tuple[SetUp | None, int]":
    """Ask for a first profile on this terminal.

    Args:
        paths: where the answers are kept.
        environ: variables that the console would go by, which are offered as answers.
        name: what `--profile` named, offered as the name.
        ascii_alone: draw lines and signs in ASCII, whatever the settings say.
        slow_line: spare the line, whatever the settings say.

    Returns:
        What became of it, None when it was left; and then the exit code.

    Raises:
        ConfigError: there is no terminal to ask on; says what to run instead.
    """
    _need_terminal()
    settings = load(paths, environ)
    if ascii_alone:
        settings = replace(settings, ui=replace(settings.ui, ascii="on"))
    if slow_line:
        settings = replace(settings, ui=replace(settings.ui, slow_line="on"))

    from tui import themes
    from tui.keymap import Keymap
    from tui.line import Line
    from tui.screens.base import Frame
    from tui.screens.setup_steps import Answers
    from tui.session import narrate, signals
    from tui.setup_app import SetupApp
    from tui.ssh_trip import SshTrip

    themes.check(settings.ui.theme)
    answers = Answers(
        name or settings.profile.name,
        settings.profile.base_url,
        keyboard=settings.ui.keyboard,
        exclusive=settings.profile.account_exclusive,
    )
    line = Line(settings.ui.slow_line, far=SshTrip.of(os.environ))
    frame = Frame(settings, Keymap(KEYBOARD), terminal=Abilities.of(os.environ), line=line)
    app = SetupApp(frame, paths, answers, settings.net.proxy)
    with signals(app) as received:
        chosen = await app.run_async()
    if app.crash is not None:
        logs.start(paths)
        number = logs.crash_report(app.crash)
        narrate(f"The set-up broke off: a defect, report {number} is in {shown(paths.log_file)}.")
        return None, 1
    if app.last_words:
        narrate(app.last_words)
    return chosen, 128 + received[0] if received else app.return_code or 0


def _need_terminal() -> None:
    try:
        check_terminal(os.environ, sys.stdin, sys.stdout)
    except ConfigError as unfit:
        raise ConfigError(
            f"There are no settings and no API key yet, and they cannot be asked for here: "
            f"{unfit.message[:1].lower()}{unfit.message[1:]}",
            advice="Run `carddesk config init --help`, or try everything without a key: "
            "`carddesk --sandbox`.",
        ) from None
