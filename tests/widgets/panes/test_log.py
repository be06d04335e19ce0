"""The log says for whom, in a column of its own where there is room."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.domain.book import LogEntry
from services.domain.phrase import plain
from services.domain.text import clean
from tests.widgets.conftest import Staging
from widgets.panes.log import LogPane


@pytest.mark.parametrize(("width", "shown"), [(75, True), (36, False)])
async def test_the_customer_has_a_column(
    width: int, shown: bool, staged: Staging, book: Any
) -> None:
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    entry = LogEntry(at, "info", plain("1 x Roblox: Your card is here."), clean("karim"))
    async with staged(LogPane(), width, 10) as stage:
        stage.widget.book = book(log=(entry,))
        assert ("karim  " in await stage.text()) == shown
        stage.widget.filter_text = "karim"
        assert "Roblox" in await stage.text()


@pytest.mark.parametrize(("width", "time"), [(47, "10:00:05"), (44, "10:00 ")])
async def test_where_it_is_narrow_seconds_leave_before_words(
    width: int, time: str, staged: Staging, book: Any
) -> None:
    at = datetime(2026, 3, 1, 10, 0, 5).astimezone()
    entry = LogEntry(at, "info", plain("ordered 2 Netflix 200 TRY"), clean("karim"))
    async with staged(LogPane(), width + 4, 10) as stage:
        stage.widget.book = book(log=(entry,))
        row = (await stage.picture())[2]
        assert time in row
        assert "karim" in row
        assert "ordered 2 Netflix" in row
