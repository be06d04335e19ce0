"""A busy account: what was bought just before and just after must not look like lost money."""

from services.domain.models import PurchaseState
from services.sandbox import Fault

S = PurchaseState


async def test_purchases_around_it_do_not_keep_one_unresolved(open_desk, pick, market):
    async with open_desk() as desk:
        product, denomination = await pick(desk)

        async def buy(quantity):
            return await desk.buy(await desk.quote(product.id, denomination.id, quantity))

        await buy(1)
        await buy(2)
        market.faults.add(Fault("reset", endpoint="placeOrder", phase="before"))
        lost = await buy(3)
        await buy(4)
        assert lost.state is S.UNRESOLVED
        settled = await desk.wait_final(lost.id, 600)
        assert settled.state is S.NOT_PLACED
