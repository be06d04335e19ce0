"""An answer is never lost, whatever happens to the journal between sending and writing it down."""

import asyncio
import contextlib
import sqlite3

import pytest
from msgspec.structs import replace

from services.domain.errors import JournalFailed
from services.domain.models import Baseline, PurchaseState
from services.domain.outcome_not_saved import OutcomeNotSaved
from services.sandbox import Fault
from services.vendor.placement import Placement

S = PurchaseState


@pytest.fixture
def after_the_answer(monkeypatch):
    """Do something to a desk between the vendor's answer and the journal's commit."""

    def arranged(desk, happens, becomes=None):
        client = desk._opening.opened()._client
        real = client.place

        async def place(*values, **named):
            placement = await real(*values, **named)
            happens()
            return becomes or placement

        monkeypatch.setattr(client, "place", place)

    return arranged


async def quoted(desk, pick, quantity=2):
    product, denomination = await pick(desk)
    return await desk.quote(product.id, denomination.id, quantity)


async def impatient(journal):
    """Let the journal give up on a lock at once."""
    await journal._in_thread(
        lambda: journal._engine._file.connection.execute("PRAGMA busy_timeout = 1")
    )


@contextlib.contextmanager
def full_disk(journal, monkeypatch):
    """Refuse every commit and every record, as a disk without a free byte does."""

    def full(*_: object, **named: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(journal._engine, "transaction", full)
        disk.setattr(journal.emergency, "append", full)
        yield disk


@pytest.mark.parametrize(
    ("answered", "state", "money", "code"),
    [(True, S.HANDLING, "yes", 7), (False, S.UNRESOLVED, "unknown", 4)],
)
async def test_a_journal_that_is_locked_after_the_answer_gets_it_later(
    open_desk, pick, market, after_the_answer, answered, state, money, code
):
    async with open_desk() as desk:
        account = desk._opening.opened()
        quote = await quoted(desk, pick)
        await impatient(account.journal)
        holder = sqlite3.connect(account.journal.path, isolation_level=None)
        after_the_answer(desk, lambda: holder.execute("BEGIN EXCLUSIVE"))
        if not answered:
            market.faults.add(Fault("reset", endpoint="placeOrder", phase="after"))
        with pytest.raises(OutcomeNotSaved) as failed:
            await desk.buy(quote)
        order_id = market.posts[0].order_id
        assert (failed.value.money, failed.value.exit_code) == (money, code)
        assert failed.value.code == "JOURNAL_LOCKED"
        assert "locked" in failed.value.sentence()
        assert (order_id in failed.value.sentence()) == answered
        [entry] = account.journal.emergency.entries()
        assert (entry.outcome.state, bool(entry.outcome.order_id)) == (state, answered)
        holder.execute("ROLLBACK")
        holder.close()
        assert await account.purchasing.write_pending() == 0
        [purchase] = await desk.journal.purchases()
        assert (purchase.state, purchase.order_id) == (state, order_id if answered else "")
        await account.recover()
        assert account.journal.emergency.entries() == []


async def test_the_next_start_carries_a_locked_out_order_over(
    open_desk, pick, market, after_the_answer
):
    async with open_desk() as desk:
        journal = desk._opening.opened().journal
        quote = await quoted(desk, pick)
        await impatient(journal)
        holder = sqlite3.connect(journal.path, isolation_level=None)
        after_the_answer(desk, lambda: holder.execute("BEGIN EXCLUSIVE"))
        with pytest.raises(OutcomeNotSaved) as failed:
            await desk.buy(quote)
        assert "the next start writes it down" in failed.value.sentence()
    holder.close()
    async with open_desk() as desk:
        [purchase] = await desk.journal.purchases()
        assert (purchase.state, purchase.order_id) == (S.HANDLING, market.posts[0].order_id)


async def test_an_outcome_that_nothing_takes_is_kept_and_says_that_nothing_holds_it(
    open_desk, pick, market, after_the_answer, monkeypatch
):
    async with open_desk() as desk:
        account = desk._opening.opened()
        quote = await quoted(desk, pick)
        with contextlib.ExitStack() as stack:
            after_the_answer(
                desk, lambda: stack.enter_context(full_disk(account.journal, monkeypatch))
            )
            with pytest.raises(OutcomeNotSaved) as failed:
                await desk.buy(quote)
            assert "Nothing but these lines holds it" in failed.value.sentence()
            assert "Free disk space" not in failed.value.sentence()
            assert failed.value.purchase.order_id == market.posts[0].order_id
            assert await account.purchasing.write_pending() == 1
        assert await account.purchasing.write_pending() == 0
        assert (await desk.journal.purchases())[0].order_id == market.posts[0].order_id


async def test_leaving_writes_what_was_not_written(
    open_desk, pick, market, after_the_answer, monkeypatch
):
    async with open_desk() as desk:
        journal = desk._opening.opened().journal
        quote = await quoted(desk, pick)
        with contextlib.ExitStack() as stack:
            after_the_answer(desk, lambda: stack.enter_context(full_disk(journal, monkeypatch)))
            with pytest.raises(OutcomeNotSaved):
                await desk.buy(quote)
    async with open_desk() as desk:
        assert (await desk.journal.purchases())[0].order_id == market.posts[0].order_id


async def test_the_ballast_is_freed_when_the_disk_is_full_and_made_again_for_the_next(
    open_desk, pick, market, after_the_answer, monkeypatch
):
    async with open_desk() as desk:
        journal = desk._opening.opened().journal
        ballast = journal.path.with_name(journal.path.name + ".ballast")
        quote = await quoted(desk, pick)
        real = journal._engine.transaction

        def until_there_is_room(work, **named):
            if ballast.exists():
                raise sqlite3.OperationalError("database or disk is full")
            return real(work, **named)

        after_the_answer(
            desk, lambda: monkeypatch.setattr(journal._engine, "transaction", until_there_is_room)
        )
        purchase = await desk.buy(quote)
        assert purchase.state is S.HANDLING
        assert not ballast.exists()
        monkeypatch.undo()
        await desk.buy(await quoted(desk, pick, 1))
        assert ballast.stat().st_size > 0


async def test_one_outcome_that_is_known_by_now_does_not_lose_the_others(
    open_desk, pick, market, after_the_answer, monkeypatch
):
    async with open_desk() as desk:
        account = desk._opening.opened()
        quotes = [await quoted(desk, pick, quantity) for quantity in (1, 2)]
        stacks = []
        after_the_answer(
            desk, lambda: stacks[-1].enter_context(full_disk(account.journal, monkeypatch))
        )
        for quote in quotes:
            stacks.append(contextlib.ExitStack())
            with stacks[-1], pytest.raises(OutcomeNotSaved):
                await desk.buy(quote)
        first = await desk.journal.purchase((await desk.journal.purchases())[-1].id)
        order_id = market.posts[0].order_id
        await account.purchases.move(first.id, S.HANDLING, "by hand", {"order_id": order_id})
        assert await account.purchasing.write_pending() == 0
        assert {p.order_id for p in await desk.journal.purchases()} == {
            p.order_id for p in market.posts
        }


@pytest.mark.parametrize("known", ["baseline", "seen", "bound"])
async def test_an_answer_that_names_an_older_order_is_no_answer(
    open_desk, pick, market, leaping, after_the_answer, known
):
    async with open_desk() as desk:
        account = desk._opening.opened()
        product, denomination = await pick(desk)
        if known == "bound":
            old = (await desk.buy(await desk.quote(product.id, denomination.id, 1))).order_id
        else:
            old = market.foreign_order(product.id, denomination.id, 2)
        if known == "seen":
            await account.board.tracker.tick()
            leaping.advance(5)
            for _ in range(101):
                market.foreign_order(product.id, denomination.id, 1)
        leaping.advance(5)
        named = Placement("HANDLING", sent=True, order_id=old, http_status=200)
        after_the_answer(desk, lambda: None, named)
        purchase = await desk.buy(await desk.quote(product.id, denomination.id, 2))
        assert purchase.state is S.UNRESOLVED
        assert "known already" in purchase.error.message
        assert purchase.next_check_at is not None


async def test_the_events_of_a_purchase_say_what_was_seen(open_desk, pick, market):
    async with open_desk() as desk:
        bought = await desk.buy(await quoted(desk, pick, 1))
        events = {event.to_state: event.evidence for event in await desk.journal.events(bought.id)}
        assert '"orders_before"' in events["SENDING"]
        assert '"http_status":200' in events["HANDLING"]
        assert bought.request_id
        assert bought.request_id in events["HANDLING"]
        market.faults.add(Fault("http500", endpoint="placeOrder", phase="after"))
        lost = await desk.buy(await quoted(desk, pick, 2))
        events = {event.to_state: event.evidence for event in await desk.journal.events(lost.id)}
        assert '"http_status":500' in events["UNRESOLVED"]


@pytest.mark.parametrize("fate", ["moved", "deleted"])
async def test_a_journal_that_is_no_longer_in_its_place_sends_nothing(
    open_desk, pick, market, fate
):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        path = desk._opening.opened().journal.path
        path.rename(path.with_name("elsewhere")) if fate == "moved" else path.unlink()
        with pytest.raises(JournalFailed) as failed:
            await desk.buy(quote)
        assert failed.value.code == "JOURNAL_MOVED"
        assert not market.posts


async def test_too_little_room_on_the_disk_is_refused_before_anything_is_written(
    open_desk, pick, market, monkeypatch
):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        monkeypatch.setattr("services.journal.location.ROOM_BYTES", 1 << 60)
        with pytest.raises(Exception, match="nearly full") as refused:
            await desk.buy(quote)
        assert refused.value.code == "DISK_SPACE"
        assert await desk.journal.purchases() == ()
        assert not market.posts


@pytest.mark.parametrize(("slow", "reads"), [(1, 2), (9, 2)])
async def test_a_baseline_older_than_ten_seconds_is_read_again_and_then_refused(
    open_desk, pick, market, leaping, monkeypatch, slow, reads
):
    async with open_desk() as desk:
        quote = await quoted(desk, pick)
        client = desk._opening.opened()._client
        real, asked = client.orders, 0

        async def orders(**named):
            nonlocal asked
            asked += 1
            if asked <= slow:
                leaping.advance(11)
            return await real(**named)

        monkeypatch.setattr(client, "orders", orders)
        if slow < reads:
            assert (await desk.buy(quote)).state is S.HANDLING
        else:
            with pytest.raises(Exception, match="too old") as refused:
                await desk.buy(quote)
            assert refused.value.code == "BASELINE_OLD"
            assert not market.posts
        assert asked == reads


async def test_a_purchase_whose_caller_is_gone_is_still_written(open_desk, pick, market):
    async with open_desk() as desk:
        buying = asyncio.ensure_future(desk.buy(await quoted(desk, pick)))
        await asyncio.sleep(0)
        buying.cancel()
        await asyncio.gather(buying, return_exceptions=True)
    async with open_desk() as desk:
        [purchase] = await desk.journal.purchases()
        assert purchase.order_id == market.posts[0].order_id


async def moved_by_another(account, purchase_id, *states):
    """Take a purchase further, as another host does that takes this one for dead."""
    for state in states:
        await account.purchases.move(purchase_id, state, "its console was cut off", {})


@pytest.fixture
def cut_off(open_desk, pick, market, monkeypatch):
    """Buy while another host takes the purchase further before the answer is written."""

    @contextlib.asynccontextmanager
    async def arranged(*states, bound=False):
        async with open_desk() as desk:
            account = desk._opening.opened()
            quote = await quoted(desk, pick)
            client, real = account._client, account._client.place

            async def place(*values, **named):
                placement = await real(*values, **named)
                [purchase] = await account.purchases.live()
                await moved_by_another(account, purchase.id, *states)
                if bound:
                    other = await account.purchases.add(
                        replace(purchase, id="p-other", idempotency_key="other"), "b", Baseline()
                    )
                    await moved_by_another(account, other.id, S.NOT_SENT)
                    await account.journal.write(
                        lambda tx: tx.run(
                            "UPDATE purchases SET order_id = ? WHERE id = ?",
                            placement.order_id,
                            "p-other",
                        )
                    )
                return placement

            monkeypatch.setattr(client, "place", place)
            yield await desk.buy(quote), market.posts[0].order_id

    return arranged


async def test_a_host_that_was_cut_off_brings_its_order_back(cut_off):
    async with cut_off(S.UNRESOLVED) as (purchase, order_id):
        assert (purchase.state, purchase.order_id, purchase.late) == (S.HANDLING, order_id, False)
        assert purchase.next_check_at is None


async def test_an_order_of_what_was_taken_for_not_placed_is_late(cut_off):
    async with cut_off(S.UNRESOLVED, S.NOT_PLACED) as (purchase, order_id):
        assert (purchase.state, purchase.order_id) == (S.HANDLING, order_id)
        assert purchase.late
        assert not purchase.acknowledged


async def test_an_order_that_another_purchase_holds_is_for_a_person(cut_off):
    async with cut_off(S.UNRESOLVED, S.NOT_PLACED, bound=True) as (purchase, order_id):
        assert (purchase.state, purchase.order_id) == (S.NOT_PLACED, "")
        assert (purchase.late, purchase.candidates) == (True, (order_id,))
