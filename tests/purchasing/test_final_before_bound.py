"""An order can be final before its purchase knows of it; the purchase must still end."""

from services.domain.models import PurchaseState
from services.sandbox import Fault

S = PurchaseState


async def test_an_order_that_was_final_when_it_was_bound_ends_its_purchase(open_desk, pick, market):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        market.faults.add(Fault("reset", endpoint="placeOrder", phase="after"))
        purchase = await desk.buy(await desk.quote(product.id, denomination.id, 2))
        market.finish()
        await desk._opening.opened().board.tracker.tick()
        bound = await desk.settlement.look_now(purchase.id)
        assert bound.state is S.HANDLING
        ended = await desk.wait_final(purchase.id, 60)
        assert ended.state is S.FULFILLED


async def test_a_death_between_the_order_and_its_purchase_is_made_good(open_desk, pick, market):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        purchase = await desk.buy(await desk.quote(product.id, denomination.id, 2))
        market.finish()
        order = await desk.orders.read(purchase.order_id)
        await desk._opening.opened().tracked.save((order,))
    async with open_desk() as desk:
        ended = await desk.wait_final(purchase.id, 60)
        assert ended.state is S.FULFILLED


async def test_an_order_bound_after_a_day_ends_its_purchase(open_desk, pick, market, leaping):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        market.faults.add(Fault("reset", endpoint="placeOrder", phase="after"))
        purchase = await desk.buy(await desk.quote(product.id, denomination.id, 2))
        market.finish()
        await desk._opening.opened().board.tracker.tick()
        leaping.advance(25 * 3_600)
        assert (await desk.settlement.look_now(purchase.id)).state is S.HANDLING
        assert (await desk.wait_final(purchase.id, 60)).state is S.FULFILLED
