"""What each card costs and how many are there now: prices drift, shelves empty and are refilled."""

import zlib
from decimal import Decimal

from msgspec import Struct

from services.domain.money import CENT
from services.sandbox.catalog import TEST_TYPES, ShelfProduct, ShelfType, shelves
from services.system.clock import Clock

PRICE_STEP = 600
PRICE_STEPS = 40
BASIS_POINTS = 12
REFILL = 6 * 3600


class Sold(Struct):
    """How many cards of a denomination went since its shelf was last filled."""

    round: int
    count: int


class Market:
    """Price (DZD) and stock of every denomination at this moment.

    Both follow from the clock alone, so that a restarted vendor continues where it was; only the
    cards sold are state.

    Args:
        clock: what time it is.
        sold: how many cards of each denomination went.
        moving: whether prices and stock move at all.
        speed: how many times as fast they move.
    """

    def __init__(
        self, clock: Clock, sold: dict[str, Sold], *, moving: bool, speed: int = 1
    ) -> None:
        self._clock = clock
        self._sold = sold
        self._moving = moving
        self._speed = speed
        self._products = {product.id: product for product in shelves()}
        self._prices: dict[str, Decimal] = {}
        self._stock: dict[str, int] = {}

    def products(self) -> tuple[ShelfProduct, ...]:
        """Return what is in the catalogue, in the vendor's order."""
        return tuple(self._products.values())

    def product(self, product_id: str) -> ShelfProduct | None:
        """Return a product of the catalogue."""
        return self._products.get(product_id)

    def withdraw(self, product_id: str) -> None:
        """Take a product out of the catalogue."""
        del self._products[product_id]

    def set_price(self, type_id: str, price: Decimal) -> None:
        """Fix a denomination's price (DZD); it does not drift any more."""
        self._prices[type_id] = price

    def set_stock(self, type_id: str, cards: int) -> None:
        """Put exactly so many cards on a shelf; only sales change that number from now on."""
        self._stock[type_id] = cards

    def price(self, kind: ShelfType) -> Decimal:
        """Return the wholesale price of one card now, in DZD."""
        if kind.id in self._prices:
            return self._prices[kind.id]
        if not self._moving or kind.id in TEST_TYPES:
            return kind.price
        # A slow triangle of one step in ten minutes; denominations take their steps one by one.
        mark = zlib.crc32(kind.id.encode())
        step = (self._seconds() + mark % PRICE_STEP) // PRICE_STEP + mark
        height = abs(step % PRICE_STEPS - PRICE_STEPS // 2) - PRICE_STEPS // 4
        return (kind.price * (10_000 + height * BASIS_POINTS) / 10_000).quantize(CENT)

    def stock(self, product: ShelfProduct, kind: ShelfType) -> int:
        """Return how many cards can be bought now; none of a product that is not sold."""
        if not product.enabled:
            return 0
        if kind.id in TEST_TYPES:
            return kind.stock
        if kind.id in self._stock:
            return self._stock[kind.id]
        gone = self._sold_of(kind).count
        if self._moving:
            gone += kind.stock * (self._shelf_seconds(kind) % REFILL) // (2 * REFILL)
        return max(0, kind.stock - gone)

    def sell(self, kind: ShelfType, cards: int) -> None:
        """Take cards off the shelf."""
        if kind.id in TEST_TYPES:
            return
        if kind.id in self._stock:
            self._stock[kind.id] -= cards
            return
        sold = self._sold_of(kind)
        sold.count += cards
        self._sold[kind.id] = sold

    def _sold_of(self, kind: ShelfType) -> Sold:
        current = self._shelf_seconds(kind) // REFILL if self._moving else 0
        sold = self._sold.get(kind.id)
        return sold if sold is not None and sold.round == current else Sold(current, 0)

    def _shelf_seconds(self, kind: ShelfType) -> int:
        return self._seconds() + zlib.crc32(kind.id.encode()) % REFILL

    def _seconds(self) -> int:
        return int(self._clock.now().timestamp() * self._speed)
