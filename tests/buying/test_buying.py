"""Buying through the desk: what each answer of the vendor does to a purchase, and to money."""

import asyncio
from decimal import Decimal

import pytest
from msgspec.structs import replace

from services.errors import BadInput, DeskError, JournalFailed, Refused
from services.models import PurchaseState
from services.sandbox import Fault

S = PurchaseState


async def quoted(desk, pick, quantity=2):
    product, denomination = await pick(desk)
    return await desk.quote(product.id, denomination.id, quantity)


async def test_a_purchase_goes_from_quote_to_revealed_cards(open_desk, pick, market):
    async with open_desk() as desk:
        steps = []
        quote = await quoted(desk, pick)
        purchase = await desk.buy(quote, note="for Yacine", report=steps.append)
        assert purchase.state is S.HANDLING
        assert purchase.note == "for Yacine"
        market.finish()
        purchase = await desk.wait_final(purchase.id, 60)
        assert purchase.state is S.FULFILLED
        cards = await desk.reveal(purchase.order_id, None)
        assert len(cards) == 2
        assert [e.kind for e in await desk.history(purchase.id)].count("reveal") == 1
    assert [(c.step, c.state) for c in steps if c.state != "running"] == [
        ("stock", "ok"), ("limits", "ok"), ("balance", "ok"), ("place", "ok"),
    ]  # fmt: skip
    assert len(market.posts) == 1


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (Fault("reset", endpoint="placeOrder", phase="before"), S.UNRESOLVED),
        (Fault("reset", endpoint="placeOrder", phase="after"), S.UNRESOLVED),
        (Fault("truncate", endpoint="placeOrder", phase="after"), S.UNRESOLVED),
        (Fault("html502", endpoint="placeOrder", phase="after"), S.UNRESOLVED),
        (Fault("http500", endpoint="placeOrder", phase="after"), S.UNRESOLVED),
        (Fault("http503", endpoint="placeOrder", phase="before"), S.UNRESOLVED),
        (Fault("empty", endpoint="placeOrder", phase="after"), S.UNRESOLVED),
        (Fault("no_order_id", endpoint="placeOrder", phase="after"), S.UNRESOLVED),
        (Fault("wrong_types", endpoint="placeOrder", phase="after"), S.UNRESOLVED),
        (Fault("redirect", endpoint="placeOrder", phase="before"), S.UNRESOLVED),
        (Fault("ratelimit", endpoint="placeOrder", phase="before"), S.REFUSED),
    ],
    ids=lambda value: f"{value.kind}-{value.phase}" if isinstance(value, Fault) else value,
)
async def test_whatever_the_vendor_answers_it_is_asked_once(open_desk, pick, market, fault, state):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        market.faults.add(fault)
        purchase = await desk.buy(quote)
        assert purchase.state is state
        placed = [post for post in market.posts if post.order_id]
        market.faults.clear()
        settled = await desk.wait_final(purchase.id, 400) if state is S.UNRESOLVED else purchase
        if placed:
            assert settled.order_id == placed[0].order_id
        else:
            assert settled.state in (S.NOT_PLACED, S.REFUSED)
        assert len(market.posts) == 1


async def test_a_check_that_fails_leaves_no_read_of_the_other_behind(open_desk, market):
    async with open_desk() as desk:
        market.faults.add(Fault("hang", endpoint="balance"))
        with pytest.raises(DeskError):
            await desk.quote("no-such-product", "no-such-denomination", 1)
        running = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]
        assert "VendorClient.balance" not in running


async def test_out_of_stock_between_quote_and_sending_is_a_refusal(open_desk, pick, market):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        await desk.quote(quote.product_id, quote.type_id, quote.stock)
        with pytest.raises(Refused) as refused:
            await desk.quote(quote.product_id, quote.type_id, quote.stock + 1)
        assert refused.value.code == "ERR_STOCK"
        assert market.posts == []


async def test_a_quote_older_than_a_minute_has_to_be_confirmed_again(
    open_desk, pick, market, leaping
):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        leaping.advance(61)
        with pytest.raises(Refused) as refused:
            await desk.buy(quote)
        assert refused.value.code == "REQUOTE"
        assert await desk.purchases() == ()
        assert market.posts == []


async def test_a_price_that_moved_has_to_be_confirmed_again(open_desk, pick, market):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        cheaper = replace(quote, unit_price=quote.unit_price - 1, total=quote.total - 2)
        with pytest.raises(Refused) as refused:
            await desk.buy(cheaper)
        assert "the price was" in refused.value.message
        assert market.posts == []


async def test_limits_and_balance_are_checked_before_anything_is_sent(open_desk, pick, market):
    def tight(settings):
        return replace(settings, purchase=replace(settings.purchase, max_total=Decimal(10)))

    async with open_desk(change=tight) as desk:
        with pytest.raises(Refused) as refused:
            await quoted(desk, pick)
        assert refused.value.code == "LIMIT"
        assert market.posts == []


