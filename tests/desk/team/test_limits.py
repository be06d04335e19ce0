"""Limits that two desks at once cannot spend over."""

import asyncio
from decimal import Decimal

import pytest
from msgspec.structs import replace

from services.domain.errors import Refused
from services.domain.spending import today


@pytest.mark.both_engines
async def test_desks_that_buy_at_once_stay_below_a_limit_together(open_desk, pick):
    async with open_desk() as one, open_desk(operator="karim") as two:
        product, denomination = await pick(one)
        await one.limits.put("", {"max_day": denomination.price * 3})
        quotes = [(desk, await desk.quote(product.id, denomination.id, 2)) for desk in (one, two)]
        done = await asyncio.gather(
            *(desk.buy(quote) for desk, quote in quotes), return_exceptions=True
        )
        [refused] = [each for each in done if isinstance(each, Exception)]
        assert isinstance(refused, Refused)
        assert refused.code in ("LIMIT", "IDENTICAL_UNSETTLED")
        spent = sum(each.total for each in await one.journal.purchases() if each.order_id)
        assert spent <= denomination.price * Decimal(3)


@pytest.mark.both_engines
async def test_the_stricter_limit_is_what_is_left_today(open_desk, pick):
    async with open_desk(change=lambda settings: day_limit(settings, 90_000)) as desk:
        product, denomination = await pick(desk)
        await desk.buy(await desk.quote(product.id, denomination.id, 1))
        cost = denomination.price

        async def left():
            spending, _ = await desk.money.figures()
            return spending.day_limit, spending.left_today, str(today(spending))

        assert (await left())[:2] == (90_000, 90_000 - cost)
        await desk.limits.put("", {"max_day": Decimal(70_000)})
        assert (await left())[:2] == (70_000, 70_000 - cost)
        await desk.limits.put("", {"max_day": Decimal(95_000)})
        assert (await left())[:2] == (90_000, 90_000 - cost)
        await desk.limits.put("amina", {"max_day": Decimal(60_000)})
        limit, rest, words = await left()
        assert (limit, rest) == (60_000, 60_000 - cost)
        assert "may still be bought by this operator today" in words


@pytest.mark.both_engines
async def test_what_others_buy_does_not_count_against_ones_own(open_desk, pick):
    async with open_desk() as one:
        product, denomination = await pick(one)
        await one.buy(await one.quote(product.id, denomination.id, 1))
        await one.limits.put("karim", {"max_day": Decimal(50_000)})
        async with open_desk(operator="karim") as two:
            spending, _ = await two.money.figures()
            assert spending.left_today == 50_000
            assert spending.today == denomination.price


def day_limit(settings, most):
    return replace(settings, purchase=replace(settings.purchase, max_day=Decimal(most)))
