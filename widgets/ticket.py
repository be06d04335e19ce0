"""The order ticket as it is read: what will be bought, what it was checked against, what became."""

from datetime import datetime
from decimal import Decimal

from textual.reactive import var

from services.models import Balance, Check, Denomination, Product, Purchase, PurchaseState, Quote
from services.text import short_id
from widgets.canvas import Canvas
from widgets.cells import ago, dinars, discreet, goods, retail, stock_cell
from widgets.ink import Cell, DrawnLine, Line, fitted
from widgets.sentences import purchase_sentence
from widgets.sheet import Sheet, fact, sentence
from widgets.status_bar import environment_cell

STEPS = {
    "stock": "stock and price",
    "limits": "limits",
    "balance": "balance",
    "place": "place the order",
    "poll": "wait for the cards",
}
PRACTICE = "practice: the balance stays"
_MARKS = {
    "running": Cell("[..]", "busy"),
    "ok": Cell("[ok]", "good"),
    "failed": Cell("[FAILED]", "alert"),
    "unknown": Cell("[????]", "alert"),
}
_BANNERS = {
    PurchaseState.HANDLING: Cell(" PLACED ", "good"),
    PurchaseState.FULFILLED: Cell(" FULFILLED ", "good"),
    PurchaseState.PARTIALLY_FILLED: Cell(" PARTLY FILLED ", "warn"),
    PurchaseState.REFUNDED: Cell(" REFUNDED ", "warn"),
    PurchaseState.UNRESOLVED: Cell(" UNRESOLVED ", "production"),
    PurchaseState.AMBIGUOUS: Cell(" UNRESOLVED ", "production"),
    PurchaseState.NOT_SENT: Cell(" NOTHING SENT ", "warn"),
    PurchaseState.REFUSED: Cell(" REFUSED ", "warn"),
    PurchaseState.NOT_PLACED: Cell(" NOT PLACED ", "warn"),
}


