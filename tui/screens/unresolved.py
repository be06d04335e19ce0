"""Purchases nobody answered for: what is known of each, and what a person can say about it."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from services.book_models import BoardOrder, Nobodys
from services.models import Purchase
from services.text import short_id
from tui.actions import bindings
from tui.screens.ask import AskScreen
from tui.screens.base import ConsoleScreen, Frame, Handler
from tui.screens.case_sheet import CaseSheet
from tui.screens.errands import (
    AgainWanted,
    CandidatesWanted,
    ExportWanted,
    NobodysWanted,
    OrderWanted,
    SettleWanted,
    Settling,
)
from tui.screens.evidence_rows import (
    CANDIDATE_COLUMNS,
    CASE_COLUMNS,
    NOBODYS_COLUMNS,
    apart,
    board_order,
    candidate_cells,
    case_cells,
    goods,
    nobodys_cells,
    price_of,
)
from tui.screens.filter_line import FilterLine
from tui.screens.filtering import Filtering
from tui.screens.strips import KeyLine
from tui.situation import Situation
from widgets.board import Board
from widgets.cells import dinars, local_time
from widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from services.models import Candidate

HEADER = 2
MOST_CASES = 4
ROOMY_CASES = 8
EMPTY = 2
"""Lines of a list that has nothing to show but its sentence."""

ROOMY_HEIGHT = 32
THEIRS = "If it is somebody else's order, its cards are theirs."


class UnresolvedScreen(Filtering):
    """Lists what is not settled, the orders that could be the chosen purchase, and nobody's.

    The candidates stand with the nearest to the sending first, nobody's orders with the newest
    first. Nothing here sends a purchase: buying again only opens a new ticket.
    """

    PLACE = "unresolved"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("unresolved")]

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.cases = Board[Purchase](
            CASE_COLUMNS,
            key=lambda purchase: purchase.id,
            cells=case_cells,
            search=goods,
            heading="Not settled",
            id="cases",
        )
        self.possible = Board["Candidate"](
            CANDIDATE_COLUMNS,
            key=lambda candidate: candidate.order.id,
            cells=candidate_cells,
            search=lambda candidate: candidate.order.id,
            heading="Orders that could be it",
            id="possible",
        )
        self.nobodys = Board[Nobodys](
            NOBODYS_COLUMNS,
            key=lambda nobodys: nobodys.order.order_id,
            cells=nobodys_cells,
            search=lambda nobodys: f"{nobodys.order.order_id} {nobodys.order.product}",
            heading="Orders nobody claimed",
            id="nobodys",
        )
        self._nobodys: tuple[Nobodys, ...] = ()
        self._unclaimed = -1

    def compose(self) -> ComposeResult:
        """Lay out the purchases, the chosen one in full, and the two lists of orders."""
        book, now, privacy = ConsoleScreen.book, ConsoleScreen.now, ConsoleScreen.privacy
        status = StatusBar(id="status").data_bind(book, now, privacy)
        status.low_balance = self.frame.settings.ui.low_balance
        yield status
        with Vertical(id="cases-box"):
            yield self.cases.data_bind(now, privacy)
            yield CaseSheet(id="case").data_bind(now, privacy)
            self.possible.placeholder = "No order of the account could be this purchase so far."
            yield self.possible.data_bind(now, privacy)
            yield self.nobodys.data_bind(now, privacy)
        yield FilterLine()
        yield KeyLine()

    def begin(self) -> None:
        """Show what the book holds."""
        self.query_one(CaseSheet).can_focus = False
        self.watch_book()
        self._arrange()

    def situation(self) -> Situation:
        """Add the chosen purchase and orders to what every screen knows."""
        base = super().situation()
        if not self.composed:
            return base
        held, order = self.cases.highlighted, self.nobodys.highlighted
        base = replace(base, lists=len(self._lists()), order=self._chosen_order() is not None)
        if order is not None:
            base = replace(base, why_no_claim=f"{order.why_not}." if order.why_not else "")
        if held is None:
            return base
        late = "late" if held.order_id else "fits"
        return replace(
            base,
            purchase=late if held.late else held.state,
            candidate=not held.order_id and self.possible.highlighted is not None,
        )

    def handlers(self) -> Mapping[str, Handler]:
        """Return what this screen does itself."""
        return {
            "open": self.open,
            "settle.look": partial(self._settle, "look"),
            "settle.this": self.choose,
            "settle.claim": self.claim,
            "settle.none": self.rule_out,
            "settle.acknowledge": partial(self._settle, "acknowledge"),
            "settle.again": self.buy_again,
            "settle.switch": self.switch,
            "settle.export": self.export,
            "filter": self.filter,
            "back": self.back,
            "quit": self.leave_screen,
        }

    def board(self, pane: str = "") -> Board[Any]:
        """Return the list whose filter is typed, else the one that has the cursor."""
        del pane
        lists = self._lists() or [self.cases]
        return self.filtered or next((board for board in lists if board.has_focus), lists[0])

    def back(self) -> None:
        """Undo the filter of the list that has the cursor, or leave."""
        if not self.clear_filter():
            self.leave_screen()

    def switch(self) -> None:
        """Go to the next list, from the last one to the first."""
        lists = self._lists()
        at = next((n for n, board in enumerate(lists) if board.has_focus), -1)
        lists[(at + 1) % len(lists)].focus()

    def export(self) -> None:
        """Write what is not settled, or else what nobody claimed, into a file."""
        rows: tuple[object, ...] = self.cases.listed
        if self.nobodys.has_focus or not rows:
            rows = tuple(nobodys.order for nobodys in self.nobodys.listed)
        self.post_message(ExportWanted("unresolved", rows))

    def open(self) -> None:
        """Show the order of the highlighted row in full."""
        if (order := self._chosen_order()) is not None:
            self.post_message(OrderWanted(order))

    def choose(self) -> None:
        """Bind the chosen candidate to the chosen purchase, after asking."""
        held, candidate = self.cases.highlighted, self.possible.highlighted
        if held is None or candidate is None:
            return
        each, entry = price_of(candidate), candidate.transaction
        facts = [f"{apart(candidate.difference)} after sending"]
        if each is not None:
            facts.append(f"{dinars(each, self.privacy)} each")
        spent = "no entry" if entry is None else dinars(entry.amount, self.privacy)
        facts.append(f"ledger: {spent}")
        order = f"Order {short_id(candidate.order.id)}: {', '.join(facts)}."
        self._ask("Is this order your purchase?", [order, THEIRS], "claim", (candidate.order.id,))

    def claim(self) -> None:
        """Bind the chosen order that nobody claimed to the chosen purchase, after asking."""
        nobodys = self.nobodys.highlighted
        if nobodys is None or nobodys.why_not:
            return
        order = nobodys.order
        goes = "" if nobodys.difference is None else f", {apart(nobodys.difference)} after sending"
        lines = [f"Order {short_id(order.order_id)}: placed {local_time(order.time)}{goes}."]
        if nobodys.ruled_out:
            lines.append("A person had said before that this order is not that purchase.")
        lines.append(THEIRS)
        self._ask("Is this order your purchase?", lines, "claim", (order.order_id,))

    def rule_out(self) -> None:
        """Say that none of the offered orders is the purchase, after asking."""
        seen = tuple(candidate.order.id for candidate in self.possible.listed)
        lines = [
            f"Ruled out: {', '.join(map(short_id, seen))}. carddesk goes on looking.",
            "What was ruled out by mistake can still be claimed.",
        ]
        self._ask("Is none of these orders yours?", lines, "none", seen)

    def buy_again(self) -> None:
        """Open a ticket for the same."""
        if (held := self.cases.highlighted) is not None:
            self.post_message(AgainWanted(held))

    def show_candidates(
        self, purchase: Purchase, candidates: "tuple[Candidate, ...]", error: str
    ) -> None:
        """Take the orders that could be a purchase, if it is still the chosen one."""
        if not self._chosen(purchase):
            return
        sheet = self.query_one(CaseSheet)
        sheet.busy, sheet.error = False, error
        if not error:
            sheet.read_at = self.now
            self.possible.show_rows(candidates)
            self._show_nobodys()
        self.refresh_hints()

    def show_nobodys(self, purchase: Purchase | None, nobodys: tuple[Nobodys, ...]) -> None:
        """Take the orders that nobody claimed, as seen from the chosen purchase."""
        if self._chosen(purchase):
            self._nobodys = nobodys
            self._show_nobodys()

    def watch_book(self) -> None:
        """Follow the purchases as they are settled, and what nobody claimed."""
        if not self.composed:
            return
        before = self.query_one(CaseSheet).purchase
        self.cases.show_rows(self.book.unsettled)
        held = self.cases.highlighted
        if held is not before:
            self._show_case(held)
        elif self.book.unclaimed != self._unclaimed:
            self._ask_for_nobodys()
        self._arrange()
        self.refresh_hints()

    def on_resize(self) -> None:
        """Give each list what the height allows."""
        self._arrange()

    @on(Board.Highlighted, "#cases")
    def _case_chosen(self) -> None:
        if self.cases.highlighted is not self.query_one(CaseSheet).purchase:
            self._show_case(self.cases.highlighted)

    @on(Board.Highlighted)
    def _row_chosen(self) -> None:
        self._arrange()
        self.refresh_hints()

    @on(Board.Opened)
    def _row_opened(self) -> None:
        self.action_run("open")

    def on_descendant_focus(self) -> None:
        """Offer the keys of the list that has the cursor."""
        # News of a list that had the cursor before the line was opened may come after that.
        if any(board.has_focus for board in self._lists()):
            # A list was clicked while a filter was typed: what was typed stays.
            self.hide_filter_line()
        self.refresh_hints()

    def _show_case(self, held: Purchase | None) -> None:
        sheet = self.query_one(CaseSheet)
        same = held is not None and sheet.purchase is not None and held.id == sheet.purchase.id
        sheet.purchase = held
        if not same:
            sheet.read_at, sheet.error, sheet.busy = None, "", False
        if not same or (held is not None and held.order_id):
            self.possible.show_rows(())
        if held is not None and not held.order_id:
            sheet.busy = True
            self.post_message(CandidatesWanted(self, held))
        self._ask_for_nobodys()
        self._arrange()
        self.refresh_hints()

    def _ask_for_nobodys(self) -> None:
        self._unclaimed = self.book.unclaimed
        self.post_message(NobodysWanted(self, self.cases.highlighted))

    def _show_nobodys(self) -> None:
        """Show each order once: what could be the purchase stands in the other list."""
        held = self.cases.highlighted
        # The journal names the candidates sooner than they are read.
        offered = {*(held.candidates if held else ()), *(c.order.id for c in self.possible.listed)}
        rows = [each for each in self._nobodys if each.order.order_id not in offered]
        self.nobodys.show_rows(rows)
        self.query_one(CaseSheet).nobodys = bool(rows)
        self._arrange()
        self.refresh_hints()

    def _chosen(self, purchase: Purchase | None) -> bool:
        """Tell whether an answer is about the purchase that is chosen now."""
        held = self.cases.highlighted if self.composed else None
        if not self.composed or held is None or purchase is None:
            return self.composed and held is purchase
        return held.id == purchase.id

    def _chosen_order(self) -> BoardOrder | None:
        """Return the order of the highlighted row of the list that has the cursor."""
        held, candidate = self.cases.highlighted, self.possible.highlighted
        if self.nobodys.has_focus:
            return self.nobodys.highlighted.order if self.nobodys.highlighted else None
        if self.possible.has_focus:
            return board_order(candidate, held) if candidate and held else None
        rows = (row for row in self.book.orders if held and row.purchase_id == held.id)
        return next((row for row in rows if row.order_id), None)

    def _lists(self) -> list[Board[Any]]:
        """Return the lists that are shown, from top to bottom."""
        return [board for board in (self.cases, self.possible, self.nobodys) if board.display]

    def _arrange(self) -> None:
        """Show the lists that there is something to say about; the first takes what it needs."""
        if not self.composed:
            return
        # A list stays in its place while its filter matches nothing.
        held, count = self.cases.highlighted, self.cases.total
        most = ROOMY_CASES if self.size.height >= ROOMY_HEIGHT else MOST_CASES
        words = EMPTY if count and not self.cases.shown else 0
        self.cases.styles.height = HEADER + max(words, min(count, most))
        self.cases.display = bool(count)
        # Without a chosen purchase it says that there is none at all.
        self.query_one(CaseSheet).display = held is not None or not count
        self.possible.display = held is not None and not held.order_id
        self.nobodys.display = bool(self.nobodys.total)
        # The next list follows at once: only the last one takes what is left.
        needed = HEADER + max(self.possible.shown, EMPTY) + 1
        self.possible.styles.max_height = needed if self.nobodys.display else None
        lists = self._lists()
        if lists and not self.filtered and not any(board.has_focus for board in lists):
            lists[0].focus()

    def _settle(self, what: Settling) -> None:
        if (held := self.cases.highlighted) is not None:
            self.post_message(SettleWanted(self, held, what))

    def _ask(self, title: str, lines: list[str], what: Settling, orders: tuple[str, ...]) -> None:
        held = self.cases.highlighted
        if held is None:
            return
        total = f" ({dinars(held.total, self.privacy)})"

        def answered(agreed: bool | None) -> None:
            if agreed:
                self.post_message(SettleWanted(self, held, what, orders))

        yes = "None of these" if what == "none" else "Yes, this one"
        first = f"Purchase: {goods(held)}{total}."
        self.ask(AskScreen(self.frame, title, [first, *lines], yes=yes), answered)
