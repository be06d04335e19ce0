"""Pages of a list as the embedded vendor cuts them."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from services.sandbox.pagination import page_of
from services.sandbox.responses import SandboxRefusal

BEGIN = datetime(2025, 3, 4, tzinfo=UTC)
ITEMS = [SimpleNamespace(id=str(n), time=BEGIN + timedelta(hours=n)) for n in reversed(range(5))]


def ids(query, *, shuffled=False):
    page, pagination = page_of(ITEMS, query, shuffled=shuffled)
    return [item.id for item in page], pagination


def test_a_page_counts_all_there_is():
    found, pagination = ids({"page": "2", "pageSize": "2"})
    assert found == ["2", "1"]
    assert pagination == {"page": 2, "pageSize": 2, "totalPages": 3, "totalResults": 5}


def test_both_ends_of_a_period_are_in_it():
    found, _ = ids({"from": "2025-03-04T01:00:00Z", "to": "2025-03-04T03:00:00Z"})
    assert found == ["3", "2", "1"]


def test_shuffled_pages_hold_each_item_once():
    pages = [ids({"page": str(n), "pageSize": "2"}, shuffled=True)[0] for n in (1, 2, 3)]
    assert sorted(item for page in pages for item in page) == list("01234")


@pytest.mark.parametrize("query", [{"page": "0"}, {"pageSize": "101"}, {"from": "yesterday"}])
def test_a_query_without_sense_is_refused(query):
    with pytest.raises(SandboxRefusal):
        ids(query)
