"""Calling through a program: what it gets, once for the account, and what a bad one costs."""

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from services.desk.watching import calls
from services.domain.alerts import Occasion
from services.domain.book import DeskInfo
from services.domain.errors import DeskError, JournalFailed
from services.domain.text import clean
from services.settings.fields import UiSettings

pytestmark = pytest.mark.both_engines
INFO = DeskInfo("main", "SANDBOX", "amina", "")
ENDED = Occasion("order_ended", "FULFILLED", "p1", "6b0b012e7902699be400002e", clean("karim"))
LOW = Occasion("balance_low")


def python(source: str) -> str:
    return f"{sys.executable} -c '{source}'"


@pytest.fixture
def heard(tmp_path: Path):
    """Return a program that keeps what it reads, and what that was, a document each."""
    kept = tmp_path / "heard"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ncat >> {kept}\n")
    program.chmod(0o700)

    def documents():
        return [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []

    return UiSettings(tell_command=str(program)), documents


async def test_the_program_gets_the_end_of_the_order_and_no_name(open_desk, heard):
    ui, documents = heard
    async with open_desk() as desk:
        assert not await desk.calls.make(ENDED, ui, INFO)
        assert not await desk.calls.make(
            replace(ENDED, state="REFUNDED"), replace(ui, tell_customer=True), INFO
        )
    first, second = documents()
    assert first.pop("time").startswith("2026-03-01T09:0")
    assert first == {
        "event": "order_ended", "profile": "main", "environment": "SANDBOX", "order": "00002e",
        "purchase": "p1", "state": "FULFILLED", "why": None,
    }  # fmt: skip
    assert (second["state"], second["customer"]) == ("REFUNDED", "karim")


async def test_one_console_of_the_account_calls(open_desk, heard, leaping):
    ui, documents = heard
    async with open_desk() as one, open_desk() as other:
        for desk in (one, other, one):
            await desk.calls.make(ENDED, ui, INFO)
            await desk.calls.make(LOW, ui, INFO)
        assert [each["event"] for each in documents()] == ["order_ended", "balance_low"]
        leaping.advance(timedelta(minutes=11).total_seconds())
        for desk in (other, one):
            await desk.calls.make(ENDED, ui, INFO)
            await desk.calls.make(LOW, ui, INFO)
    assert [each["event"] for each in documents()][2:] == ["balance_low"]


async def test_a_journal_that_takes_nothing_lets_every_console_call(open_desk, heard, monkeypatch):
    ui, documents = heard
    async with open_desk() as desk:

        async def full(*_):
            raise JournalFailed("The disk is full")

        monkeypatch.setattr(desk._opening.opened(), "first_to_call", full)
        await desk.calls.make(ENDED, ui, INFO)
    assert len(documents()) == 1


async def test_a_failing_program_is_said_once_and_in_the_log(open_desk):
    ui = UiSettings(tell_command="/bin/false")
    async with open_desk() as desk:
        before = len(desk.book.log)
        said = [
            await desk.calls.make(replace(ENDED, purchase_id=p), ui, INFO) for p in ("p1", "p2")
        ]
        assert "ui.tell_command failed with exit code 1" in str(said[0])
        assert not said[1]
        assert [entry.words for entry in desk.book.log[before:]] == [said[0]]


async def test_a_hanging_program_is_ended(monkeypatch):
    monkeypatch.setattr(calls, "SECONDS", 0.2)
    with pytest.raises(DeskError, match="did not end within"):
        await calls.send("sleep 60", {})


async def test_a_program_that_writes_ten_megabytes_costs_nothing(monkeypatch):
    written = python('import sys; sys.stdout.write("x" * 10_000_000); sys.stderr.write("y" * 9)')
    await calls.send(written, {})
