"""Settling purchases without an answer: only evidence or a person binds an order."""

from datetime import timedelta
from decimal import Decimal

import pytest

from services.domain.errors import Refused, Unavailable
from services.domain.models import PurchaseState
from services.purchasing import evidence
from services.sandbox import Fault

pytestmark = pytest.mark.both_engines

S = PurchaseState


async def unanswered(desk, pick, market, *, placed: bool, quantity=2, late: float = 0):
    """Buy so that no answer comes; the order is placed or is not."""
    product, denomination = await pick(desk)
    quote = await desk.quote(product.id, denomination.id, quantity)
    if late:
        market.faults.add(Fault("late", endpoint="placeOrder", seconds=late))
    phase = "after" if placed else "before"
    market.faults.add(Fault("reset", endpoint="placeOrder", phase=phase))
    purchase = await desk.buy(quote)
    assert purchase.state is S.UNRESOLVED
    return purchase


async def test_the_only_new_order_is_bound_when_the_account_is_exclusive(open_desk, pick, market):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=True)
        settled = await desk.settlement.look_now(purchase.id)
        assert settled.state is S.HANDLING
        assert settled.order_id == market.posts[0].order_id


async def test_on_a_shared_account_a_person_decides(open_desk, pick, market):
    async with open_desk(exclusive=False) as desk:
        purchase = await unanswered(desk, pick, market, placed=True)
        asked = await desk.settlement.look_now(purchase.id)
        assert asked.state is S.AMBIGUOUS
        [candidate] = await desk.settlement.candidates(purchase.id)
        assert candidate.order.id == market.posts[0].order_id
        assert candidate.transaction is not None
        settled = await desk.settlement.claim(purchase.id, candidate.order.id)
        assert settled.state is S.HANDLING


async def test_two_orders_that_fit_are_put_before_a_person(open_desk, pick, market):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=True)
        theirs = market.foreign_order(purchase.product_id, purchase.type_id, purchase.quantity)
        asked = await desk.settlement.look_now(purchase.id)
        assert asked.state is S.AMBIGUOUS
        assert set(asked.candidates) == {theirs, market.posts[0].order_id}


async def test_none_of_these_rules_them_out_and_looks_on(open_desk, pick, market):
    async with open_desk(exclusive=False) as desk:
        purchase = await unanswered(desk, pick, market, placed=False)
        theirs = market.foreign_order(purchase.product_id, purchase.type_id, purchase.quantity)
        asked = await desk.settlement.look_now(purchase.id)
        assert asked.candidates == (theirs,)
        back = await desk.settlement.none_of_these(purchase.id)
        assert back.state is S.UNRESOLVED
        settled = await desk.wait_final(purchase.id, 600)
        assert settled.state is S.NOT_PLACED
        assert settled.order_id == ""


async def test_an_order_of_other_goods_cannot_be_claimed(open_desk, pick, market):
    async with open_desk(exclusive=False) as desk:
        purchase = await unanswered(desk, pick, market, placed=False)
        other = market.foreign_order(purchase.product_id, purchase.type_id, 1)
        with pytest.raises(Refused) as refused:
            await desk.settlement.claim(purchase.id, other)
        assert refused.value.code == "OTHER_ORDER"


async def test_an_order_that_is_listed_late_is_found_and_not_given_up(open_desk, pick, market):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=True, late=120)
        first = await desk.settlement.look_now(purchase.id)
        assert first.state is S.UNRESOLVED
        assert "left the account" in str(first.error.said)
        settled = await desk.wait_final(purchase.id, 400)
        assert settled.order_id == market.posts[0].order_id


async def test_a_debit_without_an_order_is_never_called_not_placed(open_desk, pick, market):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=True, late=100_000)
        waited = await desk.wait_final(purchase.id, 3_000)
        assert waited.state is S.UNRESOLVED
        assert "no order is visible yet" in str(waited.error.said)


async def test_not_placed_needs_time_and_three_readings_that_agree(
    open_desk, pick, market, leaping
):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=False)
        start = leaping.now()
        settled = await desk.wait_final(purchase.id, 600)
        assert settled.state is S.NOT_PLACED
        assert leaping.now() - start >= timedelta(seconds=180)
        assert settled.clean_checks >= 3
        assert [p.id for p in desk.book.unsettled] == [purchase.id]
        await desk.settlement.acknowledge(purchase.id)
        assert desk.book.unsettled == ()


async def test_a_vendor_that_cannot_be_read_never_counts_as_absence(open_desk, pick, market):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=False)
        market.faults.add(Fault("http503", endpoint="list", times=0))
        waited = await desk.wait_final(purchase.id, 2_000)
        assert waited.state is S.UNRESOLVED
        assert waited.clean_checks == 0
        with pytest.raises(Unavailable):
            await desk.settlement.look_now(purchase.id)
        market.faults.clear()
        assert (await desk.wait_final(purchase.id, 90_000)).state is S.NOT_PLACED


async def test_an_order_that_cannot_be_read_is_no_absence(open_desk, pick, market):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=True)
        market.faults.add(Fault("shape:no-time", endpoint="list", times=0))
        market.faults.add(Fault("http503", endpoint="checkOrder", times=0))
        waited = await desk.wait_final(purchase.id, 2_000)
        assert waited.state is S.UNRESOLVED
        assert waited.error is not None
        assert "cannot be read: it has no time" in str(waited.error.said)
        market.faults.clear()
        assert (await desk.settlement.look_now(purchase.id)).state is S.HANDLING


