"""Purchases nobody answered for: what is known of each, and what a person can say about it."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from services.models import BoardOrder, Purchase
from services.text import short_id
from tui.actions import bindings
from tui.screens import words
from tui.screens.ask import AskScreen
from tui.screens.base import ConsoleScreen, Frame, Handler
from tui.screens.errands import (
    AgainWanted,
    CandidatesWanted,
    ExportWanted,
    SettleWanted,
    Settling,
)
from tui.screens.evidence_rows import (
    CASE_COLUMNS,
    ORDER_COLUMNS,
    CaseSheet,
    PossibleOrder,
    case_cells,
    order_cells,
    possible_orders,
)
from tui.screens.strips import KeyLine
from tui.situation import Situation
from widgets.board import Board
from widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from services.models import Candidate


class UnresolvedScreen(ConsoleScreen[None]):
    """Lists what is not settled beside the orders that could be it.

    Nothing here sends a purchase: buying again only opens a new ticket.
    """

    PLACE = "unresolved"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("unresolved")]

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.cases = Board[Purchase](
            CASE_COLUMNS,
            key=lambda purchase: purchase.id,
            cells=case_cells,
            search=words.purchase_name,
            heading="Not settled",
            id="cases",
        )
        self.possible = Board[PossibleOrder](
            ORDER_COLUMNS,
            key=lambda order: order.id,
            cells=order_cells,
            search=lambda order: f"{order.id} {order.what}",
            heading="Orders that could be it",
            id="possible",
        )

    def compose(self) -> ComposeResult:
        """Lay out the purchases, the chosen one in full, and the orders that could be it."""
        book, now, privacy = ConsoleScreen.book, ConsoleScreen.now, ConsoleScreen.privacy
        status = StatusBar(id="status").data_bind(book, now, privacy)
        status.low_balance = self.frame.settings.ui.low_balance
        yield status
        with Vertical(id="cases-box"):
            yield self.cases.data_bind(now, privacy)
            yield CaseSheet(id="case").data_bind(now, privacy)
            self.possible.placeholder = "No order of the account could be this purchase so far."
            yield self.possible.data_bind(now, privacy)
        yield KeyLine()

    def begin(self) -> None:
        """Show what the book holds."""
        self.query_one(CaseSheet).can_focus = False
        self.cases.focus()
        self.watch_book()

    def situation(self) -> Situation:
        """Add the chosen purchase and order to what every screen knows."""
        base = super().situation()
        held = self.cases.highlighted if self.composed else None
        if held is None:
            return base
        return replace(
            base,
            purchase="late" if held.late else held.state,
            candidate=self.possible.highlighted is not None,
        )

    def handlers(self) -> Mapping[str, Handler]:
        """Return what this screen does itself."""
        return {
            "settle.look": partial(self._settle, "look"),
            "settle.this": self.claim,
            "settle.none": self.rule_out,
            "settle.acknowledge": partial(self._settle, "acknowledge"),
            "settle.again": self.buy_again,
            "settle.switch": self.switch,
            "settle.export": self.export,
            "back": self.leave_screen,
            "quit": self.leave_screen,
        }

    def switch(self) -> None:
        """Go from the purchases to the orders and back."""
        (self.possible if self.cases.has_focus else self.cases).focus()

    def export(self) -> None:
        """Write what is not settled into a file."""
        self.post_message(ExportWanted("unresolved", self.cases.listed))

    def claim(self) -> None:
        """Bind the chosen order to the chosen purchase, after asking."""
        held, order = self.cases.highlighted, self.possible.highlighted
        if held is None or order is None:
            return
        lines = [
            f"Purchase: {words.purchase_name(held)}.",
            f"Order {short_id(order.id)}: {order.what}.",
            "If it is somebody else's order, its cards are theirs.",
        ]
        self._ask("Is this order your purchase?", lines, "Yes, this one", "claim", held, order.id)

    def rule_out(self) -> None:
        """Say that none of the offered orders is the purchase, after asking."""
        if (held := self.cases.highlighted) is not None:
            lines = [f"Purchase: {words.purchase_name(held)}.", "carddesk goes on looking for it."]
            self._ask("Is none of these orders yours?", lines, "None of these", "none", held, "")

    def buy_again(self) -> None:
        """Open a ticket for the same."""
        if (held := self.cases.highlighted) is not None:
            self.post_message(AgainWanted(held))

    def show_candidates(
        self,
        purchase: Purchase,
        candidates: "tuple[Candidate, ...]",
        unclaimed: tuple[BoardOrder, ...],
        error: str,
    ) -> None:
        """Take the orders that could be a purchase, if it is still the chosen one."""
        held = self.cases.highlighted if self.composed else None
        if held is None or held.id != purchase.id:
            return
        sheet = self.query_one(CaseSheet)
        sheet.busy, sheet.error = False, error
        if not error:
            self.possible.show_rows(possible_orders(candidates, unclaimed))
        self.refresh_hints()

    def watch_book(self) -> None:
        """Follow the purchases as they are settled."""
        if not self.composed:
            return
        before = self.query_one(CaseSheet).purchase
        self.cases.show_rows(self.book.unsettled)
        held = self.cases.highlighted
        if held is not before:
            self._show_case(held)

    @on(Board.Highlighted, "#cases")
    def _case_chosen(self) -> None:
        self._show_case(self.cases.highlighted)

    @on(Board.Highlighted, "#possible")
    def _order_chosen(self) -> None:
        self.refresh_hints()

    def _show_case(self, held: Purchase | None) -> None:
        sheet = self.query_one(CaseSheet)
        same = held is not None and sheet.purchase is not None and held.id == sheet.purchase.id
        sheet.purchase = held
        if not same:
            self.possible.show_rows(())
        if held is not None and not held.order_id:
            sheet.busy = True
            self.post_message(CandidatesWanted(self, held))
        self.refresh_hints()

    def _settle(self, what: Settling) -> None:
        if (held := self.cases.highlighted) is not None:
            self.post_message(SettleWanted(self, held, what))

    def _ask(
        self, title: str, lines: list[str], yes: str, what: Settling, held: Purchase, order: str
    ) -> None:
        def answered(agreed: bool | None) -> None:
            if agreed:
                self.post_message(SettleWanted(self, held, what, order))

        self.ask(AskScreen(self.frame, title, lines, yes=yes), answered)
