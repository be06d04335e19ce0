"""What a host has committed is written again where a server that failed over has lost it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest
from msgspec.structs import replace

from services.domain.models import Baseline, PurchaseState, Quote
from services.domain.text import clean
from services.journal.postgres.kept_purchases import KeptPurchases
from services.journal.purchases import Purchases
from tests.conftest import StillClock
from tests.journal.test_database import intent

S = PurchaseState
ROW = {"id": "p1", "created_at": "2026-03-01T09:00:00.000000Z", "state": "INTENT"}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def lose(place, purchase_id: str, *back: str) -> None:
    """Put the server back to before a purchase, or to an earlier state of it; cut every line."""
    with psycopg.connect(**place.parameters, autocommit=True) as server:
        server.execute(f"SET search_path = {place.schema}")
        for state in back:
            server.execute(
                "UPDATE purchases SET state = %s, order_id = NULL, rev = 1 WHERE id = %s",
                (state, purchase_id),
            )
            server.execute(
                "DELETE FROM events WHERE seq > (SELECT min(seq) FROM events WHERE purchase_id = %s"
                " AND to_state = %s)",
                (purchase_id, state),
            )
        if "AWAITING_APPROVAL" in back:
            asked = "UPDATE purchases SET unit_price = '196.03', total = '392.06' WHERE id = %s"
            server.execute(asked, (purchase_id,))
        if not back:
            server.execute("DELETE FROM purchases WHERE id = %s", (purchase_id,))
            server.execute("DELETE FROM events")
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'carddesk'"
        )


async def bought(journal, name="p1", order_id="o1") -> Purchases:
    purchases = Purchases(journal)
    await purchases.add(intent(StillClock(), name), "owner", Baseline())
    await purchases.move(name, S.SENDING, "leaves", {})
    await purchases.move(name, S.HANDLING, "accepted", {"order_id": order_id})
    return purchases


@pytest.mark.parametrize("back", [(), ("INTENT",), ("SENDING",)])
async def test_a_purchase_that_the_server_lost_is_written_again(place, opened, back):
    async with opened(place) as journal:
        purchases = await bought(journal)
        lose(place, "p1", *back)
        with pytest.raises(Exception, match="cannot be reached"):
            await purchases.live()
        [found] = await purchases.live()
        assert (found.state, found.order_id) == (S.HANDLING, "o1")
        assert await journal.verify() == ""
        assert [event.kind for event in await purchases.events("p1")][-1] == "restored"


async def test_what_the_server_has_further_on_stays(place, opened):
    async with opened(place) as journal:
        await bought(journal)
        async with opened(place, "b") as other:
            await Purchases(other).move("p1", S.FULFILLED, "the vendor says so", {})
    async with opened(place) as journal:
        found = await Purchases(journal).find("p1")
        assert found.state is S.FULFILLED


async def test_an_order_that_another_has_by_now_is_for_a_person(place, opened):
    async with opened(place) as journal:
        purchases = await bought(journal)
        lose(place, "p1")
        async with opened(place, "b") as other:
            await bought(other, "p2", "o1")
        with pytest.raises(Exception, match="cannot be reached"):
            await purchases.live()
        found = await purchases.find("p1")
        assert (found.state, found.late, found.candidates) == (S.NOT_PLACED, True, ("o1",))


APPROVED = Quote(
    product_id="prod",
    product_title=clean("PUBG"),
    type_id="type",
    type_name=clean("60 UC"),
    quantity=2,
    unit_price=Decimal(200),
    total=Decimal(400),
    stock=9,
    balance=Decimal(1000),
    balance_after=Decimal(600),
    read_at=NOON,
)


async def approved(journal, *steps: S) -> Purchases:
    """Let another host than that of the asker approve p1, at another price than was asked for."""
    purchases = Purchases(journal)
    baseline = Baseline(("before",))
    await purchases.approve(APPROVED, "p1", "other", baseline, {}, verify=lambda *_: None)
    for step in steps:
        facts = {"order_id": "o1"} if step is S.HANDLING else {}
        await purchases.move("p1", step, "test", facts)
    return purchases


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ((), S.AWAITING_APPROVAL),
        ((S.SENDING,), S.UNRESOLVED),
        ((S.SENDING, S.UNRESOLVED), S.UNRESOLVED),
        ((S.SENDING, S.HANDLING), S.HANDLING),
    ],
)
async def test_an_approval_that_the_server_lost_sends_and_loses_nothing(
    place, opened, steps, found
):
    waits = replace(intent(StillClock()), state=S.AWAITING_APPROVAL)
    async with opened(place) as asker, opened(place, "b") as other:
        await Purchases(asker).add(waits, "owner", Baseline())
        purchases = await approved(other, *steps)
        lose(place, "p1", "AWAITING_APPROVAL")
        with pytest.raises(Exception, match="cannot be reached"):
            await purchases.live()
        [now] = await purchases.live()
        assert now.state is found
        assert (now.total == 400) is bool(steps)
        if found is S.UNRESOLVED and S.UNRESOLVED not in steps:
            assert await purchases.watched() == (now,)
        assert await other.verify() == ""
        # The host of who asked has it as it was then, and leaves it as it is now.
        with pytest.raises(Exception, match="cannot be reached"):
            await Purchases(asker).live()
        assert await Purchases(asker).live() == (now,)


async def test_a_wait_that_comes_back_leaves_what_was_sent(place, opened):
    waits = replace(intent(StillClock()), state=S.AWAITING_APPROVAL)
    async with opened(place) as asker, opened(place, "b") as other:
        await Purchases(asker).add(waits, "owner", Baseline())
        purchases = await approved(other, S.SENDING, S.HANDLING)
        # All of it is lost, and what was sent is written again first.
        lose(place, "p1")
        for host in (purchases, Purchases(asker)):
            with pytest.raises(Exception, match="cannot be reached"):
                await host.live()
            [now] = await host.live()
            assert (now.state, now.order_id) == (S.HANDLING, "o1")


def test_only_the_last_row_of_a_day_is_kept(tmp_path):
    kept = KeptPurchases(tmp_path / "a.db")
    kept.add([ROW, {**ROW, "id": "p2"}, {**ROW, "state": "SENDING"}])
    with (tmp_path / "a.db.kept").open("ab") as file:
        file.write(b'{"id": "p3", "crea')
    rows = kept.newest(NOON)
    assert [(row["id"], row["state"]) for row in rows] == [("p1", "SENDING"), ("p2", "INTENT")]
    assert kept.newest(NOON + timedelta(days=1)) == []
    kept.forget(NOON)
    assert len((tmp_path / "a.db.kept").read_bytes().splitlines()) == 2
    assert (tmp_path / "a.db.kept").stat().st_mode & 0o777 == 0o600
