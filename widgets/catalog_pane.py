"""The catalogue: every product the vendor sells, category by category."""

from datetime import datetime, timedelta

from textual.reactive import var

from services.models import Book, Catalog, Product
from widgets.board import Board, View
from widgets.cells import ago, old
from widgets.columns import Column
from widgets.ink import Cell

COLUMNS = (
    Column("category", "category", 14, leaves=2),
    Column("region", "region", 9, leaves=1),
    Column("title", "product", least=20),
)
FRESH = timedelta(hours=24)


def product_cells(product: Product, _: View) -> dict[str, Cell]:
    """Return a product as cells by column id."""
    title = Cell(product.title) if product.enabled else Cell(f"disabled · {product.title}", "dim")
    return {
        "category": Cell(product.category, "dim"),
        "region": Cell(product.region, "dim"),
        "title": title,
    }


def product_search(product: Product) -> str:
    """Return the text that a search of the catalogue looks in."""
    return " ".join((product.title, product.category, product.region, product.id))


class CatalogPane(Board[Product]):
    """The book's catalogue; keys are product ids."""

    book: var[Book | None] = var[Book | None](None)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(
            COLUMNS,
            key=lambda product: product.id,
            cells=product_cells,
            search=product_search,
            heading="Catalogue",
            id=id,
            classes=classes,
        )
        self._catalog: Catalog | None = None

    def watch_book(self, book: Book | None) -> None:
        """Show the catalogue of a newer book, and how current it is."""
        catalog = book.catalog if book else None
        if catalog is not self._catalog:
            self._catalog = catalog
            self.show_rows(catalog.products() if catalog else ())
        self._say(book, self.now)

    def watch_now(self, now: datetime | None) -> None:
        """Let the age of the catalogue grow."""
        self._say(self.book, now)

    def _say(self, book: Book | None, now: datetime | None) -> None:
        self.stale = ""
        if book is None or (book.catalog is None and not book.catalog_error):
            self.placeholder = "Reading the catalogue ..."
        elif book.catalog is None:
            self.placeholder = (
                f"The catalogue could not be read. {book.catalog_error} r tries again."
            )
        else:
            self.placeholder = "The vendor's catalogue is empty. r asks again."
            if book.catalog_error or old(book.catalog.read_at, now, FRESH):
                self.stale = f"stale: read {ago(book.catalog.read_at, now)}"
