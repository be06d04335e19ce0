"""The catalogue: every product the vendor sells, category by category."""

from datetime import datetime, timedelta

from textual.reactive import var

from services.domain.book import Book
from services.domain.models import Catalog, Product
from services.domain.text import has_rtl, natural
from services.domain.typed.product_names import product_text, short_region
from widgets.board.board import Board, View
from widgets.board.columns import Column
from widgets.drawing.cells import ago, and_again, old, why_forms
from widgets.drawing.ink import Cell

MARK = Column("mark", "", 1, searched=False, gap=1)
COLUMNS = (
    Column("title", "product", least=16, most=40),
    Column("region", "region", least=8, steps=((2, 7), (1, 4))),
)
"""However wide the pane is, a region stays near its product."""

FRESH = timedelta(hours=24)
PINNED = Cell("*", "key")
RECENT = Cell("~", "dim")
WATCHED = Cell("w", "key")
LEGEND = "* pinned  ~ bought lately"
WITH_WATCHED = "* pinned  ~ bought  w watched"
ONLY_WATCHED = "w watched"


def product_cells(product: Product, mark: Cell | None = None) -> dict[str, Cell]:
    """Return a product as cells by column id; the mark says why it is on top."""
    title = Cell(product.title) if product.enabled else Cell(f"disabled · {product.title}", "dim")
    return {
        "mark": mark or Cell(""),
        "title": title,
        "region": Cell(_region(product.region), "dim"),
    }


def _region(region: str) -> str:
    """Return a region in letters that keep the columns of a line in place."""
    return short_region(region) if not region or has_rtl(region) else region


class CatalogPane(Board[Product]):
    """The book's catalogue; keys are product ids.

    As given the pinned products are first, in the order in which they were pinned, then those that
    were bought last, then the others as the vendor lists them. Sorted by a column they are
    where that column puts them. `w` marks what is watched and not pinned.
    """

    NO_ROW = "No product is highlighted."

    book: var[Book | None] = var[Book | None](None)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(
            (MARK, *COLUMNS),
            row_id=lambda product: product.id,
            cells=self._marked_cells,
            search=product_text,
            sort_keys={
                "region": lambda product: natural(product.region),
                "title": lambda product: natural(product.title),
            },
            heading="Catalogue",
            id=id,
            classes=classes,
        )
        self._catalog: Catalog | None = None
        self._on_top: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self._marks: dict[str, Cell] = {}
        self._watched: frozenset[str] = frozenset()

    def watch_book(self, book: Book | None) -> None:
        """Show the catalogue of a newer book, and how current it is."""
        catalog = book.catalog if book else None
        on_top = (book.pins, book.recents) if book else ((), ())
        if catalog is not self._catalog or on_top != self._on_top:
            self._catalog, self._on_top = catalog, on_top
            self._fill()
        watched = frozenset(watch.product_id for watch in (book.watches if book else ()))
        if watched != self._watched:
            self._watched = watched
            self._fill()
        self._say(book, self.now)

    def watch_sort(self, sort: str) -> None:
        """Sort by a column, or put what is pinned or was bought lately on top again."""
        super().watch_sort(sort)
        self._fill()

    def watch_now(self, now: datetime | None) -> None:
        self._say(self.book, now)

    def counting(self) -> bool:
        return False

    def describe(self, row: Product) -> str:
        """Say also whether it is pinned, else whether it was bought lately."""
        mark = self._marks.get(row.id)
        why = "" if mark is None else "pinned" if mark is PINNED else "bought lately"
        watched = "watched" if row.id in self._watched else ""
        parts = (row.title, row.region, row.category, why, watched)
        return ", ".join(part for part in parts if part)

    def _fill(self) -> None:
        pins, recents = self._on_top
        products = self._catalog.products() if self._catalog else ()
        by_id = {product.id: product for product in products}
        self._marks = {name: PINNED for name in pins if name in by_id}
        self._marks = {name: RECENT for name in recents if name in by_id} | self._marks
        watched = WITH_WATCHED if self._marks else ONLY_WATCHED
        self.legend = watched if self._watched else LEGEND if self._marks else ""
        self.forget_drawn()
        if not self.sort:
            on_top = [by_id[name] for name in dict.fromkeys((*pins, *recents)) if name in by_id]
            products = (*on_top, *(each for each in products if each.id not in self._marks))
        self.show_rows(products)

    def _marked_cells(self, product: Product, _: View) -> dict[str, Cell]:
        mark = self._marks.get(product.id)
        if product.id in self._watched and mark is not PINNED:
            mark = WATCHED
        return product_cells(product, mark)

    def _say(self, book: Book | None, now: datetime | None) -> None:
        stale: str = ""
        why: tuple[str, ...] = ()
        if book is None or (book.catalog is None and not book.catalog_error):
            self.placeholder = "Reading the catalogue …"
        elif book.catalog is None:
            said = and_again(book.catalog_error, self.privacy) if book.catalog_error else ""
            self.placeholder = f"The catalogue could not be read. {said}"
        else:
            self.placeholder = "The vendor's catalogue is empty. r asks again."
            if book.catalog_error or old(book.catalog.read_at, now, FRESH):
                stale = f"stale: read {ago(book.catalog.read_at, now)}"
                why = why_forms(book.catalog_error, self.privacy)
        self.stale, self.why = stale, why
