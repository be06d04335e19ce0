"""Phrases: what a person reads, with amounts that can be masked without reading the words."""

from decimal import Decimal

import pytest

from services.domain.phrase import EMPTY, Phrase, Quoted, cleaned, joined, phrase, plain, quoted
from services.domain.secrets import MASK


def test_an_amount_is_shown_or_masked() -> None:
    spent = phrase("{spent} DZD of {most} DZD spent", spent=Decimal(980), most=Decimal("48250.50"))
    assert str(spent) == "980 DZD of 48 250.50 DZD spent"
    assert spent.hidden() == f"{MASK} DZD of {MASK} DZD spent"


def test_a_phrase_keeps_its_pieces_inside_another() -> None:
    why = phrase("{left} DZD are missing", left=Decimal(5))
    said = phrase("{count} orders: {why}.", count=12, why=why)
    assert str(said) == "12 orders: 5 DZD are missing."
    assert said.hidden() == f"12 orders: {MASK} DZD are missing."


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("balance 1 234.50, need 2.000,75 DA", f"balance {MASK}, need {MASK} DA"),
        ("\u0661\u0662\u0663 \u062f\u062c", f"{MASK} \u062f\u062c"),
        ("no number", "no number"),
    ],
)
def test_every_number_of_quoted_text_is_masked(text: str, hidden: str) -> None:
    assert quoted(text).hidden() == hidden
    assert str(quoted(text)) == text
    assert plain(text).hidden() == text


def test_text_with_braces_stays_as_it_is() -> None:
    assert str(phrase("{said}.", said=Quoted("{x} {0}"))) == "{x} {0}."
    assert str(phrase("{what}", what="{x}")) == "{x}"


def test_only_phrases_with_words_are_joined() -> None:
    assert joined(", ", (EMPTY, plain("a"), plain(""), plain("b"))) == Phrase(("a", ", ", "b"))
    assert not joined(", ", ())


def test_pieces_are_cleaned_one_by_one() -> None:
    held = phrase("{a} costs {b}\n", a=Quoted("\x1b[1m9"), b=Decimal(7))
    assert "\x1b" not in str(cleaned(held))
    assert cleaned(held).hidden().count(MASK) == 3
