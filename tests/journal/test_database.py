"""The journal: durable, checked, and never trusted blindly."""

import asyncio
import sqlite3
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from services.domain.errors import JournalFailed, Refused
from services.domain.models import Baseline, Order, Purchase, PurchaseState
from services.domain.purchase_states import TRANSITIONS
from services.journal import location
from services.journal.database import Journal
from services.journal.emergency_file import Outcome
from services.journal.leases import PollingLease
from services.journal.orders import TrackedOrders, since
from services.journal.purchases import Purchases
from services.purchasing.crash_recovery import Recovery
from services.system.clock import Clock
from tests.conftest import StillClock

S = PurchaseState


@pytest.fixture
async def journal(tmp_path: Path, still: StillClock):
    journal = Journal(tmp_path / "state" / "a-production.db", still, "amina")
    await journal.open("account-a")
    yield journal
    await journal.close()


@pytest.fixture
def purchases(journal: Journal) -> Purchases:
    return Purchases(journal)


class Known:
    """Consoles of which it is known which are alive."""

    def __init__(self, *alive: str, name: str = "one", may_be_cut_off: bool = False) -> None:
        self._alive = alive
        self.name = name
        self.may_be_cut_off = may_be_cut_off

    def alive(self, tx: object, name: str) -> bool:
        return name in self._alive

    def begin(self) -> None:
        return None

    end = begin


def intent(still: Clock, name: str = "p1", *, key: str = "", quantity: int = 2) -> Purchase:
    return Purchase(
        id=name,
        idempotency_key=key or name,
        state=S.INTENT,
        product_id="prod",
        product_title="PUBG",
        type_id="type",
        type_name="60 UC",
        quantity=quantity,
        unit_price=Decimal("196.03"),
        total=Decimal("196.03") * quantity,
        created_at=still.now(),
        updated_at=still.now(),
        operator="amina",
        host="desk",
    )


async def in_state(
    purchases: Purchases, still: StillClock, name: str, *steps: S, quantity: int = 2
) -> Purchase:
    found = await purchases.add(intent(still, name, quantity=quantity), "owner", Baseline())
    for step in steps:
        facts: dict[str, object] = {"order_id": f"order-{name}"} if step is S.HANDLING else {}
        found = await purchases.move(name, step, "test", facts)
    return found


async def test_an_intent_reads_back_as_it_was_written(purchases, still):
    written = await purchases.add(intent(still), "owner", Baseline(("o1",), "t1", Decimal(5), 1.5))
    assert written == intent(still)
    assert await purchases.find("p1") == written
    assert await purchases.baseline("p1") == Baseline(("o1",), "t1", Decimal("5.00"), 1.5)


@pytest.mark.both_engines
async def test_what_a_step_returns_is_what_the_journal_holds(purchases, still):
    bought = replace(intent(still), note="for Lina", price=Decimal("450.5"))
    before = Baseline(("o1",), "t1", Decimal(7), 0.5)
    facts = {"order_id": "o2", "status": "HANDLING", "answered_at": still.now(), "candidates": ()}
    for step in (
        lambda: purchases.add(bought, "owner", before),
        lambda: purchases.move("p1", S.SENDING, "leaves", {"sent_at": still.now()}),
        lambda: purchases.move("p1", S.HANDLING, "accepted", facts, answer=True),
        lambda: purchases.update("p1", {"note": "for Sami", "late": True}),
    ):
        still.advance(1)
        written = await step()
        assert await purchases.find("p1") == written
    counted, _ = await purchases.count_cards("p1", 1)
    assert await purchases.find("p1") == counted
    assert counted.cards_came == 1


async def test_every_step_that_is_not_a_transition_is_refused(purchases, still):
    reach = {
        S.INTENT: (),
        S.SENDING: (S.SENDING,),
        S.UNRESOLVED: (S.SENDING, S.UNRESOLVED),
        S.AMBIGUOUS: (S.SENDING, S.UNRESOLVED, S.AMBIGUOUS),
        S.NOT_SENT: (S.NOT_SENT,),
        S.REFUSED: (S.SENDING, S.REFUSED),
        S.NOT_PLACED: (S.SENDING, S.UNRESOLVED, S.NOT_PLACED),
        S.HANDLING: (S.SENDING, S.HANDLING),
        S.FULFILLED: (S.SENDING, S.HANDLING, S.FULFILLED),
        S.PARTIALLY_FILLED: (S.SENDING, S.HANDLING, S.PARTIALLY_FILLED),
        S.REFUNDED: (S.SENDING, S.HANDLING, S.REFUNDED),
    }
    for number, (state, steps) in enumerate(reach.items(), start=1):
        await in_state(purchases, still, f"p-{state}", *steps, quantity=number)
        for other in S:
            if (state, other) not in TRANSITIONS:
                with pytest.raises(Refused) as refused:
                    await purchases.move(f"p-{state}", other, "test", {})
                assert refused.value.code == "STATE_CHANGED"
    assert {(await purchases.find(f"p-{s}")).state for s in reach} == set(reach)


