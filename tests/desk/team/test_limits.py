"""Limits that two desks at once cannot spend over."""

import asyncio
from decimal import Decimal

import pytest

from services.domain.errors import Refused


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
