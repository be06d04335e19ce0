"""How many cards an answer holds, by its bytes alone."""

import pytest
from msgspec import Raw

from services.vendor.card_count import cards_in, has_code


@pytest.mark.parametrize(
    ("cards", "ended", "count"),
    [
        ('[{"value": "A-1"}, {"code": "B-2", "serial": "3"}]', False, 2),
        ('["A-1", "", "\\u200b"]', True, 1),
        ('[{"status": "pending", "name": "Steam"}]', True, 0),
        ('{"value": "A-1"}', True, 1),
        ("[]", False, 0),
        ("null", False, None),
        ("null", True, 0),
    ],
)
def test_cards_with_something_that_can_be_a_code_count(cards, ended, count):
    assert cards_in(Raw(cards.encode()), ended=ended) == count


@pytest.mark.parametrize(
    ("card", "found"), [('"A-1"', True), ('{"id": "1"}', False), ('{"a', False)]
)
def test_a_card_needs_a_field_that_can_be_a_code(card, found):
    assert has_code(Raw(card.encode())) is found
