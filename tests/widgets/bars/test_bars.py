"""The status line and the line of keys, at every width."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from services.domain.book import DeskInfo, LinkState, PollState
from services.domain.day_figures import DayFigures, Goods
from services.domain.errors import FOREIGN_CURRENCY, Failure, Refused, Unavailable
from services.domain.models import Balance, PurchaseState
from services.domain.phrase import plain
from services.domain.text import ours
from widgets.bars.key_hints import HintLine
from widgets.bars.status_bar import StatusBar

Make = Callable[..., Any]
NOW = datetime(2025, 3, 4, 12, 0, tzinfo=UTC)
REFUSED = Unavailable(
    "Could not reach the vendor: the connection was refused", cause="the connection was refused"
).failure


def sold(cards: int) -> DayFigures:
    """The figures of a day on which so many cards were sold at 1 375.37 each."""
    cost = Decimal("1375.37")
    return DayFigures(NOW, NOW, (Goods("p", "t", ours("Netflix"), cost, 1, cards, cost * cards),))


async def test_the_status_line_tells_everything_where_there_is_room(
    staged: Make, book: Make, order: Make, purchase: Make, now: datetime
) -> None:
    async with staged(StatusBar(), 200, 2) as stage:
        stage.widget.now = now
        stage.widget.book = book(
            orders=(order(1, state="FULFILLED", final=True), order(2, mine=False)),
            open_count=3,
            unsettled=(purchase(PurchaseState.UNRESOLVED),),
            day=sold(2),
            poll=PollState("failing", now - timedelta(minutes=5), now, failure=REFUSED),
        )
        line = (await stage.picture())[0]
    local = now.astimezone()
    assert (
        line.split()
        == (
            f"SANDBOX 48 250 DZD 1 NO ANSWER ○ 3 handling ● 1 to hand over "
            f"no link since {local - timedelta(minutes=5):%H:%M} "
            f"the connection was refused; r tries again sold 2 890 margin 139 "
            f"shop12 amel {local:%H:%M}"
        ).split()
    )


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (60, "no link 12:00"),
        (80, "no link the connection was refused 12:00"),
        (120, "refused; r tries again shop12 amel 12:00"),
    ],
)
async def test_a_failure_says_the_time_once_and_why_where_there_is_room(
    staged: Make, book: Make, now: datetime, width: int, words: str
) -> None:
    async with staged(StatusBar(), width, 2) as stage:
        stage.widget.now = now
        stage.widget.book = book(poll=PollState("failing", now, failure=REFUSED))
        line = " ".join((await stage.picture())[0].split())
    clock = f"{now.astimezone():%H:%M}"
    assert line.count(clock) == 1
    assert line.endswith(words.replace("12:00", clock))


@pytest.mark.parametrize(
    ("width", "words"),
    [(120, "requests used, next in 25 s"), (80, "requests used, next in 25 s")],
)
async def test_used_requests_are_said_with_the_time_left(
    staged: Make, book: Make, now: datetime, width: int, words: str
) -> None:
    async with staged(StatusBar(), width, 2) as stage:
        stage.widget.now = now
        stage.widget.book = book(link=LinkState(held_until=now + timedelta(seconds=24)))
        line = (await stage.picture())[0]
    assert words in line
    assert "connected" not in line


async def test_a_way_to_the_vendor_that_is_not_the_usual_one_is_said(
    staged: Make, book: Make, now: datetime
) -> None:
    made = book()
    way = ours("via proxy.example:3128, CA company.pem")
    info = msgspec.structs.replace(made.info, route=way)
    async with staged(StatusBar(), 160, 2) as stage:
        stage.widget.now = now
        stage.widget.book = msgspec.structs.replace(made, info=info)
        assert way in (await stage.picture())[0]


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("environment", ["PRODUCTION", "SANDBOX"])
async def test_parts_leave_whole_and_the_gravest_stay(
    staged: Make, book: Make, purchase: Make, now: datetime, width: int, environment: str
) -> None:
    unsettled = tuple(purchase(PurchaseState.UNRESOLVED, id=str(n)) for n in range(12))
    words = {
        *(environment, "48", "250", "DZD", "12", "NO", "ANSWER", "○", "3", "handling"),
        *("connected", "amel", "shop12", f"{now.astimezone():%H:%M}"),
    }
    async with staged(StatusBar(), width, 2) as stage:
        stage.widget.now = now
        stage.widget.book = book(environment, open_count=3, unsettled=unsettled)
        line = (await stage.picture())[0]
        assert set(line.split()) <= words
        assert environment in line
        assert "12 NO ANSWER" in line
        assert "48 250" in line


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (80, "○ 2 handling ● 2 to hand over amel 12:00"),
        (86, "○ 2 handling ● 2 to hand over connected amel 12:00"),
        (74, "○ 2 handling ● 2 to hand over amel 12:00"),
        (66, "○ 2 handling ● 2 to hand over 12:00"),
    ],
)
async def test_that_all_is_well_leaves_before_the_operator(
    staged: Make, book: Make, order: Make, now: datetime, width: int, words: str
) -> None:
    orders = tuple(order(n, state="FULFILLED", fulfilled_quantity=2) for n in (1, 2))
    async with staged(StatusBar(), width, 2) as stage:
        stage.widget.now = now
        stage.widget.book = book("PRODUCTION", open_count=2, orders=orders)
        line = " ".join((await stage.picture())[0].split())
        assert line.endswith(words.replace("12:00", f"{now.astimezone():%H:%M}"))


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
        assert "2 notices" in line
        assert "NO ANSWER" not in line
        stage.widget.book = book(unsettled=(*ends, purchase(PurchaseState.AMBIGUOUS, id="3")))
        line = (await stage.picture())[0]
        assert "1 NO ANSWER  2 notices" in line


async def test_production_is_marked_without_colour(staged: Make, book: Make) -> None:
    async with staged(StatusBar(), 80, 2) as stage:
        stage.app.theme = "ansi"
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
        assert "4 000 DZD low" in await stage.text()
        stage.widget.privacy = True
        text = await stage.text()
        assert "4 000" not in text
        assert "low" not in text
        stage.widget.privacy = False
        stage.widget.book = book(balance=Balance(Decimal(9000), now - timedelta(hours=2)))
        was = (now - timedelta(hours=2)).astimezone()
        assert f"9 000 DZD balance of {was:%H:%M}" in await stage.text()
        stage.widget.book = book(balance=Balance(Decimal(9000), now), balance_error=REFUSED)
        assert "9 000 DZD balance of" in await stage.text()
        stage.widget.book = book(balance=None)
        assert "balance unknown" in await stage.text()


IN_EUR = Refused(
    "The vendor's balance is in EUR", cause="balance is in EUR", code=FOREIGN_CURRENCY
).failure
INTERNAL = Unavailable("The vendor had an error", code="HTTP_500", request_id="req_1").failure


@pytest.mark.parametrize(
    ("width", "balance", "error", "words"),
    [
        (80, None, IN_EUR, "balance is in EUR  ○ 3 handling  connected"),
        (110, None, INTERNAL, "balance unknown  The vendor had an error; r tries again  ○ 3"),
        (84, None, INTERNAL, "balance unknown  The vendor had an error  ○ 3"),
        (120, Balance(Decimal(9), NOW), INTERNAL, "The vendor had an error; r"),
    ],
)
async def test_a_balance_that_is_not_known_says_why(
    staged: Make, book: Make, width: int, balance: Balance | None, error: Failure, words: str
) -> None:
    async with staged(StatusBar(), width, 2) as stage:
        stage.widget.now = NOW
        stage.widget.book = book(balance=balance, balance_error=error, open_count=3)
        assert words in (await stage.picture())[0]


async def test_why_nothing_is_bought_is_said_once(staged: Make, book: Make) -> None:
    async with staged(StatusBar(), 120, 2) as stage:
        made = book()
        info = msgspec.structs.replace(
            made.info, can_buy=False, why_not_cause=plain("The journal is not open")
        )
        stage.widget.book = msgspec.structs.replace(made, info=info)
        assert "buying off   The journal is not open" in await stage.text()
        info = msgspec.structs.replace(info, why_not_cause=REFUSED.cause)
        failing = PollState("failing", NOW, failure=REFUSED)
        stage.widget.book = msgspec.structs.replace(
            made, info=info, poll=failing, balance=None, balance_error=REFUSED
        )
        text = await stage.text()
        assert text.count("the connection was refused") == 1


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
