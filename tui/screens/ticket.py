"""The ticket: how many, the review that has to be confirmed, and what became of it, live."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual import events, on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.reactive import var
from textual.widgets import Input

from services.domain import status_text
from services.domain.book import BoardOrder
from services.domain.errors import BadInput, Failure
from services.domain.local_time import local_when
from services.domain.models import (
    UNSETTLED,
    WITH_CARDS,
    Check,
    Denomination,
    Product,
    Purchase,
    PurchaseState,
    Quote,
)
from services.domain.text import clean
from services.domain.typed import digits
from services.domain.typed.digits import quantity as quantity_of
from services.domain.typed.product_names import goods_name
from tui.actions import disabled_reasons
from tui.actions.table import ACTIONS, bindings
from tui.screens.base import ConsoleContext, ConsoleScreen, Dialog, Handler
from tui.screens.order import OrderScreen
from tui.screens.parts import order_actions, ticket_keys
from tui.screens.parts.strips import KeyLine
from tui.screens.parts.ticket_keys import Confirmation, Hint, QuantityInput
from tui.screens.requests import (
    BuyRequest,
    PurchaseRequest,
    QuoteRequest,
    ReceiptRequest,
    SaleAddRequest,
    SettleRequest,
)
from widgets.bars.key_hints import HintLine
from widgets.sheets.ticket import EDGE, VALUES, Ticket, field_line

if TYPE_CHECKING:
    from services.domain.shop.sale import Sale

NextStep = tuple[str, str, Callable[[], None]]
"""The action whose key does it, its words (empty: the key line does not name it), and how."""

NOTHING_PLACED = frozenset(
    {PurchaseState.NOT_SENT, PurchaseState.REFUSED, PurchaseState.NOT_PLACED}
)
LONGEST_NOTE = 200
WIDEST, HIGHEST = 80, 23
LOW = 24
"""Lines of a terminal from which the two last ones stay in sight below the ticket."""
BEING_SENT = "It is being sent and cannot be taken back. The answer comes here."
TOO_SOON = "Too soon: that key did not count. Wait for the question."
NO_BUYING = "Buying is off while the terminal is smaller than 60 x 18."


class TicketScreen(Dialog[None]):
    """Buys one denomination.

    Its stages are `edit`, `checking`, `review`, `sending` and `done`. Only a review whose
    confirmation heard `y` and then enter sends anything, and it sends once: the stage changes
    before the request leaves.

    Args:
        product: what is bought.
        denomination: which of its denominations.
        quantity: how many to begin with.
        approves: the purchase of another person that this is to approve, None for a new one. Then
            nothing is typed, and a check that failed leads to a stage of its own, `failed`.
    """

    PLACE = "ticket"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("ticket")]

    stage: var[str] = var("edit", init=False)

    def __init__(
        self,
        context: ConsoleContext,
        product: Product,
        denomination: Denomination,
        quantity: int = 1,
        approves: Purchase | None = None,
    ) -> None:
        super().__init__(context)
        self._approves = approves
        self._goods = (product, denomination)
        self._first_quantity = quantity
        self._quote: Quote | None = None
        self._confirmation: Confirmation | None = None
        self._purchase: Purchase | None = None
        self._missed = False

    def compose(self) -> ComposeResult:
        """Lay the two lines to type in and the keys over the ticket."""
        product, denomination = self._goods
        keys = self.context.keymap
        taken = ticket_keys.taken(keys)
        with Container(id="ticket-box"):
            ticket = Ticket().data_bind(
                ConsoleScreen.now,
                ConsoleScreen.privacy,
                ConsoleScreen.prices,
                stage=TicketScreen.stage,
            )
            ticket.product, ticket.denomination = product, denomination
            ticket.sending = status_text.sending(self.context.settings.purchase.deadline_seconds)
            ticket.counted_by = ticket_keys.counted_by(keys)
            if (approves := self._approves) is not None:
                ticket.approves, ticket.note = approves, approves.note
                ticket.quantity = approves.quantity
            yield ticket
            keyboard = self.context.settings.ui.keyboard
            quantity = QuantityInput(str(self._first_quantity), taken, keyboard)
            note = Input(id="note", compact=True, max_length=LONGEST_NOTE, select_on_focus=False)
            note.cursor_blink = False
            # What another person asked for stays as it is: nothing is typed.
            quantity.disabled = note.disabled = self._approves is not None
            yield quantity
            yield note
            yield KeyLine()

    def begin(self) -> None:
        self._fit()
        self.watch_book()
        if self._approves is None:
            self._edit()
        else:
            self._check(self._approves.quantity, None)

    @property
    def ticket(self) -> Ticket:
        return self.query_one(Ticket)

    @property
    def confirmation(self) -> Confirmation | None:
        """What listens for a yes, while a review is open."""
        return self._confirmation

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "ticket.more": partial(self._change, 1),
            "ticket.less": partial(self._change, -1),
            "ticket.add": self._add_to_sale,
            **dict.fromkeys(("part.next", "part.previous"), self._other_line),
            "back": self.back,
        }

    def action_run(self, action_id: str) -> None:
        """Do an action; a digit leads to its pane only once nothing is typed or asked any more."""
        if action_id.startswith("pane.") and self.stage != "done":
            raise SkipAction
        super().action_run(action_id)

    def back(self) -> None:
        """Close, unless something is being sent."""
        if self.stage == "sending":
            self.say(BEING_SENT)
        else:
            self.dismiss(None)

    def refresh_hints(self) -> None:
        if self.composed:
            self.query_one(HintLine).hints = self._hints()

    def _hints(self) -> tuple[Hint, ...]:
        """Return keys and what they do, the most useful first."""
        keys, shown = self.context.keymap, self.context.keymap.shown
        back, go = (shown("back"), "Close"), shown("ticket.go")
        match self.stage:
            case "edit":
                add = (shown("ticket.add"), "Add to sale")
                return (go, "Review"), (shown("part.next"), "Customer"), add, back
            case "checking":
                return (back,)
            case "failed":
                return (go, "Check again"), back
            case "review" if self._quote is not None and self._confirmation is not None:
                does = "Approve" if self._approves else "Buy"
                does = "Ask for approval" if self._quote.needs_approval else does
                return self._confirmation.hints(keys, does)
            case "done":
                steps = ((shown(action), words) for action, words, _ in self._steps() if words)
                return *steps, (back[0], "Close" if self._approves else "Close, next customer")
            case _:
                return ()

    def watch_context(self, context: ConsoleContext) -> None:
        """Take the digits and keys of another keyboard."""
        super().watch_context(context)
        if self.composed:
            line, keys = self.query_one(QuantityInput), context.keymap
            line.keyboard = context.settings.ui.keyboard
            line.taken = ticket_keys.taken(keys)
            self.ticket.counted_by = ticket_keys.counted_by(keys)

    def watch_stage(self) -> None:
        self.refresh_hints()
        self._fit()

    def watch_book(self) -> None:
        """Take over balance and environment, and follow the purchase on the board."""
        if not self.composed:
            return
        self.ticket.practice = self.book.info.environment == "SANDBOX"
        self.ticket.balance = self.book.balance
        product, denomination = self._goods
        self.ticket.usual = self.book.usual_of(product.id, denomination.id)
        self.ticket.poll = self.book.poll
        self.ticket.customer_before = served_last(self.book.orders)
        self._follow_customer()
        self._follow_stock()
        self._follow_purchase()

    def stock_in_sight(self) -> Product | None:
        """Return the product, until something is sent."""
        return self._goods[0] if self.stage in ("edit", "review") else None

    def _follow_stock(self) -> None:
        """Show the newest price and stock; a review that they do not allow is made again."""
        product, denomination = self._goods
        stock = self.book.stocks.get(product.id)
        if stock is None:
            return
        now = stock.find(denomination.id) or replace(denomination, quantity=0)
        self._goods = (product, now)
        self.ticket.denomination, self.ticket.stock_read_at = now, stock.read_at
        quote = self._quote
        if self.stage != "review" or quote is None or stock.read_at <= quote.read_at:
            return
        if now.price != quote.unit_price or now.quantity < quote.quantity:
            self._check(quote.quantity, quote)

    def _follow_customer(self) -> None:
        ticket = self.ticket
        ticket.bought_last = bought_last(self.book.orders, ticket.note, self.now)

    def _follow_purchase(self) -> None:
        """Follow each check of a purchase without an answer, and its order on the board."""
        held = self._purchase
        if held is None or self.stage != "done":
            return
        newer = next((p for p in self.book.unsettled if p.id == held.id), held)
        if newer.state == held.state and newer.updated_at > held.updated_at:
            held = self._purchase = self.ticket.purchase = newer
        row = next((o for o in self.book.orders if o.purchase_id == held.id), None)
        waits = held.state is PurchaseState.AWAITING_APPROVAL
        # What ended without an order has no row any more.
        gone = waits and row is None
        known = (held.state, held.order_id, held.cards_came)
        if gone or (row is not None and (row.state, row.order_id, row.cards_came) != known):
            self.post_message(PurchaseRequest(held.id, reply=self.show_purchase))

    def on_resize(self) -> None:
        """Take a review back when it can no longer be read whole."""
        if not self.roomy and self.stage == "review":
            self._edit_or_stop()
            self.say(NO_BUYING)
        self._fit()

    # What is typed.

    @on(Input.Changed, "#quantity")
    def _quantity_typed(self) -> None:
        if self._approves is not None:
            return
        self.ticket.error, self.ticket.checks = "", ()
        try:
            self.ticket.quantity = self._quantity()
        except BadInput:
            self.ticket.quantity = None

    @on(Input.Changed, "#note")
    def _note_typed(self, event: Input.Changed) -> None:
        if self._approves is not None:
            return
        self.ticket.note = clean(event.value, LONGEST_NOTE)
        self._follow_customer()

    @on(Input.Submitted)
    def _ask_for_review(self) -> None:
        if self.stage != "edit":
            return
        if not self.roomy:
            self.say(NO_BUYING)
            return
        try:
            quantity = self._quantity()
        except BadInput as bad:
            self.ticket.error = bad.failure.sentence()
            return
        self._check(quantity, None)

    def on_key(self, event: events.Key) -> None:
        """Listen for the yes of a review, and for the way to the cards afterwards."""
        keys = self.context.keymap
        if self.stage == "edit" and event.key == "up":
            self._take_customer()
        if self.stage == "done":
            self._go_on(event)
        elif keys.presses("back", event.key):
            return
        elif self.stage == "review":
            event.stop()
            self._listen(event)
        elif self.stage == "failed":
            event.stop()
            if keys.presses("ticket.go", event.key) and self._approves is not None:
                self._check(self._approves.quantity, None)
        elif self.stage != "edit":
            event.stop()
            self._missed |= keys.presses("ticket.arm", event.key)
            self.say(TOO_SOON if self.stage == "checking" else BEING_SENT)

    def on_paste(self, event: events.Paste) -> None:
        """Refuse to be confirmed by a paste."""
        if self._confirmation is not None:
            event.prevent_default()
            event.stop()
            self._confirmation.forget()
            self._draw_confirmation()
            self.say("Pasted text never confirms a purchase.")

    # What comes back.

    def show_check(self, check: Check) -> None:
        """Show a check as it runs and as it ends, unless the ticket was closed meanwhile."""
        if not self.composed:
            return
        checks = [held for held in self.ticket.checks if held.step != check.step]
        self.ticket.checks = (*checks, check)

    def show_quote(self, quote: Quote | None, error: Failure | None) -> None:
        """Open the review, unless the ticket was taken back meanwhile."""
        if quote is None:
            self._show_failure(error)
            return
        if self.stage != "checking" or not self.composed:
            return
        total = quote.total if quote.typed_total else None
        self._quote = self.ticket.quote = quote
        self._confirmation = Confirmation(self.context.clock.steady(), total, missed=self._missed)
        self.stage = "review"
        self._draw_confirmation()

    def show_purchase(self, purchase: Purchase | None, error: Failure | None) -> None:
        """Show the state of the purchase; from now on the book brings changes."""
        if purchase is None or not self.composed:
            self._show_failure(error)
            return
        self._purchase = self.ticket.purchase = purchase
        self.stage = "done"
        self.refresh_hints()
        self._show_when_ready()

    def _show_failure(self, error: Failure | None) -> None:
        """Go back to the lines with what failed; a purchase whose outcome is here stays."""
        if not self.composed or error is None:
            return
        sentence = error.sentence()
        if self.stage == "done":
            self.say(sentence)
            return
        checks = self.ticket.checks
        self._edit_or_stop()
        self.ticket.checks, self.ticket.error = checks, sentence

    def quote_again(self) -> None:
        """Check again what moved since the review."""
        if self.composed and self._quote is not None:
            self._check(self._quote.quantity, self._quote)

    # Stages.

    def _edit(self) -> None:
        self.stage = "edit"
        self._quote = self._confirmation = None
        ticket = self.ticket
        ticket.quote, ticket.checks, ticket.error = None, (), ""
        self._draw_confirmation()
        self._show_fields(True)
        self.query_one("#quantity").focus()

    def _edit_or_stop(self) -> None:
        """Go back to the lines; what is to be approved has none: there the check is made again."""
        if self._approves is None:
            self._edit()
            return
        self.stage = "failed"
        self._quote = self._confirmation = self.ticket.quote = None
        self._draw_confirmation()

    def _check(self, quantity: int, previous: Quote | None) -> None:
        product, denomination = self._goods
        self.stage = "checking"
        self._confirmation, self._missed = None, False
        self.ticket.error, self.ticket.checks = "", ()
        self._draw_confirmation()
        self.set_focus(None)
        self._show_fields(False)
        goods, report = (product.id, denomination.id, quantity), self.show_check
        approves = self._approves.id if self._approves else ""
        self.post_message(QuoteRequest(*goods, previous, report, approves, reply=self.show_quote))

    def _listen(self, event: events.Key) -> None:
        confirmation, quote = self._confirmation, self._quote
        if confirmation is None or quote is None:
            return
        keyboard = self.context.settings.ui.keyboard
        heard, words = confirmation.press(event, self.context.keymap, keyboard)
        self._draw_confirmation()
        if heard == "cancelled" and self._approves is not None:
            self._close("Nothing was approved: it still waits.")
            return
        if heard == "cancelled":
            self._edit()
        elif heard in ("armed", "typed"):
            self.unsay()
        if words:
            self.say(words)
        if heard == "confirmed":
            self._confirmation = None
            self.stage = "sending"
            self.ticket.armed = False
            note, report, stale = self.ticket.note, self.show_check, self.quote_again
            price, reply = self.ticket.pays, self.show_purchase
            approves = self._approves.id if self._approves else ""
            self.post_message(BuyRequest(quote, note, report, stale, price, approves, reply=reply))

    def _draw_confirmation(self) -> None:
        confirmation = self._confirmation
        self.ticket.armed = confirmation is not None and confirmation.armed
        self.ticket.typed = confirmation.typed if confirmation else ""
        self.refresh_hints()

    def _quantity(self) -> int:
        return quantity_of(digits.western(self.query_one("#quantity", Input).value.strip()))

    def _change(self, by: int) -> None:
        line = self.query_one("#quantity", Input)
        if not line.has_focus:
            # In the note these keys are text.
            raise SkipAction
        try:
            line.value = str(max(1, self._quantity() + by))
        except BadInput:
            line.value = "1"
        line.cursor_position = len(line.value)

    def _add_to_sale(self) -> None:
        """Put what is typed into the sale, and go back to the desk."""
        if self.stage != "edit" or not self.query_one("#quantity").has_focus:
            # In the customer's name it is a letter.
            raise SkipAction
        try:
            quantity = self._quantity()
        except BadInput as bad:
            self.ticket.error = bad.failure.sentence()
            return
        request = SaleAddRequest(*self._goods, quantity, self.ticket.note, reply=self._added)
        self.post_message(request)

    def _added(self, sale: "Sale | None", error: Failure | None) -> None:
        if sale is None:
            self._show_failure(error)
        elif self.composed:
            from tui.screens.parts.desk_sale import said

            product, kind = self._goods
            self._close(said(self.context.keymap, sale, product, kind))

    def _close(self, words: str) -> None:
        """Leave, and say something where it leads."""
        below = self.console.screen_stack[-2]
        self.dismiss(None)
        if isinstance(below, ConsoleScreen):
            below.say(words)

    def _take_customer(self) -> None:
        """Take the customer of the order before, where none is typed."""
        line = self.query_one("#note", Input)
        if line.has_focus and not line.value:
            line.value = self.ticket.customer_before
            line.cursor_position = len(line.value)

    def _other_line(self) -> None:
        if self.stage == "edit":
            name = "#note" if self.query_one("#quantity").has_focus else "#quantity"
            self.query_one(name).focus()

    def noted_order(self) -> BoardOrder | None:
        """Return the order of the purchase, once the board has it."""
        held = self._purchase
        return next((o for o in self.book.orders if held and o.purchase_id == held.id), None)

    def _show_order(self) -> None:
        if (row := self.noted_order()) is None:
            self.say("The board does not show this order yet.")
        else:
            self.dismiss(None)
            self.open_screen(OrderScreen(self.context, row, reveal=bool(row.delivered)))

    def _show_when_ready(self) -> None:
        """Show the first card unasked, where that is set and the buyer alone looks at it."""
        console, row = self.console, self.noted_order()
        watched = console.screen is self and console.app_focus and not self.privacy
        came = row is not None and row.to_give and bool(row.delivered)
        if self.context.settings.ui.reveal_when_ready and watched and came:
            self._show_order()

    def _go_on(self, event: events.Key) -> None:
        keys = self.context.keymap
        if keys.presses("back", event.key) or self._leads_away(event.key):
            return
        event.stop()
        for action, _, do in self._steps():
            if keys.presses(action, event.key):
                do()
                return

    def _steps(self) -> tuple[NextStep, ...]:
        """Return what helps with what became of the purchase, the most useful first."""
        state = self._purchase.state if self._purchase else ""
        if state == PurchaseState.AWAITING_APPROVAL:
            all_of_them = ("unresolved", "All that waits", self._settle)
            return ("off", "Take it back", self._withdraw), all_of_them
        if state in UNSETTLED:
            return (("unresolved", "Settle it", self._settle),)
        if state in NOTHING_PLACED:
            return (("ticket.go", "" if self._approves else "Back to the ticket", self._again),)
        order = ("reveal", "Order and cards", self._show_order)
        return (order, ("hand", "Hand over", self._hand_over)) if state in WITH_CARDS else (order,)

    def _settle(self) -> None:
        self.dismiss(None)
        self.post_message(self.Asked(self, "unresolved"))

    def _again(self) -> None:
        if self._approves is not None:
            self.dismiss(None)
            return
        self._purchase = self.ticket.purchase = None
        self._edit()

    def _withdraw(self) -> None:
        if self._purchase is not None:
            self.post_message(SettleRequest(self._purchase, "withdraw", reply=self._withdrawn))

    def _withdrawn(self, _: None, error: Failure | None) -> None:
        if error is not None and self.composed:
            self.say(error.sentence())

    def _hand_over(self) -> None:
        order = self.noted_order()
        if reason := disabled_reasons.handing(order_actions.situation(self.situation(), order)):
            self.say(reason)
        elif order is not None:
            self.post_message(ReceiptRequest(order, reply=self._handed))

    def _handed(self, sentence: str | None, error: Failure | None) -> None:
        """Say where the cards went; close once the customer has them all: the next one waits."""
        if not self.composed:
            return
        if error is not None:
            self.say(error.sentence())
        elif sentence:
            order, console = self.noted_order(), self.console
            if order is not None and order.given_at is not None and console.screen is self:
                self.dismiss(None)
            if isinstance(console.screen, ConsoleScreen):
                console.screen.say(sentence)

    def _leads_away(self, key: str) -> bool:
        panes = (action.id for action in ACTIONS if action.id.startswith("pane."))
        return any(self.context.keymap.presses(pane, key) for pane in panes)

    def _show_fields(self, shown: bool) -> None:
        for name in ("#quantity", "#note"):
            self.query_one(name).display = shown

    def _fit(self) -> None:
        """Give the box one size for all stages, below the first line, which stays in sight."""
        if not self.composed:
            return
        below = 2 if self.size.height >= LOW else 0
        width = max(1, min(WIDEST, self.size.width - 2))
        height = max(3, min(HIGHEST, self.size.height - 1 - below))
        box = self.query_one(".band")
        box.styles.width, box.styles.height = width, height
        box.styles.margin = (1, 0, below, 0)
        # The one lies below the other already.
        for name in ("#quantity", "#note"):
            self.query_one(name).styles.offset = (EDGE + VALUES - 1, field_line(height))
        self.query_one(KeyLine).styles.width = max(1, width - EDGE)


def served_last(orders: Iterable[BoardOrder]) -> str:
    """Return the customer of this desk's newest order; empty where it names none.

    Args:
        orders: of the board, the newest first.
    """
    return next((order.note for order in orders if order.mine), "")


def bought_last(orders: Iterable[BoardOrder], customer: str, now: datetime | None) -> str:
    """Say what a customer bought last here; empty where the board does not know.

    Args:
        orders: of the board, the newest first.
        customer: as typed.
        now: UTC.
    """
    wanted = customer.strip().casefold()
    if not wanted:
        return ""
    last = next((order for order in orders if order.mine and order.note.casefold() == wanted), None)
    if last is None:
        return ""
    goods = goods_name(last.product, last.denomination)
    said = f"{last.note}: last bought {goods} {local_when(last.time, now)}"
    if last.given_at is not None:
        return f"{said}, handed over {local_when(last.given_at, now)}."
    return f"{said}, not handed over yet." if last.to_give else f"{said}."
