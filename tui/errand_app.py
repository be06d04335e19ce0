"""The errands of screens, each carried to the desk by a thin worker, the answer handed back."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from textual import on, work

from services.book_models import BoardOrder
from services.clock import Clock
from services.errors import DeskError
from services.models import Denomination, Product
from services.text import NOTHING, short_id
from services.wording import counted
from tui import revealing
from tui.line_app import LineApp
from tui.screens import errands
from tui.screens.base import ConsoleScreen
from tui.screens.order import OrderScreen
from tui.screens.prompt import PromptScreen
from tui.screens.ticket import TicketScreen

if TYPE_CHECKING:
    from services.desk import Desk

BROKE = (
    "A defect stopped this purchase. It may or may not be placed: press u before you buy it again."
)


class ErrandApp(LineApp[None], inherit_bindings=False):
    """Runs errands. Workers live here, on the app: one started on a screen would die with it.

    What must not be lost, such as a purchase that is being sent, is a task of the desk's own.
    """

    clock: Clock
    _exported_as = "csv"

    @property
    def desk(self) -> "Desk":
        """The desk, once it is open; raises Unavailable before."""
        raise NotImplementedError

    def show(self, screen: ConsoleScreen[Any], done: Callable[[Any], None] | None = None) -> None:
        """Push a screen, with the book as it is now."""
        raise NotImplementedError

    # Reading.

    @on(errands.StockWanted)
    @work(group="stock", exclusive=True, exit_on_error=False, description="read the stock")
    async def _read_stock(self, wanted: errands.StockWanted) -> None:
        try:
            stock = await self.desk.stock(wanted.product.id)
        except DeskError as error:
            wanted.reader.show_stock(wanted.product, None, error.sentence())
        else:
            wanted.reader.show_stock(wanted.product, stock, "")

    @on(errands.LedgerWanted)
    @work(group="ledger", exclusive=True, exit_on_error=False, description="read the ledger")
    async def _read_ledger(self, wanted: errands.LedgerWanted) -> None:
        try:
            ledger = await self.desk.ledger()
        except DeskError as error:
            wanted.reader.show_ledger(None, error.sentence())
        else:
            wanted.reader.show_ledger(ledger, "")

    @on(errands.PinWanted)
    @work(group="pin", exit_on_error=False, description="keep the pins")
    async def _pin(self, wanted: errands.PinWanted) -> None:
        title = wanted.product.title
        try:
            pinned = await self.desk.pin(wanted.product.id)
        except DeskError as error:
            self.say(error.sentence())
        else:
            self.say(
                f"{title} is pinned: it stands on top of the catalogue."
                if pinned
                else f"{title} is not pinned any more."
            )

    @on(errands.ExportWanted)
    def _ask_for_format(self, wanted: errands.ExportWanted) -> None:
        from tui.screens.export import ExportScreen

        if not wanted.rows:
            self.say("Nothing is listed here, so there is nothing to write: no file was made.")
            return
        what = f"{counted(len(wanted.rows), 'row')} of {wanted.pane}"
        self.show(
            ExportScreen(self.frame, what, self._exported_as), partial(self._format_chosen, wanted)
        )

    def _format_chosen(self, wanted: errands.ExportWanted, kind: str | None) -> None:
        if kind is not None:
            self._exported_as = kind
            self._export(wanted, kind)

    @work(group="export", exclusive=True, exit_on_error=False, description="export the list")
    async def _export(self, wanted: errands.ExportWanted, kind: str) -> None:
        from tui import exported

        try:
            path = await self.desk.export(wanted.pane, exported.rows(wanted.rows), kind)
        except DeskError as error:
            self.say(error.sentence())
        else:
            are = "is" if len(wanted.rows) == 1 else "are"
            rows = counted(len(wanted.rows), "row")
            self.say(f"{rows} of {wanted.pane}, without codes, {are} in {path}")

    @on(errands.RefreshWanted)
    @work(group="refresh", exclusive=True, exit_on_error=False, description="refresh the pane")
    async def _refresh_pane(self, wanted: errands.RefreshWanted) -> None:
        try:
            if wanted.pane == "catalogue":
                await self.desk.catalog(refresh=True)
            else:
                self.desk.refresh_orders()
            await self.desk.balance()
        except DeskError as error:
            self.say(error.sentence())

    @on(errands.OrderRead)
    @work(group="order", exclusive=True, exit_on_error=False, description="read the order")
    async def _read_order(self, wanted: errands.OrderRead) -> None:
        row, order, purchase, sentence = wanted.order, None, None, ""
        try:
            if row.purchase_id:
                purchase = await self.desk.purchase(row.purchase_id)
            if row.order_id:
                order = await self.desk.order(row.order_id)
        except DeskError as error:
            sentence = error.sentence()
        wanted.holder.show_order(order, purchase, sentence)

    # Buying.

    @on(errands.TicketWanted)
    def _open_ticket(self, wanted: errands.TicketWanted) -> None:
        self.show(
            TicketScreen(
                self.frame,
                wanted.product,
                wanted.denomination,
                wanted.stock,
                self.clock,
                wanted.quantity,
            )
        )

    @on(errands.AgainWanted)
    @work(group="stock", exclusive=True, exit_on_error=False, description="open a ticket again")
    async def _open_ticket_again(self, wanted: errands.AgainWanted) -> None:
        held = wanted.purchase
        try:
            stock = await self.desk.stock(held.product_id)
        except DeskError as error:
            self.say(error.sentence())
            return
        known = Denomination(held.type_id, held.type_name, held.unit_price, 0)
        catalog = self.desk.book.catalog
        listed = catalog.find(held.product_id) if catalog else None
        product = listed or Product(held.product_id, held.product_title, NOTHING)
        denomination = stock.find(held.type_id) or known
        self._open_ticket(errands.TicketWanted(product, denomination, stock, held.quantity))

    @on(errands.QuoteWanted)
    @work(group="quote", exclusive=True, exit_on_error=False, description="check a purchase")
    async def _quote(self, wanted: errands.QuoteWanted) -> None:
        buyer = wanted.buyer
        try:
            quote = await self.desk.quote(
                wanted.product_id,
                wanted.type_id,
                wanted.quantity,
                previous=wanted.previous,
                report=buyer.show_check,
            )
        except DeskError as error:
            buyer.show_failure(error.sentence())
        else:
            buyer.show_quote(quote)

    @on(errands.BuyWanted)
    @work(group="purchase", exit_on_error=False, description="send a purchase")
    async def _buy(self, wanted: errands.BuyWanted) -> None:
        buyer = wanted.buyer
        try:
            purchase = await self.desk.buy(wanted.quote, note=wanted.note, report=buyer.show_check)
        except DeskError as error:
            buyer.show_failure(error.sentence(), stale=error.code == "REQUOTE")
        except Exception:
            # The ticket would say "sending" for ever; the defect itself is reported as any other.
            buyer.show_failure(BROKE)
            raise
        else:
            buyer.show_purchase(purchase)

    @on(errands.PurchaseWanted)
    @work(group="purchase", exit_on_error=False, description="look a purchase up")
    async def _look_up(self, wanted: errands.PurchaseWanted) -> None:
        try:
            purchase = await self.desk.purchase(wanted.purchase_id)
        except DeskError as error:
            self.say(error.sentence())
        else:
            if purchase is not None:
                wanted.buyer.show_purchase(purchase)

    # Orders and their cards.

    @on(errands.OrderWanted)
    def _open_order(self, wanted: errands.OrderWanted) -> None:
        below = self.screen_stack[-2] if len(self.screen_stack) > 1 else None
        if isinstance(below, OrderScreen) and below.shows(wanted.order) and not wanted.reveal:
            # Its story was opened from there: the way on is the way back.
            self.pop_screen()
        else:
            self.show(OrderScreen(self.frame, wanted.order, reveal=wanted.reveal))

    @on(errands.CardsWanted)
    @work(group="cards", exclusive=True, exit_on_error=False, description="reveal cards")
    async def _reveal(self, wanted: errands.CardsWanted) -> None:
        try:
            history = await self.desk.history(wanted.order_id)
            cards = await self.desk.reveal(wanted.order_id, wanted.index)
        except DeskError as error:
            wanted.holder.show_cards((), error.sentence())
        else:
            before = revealing.before(history, self.clock.now())
            wanted.holder.show_cards(tuple(enumerate(cards, wanted.index or 0)), "", before)

    @on(errands.NoteWanted)
    def _ask_for_note(self, wanted: errands.NoteWanted) -> None:
        order = wanted.order
        title = f"Note on {order.quantity} x {order.product} {order.denomination}"
        self.show(PromptScreen(self.frame, title, order.note), partial(self._noted, order))

    def _noted(self, order: BoardOrder, note: str | None) -> None:
        if note is not None and note != order.note:
            self._set_note(order, note)

    @work(group="note", exit_on_error=False, description="keep a note")
    async def _set_note(self, order: BoardOrder, note: str) -> None:
        try:
            kept = await self.desk.set_note(order.purchase_id, note)
        except DeskError as error:
            self.say(error.sentence())
        else:
            self.show_order(replace(order, note=kept.note))
            self.say(f"The note is saved: {note}" if note else "The note is taken off.")

    def show_order(self, order: BoardOrder) -> None:
        """Hand an order that a person just changed to every screen that shows it."""
        for screen in self.screen_stack:
            if isinstance(screen, ConsoleScreen):
                screen.take_order(order)

    # Settling.

    @on(errands.CandidatesWanted)
    @work(group="candidates", exclusive=True, exit_on_error=False, description="read candidates")
    async def _read_candidates(self, wanted: errands.CandidatesWanted) -> None:
        held = wanted.purchase
        try:
            candidates = await self.desk.candidates(held.id)
        except DeskError as error:
            wanted.judge.show_candidates(held, (), error.sentence())
        else:
            wanted.judge.show_candidates(held, candidates, "")

    @on(errands.NobodysWanted)
    @work(group="nobodys", exclusive=True, exit_on_error=False, description="read nobody's orders")
    async def _read_nobodys(self, wanted: errands.NobodysWanted) -> None:
        held = wanted.purchase
        try:
            nobodys = await self.desk.nobodys(held.id if held else "")
        except DeskError as error:
            wanted.judge.say(error.sentence())
        else:
            wanted.judge.show_nobodys(held, nobodys)

    @on(errands.SettleWanted)
    @work(group="settle", exit_on_error=False, description="settle a purchase")
    async def _settle(self, wanted: errands.SettleWanted) -> None:
        held, desk = wanted.purchase, self.desk
        try:
            match wanted.what:
                case "look":
                    await desk.look_now(held.id)
                case "claim":
                    (order_id,) = wanted.order_ids
                    await desk.claim(held.id, order_id)
                    wanted.judge.say(f"Order {short_id(order_id)} is this purchase now.")
                case "none":
                    await desk.none_of_these(held.id, wanted.order_ids)
                case "acknowledge":
                    await desk.acknowledge(held.id)
        except DeskError as error:
            wanted.judge.say(error.sentence())
