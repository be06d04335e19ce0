"""The desk's sales: confirmed in time, found again, and begun again with the same lines."""

from decimal import Decimal
from typing import Any

import pytest

from services.desk.shop.sales import DeskSales
from services.domain.errors import AWAY, JournalFailed, Refused
from services.domain.money import Prices
from services.journal.purchases import Purchases
from tests.reports.conftest import Counter

pytestmark = pytest.mark.both_engines

PRICES = Prices()


async def begun(counter: Counter, quantity: int = 1):
    """A sale of one line, of the first thing that the vendor has."""
    product = next(p for p in (await counter.desk.catalog.read()).products() if p.enabled)
    stock = await counter.desk.figures.stock(product.id)
    kind = next(k for k in stock.denominations if k.quantity > 5)
    sale = await counter.desk.sales.add(None, product, kind, quantity, Decimal(500))
    return await counter.desk.sales.add(sale, product, kind, 1, Decimal(500))


async def test_the_same_goods_are_counted_into_one_line(counter: Counter) -> None:
    sale = await begun(counter)
    assert [line.quantity for line in sale.lines] == [2]
    assert counter.desk.book.sale == sale


async def test_a_check_that_is_a_minute_old_is_confirmed_again(counter: Counter) -> None:
    sale = await begun(counter)
    review = await counter.desk.sales.check(sale, PRICES)
    counter.clock.advance(61)
    with pytest.raises(Refused, match="Confirm again"):
        await counter.desk.sales.buy(review)
    assert not counter.box.posts


async def test_a_sale_that_is_handed_over_is_found_no_more(counter: Counter) -> None:
    sale = await begun(counter)
    run = await counter.desk.sales.buy(await counter.desk.sales.check(sale, PRICES))
    assert not run.stopped
    (line,) = run.sale.lines
    assert [each.id for each in await counter.desk.sales.unfinished()] == [sale.id]
    counter.box.finish(line.order.order_id)
    await counter.desk.wait_final(line.order.purchase_id, 60)
    await counter.desk.support.give(line.order.order_id)
    assert await counter.desk.sales.unfinished() == ()
    assert (await counter.desk.sales.read(sale.id)).closed


async def test_again_is_a_new_sale_of_the_same_lines(counter: Counter) -> None:
    sale = await begun(counter)
    again = await counter.desk.sales.again(sale, PRICES)
    assert again.id != sale.id
    assert [(line.type_id, line.quantity) for line in again.lines] == [
        (line.type_id, line.quantity) for line in sale.lines
    ]
    assert again.lines[0].price == PRICES.price(sale.lines[0].cost)


async def test_a_customer_named_later_is_on_what_is_bought(counter: Counter) -> None:
    sale = await begun(counter)
    run = await counter.desk.sales.buy(await counter.desk.sales.check(sale, PRICES))
    named = await counter.desk.sales.set_customer(run.sale, "karim")
    order = named.lines[0].order
    assert (await counter.desk.journal.purchase(order.purchase_id)).note == "karim"


@pytest.mark.parametrize(
    ("fails", "said"),
    [((DeskSales, "read"), "read again"), ((Purchases, "move"), "is placed, order")],
)
async def test_what_was_sent_is_said_though_the_journal_is_away(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, fails: tuple[type, str], said: str
) -> None:
    review = await counter.desk.sales.check(await begun(counter), PRICES)
    owner, name = fails
    real = getattr(owner, name)

    async def away(*values: Any, **named: Any) -> Any:
        if counter.box.posts:
            raise JournalFailed("The journal's server cannot be reached", code=AWAY)
        return await real(*values, **named)

    monkeypatch.setattr(owner, name, away)
    run = await counter.desk.sales.buy(review)
    assert len(counter.box.posts) == 1
    assert said in str(run.stopped)
    assert run.exit_code
