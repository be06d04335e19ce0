"""`carddesk doctor`: what is in order, what is not, and how to fix it; it buys nothing."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from services.desk import diagnostics
from services.desk.diagnostics import AGAIN, Diagnosis, check
from services.domain.errors import DeskError, JournalFailed
from services.domain.phrase import counted
from services.domain.text import clean
from services.domain.typed import digits
from services.settings.load import Settings
from services.system import logs
from services.system.files import present, shown
from services.system.host_limits import host_limit
from services.system.route import Route
from tui.cli.commands import doctor_checks
from tui.cli.context import AddCommand, Call
from tui.formats import as_text
from tui.version import VERSION

if TYPE_CHECKING:
    from services.desk.desk import Desk
    from services.domain.book import DeskInfo

TOLERATED_SKEW = timedelta(seconds=30)
FAILED = 2
MOST_NAMED = 5
COMPARE = "Keep a copy of the file, and compare the orders with the vendor's list."
UNTIL_THEN = "Free its disk, or mount it for writing; what is in it can be read meanwhile."
LATER = "Wait, and look at the vendor's own status page."


def declare(add: AddCommand) -> None:
    add("doctor", doctor, "check this machine, the settings, the journal and the vendor")


async def doctor(call: Call) -> int:
    """Print every finding; exit 2 when one of them is a failure."""
    with suppress(DeskError):
        logs.start(call.paths)
    findings = [finding async for finding in _findings(call)]
    call.out.data(
        [
            {"check": f.check, "verdict": f.verdict, "detail": f.detail, "mend": f.fix}
            for f in findings
        ],
        as_text.table(("", "CHECK", "FOUND"), [_row(finding) for finding in findings]),
    )
    return FAILED if any(finding.verdict == "fail" for finding in findings) else 0


async def _findings(call: Call) -> AsyncIterator[Diagnosis]:
    for finding in _machine(call):
        yield finding
    try:
        settings = call.settings()
        renamed = call.check_keys(settings)
    except DeskError as failure:
        yield _failed("settings", failure)
        return
    for finding in check("settings", lambda: [Diagnosis("settings", "ok", _settings_file(call))]):
        yield finding
    for notice in renamed:
        yield Diagnosis("keys", "warn", notice, f"Write it into {shown(call.paths.config_file)}.")
    for finding in check("screen", lambda: _screen(call, settings)):
        yield finding
    if not call.args.sandbox:
        try:
            await call.key(settings)
        except DeskError as failure:
            yield _failed("key", failure)
            return
        yield Diagnosis("key", "ok", doctor_checks.key_source(settings, call.environ))
        try:
            route = call.route(settings)
        except DeskError as failure:
            yield _failed("way to the vendor", failure)
            return
        for finding in doctor_checks.way(route or Route()):
            yield finding
    try:
        async for finding in _vendor(call):
            yield finding
    except DeskError as failure:
        yield _failed("desk", failure)
    except Exception as failure:
        limit = host_limit(failure)
        for finding in check("desk", partial(_raised, limit or failure)):
            yield finding


def _screen(call: Call, settings: Settings) -> Iterator[Diagnosis]:
    yield doctor_checks.colours(call.environ, settings.ui.theme)
    yield doctor_checks.clipboard(call.environ, settings.ui.copy)
    yield from doctor_checks.programs(call.environ, settings)


def _raised(failure: Exception) -> list[Diagnosis]:
    raise failure


def _machine(call: Call) -> Iterator[Diagnosis]:
    yield from check("versions", lambda: diagnostics.versions(VERSION))
    yield from check("folders", lambda: diagnostics.folders(call.paths))
    yield from check("time zone", lambda: [diagnostics.time_zone(call.environ)])
    yield from check(
        "terminal", lambda: doctor_checks.terminal(call.environ, sys.stdin, sys.stdout)
    )


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
