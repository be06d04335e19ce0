"""A look that failed has shown nothing: it is made again soon, and the hour that is said moves."""

from datetime import timedelta

import pytest

from services.domain.errors import DeskError
from services.domain.models import PurchaseState
from services.sandbox import Fault
from tests.purchasing.test_reconciler import unanswered

pytestmark = pytest.mark.both_engines

S = PurchaseState
DOWN = Fault("http503", endpoint="list", times=0)


async def refused(desk, pick, market):
    product, denomination = await pick(desk)
    quote = await desk.quote(product.id, denomination.id, 2)
    market.faults.add(Fault("ratelimit", endpoint="placeOrder"))
    purchase = await desk.buy(quote)
    assert purchase.state is S.REFUSED
    return purchase


def reconciler(desk):
    return desk._opening.opened().reconciler


async def look_in_vain(desk, market):
    market.faults.add(DOWN)
    with pytest.raises(DeskError):
        await reconciler(desk).look_due()
    market.faults.clear()


@pytest.mark.parametrize("exclusive", [True, False])
async def test_the_look_after_a_refusal_finds_the_order_and_alarms(
    open_desk, pick, market, leaping, exclusive
):
    async with open_desk(exclusive=exclusive) as desk:
        purchase = await refused(desk, pick, market)
        theirs = market.foreign_order(purchase.product_id, purchase.type_id, 2)
        leaping.advance(11)
        await reconciler(desk).look_due()
        found = await desk.journal.purchase(purchase.id)
        assert found.late
        assert (found.order_id or found.candidates[0]) == theirs
        assert (found.state is S.HANDLING) == exclusive
        assert [p.id for p in desk.book.unsettled] == [purchase.id]
        assert "late" in desk.book.log[-1].text


async def test_the_look_after_a_refusal_is_made_again_when_it_fails(
    open_desk, pick, market, leaping
):
    async with open_desk() as desk:
        purchase = await refused(desk, pick, market)
        theirs = market.foreign_order(purchase.product_id, purchase.type_id, 2)
        leaping.advance(11)
        await look_in_vain(desk, market)
        assert 8 < await reconciler(desk).due() < 12
        leaping.advance(12)
        await reconciler(desk).look_due()
        found = await desk.journal.purchase(purchase.id)
        assert (found.order_id, found.late, found.next_check_at) == (theirs, True, None)


async def test_the_last_look_of_the_watch_is_made_again_when_it_fails(
    open_desk, pick, market, leaping
):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=False)
        assert (await desk.wait_final(purchase.id, 600)).state is S.NOT_PLACED
        leaping.advance(90_000)
        await look_in_vain(desk, market)
        assert (await desk.journal.purchase(purchase.id)).next_check_at is not None
        leaping.advance(12)
        await reconciler(desk).look_due()
        assert (await desk.journal.purchase(purchase.id)).next_check_at is None


async def test_looks_that_go_on_failing_come_later_and_later_up_to_five_minutes(
    open_desk, pick, market, leaping
):
    async with open_desk() as desk:
        await unanswered(desk, pick, market, placed=False)
        market.faults.add(DOWN)
        waits = []
        for _ in range(9):
            leaping.advance(await reconciler(desk).due() or 2.5)
            with pytest.raises(DeskError):
                await reconciler(desk).look_due()
            waits.append(await reconciler(desk).due())
        assert waits[0] == pytest.approx(10, abs=1)
        assert waits[1] == pytest.approx(20, abs=2)
        assert all(wait == pytest.approx(300, abs=30) for wait in waits[5:])
        assert len(set(waits[5:])) > 1


async def test_after_an_hour_without_the_vendor_the_decision_comes_within_minutes(
    open_desk, pick, market, leaping
):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=False)
        market.faults.add(DOWN)
        down_until = leaping.now() + timedelta(minutes=62)
        while leaping.now() < down_until:
            leaping.advance(await reconciler(desk).due() or 0.1)
            try:
                await reconciler(desk).look_due()
            except DeskError:
                waiting = await desk.journal.purchase(purchase.id)
                assert waiting.decision_due_at >= waiting.next_check_at + timedelta(seconds=20)
                assert waiting.next_check_at - leaping.now() <= timedelta(seconds=331)
        market.faults.clear()
        said = (await desk.journal.purchase(purchase.id)).decision_due_at
        settled = await desk.wait_final(purchase.id, 600)
        assert settled.state is S.NOT_PLACED
        assert abs((leaping.now() - said).total_seconds()) < 2


async def test_a_reading_that_was_not_complete_counts_as_none(open_desk, pick, market, monkeypatch):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=False)
        real = reconciler(desk).read

        async def torn(*values):
            from msgspec.structs import replace

            return replace(await real(*values), complete=False)

        with monkeypatch.context() as vendor:
            vendor.setattr(reconciler(desk), "read", torn)
            for _ in range(4):
                seen = await desk.settlement.look_now(purchase.id)
        assert (seen.state, seen.clean_checks) == (S.UNRESOLVED, 0)


async def test_no_hour_is_named_while_money_is_gone_and_no_order_is_there(open_desk, pick, market):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=True, late=100_000)
        looked = await desk.settlement.look_now(purchase.id)
        assert (looked.state, looked.decision_due_at) == (S.UNRESOLVED, None)


@pytest.mark.parametrize("noticed", [True, False])
async def test_a_clock_that_is_set_back_does_not_put_the_next_look_off(
    open_desk, pick, market, leaping, monkeypatch, noticed
):
    async with open_desk() as desk:
        await unanswered(desk, pick, market, placed=True)
        if noticed:
            await reconciler(desk).due()
        real = leaping.now
        monkeypatch.setattr(leaping, "now", lambda: real() - timedelta(hours=2))
        assert await reconciler(desk).due() <= 2
        leaping.advance(2)
        assert await reconciler(desk).due() == 0


@pytest.mark.parametrize("state", [S.NOT_PLACED, S.REFUSED])
async def test_resolve_makes_every_look_that_is_due(open_desk, pick, market, leaping, state):
    async with open_desk() as desk:
        if state is S.REFUSED:
            purchase = await refused(desk, pick, market)
        else:
            purchase = await unanswered(desk, pick, market, placed=False)
            assert (await desk.wait_final(purchase.id, 600)).state is S.NOT_PLACED
    theirs = market.foreign_order(purchase.product_id, purchase.type_id, 2)
    leaping.advance(7_000)
    async with open_desk() as desk:
        [left] = await desk.settlement.resolve()
        assert (left.id, left.order_id, left.late) == (purchase.id, theirs, True)


async def test_one_failed_look_does_not_keep_resolve_from_the_others(
    open_desk, pick, market, leaping
):
    async with open_desk() as desk:
        first = await refused(desk, pick, market)
        product, denomination = await pick(desk)
        quote = await desk.quote(product.id, denomination.id, 1)
        market.faults.add(Fault("reset", endpoint="placeOrder", phase="before"))
        second = await desk.buy(quote)
        theirs = market.foreign_order(first.product_id, first.type_id, 2)
        leaping.advance(20)
        # Three answers: as often as one read asks.
        market.faults.add(Fault("http503", endpoint="list", times=3))
        with pytest.raises(DeskError):
            await desk.settlement.resolve()
        assert (await desk.journal.purchase(first.id)).order_id == theirs
        assert (await desk.journal.purchase(second.id)).state is S.UNRESOLVED