async def test_one_order_is_bound_to_one_purchase_only(purchases, still):
    await in_state(purchases, still, "p1", S.SENDING, S.HANDLING)
    await in_state(purchases, still, "p2", S.SENDING)
    with pytest.raises(Refused) as refused:
        await purchases.move("p2", S.HANDLING, "test", {"order_id": "order-p1"})
    assert refused.value.code == "ORDER_BOUND"
    assert (await purchases.find("p2")).state is S.SENDING


async def test_an_identical_purchase_cannot_be_sent_while_one_is_unsettled(purchases, still):
    await in_state(purchases, still, "p1", S.SENDING, S.UNRESOLVED)
    await purchases.add(intent(still, "p2"), "owner", Baseline())
    with pytest.raises(Refused) as refused:
        await purchases.move("p2", S.SENDING, "test", {})
    assert refused.value.code == "IDENTICAL_UNSETTLED"
    other = await in_state(purchases, still, "p3", S.SENDING, quantity=3)
    assert other.state is S.SENDING


async def test_an_idempotency_key_names_one_purchase_that_was_sent(purchases, still):
    await purchases.add(intent(still, "p1", key="k"), "owner", Baseline())
    with pytest.raises(Refused):
        await purchases.add(intent(still, "p2", key="k"), "owner", Baseline())
    await purchases.move("p1", S.NOT_SENT, "test", {})
    again = await purchases.add(intent(still, "p3", key="k"), "owner", Baseline())
    assert again.id == "p3"


async def test_what_a_dead_process_left_is_given_its_state(purchases, still):
    await in_state(purchases, still, "p1")
    await in_state(purchases, still, "p2", S.SENDING)
    look = still.now() + timedelta(seconds=2)
    recovery = Recovery(purchases._journal, purchases, lambda _: {"next_check_at": look})
    assert await recovery.recover(Known("owner")) == ()
    moved = await recovery.recover(Known())
    assert {p.id: p.state for p in moved} == {"p1": S.NOT_SENT, "p2": S.UNRESOLVED}
    assert [p.next_check_at for p in moved if p.id == "p2"] == [look]


async def test_the_event_chain_names_the_row_that_was_altered(journal, purchases, still):
    await in_state(purchases, still, "p1", S.SENDING, S.HANDLING, S.FULFILLED)
    assert await journal.verify() == ""
    with sqlite3.connect(journal.path) as other:
        other.execute("UPDATE events SET why = 'nothing to see' WHERE seq = 2")
    other.close()
    assert "event 2 was edited" in await journal.verify()


async def test_two_consoles_write_one_journal_without_losing_a_row(tmp_path, still):
    async def console(name: str) -> None:
        journal = Journal(tmp_path / "state" / "a.db", still, name)
        await journal.open("account-a")
        for number in range(25):
            await Purchases(journal).add(intent(still, f"{name}-{number}"), name, Baseline())
        await journal.close()

    await asyncio.gather(*(console(name) for name in ("amina", "karim", "lina")))
    journal = Journal(tmp_path / "state" / "a.db", still, "amina")
    await journal.open("account-a")
    assert len(await Purchases(journal).since(still.now() - timedelta(days=1))) == 75
    assert await journal.verify() == ""
    await journal.close()


async def test_consoles_that_begin_one_journal_at_the_same_moment_all_open_it(tmp_path, still):
    for number in range(10):
        path = tmp_path / str(number) / "a.db"
        journals = [Journal(path, still, f"desk {each}") for each in range(5)]
        await asyncio.gather(*(journal.open("account-a") for journal in journals))
        assert not any(journal.read_only for journal in journals)
        await asyncio.gather(*(journal.close() for journal in journals))


async def test_a_journal_of_another_account_is_refused(tmp_path, still):
    first = Journal(tmp_path / "state" / "a.db", still, "amina")
    await first.open("account-a")
    await first.close()
    second = Journal(tmp_path / "state" / "a.db", still, "amina")
    with pytest.raises(JournalFailed) as failed:
        await second.open("account-b")
    assert "another account" in failed.value.message
    await second.close()


async def test_a_journal_of_a_newer_version_is_refused_and_left_alone(tmp_path, still):
    path = tmp_path / "state" / "a.db"
    first = Journal(path, still, "amina")
    await first.open("account-a")
    await first.close()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 99")
    other.close()
    before = path.read_bytes()
    second = Journal(path, still, "amina")
    with pytest.raises(JournalFailed) as failed:
        await second.open("account-a")
    assert "newer carddesk" in failed.value.message
    await second.close()
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["header", "page", "text", "emptied"])
async def test_a_damaged_journal_is_moved_aside_and_buying_is_off(tmp_path, still, damage):
    path = tmp_path / "state" / "a.db"
    first = Journal(path, still, "amina")
    await first.open("account-a")
    await Purchases(first).add(intent(still), "owner", Baseline())
    await first.close()
    raw = bytearray(path.read_bytes())
    if damage == "header":
        raw[:16] = b"not a database!!"
    elif damage == "emptied":
        raw.clear()
    elif damage == "page":
        raw[4096:] = b"\xff" * len(raw[4096:])
    else:
        raw = bytearray(raw.replace(b"confirmed", b"CONFIRMED"))
    path.write_bytes(bytes(raw))
    path.chmod(0o600)
    second = Journal(path, still, "amina")
    await second.open("account-a")
    assert "damaged" in second.read_only
    assert len(location.damaged_copies(path)) == 1
    assert await Purchases(second).find("p1") is None
    await second.close()


