"""The desk: its panes, connected to the book and to the table of actions."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from services.domain.book import BoardOrder
from services.domain.models import Balance, Product
from tui.actions.action import GOODS, PANES, Action, ActionContext
from tui.actions.table import BY_ID, bindings
from tui.screens.base import ConsoleContext, ConsoleScreen, Handler
from tui.screens.desk_layout import PaneLayout
from tui.screens.parts import order_actions
from tui.screens.parts.desk_places import SELECTED, Panes, Spot
from tui.screens.parts.filter import FilterLine, export_handlers
from tui.screens.parts.strips import DetailStrip, KeyLine, SaleStrip
from tui.screens.requests import (
    ExportRequest,
    LedgerRequest,
    PinRequest,
    RefreshRequest,
    SaleOpenRequest,
    WatchRequest,
)
from widgets.board.board import Board
from widgets.drawing.canvas import inert_content
from widgets.panes.balance import BalancePane
from widgets.panes.catalog import CatalogPane
from widgets.panes.ledger import LedgerPane
from widgets.panes.log import LogPane
from widgets.panes.orders import OrderBoard
from widgets.panes.stock import StockPane

if TYPE_CHECKING:
    from services.domain.shop.sale import Sale
    from tui.screens.desk_preview import Chosen, Preview

TOO_SMALL = (
    "This terminal is too small for the desk: it needs 60 columns and 18 lines. "
    "Orders are still followed. Make it larger; q leaves."
)


class DeskScreen(PaneLayout):
    """Connects the panes to the book and to the table of actions."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*PANES)]

    def __init__(self, context: ConsoleContext) -> None:
        super().__init__(context)
        self._balance: Balance | None = None
        self.adding_to = ""
        self.closing = ""
        self._sales_asked = False
        self._preview: Preview | None = None

    def compose(self) -> ComposeResult:
        """Lay out the panes; every arrow from the book to a pane is here."""
        book, now, privacy = ConsoleScreen.book, ConsoleScreen.now, ConsoleScreen.privacy
        prices = ConsoleScreen.prices
        yield self.status_bar()
        with Panes(self.spots, id="panes"):
            yield CatalogPane(id="catalogue").data_bind(book, now)
            yield StockPane(id="stock").data_bind(
                book,
                DeskScreen.product,
                DeskScreen.stock,
                now,
                privacy,
                prices,
                error=DeskScreen.stock_error,
                busy=DeskScreen.stock_busy,
            )
            orders = OrderBoard(id="orders").data_bind(book, now, privacy, prices)
            orders.hours = self.context.settings.board.hours
            yield orders
            yield BalancePane(id="balance").data_bind(
                book, privacy, prices, ConsoleScreen.low_balance
            )
            yield LedgerPane(id="ledger").data_bind(book, now, privacy)
            yield LogPane(id="log").data_bind(book, now, privacy)
        yield Static(inert_content(TOO_SMALL), id="small")
        yield DetailStrip(id="strip")
        yield SaleStrip(id="sale").data_bind(privacy)
        yield FilterLine()
        yield KeyLine(id="hints")

    def show_selected(self, spot: Spot | None) -> None:
        """Show what is selected in full where there is room; it is loaded and mounted then."""
        if self._preview is None and spot is not None:
            from tui.screens.desk_preview import Preview
            from widgets.panes.selected import SelectedPane

            bound = (ConsoleScreen.now, ConsoleScreen.privacy, ConsoleScreen.prices)
            pane = SelectedPane(id=SELECTED).data_bind(*bound, ConsoleScreen.language)
            self._preview = Preview(self, pane)
            self.query_one(Panes).mount(pane)
        if self._preview is not None:
            self._preview.show(spot, self.context.keymap.shown("timeline"))

    def begin(self) -> None:
        self.go_to("catalogue" if self.situation().buying else "orders")

    def situation(self) -> ActionContext:
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
            nothing_to_open="" if self.pane == "balance" else self.board().nothing_to_open(),
            sort=self.board().sort,
            sorts=tuple((column.id, column.title) for column in self.board().sorts),
            cards=(order.delivered or 0) if order else 0,
        )
        return order_actions.situation(base, self.noted_order())

    def handlers(self) -> Mapping[str, Handler]:
        go = {f"pane.{name}": partial(self.go_to, name) for name in PANES}
        return {
            **go,
            **dict.fromkeys(("part.next", "right"), partial(self.step, 1)),
            **dict.fromkeys(("part.previous", "left"), partial(self.step, -1)),
            "zoom": self.zoom,
            "open": self.open,
            "filter": self.filter,
            "sort": self.board().sort_next,
            "sort.reverse": self.board().sort_reversed,
            "pin": self.pin,
            "watch": self.watch_goods,
            "back": self.back,
            "refresh": self.ask_again,
            "reveal": self.reveal,
            **export_handlers(self.export),
            **order_actions.handlers(self),
            "sale.add": self.add,
            **({"buy": self.buy} if self.pane in GOODS else {}),
        }

    def hinted(self) -> Sequence[Action]:
        """Return what the key line names: nothing where no pane is in sight."""
        return super().hinted() if self.roomy else ()

    def way_out(self) -> tuple[str, str]:
        return self.context.keymap.shown("quit"), BY_ID["quit"].label

    def go_to(self, pane: str) -> None:
        """Go to a pane; from the balance, or where that has no room, to the screen of the money."""
        again = self.pane == "balance" or not self.pane_widget("balance").display
        if pane == "balance" and again:
            self.action_run("money")
        else:
            if pane == "orders" and self.pane != pane:
                self.query_one(OrderBoard).enter_pane()
            super().go_to(pane)

    def open(self) -> None:
        if self.pane == "balance":
            self.action_run("money")
        else:
            self.board().action_open()

    def buy(self) -> None:
        """Open a ticket, or first the stock pane while its denominations are not in sight."""
        stock, product = self.stock, self.product
        denomination = self.query_one(StockPane).highlighted
        if not self.board("stock").display or stock is None or denomination is None:
            self.go_to("stock")
            self.say("Select a value here, then buy it.")
        elif product is not None:
            from tui.screens.ticket import TicketScreen

            self.open_screen(TicketScreen(self.context, product, denomination))

    def add(self) -> None:
        """Add one card of the selected value to the sale."""
        # Here for speed: no first screen needs what a sale is.
        from tui.screens.parts import desk_sale

        desk_sale.add(self)

    def add_to(self, sale: "Sale") -> None:
        """Add to this sale from now on, although it may be bought already."""
        self.adding_to = sale.id
        add = self.context.keymap.shown("sale.add")
        self.say(f"Select a value; {add} adds it to the sale.")

    def _follow_sale(self) -> None:
        """Show the sale in hand; ask once for one that was left open."""
        book, strip = self.book, self.query_one(SaleStrip)
        if book.sale is not None or strip.sale is not None:
            from tui.screens.parts import desk_sale

            desk_sale.follow(self)
        elif book.sale_waits and book.info.can_buy and not self._sales_asked:
            from tui.screens.parts import desk_sale

            self._sales_asked = True
            self.post_message(SaleOpenRequest(reply=partial(desk_sale.found, self)))

    def reveal(self) -> None:
        """Open the highlighted order with its first card revealed."""
        if order := self.noted_order():
            self._open_order(order, reveal=True)

    def chosen_in(self) -> tuple[Board[Any], ...]:
        """Return the list of the pane; a ticket is for a denomination of a product."""
        goods = (self.board("catalogue"), self.board("stock"))
        return goods if self.pane in ("catalogue", "stock") else (self.board(),)

    def bought(self, purchase_id: str) -> None:
        """Put the cursor of the board on the order that was just bought."""
        if self.composed:
            self.query_one(OrderBoard).point_at(purchase_id)

    def export(self, kind: str) -> None:
        product_id = self.product.id if self.product and self.pane == "stock" else ""
        self.post_message(ExportRequest(self.pane, self.board().listed, kind, product_id))

    def ask_again(self) -> None:
        book = self.book
        if book and (book.link.silent_since or book.poll.state in ("starting", "failing")):
            self.say("Asking the vendor again.")
        if self.pane == "stock":
            self.read_stock(fresh=True)
        elif self.pane == "ledger":
            self._read_ledger()
        else:
            self.post_message(RefreshRequest(self.pane))

    def pin(self) -> None:
        """Pin the product to the top of the catalogue, or take it down."""
        if self.product is not None:
            self.post_message(PinRequest(self.product))

    def watch_goods(self) -> None:
        """Watch the value under the cursor of the stock, or all of the product."""
        if self.product is not None:
            value = self.query_one(StockPane).highlighted if self.pane == "stock" else None
            self.post_message(WatchRequest(self.product, value))

    def back(self) -> None:
        """Undo the nearest thing: the filter, then the zoom."""
        if not self.clear_filter() and self.zoomed:
            self.zoom()

    def stock_shown(self) -> None:
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
        self.action_run("open" if not self.situation().buying else "buy")

    @on(Board.Opened, "#orders")
    @on(Board.Opened, "#ledger")
    def _order_opened(self) -> None:
        if order := self.noted_order():
            self._open_order(order)
        else:
            self.explain(BY_ID["open"])

    def _open_order(self, order: BoardOrder, *, reveal: bool = False) -> None:
        from tui.screens.order import OrderScreen

        self.open_screen(OrderScreen(self.context, order, reveal=reveal))

    @on(BalancePane.Opened)
    def _balance_opened(self) -> None:
        self.action_run("money")

    def watch_book(self) -> None:
        """Describe the highlighted row again; read a ledger in sight when money moved."""
        super().watch_book()
        self.describe()
        balance, before = self.book.balance, self._balance
        self._balance = balance
        moved = bool(balance and before and balance.amount != before.amount)
        if moved and self.composed and self.board("ledger").display:
            self._read_ledger()
        else:
            self._read_first_ledger()
        if self.composed:
            self._follow_sale()

    def take_order(self, order: BoardOrder) -> None:
        """Take an order that was just marked or noted into the ledger; the board has its own."""
        if self.composed:
            self.query_one(LedgerPane).take_order(order)
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

    def stock_in_sight(self) -> Product | None:
        """Return the product of the stock pane, where that is shown."""
        return self.product if self.composed and self.board("stock").display else None

    def panes_shown(self) -> None:
        """Read the ledger when it comes into sight; describe the row of the pane."""
        if self.pane == "ledger" and self.query_one(LedgerPane).needs_reading():
            self._read_ledger()
        else:
            self._read_first_ledger()
        self.describe()

    def _read_first_ledger(self) -> None:
        """Read a ledger that is in sight from the start, once the vendor has answered."""
        if not self.composed or self.book.poll.state not in ("live", "following"):
            return
        pane = self.query_one(LedgerPane)
        if pane.display and pane.ledger is None and pane.error is None and not pane.busy:
            self._read_ledger()

    def _read_ledger(self) -> None:
        pane = self.query_one(LedgerPane)
        pane.busy = True
        self.post_message(LedgerRequest(reply=pane.show_ledger))

    def describe(self) -> None:
        """Describe the highlighted row in full, and offer the keys that fit it."""
        if self.composed:
            words = "" if self.pane == "balance" else self.board().described
            self.query_one(DetailStrip).words = words
            self.refresh_hints()
            self._follow()

    def on_screen_resume(self) -> None:
        """Read again what is selected: on another screen much may have happened to it."""
        self._follow(again=True)

    def _follow(self, *, again: bool = False) -> None:
        if self.composed and self._preview is not None and self._preview.pane.display:
            self._preview.follow(self._chosen(), again=again)

    def _chosen(self) -> "Chosen":
        """Return what is to be shown in full: a value of the goods, else an order."""
        if self.pane not in GOODS:
            return self.noted_order()
        value, stock, product = self.query_one(StockPane).highlighted, self.stock, self.product
        if value is None or stock is None or product is None or stock.product_id != product.id:
            return None
        from widgets.panes.selected import ValuePreview

        kind, book = (product.id, value.id), self.book
        of_product = book.usual.get((product.id, ""))
        orders = tuple(o for o in book.orders if o.mine and (o.product_id, o.type_id) == kind)
        points = book.histories.get(product.id, {}).get(value.id, ())
        watched = self.query_one(StockPane).watched_for(value)
        usual = book.usual.get(kind, of_product)
        return ValuePreview(product, value, stock, usual, orders, points, watched)
