"""Purchases above a limit that wait for another person."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from services.domain.errors import Refused
from services.domain.models import PurchaseState
from services.domain.purchase_states import NO_APPROVAL
from services.domain.status_text import words
from services.sandbox import Fault

S = PurchaseState
on_server = pytest.mark.parametrize("engine", ["server"], indirect=True)


@pytest.fixture
def on_a_server(engine):
    """Keep the journals of a test on a server."""


async def asked(desk, pick, quantity=2, **more):
    """Let a desk ask for something above the limit, which is set to one card of it."""
    product, kind = await pick(desk)
    await desk.limits.put("", {"approve_above": kind.price})
    quote = await desk.quote(product.id, kind.id, quantity)
    assert quote.needs_approval
    return await desk.buy(quote, **more)


@on_server
@pytest.mark.usefixtures("on_a_server")
class TestOnAServer:
    async def test_above_the_limit_nothing_is_sent(self, open_desk, pick, market):
        async with open_desk() as desk:
            waits = await asked(desk, pick)
            assert waits.state is S.AWAITING_APPROVAL
            assert market.posts == []
            assert [each.id for each in desk.book.to_approve] == [waits.id]
            assert [row.state for row in desk.book.orders] == ["AWAITING_APPROVAL"]
            assert str(words(waits)).startswith("Waits for approval by another person, ends ")
            assert await desk._opening.opened().journal.verify() == ""

    async def test_up_to_the_limit_it_is_bought_at_once(self, open_desk, pick, market):
        async with open_desk() as desk:
            product, kind = await pick(desk)
            await desk.limits.put("", {"approve_above": kind.price})
            bought = await desk.buy(await desk.quote(product.id, kind.id, 1))
            assert bought.state is S.HANDLING
            assert len(market.posts) == 1

    async def test_another_person_approves_and_it_is_sent_once(self, open_desk, pick, market):
        async with open_desk() as asker, open_desk(operator="karim") as other:
            waits = await asked(asker, pick, note="yacine", price=Decimal(9000))
            quote = await other.approvals.quote(waits.id)
            assert not quote.changed
            bought = await other.approvals.approve(waits.id, quote)
            assert bought.state is S.HANDLING
            assert (bought.operator, bought.note, bought.price) == ("amina", "yacine", 9000)
            assert [post.order_id for post in market.posts] == [bought.order_id]
            steps = [(e.kind, e.who, e.to_state) for e in await other.journal.events(waits.id)]
            assert steps[:3] == [
                ("move", "amina", "AWAITING_APPROVAL"),
                ("approve", "karim", "INTENT"),
                ("move", "karim", "SENDING"),
            ]
            assert await other._opening.opened().journal.verify() == ""

    async def test_the_asker_does_not_approve_it(self, open_desk, pick, market):
        async with open_desk() as desk:
            waits = await asked(desk, pick)
            with pytest.raises(Refused, match="another person approves it"):
                await desk.approvals.quote(waits.id)
            assert market.posts == []

    async def test_of_two_that_approve_at_once_one_sends(self, open_desk, pick, market):
        async with (
            open_desk() as asker,
            open_desk(operator="karim") as one,
            open_desk(operator="lina") as two,
        ):
            waits = await asked(asker, pick)
            quotes = [(desk, await desk.approvals.quote(waits.id)) for desk in (one, two)]
            done = await asyncio.gather(
                *(desk.approvals.approve(waits.id, quote) for desk, quote in quotes),
                return_exceptions=True,
            )
            [lost] = [each for each in done if isinstance(each, Exception)]
            assert isinstance(lost, Refused)
            assert lost.code == "STATE_CHANGED"
            assert len(market.posts) == 1
            assert len(await asker.journal.purchases()) == 1

    async def test_a_price_that_moved_is_confirmed_by_the_approver(self, open_desk, pick, market):
        async with open_desk() as asker, open_desk(operator="karim") as other:
            waits = await asked(asker, pick)
            dearer = waits.unit_price + 5
            market.set_price(waits.type_id, dearer)
            quote = await other.approvals.quote(waits.id)
            assert "the cost was" in str(quote.changed)
            bought = await other.approvals.approve(waits.id, quote)
            assert (bought.unit_price, bought.total) == (dearer, dearer * 2)
            assert await other._opening.opened().journal.verify() == ""

    async def test_it_ends_after_15_minutes_by_any_console(self, open_desk, pick, market, leaping):
        async with open_desk(operator="karim") as other:
            async with open_desk() as asker:
                waits = await asked(asker, pick)
            leaping.advance(14 * 60)
            await other._opening.opened().recover()
            assert (await other.journal.purchase(waits.id)).state is S.AWAITING_APPROVAL
            leaping.advance(61)
            with pytest.raises(Refused, match=NO_APPROVAL):
                await other.approvals.quote(waits.id)
            await other._opening.opened().recover()
            ended = await other.journal.purchase(waits.id)
            assert ended.state is S.NOT_SENT
            assert f"Nothing was sent: {NO_APPROVAL}" in str(words(ended))
            assert market.posts == []

    async def test_a_wait_for_its_end_needs_no_console(self, open_desk, pick):
        async with open_desk() as desk:
            waits = await asked(desk, pick)
            waited = await desk.wait_final(waits.id, 60)
            assert waited.state is S.AWAITING_APPROVAL
            ended = await desk.wait_final(waits.id, timedelta(minutes=20).total_seconds())
            assert ended.state is S.NOT_SENT

    async def test_the_asker_takes_it_back(self, open_desk, pick, market):
        async with open_desk() as desk, open_desk(operator="karim") as other:
            waits = await asked(desk, pick)
            ended = await desk.approvals.withdraw(waits.id)
            assert "taken back by amina" in str(words(ended))
            with pytest.raises(Refused, match="does not wait for approval any more"):
                await other.approvals.quote(waits.id)
            assert desk.book.to_approve == ()
            assert market.posts == []

    async def test_it_counts_in_the_limits_and_as_identical(self, open_desk, pick):
        async with open_desk() as asker, open_desk(operator="karim") as other:
            waits = await asked(asker, pick)
            with pytest.raises(Refused, match="waits for approval") as same:
                await other.quote(waits.product_id, waits.type_id, waits.quantity)
            assert same.value.code == "IDENTICAL_UNSETTLED"
            await asker.limits.put("", {"max_day": waits.total})
            with pytest.raises(Refused, match="Over a limit"):
                await other.quote(waits.product_id, waits.type_id, 1)
            # Of its own amount it is not in the way.
            assert await other.approvals.quote(waits.id)

    async def test_one_that_asks_twice_at_once_asks_once(self, open_desk, pick):
        async with open_desk() as one, open_desk(operator="karim") as two:
            product, kind = await pick(one)
            await one.limits.put("", {"approve_above": kind.price})
            quotes = [(desk, await desk.quote(product.id, kind.id, 2)) for desk in (one, two)]
            done = await asyncio.gather(
                *(desk.buy(quote) for desk, quote in quotes), return_exceptions=True
            )
            [refused] = [each for each in done if isinstance(each, Exception)]
            assert refused.code == "IDENTICAL_UNSETTLED"

    async def test_a_limit_set_since_the_quote_is_confirmed_again(self, open_desk, pick, market):
        async with open_desk() as desk:
            product, kind = await pick(desk)
            quote = await desk.quote(product.id, kind.id, 2)
            real = desk._opening.opened().buyer()._baseline

            async def baseline(balance):
                await desk.limits.put("", {"approve_above": kind.price})
                return await real(balance)

            desk._opening.opened().buyer()._baseline = baseline
            with pytest.raises(Refused, match="has to approve it now") as again:
                await desk.buy(quote)
            assert again.value.code == "REQUOTE"
            assert market.posts == []

    async def test_an_approved_purchase_without_answer_is_unresolved(self, open_desk, pick, market):
        async with open_desk() as asker, open_desk(operator="karim") as other:
            waits = await asked(asker, pick)
            quote = await other.approvals.quote(waits.id)
            market.faults.add(Fault.parse("reset@placeOrder:after"))
            bought = await other.approvals.approve(waits.id, quote)
            assert bought.state is S.UNRESOLVED
            market.faults.clear()
            found = await asker.settlement.look_now(waits.id)
            assert found.order_id == market.posts[0].order_id


async def test_a_journal_in_a_file_takes_no_such_limit(open_desk):
    async with open_desk() as desk:
        with pytest.raises(Refused, match="need a journal on a server"):
            await desk.limits.put("", {"approve_above": Decimal(100)})
        with pytest.raises(Refused, match="need a journal on a server"):
            await desk.limits.name_approver("karim", may=True)
        assert await desk.limits.each() == ()
