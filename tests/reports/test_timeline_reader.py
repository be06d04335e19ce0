"""The timeline of an order: everything that happened to it, in order, with who and how much."""

import re

import pytest

from services.domain.errors import NotFound, Unavailable
from services.domain.models import PurchaseState
from services.domain.phrase import quoted
from services.domain.timeline import Timeline, TimelineEntry
from services.sandbox import TEST_PARTIAL, Fault
from tests.reports.conftest import Counter, OpenCounter

S = PurchaseState


def entry_lines(timeline: Timeline) -> list[str]:
    return [entry.words() for entry in timeline.entries]


def about(timeline: Timeline, beginning: str) -> str:
    """Return the one entry that begins so."""
    [line] = [line for line in entry_lines(timeline) if line.startswith(beginning)]
    return line


async def test_a_sale_is_listed_from_the_quote_to_the_hand_over(counter: Counter) -> None:
    sold = await counter.sell(2, "for Yacine")
    await counter.desk.orders.reveal(sold.order_id, 0)
    await counter.desk.journal.record("copy", sold.order_id, "card 1")
    await counter.desk.journal.set_note(sold.id, "for Yacine, paid")
    await counter.desk.support.give(sold.order_id)
    timeline = await counter.desk.support.timeline(sold.id)
    lines = entry_lines(timeline)
    order = [
        "Quoted: price of a card", "Confirmed: total", "The request is sent",
        "The vendor accepted it: order", "Charged", "Every card came",
        "Revealed: card 1", "Copied: card 1", "The note was changed", "Handed over",
        "The vendor says now: FULFILLED",
    ]  # fmt: skip
    found = [next(n for n, line in enumerate(lines) if line.startswith(each)) for each in order]
    assert found == sorted(found)
    assert len(lines) == len(order)
    quoted = about(timeline, "Quoted")
    for part in (f"total {sold.total}", "balance 250 000 DZD", "in stock", "balance after"):
        assert part in quoted
    assert sold.request_id in about(timeline, "The vendor accepted it")
    assert "(balance 250 000 ->" in about(timeline, "Charged")
    who = {entry.what: entry.who for entry in timeline.entries if entry.who}
    assert who["Revealed"] == who["Handed over"] == who["Confirmed"] == "amina"
    times = [entry.at for entry in timeline.entries if entry.at]
    assert times == sorted(times)
    assert timeline.tell[0].startswith("Your 2 cards were handed over at ")
    assert timeline.gaps == ()
    for reference in (sold.order_id, sold.idempotency_key):
        assert entry_lines(await counter.desk.support.timeline(reference)) == lines


async def test_what_was_refunded_is_there_with_its_amounts(counter: Counter) -> None:
    part = counter.box.foreign_order(counter.product_id, TEST_PARTIAL, 4)
    counter.box.finish(part)
    timeline = await counter.desk.support.timeline(part)
    assert re.fullmatch(r"Charged [\d ,.]+ DZD \(balance .+ -> .+\)", about(timeline, "Charged"))
    assert "(balance " in about(timeline, "Refunded")
    ledger = [entry.what for entry in timeline.entries if entry.what in ("Charged", "Refunded")]
    assert ledger == ["Charged", "Refunded"]
    assert "2 of 4 cards came" in about(timeline, "The vendor says now: PARTIALLY_FILLED")
    assert about(timeline, "Placed by another desk").startswith("Placed by another desk: 4 x ")
    assert timeline.tell == (
        "2 of your 4 cards are ready.",
        "2 could not be supplied: you do not pay for them.",
    )


