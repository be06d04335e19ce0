"""The limits that are kept in the journal, on both engines."""

from decimal import Decimal

import pytest

from services.domain.errors import Refused
from services.journal import kept_limits
from services.journal.kept_limits import KeptLimit
from services.purchasing.purchase_checks import Spent, over_kept

pytestmark = pytest.mark.both_engines


async def put(desk, operator="", **changes):
    await desk.limits.put(operator, {name: Decimal(amount) for name, amount in changes.items()})


async def test_limits_are_kept_changed_and_taken_back(open_desk):
    async with open_desk() as desk:
        await put(desk, max_total=5_000, max_day=90_000)
        await put(desk, "karim", max_day=20_000)
        await put(desk, max_day=80_000, max_total=0)
        await put(desk, max_day=80_000)
        assert await desk.limits.each() == (
            KeptLimit("", Decimal(0), Decimal(80_000)),
            KeptLimit("karim", Decimal(0), Decimal(20_000)),
        )
        events = (await desk.journal.audit()).events
        said = [event.why for event in events if event.kind == kept_limits.KIND]
        assert said[-2:] == [
            "max_day of all: 90 000 DZD -> 80 000 DZD",
            "max_total of all: 5 000 DZD -> none",
        ]
        assert len(said) == 5


async def test_a_purchase_over_a_limit_of_the_journal_is_refused(open_desk, pick):
    async with open_desk() as desk, open_desk(operator="karim") as other:
        product, denomination = await pick(desk)
        one = denomination.price
        await put(desk, max_total=one * 2)
        with pytest.raises(Refused, match="a purchase are allowed by the journal"):
            await desk.quote(product.id, denomination.id, 3)
        await put(desk, "karim", max_day=one)
        await other.buy(await other.quote(product.id, denomination.id, 1))
        with pytest.raises(Refused, match="spent today by karim"):
            await other.quote(product.id, denomination.id, 1)
        await desk.buy(await desk.quote(product.id, denomination.id, 1))


async def test_a_limit_set_since_the_quote_holds(open_desk, pick):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        quote = await desk.quote(product.id, denomination.id, 1)
        desk._opening.opened().buyer()._figures = Late(desk, denomination.price)
        with pytest.raises(Refused, match="spent today by all together"):
            await desk.buy(quote)
        assert await desk.journal.purchases() == ()


class Late:
    """Lets a limit be set between the last check of a purchase and its intent."""

    def __init__(self, desk, price: Decimal) -> None:
        self._real = desk.figures
        self._desk, self._price = desk, price

    async def stock(self, product_id):
        return await self._real.stock(product_id)

    async def balance(self):
        account = self._desk._opening.opened()
        made_ready = account.journal.make_ready

        async def late() -> None:
            await put(self._desk, max_day=self._price - 1)
            await made_ready()

        account.journal.make_ready = late
        return await self._real.balance()


async def test_a_desk_that_only_looks_sets_no_limit(open_desk):
    async with open_desk(read_only=True) as desk:
        with pytest.raises(Refused, match="read-only"):
            await put(desk, max_day=1)


@pytest.mark.file_only
def test_the_limit_that_is_broken_is_named():
    spent = Spent(Decimal(900), Decimal(100))
    together, own = KeptLimit("", max_day=Decimal(1_000)), KeptLimit("amina", max_day=Decimal(150))
    assert str(over_kept(together, own, Decimal(50), spent)) == ""
    assert "by amina, 150 DZD" in str(over_kept(together, own, Decimal(60), spent))
    assert "by all together" in str(over_kept(together, own, Decimal(101), spent))
