"""What the vendor is asked, as a URL has it."""

from datetime import UTC, datetime, timedelta

import pytest

from services.domain.errors import BadInput
from services.vendor.endpoints import Endpoint, about, page_of

NOW = datetime(2025, 3, 4, 12, tzinfo=UTC)


def test_an_id_stays_one_segment_of_the_path():
    assert about(Endpoint.ORDER, "a/b?c") == "gift-cards/checkOrder/a%2Fb%3Fc"


@pytest.mark.parametrize("identifier", ["", "..", "x" * 1_000, "a\nb"])
def test_an_id_that_no_vendor_gives_is_refused(identifier):
    with pytest.raises(BadInput):
        about(Endpoint.ORDER, identifier)


def test_a_page_without_a_period_names_none():
    assert page_of(2, 50, None, None, NOW) == {"page": "2", "pageSize": "50"}


def test_an_open_end_lies_a_day_ahead():
    asked = page_of(1, 20, NOW - timedelta(hours=1), None, NOW)
    assert asked["from"] == "2025-03-04T11:00:00.000Z"
    assert asked["to"] == "2025-03-05T12:00:00.000Z"
