"""`carddesk doctor`: what is in order, what is not, and how to mend it; it buys nothing."""

import sys
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from services.errors import ConfigError, DeskError, JournalFailed
from services.paths import shown
from services.text import clean
from tui import doctor_checks, plain
from tui.cli_call import AddCommand, Call
from tui.doctor_checks import Finding

if TYPE_CHECKING:
    from services.desk import Desk

TOLERATED_SKEW = timedelta(seconds=30)
FAILED = 2
AGAIN = "Mend that, then look again."
LATER = "Wait, and look at the vendor's own status page."


def declare(add: AddCommand) -> None:
    """Declare the command."""
    add("doctor", doctor, "check this machine, the settings, the journal and the vendor")


async def doctor(call: Call) -> int:
    """Print every finding; exit 2 when one of them is a failure."""
    findings = [finding async for finding in _findings(call)]
    call.out.data(
        [
            {"check": f.check, "verdict": f.verdict, "detail": f.detail, "mend": f.mend}
            for f in findings
        ],
        plain.table(("", "CHECK", "FOUND"), [_row(finding) for finding in findings]),
    )
    return FAILED if any(finding.verdict == "fail" for finding in findings) else 0


async def _findings(call: Call) -> AsyncIterator[Finding]:
    for finding in _machine(call):
        yield finding
    try:
        settings = call.settings()
        call.check_keys(settings)
    except ConfigError as failure:
        yield _failed("settings", failure)
        return
    yield Finding("settings", "ok", _settings_file(call))
    yield doctor_checks.colours(call.environ, settings.ui.theme)
    yield doctor_checks.clipboard(call.environ, settings.ui.copy)
    if not call.args.sandbox:
        try:
            await call.key(settings)
        except ConfigError as failure:
            yield _failed("key", failure)
            return
        yield Finding("key", "ok", doctor_checks.key_source(settings, call.environ))
    async for finding in _vendor(call):
        yield finding


def _machine(call: Call) -> Iterator[Finding]:
    yield from doctor_checks.versions()
    yield from doctor_checks.folders(call.paths)
    yield from doctor_checks.terminal(call.environ, sys.stdin, sys.stdout)


def _settings_file(call: Call) -> str:
    path = call.paths.config_file
    return shown(path) if path.exists() else f"defaults and variables; there is no {shown(path)}"


async def _vendor(call: Call) -> AsyncIterator[Finding]:
    """Ask the vendor for what needs no purchase, then check the journal of its account."""
    async with call.unchecked_desk() as desk:
        try:
            api, offset = await desk.health()
        except DeskError as failure:
            yield _failed("vendor", failure)
            return
        if api == "ok":
            yield Finding("vendor", "ok", clean(desk.book.info.base_url))
        else:
            yield Finding("vendor", "warn", f"it says that its API is {clean(api)}", LATER)
        yield _clock(offset)
        # Whoever runs this wants to know whether the key works by now: one attempt.
        desk.forgive_key()
        try:
            info = await desk.ready()
        except JournalFailed as failure:
            yield _failed("journal", failure)
            return
        except DeskError as failure:
            yield _failed("account", failure)
            return
        yield Finding("account", "ok", f"{info.username}, {info.environment}, {info.scope}")
        yield await _journal(desk)
        if desk.book.info.can_buy:
            yield Finding("buying", "ok", "allowed")
        else:
            yield _buying_off(desk.book.info.scope, desk.book.info.why_not)


async def _journal(desk: "Desk") -> Finding:
    wrong = await desk.verify_journal()
    if wrong:
        mend = "Keep a copy of the file, and compare the orders with the vendor's list."
        return Finding("journal", "fail", wrong, mend)
    return Finding("journal", "ok", "whole, and its event chain is unbroken")


def _buying_off(scope: str, why_not: str) -> Finding:
    if scope == "READ-ONLY":
        mend = "To buy here, put a READ-WRITE key in its place."
    elif why_not == "This desk is read-only":
        mend = "To buy here, leave out --read-only and read_only = true."
    else:
        mend = "Mend what is named here, then look again."
    return Finding("buying", "warn", f"off: {why_not}", mend)


def _clock(offset: timedelta | None) -> Finding:
    if offset is None:
        mend = "Compare this machine's clock with another one, and set it by NTP."
        return Finding("clock", "warn", "the vendor did not tell the time", mend)
    seconds = offset.total_seconds()
    detail = f"the vendor's clock is {seconds:+.1f} s from ours"
    if abs(offset) > TOLERATED_SKEW:
        return Finding("clock", "warn", detail, "Set this machine's clock (NTP).")
    return Finding("clock", "ok", detail)


def _failed(check: str, failure: DeskError) -> Finding:
    return Finding(check, "fail", failure.message, failure.advice or AGAIN)


def _row(finding: Finding) -> tuple[str, str, str]:
    found = f"{finding.detail}. {finding.mend}" if finding.mend else finding.detail
    return finding.verdict, finding.check, found
