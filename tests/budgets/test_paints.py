"""What a change costs the screen: which cells are painted, how often rows are worked out."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from textual.geometry import Region

import services.domain.typed.fuzzy_match
from services.domain.book import BoardOrder, Book, DeskInfo
from services.orders.board_rows import BoardRows
from tests.bench import seed
from tests.conftest import StillClock
from tests.widgets.conftest import Staging, staged
from widgets.board import finder
from widgets.board.rows import Rows
from widgets.panes.orders import OrderBoard

__all__ = ["staged"]

ORDERS = 1_000


def board_of(clock: StillClock) -> BoardRows:
    rows = BoardRows(24)
    rows.take_orders(seed.as_orders(seed.records(ORDERS, still_open=True, now=clock.now())))
    return rows


def test_of_a_thousand_rows_only_the_changed_one_is_another_value(still: StillClock) -> None:
    rows = board_of(still)
    before = rows.rows(still.now())
    changed = seed.as_orders(seed.records(ORDERS, still_open=False, now=still.now()))[7]
    rows.take_orders([changed])
    after = rows.rows(still.now())
    assert [row.order_id for row in after] == [row.order_id for row in before]
    different = [row for row, old in zip(after, before, strict=True) if row is not old]
    assert [row.order_id for row in different] == [changed.id]


def test_rows_that_did_not_change_are_the_same_tuple(still: StillClock) -> None:
    rows = board_of(still)
    before = rows.rows(still.now())
    rows.take_orders(seed.as_orders(seed.records(ORDERS, still_open=True, now=still.now())))
    assert rows.rows(still.now()) is before


def test_the_text_of_a_row_is_folded_once_for_each_of_its_values(still: StillClock) -> None:
    folded: Counter[str] = Counter()

    def search(order: BoardOrder) -> str:
        folded[order.row_id] += 1
        return order.product

    rows = board_of(still)
    listed = Rows[BoardOrder](lambda order: order.row_id, search)
    listed.replace(rows.rows(still.now()))
    changed = seed.as_orders(seed.records(ORDERS, still_open=False, now=still.now()))[7]
    rows.take_orders([changed])
    listed.replace(rows.rows(still.now()))
    assert folded.total() == ORDERS + 1
    assert folded[changed.id] == 2
    assert listed.find(changed.id) is listed.listed[ORDERS - 8]


async def test_a_list_in_which_nothing_counts_is_drawn_each_minute(
    still: StillClock, staged: Staging
) -> None:
    sent = BoardOrder("k1", "id1", "HANDLING", "Netflix", "10 EUR", 1, still.now(), True)
    for state, times in (("FULFILLED", 1), ("HANDLING", 60)):
        async with staged(OrderBoard(), 100, 24) as stage:
            stage.widget.now = start = still.now().replace(second=0)
            stage.widget.book = Book(DeskInfo("", "", "", ""), (replace(sent, state=state),))
            await stage.settle()
            drawn: list[int] = []
            draw = stage.widget.draw

            def counting(
                width: int, height: int, draw: Any = draw, drawn: list[int] = drawn
            ) -> Any:
                drawn.append(height)
                return draw(width, height)

            stage.widget.draw = counting
            for seconds in range(1, 61):
                stage.widget.now = start + timedelta(seconds=seconds)
            assert len(drawn) == times


async def test_a_letter_more_of_a_filter_paints_one_cell_of_each_row(
    still: StillClock, staged: Staging
) -> None:
    orders = tuple(
        BoardOrder(f"k{n}", f"id{n}", "HANDLING", "Netflix", f"{n} EUR", 1, still.now(), True)
        for n in range(200)
    )
    async with staged(OrderBoard(), 100, 24) as stage:
        stage.widget.now = still.now()
        stage.widget.book = Book(DeskInfo("", "", "", ""), orders)
        stage.widget.filter_text = "netfl"
        await stage.settle()
        regions: list[tuple[int, int]] = []
        refresh = stage.widget.refresh

        def counting(*given: Region, **how: bool) -> None:
            regions.extend((region.y, region.width) for region in given)
            refresh(*given, **how)

        stage.widget.refresh = counting
        stage.widget.filter_text = "netfli"
        heading, *rows = regions
        assert heading[0] == 0
        assert rows == [(line, 1) for line in range(2, 24)]


def test_words_are_gathered_once_and_a_typed_one_is_looked_up_once_for_all_rows(
    still: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: Counter[str] = Counter()

    def counting(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            counted[name] += 1
            return real(*given)

        return call

    monkeypatch.setattr(finder, "words", counting("rows", services.domain.typed.fuzzy_match.words))
    slipped = counting("compared", services.domain.typed.fuzzy_match._slipped)
    monkeypatch.setattr(services.domain.typed.fuzzy_match, "_slipped", slipped)
    rows = board_of(still)
    listed = Rows[BoardOrder](lambda order: order.row_id, lambda order: f"{order.product} steam")
    listed.replace(rows.rows(still.now()))
    for typed in ("stae", "staem", "staem "):
        listed.filter(typed)
    assert len(listed.listed) == ORDERS
    changed = seed.as_orders(seed.records(ORDERS, still_open=False, now=still.now()))[7]
    rows.take_orders([changed])
    listed.replace(rows.rows(still.now()))
    distinct = len({word for row in rows.rows(still.now()) for word in row.product.split()}) + 1
    # Each word is taken apart once, however many rows it is in.
    assert counted["rows"] <= 2 * distinct
    # Once for four letters, once for five; the blank behind them is no other word.
    assert counted["compared"] <= 2 * distinct