def linked(path: Path) -> None:
    aside = path.with_suffix(".x")
    path.rename(aside)
    path.symlink_to(aside)


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda path: path.chmod(0o644), "chmod 600"),
        (lambda path: path.parent.chmod(0o777), "chmod 700"),
        (linked, "Move it away"),
    ],
)
async def test_an_unsafe_place_is_refused_with_the_way_to_repair_it(tmp_path, still, spoil, word):
    path = tmp_path / "state" / "a.db"
    first = Journal(path, still, "amina")
    await first.open("account-a")
    await first.close()
    spoil(path)
    second = Journal(path, still, "amina")
    with pytest.raises(JournalFailed) as failed:
        await second.open("account-a")
    assert word in failed.value.sentence()
    await second.close()


async def test_a_folder_that_is_a_file_is_one_sentence(tmp_path, still):
    (tmp_path / "state").write_text("")
    journal = Journal(tmp_path / "state" / "a.db", still, "amina")
    with pytest.raises(JournalFailed) as failed:
        await journal.open("account-a")
    assert "cannot be used" in failed.value.message or "not a folder" in failed.value.message
    await journal.close()


def test_a_network_file_system_is_recognised(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n")
    assert location.network_file_system(tmp_path / "state", mounts) == "nfs4"
    assert location.network_file_system(Path("/etc"), mounts) == ""


async def test_files_of_the_journal_are_private(journal, purchases, still):
    await purchases.add(intent(still), "owner", Baseline())
    modes = {path.name: path.stat().st_mode & 0o777 for path in journal.path.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700


async def test_an_outcome_in_the_emergency_file_is_carried_over(journal, purchases, still):
    await in_state(purchases, still, "p1", S.SENDING)
    journal.emergency.append(Outcome("p1", S.HANDLING, still.now(), "o1"))
    carried = await Recovery(journal, purchases, lambda _: {}).carry_over()
    assert ([p.id for p in carried.purchases], carried.sentences) == (["p1"], ())
    found = await purchases.find("p1")
    assert (found.state, found.order_id) == (S.HANDLING, "o1")
    assert journal.emergency.entries() == []


async def test_a_lease_is_held_by_one_and_taken_over_when_it_ran_out(journal, still):
    one, two = Known("one", "two", name="one"), Known("one", "two", name="two")
    assert await PollingLease(journal, one, 12).take()
    assert not await PollingLease(journal, two, 12).take()
    still.advance(13)
    assert await PollingLease(journal, two, 12).take()


async def test_a_lease_of_a_console_that_died_is_taken_over_at_once(journal):
    assert await PollingLease(journal, Known("one", name="one"), 12).take()
    assert await PollingLease(journal, Known("two", name="two"), 12).take()


async def test_a_console_that_is_cut_off_may_be_sending_until_its_deadline(purchases, still):
    await purchases.add(intent(still), "owner", Baseline())
    await purchases.move("p1", S.SENDING, "leaves", {}, evidence={"deadline": 60})
    recovery = Recovery(purchases._journal, purchases, lambda _: {})
    others = Known(may_be_cut_off=True)
    still.advance(60 + 29)
    assert await recovery.recover(others) == ()
    still.advance(2)
    assert [p.state for p in await recovery.recover(others)] == [S.UNRESOLVED]


async def test_tracked_orders_keep_what_a_later_answer_leaves_out(journal, still):
    tracked = TrackedOrders(journal)
    order = Order("o1", "HANDLING", 2, "prod", "type", still.now())
    await tracked.save([order])
    await tracked.save([Order("o1", "FULFILLED", 2, "", "", still.now(), 2, Decimal("9.5"))])
    [kept] = await journal.read(lambda tx: since(tx, still.now()))
    assert (kept.status, kept.product) == ("FULFILLED", "prod")
    assert kept.fulfilled_amount == Decimal("9.50")


async def test_a_journal_that_a_stopped_process_holds_is_one_sentence(journal, purchases, still):
    holder = sqlite3.connect(journal.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    await journal._in_thread(
        lambda: journal._engine._file.connection.execute("PRAGMA busy_timeout = 1")
    )
    with pytest.raises(JournalFailed) as failed:
        await purchases.add(intent(still), "owner", Baseline())
    assert "locked by another process" in failed.value.message
    holder.execute("ROLLBACK")
    holder.close()
    assert (await purchases.add(intent(still), "owner", Baseline())).id == "p1"
