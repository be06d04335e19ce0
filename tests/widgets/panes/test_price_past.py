"""What a value cost before: beside its cost where there is room, never in privacy mode."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from services.domain.models import Denomination, Product, Stock
from services.domain.text import clean
from services.domain.watching.price_history import PricePoint
from tests.widgets.conftest import Staging
from tests.widgets.panes.test_selected import pane
from widgets.panes.price_past import HEAD, past
from widgets.panes.selected import ValuePreview
from widgets.panes.stock import StockPane

VALUE = Denomination("t20", clean("20 EUR"), Decimal("980.50"), 4)
PRODUCT = Product("steam", clean("Steam Wallet"), clean("giftcards"), region=clean("Europe"))


def seen(now: datetime) -> tuple[PricePoint, ...]:
    return (
        PricePoint(now - timedelta(days=11), Decimal("941.20"), 9),
        PricePoint(now - timedelta(days=3), Decimal("980.50"), 4),
    )


@pytest.mark.parametrize(("width", "shown"), [(80, True), (48, False)])
async def test_the_stock_has_a_column_of_it_where_there_is_room(
    staged: Staging, book: Any, now: datetime, width: int, shown: bool
) -> None:
    async with staged(StockPane(), width) as stage:
        stage.widget.now, stage.widget.product = now, PRODUCT
        stage.widget.stock = Stock("steam", clean("Steam Wallet"), (VALUE,), now)
        assert "cost was" not in await stage.text()
        stage.widget.book = book(histories={"steam": {"t20": seen(now)}})
        assert ("941.20 on 21 Feb" in await stage.text()) == shown
        assert "cost was 941.20 on 21 Feb" in stage.widget.described
        stage.widget.privacy = True
        assert "941.20" not in await stage.text() + stage.widget.described


async def test_beside_the_lists_it_is_a_sentence_and_an_area(
    staged: Staging, now: datetime
) -> None:
    stock = Stock("steam", clean("Steam Wallet"), (VALUE,), now)
    preview = ValuePreview(PRODUCT, VALUE, stock, points=seen(now))
    async with staged(pane(now), 75, 16) as stage:
        stage.widget.chosen = preview
        text = await stage.text()
        assert "941.20 on 21 Feb" in text
        assert f"{HEAD}  941.20 to 980.50" in text
        assert "█" in text
        stage.widget.privacy = True
        assert HEAD not in await stage.text()
    async with staged(pane(now), 57, 10) as stage:
        stage.widget.chosen = replace(preview)
        text = await stage.text()
        assert "941.20 on 21 Feb" in text
        assert HEAD not in text


def test_a_cost_that_never_was_another_one_is_nothing(now: datetime) -> None:
    assert past(seen(now)[1:], Decimal("980.50"), now, 70, 20) == []
    assert past(seen(now), Decimal("980.50"), now, 70, 1) == []
