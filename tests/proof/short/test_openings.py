"""A few openings beside buying consoles, of the thousands of `make prove`."""

from tests.proof import openings


def test_an_opening_beside_a_purchase_finds_no_damage() -> None:
    # In a loop of its own, as the long form is.
    tally = openings.run(8, 3)
    assert tally.complaints == []
    assert (tally.consoles, tally.commands) == (8, 3)
    assert tally.purchases > 4