class TicketHead(Canvas):
    """Says in which environment the ticket buys; it stays in sight while the ticket scrolls."""

    DEFAULT_CSS = "TicketHead { height: 1; width: 1fr; padding: 0 1; }"
    DRAWN_FROM = ("environment",)

    environment: var[str] = var("")

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the one line."""
        del height
        word = environment_cell(self.environment or "unknown")
        practice = word.ink == "sandbox"
        told = (
            Cell(" practice: no money moves", "dim")
            if practice
            else Cell(" real money, and an order is final", "alert")
        )
        return [fitted((word, told), width)]


class Ticket(Sheet, can_focus=False):
    """Draws a ticket at each `stage`: `edit`, `checking`, `review`, `sending`, `done`.

    The screen owns inputs and keys and says here what was entered: `quantity` (None while it is no
    valid number), `note`, `armed` (y was pressed), `typed` (so much of the total). `quote` is what
    the desk checked last; `sending` is read while it is sent, `error` is a sentence; `practice`
    says that no money is taken here. Prices are the account's, in DZD; in privacy mode they are
    hidden, and what the customer pays stands there, `markup_percent` more.
    """

    DEFAULT_CSS = "Ticket { padding: 0 1; }"
    DRAWN_FROM = (
        *("stage", "product", "denomination", "stock_read_at", "quantity", "note", "balance"),
        *("sending", "quote", "checks", "purchase", "error", "armed", "typed"),
        *("practice", "now", "privacy", "markup_percent"),
    )

    stage: var[str] = var("edit")
    product: var[Product | None] = var[Product | None](None)
    denomination: var[Denomination | None] = var[Denomination | None](None)
    stock_read_at: var[datetime | None] = var[datetime | None](None)
    quantity: var[int | None] = var[int | None](1)
    note: var[str] = var("")
    balance: var[Balance | None] = var[Balance | None](None)
    practice: var[bool] = var(False)
    sending: var[str] = var("")
    quote: var[Quote | None] = var[Quote | None](None)
    checks: var[tuple[Check, ...]] = var[tuple[Check, ...]](())
    purchase: var[Purchase | None] = var[Purchase | None](None)
    error: var[str] = var("")
    armed: var[bool] = var(False)
    typed: var[str] = var("")
    now: var[datetime | None] = var[datetime | None](None)
    privacy: var[bool] = var(False)
    markup_percent: var[Decimal] = var(Decimal(5))

    def text_lines(self, width: int) -> list[Line]:
        """Return the ticket from the goods down to the prompt or the outcome."""
        lines = self._goods(width)
        lines += self._quoted(self.quote, width) if self.quote else self._estimate(width)
        lines += self._checks(width)
        if self.purchase:
            lines += ((), *self._outcome(self.purchase, width))
        if self.stage == "sending":
            lines += ((), *sentence(self.sending, width, "strong"))
        if self.error:
            lines += ((), *sentence(discreet(self.error, self.privacy), width, "alert"))
        if self.stage == "review" and self.quote:
            lines += ((), *self._prompt(self.quote, width))
        return lines

    def _goods(self, width: int) -> list[Line]:
        quote = self.quote
        kind = quote.type_name if quote else self.denomination.name if self.denomination else ""
        quantity = quote.quantity if quote else self.quantity
        return [
            *fact("product", self._product(), width, "strong"),
            *fact("denomination", kind, width, "strong"),
            *fact(
                "quantity", "not a number of cards" if quantity is None else str(quantity), width
            ),
            *fact("note", self.note, width),
        ]

    def _product(self) -> str:
        title = (
            self.quote.product_title if self.quote else self.product.title if self.product else ""
        )
        return goods(title, self.product)

    def _estimate(self, width: int) -> list[Line]:
        if self.denomination is None:
            return []
        price = self.denomination.price
        total = None if self.quantity is None else price * self.quantity
        stock = stock_cell(self.denomination.quantity)
        read = f", read {ago(self.stock_read_at, self.now)}" if self.stock_read_at else ""
        lines = [
            *fact("each", dinars(price, self.privacy), width),
            *fact("total", dinars(total, self.privacy), width, "strong"),
            *self._retail(price, self.quantity, width),
            *fact("stock", f"{stock.text}{read}", width, stock.ink),
        ]
        if self.balance:
            read = ago(self.balance.read_at, self.now)
            lines += fact(
                "balance", f"{dinars(self.balance.amount, self.privacy)}, read {read}", width
            )
            if total is not None:
                lines += self._after(self.balance.amount - total, width)
        return lines

    def _after(self, left: Decimal, width: int) -> list[Line]:
        """Say what the balance will be, in DZD; the sandbox takes no money."""
        if left < 0:
            return fact("after", "not enough", width, "alert")
        words = PRACTICE if self.practice else dinars(left, self.privacy)
        return fact("after", words, width)

    def _quoted(self, quote: Quote, width: int) -> list[Line]:
        stock = stock_cell(quote.stock)
        lines = [
            *fact("each", dinars(quote.unit_price, self.privacy), width),
            *fact("total", dinars(quote.total, self.privacy), width, "strong"),
            *self._retail(quote.unit_price, quote.quantity, width),
            *fact("stock", f"{stock.text}, read {ago(quote.read_at, self.now)}", width, stock.ink),
            *fact("balance", dinars(quote.balance, self.privacy), width),
            *self._after(quote.balance_after, width),
        ]
        if quote.changed:
            lines += fact("CHANGED", discreet(quote.changed, self.privacy), width, "alert")
        return lines

    def _retail(self, price: Decimal, quantity: int | None, width: int) -> list[Line]:
        """Return what the customer pays, where what the desk pays is hidden."""
        if not self.privacy:
            return []
        each = retail(price, self.markup_percent)
        words = f"{dinars(each)} each"
        if quantity is not None and quantity != 1:
            words = f"{words}, {dinars(each * quantity)} in all"
        return fact("retail", words, width, "strong")

    def _checks(self, width: int) -> list[Line]:
        lines: list[Line] = [()] if self.checks else []
        for check in self.checks:
            mark = _MARKS.get(check.state, Cell(f"[{check.state}]", "warn"))
            words = STEPS.get(check.step, check.step)
            detail = discreet(check.detail, self.privacy)
            text = f"{words}: {detail}" if detail else words
            first, *rest = sentence(text, max(8, width - 9)) or [()]
            lines.append((Cell(mark.text.ljust(9), mark.ink), *first))
            lines += [(Cell(" " * 9), *line) for line in rest]
        return lines

    def _prompt(self, quote: Quote, width: int) -> list[Line]:
        cards = f"{quote.quantity} {'card' if quote.quantity == 1 else 'cards'}"
        what = f"{self._product()}, {quote.type_name}"
        question = f"Buy {cards} for {dinars(quote.total, self.privacy)}: {what}?"
        if not quote.typed_total:
            keys = "enter buys, esc cancels." if self.armed else "y then enter buys; enter cancels."
        elif self.privacy:
            keys = "The total has to be typed, and privacy mode hides it: d shows it."
        else:
            keys = "Type the total, then enter buys; enter alone cancels."
        lines = sentence(question, width, "strong")
        lines += sentence(keys, width, "key")
        if self.armed:
            lines.append((Cell(" ARMED: the next enter buys ", "production"),))
        if quote.typed_total:
            lines += fact("typed", self.typed or "nothing yet", width, "key")
        return lines

    def _outcome(self, purchase: Purchase, width: int) -> list[Line]:
        banner = _BANNERS.get(purchase.state, Cell(f" {purchase.state.replace('_', ' ')} ", "busy"))
        lines: list[Line] = [(Cell(banner.text, banner.ink),)]
        if purchase.order_id:
            lines[0] = (*lines[0], Cell(f" order {short_id(purchase.order_id)}", "strong"))
        words = discreet(purchase_sentence(purchase, self.now), self.privacy)
        return [*lines, *sentence(words, width, "strong")]
