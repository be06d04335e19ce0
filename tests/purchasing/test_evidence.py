"""Two purchases of the same goods and one order: evidence that is not unique binds nothing."""

import asyncio

from services.domain.models import PurchaseState
from services.sandbox import Fault

S = PurchaseState


async def bought_again(desk, pick, market, first_fault, second_fault):
    """Buy twice, the second time when the first counts as not placed."""
    product, denomination = await pick(desk)
    market.faults.add(first_fault)
    first = await desk.buy(await desk.quote(product.id, denomination.id, 2))
    first = await desk.wait_final(first.id, 400)
    market.faults.add(second_fault)
    second = asyncio.create_task(desk.buy(await desk.quote(product.id, denomination.id, 2)))
    await market.seen("placeOrder", 2)
    return first, second


async def test_an_order_whose_answer_is_on_its_way_is_not_given_to_a_refused_purchase(
    open_desk, pick, market, leaping
):
    async with open_desk() as desk:
        first, buying = await bought_again(
            desk,
            pick,
            market,
            Fault("ratelimit", endpoint="placeOrder"),
            Fault("slow", endpoint="placeOrder", phase="after", seconds=0.2),
        )
        assert first.state is S.REFUSED
        leaping.advance(10)
        assert (await desk.settlement.look_now(first.id)).order_id == ""
        second = await buying
        assert (second.state, second.order_id) == (S.HANDLING, market.posts[1].order_id)
        leaping.advance(60)
        await desk._opening.opened().reconciler.look_due()
        assert (await desk.journal.purchase(first.id)).state is S.REFUSED
        assert (await desk.journal.purchase(first.id)).next_check_at is None


async def test_an_order_whose_answer_is_on_its_way_is_not_given_to_one_not_placed(
    open_desk, pick, market, leaping
):
    async with open_desk() as desk:
        first, buying = await bought_again(
            desk,
            pick,
            market,
            Fault("reset", endpoint="placeOrder", phase="before"),
            Fault("slow", endpoint="placeOrder", phase="after", seconds=0.2),
        )
        assert first.state is S.NOT_PLACED
        watching = await desk.settlement.look_now(first.id)
        assert (watching.order_id, watching.late) == ("", False)
        assert (await buying).order_id == market.posts[1].order_id


async def test_an_order_that_either_of_two_could_own_is_put_before_a_person(
    open_desk, pick, market
):
    async with open_desk() as desk:
        first, buying = await bought_again(
            desk,
            pick,
            market,
            Fault("reset", endpoint="placeOrder", phase="before"),
            Fault("reset", endpoint="placeOrder", phase="after"),
        )
        second = await buying
        assert (await desk.settlement.look_now(first.id)).order_id == ""
        asked = await desk.settlement.look_now(second.id)
        assert asked.state is S.AMBIGUOUS
        assert asked.candidates == (market.posts[1].order_id,)


async def test_an_order_that_was_there_before_the_second_purchase_is_the_first_ones(
    open_desk, pick, market
):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        market.faults.add(Fault("reset", endpoint="placeOrder", phase="before"))
        first = await desk.buy(await desk.quote(product.id, denomination.id, 2))
        first = await desk.wait_final(first.id, 400)
        late = market.foreign_order(product.id, denomination.id, 2)
        market.faults.add(Fault("reset", endpoint="placeOrder", phase="before"))
        second = await desk.buy(await desk.quote(product.id, denomination.id, 2))
        assert (await desk.settlement.look_now(first.id)).order_id == late
        assert (await desk.settlement.look_now(second.id)).state is S.UNRESOLVED