async def test_an_order_is_found_alone_where_the_list_spoils_it(open_desk, pick, market):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=True)
        market.faults.add(Fault("shape:no-time", endpoint="list", times=0))
        settled = await desk.settlement.look_now(purchase.id)
        assert (settled.state, settled.order_id) == (S.HANDLING, market.posts[0].order_id)


@pytest.mark.parametrize("known", [True, False])
async def test_a_bad_order_that_cannot_be_it_does_not_matter(open_desk, pick, market, known):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        if known:
            market.foreign_order(product.id, denomination.id, 2)
        market.faults.add(Fault("http503", endpoint="checkOrder", times=0))
        market.faults.add(Fault("shape:no-time", endpoint="list", times=0))
        purchase = await unanswered(desk, pick, market, placed=False)
        if not known:
            market.foreign_order(product.id, denomination.id, 1)
        assert (await desk.wait_final(purchase.id, 2_000)).state is S.NOT_PLACED


async def test_a_movement_that_cannot_be_read_is_no_absence(open_desk, pick, market):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=False)
        market.foreign_order(purchase.product_id, purchase.type_id, 1)
        market.faults.add(Fault("shape:odd-transaction", times=0))
        assert (await desk.wait_final(purchase.id, 2_000)).state is S.UNRESOLVED


async def test_an_order_that_appears_after_all_is_an_alarm(open_desk, pick, market, leaping):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=False)
        assert (await desk.wait_final(purchase.id, 600)).state is S.NOT_PLACED
        await desk.settlement.acknowledge(purchase.id)
        late = market.foreign_order(purchase.product_id, purchase.type_id, purchase.quantity)
        leaping.advance(300)
        found = await desk.settlement.look_now(purchase.id)
        assert (found.state, found.order_id, found.late) == (S.HANDLING, late, True)
        assert [p.id for p in desk.book.unsettled] == [purchase.id]
        assert any("appeared late" in line.text for line in desk.book.log)


async def test_a_wrong_clock_does_not_hide_the_order(open_desk, pick, market):
    market.faults.add(Fault("clock_skew", seconds=7_200, times=0))
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        quote = await desk.quote(product.id, denomination.id, 2)
        market.faults.add(Fault("reset", endpoint="placeOrder", phase="after"))
        purchase = await desk.buy(quote)
        assert (await desk.settlement.look_now(purchase.id)).state is S.HANDLING


async def test_an_unresolved_purchase_of_a_dead_console_is_settled_at_the_next_start(
    open_desk, pick, market
):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=True)
    async with open_desk() as desk:
        assert [p.id for p in desk.book.unsettled] == [purchase.id]
        assert await desk.settlement.resolve() == ()
        found = await desk.journal.purchase(purchase.id)
        assert found.order_id == market.posts[0].order_id


async def test_a_list_that_moves_while_it_is_paged_is_not_complete(open_desk, pick, market):
    async with open_desk() as desk:
        purchase = await unanswered(desk, pick, market, placed=False)
        market.set_stock(purchase.type_id, 10_000)
        for _ in range(120):
            market.foreign_order(purchase.product_id, purchase.type_id, 1)
        market.faults.add(Fault("shuffle_pages", endpoint="list", times=0))
        reconciler = desk._opening.opened().reconciler
        baseline = await desk._opening.opened().purchases.baseline(purchase.id)
        reading = await reconciler.read(purchase, baseline)
        assert len(reading.orders) == 120 or not reading.complete


def test_looks_come_quickly_at_first_and_then_seldom(still):
    sent = still.now()
    seen, at = [], sent
    while (at := evidence.next_check_at(sent, at, 180)) is not None:
        seen.append((at - sent).total_seconds())
    assert seen[:8] == [2, 4, 7, 11, 16, 25, 35, 45]
    assert seen[-6:] == [180, 300, 900, 3_600, 21_600, 86_400]


def test_a_gap_in_the_chain_of_balances_is_unexplained(still):
    from services.domain.models import Baseline, Transaction
    from services.purchasing.evidence import AccountReading

    def moved(old, new, seconds):
        return Transaction(
            "t", "DEPOSIT", "", Decimal(1), Decimal(old), Decimal(new), "", "",
            still.now() + timedelta(seconds=seconds),
        )  # fmt: skip

    whole = AccountReading((), (moved(10, 9, 0), moved(9, 8, 1)), True, True)
    broken = AccountReading((), (moved(10, 9, 0), moved(7, 6, 1)), True, True)
    assert evidence.unexplained_debit(whole, Baseline(), Decimal(1)) is None
    gap = evidence.unexplained_debit(broken, Baseline(), Decimal(1))
    assert gap is not None
    assert gap.code == "BALANCE_GAP"


def test_movements_of_one_instant_are_no_gap_however_they_are_listed(still):
    from services.domain.models import Baseline, Transaction
    from services.purchasing.evidence import AccountReading

    at = still.now()
    moves = tuple(
        Transaction(
            f"t{left}",
            "FLEXY",
            "",
            Decimal(1),
            Decimal(left + 1),
            Decimal(left),
            "",
            "",
            at,
        )
        for left in range(5)
    )
    assert (
        evidence.unexplained_debit(AccountReading((), moves, True, True), Baseline(), Decimal(1))
        is None
    )