async def test_the_day_limit_counts_what_was_bought_today(open_desk, pick, market):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        await desk.buy(quote)

    def tight(settings):
        limits = replace(settings.purchase, max_day=quote.total + 1)
        return replace(settings, purchase=limits)

    async with open_desk(change=tight) as desk:
        with pytest.raises(Refused) as refused:
            await quoted(desk, pick)
        assert "spent today" in refused.value.message


async def test_an_identical_purchase_waits_until_the_first_is_settled(open_desk, pick, market):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        market.faults.add(Fault("reset", endpoint="placeOrder", phase="before"))
        first = await desk.buy(quote)
        with pytest.raises(Refused) as refused:
            await desk.buy(quote)
        assert refused.value.code == "IDENTICAL_UNSETTLED"
        settled = await desk.wait_final(first.id, 400)
        assert settled.state is S.NOT_PLACED
        fresh = await desk.quote(quote.product_id, quote.type_id, quote.quantity)
        assert (await desk.buy(fresh)).state is S.HANDLING
        assert len(market.posts) == 2


async def test_identical_purchases_of_two_consoles_at_once_are_one(open_desk, pick, market):
    async with open_desk() as here, open_desk(operator="karim") as there:
        quote = await quoted(here, pick)
        market.faults.add(Fault("reset", endpoint="placeOrder", phase="after", times=0))
        outcomes = await asyncio.gather(here.buy(quote), there.buy(quote), return_exceptions=True)
        assert len(market.posts) == 1
        states = [o.code if isinstance(o, Refused) else o.state for o in outcomes]
        told = [o.message if isinstance(o, Refused) else o.error.message for o in outcomes]
        assert any("sent the same purchase" in words for words in told)
        assert sorted(map(str, states)) in (
            ["IDENTICAL_UNSETTLED", "UNRESOLVED"],
            ["NOT_SENT", "UNRESOLVED"],
        )


async def test_the_same_idempotency_key_buys_once(open_desk, pick, market):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        first = await desk.buy(quote, idempotency_key="till-4711")
        again = await desk.buy(quote, idempotency_key="till-4711")
        assert again.id == first.id
        other = await desk.quote(quote.product_id, quote.type_id, 1)
        with pytest.raises(BadInput):
            await desk.buy(other, idempotency_key="till-4711")
        assert len(market.posts) == 1


async def test_a_caller_that_is_cancelled_does_not_stop_the_purchase(open_desk, pick, market):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        market.faults.add(Fault("slow", endpoint="placeOrder", phase="after", seconds=0.2))
        buyer = asyncio.create_task(desk.buy(quote))
        await market.seen("placeOrder")
        buyer.cancel()
        await asyncio.wait((buyer,))
        await desk.drain()
        [purchase] = await desk.purchases()
        assert purchase.state is S.HANDLING
        assert purchase.order_id in market.orders


async def test_a_journal_that_fails_at_the_last_moment_sends_nothing(open_desk, pick, market):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        journal = desk._opening.opened().journal
        await journal._in_thread(lambda: journal._connection.execute("PRAGMA max_page_count = 1"))
        await journal._in_thread(
            lambda: journal._connection.execute(
                "CREATE TEMP TRIGGER full BEFORE UPDATE ON purchases WHEN new.state = 'SENDING'"
                " BEGIN SELECT RAISE(FAIL, 'disk full'); END"
            )
        )
        purchase = await desk.buy(quote)
        assert purchase.state is S.NOT_SENT
        assert market.posts == []


@pytest.mark.parametrize("quantity", [0, -1, 10**9])
async def test_a_quantity_that_is_none_is_bad_input(open_desk, pick, market, quantity):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        with pytest.raises(BadInput):
            await desk.quote(product.id, denomination.id, quantity)


async def test_an_outcome_the_journal_cannot_take_is_kept_and_said(open_desk, pick, market):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        journal = desk._opening.opened().journal
        trigger = (
            "CREATE TEMP TRIGGER full BEFORE UPDATE ON purchases WHEN new.state = 'HANDLING'"
            " BEGIN SELECT RAISE(ABORT, 'x'); END"
        )
        await journal._in_thread(lambda: journal._connection.execute(trigger))
        real = journal.write

        async def full(work):
            try:
                return await real(work)
            except Exception as error:
                raise JournalFailed("The disk is full", code="JOURNAL_FULL") from error

        journal.write = full
        with pytest.raises(JournalFailed) as failed:
            await desk.buy(quote)
        order_id = market.posts[0].order_id
        assert order_id in failed.value.message
        journal.write = real
    async with open_desk() as desk:
        [purchase] = await desk.purchases()
        assert purchase.order_id == order_id
