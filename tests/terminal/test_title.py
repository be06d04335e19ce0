"""The terminal's title: what waits, in words of ours."""

import pytest

from tui.terminal import title


@pytest.mark.parametrize(
    ("handling", "to_hand_over", "words"),
    [
        (0, 0, "carddesk"),
        (2, 0, "carddesk 2 handling"),
        (0, 3, "carddesk 3 to hand over"),
        (2, 3, "carddesk 2 handling, 3 to hand over"),
    ],
)
def test_the_title_counts_what_waits(handling: int, to_hand_over: int, words: str) -> None:
    assert title.words(handling, to_hand_over) == words
    assert title.sequence(words) == f"\x1b]2;{words}\x07"
