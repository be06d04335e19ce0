"""Sales in the journal: one process has each in hand, and what was sent stays as it is."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from services.domain.errors import BadInput, Refused
from services.domain.models import Baseline, Purchase, PurchaseState
from services.domain.shop.sale import MOST_LINES, Sale, SaleLine
from services.domain.text import ours
from services.journal.database import Journal
from services.journal.purchases import Purchases
from services.journal.shop.sales import Sales
from tests.journal.test_database import Known

pytestmark = pytest.mark.both_engines

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
LINE = SaleLine(
    0, "p", ours("Netflix"), "t", ours("10 EUR"), 2, Decimal(100), Decimal(105), "", ours("FR")
)
SALE = Sale("s1", AT, ours("amina"), "shop", customer=ours("karim"), lines=(LINE,))


@pytest.fixture
async def journal(tmp_path, still):
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    journal = Journal(folder / "a.db", still, "amina")
    await journal.open("account-a")
    yield journal
    await journal.close()


@pytest.fixture
def alive():
    return Known("me", name="me")


@pytest.fixture
async def sales(journal, alive):
    sales = Sales(journal, alive)
    await sales.begin(SALE)
    return sales


async def bought(journal, key, state=PurchaseState.HANDLING, order_id="o1"):
    """Write a purchase of the line as it is after its answer."""
    store = Purchases(journal)
    purchase = Purchase(
        id=f"p-{key}-{order_id}", idempotency_key=key, state=PurchaseState.INTENT, product_id="p",
        product_title=ours("Netflix"), type_id="t", type_name=ours("10 EUR"), quantity=2,
        unit_price=Decimal(100), total=Decimal(200), created_at=AT, updated_at=AT,
        operator=ours("amina"), host="shop",
    )  # fmt: skip
    await store.add(purchase, "me", Baseline())
    if state is PurchaseState.NOT_SENT:
        await store.move(purchase.id, state, "no line", {})
        return
    await store.move(purchase.id, PurchaseState.SENDING, "sending", {})
    changes = {"order_id": order_id} if state is PurchaseState.HANDLING else {}
    await store.move(purchase.id, state, "answered", changes)


async def kinds(journal):
    rows = await journal.read(lambda tx: tx.rows("SELECT kind FROM events ORDER BY seq"))
    return [row["kind"] for row in rows]


async def test_a_sale_is_read_as_it_was_begun(sales):
    held = await sales.read("s1")
    (line,) = held.sale.lines
    assert line == replace(LINE, number=1, key="sale-s1-1")
    assert (held.sale.customer, held.sale.owner, held.purchases) == ("karim", "me", {})
    assert await sales.read("s2") is None
    with pytest.raises(Refused, match="already"):
        await sales.begin(SALE)


async def test_a_line_that_was_sent_stays_as_it_is(sales, journal):
    await bought(journal, "sale-s1-1")
    assert set((await sales.read("s1")).purchases) == {"sale-s1-1"}
    line = (await sales.read("s1")).sale.lines[0]
    for change in (
        sales.put("s1", replace(line, quantity=5)),
        sales.remove("s1", 1),
        sales.leave_out("s1", 1, "no stock"),
        sales.want_again("s1", 1),
        sales.confirm("s1", [line]),
    ):
        with pytest.raises(Refused, match="sent for line 1"):
            await change
    assert (await sales.read("s1")).sale.lines == (line,)


async def test_a_line_that_was_not_sent_keeps_its_key(sales, journal):
    await bought(journal, "sale-s1-1", PurchaseState.NOT_SENT)
    await sales.want_again("s1", 1)
    assert (await sales.read("s1")).sale.lines[0].key == "sale-s1-1"


async def test_each_new_attempt_has_a_key_of_its_own(sales, journal):
    await bought(journal, "sale-s1-1", PurchaseState.REFUSED)
    await sales.want_again("s1", 1)
    assert (await sales.read("s1")).sale.lines[0].key == "sale-s1-1/2"
    await bought(journal, "sale-s1-1/2", PurchaseState.REFUSED)
    await sales.want_again("s1", 1)
    assert (await sales.read("s1")).sale.lines[0].key == "sale-s1-1/3"


async def test_a_confirmed_sale_is_an_event_with_its_keys(sales, journal):
    line = (await sales.read("s1")).sale.lines[0]
    await sales.confirm("s1", [replace(line, cost=Decimal(110), price=Decimal(116))])
    assert (await sales.read("s1")).sale.lines[0].price == Decimal(116)
    assert await kinds(journal) == ["sale"]
    with pytest.raises(Refused, match="changed since"):
        await sales.confirm("s1", [replace(line, quantity=3)])


async def test_what_another_process_has_in_hand_is_left_to_it(sales, journal):
    other = Sales(journal, Known("me", name="other"))
    with pytest.raises(Refused, match="Another console"):
        await other.take("s1")
    with pytest.raises(Refused, match="Another console"):
        await other.put("s1", LINE)
    other = Sales(journal, Known(name="other"))
    await other.take("s1")
    with pytest.raises(Refused, match="Another console"):
        await sales.put("s1", LINE)


async def test_a_sale_that_bought_nothing_leaves_no_trace(sales, journal):
    await sales.close("s1", "put away")
    assert await sales.read("s1") is None
    assert await kinds(journal) == []


async def test_what_was_left_of_a_sale_is_in_its_event(sales, journal):
    await sales.put("s1", replace(LINE, type_id="u"))
    await bought(journal, "sale-s1-1")
    await sales.close("s1", "put away")
    assert await sales.listed(None, open_only=True) == []
    (held,) = await sales.listed(None)
    assert held.sale.lines[1].left_out
    assert (await kinds(journal))[-1] == "sale closed"
    assert await journal.verify() == ""


async def test_a_sale_has_so_many_lines_at_most(sales):
    for _ in range(MOST_LINES - 1):
        await sales.put("s1", LINE)
    with pytest.raises(Refused, match="at most"):
        await sales.put("s1", LINE)
    with pytest.raises(BadInput, match="no line 99"):
        await sales.remove("s1", 99)
