"""A death that is noticed hours later is looked into at once."""

from services.domain.models import PurchaseState

S = PurchaseState


async def test_the_first_look_does_not_wait_for_the_late_ones(open_desk, pick, market, leaping):
    async with open_desk() as desk:
        account = desk._opening.opened()
        product, denomination = await pick(desk)
        purchase = await desk.buy(await desk.quote(product.id, denomination.id, 2))
        await account.journal.write(
            lambda tx: tx.run(
                "UPDATE purchases SET state = 'SENDING', order_id = NULL, owner = 'a dead one'"
            )
        )
        leaping.advance(2 * 3_600)
        await account.recover()
        found = await desk.journal.purchase(purchase.id)
        assert found.state is S.UNRESOLVED
        assert found.next_check_at <= leaping.now()
