"""Money: the balance over the day, the day's figures, hours, days, and what is to hand over."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tui.actions.action import Action
from tui.actions.table import BY_ID, bindings
from tui.screens.base import ConsoleContext, ConsoleScreen, Handler
from tui.screens.parts.filter import export_handlers
from tui.screens.parts.strips import KeyLine
from tui.screens.requests import ExportRequest, LedgerRequest, RefreshRequest
from widgets.sheets.money import MoneySheet
from widgets.sheets.money_parts import MoneyKeys

KEYS = ("pane.balance", "pane.ledger", "undelivered", "refresh", "privacy")
OWN_HINTS = ("pane.ledger", "undelivered", "refresh", "export.csv", "privacy")


class MoneyScreen(ConsoleScreen[None]):
    """Shows what the book says of money; the key that opened it closes it."""

    PLACE = "money"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("money")]

    def compose(self) -> ComposeResult:
        """Lay out the sheet; all of it comes from the book."""
        screen = ConsoleScreen
        yield self.status_bar()
        yield MoneySheet(id="money").data_bind(
            screen.book, screen.privacy, screen.low_balance, screen.prices
        )
        yield KeyLine(id="hints")

    def begin(self) -> None:
        self._name_keys()

    def watch_context(self, context: ConsoleContext) -> None:
        """Name the keys as they are from now on."""
        super().watch_context(context)
        if self.composed:
            self._name_keys()

    def handlers(self) -> Mapping[str, Handler]:
        """Read again, or close by the key that opened it."""
        return {
            **super().handlers(),
            **dict.fromkeys(("money", "pane.balance"), self.leave_screen),
            "refresh": self.ask_again,
            **export_handlers(self.export),
        }

    def hinted(self) -> Sequence[Action]:
        """Name first where the parts of this screen are in full."""
        own = [BY_ID[name] for name in OWN_HINTS]
        return [*own, *(action for action in super().hinted() if action not in own)]

    def export(self, kind: str) -> None:
        """Write what was sold of each product today."""
        day = self.book.day
        sold = day.sellers(self.prices) if day else ()
        self.post_message(ExportRequest("sales", sold, kind))

    def ask_again(self) -> None:
        """Ask the vendor for the balance, the orders and the movements now."""
        self.post_message(RefreshRequest("money"))
        self.post_message(LedgerRequest())

    def _name_keys(self) -> None:
        self.query_one(MoneySheet).keys = MoneyKeys(*map(self.context.keymap.shown, KEYS))
