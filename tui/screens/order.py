"""One order in full, and its cards: masked, shown for seconds when asked, and forgotten."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.timer import Timer

from services.domain import receipt
from services.domain.book import BoardOrder
from services.domain.errors import Failure
from services.domain.models import Card, Order, Purchase
from tui.actions.action import ActionContext
from tui.actions.table import bindings
from tui.screens.base import ConsoleContext, ConsoleScreen, Handler
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.parts import order_actions
from tui.screens.parts.strips import KeyLine
from tui.screens.requests import (
    CardsRequest,
    CaseRequest,
    CopyRequest,
    HistoryRequest,
    OrderHistory,
    OrderRequest,
    ReceiptRequest,
    Revealed,
)
from widgets.bars.key_hints import HintLine
from widgets.bars.status_bar import StatusBar
from widgets.drawing.cells import failure_words
from widgets.sheets.card_reveal import CardReveal
from widgets.sheets.order_detail import OrderDetail
from widgets.sheets.order_head import OrderHead

LINES_AROUND = 2
"""The status bar and the key line."""

BOX_WIDTH, BOX_HEIGHT = 112, 34
"""Cells and lines from which all of it is in a box, with room between its parts."""

LEAST_FOR_FACTS, LEAST_IN_BOX = 2, 9
"""Lines that the facts keep while a card is shown."""

LEAST_ROWS = 2
"""Lines that the list of cards keeps while one is shown."""


class OrderScreen(ConsoleScreen[None]):
    """Shows an order of the board and follows it; reveals its cards.

    Card values live only in the `CardReveal` on the screen, and only while they are shown: they
    are dropped by the timer, when the terminal loses the focus, is resized or suspended, when
    another screen covers this one, and on leaving.

    Args:
        order: as the board shows it.
        reveal: ask for the first card at once.
    """

    PLACE = "order"
    BESIDE_DESK = FRAMES_ITSELF = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("order")]

    def __init__(self, context: ConsoleContext, order: BoardOrder, *, reveal: bool = False) -> None:
        super().__init__(context)
        self._row = order
        self._reveal_first = reveal
        self._asked = False
        self._handled = False
        self._turning = False
        self._hide_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        now, privacy, prices = ConsoleScreen.now, ConsoleScreen.privacy, ConsoleScreen.prices
        yield self.status_bar()
        with Vertical(id="order-box"):
            yield OrderHead(id="head").data_bind(now, prices)
            yield CardReveal(id="cards").data_bind(now)
            yield OrderDetail(id="detail").data_bind(now, privacy, prices, ConsoleScreen.language)
        yield KeyLine()

    def begin(self) -> None:
        """Show what the board knows and ask for the rest."""
        self._show_row(self._row)
        self.watch_context(self.context)
        self.cards.focus()
        self._count()
        self.ask_again()
        if self._reveal_first:
            self.reveal()

    @property
    def head(self) -> OrderHead:
        return self.query_one(OrderHead)

    @property
    def detail(self) -> OrderDetail:
        return self.query_one(OrderDetail)

    @property
    def cards(self) -> CardReveal:
        return self.query_one(CardReveal)

    def situation(self) -> ActionContext:
        """Add what this order has to what every screen knows."""
        base = super().situation()
        if not self.composed:
            return base
        return replace(
            order_actions.situation(base, self._row),
            cards=self.cards.count,
            revealed=self._selected_card() is not None,
        )

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "refresh": self.ask_again,
            **dict.fromkeys(("part.next", "part.previous"), self.switch),
            "reveal": self.reveal,
            "reveal_all": self.reveal_all,
            "turn": self.turn,
            "copy": self.copy,
            "case": self.open_case,
            **order_actions.handlers(self),
            "hand": self.hand,
            "back": self.go_back,
            "quit": self.go_back,
        }

    @property
    def listens(self) -> bool:
        """What became of other orders is not for the customer who looks at the screen."""
        return super().listens and not self.cards.turned

    @property
    def alone(self) -> bool:
        """No other customer's order is seen while this one sees the screen."""
        return self.composed and self.cards.turned

    def noted_order(self) -> BoardOrder | None:
        return self._row

    def opened_order(self) -> BoardOrder | None:
        return self._row

    def go_back(self) -> None:
        """Turn the screen back, or leave it."""
        if self.cards.turned:
            self._turn(False)
        else:
            self.leave_screen()

    def leave_screen(self) -> None:
        """Hide the cards, then close."""
        self.hide()
        super().leave_screen()

    def ask_again(self) -> None:
        """Read the order afresh."""
        self.detail.busy = True
        self._ask_history()
        self.post_message(OrderRequest(self._row, self.show_purchase, reply=self.show_order))

    def take_order(self, order: BoardOrder) -> None:
        """Show the mark or the note of an order that the board does not hold."""
        if self.composed and self.shows(order) and not any(map(self.shows, self.book.orders)):
            self._show_row(order)
            self.refresh_hints()
            self._ask_history()

    def refresh_hints(self) -> None:
        """Name first what is left to do with a card that is or was shown, in few words."""
        super().refresh_hints()
        if not self.composed:
            return
        shown, line = self.context.keymap.shown, self.query_one(HintLine)
        *keys, out = line.hints
        offered = dict(keys)
        if self.cards.count < 2:
            offered.pop(shown("reveal_all"), None)
        first: dict[str, str] = {}
        if self._handled and self._row.given_at is None:
            first |= {shown("hand"): "Hand over", shown("mark"): "Mark only"}
        if self.cards.revealed:
            first |= {shown("hand"): "Hand over", shown("copy"): "Copy", shown("reveal"): "Hide"}
            if len(self.cards.revealed) == self.cards.count:
                offered.pop(shown("reveal_all"), None)
            first[shown("turn")] = "Turn back" if self.cards.turned else "QR code"
        first = {key: label for key, label in first.items() if key in offered}
        if self._row.given_at is not None:
            offered.pop(shown("mark"), None)
        rest = ((key, label) for key, label in offered.items() if key not in first)
        line.hints = (*first.items(), *rest, out)

    def switch(self) -> None:
        (self.detail if self.cards.has_focus else self.cards).focus()

    def reveal(self) -> None:
        """Show the selected card, or hide it again."""
        if self._selected_card() is not None:
            self.hide()
        else:
            self._ask_for_cards(self.cards.selected)

    def reveal_all(self) -> None:
        """Show all cards after asking, a single one at once; hide them when all are shown."""
        count = self.cards.count
        if len(self.cards.revealed) == count:
            self.hide()
            return
        if count == 1:
            self.reveal()
            return
        seconds = self.context.settings.ui.reveal_seconds
        codes = "Both codes" if count == 2 else f"All {count} codes"
        shown = f"{codes} will be on the screen for {seconds} s."
        lines = [f"{self._row.name}.", shown]
        question = AskScreen(self.context, "Reveal every card of this order?", lines, yes="Reveal")
        self.ask(question, self._all_agreed)

    def turn(self) -> None:
        """Turn the screen to the customer, the selected card shown first, or back."""
        if self.cards.turned:
            self._turn(False)
        elif self.cards.revealed:
            self._turn(True)
        else:
            self._ask_for_cards(self.cards.selected)
            self._turning = True

    def copy(self) -> None:
        if (card := self._selected_card()) is not None:
            which, text = receipt.alone(self.cards.selected, card)
            self.post_message(CopyRequest(self._row, which, text, reply=self._say_sent))

    def hand(self) -> None:
        """Give the shown cards to the customer; all of them where all or none are shown."""
        shown = tuple(index for index, _ in self.cards.revealed)
        some = shown if len(shown) < self.cards.count else ()
        self.post_message(ReceiptRequest(self._row, some, reply=self._say_sent))

    def open_case(self) -> None:
        """Show the case on the selected card, or open one."""
        self.post_message(CaseRequest(self._row, self.cards.selected))

    def hide(self) -> None:
        """Mask every card and forget its value; what was asked for and has not come is dropped."""
        self._asked = self._turning = False
        if not self.composed:
            return
        self.context.line.hurry()
        if self._hide_timer is not None:
            self._hide_timer.stop()
            self._hide_timer = None
        self.cards.revealed, self.cards.before, self.cards.busy = (), {}, False
        self.head.hide_at, self.detail.shown = None, ""
        self._turn(False)

    def show_purchase(self, purchase: Purchase | None) -> None:
        """Take what the journal has of the purchase."""
        if self.composed:
            self.detail.purchase = purchase or self.detail.purchase

    def show_order(self, order: Order | None, error: Failure | None) -> None:
        """Take the fresh order, or the sentence why there is none."""
        if self.composed:
            self.detail.busy, self.detail.error = False, error
            self.detail.order = order or self.detail.order
            self._count()

    def show_cards(self, revealed: Revealed | None, error: Failure | None) -> None:
        """Show revealed cards for some seconds, if they are still wanted here."""
        if not self.composed or not self._asked:
            return
        self._asked, self.cards.busy, self.cards.error = (
            False,
            False,
            failure_words(error, self.privacy),
        )
        if revealed is not None and revealed.cards:
            seconds = self.context.settings.ui.reveal_seconds
            self.cards.revealed, self.cards.before = revealed
            self._handled = True
            self.head.hide_at = self.now + timedelta(seconds=seconds) if self.now else None
            self.detail.shown = self._who_shows()
            self._hide_timer = self.set_timer(seconds, self.hide)
            self._ask_history()
        self._turn(self._turning and bool(self.cards.revealed))

    def show_history(self, history: OrderHistory | None, _: Failure | None) -> None:
        """Take what the journal knows: what happened, and who saw which card."""
        if self.composed and history is not None:
            self.detail.timeline, self.cards.seen = history

    def watch_book(self) -> None:
        """Follow the order; when it moved on, read it afresh."""
        if not self.composed:
            return
        mine = self._row.purchase_id
        held = next((p for p in self.book.unsettled if mine and p.id == mine), None)
        if held is not None:
            # Each check of a purchase without an answer moves its plan, and nothing of its row.
            self.detail.purchase = held
        row = next((o for o in self.book.orders if self.shows(o)), None)
        if row is None or row == self._row:
            return
        moved = (row.state, row.delivered) != (self._row.state, self._row.delivered)
        self._show_row(row)
        self._count()
        if moved or row.purchase_id:
            self.ask_again()

    def watch_context(self, context: ConsoleContext) -> None:
        """Name the way to the facts by the keys as they are now."""
        super().watch_context(context)
        if self.composed:
            self.detail.way_here = context.keymap.shown("part.next")
            self.cards.qr = not self.console.no_color
            self.head.seconds = context.settings.ui.reveal_seconds

    def watch_privacy(self, privacy: bool) -> None:
        """Hide when privacy mode begins."""
        super().watch_privacy(privacy)
        if privacy and self.composed:
            self.hide()

    def on_card_reveal_selected(self) -> None:
        """Offer the keys that fit the card under the cursor."""
        self.refresh_hints()

    @property
    def shows_card(self) -> bool:
        """Whether a code can be read here now."""
        return self.composed and bool(self.cards.revealed)

    def conceal(self) -> None:
        """Hide when the terminal loses the focus."""
        self._hide_because("the terminal lost the focus")
        self.hide()

    def on_resize(self, event: events.Resize) -> None:
        """Hide on a new layout: another person may have attached another terminal."""
        del event
        if not self.composed:
            return
        self._hide_because("the terminal has another size")
        self._share_lines()

    def _hide_because(self, why: str) -> None:
        """Hide what is shown and say why; what has not come yet is not hidden here."""
        if self.composed and self.cards.revealed:
            self.hide()
            key = self.context.keymap.shown("reveal")
            self.say(f"The card is hidden: {why}. {key} shows it again.")

    def on_screen_suspend(self) -> None:
        """Hide when another screen covers this one, and drop what is still on its way."""
        self.hide()

    def same(self, other: Screen[Any]) -> bool:
        """Tell whether this order is shown there; revealing a card needs a screen of its own."""
        return isinstance(other, OrderScreen) and other.shows(self._row) and not self._reveal_first

    def shows(self, order: BoardOrder) -> bool:
        """Tell whether this is the order that is shown here."""
        mine = self._row.purchase_id
        return order.row_id == self._row.row_id or bool(mine and order.purchase_id == mine)

    def _selected_card(self) -> Card | None:
        return dict(self.cards.revealed).get(self.cards.selected)

    def _count(self) -> None:
        order = self.detail.order
        known = (self._row.delivered, order.delivered if order else None)
        self.cards.count = max(count or 0 for count in known)
        self._share_lines()
        self.refresh_hints()

    def _show_row(self, row: BoardOrder) -> None:
        self._row = self.head.board_order = self.detail.board_order = row

    def _ask_history(self) -> None:
        self.post_message(HistoryRequest(self._row, self.cards.count, reply=self.show_history))

    def _turn(self, turned: bool) -> None:
        """Show what a customer may see, or all of it again."""
        self._turning = False
        if turned:
            self.unsay()
        self.cards.turned = self.query_one(StatusBar).turned = turned
        self.detail.display = not turned
        self.show_aside()
        self._share_lines()
        self.refresh_hints()

    def _who_shows(self) -> str:
        """Say for the facts what is shown now, and that it is on record."""
        numbers = [index + 1 for index, _ in self.cards.revealed]
        if not numbers:
            return ""
        which = f"Card {numbers[0]} is" if len(numbers) == 1 else f"{len(numbers)} cards are"
        return f"{which} shown. Logged under your name; the code is not logged."

    def _share_lines(self) -> None:
        """Give a shown card the lines it needs, and the facts the rest."""
        width, height = self.opened_size
        head, cards = self.head, self.cards
        box = width >= BOX_WIDTH and height >= BOX_HEIGHT
        head.box = cards.box = self.detail.box = box
        room = height - LINES_AROUND - head.lines_needed(width)
        if cards.turned:
            cards.most_lines = cards.styles.height = room
            return
        least = LEAST_IN_BOX if box else LEAST_FOR_FACTS
        cards.most_lines = room - least - 1 - min(cards.count, LEAST_ROWS)
        most = room - least if cards.revealed else room // 2
        cards.styles.height = max(2, min(cards.lines_needed(width), most))

    def _all_agreed(self, yes: bool | None) -> None:
        if yes:
            self._ask_for_cards(None)

    def _ask_for_cards(self, index: int | None) -> None:
        self.hide()
        self._asked, self.cards.busy, self.cards.error = True, True, ""
        self.post_message(CardsRequest(self._row.order_id, index, reply=self.show_cards))

    def _say_sent(self, sentence: str | None, error: Failure | None) -> None:
        """Say where cards went, or why they did not."""
        if self.composed and error is not None:
            self.say(error.sentence())
        elif self.composed and sentence:
            self.say(sentence)
