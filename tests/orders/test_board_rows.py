"""The rows of the board: what an order is called and found by."""

from datetime import UTC, datetime

from services.domain.models import Catalog, Category, Order, Product
from services.domain.text import clean
from services.orders.board_rows import BoardRows
from widgets.board.rows import Rows
from widgets.panes.order_filters import order_search

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def catalog(also: str) -> Catalog:
    product = Product("p1", clean("Mobilis"), clean("Mobile"), region=clean("Algérie"), also=also)
    return Catalog((Category(clean("Mobile"), (product,)),), NOW)


def test_orders_are_found_by_the_settings_names() -> None:
    board = BoardRows(24)
    board.take_orders([Order("o1", clean("HANDLING"), 1, "p1", "t1", NOW)])
    listed = Rows(lambda row: row.row_id, order_search)
    for also, found in (("carte verte", ["o1"]), ("", [])):
        board.learn(catalog=catalog(also))
        listed.replace(board.rows(NOW))
        listed.filter("verte")
        assert [row.row_id for row in listed.listed] == found
        listed.filter("mobilis algerie")
        assert [row.row_id for row in listed.listed] == ["o1"]
