"""A person says which order a purchase is: what that can bind, and what is said where it cannot."""

import pytest

from services.domain.errors import Refused
from services.domain.models import PurchaseState
from tests.conftest import something_to_buy
from tests.purchasing.test_reconciler import unanswered

pytestmark = pytest.mark.both_engines

S = PurchaseState


@pytest.fixture
def pick(leaping):
    """Choose a moment after the journal began: what is placed at that very moment is not news."""

    async def later(desk):
        leaping.advance(1)
        return await something_to_buy(desk)

    return later


async def test_an_order_that_was_ruled_out_can_still_be_claimed(open_desk, pick, market):
    async with open_desk(exclusive=False) as desk:
        purchase = await unanswered(desk, pick, market, placed=True)
        [order_id] = (await desk.settlement.look_now(purchase.id)).candidates
        await desk.settlement.none_of_these(purchase.id)
        await desk.orders.refresh()
        [unclaimed_orders] = await desk.settlement.unclaimed_orders(purchase.id)
        assert (
            unclaimed_orders.order.order_id,
            unclaimed_orders.ruled_out,
            unclaimed_orders.why_not,
        ) == (order_id, True, "")
        bound = await desk.settlement.claim(purchase.id, order_id)
        assert (bound.state, bound.order_id) == (S.HANDLING, order_id)
        assert (await desk.journal.events(purchase.id))[-1].why.endswith(
            "after it had been ruled out"
        )


async def test_what_was_ruled_out_is_not_offered_again(open_desk, pick, market):
    async with open_desk(exclusive=False) as desk:
        purchase = await unanswered(desk, pick, market, placed=False)
        theirs = market.foreign_order(purchase.product_id, purchase.type_id, purchase.quantity)
        assert (await desk.settlement.look_now(purchase.id)).candidates == (theirs,)
        await desk.settlement.none_of_these(purchase.id)
        asked = await desk.journal.purchase(purchase.id)
        assert asked.error.reason.code == "NONE_OF_THESE"
        assert (await desk.settlement.look_now(purchase.id)).state is S.UNRESOLVED
        assert await desk.settlement.candidates(purchase.id) == ()


async def test_only_what_a_person_saw_is_ruled_out(open_desk, pick, market):
    async with open_desk(exclusive=False) as desk:
        purchase = await unanswered(desk, pick, market, placed=False)
        goods = (purchase.product_id, purchase.type_id, purchase.quantity)
        seen = market.foreign_order(*goods)
        unseen = market.foreign_order(*goods)
        assert set((await desk.settlement.look_now(purchase.id)).candidates) == {seen, unseen}
        await desk.settlement.none_of_these(purchase.id, (seen,))
        assert (await desk.settlement.look_now(purchase.id)).candidates == (unseen,)


async def test_an_order_older_than_the_purchase_is_never_its(open_desk, pick, market, leaping):
    async with open_desk(exclusive=False) as desk:
        product, denomination = await pick(desk)
        market.set_stock(denomination.id, 10_000)
        old = market.foreign_order(product.id, denomination.id, 2)
        leaping.advance(86_400)
        # More than the baseline holds, so that it does not name the old one.
        for _ in range(101):
            market.foreign_order(product.id, denomination.id, 1)
        purchase = await unanswered(desk, pick, market, placed=True)
        with pytest.raises(Refused) as refused:
            await desk.settlement.claim(purchase.id, old)
        assert refused.value.code == "OLDER_ORDER"


@pytest.mark.parametrize("finished", [False, True])
async def test_a_refused_claim_says_nothing_of_what_was_placed(open_desk, pick, market, finished):
    async with open_desk(exclusive=False) as desk:
        purchase = await unanswered(desk, pick, market, placed=True)
        other = market.foreign_order(purchase.product_id, purchase.type_id, 1)
        if finished:
            market.finish(other)
        with pytest.raises(Refused) as refused:
            await desk.settlement.claim(purchase.id, other)
        assert refused.value.code == "OTHER_ORDER"
        assert refused.value.sentence().endswith("the purchase is as it was.")
        assert "Nothing was placed" not in refused.value.sentence()
        assert refused.value.money == "unknown"


async def test_a_finished_order_of_another_product_is_not_claimed(open_desk, pick, market):
    async with open_desk(exclusive=False) as desk:
        purchase = await unanswered(desk, pick, market, placed=True)
        other = next(
            each
            for product in market.products
            for each in product.types
            if product.enabled
            and product.id != purchase.product_id
            and each.stock >= purchase.quantity
        )
        product_id = next(p.id for p in market.products if other in p.types)
        theirs = market.foreign_order(product_id, other.id, purchase.quantity)
        market.finish(theirs)
        with pytest.raises(Refused) as refused:
            await desk.settlement.claim(purchase.id, theirs)
        assert refused.value.code == "OTHER_ORDER"


async def test_a_settled_purchase_claims_no_second_order(open_desk, pick, market):
    async with open_desk(exclusive=False) as desk:
        purchase = await unanswered(desk, pick, market, placed=True)
        await desk.settlement.claim(purchase.id, market.posts[0].order_id)
        theirs = market.foreign_order(purchase.product_id, purchase.type_id, purchase.quantity)
        with pytest.raises(Refused) as refused:
            await desk.settlement.claim(purchase.id, theirs)
        assert refused.value.code == "SETTLED"


async def test_candidates_begin_with_the_one_nearest_to_the_sending(
    open_desk, pick, market, leaping
):
    async with open_desk(exclusive=False) as desk:
        purchase = await unanswered(desk, pick, market, placed=False)
        goods = (purchase.product_id, purchase.type_id, purchase.quantity)
        expected = []
        for _ in range(3):
            leaping.advance(5)
            expected.append(market.foreign_order(*goods))
        await desk.settlement.look_now(purchase.id)
        found = await desk.settlement.candidates(purchase.id)
        assert [each.order.id for each in found] == expected
        asked = await desk.settlement.look_now(purchase.id)
        assert asked.candidates == tuple(expected)


def reason(purchase):
    return purchase.error.reason.code, purchase.error.reason.count


async def test_what_was_seen_follows_the_number_of_candidates(open_desk, pick, market):
    async with open_desk(exclusive=False) as desk:
        purchase = await unanswered(desk, pick, market, placed=True)
        assert reason(await desk.settlement.look_now(purchase.id)) == ("SEVERAL_FIT", 1)
        market.foreign_order(purchase.product_id, purchase.type_id, purchase.quantity)
        assert reason(await desk.settlement.look_now(purchase.id)) == ("SEVERAL_FIT", 2)


async def test_an_order_found_late_tells_its_own_time(open_desk, pick, market, leaping):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=False)
        leaping.advance(28)
        placed_at = leaping.now()
        theirs = market.foreign_order(purchase.product_id, purchase.type_id, purchase.quantity)
        found = await desk.settlement.look_now(purchase.id)
        assert found.order_id == theirs
        assert abs((found.answered_at - placed_at).total_seconds()) < 1
