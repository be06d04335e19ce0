"""Twenty rows of a file, of the thousand of `make prove`."""

from tests.proof import lists


def test_a_file_is_bought_once_whatever_kills_the_command() -> None:
    # In a loop of its own, as the long form is.
    tally = lists.run(20, 4, seed=3, faults=2)
    assert tally.complaints == []
    assert (tally.kills, tally.orders) == (4, 20)
    assert (tally.twice, tally.missing) == (0, 0)
