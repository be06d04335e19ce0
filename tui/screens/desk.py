"""The desk: five panes, connected to the book and to the table of actions."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from services.book_models import BoardOrder
from tui.action import PANES, Action
from tui.actions import BY_ID, bindings
from tui.screens import order_keys, words
from tui.screens.base import ConsoleScreen, Handler
from tui.screens.errands import (
    ExportWanted,
    LedgerWanted,
    OrderWanted,
    PinWanted,
    RefreshWanted,
    TicketWanted,
)
from tui.screens.filter_line import FilterLine
from tui.screens.pane_layout import LAYOUTS, PaneLayout
from tui.screens.strips import DetailStrip, KeyLine, TabLine
from tui.situation import Situation
from widgets.board import Board
from widgets.catalog_pane import CatalogPane
from widgets.ledger_pane import LedgerPane
from widgets.log_pane import LogPane
from widgets.order_board import OrderBoard
from widgets.status_bar import StatusBar
from widgets.stock_pane import StockPane
from widgets.told import told

TOO_SMALL = (
    "This terminal is too small for the desk: it needs 60 columns and 18 lines. "
    "Orders are still followed. Make it larger; q leaves."
)


class DeskScreen(PaneLayout):
    """Connects the panes to the book and to the table of actions."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*PANES)]

    def compose(self) -> ComposeResult:
        """Lay out the panes; every arrow from the book to a pane is here."""
        # Otherwise every style is worked out twice: without the width's class, and then with it.
        width = self.console.size.width
        fitting = [name for least, name in LAYOUTS if width >= least]
        self.add_class(fitting[-1], update=False)
        book, now, privacy = ConsoleScreen.book, ConsoleScreen.now, ConsoleScreen.privacy
        ui = self.frame.settings.ui
        status = StatusBar(id="status").data_bind(book, now, privacy)
        status.low_balance = ui.low_balance
        yield status
        yield TabLine(id="tabs").data_bind(current=DeskScreen.pane)
        with Horizontal(id="panes"):
            yield CatalogPane(id="catalogue").data_bind(book, now)
            with Vertical(id="right"):
                stock = StockPane(id="stock").data_bind(
                    DeskScreen.product,
                    DeskScreen.stock,
                    now,
                    privacy,
                    error=DeskScreen.stock_error,
                    busy=DeskScreen.stock_busy,
                )
                stock.markup_percent = ui.markup_percent
                yield stock
                with Vertical(id="side"):
                    orders = OrderBoard(id="orders").data_bind(book, now, privacy)
                    orders.hours = self.frame.settings.board.hours
                    yield orders
                    yield LedgerPane(id="ledger").data_bind(now, privacy)
                    yield LogPane(id="log").data_bind(book, now)
        yield Static(told(TOO_SMALL), id="small")
        yield DetailStrip(id="strip")
        yield FilterLine()
        yield KeyLine(id="hints")

    def begin(self) -> None:
        """Begin in the catalogue."""
        self.go_to("catalogue")

    def situation(self) -> Situation:
        """Add what is highlighted to what every screen knows."""
        base = super().situation()
        if not self.composed:
            return base
        stock = self.query_one(StockPane)
        order = self.noted_order()
        base = replace(
            base,
            product=self.product is not None,
            denomination=stock.highlighted is not None,
            sold_out=self.sold_out(stock.highlighted) if stock.display else "",
            sort=self.board().sort,
            sorts=tuple((column.id, column.title) for column in self.board().sorts),
            cards=(order.fulfilled_quantity or 0) if order else 0,
        )
        return order_keys.situation(base, self.noted_order())

    def handlers(self) -> Mapping[str, Handler]:
        """Return what the desk does itself."""
        go = {f"pane.{name}": partial(self.go_to, name) for name in PANES}
        return {
            **go,
            "pane.next": partial(self.step, 1),
            "pane.previous": partial(self.step, -1),
            "zoom": self.zoom,
            "open": self.open,
            "order": self.order,
            "filter": self.filter,
            "sort": self.board().sort_next,
            "sort.reverse": self.board().sort_reversed,
            "pin": self.pin,
            "back": self.back,
            "refresh": self.ask_again,
            "reveal": self.reveal,
            "export": self.export,
            **order_keys.handlers(self),
        }

    def refresh_hints(self) -> None:
        """Name the live keys of the panes as well."""
        super().refresh_hints()
        if self.composed:
            shown = self.frame.keymap.shown
            self.query_one(TabLine).keys = tuple(shown(f"pane.{name}") for name in PANES)

    def hinted(self) -> Sequence[Action]:
        """Return what the key line names: nothing where no pane is in sight."""
        return super().hinted() if self.roomy else ()

    def way_out(self) -> tuple[str, str]:
        """Return the key that leaves."""
        return self.frame.keymap.shown("quit"), BY_ID["quit"].label

    def open(self) -> None:
        """Do for the highlighted row what enter does."""
        self.board().action_open()

    def order(self) -> None:
        """Open a ticket, or first the stock pane while its denominations are not in sight."""
        stock, product = self.stock, self.product
        denomination = self.query_one(StockPane).highlighted
        if not self.board("stock").display or stock is None or denomination is None:
            self.go_to("stock")
            self.say("Choose a denomination here, then order it.")
        elif product is not None:
            self.post_message(TicketWanted(product, denomination, stock))

    def reveal(self) -> None:
        """Open the highlighted order with its first card revealed."""
        if order := self.noted_order():
            self.post_message(OrderWanted(order, reveal=True))

    def export(self) -> None:
        """Write what the pane lists into a file."""
        self.post_message(ExportWanted(self.pane, self.board().listed))

    def ask_again(self) -> None:
        """Ask the vendor now for what the pane shows."""
        if self.pane == "stock":
            self.read_stock(fresh=True)
        elif self.pane == "ledger":
            self._read_ledger()
        else:
            self.post_message(RefreshWanted(self.pane))

    def pin(self) -> None:
        """Pin the product to the top of the catalogue, or take it down."""
        if self.product is not None:
            self.post_message(PinWanted(self.product))

    def back(self) -> None:
        """Undo the nearest thing: the filter, then the zoom."""
        if not self.clear_filter() and self.zoomed:
            self.zoom()

    def stock_shown(self) -> None:
        """Describe the highlighted denomination anew."""
        self.describe()

    @on(Board.Highlighted)
    def _row_highlighted(self, event: Board.Highlighted) -> None:
        if event.board.id == "catalogue":
            chosen = self.query_one(CatalogPane).highlighted
            self.choose(chosen, shown=self.board("stock").display)
        self.describe()

    @on(Board.Opened, "#catalogue")
    def _product_opened(self) -> None:
        self.go_to("stock")

    @on(Board.Opened, "#stock")
    def _denomination_opened(self) -> None:
        self.action_run("open" if not self.situation().buying else "order")

    @on(Board.Opened, "#orders")
    @on(Board.Opened, "#ledger")
    def _order_opened(self) -> None:
        if order := self.noted_order():
            self.post_message(OrderWanted(order))
        else:
            self.explain(BY_ID["open"])

    def watch_book(self) -> None:
        """Describe the highlighted row anew: its order may have moved on."""
        self.describe()

    def watch_privacy(self, privacy: bool) -> None:
        """Describe the highlighted row with or without its amounts."""
        super().watch_privacy(privacy)
        self.describe()

    def noted_order(self) -> BoardOrder | None:
        """Return the order that the current pane's row is, or belongs to."""
        if self.pane != "ledger":
            return self.query_one(OrderBoard).highlighted
        row = self.query_one(LedgerPane).highlighted
        return row.order if row else None

    def panes_shown(self) -> None:
        """Read the ledger when it comes into sight; describe the row of the pane."""
        if self.pane == "ledger" and self.query_one(LedgerPane).needs_reading():
            self._read_ledger()
        self.describe()

    def _read_ledger(self) -> None:
        pane = self.query_one(LedgerPane)
        pane.busy = True
        self.post_message(LedgerWanted(pane))

    def describe(self) -> None:
        """Describe the highlighted row in full, and offer the keys that fit it."""
        if self.composed:
            strip = self.query_one(DetailStrip)
            held = self.board().highlighted
            strip.words = words.row(held, self.stock, self.product, self.book, privacy=self.privacy)
            self.refresh_hints()
