"""The board follows what is bought here, written elsewhere and answered by the vendor."""

from services.desk.board_sync import BoardSync
from services.desk.desk import Desk
from services.domain.models import PurchaseState as S


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
