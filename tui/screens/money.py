"""Money at a glance: the balance, the day, the week and the runway, in words."""

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tui.actions import bindings
from tui.screens.base import ConsoleScreen, Handler
from tui.screens.errands import RefreshWanted
from tui.screens.strips import KeyLine
from widgets.money_sheet import MoneySheet
from widgets.status_bar import StatusBar


class MoneyScreen(ConsoleScreen[None]):
    """Shows what the book says of money; the key that opened it closes it."""

    PLACE = "money"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("money")]

    def compose(self) -> ComposeResult:
        """Lay out the status line and the sheet."""
        book, now, privacy = ConsoleScreen.book, ConsoleScreen.now, ConsoleScreen.privacy
        settings = self.frame.settings
        status = StatusBar(id="status").data_bind(book, now, privacy)
        sheet = MoneySheet(id="money").data_bind(book, privacy)
        status.low_balance = sheet.low_balance = settings.ui.low_balance
        sheet.markup_percent = settings.ui.markup_percent
        sheet.exclusive = settings.profile.account_exclusive
        yield status
        yield sheet
        yield KeyLine(id="hints")

    def begin(self) -> None:
        """Let the sheet hear the keys that scroll."""
        self.query_one(MoneySheet).focus()

    def handlers(self) -> Mapping[str, Handler]:
        """Read anew, or close by the key that opened it."""
        return {
            **super().handlers(),
            "money": self.leave_screen,
            "refresh": self.ask_again,
        }

    def ask_again(self) -> None:
        """Ask the vendor for the balance and the orders now."""
        self.post_message(RefreshWanted("money"))
