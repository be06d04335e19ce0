"""The file beside the journal that takes an outcome when the journal cannot."""

from services.emergency import Emergency
from services.journal import Journal
from services.models import PurchaseState

S = PurchaseState


def test_a_console_that_leaves_does_not_take_the_file_from_another(tmp_path):
    leaving, staying = Emergency(tmp_path / "a.db"), Emergency(tmp_path / "a.db")
    leaving.open()
    staying.open()
    leaving.close()
    staying.append({"purchase_id": "p1"})
    staying.close()
    assert Emergency(tmp_path / "a.db").records() == [{"purchase_id": "p1"}]


async def test_an_unanswered_purchase_from_the_file_is_looked_for(open_desk, pick, market, leaping):
    async with open_desk() as desk:
        account = desk._opening.opened()
        product, denomination = await pick(desk)
        purchase = await desk.buy(await desk.quote(product.id, denomination.id, 2))
        journal: Journal = account.journal
        await journal.write(
            lambda tx: tx.run("UPDATE purchases SET state = 'SENDING', order_id = NULL")
        )
        journal.emergency.append(
            {
                "purchase_id": purchase.id,
                "state": "UNRESOLVED",
                "order_id": "",
                "answered_at": "2026-03-01T09:00:00Z",
            }
        )
        await account.recover()
        found = await desk.purchase(purchase.id)
        assert found.state is S.UNRESOLVED
        assert found.next_look is not None
        assert found.decide_at is not None


async def test_one_outcome_that_is_known_by_now_does_not_lose_the_others(open_desk, pick, market):
    async with open_desk() as desk:
        account = desk._opening.opened()
        product, denomination = await pick(desk)
        done = await desk.buy(await desk.quote(product.id, denomination.id, 2))
        waiting = await desk.buy(await desk.quote(product.id, denomination.id, 1))
        await account.journal.write(
            lambda tx: tx.run(
                "UPDATE purchases SET state = 'SENDING', order_id = NULL WHERE id = ?", waiting.id
            )
        )
        facts = {"order_id": waiting.order_id, "status": "HANDLING"}
        account.purchasing._unwritten = [
            (done.id, S.HANDLING, "late", {"order_id": done.order_id}),
            (waiting.id, S.HANDLING, "late", facts),
        ]
        assert await account.purchasing.write_pending() == 0
        assert (await desk.purchase(waiting.id)).order_id == waiting.order_id
