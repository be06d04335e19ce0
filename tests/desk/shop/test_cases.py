"""Cases on cards that do not work: opened, noted, closed, on the board, never with a code."""

from datetime import date, timedelta

import pytest

from services.domain.errors import BadInput, NotFound, Refused, Unavailable
from services.domain.models import Card
from services.domain.secrets import Secret
from services.domain.shop import case as rules
from services.journal.shop import cases
from services.sandbox import Fault
from tests.reports.conftest import Counter, OpenCounter

pytestmark = pytest.mark.both_engines

TODAY = date(2026, 11, 28)


async def code_of(counter: Counter, order_id: str, card: int = 0) -> Card:
    return (await counter.desk.orders.reveal(order_id, card))[0]


def on_board(counter: Counter, order_id: str) -> int:
    return next(row.cases for row in counter.desk.book.orders if row.order_id == order_id)


async def test_a_case_lives_from_the_word_to_its_outcome(counter: Counter) -> None:
    sold = await counter.sell(2, "karim")
    desk = counter.desk.cases
    opened = await desk.open(sold.order_id, 1, "used", due=desk.today + timedelta(days=3))
    assert (opened.case.number, opened.case.reason) == (1, "the code was used already")
    assert (opened.which, opened.customer) == ("card 2 of 2", "karim")
    assert on_board(counter, sold.order_id) == 1
    counter.clock.advance(2 * 86_400)
    await desk.note(1, "they ask for a picture", ticket="4711")
    [listed] = await desk.listed()
    assert (listed.case.ticket, listed.case.days(counter.clock.now())) == ("4711", 2)
    assert not listed.case.overdue(counter.clock.now())
    assert listed.case.overdue(counter.clock.now() + timedelta(days=3))
    closed = await desk.close(1, "replaced", "6b0c")
    assert closed.case.ended == "replaced by order 6b0c"
    assert (await desk.listed(), len(await desk.listed(closed=True))) == ((), 1)
    file = await desk.file(1)
    said = [(event.who, event.why) for event in file.row.case.notes(file.events)]
    assert said == [
        ("amina", "case 1 opened on card 2: the code was used already"),
        ("amina", "they ask for a picture"),
        ("amina", "case 1 closed: replaced by order 6b0c"),
    ]
    assert await counter.desk.journal.verify() == ""


async def test_one_card_has_one_open_case(counter: Counter) -> None:
    sold = await counter.sell(2)
    desk = counter.desk.cases
    await desk.open(sold.order_id, 0, "used")
    with pytest.raises(Refused, match="case 1"):
        await desk.open(sold.order_id, 0, "invalid")
    await desk.open(sold.order_id, 1, "invalid")
    assert on_board(counter, sold.order_id) == 2
    await desk.close(1, "refunded")
    assert on_board(counter, sold.order_id) == 1
    assert (await desk.open(sold.order_id, 0, "region")).case.number == 3


async def test_a_text_with_the_code_or_the_serial_is_refused(counter: Counter) -> None:
    sold = await counter.sell()
    card = await code_of(counter, sold.order_id)
    desk = counter.desk.cases
    code, serial = card.value.reveal(), card.serial.reveal()
    for text in (f"he typed {code.lower()}", f"serial {' '.join(serial)}"):
        with pytest.raises(Refused) as refused:
            await desk.open(sold.order_id, 0, text)
        assert refused.value.code == "CODE_IN_TEXT"
        assert code not in refused.value.sentence()
    await desk.open(sold.order_id, 0, "the customer is sure")
    for words, ticket in ((f"it is {code}", None), ("", code)):
        with pytest.raises(Refused):
            await desk.note(1, words, ticket)
    events = (await counter.desk.journal.audit()).events
    assert not any(code in f"{e.why}{e.evidence}" or serial in e.evidence for e in events)


async def test_the_text_for_the_vendor_names_the_card_and_no_code(counter: Counter) -> None:
    sold = await counter.sell(2)
    card = await code_of(counter, sold.order_id, 1)
    desk = counter.desk.cases
    await desk.open(sold.order_id, 1, "used", ticket="T-9")
    text = await desk.letter(1, "en")
    tail = rules.serial_tail(card)
    for words in (sold.order_id, "Card: 2 / 2", f"Serial ends in: …{tail}", sold.request_id, "T-9"):
        assert words in text
    assert card.value.reveal() not in text
    assert card.serial.reveal() not in text
    french = await desk.letter(1, "fr")
    assert f"Commande : {sold.order_id}" in french
    assert "le code a déjà été utilisé" in french
    counter.box.faults.add(Fault.parse("http503@checkOrder*0"))
    assert "Serial" not in await desk.letter(1, "en")


