"""Looking an order up: every name it has, the vendor where the journal does not know."""

import pytest

from services.domain.errors import BadInput
from services.domain.models import PurchaseState
from services.journal import search
from services.sandbox import Fault
from tests.reports.conftest import Counter

pytestmark = pytest.mark.both_engines


async def found(counter: Counter, text: str) -> dict[str, tuple[str, ...]]:
    """Return what is found by order id, else purchase id, with what it was found by."""
    read = await counter.desk.support.find(text)
    return {hit.row.order_id or hit.row.purchase_id: hit.by for hit in read.hits}


async def test_a_purchase_is_found_by_each_of_its_names(counter: Counter) -> None:
    sold = await counter.sell(2, "for Yacine 0555 12 34 56")
    await counter.sell(1, "for Karim")
    mine = sold.order_id
    assert await found(counter, mine) == {mine: ("order id",)}
    assert await found(counter, sold.id) == {mine: ("purchase id",)}
    assert await found(counter, sold.idempotency_key) == {mine: ("key",)}
    assert await found(counter, sold.request_id) == {mine: ("request id",)}
    assert await found(counter, f"...{mine[-6:].upper()}") == {mine: ("last digits",)}
    assert await found(counter, mine[-4:]) == {mine: ("last digits",)}
    assert await found(counter, "yac for") == {mine: ("note",)}
    assert await found(counter, "0555123456") == {mine: ("note",)}
    assert await found(counter, "nobody") == {}
    assert await found(counter, mine[:6]) == {}
    assert len(await found(counter, "for")) == 2


async def test_a_changed_note_is_found_by_its_new_words_only(counter: Counter) -> None:
    sold = await counter.sell(1, "for Yacine, cash")
    await counter.desk.journal.set_note(sold.id, "for Lina, cash")
    assert await found(counter, "yacine") == {}
    assert await found(counter, "lina cash") == {sold.order_id: ("note",)}
    await counter.desk.journal.set_note(sold.id, "")
    assert await found(counter, "cash") == {}


async def test_a_caller_who_gives_a_key_finds_it_again(counter: Counter) -> None:
    bought = await counter.buy(1, idempotency_key="sale-77")
    assert await found(counter, "sale-77") == {bought.order_id: ("key",)}


async def test_a_purchase_without_an_order_is_found_too(counter: Counter) -> None:
    counter.box.faults.add(Fault.parse("reset@placeOrder:before"))
    lost = await counter.buy(1, "for Omar")
    assert lost.state is PurchaseState.UNRESOLVED
    read = await counter.desk.support.find("omar")
    assert [(hit.row.row_id, hit.row.state) for hit in read.hits] == [(lost.id, "UNRESOLVED")]
    counter.box.faults.add(Fault.parse("ratelimit@placeOrder"))
    refused = await counter.buy(2)
    assert refused.state is PurchaseState.REFUSED
    assert refused.request_id
    assert await found(counter, refused.request_id) == {refused.id: ("request id",)}


async def test_an_id_that_the_journal_does_not_know_is_asked_of_the_vendor(
    counter: Counter,
) -> None:
    theirs = counter.foreign(3)
    before = counter.box.requests["GET", "checkOrder"]
    read = await counter.desk.support.find(theirs)
    [hit] = read.hits
    assert (hit.by, hit.row.order_id, hit.row.mine) == (("order id",), theirs, False)
    assert (hit.row.state, hit.row.product) == ("FULFILLED", "PUBG Mobile UC")
    assert counter.box.requests["GET", "checkOrder"] == before + 1
    assert await found(counter, "65f0a1b2c3d4e5f60718293a") == {}
    sold = await counter.sell()
    before = counter.box.requests["GET", "checkOrder"]
    for known in (sold.order_id, sold.id, "for Yacine", sold.order_id[-5:], sold.request_id):
        await counter.desk.support.find(known)
    assert counter.box.requests["GET", "checkOrder"] == before


async def test_a_vendor_that_is_down_leaves_what_the_journal_holds(counter: Counter) -> None:
    sold = await counter.sell(1, "for Yacine")
    theirs = counter.foreign()
    counter.box.faults.add(Fault("http503", endpoint="list", times=0))
    counter.box.faults.add(Fault("http503", endpoint="checkOrder", times=0))
    read = await counter.desk.support.find("today")
    assert [hit.row.order_id for hit in read.hits] == [sold.order_id]
    assert "could not be asked" in str(read.said[0])
    read = await counter.desk.support.find(theirs)
    assert read.hits == ()
    assert "could not be asked" in str(read.said[0])


async def test_the_journals_part_is_there_before_the_vendor_is_asked(counter: Counter) -> None:
    sold = await counter.sell(1, "for Yacine")
    theirs = counter.foreign()
    before = sum(counter.box.requests.values())
    day = await counter.desk.support.find("today", ask=False)
    assert ([hit.row.order_id for hit in day.hits], day.partial) == ([sold.order_id], True)
    unknown = await counter.desk.support.find(theirs, ask=False)
    assert (unknown.hits, unknown.partial) == ((), True)
    for text in ("yacine", sold.order_id, sold.order_id[-6:]):
        found = await counter.desk.support.find(text, ask=False)
        assert (len(found.hits), found.partial) == (1, False)
    assert sum(counter.box.requests.values()) == before


async def test_a_day_holds_our_purchases_and_every_order_of_the_account(counter: Counter) -> None:
    sold = await counter.sell(2, "for Yacine")
    counter.clock.advance(3 * 3600)
    theirs = counter.foreign(3)
    read = await counter.desk.support.find("today")
    assert [(hit.row.order_id, hit.row.mine) for hit in read.hits] == [
        (theirs, False),
        (sold.order_id, True),
    ]
    assert await found(counter, "yesterday") == {}
    at = sold.created_at.astimezone()
    assert await found(counter, f"today {at:%H:%M}") == {sold.order_id: ("date",)}
    assert await found(counter, "today yacine") == {sold.order_id: ("date",)}
    assert await found(counter, "today pubg") == {theirs: ("date",), sold.order_id: ("date",)}
    assert await found(counter, "today amina") == {sold.order_id: ("date",)}


async def test_a_word_of_many_notes_finds_the_newest_and_says_that_there_are_more(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW_WORDS", 2)
    monkeypatch.setattr(search, "LOOKED_THROUGH", 3)
    sold = [await counter.sell(1, f"paid number {n}") for n in range(4)]
    read = await counter.desk.support.find("paid")
    assert [hit.row.order_id for hit in read.hits] == [s.order_id for s in reversed(sold[1:])]
    assert "may be more" in str(read.said[0])
    read = await counter.desk.support.find("paid 0")
    assert [hit.row.order_id for hit in read.hits] == [sold[0].order_id]
    assert read.said == ()
    await counter.desk.journal.set_note(sold[0].id, "paid number 0, pa")
    read = await counter.desk.support.find("pa")
    assert [hit.row.order_id for hit in read.hits] == [sold[0].order_id]
    assert "may be more" in str(read.said[0])


async def test_what_means_nothing_is_refused_before_anything_is_asked(counter: Counter) -> None:
    before = sum(counter.box.requests.values())
    for text in ("", "31/2", "serial:SANDBOX-1"):
        with pytest.raises(BadInput):
            await counter.desk.support.find(text)
    assert sum(counter.box.requests.values()) == before


async def test_signs_that_mean_something_to_a_query_are_only_text(counter: Counter) -> None:
    await counter.sell(1, "for Yacine")
    for text in ("%", "_", "%%%%", "____", "' OR 1=1 --", "*", '"', "[a-z]*", "x\x00y"):
        assert await found(counter, text) == {}, text
