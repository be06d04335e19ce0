"""The status line and the line of keys, at every width."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from services.book_models import DeskInfo, PollState
from services.models import Balance, PurchaseState
from widgets.bars import HintLine
from widgets.status_bar import StatusBar

Make = Callable[..., Any]
REFUSED = "Could not reach the vendor: the connection was refused. Nothing was changed."


async def test_the_status_line_tells_everything_where_there_is_room(
    staged: Make, book: Make, purchase: Make, now: datetime
) -> None:
    async with staged(StatusBar(), 200, 2) as stage:
        stage.widget.now = now
        stage.widget.book = book(
            open_count=3,
            unsettled=(purchase(PurchaseState.UNRESOLVED),),
            poll=PollState("failing", now - timedelta(minutes=5), now, message=REFUSED),
        )
        line = (await stage.picture())[0]
    local = now.astimezone()
    assert (
        line.split()
        == (
            f"SANDBOX READ-WRITE 48 250.50 DZD 2 m 1 UNRESOLVED 3 open "
            f"failing since {local - timedelta(minutes=5):%H:%M} "
            f"the connection was refused; r tries again amel shop12 {local:%H:%M}"
        ).split()
    )


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (80, "failing 12:00"),
        (100, "the connection was refused 12:00"),
        (120, "refused; r tries again amel 12:00"),
    ],
)
async def test_a_failure_says_the_time_once_and_why_where_there_is_room(
    staged: Make, book: Make, now: datetime, width: int, words: str
) -> None:
    async with staged(StatusBar(), width, 2) as stage:
        stage.widget.now = now
        stage.widget.book = book(poll=PollState("failing", now, message=REFUSED))
        line = " ".join((await stage.picture())[0].split())
    clock = f"{now.astimezone():%H:%M}"
    assert line.count(clock) == 1
    assert line.endswith(words.replace("12:00", clock))


@pytest.mark.parametrize("width", [30, 60, 80, 120, 200])
@pytest.mark.parametrize("environment", ["PRODUCTION", "SANDBOX"])
async def test_parts_leave_whole_and_the_gravest_stay(
    staged: Make, book: Make, purchase: Make, now: datetime, width: int, environment: str
) -> None:
    unsettled = tuple(purchase(PurchaseState.UNRESOLVED, id=str(n)) for n in range(12))
    words = {
        *(environment, "READ-WRITE", "RW", "48", "250.50", "DZD", "2", "m", "12", "UNRESOLVED"),
        *("UNRES", "3", "open", "live", "amel", "shop12", "12:00", f"{now.astimezone():%H:%M}"),
    }
    async with staged(StatusBar(), width, 2) as stage:
        stage.widget.now = now
        stage.widget.book = book(environment, open_count=3, unsettled=unsettled)
        line = (await stage.picture())[0]
        assert set(line.split()) <= words
        assert environment in line
        assert "UNRES" in line


async def test_what_has_its_end_is_to_be_read_and_not_unresolved(
    staged: Make, book: Make, purchase: Make
) -> None:
    ends = (
        purchase(PurchaseState.NOT_PLACED, id="1"),
        purchase(PurchaseState.HANDLING, id="2", late=True),
    )
    async with staged(StatusBar(), 80, 2) as stage:
        stage.widget.book = book(unsettled=ends)
        line = (await stage.picture())[0]
        assert "2 to read" in line
        assert "UNRES" not in line
        stage.widget.book = book(unsettled=(*ends, purchase(PurchaseState.AMBIGUOUS, id="3")))
        line = (await stage.picture())[0]
        assert "1 UNRESOLVED  2 to read" in line


async def test_production_is_marked_without_colour(staged: Make, book: Make) -> None:
    async with staged(StatusBar(), 80, 2) as stage:
        stage.widget.book = book("PRODUCTION")
        await stage.settle()
        strip = stage.app.screen._compositor.render_strips()[0]
        style = next(s.style for s in strip if "PRODUCTION" in s.text)
        assert style.reverse
        assert style.bold


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"validated": False}, "key not checked"),
        ({"scope": "READ-ONLY", "can_buy": False}, "READ-ONLY"),
        ({"can_buy": False}, "buying off"),
    ],
)
async def test_the_status_line_says_why_nothing_can_be_bought(
    staged: Make, book: Make, facts: dict[str, Any], words: str
) -> None:
    async with staged(StatusBar(), 120, 2) as stage:
        made = book()
        info: DeskInfo = msgspec.structs.replace(made.info, **facts)
        stage.widget.book = msgspec.structs.replace(made, info=info)
        assert words in await stage.text()


async def test_the_balance_says_when_it_is_low_old_unknown_or_private(
    staged: Make, book: Make, now: datetime
) -> None:
    async with staged(StatusBar(), 120, 2) as stage:
        stage.widget.now = now
        stage.widget.book = book(balance=Balance(Decimal(4000), now))
        assert "4 000 DZD LOW" in await stage.text()
        stage.widget.privacy = True
        text = await stage.text()
        assert "4 000" not in text
        assert "LOW" not in text
        stage.widget.privacy = False
        stage.widget.book = book(balance=Balance(Decimal(9000), now - timedelta(hours=2)))
        assert "9 000 DZD stale 2 h" in await stage.text()
        stage.widget.book = book(balance=Balance(Decimal(9000), now), balance_error="no answer")
        assert "9 000 DZD stale" in await stage.text()
        stage.widget.book = book(balance=None)
        assert "balance unknown" in await stage.text()


async def test_a_second_that_changes_nothing_draws_nothing(
    staged: Make, book: Make, now: datetime
) -> None:
    async with staged(StatusBar(), 120, 2) as stage:
        stage.widget.now = now
        stage.widget.book = book()
        await stage.watch()
        stage.widget.now = now + timedelta(seconds=1)
        stage.widget.book = book()
        assert await stage.painted() == []
        stage.widget.now = now + timedelta(minutes=1)
        assert await stage.painted() == [0]


async def test_keys_are_shown_whole_or_not_at_all_and_the_way_out_always(staged: Make) -> None:
    async with staged(HintLine(), 30, 2) as stage:
        stage.widget.hints = (("enter", "open"), ("/", "filter"), ("o", "order"), ("?", "help"))
        assert (await stage.picture())[0].split() == ["enter", "open", "/", "filter", "?", "help"]
        stage.widget.hints = (*stage.widget.hints, ("q", "leave"))
        stage.widget.staying = 2
        assert (await stage.picture())[0].split() == ["enter", "open", "?", "help", "q", "leave"]
        stage.widget.message = "Nothing was sent. [/]"
        assert (await stage.picture())[0].strip() == "Nothing was sent. [/]"
        stage.widget.message = ""
        assert "help" in await stage.text()


async def test_what_changed_while_it_was_hidden_is_there_when_it_is_shown(staged: Make) -> None:
    async with staged(HintLine(), 40, 2) as stage:
        stage.widget.hints = (("r", "Refresh"),)
        assert "Refresh" in await stage.text()
        stage.widget.display = False
        await stage.settle()
        assert not stage.widget.size
        stage.widget.message = "Sent."
        stage.widget.display = True
        text = await stage.text()
    assert "Sent." in text
    assert "Refresh" not in text


async def test_files_that_were_forgotten_are_counted(staged: Make, book: Make) -> None:
    async with staged(StatusBar(), 120, 2) as stage:
        stage.widget.book = book(forgotten=2)
        assert "2 card files left" in await stage.text()
        stage.widget.book = book(forgotten=0)
        assert "card file" not in await stage.text()
