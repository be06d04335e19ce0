"""What a customer is given of a card, looked at with the card masked, and where it is to go."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import ClassVar, Literal

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from services.domain import receipt
from services.domain.book import BoardOrder
from services.domain.models import Card
from services.domain.phrase import counted
from services.domain.secrets import MASK, Secret
from services.domain.text import fit
from tui.actions.table import bindings
from tui.screens.base import ConsoleContext, Dialog, Handler
from tui.screens.parts.strips import KeyLine
from widgets.bars.key_hints import HintLine
from widgets.drawing.canvas import inert_content
from widgets.drawing.ink import inert

COPIED = "Copy (cleared after 30 s)"
NOT_COPIED = "Copying is off (ui.copy)"
PRINTED = "Print with the program of ui.print_command"
KEPT = "Write a file (only you can read it; listed until you delete it)"
RECORDED = "Logged under your name. The code is not logged."
MARKED = "Then marked as handed over; logged under your name, never the code."
Way = Literal["copy", "file", "print"]
AROUND, AROUND_NARROW = 13, 15
"""Lines of the dialog that are not the text; more where its own sentences have to be broken."""

SHAPE = Card(Secret(""), Secret(MASK))
"""What is known of a card before it is fetched."""

TALL = 24
"""Lines from which the goods have a line of their own."""

WHOLE_SENTENCES = 72
WIDEST = 72


class ReceiptChoice(Struct, frozen=True):
    """What is to be done: with which template, and where the text goes."""

    name: str
    template: str
    way: Way


class ReceiptScreen(Dialog[ReceiptChoice | None]):
    """Asks where a text for a customer is to go; dismissed with a choice, or with None.

    No card is here: they are fetched once it is recorded where they go.

    Args:
        title: for whom the text is, and of which goods, a line each.
        masked: makes the text as it may be looked at, of the name of a template and the template.
        whole: whether all of its cards are in it, so that the order may be marked after it.
    """

    PLACE = "hand"
    IS_QUESTION = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("hand")]

    def __init__(
        self,
        context: ConsoleContext,
        title: Sequence[str],
        masked: Callable[[str, str], str],
        *,
        whole: bool = True,
    ) -> None:
        super().__init__(context)
        ui = context.settings.ui
        self._marks = whole and ui.mark_on_hand_over
        self._title = title
        self._masked = masked
        self._templates = receipt.choices(ui.customer_template)
        own = receipt.OWN
        self._language = own if own in self._templates else ui.customer_language

    @classmethod
    def of_order(
        cls, context: ConsoleContext, order: BoardOrder, indexes: tuple[int, ...]
    ) -> "ReceiptScreen":
        """Return the question about cards of one order: of these places, or all that came."""
        count = len(indexes) or order.delivered or order.quantity
        shapes, prices = [SHAPE] * count, context.settings.prices
        price = receipt.price_of(order, count, prices)
        hint = prices.hint(order.product_id, order.type_id)

        def masked(_: str, template: str) -> str:
            return receipt.masked(template, order, shapes, price, hint)

        whole = not indexes and not order.missing and order.given_at is None
        return cls(context, _title(order, indexes, count), masked, whole=whole)

    def compose(self) -> ComposeResult:
        """Lay out the text as it will be, and the ways it can go."""
        keys = self.context.keymap
        copied = COPIED if self.context.settings.ui.copy else NOT_COPIED
        with Vertical(classes="dialog"):
            yield Static(id="hand-title", classes="dialog-title")
            yield Static(id="hand-text")
            yield Static(id="hand-language")
            yield Static(inert_content(f"{keys.shown('copy')}: {copied}"))
            yield Static(inert_content(f"{keys.shown('write')}: {KEPT}"))
            if self.context.settings.ui.print_command:
                yield Static(inert_content(f"{keys.shown('print')}: {PRINTED}"))
            yield Static(inert_content(MARKED if self._marks else RECORDED), id="hand-recorded")
            yield KeyLine()

    def begin(self) -> None:
        """Show the text as it will be, the codes masked."""
        self._show()

    def refresh_hints(self) -> None:
        if self.composed:
            keys = self.context.keymap
            copying = ((keys.shown("copy"), "Copy"),)
            printing = ((keys.shown("print"), "Print"),)
            self.query_one(HintLine).hints = (
                *(copying if self.context.settings.ui.copy else ()),
                (keys.shown("write"), "Write a file"),
                *(printing if self.context.settings.ui.print_command else ()),
                (f"{keys.shown('left')}/{keys.shown('right')}", "Language"),
                (keys.shown("back"), "Cancel"),
            )

    def handlers(self) -> Mapping[str, Handler]:
        """Each way has a key; escape gives nothing away."""
        return {
            **super().handlers(),
            "copy": partial(self._choose, "copy"),
            "write": partial(self._choose, "file"),
            "print": partial(self._choose, "print"),
            "left": partial(self._change_language, -1),
            "right": partial(self._change_language, 1),
        }

    def on_resize(self) -> None:
        """Show as much of the text as there is room for now."""
        if self.composed:
            self._show()

    def watch_privacy(self, privacy: bool) -> None:
        """Close when privacy mode begins: it gives nothing to a customer."""
        if privacy and self.composed and self.is_current:
            self.dismiss(None)

    def _choose(self, way: Way) -> None:
        template = self._templates[self._language]
        self.dismiss(ReceiptChoice(self._language, template, way))

    def _change_language(self, by: int) -> None:
        names = list(self._templates)
        self._language = names[(names.index(self._language) + by) % len(names)]
        self._show()

    def _show(self) -> None:
        """Write the text of one card, itself masked, and what it is written in."""
        template = self._templates[self._language]
        text = self._masked(self._language, template)
        width = max(20, min(WIDEST, self.size.width - 8))
        lines = [f"  {fit(inert(line), width).rstrip()}" for line in text.split("\n")]
        around = AROUND if self.size.width >= WHOLE_SENTENCES else AROUND_NARROW
        title = self._title if self.size.height >= TALL else (" · ".join(self._title),)
        around += len(title) - 1 + bool(self.context.settings.ui.print_command)
        if len(lines) > (most := max(2, self.size.height - around)):
            lines = [*lines[: most - 1], "  …"]
        fitted = (fit(inert(line), width).rstrip() for line in title)
        self.query_one("#hand-title", Static).update(inert_content(*fitted))
        key = self.context.keymap.shown("right")
        language = receipt.LANGUAGES.get(self._language, "as ui.customer_template has it")
        written = f"Language: {language} ({key}: next)"
        self.query_one("#hand-text", Static).update(inert_content(*lines))
        self.query_one("#hand-language", Static).update(inert_content(written))


def _title(order: BoardOrder, indexes: tuple[int, ...], count: int) -> tuple[str, str]:
    """Return for whom the text is, and on a line of its own the goods, named whole."""
    which = receipt.which(indexes) if indexes else counted(count, "card")
    goods = f"{order.quantity} x {order.goods}"
    whose = f" · {order.note}" if order.note else ""
    came = order.cards_came or 0
    late = f" ({came} of {came + order.missing} here)" if order.missing else ""
    return f"Hand over: {which}{late}{whose}", goods
