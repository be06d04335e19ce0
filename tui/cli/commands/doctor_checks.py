"""What `carddesk doctor` looks at on this machine: versions, folders, terminal; no network."""

import os
from collections.abc import Iterator, Mapping
from shutil import which
from typing import TextIO

from services.desk.diagnostics import Diagnosis
from services.domain.errors import DeskError
from services.domain.phrase import counted
from services.domain.text import clean
from services.settings.api_key import VARIABLE
from services.settings.load import Settings
from services.settings.route import BEGIN_CERTIFICATE
from services.system.process import AUTHORITIES, PROXIES, unused
from services.system.programs import missing
from services.system.route import Route
from tui.terminal.capabilities import check_terminal

SMALLEST = (60, 18)
WHOLE = (80, 24)


def way(given: Route) -> Iterator[Diagnosis]:
    """Say through which proxy the vendor is reached, and whose certificates are trusted."""
    names = unused(PROXIES)
    if given.proxy:
        auth = ", with a name and a password" if given.proxy_auth else ""
        yield Diagnosis("proxy", "ok", f"{clean(given.proxy)}{auth}")
    elif names:
        fix = "If this network needs a proxy, name it in net.proxy."
        yield Diagnosis("proxy", "warn", f"{_set(names)} set here, and not used", fix)
    else:
        yield Diagnosis("proxy", "ok", "none")
    names = unused(AUTHORITIES)
    if given.ca:
        count = given.ca.count(BEGIN_CERTIFICATE)
        own = f"the public ones and {counted(count, 'certificate')} of {clean(given.ca_name)}"
        yield Diagnosis("authorities", "ok", own)
    elif names:
        fix = "If your company has a CA of its own, name its file in net.ca_file."
        yield Diagnosis("authorities", "warn", f"{_set(names)} set here, and not used", fix)
    else:
        yield Diagnosis("authorities", "ok", "the public ones")


def _set(names: tuple[str, ...]) -> str:
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"


def key_source(settings: Settings, environ: Mapping[str, str]) -> str:
    """Say where the API key comes from, never what it is."""
    if environ.get(VARIABLE):
        return f"the variable {VARIABLE}"
    if settings.profile.key_file:
        return f"the file {clean(settings.profile.key_file)} (private)"
    return "key_command"


def terminal(environ: Mapping[str, str], stdin: TextIO, stdout: TextIO) -> Iterator[Diagnosis]:
    """Check whether the console could be drawn here; commands need none of it."""
    name = environ.get("TERM", "") or "none"
    try:
        check_terminal(environ, stdin, stdout)
    except DeskError as failure:
        yield Diagnosis("terminal", "warn", f"TERM={name}: {failure.message}", failure.advice)
        return
    yield Diagnosis("terminal", "ok", f"TERM={name}, UTF-8")
    columns, lines = os.get_terminal_size(stdout.fileno())
    size = f"{columns}x{lines}"
    if columns < SMALLEST[0] or lines < SMALLEST[1]:
        fix = f"Make it {SMALLEST[0]}x{SMALLEST[1]} or more: it is too small to buy in."
        yield Diagnosis("size", "warn", size, fix)
    elif columns < WHOLE[0] or lines < WHOLE[1]:
        yield Diagnosis("size", "warn", size, f"{WHOLE[0]}x{WHOLE[1]} shows whole panes.")
    else:
        yield Diagnosis("size", "ok", size)


def colours(environ: Mapping[str, str], theme: str) -> Diagnosis:
    """Say how many colours the console will draw with, as it works that out itself."""
    from rich.console import Console  # what Textual draws through; no other command needs it

    if "NO_COLOR" in environ:
        return Diagnosis("colours", "ok", "none: NO_COLOR is set")
    name = environ.get("TERM", "") or "none"
    depth = Console(force_terminal=True, _environ=environ).color_system
    if depth == "truecolor":
        return Diagnosis("colours", "ok", f"16 million (COLORTERM={environ['COLORTERM'].strip()})")
    if depth == "256":
        return Diagnosis("colours", "ok", f"256 (TERM={name})")
    if depth is None:
        fix = "Set TERM to what the terminal is, such as xterm-256color."
        return Diagnosis("colours", "warn", f"none (TERM={name})", fix)
    if theme in ("ansi", "auto"):
        return Diagnosis("colours", "ok", f"16 (TERM={name}), which is all that the theme uses")
    fix = 'Set ui.theme = "ansi", or TERM=xterm-256color where the terminal can show it.'
    return Diagnosis("colours", "warn", f"16 (TERM={name}), too few for the theme {theme}", fix)


def programs(environ: Mapping[str, str], settings: Settings) -> Iterator[Diagnosis]:
    """Say of each program that the settings name whether it is there."""
    named = {"print_command": settings.ui.print_command, "tell_command": settings.ui.tell_command}
    for name, command in named.items():
        if not command:
            continue
        if missing(command, environ):
            fix = f"Install it, or correct ui.{name}."
            yield Diagnosis(name, "warn", "there is no such program, or it cannot be run", fix)
        else:
            yield Diagnosis(name, "ok", "its program is there")


def clipboard(environ: Mapping[str, str], copy: bool) -> Diagnosis:
    """Say which way a copied card would take."""
    if not copy:
        return Diagnosis("clipboard", "ok", "copying is off (ui.copy)")
    if environ.get("TMUX"):
        if which("tmux"):
            return Diagnosis("clipboard", "ok", "inside tmux: copies go to its buffer")
        return Diagnosis(
            "clipboard", "warn", "inside tmux, but there is no tmux command", "Add tmux to PATH."
        )
    if environ.get("STY"):
        fix = "Use tmux instead, or select the card with the mouse."
        return Diagnosis("clipboard", "warn", "inside screen, which may drop OSC 52", fix)
    return Diagnosis("clipboard", "ok", "copies are sent to the terminal (OSC 52)")
