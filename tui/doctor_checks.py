"""What `carddesk doctor` looks at on this machine: versions, folders, terminal; no network."""

import os
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import which
from typing import Literal, TextIO

from msgspec import Struct

from services.errors import DeskError
from services.journal import SQLITE_VERSION, WAL_IS_SAFE
from services.journal_file import network_file_system, room, room_wanted
from services.keys import VARIABLE
from services.paths import Paths, shown
from services.settings import Settings
from services.text import clean
from tui.terminal import check_terminal
from tui.version import VERSION

HTTPCORE = "1.0.9"
SMALLEST = (60, 18)
WHOLE = (80, 24)


class Finding(Struct, frozen=True):
    """One line of the report; `mend` says what to do, and is empty where nothing is wrong."""

    check: str
    verdict: Literal["ok", "warn", "fail"]
    detail: str
    mend: str = ""


def versions() -> Iterator[Finding]:
    """Check what carddesk runs on."""
    from importlib.metadata import PackageNotFoundError, version  # 15 ms that no other command owes

    yield Finding("carddesk", "ok", VERSION)
    yield Finding("python", "ok", sys.version.split()[0])
    for name in ("textual", "httpx", "httpcore"):
        try:
            found = version(name)
        except PackageNotFoundError:
            yield Finding(name, "fail", "not installed", "Install carddesk again.")
            continue
        if name == "httpcore" and found != HTTPCORE:
            mend = f"Install httpcore {HTTPCORE}: purchases rely on the order of its events."
            yield Finding(name, "fail", found, mend)
        else:
            yield Finding(name, "ok", found)
    mode = "WAL" if WAL_IS_SAFE else "rollback journal, this version's WAL can lose data"
    yield Finding("sqlite", "ok", f"{SQLITE_VERSION} ({mode})")


def folders(paths: Paths) -> Iterator[Finding]:
    """Check that settings, state and cache are private and can be written."""
    for name, folder in (
        ("config folder", paths.config_dir),
        ("state folder", paths.state_dir),
        ("cache folder", paths.cache_dir),
    ):
        yield _folder(name, folder)
    kind = network_file_system(paths.state_dir)
    if kind:
        mend = "Move it to a local disk with XDG_STATE_HOME; until then buying is refused."
        yield Finding("journal disk", "fail", f"a network file system ({kind})", mend)
    else:
        yield Finding("journal disk", "ok", "a local file system")
    yield _room(paths.state_dir)


def key_source(settings: Settings, environ: Mapping[str, str]) -> str:
    """Say where the API key comes from, never what it is."""
    if environ.get(VARIABLE):
        return f"the variable {VARIABLE}"
    if settings.profile.key_file:
        return f"the file {clean(settings.profile.key_file)} (private)"
    return "key_command"


def terminal(environ: Mapping[str, str], stdin: TextIO, stdout: TextIO) -> Iterator[Finding]:
    """Check whether the console could be drawn here; commands need none of it."""
    name = environ.get("TERM", "") or "none"
    try:
        check_terminal(environ, stdin, stdout)
    except DeskError as failure:
        yield Finding("terminal", "warn", f"TERM={name}: {failure.message}", failure.advice)
        return
    yield Finding("terminal", "ok", f"TERM={name}, UTF-8")
    columns, lines = os.get_terminal_size(stdout.fileno())
    size = f"{columns}x{lines}"
    if columns < SMALLEST[0] or lines < SMALLEST[1]:
        mend = f"Make it {SMALLEST[0]}x{SMALLEST[1]} or more: it is too small to buy in."
        yield Finding("size", "warn", size, mend)
    elif columns < WHOLE[0] or lines < WHOLE[1]:
        yield Finding("size", "warn", size, f"{WHOLE[0]}x{WHOLE[1]} shows whole panes.")
    else:
        yield Finding("size", "ok", size)


def colours(environ: Mapping[str, str], theme: str) -> Finding:
    """Say how many colours the console will draw with, as it works that out itself."""
    from rich.console import Console  # what Textual draws through; no other command needs it

    if "NO_COLOR" in environ:
        return Finding("colours", "ok", "none: NO_COLOR is set")
    name = environ.get("TERM", "") or "none"
    depth = Console(force_terminal=True, _environ=environ).color_system
    if depth == "truecolor":
        return Finding("colours", "ok", f"16 million (COLORTERM={environ['COLORTERM'].strip()})")
    if depth == "256":
        return Finding("colours", "ok", f"256 (TERM={name})")
    if depth is None:
        mend = "Set TERM to what the terminal is, such as xterm-256color."
        return Finding("colours", "warn", f"none (TERM={name})", mend)
    if theme == "ansi":
        return Finding("colours", "ok", f"16 (TERM={name}), which is all that the theme uses")
    mend = 'Set ui.theme = "ansi", or TERM=xterm-256color where the terminal can show it.'
    return Finding("colours", "warn", f"16 (TERM={name}), too few for the theme {theme}", mend)


def clipboard(environ: Mapping[str, str], copy: bool) -> Finding:
    """Say which way a copied card would take."""
    if not copy:
        return Finding("clipboard", "ok", "copying is off (ui.copy)")
    if environ.get("TMUX"):
        if which("tmux"):
            return Finding("clipboard", "ok", "inside tmux: copies go to its buffer")
        return Finding(
            "clipboard", "warn", "inside tmux, but there is no tmux command", "Add tmux to PATH."
        )
    if environ.get("STY"):
        mend = "Use tmux instead, or select the card with the mouse."
        return Finding("clipboard", "warn", "inside screen, which may drop OSC 52", mend)
    return Finding("clipboard", "ok", "copies are sent to the terminal (OSC 52)")


def _room(folder: Path) -> Finding:
    there = next(p for p in (folder, *folder.parents) if p.exists())
    if wanted := room_wanted(there):
        return Finding("journal room", "fail", wanted, "Free disk space; until then buying is off.")
    return Finding("journal room", "ok", f"{room(there) / 1e9:.1f} GB free")


def _folder(name: str, folder: Path) -> Finding:
    try:
        facts = folder.stat()
    except FileNotFoundError:
        parent = next(p for p in folder.parents if p.exists())
        if parent.is_dir() and os.access(parent, os.W_OK | os.X_OK):
            return Finding(name, "ok", f"{shown(folder)} (not made yet)")
        return Finding(
            name, "fail", f"{shown(folder)} cannot be made", f"Make {shown(parent)} writable."
        )
    except OSError as failure:
        why = failure.strerror or type(failure).__name__
        return Finding(name, "fail", f"{shown(folder)}: {why}", "Move away what is in its place.")
    mode = stat.S_IMODE(facts.st_mode)
    detail = f"{shown(folder)} ({mode:04o})"
    if not stat.S_ISDIR(facts.st_mode):
        return Finding(name, "fail", f"{shown(folder)} is no folder", "Move that file away.")
    if facts.st_uid != os.geteuid():
        return Finding(name, "fail", f"{detail} belongs to another user", "Run it as its owner.")
    if not os.access(folder, os.W_OK | os.X_OK):
        return Finding(name, "fail", f"{detail} cannot be written", f"chmod 700 {shown(folder)}")
    if mode & 0o077:
        return Finding(name, "warn", f"{detail} is open to others", f"chmod 700 {shown(folder)}")
    return Finding(name, "ok", detail)
