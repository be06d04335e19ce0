"""`carddesk doctor`: what is in order, what is not, and how to fix it; it buys nothing."""

import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial
from shutil import which
from typing import TYPE_CHECKING, TextIO

from services.desk import diagnostics
from services.desk.diagnostics import AGAIN, Diagnosis, check
from services.domain.errors import DeskError, JournalFailed
from services.domain.phrase import counted
from services.domain.text import clean
from services.domain.typed import digits
from services.settings.api_key import VARIABLE
from services.settings.load import Settings
from services.settings.route import BEGIN_CERTIFICATE
from services.system import logs
from services.system.files import present, shown
from services.system.host_limits import host_limit
from services.system.process import AUTHORITIES, PROXIES, unused
from services.system.programs import missing
from services.system.route import Route
from tui.cli.context import AddCommand, Call
from tui.formats import as_text
from tui.terminal.capabilities import check_terminal
from tui.version import VERSION

if TYPE_CHECKING:
    from services.desk.desk import Desk
    from services.domain.book import DeskInfo

TOLERATED_SKEW = timedelta(seconds=30)
FAILED = 2
MOST_NAMED = 5
SMALLEST = (60, 18)
WHOLE = (80, 24)
COMPARE = "Keep a copy of the file, and compare the orders with the vendor's list."
UNTIL_THEN = "Free its disk, or mount it for writing; what is in it can be read meanwhile."
LATER = "Wait, and look at the vendor's own status page."


def declare(add: AddCommand) -> None:
    add("doctor", doctor, "check this machine, the settings, the journal and the vendor")


async def doctor(call: Call) -> int:
    """Print every finding; exit 2 when one of them is a failure."""
    with suppress(DeskError):
        logs.start(call.paths)
    findings = await _findings(call)
    call.out.data(
        [
            {"check": f.check, "verdict": f.verdict, "detail": f.detail, "mend": f.fix}
            for f in findings
        ],
        as_text.table(("", "CHECK", "FOUND"), [_row(finding) for finding in findings]),
    )
    return FAILED if any(finding.verdict == "fail" for finding in findings) else 0


async def _findings(call: Call) -> list[Diagnosis]:
    found = [*_machine(call)]
    try:
        settings = call.settings()
        renamed = call.check_keys(settings)
    except DeskError as failure:
        return [*found, _failed("settings", failure)]
    found += check("settings", lambda: [Diagnosis("settings", "ok", _settings_file(call))])
    advice = f"Write it into {shown(call.paths.config_file)}."
    found += [Diagnosis("keys", "warn", notice, advice) for notice in renamed]
    found += check("screen", lambda: _screen(call, settings))
    if not call.args.sandbox:
        try:
            await call.key(settings)
        except DeskError as failure:
            return [*found, _failed("key", failure)]
        found.append(Diagnosis("key", "ok", key_source(settings, call.environ)))
        try:
            route = call.route(settings)
        except DeskError as failure:
            return [*found, _failed("way to the vendor", failure)]
        found += way(route or Route())
    try:
        async for finding in _vendor(call):
            found.append(finding)
    except DeskError as failure:
        found.append(_failed("desk", failure))
    except Exception as failure:
        limit = host_limit(failure)
        found += check("desk", partial(_raised, limit or failure))
    return found


def _screen(call: Call, settings: Settings) -> Iterator[Diagnosis]:
    yield colours(call.environ, settings.ui.theme)
    yield clipboard(call.environ, settings.ui.copy)
    yield from programs(call.environ, settings)


def _raised(failure: Exception) -> list[Diagnosis]:
    raise failure


def _machine(call: Call) -> Iterator[Diagnosis]:
    yield from check("versions", lambda: diagnostics.versions(VERSION))
    yield from check("folders", lambda: diagnostics.folders(call.paths))
    yield from check("time zone", lambda: [diagnostics.time_zone(call.environ)])
    yield from check("terminal", lambda: terminal(call.environ, sys.stdin, sys.stdout))


def _settings_file(call: Call) -> str:
    path = call.paths.config_file
    return shown(path) if present(path) else f"defaults and variables; there is no {shown(path)}"


