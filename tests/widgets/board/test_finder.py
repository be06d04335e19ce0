"""Which rows a filter lists, in which order, while they change."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.models import Product
from services.domain.text import clean, fold
from services.domain.typed.fuzzy_match import near, words
from services.domain.typed.product_names import product_text
from widgets.board.filter_query import Prefix, Query, read
from widgets.board.rows import Rows

Row = tuple[str, str]
PREFIXES = {"no": Prefix[Row]("number", "no", lambda typed: lambda row: typed in row[0])}


def rows_of(*texts: str) -> Rows[Row]:
    rows = Rows[Row](lambda row: row[0], lambda row: row[1], PREFIXES)
    rows.replace(tuple((str(number), text) for number, text in enumerate(texts)))
    return rows


def found(rows: Rows[Row], typed: str) -> list[str]:
    rows.filter(typed)
    return [text for _, text in rows.listed]


def test_beginnings_come_before_insides_and_those_before_what_was_meant() -> None:
    rows = rows_of("shiny", "starzplay", "google play", "plain", "playstation")
    assert found(rows, "play") == ["google play", "playstation", "starzplay"]
    assert found(rows, "pn") == ["plain", "playstation"]
    assert found(rows, "plain") == ["plain"]


def test_an_exact_hit_turns_guessing_off() -> None:
    rows = rows_of("Netflix Streaming", "Steam Wallet", "Spotify Streaming")
    assert found(rows, "steam") == ["Steam Wallet"]
    assert found(rows, "staem") == ["Steam Wallet"]
    assert found(rows, "steam 20") == []


def test_every_word_has_to_match_and_one_may_be_typed_wrong() -> None:
    rows = rows_of("Netflix US 20", "Netflix EU 20", "Spotify US 20")
    assert found(rows, "netlfix us") == ["Netflix US 20"]
    assert found(rows, "us NETFLIX") == ["Netflix US 20"]
    assert found(rows, "spotfy 20") == ["Spotify US 20"]
    assert found(rows, "spotfy eu") == []


def test_what_is_behind_a_mark_is_left_out_and_never_guessed_at() -> None:
    rows = rows_of("Netflix US 20", "Netflix EU 20", "Spotify US 20")
    assert found(rows, "!netflix") == ["Spotify US 20"]
    assert found(rows, "!netlfix") == ["Netflix US 20", "Netflix EU 20", "Spotify US 20"]
    assert found(rows, "us !spot") == ["Netflix US 20"]
    assert found(rows, "us !flix") == ["Netflix US 20", "Spotify US 20"]
    assert found(rows, "!no:1 !spot") == ["Netflix US 20"]
    rows.replace((("0", "Spotify DE"), ("1", "Netflix EU"), ("2", "Steam")))
    assert [text for _, text in rows.listed] == ["Steam"]


def test_a_sorted_list_is_filtered_and_not_ranked() -> None:
    rows = rows_of("b starzplay", "a playstation", "b google play")
    rows.sort(lambda row: row[1][0])
    assert found(rows, "play") == ["a playstation", "b starzplay", "b google play"]
    rows.sort(lambda row: row[1][0], descending=True)
    assert [text for _, text in rows.listed] == ["b starzplay", "b google play", "a playstation"]
    assert not rows.ranked
    rows.sort(None)
    assert rows.ranked


def test_rows_that_change_come_and_go() -> None:
    rows = rows_of("steam handling", "netflix handling", "razer handling")
    assert found(rows, "hadnling") == ["steam handling", "netflix handling", "razer handling"]
    rows.replace((("0", "steam done"), ("1", "netflix handling"), ("2", "razer handling")))
    assert [key for key, _ in rows.listed] == ["1", "2"]
    rows.replace((("9", "roblox handling"), ("1", "netflix handling"), ("0", "steam handling")))
    assert [key for key, _ in rows.listed] == ["9", "1", "0"]
    assert rows.index("1") == 1
    rows.replace((("9", "robux wallet"), ("1", "netflix handling"), ("0", "steam handling")))
    assert found(rows, "walet") == ["robux wallet"]


def test_a_row_is_not_found_by_a_word_that_it_lost_and_that_is_inside_its_new_one() -> None:
    rows = rows_of("netflix ham")
    assert found(rows, "hm") == ["netflix ham"]
    rows.replace((("0", "netflix sham"),))
    assert found(rows, "hm") == []


def test_a_word_less_finds_again_what_a_word_more_had_hidden() -> None:
    rows = rows_of("alpha one", "alpha two", "beta one")
    assert found(rows, "alpha two") == ["alpha two"]
    assert found(rows, "alpha") == ["alpha one", "alpha two"]
    assert found(rows, "one") == ["alpha one", "beta one"]
    assert found(rows, "") == ["alpha one", "alpha two", "beta one"]


def test_prefixes_and_words_are_asked_together() -> None:
    rows = rows_of("steam", "steam", "razer")
    rows.filter("no:1 steam")
    assert [key for key, _ in rows.listed] == ["1"]
    rows.filter("NO:2")
    assert [key for key, _ in rows.listed] == ["2"]


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("no:7 Été", Query(("ete",), (("no", "7"),))),
        ("no:", Query()),
        ("no: x", Query(("x",))),
        ("zz:7", Query(("zz:7",))),
        (":", Query((":",))),
        (":7 no:a:b", Query((":7",), (("no", "a:b"),))),
        ("  ", Query()),
        ("!Été x", Query(("x",), missing=("ete",))),
        ("!no:7 no:1", Query((), (("no", "1"),), denied=(("no", "7"),))),
        ("! !no: !zz:7 a!", Query(("a!",), missing=("zz:7",))),
        ("\x1b[2J \u202e", Query(("\ufffd[2j",))),
    ],
)
def test_an_unknown_prefix_is_text_and_one_with_nothing_behind_it_asks_nothing(
    typed: str, query: Query
) -> None:
    assert read(typed, PREFIXES) == query


def expected(texts: list[str], typed: str) -> list[int]:
    """What the words say, worked out slowly."""
    ranks: list[tuple[int, int]] = []
    for at, text in enumerate(texts):
        folded, needles = f" {fold(text)}", fold(typed).split()
        if not all(
            needle in folded or any(near(needle, word) for word in words(folded))
            for needle in needles
        ):
            continue
        if f" {' '.join(needles)}" in folded:
            rank = 0
        elif all(f" {needle}" in folded for needle in needles):
            rank = 1
        else:
            rank = 2 if all(needle in folded for needle in needles) else 3
        ranks.append((rank, at))
    as_typed = any(rank < 3 for rank, _ in ranks)
    return [at for rank, at in sorted(ranks) if rank < 3 or not as_typed]


WORD = st.text(alphabet="abcé", min_size=1, max_size=6)
TEXT = st.lists(WORD, min_size=1, max_size=3).map(" ".join)


@settings(deadline=None)
@given(st.lists(TEXT, max_size=12), st.lists(TEXT, min_size=1, max_size=6), st.integers(0, 11))
def test_what_is_found_does_not_depend_on_what_was_typed_or_shown_before(
    texts: list[str], typed: list[str], changed: int
) -> None:
    rows = rows_of(*texts)
    for text in typed:
        for end in range(1, len(text) + 1):
            found(rows, text[:end])
            assert [int(key) for key, _ in rows.listed] == expected(texts, text[:end])
        if changed < len(texts):
            texts = [*texts[:changed], text, *texts[changed + 1 :]]
            rows.replace(tuple((str(number), each) for number, each in enumerate(texts)))
            assert [int(key) for key, _ in rows.listed] == expected(texts, text)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("itunes", "Apple"),
        ("psn", "PlayStation Store"),
        ("pubg uc", "PUBG Mobile"),
        ("ff", "Free Fire"),
        ("gplay", "Google Play"),
    ],
)
def test_a_product_is_found_by_its_other_names(typed: str, title: str) -> None:
    names = ("Apple", "PlayStation Store", "PUBG Mobile", "Free Fire", "Google Play", "Steam")
    rows = Rows[Product](lambda product: product.id, product_text)
    rows.replace(tuple(Product(str(at), name, "Games") for at, name in enumerate(names)))
    rows.filter(typed)
    assert [product.title for product in rows.listed] == [title]


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("roblox robux", ["Roblox Robux", "Roblox"]),
        ("robux", ["Roblox Robux", "Roblox"]),
        ("apple", ["Apple Gift Card", "iTunes"]),
        ("prime", ["Prime Gaming", "Amazon"]),
        ("gift france", ["Apple Gift Card"]),
    ],
)
def test_titles_with_the_phrase_come_first(typed: str, titles: list[str]) -> None:
    names = ("Amazon", "Roblox", "iTunes", "Roblox Robux", "Prime Gaming", "Apple Gift Card")
    rows = Rows[Product](lambda product: product.id, product_text)
    regions = ("US",) * 5 + ("France",)
    rows.replace(
        tuple(
            Product(str(at), clean(name), clean("Games"), region=clean(region))
            for at, (name, region) in enumerate(zip(names, regions, strict=True))
        )
    )
    rows.filter(typed)
    assert [product.title for product in rows.listed] == titles


def test_a_product_is_found_by_its_values_and_the_settings_names() -> None:
    values = (("a", clean("500 DZD")), ("b", clean("1 000 DZD")))
    products = (
        Product("1", clean("Mobilis"), clean("Télécom"), values=values, also="carte verte"),
        Product("2", clean("Djezzy"), clean("Télécom"), values=(("c", clean("2000 DZD")),)),
        Product("3", clean("Netflix"), clean("Streaming"), values=(("d", clean("60 325")),)),
    )
    rows = Rows[Product](lambda product: product.id, product_text)
    rows.replace(products)
    for typed, titles in [
        ("mobilis 1000", ["Mobilis"]),
        ("MOBILIS ١٠٠٠", ["Mobilis"]),
        ("موبيليس", ["Mobilis"]),
        ("verte 500", ["Mobilis"]),
        ("2000", ["Djezzy"]),
        ("djezzy 500", []),
        ("steam", ["Netflix"]),
    ]:
        rows.filter(typed)
        assert [product.title for product in rows.listed] == titles, typed
