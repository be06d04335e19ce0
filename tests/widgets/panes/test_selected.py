"""What the cursor is on, in full: facts and steps, never a code."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.domain.book import UsualTime
from services.domain.models import Denomination, Product, Stock
from services.domain.money import Prices
from services.domain.text import clean
from services.domain.timeline import Timeline, TimelineEntry
from tests.widgets.conftest import Staging
from widgets.drawing.frame import Frame, PaneName
from widgets.panes.selected import OrderPreview, SelectedPane, ValuePreview


def timeline_of(row: Any, now: datetime, steps: int = 4) -> Timeline:
    entries = tuple(
        TimelineEntry(now + timedelta(seconds=n), f"Step {n}", amounts=(("total", Decimal(1961)),))
        for n in range(steps)
    )
    return Timeline(row, None, entries, ("Your 2 cards are ready.",), ())


def pane(now: datetime) -> SelectedPane:
    made = SelectedPane()
    made.now, made.frame = now, Frame(PaneName("", "Selected"), "both")
    made.styles.height = "100%"
    return made


def ready(order: Any, **facts: Any) -> Any:
    known = {"state": "FULFILLED", "final": True, "cards_came": 2, "note": clean("karim")}
    return order(3, **(known | facts))


@pytest.mark.parametrize("size", [(75, 16), (57, 10), (57, 16)])
async def test_an_order_is_shown_in_facts_cards_and_steps(
    size: tuple[int, int], staged: Staging, order: Any, now: datetime
) -> None:
    row = ready(order)
    async with staged(pane(now), *size) as stage:
        stage.widget.chosen = OrderPreview(row, timeline_of(row, now), {1: (now, "amel")})
        text = await stage.text()
        for word in ("karim", "2 of 2 here", "1 961 DZD", "Your 2 cards are ready.", "● ready"):
            assert word in text
        assert "Step 3" in text
        if size[1] == 16:
            assert "•••• ••••" in text
            assert "not shown yet" in text
            assert "by amel" in text
        else:
            assert "earlier step" in text


async def test_many_cards_are_one_line(staged: Staging, order: Any, now: datetime) -> None:
    row = ready(order, quantity=50, cards_came=50)
    async with staged(pane(now), 75, 16) as stage:
        stage.widget.chosen = OrderPreview(row, timeline_of(row, now))
        text = await stage.text()
        assert text.count("•••• ••••") == 1
        assert "50 cards" in text


async def test_privacy_masks_what_we_pay(staged: Staging, order: Any, now: datetime) -> None:
    row = ready(order)
    async with staged(pane(now), 75, 16) as stage:
        stage.widget.privacy = True
        stage.widget.chosen = OrderPreview(row, timeline_of(row, now))
        text = await stage.text()
        assert "1 961" not in text
        assert "•••••• DZD" in text


async def test_names_that_run_from_right_to_left_have_lines_of_their_own(
    staged: Staging, order: Any, now: datetime
) -> None:
    async with staged(pane(now), 75, 16) as stage:
        stage.widget.chosen = OrderPreview(ready(order, note=clean("كريم")))
        lines = await stage.picture()
        assert not any("customer pays" in line for line in lines if "كريم" in line)
        assert any("customer pays" in line for line in lines)


async def test_a_value_says_its_price_its_wait_and_who_bought_it(
    staged: Staging, order: Any, now: datetime
) -> None:
    value = Denomination("t20", clean("20 EUR"), Decimal("980.50"), 4)
    product = Product("steam", clean("Steam Wallet"), clean("giftcards"), region=clean("Europe"))
    stock = Stock("steam", clean("Steam Wallet"), (value,), now)
    row = ready(order, time=now)
    async with staged(pane(now), 75, 16) as stage:
        preview = ValuePreview(product, value, stock, UsualTime(9, 14), (row,))
        stage.widget.chosen = preview
        text = await stage.text()
        for word in (
            "1 030 DZD",
            "Europe",
            "Cost plus 5 %",
            "980.50",
            "4 left",
            "9 s, slow over 14 s",
            "karim",
        ):
            assert word in text
        stage.widget.prices = Prices(floor_percent=Decimal(10))
        assert "49.50  4.8 % !" in await stage.text()
        stage.widget.privacy = True
        assert "980.50" not in await stage.text()


async def test_its_title_leads_nowhere(staged: Staging, order: Any, now: datetime) -> None:
    async with staged(pane(now), 75, 16) as stage:
        stage.widget.chosen = OrderPreview(ready(order))
        posted = len(stage.app.posted)
        for x in range(75):
            assert stage.widget.frame.name_at(x, 75, stage.widget.around()) is None
        assert len(stage.app.posted) == posted
