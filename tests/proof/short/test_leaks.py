"""A defect here and there, a card and the key in its hands, and the search afterwards."""

from pathlib import Path

import pytest

from tests.proof import leaks
from tests.proof.leak_points import of_the_commands, of_the_console


def test_a_defect_at_some_places_leaks_nothing() -> None:
    # In a loop of its own, as the long form is.
    tally = leaks.run(every=90)
    assert tally.complaints == []
    assert tally.reached


def test_every_kind_of_place_is_found() -> None:
    kinds = {point.kind for point in of_the_console()}
    assert kinds == {"worker", "handler", "action", "renderer"}
    names = {str(point) for point in (*of_the_console(), *of_the_commands())}
    assert {
        "worker CardsRequest.answered",
        "worker CardClipboard.send",
        "handler OrderScreen.on_resize",
        "action OrderScreen.copy",
        "renderer CardReveal.text_lines",
        "command tui.formats.as_text.cards",
    } <= names


@pytest.mark.parametrize("secret", [leaks.KEY, leaks.CARD, leaks.SERIAL])
def test_the_search_finds_every_form(tmp_path: Path, secret: str) -> None:
    for form in leaks.forms(secret):
        assert leaks.hits(b"before " + form + b" after")
