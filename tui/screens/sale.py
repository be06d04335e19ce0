"""A sale of several lines: changed, checked, bought line after line, and handed over as one."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.reactive import var
from textual.screen import Screen

from services.domain import receipt
from services.domain.book import BoardOrder
from services.domain.errors import Failure
from services.domain.phrase import Phrase, counted, phrase
from services.domain.shop import sale_text
from services.domain.shop.sale import Sale, SaleLine, SaleReview, SaleRun
from tui.actions.action import Action, ActionContext
from tui.actions.table import BY_ID, bindings
from tui.screens.base import ConsoleContext, ConsoleScreen, Handler
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.dialogs.prompt import PromptScreen
from tui.screens.dialogs.sale_review import SaleReviewScreen
from tui.screens.order import OrderScreen
from tui.screens.parts.strips import KeyLine
from tui.screens.requests import (
    RefreshRequest,
    SaleBuyRequest,
    SaleChange,
    SaleChangeRequest,
    SaleCloseRequest,
    SaleHandRequest,
    SaleOpenRequest,
    SaleRepeatRequest,
)
from tui.screens.timeline import TimelineScreen
from widgets.board.board import Board
from widgets.drawing.frame import Frame, PaneName
from widgets.panes.sale_lines import SaleLines
from widgets.sheets.sale import SaleSheet

BEFORE = ("buy", "sale.add", "off", "note", "part.next")
AFTER = ("hand", "reveal", "sale.add", "part.next", "note", "open")
"""What the key line names first while lines are to buy, and after that."""

KEYS = ("buy", "hand", "part.next", "unresolved")


class SaleScreen(ConsoleScreen[None]):
    """Shows one sale with what its keys do; what is bought is followed on the board.

    Args:
        sale: as the journal has it.
    """

    PLACE = "sale"
    BESIDE_DESK = FRAMES_ITSELF = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("sale")]

    sale: var[Sale | None] = var[Sale | None](None, init=False)

    def __init__(self, context: ConsoleContext, sale: Sale) -> None:
        super().__init__(context)
        self.set_reactive(SaleScreen.sale, sale)
        self._seen: Sale | None = None
        self._buying = False

    def compose(self) -> ComposeResult:
        """Lay out the lines, and below them what is paid and handed over."""
        screen = ConsoleScreen
        yield self.status_bar()
        with Vertical(id="sale-box"):
            yield SaleLines(id="lines").data_bind(
                screen.book, screen.now, screen.privacy, SaleScreen.sale
            )
            yield SaleSheet(id="sums").data_bind(screen.book, screen.privacy, SaleScreen.sale)
        yield KeyLine()

    def begin(self) -> None:
        self.watch_context(self.context)
        self.lines.focus()
        self.watch_book()
        self.watch_sale()

    @property
    def lines(self) -> SaleLines:
        return self.query_one(SaleLines)

    @property
    def sums(self) -> SaleSheet:
        return self.query_one(SaleSheet)

    @property
    def line(self) -> SaleLine | None:
        """The line under the cursor."""
        return self.lines.highlighted if self.composed else None

    def situation(self) -> ActionContext:
        base, line = super().situation(), self.line
        if line is None or self.sale is None:
            return base
        order = line.order
        return replace(
            base,
            line="" if self._buying else line.outcome.value,
            lines=len(self.sale.lines),
            order=bool(order) and not line.to_buy,
            giving=bool(self.sale.ready),
            cards=(order.delivered or 0) if order else 0,
        )

    def handlers(self) -> Mapping[str, Handler]:
        return {
            **super().handlers(),
            "buy": self.buy,
            "open": self.open,
            "sale": self.next_sale,
            "sale.add": self.add_line,
            "right": partial(self.count, 1),
            "left": partial(self.count, -1),
            "off": self.take_off,
            "off.all": self.put_away,
            **dict.fromkeys(("part.next", "part.previous"), self.ask_received),
            "note": self.ask_customer,
            "hand": partial(self.hand_over, marked_only=False),
            "mark": partial(self.hand_over, marked_only=True),
            "reveal": self.reveal,
            "timeline": self.timeline,
            "refresh": self.ask_again,
        }

    def words(self, action: Action) -> str:
        """Name what the keys do with a sale."""
        sale = self.sale
        match action.id:
            case "buy" if sale is not None and not sale.to_buy:
                return "Buy again"
            case "hand":
                return "Hand over ready"
            case "sale.add":
                return "Add a line"
            case "off":
                return "Remove line"
            case "note":
                return "Customer"
            case "part.next":
                return "Received"
            case _:
                return super().words(action)

    def hinted(self) -> Sequence[Action]:
        """Name first what is done next with this sale."""
        waits = self.sale is not None and bool(self.sale.to_buy or not self.sale.lines)
        own = [BY_ID[name] for name in (BEFORE if waits else AFTER)]
        return [*own, *(action for action in super().hinted() if action not in own)]

    def noted_order(self) -> BoardOrder | None:
        line = self.line
        return line.order if line and not line.to_buy else None

    def opened_order(self) -> BoardOrder | None:
        return self.noted_order()

    def same(self, other: Screen[Any]) -> bool:
        mine = self.sale.id if self.sale else ""
        return isinstance(other, SaleScreen) and other.sale is not None and other.sale.id == mine

    # What comes from the book.

    def watch_book(self) -> None:
        """Take the sale as the journal has it, and its orders as the board has them."""
        super().watch_book()
        if not self.composed or self.sale is None:
            return
        held = self.book.sale
        newer = held if held is not None and held.id == self.sale.id else self.sale
        base = newer if newer is not self._seen and newer is held else self.sale
        self._seen = held
        self.sale = base.following(self.book.orders)

    def watch_sale(self) -> None:
        if self.composed:
            self._share_lines()
            self._show_text()
            self.refresh_hints()

    def watch_context(self, context: ConsoleContext) -> None:
        """Name the keys as they are from now on."""
        super().watch_context(context)
        if self.composed:
            buy, hand, received, settle = (context.keymap.shown(name) for name in KEYS)
            self.sums.keys = (buy, hand, received, settle)

    def on_resize(self) -> None:
        self._share_lines()

    @on(Board.Highlighted)
    def _line_highlighted(self) -> None:
        self.refresh_hints()

    @on(Board.Opened)
    def _line_opened(self) -> None:
        self.action_run("open")

    def _share_lines(self) -> None:
        """Give the lines the room that they need, and the rest to what is below."""
        if not self.composed or self.sale is None:
            return
        height, sides = self.opened_size.height, self.sides
        around = 3 if sides == "both" else 2
        wanted = max(1, len(self.sale.lines)) + around + (1 if not self.sale.lines else 0)
        self.lines.styles.height = max(around + 1, min(wanted, (height - 2) // 2))
        self.lines.frame = Frame(PaneName(self.context.keymap.shown("sale"), "Sale"), sides)
        if sides == "both":
            self.sums.frame = Frame(PaneName("", "Paid"), sides)
        else:
            self.sums.frame = None

    def _show_text(self) -> None:
        """Show the text as it would go to the customer now."""
        sale, ui = self.sale, self.context.settings.ui
        if sale is None:
            return
        orders = sale_text.ready(sale)
        templates = receipt.choices(ui.customer_template)
        name = receipt.OWN if receipt.OWN in templates else ui.customer_language
        prices = self.context.settings.prices
        how = (templates[name], name, orders, sale_text.coming(sale), prices)
        text = sale_text.masked(*how) if orders else ""
        self.sums.text = text

    # What the keys do.

    def buy(self) -> None:
        """Check and buy what is to buy; else offer what was not bought, else the same again."""
        sale = self.sale
        if sale is None:
            return
        if self._buying:
            self.say("This sale is being bought.")
        elif sale.to_buy:
            self.console.push_screen(self._review(sale), self._reviewed)
        elif sale.left_out:
            lines = [f"{line.goods}." for line in sale.left_out]
            title = f"Buy {counted(len(lines), 'line')} that was not bought once more?"
            question = AskScreen(self.context, title, lines, yes="Check it", no="Leave it")
            self.ask(question, self._wanted_again)
        else:
            self.post_message(SaleRepeatRequest(sale, reply=self._repeated))

    def open(self) -> None:
        """Check what is to buy, or open the order of the line."""
        line = self.line
        if line is not None and line.to_buy:
            self.buy()
        elif (order := self.noted_order()) is not None:
            self.open_screen(OrderScreen(self.context, order))
        elif line is not None:
            self.say("Nothing was sent for this line: there is no order to open.")

    def reveal(self) -> None:
        if (order := self.noted_order()) is not None:
            self.open_screen(OrderScreen(self.context, order, reveal=True))

    def timeline(self) -> None:
        if (order := self.noted_order()) is not None:
            self.open_screen(TimelineScreen(self.context, order))

    def count(self, by: int) -> None:
        """Make the line one card more or less; none is no line."""
        line = self.line
        if line is None:
            return
        if not line.to_buy:
            self.say("Something was sent for this line: it stays as it is.")
        elif line.quantity + by >= 1:
            self._change("count", line.number, by)

    def take_off(self) -> None:
        """Take the line out; nothing was sent for it, so nothing is lost."""
        if (line := self.line) is not None:
            self._change("remove", line.number)

    def add_line(self) -> None:
        """Go to the desk, where a line of this sale is chosen."""
        from tui.screens.desk import DeskScreen

        sale, desk = self.sale, self.console.screen_stack[0]
        if sale is not None and isinstance(desk, DeskScreen):
            desk.add_to(sale)
            self.leave_screen()

    def next_sale(self) -> None:
        """Show the next open sale."""
        self.post_message(SaleOpenRequest(self.sale, reply=self._next))

    def put_away(self) -> None:
        """Be done with the sale; asks where a line would be left that was not bought."""
        sale = self.sale
        if sale is None or self._buying:
            return
        if not sale.to_buy:
            self._close(sale, True)
            return
        lines = [f"{line.quantity} x {line.goods}." for line in sale.to_buy]
        question = AskScreen(
            self.context,
            "Be done with this sale?",
            [*lines, "Nothing was sent for them, and nothing will be."],
            yes="Leave them",
            no="Keep the sale",
        )
        self.ask(question, partial(self._close, sale))

    def ask_received(self) -> None:
        """Ask what the customer gave."""
        if self.sale is not None:
            given = self.sale.received
            value = "" if given is None else f"{given.normalize():f}"
            title = "Received from the customer, in DZD"
            prompt = PromptScreen(self.context, title, value)
            self.console.push_screen(prompt, partial(self._typed, "received"))

    def ask_customer(self) -> None:
        if self.sale is not None:
            prompt = PromptScreen(self.context, "Customer of this sale", self.sale.customer)
            self.console.push_screen(prompt, partial(self._typed, "customer"))

    def hand_over(self, *, marked_only: bool) -> None:
        """Give all that is here to the customer, as one text, or mark all of it."""
        if self.sale is not None:
            request = SaleHandRequest(self.sale, marked_only, reply=self._say_done)
            self.post_message(request)

    def ask_again(self) -> None:
        """Ask the vendor for the orders now."""
        self.post_message(RefreshRequest("orders"))

    # What comes back.

    def _review(self, sale: Sale) -> SaleReviewScreen:
        review = SaleReviewScreen(self.context, sale)
        review.book, review.privacy, review.now = self.book, self.privacy, self.now
        return review

    def _reviewed(self, review: SaleReview | None) -> None:
        """Buy what got its yes."""
        if review is None:
            self.say("Nothing was sent.")
            return
        self._buying = self.sums.running = True
        self.sums.stopped = Phrase()
        self.refresh_hints()
        self.post_message(SaleBuyRequest(review, reply=self._bought))

    def _bought(self, run: SaleRun | None, error: Failure | None) -> None:
        self._buying = False
        if not self.composed:
            return
        self.sums.running = False
        self.refresh_hints()
        if run is None:
            self.say(error.sentence() if error else "")
            return
        self._take(run.sale, None)
        self.sums.stopped = phrase("Stopped: {why}.", why=run.stopped) if run.stopped else Phrase()
        left = run.sale.to_buy
        if run.unresolved is not None and left:
            self._ask_to_go_on(run.unresolved, left)
        elif run.stopped:
            self.say(self.sums.stopped)

    def _ask_to_go_on(self, line: SaleLine, left: tuple[SaleLine, ...]) -> None:
        """Ask whether the lines after one without an answer are bought."""
        settle = self.context.keymap.shown("unresolved")
        lines = [
            f"{line.goods}: the order may or may not have gone through. Do not buy it again.",
            f"It is looked for; {settle} shows it. The other lines are checked again first.",
        ]
        question = AskScreen(
            self.context,
            f"No answer for line {line.number}. Go on with {counted(len(left), 'line')}?",
            lines,
            yes="Check the rest",
            no="Leave the rest",
        )
        self.ask(question, lambda yes: self.buy() if yes else None)

    def _wanted_again(self, yes: bool | None) -> None:
        if yes and self.sale is not None:
            request = SaleChangeRequest(self.sale, "again", reply=self._again)
            self.post_message(request)

    def _again(self, sale: Sale | None, error: Failure | None) -> None:
        self._take(sale, error)
        if sale is not None and self.composed:
            self.buy()

    def _repeated(self, sale: Sale | None, error: Failure | None) -> None:
        """Show the sale of the same lines in the place of this one."""
        if self.composed and sale is not None:
            self.open_screen(SaleScreen(self.context, sale), instead=True)
        elif self.composed and error is not None:
            self.say(error.sentence())

    def _next(self, sale: Sale | None, error: Failure | None) -> None:
        mine = self.sale.id if self.sale else ""
        if not self.composed:
            return
        if sale is not None and sale.id != mine:
            self.sale = sale
            self.lines.begin_again()
        else:
            self.say(error.sentence() if error else "No other sale is open.")

    def _close(self, sale: Sale, yes: bool | None) -> None:
        if yes:
            self.post_message(SaleCloseRequest(sale, "put away by a person"))
            self.leave_screen()

    def _typed(self, change: SaleChange, text: str | None) -> None:
        if text is not None:
            self._change(change, text=text)

    def _change(self, change: SaleChange, number: int = 0, by: int = 0, text: str = "") -> None:
        if self.sale is not None:
            self.post_message(
                SaleChangeRequest(self.sale, change, number, by, text, reply=self._take)
            )

    def _take(self, sale: Sale | None, error: Failure | None) -> None:
        if not self.composed:
            return
        if error is not None:
            self.say(error.sentence())
        if sale is not None:
            self.sale = sale.following(self.book.orders)

    def _say_done(self, sentence: str | None, error: Failure | None) -> None:
        if self.composed and (words := error.sentence() if error else sentence):
            self.say(words)
