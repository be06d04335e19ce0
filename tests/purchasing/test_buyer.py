"""Buying through the desk: what each answer of the vendor does to a purchase, and to money."""

import asyncio
from decimal import Decimal

import pytest
from msgspec.structs import replace

from services.domain.errors import BadInput, DeskError, JournalFailed, Refused
from services.domain.models import PurchaseState
from services.sandbox import Fault

pytestmark = pytest.mark.both_engines

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
        cards = await desk.orders.reveal(purchase.order_id, None)
        assert len(cards) == 2
        assert [e.kind for e in await desk.journal.events(purchase.id)].count("reveal") == 1
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
        assert await desk.journal.purchases() == ()
        assert market.posts == []


async def test_a_price_that_moved_has_to_be_confirmed_again(open_desk, pick, market):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        cheaper = replace(quote, unit_price=quote.unit_price - 1, total=quote.total - 2)
        with pytest.raises(Refused) as refused:
            await desk.buy(cheaper)
        assert "the cost was" in refused.value.message
        assert market.posts == []
        assert logged(desk, "Confirm again: the cost was") == "info"


async def test_an_order_costs_what_the_vendor_took(open_desk, pick, market):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        price = quote.unit_price + 3

        def move(check):
            if check.step == "place":
                market.set_price(quote.type_id, price)

        purchase = await desk.buy(quote, report=move)
        market.finish()
        await desk.wait_final(purchase.id, 60)
        [row] = await desk.orders.list()
        assert row.total == price * quote.quantity
        [row] = desk.book.orders
        assert row.total == price * quote.quantity


async def test_a_stock_that_shrank_is_no_error_in_the_log(open_desk, pick, market):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        market.set_stock(quote.type_id, 0)
        with pytest.raises(Refused):
            await desk.buy(quote)
        assert logged(desk, "Not enough stock: out of stock") == "warning"


async def test_a_purchase_that_could_not_be_checked_is_an_error(open_desk, pick, market):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        market.faults.add(Fault.parse("http500@checkProduct*9"))
        with pytest.raises(DeskError):
            await desk.buy(quote)
        assert logged(desk, "") == "error"


def logged(desk, words):
    """Return how the newest line of the log with these words is marked."""
    return [entry.level for entry in desk.book.log if words in entry.text][-1]


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


async def test_two_consoles_at_once_keep_the_day_limit(open_desk, pick, market):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)

    def tight(settings):
        limits = replace(settings.purchase, max_day=quote.total + 1)
        return replace(settings, purchase=limits)

    async with open_desk(change=tight) as here, open_desk(operator="karim", change=tight) as there:
        quotes = [await quoted(desk, pick) for desk in (here, there)]
        done = await asyncio.gather(
            here.buy(quotes[0]), there.buy(quotes[1]), return_exceptions=True
        )
        [refused] = [each for each in done if isinstance(each, Refused)]
        assert refused.code == "LIMIT"
        assert len(market.posts) == 1


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
        messages = [o.message if isinstance(o, Refused) else o.error.message for o in outcomes]
        assert any("sent the same purchase" in words for words in messages)
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
        [purchase] = await desk.journal.purchases()
        assert purchase.state is S.HANDLING
        assert purchase.order_id in market.orders


@pytest.mark.file_only
async def test_a_journal_that_fails_at_the_last_moment_sends_nothing(open_desk, pick, market):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        journal = desk._opening.opened().journal
        await journal._in_thread(
            lambda: journal._engine._file.connection.execute("PRAGMA max_page_count = 1")
        )
        await journal._in_thread(
            lambda: journal._engine._file.connection.execute(
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


@pytest.mark.file_only
async def test_an_outcome_the_journal_cannot_take_is_kept_and_said(open_desk, pick, market):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        journal = desk._opening.opened().journal
        trigger = (
            "CREATE TEMP TRIGGER full BEFORE UPDATE ON purchases WHEN new.state = 'HANDLING'"
            " BEGIN SELECT RAISE(ABORT, 'x'); END"
        )
        await journal._in_thread(lambda: journal._engine._file.connection.execute(trigger))
        real = journal.write

        async def full(work, **named):
            try:
                return await real(work, **named)
            except Exception as error:
                raise JournalFailed("The disk is full", code="JOURNAL_FULL") from error

        journal.write = full
        with pytest.raises(JournalFailed) as failed:
            await desk.buy(quote)
        order_id = market.posts[0].order_id
        assert order_id in failed.value.message
        journal.write = real
    async with open_desk() as desk:
        [purchase] = await desk.journal.purchases()
        assert purchase.order_id == order_id


CURRENCY = {
    "balance": ("The vendor's balance is in EUR", "shape:currency@balance"),
    "stock": ("This denomination is priced in EUR", "shape:currency@checkProduct"),
    "orders": ("The account's orders are in EUR", "shape:currency@list"),
    "catalogue": ("This product is listed in EUR", "shape:currency@catalog"),
}


@pytest.mark.parametrize("where", CURRENCY)
async def test_another_currency_refuses_buying_in_words(open_desk, pick, market, where):
    words, fault = CURRENCY[where]
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        market.foreign_order(product.id, denomination.id, 1)
        market.faults.add(Fault.parse(fault))
        if where == "catalogue":
            await desk.catalog.read(refresh=True)
        if where == "orders":
            await desk.orders.list()
        with pytest.raises(Refused, match=words):
            await desk.quote(product.id, denomination.id, 1)
        market.faults.clear()
        if where == "catalogue":
            await desk.catalog.read(refresh=True)
        if where == "orders":
            await desk.orders.list()
        assert (await desk.quote(product.id, denomination.id, 1)).quantity == 1
    assert market.posts == []


@pytest.mark.parametrize("shape", ["no-price", "null-price", "zero-price", "negative-price"])
async def test_what_has_no_price_is_not_bought(open_desk, pick, market, shape):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        first = (await desk.figures.stock(product.id)).denominations[0]
        market.faults.add(Fault.parse(f"shape:{shape}"))
        with pytest.raises(Refused, match="not for sale"):
            await desk.quote(product.id, first.id, 1)
        if denomination.id != first.id:
            assert (await desk.quote(product.id, denomination.id, 1)).quantity == 1


@pytest.mark.parametrize(
    "shape",
    [
        "as-objects",
        "bare-cards",
        "card-fields",
        "category-no-title",
        "header-request-id",
        "lower-case",
        "meta-pagination",
        "no-time",
        "number-id",
        "odd-pagination",
        "odd-transaction",
        "order-status",
        "plain-id",
        "product-no-id",
        "twice",
        "underscore-id",
    ],
)
async def test_a_sale_goes_through_whatever_its_answers_look_like(open_desk, pick, market, shape):
    market.faults.add(Fault.parse(f"shape:{shape}"))
    market.faults.add(Fault.parse("shape:odd-items"))
    async with open_desk() as desk:
        purchase = await desk.buy(await quoted(desk, pick))
        market.finish()
        assert (await desk.wait_final(purchase.id, 60)).state is S.FULFILLED
        assert len(await desk.orders.reveal(purchase.order_id, None)) == 2
