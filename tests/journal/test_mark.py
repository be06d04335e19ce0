"""A journal that was moved while a console had it open."""

import pytest

from services.domain.errors import JournalFailed
from services.journal.mark import MOVED_TO


async def test_a_journal_moved_since_it_was_opened_takes_no_purchase(open_desk, pick):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        quote = await desk.quote(product.id, denomination.id, 1)
        journal = desk._opening.opened().journal
        await journal.write(lambda tx: tx.run("INSERT INTO meta VALUES (?, ?)", MOVED_TO, "db"))
        with pytest.raises(JournalFailed, match="was moved to db") as failed:
            await desk.buy(quote)
        assert failed.value.code == "JOURNAL_MOVED"
        assert await desk.journal.purchases() == ()
