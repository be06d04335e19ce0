"""The ticket: how many, the review that has to be confirmed, and what became of it, live."""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from msgspec.structs import replace
from textual import events, on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.reactive import var
from textual.widgets import Input, Static

from services import wording
from services.clock import Clock
from services.errors import BadInput
from services.models import (
    UNSETTLED,
    Check,
    Denomination,
    Product,
    Purchase,
    PurchaseState,
    Quote,
    Stock,
)
from services.text import clean
from tui.actions import bindings
from tui.cli_values import quantity as quantity_of
from tui.confirmation import Confirmation
from tui.screens import ticket_keys
from tui.screens.base import ConsoleScreen, Dialog, Frame, Handler
from tui.screens.errands import BuyWanted, OrderWanted, PurchaseWanted, QuoteWanted
from tui.screens.quantity_input import QuantityInput
from tui.screens.strips import KeyLine
from tui.screens.ticket_keys import NOTHING_PLACED, Standing
from widgets.bars import HintLine
from widgets.ticket import Ticket, TicketHead
from widgets.told import told

LONGEST_NOTE = 200
AROUND = 5
"""Lines of a ticket that do not scroll: its border, the environment, the keys and a gap."""
NO_BUYING = "Buying is off while the terminal is smaller than 60 x 18."


class TicketScreen(Dialog[None]):
    """Buys one denomination.

    Its stages are `edit`, `checking`, `review`, `sending` and `done`. Only a review whose
    confirmation heard `y` and then enter sends anything, and it sends once: the stage changes
    before the errand leaves.

    Args:
        product: what is bought.
        denomination: which of its denominations.
        stock: the stock that was on the screen.
        clock: when a review opened; keys carry their own time.
        quantity: how many to begin with.
    """

    PLACE = "ticket"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("ticket")]

    stage: var[str] = var("edit", init=False)

    def __init__(
        self,
        frame: Frame,
        product: Product,
        denomination: Denomination,
        stock: Stock,
        clock: Clock,
        quantity: int = 1,
    ) -> None:
        super().__init__(frame)
        self._goods = (product, denomination, stock)
        self._clock = clock
        self._first_quantity = quantity
        self._quote: Quote | None = None
        self._confirmation: Confirmation | None = None
        self._purchase: Purchase | None = None

    def compose(self) -> ComposeResult:
        """Lay out the ticket, the two lines to type in, and the keys."""
        product, denomination, stock = self._goods
        keys = self.frame.keymap
        taken = frozenset(keys.pressed("ticket.more") | keys.pressed("ticket.less"))
        with Vertical(classes="dialog", id="ticket-box"):
            yield TicketHead()
            with VerticalScroll(can_focus=False, id="ticket-scroll"):
                ticket = Ticket().data_bind(
                    ConsoleScreen.now, ConsoleScreen.privacy, stage=TicketScreen.stage
                )
                ticket.product, ticket.denomination = product, denomination
                ticket.stock_read_at = stock.read_at
                ticket.sending = wording.sending(self.frame.settings.purchase.deadline_seconds)
                ticket.markup_percent = self.frame.settings.ui.markup_percent
                yield ticket
            with Horizontal(id="entry"):
                yield Static(told("Quantity "), classes="label")
                yield QuantityInput(str(self._first_quantity), taken)
                yield Static(told("  Note "), classes="label")
                note = Input(id="note", compact=True, max_length=LONGEST_NOTE)
                note.cursor_blink = False
                yield note
            yield KeyLine()

    def begin(self) -> None:
        """Begin with the quantity."""
        self.watch_book()
        self._edit()

    @property
    def ticket(self) -> Ticket:
        """The drawing."""
        return self.query_one(Ticket)

    @property
    def confirmation(self) -> Confirmation | None:
        """What listens for a yes, while a review is open."""
        return self._confirmation

    def handlers(self) -> Mapping[str, Handler]:
        """Return what the ticket does itself."""
        return {
            "ticket.more": partial(self._change, 1),
            "ticket.less": partial(self._change, -1),
            "ticket.next": self._other_line,
            "back": self.back,
        }

    def back(self) -> None:
        """Go from the review to the lines; otherwise close, unless something is being sent."""
        if self.stage == "sending":
            self.say("It is being sent and cannot be taken back. The answer comes here.")
        elif self.stage == "review":
            self._edit()
        else:
            self.dismiss(None)

    def refresh_hints(self) -> None:
        """Say what the keys of this stage do."""
        if not self.composed:
            return
        stands = Standing(self.stage, self._quote, self._confirmation, self._purchase)
        self.query_one(HintLine).hints = ticket_keys.hints(self.frame.keymap, stands)

    def watch_stage(self) -> None:
        """Offer the keys of the new stage."""
        self.refresh_hints()
        self._fit()

    def watch_book(self) -> None:
        """Take over balance and environment, and follow the purchase on the board."""
        if not self.composed:
            return
        self.query_one(TicketHead).environment = self.book.info.environment
        self.ticket.practice = self.book.info.environment == "SANDBOX"
        self.set_class(self.book.info.environment == "PRODUCTION", "-production")
        self.ticket.balance = self.book.balance
        held = self._purchase
        if held is None or self.stage != "done":
            return
        row = next((o for o in self.book.orders if o.purchase_id == held.id), None)
        if row is not None and (row.state != held.state or row.order_id != held.order_id):
            self.post_message(PurchaseWanted(self, held.id))

    def on_resize(self) -> None:
        """Take a review back when it can no longer be read whole."""
        if not self.roomy and self.stage == "review":
            self._edit()
            self.say(NO_BUYING)
        self._fit()

    # What is typed.

    @on(Input.Changed, "#quantity")
    def _quantity_typed(self) -> None:
        self.ticket.error = ""
        try:
            self.ticket.quantity = self._quantity()
        except BadInput:
            self.ticket.quantity = None

    @on(Input.Changed, "#note")
    def _note_typed(self, event: Input.Changed) -> None:
        self.ticket.note = clean(event.value, LONGEST_NOTE)

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
            self.ticket.error = bad.sentence()
            return
        self._check(quantity, None)

    def on_key(self, event: events.Key) -> None:
        """Listen for the yes of a review, and for the way to the cards afterwards."""
        keys = self.frame.keymap
        if self.stage == "done":
            self._go_on(event)
        elif self.stage == "review" and not keys.presses("back", event.key):
            event.stop()
            self._listen(event)

    def on_paste(self, event: events.Paste) -> None:
        """Refuse to be confirmed by a paste."""
        if self._confirmation is not None:
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

    def show_quote(self, quote: Quote) -> None:
        """Open the review, unless the ticket was taken back meanwhile."""
        if self.stage != "checking" or not self.composed:
            return
        total = quote.total if quote.typed_total else None
        self._quote = self.ticket.quote = quote
        self._confirmation = Confirmation(self._clock.steady(), total)
        self.stage = "review"
        self._draw_confirmation()
        self.call_after_refresh(self._scroll_to_end)

    def show_purchase(self, purchase: Purchase) -> None:
        """Show where the purchase stands; from now on the book tells of changes."""
        if not self.composed:
            return
        self._purchase = self.ticket.purchase = purchase
        self.stage = "done"
        # What the answer said is said below, and goes on to be true there.
        self.ticket.checks = tuple(
            replace(check, detail="") if check.step == "place" else check
            for check in self.ticket.checks
        )
        if purchase.order_id:
            waiting = purchase.state is PurchaseState.HANDLING
            self.show_check(Check("poll", "running" if waiting else "ok"))
        self.refresh_hints()
        self.call_after_refresh(self._scroll_to_end)

    def show_failure(self, sentence: str, *, stale: bool = False) -> None:
        """Go back to the lines with a sentence, or quote again when something moved."""
        if not self.composed:
            return
        if stale and self._quote is not None:
            self._check(self._quote.quantity, self._quote)
            return
        self._edit()
        self.ticket.error = sentence

    # Stages.

    def _edit(self) -> None:
        self.stage = "edit"
        self._quote = self._confirmation = None
        ticket = self.ticket
        ticket.quote, ticket.checks, ticket.error = None, (), ""
        self._draw_confirmation()
        self.query_one("#entry").display = True
        self._fit()
        self.query_one("#quantity").focus()

    def _check(self, quantity: int, previous: Quote | None) -> None:
        product, denomination, _ = self._goods
        self.stage = "checking"
        self._confirmation = None
        self.ticket.error, self.ticket.checks = "", ()
        self._draw_confirmation()
        self.set_focus(None)
        self.query_one("#entry").display = False
        self._fit()
        self.post_message(QuoteWanted(self, product.id, denomination.id, quantity, previous))

    def _listen(self, event: events.Key) -> None:
        confirmation, quote = self._confirmation, self._quote
        if confirmation is None or quote is None:
            return
        if event.key == "backspace":
            confirmation.erase()
            self._draw_confirmation()
            return
        keys = self.frame.keymap
        meaning = (
            "enter"
            if keys.presses("ticket.go", event.key)
            else "yes"
            if keys.presses("ticket.arm", event.key)
            else "other"
        )
        heard = confirmation.hear(meaning, event.character or "", event.time)
        self._draw_confirmation()
        if heard == "wrong":
            self.say("What was typed is not the total.")
        elif heard == "cancelled":
            self._edit()
        elif heard == "confirmed":
            self._confirmation = None
            self.stage = "sending"
            self.ticket.armed = False
            self.ticket.checks = ()
            self.post_message(BuyWanted(self, quote, self.ticket.note))

    def _draw_confirmation(self) -> None:
        confirmation = self._confirmation
        self.ticket.armed = confirmation is not None and confirmation.armed
        self.ticket.typed = confirmation.typed if confirmation else ""
        self.refresh_hints()
        if self.ticket.armed:
            self.call_after_refresh(self._scroll_to_end)

    def _quantity(self) -> int:
        return quantity_of(self.query_one("#quantity", Input).value)

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

    def _other_line(self) -> None:
        if self.stage == "edit":
            name = "#note" if self.query_one("#quantity").has_focus else "#quantity"
            self.query_one(name).focus()

    def _show_order(self) -> None:
        held = self._purchase
        row = next((o for o in self.book.orders if held and o.purchase_id == held.id), None)
        if row is None:
            self.say("The board does not show this order yet.")
        else:
            self.dismiss(None)
            self.post_message(OrderWanted(row, reveal=bool(row.fulfilled_quantity)))

    def _go_on(self, event: events.Key) -> None:
        """Take the step that `_next_step` offers."""
        keys, state = self.frame.keymap, self._purchase.state if self._purchase else ""
        if keys.presses("back", event.key):
            return
        event.stop()
        if state in UNSETTLED and keys.presses("unresolved", event.key):
            self.dismiss(None)
            self.post_message(self.Asked(self, "unresolved"))
        elif state in NOTHING_PLACED and keys.presses("ticket.go", event.key):
            self._purchase = self.ticket.purchase = None
            self._edit()
        elif state not in UNSETTLED | NOTHING_PLACED and keys.presses("reveal", event.key):
            self._show_order()

    def _fit(self) -> None:
        """Leave environment, lines to type in and keys in sight on the shortest terminal."""
        if not self.composed:
            return
        entry = 2 if self.query_one("#entry").display else 0
        scroll = self.query_one("#ticket-scroll")
        scroll.styles.max_height = max(3, self.size.height - AROUND - entry)

    def _scroll_to_end(self) -> None:
        # Called after a refresh, by when the ticket may have been closed.
        if self.composed:
            self.query_one("#ticket-scroll").scroll_end(animate=False)
