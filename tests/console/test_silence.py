"""A vendor that takes connections and says nothing: the console says so, and keys are answered."""

from typing import Any

import pytest

from services.sandbox import Fault
from services.vendor import patience


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say it sooner than a person would want to hear it, and go on for as long as a test may."""
    monkeypatch.setattr(patience, "REUSED_SECONDS", 0.02)
    monkeypatch.setattr(patience, "SILENT_SECONDS", 0.05)
    monkeypatch.setattr(patience, "LAST_SECONDS", 100_000.0)


async def test_silence_is_said_counted_and_over_with_the_first_answer(
    console: Any, quick: None
) -> None:
    await console.ready()
    await console.until(lambda: console.app.book.poll.state == "live")
    console.box.faults.add(Fault("hang", times=0))
    await console.press("r")
    await console.shows("no answer since ", ": trying again.")
    assert "connected" not in console.text().splitlines()[0]
    await console.until(
        lambda: any("has not answered for" in entry.text for entry in console.app.book.log)
    )
    await console.press("r")
    await console.shows("Asking the vendor again.")
    console.box.faults.clear()
    await console.press("r")
    await console.until(lambda: not console.app.book.link.silent_since)
    # What was given up meanwhile is read again.
    await console.until(lambda: "no answer" not in console.text())


async def test_a_stock_never_read_is_read_once_the_vendor_answers(
    console: Any, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "LAST_SECONDS", 0.1)
    await console.ready()
    console.box.faults.add(Fault("hang", times=0))
    await console.press("j")
    await console.shows("The stock could not be read.")
    console.box.faults.clear()
    await console.press("r")
    await console.until(lambda: "could not be read" not in console.text())


async def test_leaving_waits_for_no_answer(console: Any, quick: None) -> None:
    await console.ready()
    console.box.faults.add(Fault("hang", times=0))
    await console.press("r")
    await console.shows("no answer since ")
    await console.press("q")
    await console.until(lambda: console.app._exit)
