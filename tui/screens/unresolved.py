"""Purchases without an answer: what is known of each, and what a person can say about it."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from services.domain.book import BoardOrder, UnclaimedOrder
from services.domain.errors import Failure
from services.domain.local_time import local_time
from services.domain.models import UNSETTLED, Denomination, Product, Purchase, PurchaseState
from services.domain.status_text import named
from services.domain.text import NOTHING, short_id
from tui.actions.action import Action, ActionContext
from tui.actions.table import BY_ID, bindings
from tui.screens.base import ConsoleContext, ConsoleScreen, Handler
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.order import OrderScreen
from tui.screens.parts.filter import Filtering, FilterLine, export_handlers
from tui.screens.parts.strips import KeyLine
from tui.screens.parts.unresolved_rows import (
    CANDIDATE_COLUMNS,
    CASE_COLUMNS,
    UNCLAIMED_COLUMNS,
    apart,
    board_order,
    candidate_cells,
    case_cells,
    price_of,
    unclaimed_cells,
)
from tui.screens.parts.unresolved_sheet import UnresolvedSheet
from tui.screens.requests import (
    CandidatesRequest,
    Decision,
    ExportRequest,
    RepeatRequest,
    SettleRequest,
    UnclaimedRequest,
)
from widgets.board.board import Board
from widgets.drawing.canvas import Canvas
from widgets.drawing.cells import dinars
from widgets.drawing.frame import PaneName
from widgets.panes.order_list import newest

if TYPE_CHECKING:
    from services.domain.models import Candidate

HEADER = 2
MOST_CASES = 4
ROOMY_CASES = 8
EMPTY = 2
"""Lines of a list that has nothing to show but its sentence."""

ROOMY_HEIGHT = 32
YES = {
    "claim": "Yes, this one",
    "none": "None of these",
    "acknowledge": "Take it off",
    "withdraw": "End the wait",
}
THEIRS = "If it is somebody else's order, its cards are theirs."


class UnresolvedScreen(Filtering):
    """Lists what is not settled, the orders that could be the chosen one, and unclaimed orders.

    The candidates are listed with the nearest to the sending first, unclaimed orders with the
    newest first. Nothing here sends a purchase: buying again only opens a new ticket, and so does
    what waits for an approval, which comes first.
    """

    PLACE = "unresolved"
    BESIDE_DESK = FRAMES_ITSELF = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("unresolved")]

    def __init__(self, context: ConsoleContext) -> None:
        super().__init__(context)
        self.cases = Board[Purchase](
            CASE_COLUMNS,
            row_id=lambda purchase: purchase.id,
            cells=case_cells,
            search=named,
            heading="Unresolved",
            id="cases",
        )
        self.possible = Board["Candidate"](
            CANDIDATE_COLUMNS,
            row_id=lambda candidate: candidate.order.id,
            cells=candidate_cells,
            search=lambda candidate: candidate.order.id,
            heading="Could it be one of these?",
            id="possible",
        )
        self.unclaimed_orders = Board[UnclaimedOrder](
            UNCLAIMED_COLUMNS,
            row_id=lambda row: row.order.order_id,
            cells=unclaimed_cells,
            search=lambda row: f"{row.order.order_id} {row.order.goods}",
            heading="Unclaimed orders",
            id="unclaimed_orders",
        )
        self._unclaimed_orders: tuple[UnclaimedOrder, ...] = ()
        self._unclaimed = -1

    def compose(self) -> ComposeResult:
        """Lay out the purchases, the chosen one in full, and the two lists of orders."""
        now, privacy = ConsoleScreen.now, ConsoleScreen.privacy
        yield self.status_bar()
        with Vertical(id="cases-box"):
            yield self.cases.data_bind(now, privacy)
            yield UnresolvedSheet(id="case").data_bind(now, privacy)
            self.possible.placeholder = "No order of the account is a possible one so far."
            yield self.possible.data_bind(now, privacy)
            yield self.unclaimed_orders.data_bind(now, privacy)
        yield FilterLine()
        yield KeyLine()

    def begin(self) -> None:
        self.query_one(UnresolvedSheet).can_focus = False
        self.watch_book()
        self._arrange()

    def parts(self) -> Sequence[tuple[Canvas, PaneName]]:
        held = self.cases.highlighted
        unsettled = held is not None and held.state in UNSETTLED
        return (
            (self.cases, PaneName(self.context.keymap.shown(self.PLACE), "Unresolved")),
            (
                self.query_one(UnresolvedSheet),
                PaneName("", "Do not buy it again" if unsettled else "Purchase"),
            ),
            (self.possible, PaneName("", "Could it be one of these?")),
            (self.unclaimed_orders, PaneName("", "Unclaimed orders")),
        )

    def situation(self) -> ActionContext:
        """Add the chosen purchase and orders to what every screen knows."""
        base = super().situation()
        if not self.composed:
            return base
        held = self.cases.highlighted
        opens = self._chosen_order() is not None
        nothing = "" if opens else "No order is highlighted: this purchase has none yet."
        base = replace(
            base,
            lists=len(self._lists()),
            order=opens,
            nothing_to_open=nothing,
            why_not_ours=self._why_not_ours(),
        )
        if held is None:
            return base
        late = "late" if held.order_id else "fits"
        base = replace(base, asked_here=held.operator == self.book.info.operator)
        return replace(base, purchase=late if held.late else held.state)

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "open": self.open,
            "refresh": partial(self._settle, "look"),
            "ours": self.bind,
            "off": self.take_off,
            "buy": self.buy_again,
            "part.next": partial(self.switch, 1),
            "part.previous": partial(self.switch, -1),
            **export_handlers(self.export),
            "filter": self.filter,
            "back": self.back,
            "quit": self.leave_screen,
        }

    def hinted(self) -> Sequence[Action]:
        """Return what the key line names: first what a person may decide."""
        ids = ("ours", "off", "buy", "refresh", "part.next", "open", "find", "palette", "help")
        return [BY_ID[action_id] for action_id in ids]

    def words(self, action: Action) -> str:
        """Name what a key decides here by what it says of the chosen purchase."""
        held = self.cases.highlighted
        offered = held is not None and held.state is PurchaseState.AMBIGUOUS
        if _waits(held):
            mine = held is not None and held.operator == self.book.info.operator
            asked = {"buy": "Approve", "off": "Take it back" if mine else "Decline"}
            if action.id in asked:
                return asked[action.id]
        here = {
            "ours": "It is ours",
            "off": "None of these" if offered else "Take off",
            "refresh": "Look now",
            "part.next": "Other list",
        }
        return here.get(action.id) or super().words(action)

    def board(self, pane: str = "") -> Board[Any]:
        """Return the list whose filter is typed, else the one that has the cursor."""
        del pane
        lists = self._lists() or [self.cases]
        return self.filtered or next((board for board in lists if board.has_focus), lists[0])

    def chosen_in(self) -> tuple[Board[Any], ...]:
        """Return the purchases and the orders: most keys are about one of each."""
        return self.cases, self.possible, self.unclaimed_orders

    def back(self) -> None:
        """Undo the filter of the list that has the cursor, or leave."""
        if not self.clear_filter():
            self.leave_screen()

    def switch(self, by: int) -> None:
        """Go to the next list, from the last one to the first, or to the one before."""
        lists = self._lists()
        at = next((n for n, board in enumerate(lists) if board.has_focus), -1)
        lists[(at + by) % len(lists)].focus()

    def export(self, kind: str) -> None:
        """Write what is not settled, or else what is unclaimed, into a file."""
        rows: tuple[object, ...] = self.cases.listed
        if self.unclaimed_orders.has_focus or not rows:
            rows = tuple(row.order for row in self.unclaimed_orders.listed)
        self.post_message(ExportRequest("unresolved", rows, kind))

    def open(self) -> None:
        if (order := self._chosen_order()) is not None:
            self.open_screen(OrderScreen(self.context, order))

    def bind(self) -> None:
        """Bind the selected order to the chosen purchase, after asking."""
        if self._among_unclaimed():
            self._claim()
        else:
            self._choose()

    def take_off(self) -> None:
        """Rule the offered orders out, or take off a purchase that was read; each asks."""
        held = self.cases.highlighted
        if held is not None and held.state is PurchaseState.AMBIGUOUS:
            self._rule_out()
            return
        if _waits(held):
            ends = ["Nothing was sent, and nothing will be. It can be asked for again."]
            self._ask("End the wait for an approval?", ends, "withdraw", ())
            return
        lines = ["The purchase and its order stay in the journal."]
        self._ask("Take this purchase off the list?", lines, "acknowledge", ())

    def _among_unclaimed(self) -> bool:
        """Whether the selected order is an unclaimed one: it is, where no other is offered."""
        if self.unclaimed_orders.has_focus or not self._offers():
            return self.unclaimed_orders.highlighted is not None
        return False

    def _offers(self) -> bool:
        held = self.cases.highlighted
        settled = held is None or bool(held.order_id)
        return not settled and self.possible.highlighted is not None

    def _why_not_ours(self) -> str:
        unclaimed = self.unclaimed_orders.highlighted
        if unclaimed is not None and self._among_unclaimed():
            return f"{unclaimed.why_not}." if unclaimed.why_not else ""
        return "" if self._offers() else ActionContext().why_not_ours

    def _choose(self) -> None:
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
        self._ask("Is this order our purchase?", [order, THEIRS], "claim", (candidate.order.id,))

    def _claim(self) -> None:
        unclaimed = self.unclaimed_orders.highlighted
        if unclaimed is None or unclaimed.why_not:
            return
        order = unclaimed.order
        goes = (
            "" if unclaimed.difference is None else f", {apart(unclaimed.difference)} after sending"
        )
        lines = [f"Order {short_id(order.order_id)}: placed {local_time(order.time)}{goes}."]
        if unclaimed.ruled_out:
            lines.append("A person said before that this order is not that purchase.")
        lines.append(THEIRS)
        self._ask("Is this order our purchase?", lines, "claim", (order.order_id,))

    def _rule_out(self) -> None:
        seen = tuple(candidate.order.id for candidate in self.possible.listed)
        lines = [
            f"Ruled out: {', '.join(map(short_id, seen))}. carddesk goes on looking.",
            "What was ruled out by mistake can still be claimed.",
        ]
        self._ask("Is none of these orders ours?", lines, "none", seen)

    def buy_again(self) -> None:
        if (held := self.cases.highlighted) is not None:
            product = Product(held.product_id, held.product_title, NOTHING)
            denomination = Denomination(held.type_id, held.type_name, held.unit_price, 0)
            approves = held if _waits(held) else None
            self.post_message(RepeatRequest(product, denomination, held.quantity, approves))

    def show_candidates(
        self, purchase: Purchase, candidates: "tuple[Candidate, ...] | None", error: Failure | None
    ) -> None:
        """Take the orders that could be a purchase, if it is still the chosen one."""
        if not self._chosen(purchase):
            return
        sheet = self.query_one(UnresolvedSheet)
        sheet.busy, sheet.error = False, error
        if candidates is not None:
            sheet.read_at = self.now
            self.possible.show_rows(candidates)
            self._show_unclaimed_orders()
        self.refresh_hints()

    def show_unclaimed_orders(
        self,
        purchase: Purchase | None,
        unclaimed_orders: tuple[UnclaimedOrder, ...] | None,
        error: Failure | None,
    ) -> None:
        """Take the unclaimed orders, as seen from the chosen purchase."""
        if unclaimed_orders is None:
            if error is not None:
                self.say(error.sentence())
        elif self._chosen(purchase):
            self._unclaimed_orders = unclaimed_orders
            self._show_unclaimed_orders()

    def watch_book(self) -> None:
        """Follow the purchases as they are settled, and what is unclaimed."""
        if not self.composed:
            return
        before = self.query_one(UnresolvedSheet).purchase
        self.query_one(UnresolvedSheet).operator = self.book.info.operator
        self.cases.show_rows((*self.book.to_approve, *self.book.unsettled))
        held = self.cases.highlighted
        if held is not before:
            self._show_case(held)
        elif self.book.unclaimed != self._unclaimed:
            self._ask_for_unclaimed_orders()
        self._follow_unclaimed()
        self._arrange()
        self.refresh_hints()

    def on_resize(self) -> None:
        """Give each list what the height allows."""
        self._arrange()

    @on(Board.Highlighted, "#cases")
    def _case_chosen(self) -> None:
        if self.cases.highlighted is not self.query_one(UnresolvedSheet).purchase:
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
        sheet = self.query_one(UnresolvedSheet)
        same = held is not None and sheet.purchase is not None and held.id == sheet.purchase.id
        sheet.purchase = held
        if not same:
            sheet.read_at, sheet.error, sheet.busy = None, None, False
        if not same or (held is not None and held.order_id):
            self.possible.show_rows(())
        if held is not None and not held.order_id and not _waits(held):
            sheet.busy = True
            self.post_message(CandidatesRequest(held, reply=partial(self.show_candidates, held)))
        self._ask_for_unclaimed_orders()
        self._arrange()
        self.refresh_hints()

    def _follow_unclaimed(self) -> None:
        """Show the state that the board has of each unclaimed order."""
        if not self._unclaimed_orders:
            return
        listed = {each.order.order_id for each in self._unclaimed_orders}
        newer = {row.order_id: row for row in self.book.orders if row.order_id in listed}
        rows = tuple(
            replace(each, order=newest(each.order, newer.get(each.order.order_id, each.order)))
            for each in self._unclaimed_orders
        )
        if rows != self._unclaimed_orders:
            self._unclaimed_orders = rows
            self._show_unclaimed_orders()

    def _ask_for_unclaimed_orders(self) -> None:
        self._unclaimed = self.book.unclaimed
        held = self.cases.highlighted
        # Of what was not sent no order can be.
        of = None if _waits(held) else held
        self.post_message(UnclaimedRequest(of, reply=partial(self.show_unclaimed_orders, held)))

    def _show_unclaimed_orders(self) -> None:
        """Show each order once: what could be the purchase is in the other list."""
        held = self.cases.highlighted
        # The journal names the candidates sooner than they are read.
        offered = {*(held.candidates if held else ()), *(c.order.id for c in self.possible.listed)}
        rows = [each for each in self._unclaimed_orders if each.order.order_id not in offered]
        self.unclaimed_orders.show_rows(rows)
        self.query_one(UnresolvedSheet).unclaimed_orders = bool(rows)
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
        if self.unclaimed_orders.has_focus:
            return (
                self.unclaimed_orders.highlighted.order
                if self.unclaimed_orders.highlighted
                else None
            )
        if self.possible.has_focus:
            return board_order(candidate, held) if candidate and held else None
        rows = (row for row in self.book.orders if held and row.purchase_id == held.id)
        return next((row for row in rows if row.order_id), None)

    def _lists(self) -> list[Board[Any]]:
        """Return the lists that are shown, from top to bottom."""
        return [
            board for board in (self.cases, self.possible, self.unclaimed_orders) if board.display
        ]

    def _arrange(self) -> None:
        """Show the lists that there is something to say about; the first takes what it needs."""
        if not self.composed:
            return
        # A list stays in its place while its filter matches nothing.
        held, count = self.cases.highlighted, self.cases.total
        self.frame_parts()
        header = HEADER + (self.sides == "both")
        most = ROOMY_CASES if self.opened_size.height >= ROOMY_HEIGHT else MOST_CASES
        words = EMPTY if count and not self.cases.shown else 0
        self.cases.styles.height = header + max(words, min(count, most))
        self.cases.display = bool(count)
        # Without a chosen purchase it says that there is none at all.
        self.query_one(UnresolvedSheet).display = held is not None or not count
        self.possible.display = held is not None and not held.order_id and not _waits(held)
        self.unclaimed_orders.display = bool(self.unclaimed_orders.total)
        # The next list follows at once: only the last one takes what is left.
        needed = header + max(self.possible.shown, EMPTY) + 1
        self.possible.styles.max_height = needed if self.unclaimed_orders.display else None
        lists = self._lists()
        if lists and not self.filtered and not any(board.has_focus for board in lists):
            lists[0].focus()

    def _settle(self, what: Decision) -> None:
        if (held := self.cases.highlighted) is not None:
            self.post_message(SettleRequest(held, what))

    def _ask(self, title: str, lines: list[str], what: Decision, orders: tuple[str, ...]) -> None:
        held = self.cases.highlighted
        if held is None:
            return
        total = f" ({dinars(held.total, self.privacy)})"

        def answered(agreed: bool | None) -> None:
            if agreed:
                self.post_message(SettleRequest(held, what, orders))

        yes = YES[what]
        first = f"Purchase: {named(held)}{total}."
        self.ask(AskScreen(self.context, title, [first, *lines], yes=yes), answered)


def _waits(held: Purchase | None) -> bool:
    return held is not None and held.state is PurchaseState.AWAITING_APPROVAL
