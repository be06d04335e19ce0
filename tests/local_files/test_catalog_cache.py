"""The catalogue of last time, and what values are called."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from services.domain.models import Catalog, Category, Denomination, Product, Stock
from services.domain.text import clean
from services.local_files.catalog_cache import KEPT, CatalogCache, ValueNames

NOW = datetime(2025, 3, 4, tzinfo=UTC)
PRODUCT = Product("steam", clean("Steam"), clean("Games"))
CATALOG = Catalog((Category(clean("Games"), (PRODUCT,)),), NOW)


class FixedClock:
    def now(self) -> datetime:
        return NOW + KEPT


@pytest.fixture
def cache(tmp_path):
    return CatalogCache(tmp_path / "catalogue.json", FixedClock())


def test_a_catalogue_comes_back_as_it_was_saved(cache):
    assert cache.load() is None
    cache.save(CATALOG)
    assert cache.load() == CATALOG


def test_a_catalogue_is_fresh_for_a_while(cache):
    young = Catalog((), NOW + timedelta(seconds=1))
    assert (cache.fresh(None), cache.fresh(CATALOG), cache.fresh(young)) == (False, False, True)


def test_a_value_keeps_its_name_after_it_is_no_longer_sold(tmp_path):
    path = tmp_path / "names.json"
    names = ValueNames(path, {})
    old, new = (Denomination(name, clean(name), Decimal(10), 1) for name in ("20 EUR", "50 EUR"))
    assert names.learn(Stock("steam", clean("Steam"), (old,), NOW))
    assert names.learn(Stock("steam", clean("Steam"), (new,), NOW))
    assert not names.learn(Stock("steam", clean("Steam"), (new,), NOW))
    names.save(names.unsaved())
    again = ValueNames(path, {})
    again.load()
    [product] = again.into(CATALOG).products()
    assert product.values == (("20 EUR", "20 EUR"), ("50 EUR", "50 EUR"))
