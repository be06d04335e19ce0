"""The text for a customer: three languages, a template of one's own, and the card as it is."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from services.domain import receipt
from services.domain.book import BoardOrder
from services.domain.models import Card
from services.domain.money import Prices
from services.domain.secrets import MASK, Secret
from services.domain.text import clean

ORDER = BoardOrder(
    row_id="6b05",
    order_id="6b059cb77902699be4000002",
    state="FULFILLED",
    product=clean("Netflix"),
    denomination=clean("200 TRY"),
    quantity=2,
    time=datetime(2026, 3, 1, tzinfo=UTC),
    mine=True,
    note=clean("for Yacine"),
)


def card(value: str = "AAAA-1111", serial: str = "S-1") -> Card:
    return Card(Secret(value), Secret(serial))


def written(template: str, *cards: Card, order: BoardOrder = ORDER) -> str:
    return receipt.whole(template, order, cards).reveal()


@pytest.mark.parametrize("language", receipt.LANGUAGES)
def test_each_language_says_all_there_is(language: str) -> None:
    text = written(receipt.BUILT_IN[language], card())
    for fact in ("Netflix 200 TRY", "AAAA-1111", "S-1", ORDER.order_id):
        assert fact in text
    # What one desk notes is not meant for the customer.
    assert "for Yacine" not in text
    assert receipt.check(receipt.BUILT_IN[language])


@pytest.mark.parametrize("language", receipt.LANGUAGES)
def test_the_region_is_beside_the_product(language: str) -> None:
    order = replace(ORDER, region=clean("Türkiye"))
    assert "Netflix 200 TRY, Türkiye" in written(receipt.BUILT_IN[language], card(), order=order)
    named = replace(order, product=clean("Netflix Türkiye"))
    text = written(receipt.BUILT_IN[language], card(), order=named)
    assert text.count("Türkiye") == 1


@pytest.mark.parametrize("language", receipt.LANGUAGES)
def test_what_is_not_there_leaves_no_line(language: str) -> None:
    full = written(receipt.BUILT_IN[language], card()).splitlines()
    less = written(receipt.BUILT_IN[language], card(serial="")).splitlines()
    assert len(less) == len(full) - (2 if language == "ar" else 1)
    assert all(line.strip() for line in less)


def test_beside_arabic_words_a_card_has_a_line_of_its_own() -> None:
    lines = written(receipt.BUILT_IN["ar"], card()).splitlines()
    assert "AAAA-1111" in lines
    assert "S-1" in lines


def test_the_card_is_as_the_vendor_sent_it() -> None:
    odd = r" {serial} \1 \n" + "\u202e\x1b[31m A  "
    assert written("{code}", card(odd)) == odd
    assert written("Code: {code} {note}", card("A "), order=ORDER) == "Code: A  for Yacine"


@pytest.mark.parametrize("language", receipt.LANGUAGES)
def test_many_cards_are_one_heading_and_numbered_lines(language: str) -> None:
    cards = [card(f"CODE-{number}", f"S-{number}") for number in range(1, 51)]
    lines = written(receipt.BUILT_IN[language], *cards).splitlines()
    assert [line for line in lines if "CODE-" in line] == [
        f"{number}. CODE-{number}   S-{number}" for number in range(1, 51)
    ]
    assert sum("Netflix" in line for line in lines) == 1
    assert sum(ORDER.order_id in line for line in lines) == 1


@pytest.mark.parametrize("language", receipt.LANGUAGES)
def test_the_hint_is_in_the_text_once_below_the_cards(language: str) -> None:
    hint = "Redeem it at netflix.com/redeem"
    cards = [card("A"), card("B")]
    text = receipt.whole(receipt.BUILT_IN[language], ORDER, cards, hint=hint).reveal()
    assert text.splitlines()[-1] == hint
    assert text.count(hint) == 1
    assert ORDER.note not in text
    assert hint in receipt.masked(receipt.BUILT_IN[language], ORDER, cards, hint=hint)


def test_ones_own_template_may_name_region_and_hint() -> None:
    order = replace(ORDER, region=clean("Türkiye"))
    own = receipt.check("{region}: {code}\n{hint}")
    assert receipt.whole(own, order, [card("A")], hint="Use it soon").reveal() == (
        "Türkiye: A\nUse it soon"
    )
    assert receipt.whole(own, order, [card("A")]).reveal() == "Türkiye: A"


def test_numbered_cards_without_a_serial_end_with_the_code() -> None:
    lines = written(receipt.BUILT_IN["en"], card("A ", ""), card("B", "")).splitlines()
    assert lines[1:4] == ["Codes:", "1. A ", "2. B"]


def test_further_fields_follow_their_numbered_card() -> None:
    more = ((clean("pin"), Secret("0042")),)
    lines = written(receipt.BUILT_IN["en"], replace(card("A"), more=more), card("B")).splitlines()
    assert lines[2:5] == ["1. A   S-1", "pin: 0042", "2. B   S-1"]


def test_ones_own_template_repeats_the_lines_of_the_card_alone() -> None:
    own = "{product}\nCode: {code}\nSerial: {serial}\nThank you"
    text = written(own, card("A", ""), card("B"))
    assert text == "Netflix\nCode: A\n\nCode: B\nSerial: S-1\nThank you"
    assert written("{code}", card("A"), card("B")) == "A\nB"


def test_a_label_above_the_code_is_repeated_with_it() -> None:
    assert written("Hello\nCode:\n{code}", card("A"), card("B")) == "Hello\nCode:\nA\n\nCode:\nB"


def test_the_blank_before_what_is_empty_goes_with_it() -> None:
    nameless = replace(ORDER, denomination=clean(""))
    assert written("{product} {denomination}\n{code}", card("A"), order=nameless) == "Netflix\nA"


def test_what_is_looked_at_never_holds_the_card() -> None:
    shown = receipt.masked(receipt.BUILT_IN["en"], ORDER, [Card(Secret("A"), Secret("S"))])
    assert shown.count(MASK) == 2
    assert "Serial" not in receipt.masked(
        receipt.BUILT_IN["en"], ORDER, [Card(Secret("A"), Secret(""))]
    )


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{cod}", "the nearest is {code}"),
        ("{code", "a brace that belongs to no field"),
        ("{code} {}", "it has no field {}"),
        ("{serial}", "gives the customer no {code}"),
        ("{{code}}", "a brace that belongs to no field"),
        ("{0.__class__} {code}", "it has no field"),
    ],
)
def test_a_template_that_cannot_be_used_is_refused_in_words(template: str, words: str) -> None:
    with pytest.raises(ValueError, match="it ") as refused:
        receipt.check(template)
    assert words in str(refused.value)


def test_a_template_may_be_written_on_one_line() -> None:
    assert receipt.check(r"Voici : {code}\nMerci") == "Voici : {code}\nMerci"
    assert receipt.check("") == ""


def test_ones_own_template_comes_first_and_the_languages_after_it() -> None:
    assert list(receipt.choices("{code}")) == ["own", "fr", "ar", "en"]
    assert list(receipt.choices("")) == ["fr", "ar", "en"]


@pytest.mark.parametrize("language", receipt.LANGUAGES)
def test_further_fields_follow_with_their_names(language: str) -> None:
    more = ((clean("pin"), Secret("0042")), (clean("url"), Secret("https://redeem.example/1")))
    lines = written(receipt.BUILT_IN[language], replace(card(), more=more)).splitlines()
    at = lines.index("pin: 0042")
    assert lines[at + 1] == "url: https://redeem.example/1"
    assert "S-1" in lines[at - 1]
    shown = receipt.masked(receipt.BUILT_IN[language], ORDER, [replace(card(), more=more)])
    assert f"pin: {MASK}" in shown
    assert "0042" not in shown


def test_a_text_of_ones_own_says_what_the_customer_pays() -> None:
    order = replace(ORDER, quantity=2, fulfilled_quantity=2, total=Decimal(1000), price=None)
    prices = Prices(Decimal(20), 50)
    template = receipt.check("{product}\n{code}\nPrix : {price}")
    paid = receipt.price_of(order, 1, prices)
    assert receipt.whole(template, order, [card()], paid).reveal().endswith("Prix : 600 DZD")
    assert receipt.price_of(replace(order, total=None), 1, prices) == ""
    assert "Prix" not in receipt.whole(template, order, [card()]).reveal()
