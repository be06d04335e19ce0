"""Words typed nearly right, in Latin and Arabic, and where in a text they are marked."""

import pytest

from services.domain.text import fold, folded_places, natural
from services.domain.typed.fuzzy_match import meant, near, spans, words

SHELF = ("netflix", "playstation", "steam", "spotify", "nintendo", "card", "cart", "xbox")


def meant_on_shelf(typed: str) -> frozenset[str]:
    return meant(fold(typed), SHELF)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("netlfix", "netflix"),
        ("plystation", "playstation"),
        ("netflixx", "netflix"),
        ("metflix", "netflix"),
        ("ntflix", "netflix"),
        ("entflix", "netflix"),
        ("netlf", "netflix"),
        ("plst", "playstation"),
        ("ps", "playstation"),
        ("NTFX", "netflix"),
        ("xobx", "xbox"),
        ("stem", "steam"),
    ],
)
def test_a_word_with_a_slip_or_letters_left_out_is_found(typed: str, found: str) -> None:
    assert found in meant_on_shelf(typed)
    assert near(fold(typed), found)


@pytest.mark.parametrize(
    "typed", ["lfix", "nteflxi", "xlifte", "tn", "cut", "20", "s", "st3am", "playstationstore"]
)
def test_what_is_further_off_finds_nothing(typed: str) -> None:
    assert meant_on_shelf(typed) == set()


def test_a_word_that_is_there_as_it_was_typed_needs_no_guess() -> None:
    assert meant_on_shelf("netf") == set()
    assert meant_on_shelf("card") == {"cart"}


def test_three_letters_forgive_no_slip_and_four_only_a_whole_word() -> None:
    assert not near("cut", "cat")
    assert near("crad", "card")
    assert not near("stpa", "standard")
    assert near("stndr", "standard")


def test_numbers_and_ids_are_meant_as_they_are() -> None:
    found = words(fold("Steam 100 EUR 66f0c1d2e3 (Wallet) battle.net v-bucks"))
    assert found == ["steam", "eur", "wallet", "battle", "net", "v", "bucks"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أحمد", "احمد"),
        ("إيتونز", "ايتونز"),
        ("ٱلعاب", "العاب"),
        ("بطاقـــة", "بطاقه"),
        ("مُحَمَّد", "محمد"),
        ("شراء", "شرا"),
        ("على", "علي"),
        ("ﻻ", "لا"),
        ("٢٠ ريال", "20 ريال"),
        ("Türkiye", "turkiye"),
        ("ÉTÉ", "ete"),
        ("Œuvre", "oeuvre"),
        ("İSTANBUL", "istanbul"),
    ],
)
def test_case_accents_and_arabic_forms_make_no_difference(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_each_folded_letter_knows_where_it_came_from() -> None:
    text = "Œ é بـطا"
    folded, places = folded_places(text)
    assert folded == fold(text)
    assert [text[at] for at in places] == ["Œ", "Œ", " ", "é", " ", "ب", "ط", "ا"]


def marked(text: str, *exact: str, close: frozenset[str] = frozenset()) -> list[str]:
    return [text[start:end] for start, end in spans(text, tuple(map(fold, exact)), close)]


def test_what_was_typed_is_marked_wherever_it_is() -> None:
    assert marked("Netflix US netflix", "NET") == ["Net", "net"]
    assert marked("PlayStation Store", "station", "stat") == ["Station"]
    assert marked("steam", "ste", "team") == ["steam"]
    assert marked("Türkiye", "turk") == ["Türk"]
    assert marked("e\u0301te\u0301", "ete") == ["e\u0301te\u0301"]
    assert marked("بطاقـة", "اق") == ["اق"]
    assert marked("Œuvre", "oe") == ["Œ"]


def test_one_letter_is_marked_where_it_begins_a_word() -> None:
    assert marked("Steam store-S us", "s") == ["S", "s", "S"]


def test_a_word_that_was_meant_is_marked_whole() -> None:
    assert marked("Netflix, US", close=frozenset({"netflix"})) == ["Netflix"]
    assert marked("Netflixed", close=frozenset({"netflix"})) == []


def test_no_mark_begins_inside_of_a_drawn_letter() -> None:
    # Of this vowel sign folding keeps something, and a terminal draws it over the letter before.
    assert marked("कुब", "\u0941ब") == ["कुब"]


def test_names_are_sorted_as_a_person_sorts_them() -> None:
    names = ["100 EUR", "20 EUR", "5 EUR", "Étoile", "eau", "Zoo", "20 AED", "٧ ريال"]
    assert sorted(names, key=natural) == [
        "5 EUR",
        "٧ ريال",
        "20 AED",
        "20 EUR",
        "100 EUR",
        "eau",
        "Étoile",
        "Zoo",
    ]
    assert natural("9" * 5_000)
