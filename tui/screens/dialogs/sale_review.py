"""The one review of a sale: all lines checked at once, and the yes that buys them."""

from collections.abc import Mapping
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container

from services.domain.errors import Failure
from services.domain.shop.sale import Sale, SaleReview
from tui.actions.table import bindings
from tui.screens.base import ConsoleContext, ConsoleScreen, Dialog, Handler
from tui.screens.parts.strips import KeyLine
from tui.screens.parts.ticket_keys import Confirmation
from tui.screens.requests import SaleCheckRequest
from widgets.bars.key_hints import HintLine
from widgets.sheets.sale_review import SaleReviewSheet

WIDEST, HIGHEST = 80, 36
AROUND = 16
"""Lines of the box that are not lines of the sale."""

CONFIRMED_SECONDS = 60.0
"""A check that is older has to be made and confirmed again."""


class SaleReviewScreen(Dialog[SaleReview | None]):
    """Checks the lines of a sale that are to be bought; dismissed with the review that got a yes.

    Args:
        sale: what is in hand.
    """

    PLACE = "review"
    IS_QUESTION = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("review")]

    def __init__(self, context: ConsoleContext, sale: Sale) -> None:
        super().__init__(context)
        self._sale = sale
        self._review: SaleReview | None = None
        self._confirmation: Confirmation | None = None
        self._missed = False

    def compose(self) -> ComposeResult:
        with Container(id="review-box"):
            sheet = SaleReviewSheet().data_bind(ConsoleScreen.privacy, ConsoleScreen.prices)
            sheet.lines, sheet.customer = self._sale.to_buy, self._sale.customer
            yield sheet
            yield KeyLine()

    def begin(self) -> None:
        self.watch_book()
        self._fit()
        self._check()

    @property
    def sheet(self) -> SaleReviewSheet:
        return self.query_one(SaleReviewSheet)

    @property
    def confirmation(self) -> Confirmation | None:
        """What listens for a yes, while there is a review to say it to."""
        return self._confirmation

    def handlers(self) -> Mapping[str, Handler]:
        return {"back": self.leave_screen}

    def watch_book(self) -> None:
        if self.composed:
            self.sheet.practice = self.book.info.environment == "SANDBOX"

    def on_resize(self) -> None:
        """Take the review back when it can no longer be read whole."""
        if self.composed and self.size and not self.roomy:
            self.dismiss(None)
        self._fit()

    def refresh_hints(self) -> None:
        if not self.composed:
            return
        keys = self.context.keymap
        hints: tuple[tuple[str, str], ...] = ((keys.shown("back"), "Close"),)
        if self._confirmation is not None:
            hints = self._confirmation.hints(keys, "Buy")
        elif self._review is not None or self.sheet.error:
            hints = ((keys.shown("ticket.go"), "Back to the sale"), *hints)
        self.query_one(HintLine).hints = hints

    def on_key(self, event: events.Key) -> None:
        """Listen for the yes."""
        keys = self.context.keymap
        if keys.presses("back", event.key):
            return
        event.stop()
        if self._confirmation is not None:
            self._listen(event, self._confirmation)
        elif (self._review is not None or self.sheet.error) and keys.presses(
            "ticket.go", event.key
        ):
            self.dismiss(None)
        else:
            self._missed |= keys.presses("ticket.arm", event.key)

    def on_paste(self, event: events.Paste) -> None:
        """Refuse to be confirmed by a paste."""
        event.prevent_default()
        event.stop()
        if self._confirmation is not None:
            self._confirmation.forget()
            self._draw()
        self.say("Pasted text never confirms a purchase.")

    def show_review(self, review: SaleReview | None, error: Failure | None) -> None:
        """Take the check, and listen for a yes where all of it can be bought."""
        if not self.composed:
            return
        self._review = self.sheet.review = review
        self.sheet.error = error.sentence() if error else ""
        if review is not None and review.sound:
            total = review.total if review.typed_total else None
            self._confirmation = Confirmation(
                self.context.clock.steady(), total, missed=self._missed
            )
        self._fit()
        self._draw()

    def _check(self) -> None:
        self._review = self.sheet.review = self._confirmation = None
        self._missed, self.sheet.error = False, ""
        self._draw()
        self.post_message(SaleCheckRequest(self._sale, reply=self.show_review))

    def _listen(self, event: events.Key, confirmation: Confirmation) -> None:
        review = self._review
        if review is None:
            return
        keyboard = self.context.settings.ui.keyboard
        heard, words = confirmation.press(event, self.context.keymap, keyboard)
        self._draw()
        if heard == "cancelled":
            self.dismiss(None)
            return
        if heard in ("armed", "typed"):
            self.unsay()
        if words:
            self.say(words)
        if heard == "confirmed":
            self._confirmed(review)

    def _confirmed(self, review: SaleReview) -> None:
        age = (self.context.clock.now() - review.read_at).total_seconds()
        if age > CONFIRMED_SECONDS:
            self._check()
            self.say(f"The check was {int(age)} s old: read it again, then say yes.")
        else:
            self.dismiss(review)

    def _draw(self) -> None:
        confirmation = self._confirmation
        self.sheet.armed = confirmation is not None and confirmation.armed
        self.sheet.typed = confirmation.typed if confirmation else ""
        self.refresh_hints()

    def _fit(self) -> None:
        """Give the box room for all lines, below the first line of the terminal."""
        if not self.composed:
            return
        width = max(1, min(WIDEST, self.size.width - 2))
        wanted = AROUND + 2 * len(self._sale.to_buy)
        height = max(3, min(HIGHEST, self.size.height - 1, wanted))
        box = self.query_one(".band")
        box.styles.width, box.styles.height = width, height
        box.styles.margin = (1, 0, 0, 0)
        self.query_one(KeyLine).styles.width = max(1, width - 3)