async def test_a_word_of_the_list_needs_no_vendor(counter: Counter) -> None:
    sold = await counter.sell()
    counter.box.faults.add(Fault.parse("http503@checkOrder*0"))
    with pytest.raises(Unavailable):
        await counter.desk.cases.open(sold.order_id, 0, "the customer says so")
    await counter.desk.cases.open(sold.order_id, 0, "invalid")


@pytest.mark.parametrize("card", [-1, 2, 99])
async def test_a_card_that_did_not_come_has_no_case(counter: Counter, card: int) -> None:
    sold = await counter.sell(2)
    with pytest.raises(Refused, match="2 came"):
        await counter.desk.cases.open(sold.order_id, card, "used")
    waiting = await counter.buy()
    with pytest.raises(Refused, match="0 came"):
        await counter.desk.cases.open(waiting.order_id, 0, "used")


async def test_another_desks_order_can_have_a_case(counter: Counter) -> None:
    theirs = counter.foreign(1)
    row = await counter.desk.cases.open(theirs, 0, "used")
    assert (row.case.order_id, row.case.purchase_id) == (theirs, "")


async def test_what_is_not_there_is_said(counter: Counter) -> None:
    desk = counter.desk.cases
    with pytest.raises(NotFound, match="knows nothing"):
        await desk.open("nothing", 0, "used")
    for call in (desk.note(7, "x"), desk.close(7, "refunded"), desk.file(7), desk.letter(7, "en")):
        with pytest.raises(NotFound, match="There is no case 7"):
            await call
    sold = await counter.sell()
    with pytest.raises(BadInput):
        await desk.open(sold.order_id, 0, " ")
    await desk.open(sold.order_id, 0, "used")
    with pytest.raises(BadInput):
        await desk.note(1, "")
    await desk.close(1, "refused")
    with pytest.raises(Refused, match="closed: refused"):
        await desk.note(1, "late")


async def test_a_console_beside_sees_the_mark_come_and_go(open_counter: OpenCounter) -> None:
    async with open_counter() as one, open_counter(operator="nadir") as other:
        sold = await one.sell()
        await one.desk.cases.open(sold.order_id, 0, "used")
        [row] = [o for o in await other.desk.orders.list() if o.order_id == sold.order_id]
        held = await other.desk._opening.opened().journal.read(cases.counts)
        assert held == {sold.order_id: 1}
        assert row.mine
    async with open_counter() as again:
        assert on_board(again, sold.order_id) == 1


def test_a_note_says_its_ticket_and_its_deadline() -> None:
    said = rules.read_note("Ticket 4711, until 5/12: sent the picture", TODAY)
    assert (said.ticket, said.due) == ("4711", date(2026, 12, 5))
    assert rules.read_note("they are slow", TODAY) == rules.CaseChange("they are slow")
    with pytest.raises(BadInput):
        rules.read_note("until 31/2", TODAY)


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("2026-12-05", date(2026, 12, 5)),
        ("5/12", date(2026, 12, 5)),
        ("1/2", date(2027, 2, 1)),
        ("+3", date(2026, 12, 1)),
        ("today", TODAY),
    ],
)
def test_a_deadline_is_the_next_day_of_that_name(word: str, day: date) -> None:
    assert rules.deadline(word, TODAY) == day


@pytest.mark.parametrize("word", ["2026-11-27", "yesterday", "soon", "40/1", "+", "27/11/2026"])
def test_a_day_that_is_over_is_no_deadline(word: str) -> None:
    with pytest.raises(BadInput):
        rules.deadline(word, TODAY)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("refunded", ("refunded", "")),
        ("refu", ("refunded", "")),
        ("replaced by order 6b0c", ("replaced", "6b0c")),
        ("Replaced 6b0c", ("replaced", "6b0c")),
        ("refus", ("refused", "")),
    ],
)
def test_an_outcome_is_read_from_a_few_words(text: str, read: tuple[str, str]) -> None:
    assert rules.read_outcome(text) == read


@pytest.mark.parametrize("text", ["", "lost", "replaced", "refunded 6b0c", "replaced a b"])
def test_another_outcome_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="A case ends"):
        rules.read_outcome(text)


def test_a_short_serial_has_no_tail() -> None:
    def card(serial: str) -> Card:
        return Card(Secret("CODE-1"), Secret(serial))

    assert rules.serial_tail(card("0041 7730 2215")) == "2215"
    assert rules.serial_tail(card("12-34")) == rules.serial_tail(card("")) == ""
