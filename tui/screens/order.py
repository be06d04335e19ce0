"""One order in full, and its cards: masked, shown for seconds when asked, and forgotten."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.timer import Timer

from services.book_models import BoardOrder
from services.models import Card, Order, Purchase
from tui.actions import bindings
from tui.screens import order_keys
from tui.screens.ask import AskScreen
from tui.screens.base import ConsoleScreen, Frame, Handler
from tui.screens.errands import CardsWanted, CopyWanted, HandWanted, OrderRead
from tui.screens.strips import KeyLine
from tui.situation import Situation
from widgets.bars import HintLine
from widgets.card_reveal import CardReveal
from widgets.order_detail import OrderDetail
from widgets.status_bar import StatusBar

LINES_AROUND = 3
"""The status bar, the key line, and the blank line above the cards."""

LINES_REVEALED = 3
"""What a revealed card takes more than a masked one: its serial, and who revealed it before."""

LEAST_FOR_CARDS = 5
LEAST_FOR_FACTS = 4


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
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("order")]

    def __init__(self, frame: Frame, order: BoardOrder, *, reveal: bool = False) -> None:
        super().__init__(frame)
        self._row = order
        self._reveal_first = reveal
        self._asked = False
        self._handled = False
        self._hide_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out the order above its cards."""
        now, privacy = ConsoleScreen.now, ConsoleScreen.privacy
        status = StatusBar(id="status").data_bind(ConsoleScreen.book, now, privacy)
        status.low_balance = self.frame.settings.ui.low_balance
        yield status
        with Vertical(id="order-box"):
            yield OrderDetail(id="detail").data_bind(now, privacy)
            yield CardReveal(id="cards").data_bind(now)
        yield KeyLine()

    def begin(self) -> None:
        """Show what the board knows and ask for the rest."""
        self.detail.board_order = self._row
        self.detail.way_here = self.frame.keymap.shown("order.switch")
        self.cards.focus()
        self._count()
        self.ask_again()
        if self._reveal_first:
            self.reveal()

    @property
    def detail(self) -> OrderDetail:
        """The facts."""
        return self.query_one(OrderDetail)

    @property
    def cards(self) -> CardReveal:
        """The cards."""
        return self.query_one(CardReveal)

    def situation(self) -> Situation:
        """Add what this order has to what every screen knows."""
        base = super().situation()
        if not self.composed:
            return base
        return replace(
            order_keys.situation(base, self._row),
            cards=self.cards.count,
            revealed=self._selected_card() is not None,
        )

    def handlers(self) -> Mapping[str, Handler]:
        """Return what this screen does itself."""
        return {
            "refresh": self.ask_again,
            "order.switch": self.switch,
            "reveal": self.reveal,
            "reveal_all": self.reveal_all,
            "copy": self.copy,
            "hand": self.hand,
            **order_keys.handlers(self),
            "back": self.leave_screen,
            "quit": self.leave_screen,
        }

    def noted_order(self) -> BoardOrder | None:
        """Return the order shown here."""
        return self._row

    def leave_screen(self) -> None:
        """Hide the cards, then close."""
        self.hide()
        super().leave_screen()

    def ask_again(self) -> None:
        """Read the order afresh."""
        self.detail.busy = True
        self.post_message(OrderRead(self, self._row))

    def take_order(self, order: BoardOrder) -> None:
        """Show the mark or the note of an order that the board does not hold."""
        if self.composed and self.shows(order) and not any(map(self.shows, self.book.orders)):
            self._row = self.detail.board_order = order
            self.refresh_hints()

    def refresh_hints(self) -> None:
        """Name first what is left to do with a card that is or was shown, in few words."""
        super().refresh_hints()
        if not self.composed:
            return
        shown, line = self.frame.keymap.shown, self.query_one(HintLine)
        *keys, out = line.hints
        offered = dict(keys)
        first: dict[str, str] = {}
        if self._handled and self._row.given_at is None:
            first[shown("given")] = "Mark as given"
        if self.cards.revealed:
            first |= {shown("hand"): "Hand over", shown("copy"): "Copy", shown("reveal"): "Hide"}
        first = {key: label for key, label in first.items() if key in offered}
        if self._row.given_at is not None:
            offered.pop(shown("given"), None)
        rest = ((key, label) for key, label in offered.items() if key not in first)
        line.hints = (*first.items(), *rest, out)

    def switch(self) -> None:
        """Go from the cards to the facts and back."""
        (self.detail if self.cards.has_focus else self.cards).focus()

    def reveal(self) -> None:
        """Show the selected card, or hide it again."""
        if self._selected_card() is not None:
            self.hide()
        else:
            self._ask_for_cards(self.cards.selected)

    def reveal_all(self) -> None:
        """Show all cards after asking, or hide them again."""
        if self.cards.revealed:
            self.hide()
            return
        seconds = self.frame.settings.ui.reveal_seconds
        lines = [f"All {self.cards.count} codes will be on the screen for {seconds} s."]
        question = AskScreen(self.frame, "Reveal every card of this order?", lines, yes="Reveal")
        self.ask(question, self._all_agreed)

    def copy(self) -> None:
        """Send the selected card to the clipboard."""
        if (card := self._selected_card()) is not None:
            self.post_message(CopyWanted(self._row.order_id, self.cards.selected, card, self._said))

    def hand(self) -> None:
        """Give the selected card to the customer; all of them when all are shown."""
        if self._selected_card() is not None:
            self.post_message(HandWanted(self._row, self.cards.revealed, self._said))

    def hide(self) -> None:
        """Mask every card and forget its value; what was asked for and has not come is dropped."""
        self._asked = False
        if not self.composed:
            return
        self.frame.line.hurry()
        if self._hide_timer is not None:
            self._hide_timer.stop()
            self._hide_timer = None
        self.cards.revealed, self.cards.hide_at, self.cards.busy = (), None, False
        self.refresh_hints()

    def show_order(self, order: Order | None, purchase: Purchase | None, error: str) -> None:
        """Take the fresh order, or the sentence why there is none."""
        if not self.composed:
            return
        self.detail.busy, self.detail.error = False, error
        self.detail.order = order or self.detail.order
        self.detail.purchase = purchase or self.detail.purchase
        self._count()

    def show_cards(self, cards: tuple[tuple[int, Card], ...], error: str, before: str = "") -> None:
        """Show revealed cards for some seconds, if they are still wanted here."""
        if not self.composed or not self._asked:
            return
        self._asked, self.cards.busy, self.cards.error = False, False, error
        if cards and not error:
            seconds = self.frame.settings.ui.reveal_seconds
            self.cards.revealed, self.cards.before, self._handled = cards, before, True
            self.cards.hide_at = self.now + timedelta(seconds=seconds) if self.now else None
            self._hide_timer = self.set_timer(seconds, self.hide)
        self.refresh_hints()

    def watch_book(self) -> None:
        """Follow the order; when it moved on, read it afresh."""
        row = next((o for o in self.book.orders if self.shows(o)), None)
        if row is None or row == self._row or not self.composed:
            return
        moved = row.state != self._row.state
        self._row = self.detail.board_order = row
        self._count()
        if moved or row.purchase_id:
            self.ask_again()

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
        self.hide()

    def on_resize(self, event: events.Resize) -> None:
        """Hide when the picture is laid out anew: somebody may have attached another terminal."""
        del event
        if not self.composed:
            return
        if self.cards.revealed:
            self.hide()
        self._share_lines()

    def on_screen_suspend(self) -> None:
        """Hide when another screen covers this one, and drop what is still on its way."""
        self.hide()

    def shows(self, order: BoardOrder) -> bool:
        """Tell whether this is the order that is shown here."""
        mine = self._row.purchase_id
        return order.key == self._row.key or bool(mine and order.purchase_id == mine)

    def _selected_card(self) -> Card | None:
        return dict(self.cards.revealed).get(self.cards.selected)

    def _count(self) -> None:
        order = self.detail.order
        told = order.fulfilled_quantity if order else None
        self.cards.count = told if told is not None else self._row.fulfilled_quantity or 0
        self._share_lines()
        self.refresh_hints()

    def _share_lines(self) -> None:
        """Give the facts every line that the cards do not need."""
        room = self.size.height - LINES_AROUND
        needed = 1 + self.cards.count + LINES_REVEALED
        least = min(needed, max(LEAST_FOR_CARDS, room * 2 // 5))
        self.detail.styles.max_height = max(LEAST_FOR_FACTS, room - least)

    def _all_agreed(self, yes: bool | None) -> None:
        if yes:
            self._ask_for_cards(None)

    def _ask_for_cards(self, index: int | None) -> None:
        self.hide()
        self._asked, self.cards.busy, self.cards.error = True, True, ""
        self.post_message(CardsWanted(self, self._row.order_id, index))

    def _said(self, sentence: str) -> None:
        if self.composed:
            self.say(sentence)
