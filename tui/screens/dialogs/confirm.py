"""A question before something that cannot be undone; doing nothing is the default."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from services.domain.book import Book
from services.domain.models import UNSETTLED, OrderStatus, Purchase
from services.domain.phrase import Phrase, joined, numbered, phrase
from services.domain.status_text import named
from tui.actions.table import bindings
from tui.screens.base import ConsoleContext, Dialog, Handler
from tui.screens.parts.strips import KeyLine
from widgets.bars.key_hints import HintLine
from widgets.drawing.canvas import inert_content
from widgets.drawing.cells import discreet


class AskScreen(Dialog[bool]):
    """Asks a question and is dismissed with True only by the key `y`.

    Args:
        title: the question, in a few words.
        lines: what the operator has to know before answering.
        yes: what `y` does, in a verb.
        no: what every other way out does, in a verb.
    """

    PLACE = "ask"
    IS_QUESTION = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("ask")]

    def __init__(
        self,
        context: ConsoleContext,
        title: str,
        lines: Sequence[str | Phrase],
        *,
        yes: str,
        no: str = "No",
    ) -> None:
        super().__init__(context)
        self._title = title
        self._lines = tuple(lines)
        self._answers = (yes, no)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(inert_content(self._title), classes="dialog-title")
            for line in self._lines:
                yield Static(inert_content(discreet(line, self.privacy)))
            yield KeyLine()

    def refresh_hints(self) -> None:
        if self.composed:
            yes, no = self._answers
            keys = self.context.keymap
            self.query_one(HintLine).hints = (
                (keys.shown("ask.no"), no),
                (keys.shown("ask.yes"), yes),
            )

    def handlers(self) -> Mapping[str, Handler]:
        """Every way out but yes is no."""
        return {"ask.yes": self.agree, "ask.no": self.refuse, "back": self.refuse}

    def agree(self) -> None:
        self.dismiss(True)

    def refuse(self) -> None:
        self.dismiss(False)


class LeaveScreen(AskScreen):
    """Asks whether to leave; staying is the default.

    Args:
        lines: what is in flight or not settled.
    """

    def __init__(self, context: ConsoleContext, lines: Sequence[str | Phrase]) -> None:
        super().__init__(context, "Leave now?", lines, yes="Leave", no="Stay")


def leaving(book: Book) -> Sequence[str | Phrase]:
    """Say what is in flight, not settled or not handed over; empty: nothing stays open."""
    lines: list[str | Phrase] = []
    if book.in_flight:
        names = joined(", ", map(purchase_name, book.in_flight))
        lines.append(
            phrase("Being sent: {names}. Leaving waits until the answer is recorded.", names=names)
        )
    if count := sum(purchase.state in UNSETTLED for purchase in book.unsettled):
        lines.append(
            f"{count} purchase{'s are' if count > 1 else ' is'} not settled. Settling goes on when "
            "carddesk is started again, or with `carddesk resolve`."
        )
    if waiting := sum(p.operator == book.info.operator for p in book.to_approve):
        which = numbered(
            waiting,
            "1 purchase waits for approval. It can be approved without this console.",
            "{count} purchases wait for approval. They can be approved without this console.",
        )
        lines.append(which)
    if staying := _staying(book):
        lines.append(staying)
    return lines


def _staying(book: Book) -> str:
    """Say what stays open of this desk's orders; a desk that only looks has none to hand over."""
    if book.info.read_only or book.info.scope == "READ-ONLY":
        return ""
    mine = [row for row in book.orders if row.mine]
    waiting = sum(row.to_give for row in mine)
    handling = sum(row.state == OrderStatus.HANDLING for row in mine)
    if not (waiting or handling):
        return ""
    # Who leaves a desk with nothing open does not need it.
    from services.domain.shop.shift_words import staying_words

    return staying_words(waiting, handling)


def purchase_name(purchase: Purchase) -> Phrase:
    """Name a purchase in a few words: `2 x Steam Wallet 10 EUR (19 610 DZD)`."""
    return phrase("{goods} ({total} DZD)", goods=named(purchase), total=purchase.total)