async def test_an_unanswered_purchase_tells_the_looks_and_how_it_was_settled(
    counter: Counter,
) -> None:
    counter.box.faults.add(Fault.parse("reset@placeOrder:before"))
    lost = await counter.buy(1)
    timeline = await counter.desk.support.timeline(lost.id)
    assert "NO_ANSWER" in about(timeline, "No clear answer")
    assert "we will know by" in about(timeline, "Not looked for at the vendor yet")
    assert "it will be decided by" in timeline.tell[0]
    while (await counter.desk.settlement.look_now(lost.id)).state is S.UNRESOLVED:
        counter.clock.advance(10)
    await counter.desk.settlement.acknowledge(lost.id)
    timeline = await counter.desk.support.timeline(lost.id)
    assert "full checks in a row" in about(timeline, "Looked for at the vendor")
    assert "no trace of it in" in about(timeline, "Settled as not placed")
    assert about(timeline, "Taken off") == "Taken off the list"
    assert timeline.tell[0] == "We checked: your order was not placed."
    assert not any("movement" in line for line in entry_lines(timeline)[-1:])


async def test_an_order_that_a_person_chose_says_who_chose_it(open_counter: OpenCounter) -> None:
    async with open_counter(exclusive=False) as counter:
        counter.box.faults.add(Fault.parse("reset@placeOrder:after"))
        lost = await counter.buy(1)
        asked = await counter.desk.settlement.look_now(lost.id)
        assert asked.state is S.AMBIGUOUS
        await counter.desk.settlement.claim(lost.id, asked.candidates[0])
        timeline = await counter.desk.support.timeline(lost.id)
        assert asked.candidates[0] in about(timeline, "Orders were found")
        [bound] = [e for e in timeline.entries if e.what.startswith("An order was found")]
        assert bound.who == "amina"
        assert asked.candidates[0] in bound.words()


async def test_a_refusal_tells_its_code_and_request(counter: Counter) -> None:
    counter.box.faults.add(Fault.parse("ratelimit@placeOrder"))
    refused = await counter.buy(1)
    assert refused.state is S.REFUSED
    line = about(await counter.desk.support.timeline(refused.id), "The vendor refused")
    assert refused.error is not None
    assert refused.error.code in line
    assert f"requestId {refused.request_id}" in line


async def test_without_the_vendor_the_journals_part_is_listed_and_the_gap_said(
    counter: Counter,
) -> None:
    sold = await counter.sell()
    counter.box.faults.add(Fault("http503", times=0))
    timeline = await counter.desk.support.timeline(sold.id)
    assert about(timeline, "Every card came")
    assert "could not be asked" in str(timeline.gaps[0])
    assert not any("vendor says now" in line for line in entry_lines(timeline))
    assert timeline.tell == ("Your card is ready.",)
    counter.box.faults.clear()
    before = sum(counter.box.requests.values())
    quiet = await counter.desk.support.timeline(sold.id, ask=False)
    assert quiet.gaps == ()
    assert sum(counter.box.requests.values()) == before


async def test_an_absent_movement_is_said(counter: Counter) -> None:
    sold = await counter.sell()
    counter.box._world._state.transactions.clear()
    line = about(
        await counter.desk.support.timeline(sold.id), "No movement of the account names this order"
    )
    assert " to " in line


async def test_an_unknown_order_has_no_timeline(counter: Counter) -> None:
    with pytest.raises(NotFound):
        await counter.desk.support.timeline("65f0a1b2c3d4e5f60718293a")
    with pytest.raises(NotFound):
        await counter.desk.support.timeline("65f0a1b2c3d4e5f60718293a", ask=False)
    counter.box.faults.add(Fault("http503", times=0))
    with pytest.raises(Unavailable):
        await counter.desk.support.timeline("65f0a1b2c3d4e5f60718293a")


async def test_privacy_hides_every_amount_of_a_timeline(counter: Counter) -> None:
    sold = await counter.sell(2)
    timeline = await counter.desk.support.timeline(sold.id)
    hidden = " ".join(" ".join(entry.pieces(privacy=True)) for entry in timeline.entries)
    assert "••••••" in hidden
    for amount in (str(sold.total), str(sold.unit_price), "250 000"):
        assert amount in " ".join(entry_lines(timeline))
        assert amount not in hidden
    why = TimelineEntry(
        None, "Refused", facts=(quoted("too low: 48 250.50 DZD needed, 12 DZD there"),)
    )
    assert " ".join(why.pieces(privacy=True)) == (
        "Refused: too low: •••••• DZD needed, •••••• DZD there"
    )
