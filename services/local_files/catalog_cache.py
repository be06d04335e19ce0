"""The catalogue and the names of values on disk: known at once, without the network."""

import contextlib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec

from services.domain.models import Catalog, Product, Stock
from services.domain.text import SafeText, clean
from services.domain.typed.product_names import named_too
from services.system import files
from services.system.clock import Clock

KEPT = timedelta(hours=24)
MOST_PRODUCTS = 2_000
MOST_VALUES = 500
LONGEST_NAME = 120
LARGEST_FILE = 16 * 1024 * 1024


class CatalogCache:
    """One file that holds the last catalogue of one vendor environment.

    It is only a cache: what cannot be read counts as absent, what cannot be written is let go.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path: Final = path
        self._clock: Final = clock

    def load(self) -> Catalog | None:
        """Return the catalogue as last written, however old, or None."""
        try:
            return msgspec.json.decode(files.read_regular(self._path, LARGEST_FILE), type=Catalog)
        except (OSError, msgspec.MsgspecError, ValueError):
            return None

    def fresh(self, catalog: Catalog | None) -> bool:
        """Tell whether a catalogue is young enough not to be asked for again."""
        return catalog is not None and self._clock.now() - catalog.read_at < KEPT

    def save(self, catalog: Catalog) -> None:
        """Write the catalogue whole or not at all."""
        with contextlib.suppress(OSError):
            files.replace(self._path, msgspec.json.encode(catalog))


class ValueNames:
    """What the values of products are called, of every product whose stock was ever read.

    It is only a cache, like the catalogue's. A value that is no longer sold keeps its name, which
    old orders need.

    Args:
        path: the file that keeps the names.
        others: from the settings, other names of products; see `Settings.names`.
    """

    def __init__(self, path: Path, others: Mapping[str, str]) -> None:
        self._path: Final = path
        self._others: Final = others
        self._names: dict[str, dict[str, SafeText]] = {}
        self._unsaved = False

    def load(self) -> None:
        """Read what the file holds; what cannot be used of it is left out."""
        try:
            raw = files.read_regular(self._path, LARGEST_FILE)
            held = msgspec.json.decode(raw, type=dict[str, dict[str, str]])
        except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
            return
        for product_id, names in tuple(held.items())[-MOST_PRODUCTS:]:
            self._names[product_id] = {
                type_id: clean(name, LONGEST_NAME)
                for type_id, name in tuple(names.items())[-MOST_VALUES:]
            }

    def learn(self, stock: Stock) -> bool:
        """Take the names that a stock holds; returns whether one of them is news."""
        known = self._names.get(stock.product_id, {})
        read = {each.id: clean(each.name, LONGEST_NAME) for each in stock.denominations}
        if read.items() <= known.items():
            return False
        # What was read last is kept longest.
        kept = {type_id: name for type_id, name in known.items() if type_id not in read} | read
        self._names.pop(stock.product_id, None)
        self._names[stock.product_id] = dict(tuple(kept.items())[-MOST_VALUES:])
        if len(self._names) > MOST_PRODUCTS:
            del self._names[next(iter(self._names))]
        self._unsaved = True
        return True

    def into(self, catalog: Catalog) -> Catalog:
        """Return a catalogue whose products carry their values' names and their other names."""
        return msgspec.structs.replace(
            catalog,
            categories=tuple(
                msgspec.structs.replace(each, products=tuple(map(self._with_names, each.products)))
                for each in catalog.categories
            ),
        )

    def unsaved(self) -> bytes:
        """Return what `save` is to write, or nothing where no name is news since the last time."""
        if not self._unsaved:
            return b""
        self._unsaved = False
        return msgspec.json.encode(self._names)

    def save(self, content: bytes) -> None:
        """Write the names whole or not at all, for this user alone."""
        with contextlib.suppress(OSError):
            files.replace(self._path, content)

    def _with_names(self, product: Product) -> Product:
        values = tuple(self._names.get(product.id, {}).items())
        also = named_too(product.title, self._others)
        if (product.values, product.also) == (values, also):
            return product
        return msgspec.structs.replace(product, values=values, also=also)
