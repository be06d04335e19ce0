"""`desk.catalog`: the catalogue and its pins, with the names that stocks taught it."""

import asyncio
from typing import Final

from services.desk.book_publisher import BookPublisher
from services.desk.opening import Opening
from services.domain.errors import ConfigError, DeskError
from services.domain.models import Catalog, Stock
from services.local_files.catalog_cache import CatalogCache, ValueNames
from services.local_files.pinned_products import PinnedProducts
from services.vendor.client import VendorClient


class DeskCatalog:
    """Reads the catalogue from the vendor or the cache, and puts it into the book.

    Args:
        opening: knows the account once it is open, whose board names what was sold.
        keeper: the book that shows it.
        cache: the catalogue as it was read last.
        value_names: the names that stocks taught.
        pins: the products that a person keeps on top.
    """

    def __init__(
        self,
        opening: Opening,
        client: VendorClient,
        keeper: BookPublisher,
        cache: CatalogCache,
        value_names: ValueNames,
        pins: PinnedProducts,
    ) -> None:
        self._opening: Final = opening
        self._client: Final = client
        self._keeper: Final = keeper
        self._cache: Final = cache
        self._value_names: Final = value_names
        self._pins: Final = pins
        self._saving: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Put into the book what this disk holds of it."""
        cached = await asyncio.to_thread(self._cache.load)
        await asyncio.to_thread(self._value_names.load)
        if cached is not None:
            self._keeper.publish(catalog=self._value_names.into(cached))
        try:
            self._keeper.publish(pins=await asyncio.to_thread(self._pins.load))
        except ConfigError as error:
            self._keeper.log(error.failure.sentence(), "warning")

    async def close(self) -> None:
        """Wait until the names are saved."""
        if self._saving is not None:
            await self._saving

    async def read(self, refresh: bool = False) -> Catalog:
        """Return the catalogue, from the cache while it is young; raises DeskError."""
        cached = self._keeper.book.catalog or await asyncio.to_thread(self._cache.load)
        if not refresh and cached is not None and self._cache.fresh(cached):
            if cached is not self._keeper.book.catalog:
                self._keeper.publish(catalog=self._value_names.into(cached))
            return self._keeper.book.catalog or cached
        try:
            catalog = await self._client.catalog()
        except DeskError as error:
            self._keeper.publish(catalog_error=error.failure)
            raise
        await asyncio.to_thread(self._cache.save, catalog)
        catalog = self._value_names.into(catalog)
        self._keeper.publish(catalog=catalog, catalog_error=None)
        if (account := self._opening.account) is not None:
            account.board.rows.learn(catalog=catalog)
            account.board.publish()
        return catalog

    def region(self, product_id: str) -> str:
        """Return a product's region as it was last read; empty where none is known."""
        catalog = self._keeper.book.catalog
        product = catalog.find(product_id) if catalog else None
        return product.region if product else ""

    async def pin(self, product_id: str) -> bool:
        """Pin a product to the top of the catalogue, or take it down; returns whether it is pinned.

        Raises:
            DeskError: there are too many pins, or they cannot be kept.
        """
        pins = await asyncio.to_thread(self._pins.toggle, product_id)
        self._keeper.publish(pins=pins)
        return product_id in pins

    def learn(self, stock: Stock) -> None:
        """Take the names in a stock, for searches and for the orders of other desks."""
        if (account := self._opening.account) is not None:
            account.board.rows.learn(stock=stock)
            account.board.publish()
        if not self._value_names.learn(stock):
            return
        if (catalog := self._keeper.book.catalog) is not None:
            self._keeper.publish(catalog=self._value_names.into(catalog))
        if self._saving is None or self._saving.done():
            self._saving = asyncio.get_running_loop().create_task(self._save_names())

    async def _save_names(self) -> None:
        while content := self._value_names.unsaved():
            await asyncio.to_thread(self._value_names.save, content)
