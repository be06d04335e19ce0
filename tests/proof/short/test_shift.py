"""One sale by keys, of the thirty of `make prove`."""

import pytest

from tests.proof import shift_by_keys

pytestmark = pytest.mark.terminal


def test_the_screen_says_what_the_vendors_books_say() -> None:
    tally = shift_by_keys.run((80, 24), shift_by_keys.SHORT, speed=600)
    assert tally.complaints == []
    assert [outcome.cards for outcome in tally.outcomes] == [2]
    assert tally.figures >= 20