async def _vendor(call: Call) -> AsyncIterator[Diagnosis]:
    """Ask the vendor for what needs no purchase, then check the journal of its account."""
    async with call.unchecked_desk() as desk:
        try:
            api, offset = await desk.health.ping()
        except DeskError as failure:
            yield _failed("vendor", failure)
            for finding in await _server(call, None):
                yield finding
            return
        if api == "ok":
            yield Diagnosis("vendor", "ok", clean(desk.book.info.base_url))
        else:
            yield Diagnosis("vendor", "warn", f"it says that its API is {clean(api)}", LATER)
        yield _clock(offset)
        for finding in await _server(call, offset):
            yield finding
        # Who runs this wants to know whether the key works by now: one attempt.
        desk.forgive_key()
        try:
            info = await desk.ready()
        except JournalFailed as failure:
            yield _failed("journal", failure)
            return
        except DeskError as failure:
            yield _failed("account", failure)
            return
        yield Diagnosis("account", "ok", f"{info.username}, {info.environment}, {info.scope}")
        yield await _journal(desk)
        yield await _answers(desk)
        if desk.book.info.can_buy:
            yield Diagnosis("buying", "ok", "allowed")
        else:
            yield _buying_off(desk.book.info)


async def _server(call: Call, vendor_ahead: timedelta | None) -> list[Diagnosis]:
    """Examine the server of the journal, where the settings name one."""
    settings = call.settings()
    if not settings.profile.journal:
        return []
    # No other desk needs what a server needs.
    from services.desk.team.server_checks import server_findings

    return await server_findings(settings, call.paths, vendor_ahead)


async def _journal(desk: "Desk") -> Diagnosis:
    wrong = await desk.journal.verify()
    if wrong:
        takes_nothing = desk.journal.can_be_read_only
        fix = UNTIL_THEN if takes_nothing else COMPARE
        return Diagnosis("journal", "fail", wrong, fix)
    return Diagnosis("journal", "ok", "whole, and its event chain is unbroken")


async def _answers(desk: "Desk") -> Diagnosis:
    """Name what the vendor answers and nothing can be made of."""
    try:
        stocks = await desk.health.examine()
    except DeskError as failure:
        return _failed("answers", failure)
    if not (bad := desk.health.bad_items):
        read = f"catalogue, {counted(stocks, 'stock')}, orders and movements"
        return Diagnosis("answers", "ok", f"{read}: every item can be used")
    named = "; ".join(item.words for item in bad[:MOST_NAMED]) + (
        "; ..." if len(bad) > MOST_NAMED else ""
    )
    found = f"{counted(len(bad), 'item')} cannot be used: {named}"
    return Diagnosis("answers", "warn", found, "The rest is used. Tell the vendor's support.")


def _buying_off(info: "DeskInfo") -> Diagnosis:
    if info.scope == "READ-ONLY":
        fix = "To buy here, put a READ-WRITE key in its place."
    elif info.read_only:
        fix = "To buy here, leave out --read-only and read_only = true."
    else:
        fix = "Put right what is named here, then look again."
    return Diagnosis("buying", "warn", f"off: {info.why_not}", fix)


def _clock(offset: timedelta | None) -> Diagnosis:
    if offset is None:
        fix = "Compare this machine's clock with another one, and set it by NTP."
        return Diagnosis("clock", "warn", "the vendor did not tell the time", fix)
    seconds = offset.total_seconds()
    detail = f"the vendor's clock is {digits.signed(seconds)} s from ours"
    if abs(offset) > TOLERATED_SKEW:
        return Diagnosis("clock", "warn", detail, "Set this machine's clock (NTP).")
    return Diagnosis("clock", "ok", detail)


def _failed(check: str, failure: DeskError) -> Diagnosis:
    return Diagnosis(check, "fail", failure.message, failure.advice or AGAIN)


def _row(finding: Diagnosis) -> tuple[str, str, str]:
    found = f"{finding.detail}. {finding.fix}" if finding.fix else finding.detail
    return finding.verdict, finding.check, found


# What is looked at on this machine; no network.


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
