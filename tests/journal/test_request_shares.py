"""The requests of a minute that consoles take from the journal, a block at a time."""

import pytest

from services.journal import request_shares
from services.journal.database import Journal
from services.journal.request_shares import COUNTS, LASTS, UsedBlock

pytestmark = pytest.mark.both_engines
KEY, ALLOWED = "a-fingerprint", 40


@pytest.fixture
async def journals(tmp_path, still):
    opened = [Journal(tmp_path / "state" / "a-production.db", still, n) for n in ("amina", "karim")]
    for journal in opened:
        await journal.open("account-a")
    yield opened
    for journal in opened:
        await journal.close()
        journal.consoles.end()


@pytest.fixture
def take(still):
    numbers = iter(range(1, 1_000))

    async def take(journal, needed=1, ahead=0, before=None, allowed=ALLOWED, key=KEY):
        still.advance(0.001)
        return await request_shares.take(
            journal, key, next(numbers), allowed=allowed, needed=needed, ahead=ahead,
            before=before or {},
        )  # fmt: skip

    return take


async def test_consoles_take_no_more_than_is_allowed_together(journals, take):
    one, two = journals
    assert (await take(one, 30)).slots == 30
    assert (await take(two, 10)).slots == 10
    refused = await take(two)
    assert refused.slots == 0
    assert (await take(two, allowed=60)).slots == 1
    assert (await take(two, key="another")).slots == 1


async def test_what_is_taken_counts_until_its_last_use_no_longer_does(journals, take, still):
    one, two = journals
    await take(one, ALLOWED)
    refused = await take(two)
    assert LASTS + COUNTS - 0.01 < refused.wait <= LASTS + COUNTS
    still.advance(refused.wait - 0.1)
    assert not (await take(two)).slots
    still.advance(0.1)
    assert (await take(two, ALLOWED)).slots == ALLOWED


async def test_what_was_not_used_is_given_back(journals, take, still):
    one, two = journals
    await take(one, ALLOWED)
    still.advance(10)
    await take(one, before={1: UsedBlock(4, 5.0)})
    assert (await take(two, 35)).slots == 35
    # The four were used five seconds ago: they count for so much less.
    still.advance(COUNTS - 5.0)
    assert (await take(two, 4)).slots == 4


async def test_a_console_takes_an_equal_part_of_what_is_left_ahead(journals, take):
    one, two = journals
    one.consoles.count = two.consoles.count = 2
    assert (await take(one, 1, ahead=5)).slots == 6
    assert (await take(two, 28)).slots == 28
    assert (await take(two, 2, ahead=5)).slots == 4
    assert (await take(one, 1, ahead=5)).slots == 1
