"""What a purchase asks of the journal: three commits, and no statement that reads all of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from services.desk.desk import Desk


@contextmanager
def statements(desk: Desk) -> Iterator[list[str]]:
    """Collect what the journal executes."""
    connection = desk._opening.opened().journal._engine._file.connection
    assert connection is not None
    seen: list[str] = []
    connection.set_trace_callback(seen.append)
    try:
        yield seen
    finally:
        connection.set_trace_callback(None)


def scans(desk: Desk, sql: list[str]) -> list[str]:
    """Return the steps of these statements that walk through a whole table."""
    connection = desk._opening.opened().journal._engine._file.connection
    assert connection is not None
    connection.row_factory, kept = None, connection.row_factory
    try:
        plans = [
            row[3]
            for statement in sql
            if statement.split()[0] in ("SELECT", "UPDATE")
            for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")
        ]
    finally:
        connection.row_factory = kept
    # The newest event is found by walking backwards, one step.
    whole = [step for step in plans if step.startswith("SCAN") and "USING" not in step]
    return [step for step in whole if step != "SCAN events"]


async def test_a_purchase_is_three_commits(
    open_desk: Callable[..., Any], pick: Callable[..., Any]
) -> None:
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        quote = await desk.quote(product.id, denomination.id, 1)
        with statements(desk) as seen:
            await desk.buy(quote)
        assert seen.count("COMMIT") == 3
        assert len(seen) <= 26


async def test_no_statement_of_a_purchase_or_a_search_walks_through_the_journal(
    open_desk: Callable[..., Any], pick: Callable[..., Any]
) -> None:
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        with statements(desk) as seen:
            quote = await desk.quote(product.id, denomination.id, 1)
            bought = await desk.buy(quote)
            for reference in (bought.id, bought.order_id, bought.idempotency_key, "unknown"):
                await desk.journal.purchase(reference)
            await desk.journal.purchases(unresolved=True)
        assert scans(desk, seen) == []


async def test_opening_the_board_and_recovering_walk_through_neither_orders_nor_purchases(
    open_desk: Callable[..., Any],
) -> None:
    async with open_desk() as desk:
        account = desk._opening.opened()
        with statements(desk) as seen:
            await account.fill()
        assert scans(desk, seen) == []


async def test_no_lookup_no_timeline_and_no_mark_walks_through_the_journal(
    open_desk: Callable[..., Any], pick: Callable[..., Any]
) -> None:
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        quote = await desk.quote(product.id, denomination.id, 1)
        bought = await desk.buy(quote, note="for Yacine 0555 12 34")
        await desk.wait_final(bought.id, 120)
        with statements(desk) as seen:
            for text in (
                *(bought.id, bought.order_id, bought.request_id, bought.order_id[-6:]),
                *("yacine", "0555123", "for yacine", "today", "today 10:00 yacine", "nothing"),
            ):
                await desk.support.find(text)
            await desk.support.timeline(bought.id)
            await desk.support.timeline(bought.order_id, ask=False)
            await desk.support.give(bought.order_id)
            await desk.support.undelivered()
            await desk.support.take_back(bought.order_id)
            await desk.journal.set_note(bought.id, "for Lina")
        assert scans(desk, seen) == []


async def test_a_lookup_is_a_handful_of_statements(
    open_desk: Callable[..., Any], pick: Callable[..., Any]
) -> None:
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        quote = await desk.quote(product.id, denomination.id, 1)
        bought = await desk.buy(quote, note="for Yacine")
        for text in (bought.order_id, "yacine", bought.order_id[-6:]):
            with statements(desk) as seen:
                assert (await desk.support.find(text)).hits
            # One snapshot: what was found and whose it is are of the same moment.
            assert (seen[0], seen[-1]) == ("BEGIN", "ROLLBACK")
            assert len(seen[1:-1]) <= 12, seen
            assert all(statement.startswith("SELECT") for statement in seen[1:-1])
