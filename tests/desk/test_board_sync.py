"""The board follows what is bought here, written elsewhere and answered by the vendor."""

import pytest

from services.desk.board_sync import BoardSync
from services.desk.desk import Desk
from services.domain.errors import AWAY, JournalFailed
from services.domain.models import PurchaseState as S
from services.sandbox import Fault

pytestmark = pytest.mark.both_engines


async def bought(desk: Desk, pick):
    product, denomination = await pick(desk)
    return await desk.buy(await desk.quote(product.id, denomination.id, 1))


async def test_purchase_of_another_console_reaches_the_board(open_desk, pick):
    async with open_desk() as desk, open_desk(operator="karim") as other:
        board = desk._opening.opened().board
        assert isinstance(board, BoardSync)
        purchase = await bought(other, pick)
        assert desk.book.orders == ()
        await board._take_changes()
        assert [row.purchase_id for row in desk.book.orders] == [purchase.id]


async def test_end_of_an_order_reaches_purchase_and_log(open_desk, pick, market, leaping):
    async with open_desk() as desk:
        purchase = await bought(desk, pick)
        market.finish(purchase.order_id)
        leaping.advance(60)
        await desk._opening.opened().board.tracker.tick()
        held = await desk.journal.purchase(purchase.id)
        assert held is not None
        assert held.state is S.FULFILLED
        assert [row.state for row in desk.book.orders] == ["FULFILLED"]
        assert any("card" in entry.text for entry in desk.book.log)


async def test_orders_that_end_teach_the_usual_time(open_desk, pick, market, leaping):
    async with open_desk() as desk:
        for _ in range(5):
            purchase = await bought(desk, pick)
            market.finish(purchase.order_id)
            leaping.advance(60)
            await desk._opening.opened().board.tracker.tick()
        row, learned = desk.book.orders[0], dict(desk.book.usual)
        assert desk.book.usual_time(row) == learned[row.product_id, row.type_id]
        assert row.ended_at is not None
        assert row.ended_at > row.sent_at
    async with open_desk() as desk:
        board = desk._opening.opened().board
        assert desk.book.orders[0].ended_at is None
        await board.learn_times()
        assert desk.book.orders[0].ended_at == row.ended_at
        assert dict(desk.book.usual) == learned


@pytest.mark.parametrize("fails", ["move", "count_cards"])
async def test_what_one_console_fails_to_carry_over_another_does(
    open_desk, pick, market, leaping, monkeypatch, fails
):
    if fails == "count_cards":
        market.faults.add(Fault.parse("shape:no-cards*0"))
    async with open_desk() as one, open_desk(operator="karim") as two:
        boards = [desk._opening.opened().board for desk in (one, two)]
        purchase = await bought(one, pick)
        await boards[1]._take_changes()
        market.finish(purchase.order_id)
        if fails == "count_cards":
            leaping.advance(60)
            await boards[0].tracker.tick()
            await boards[1]._take_changes()
            assert two.book.orders[0].missing

        async def away(*_, **__):
            raise JournalFailed("The journal's server cannot be reached", code=AWAY)

        market.faults.clear()
        monkeypatch.setattr(one._opening.opened().purchases, fails, away)
        leaping.advance(60)
        with pytest.raises(JournalFailed):
            await boards[0].tracker.tick()
        await boards[1]._take_changes()
        leaping.advance(60)
        await boards[1].tracker.tick()
        [held] = await two.journal.purchases()
        assert (held.state, held.missing) == (S.FULFILLED, 0)
