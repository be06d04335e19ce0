"""The order ticket in its box: what is bought and for whom, what is paid, the question, the end."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from textual.reactive import var

from services.domain.book import PollState, UsualTime
from services.domain.local_time import local_clock, local_minute
from services.domain.models import (
    CODES_LATE,
    Balance,
    Check,
    Denomination,
    Product,
    Purchase,
    PurchaseState,
    Quote,
    goods_ids,
)
from services.domain.money import Prices, exact, floor_words, percent
from services.domain.phrase import Phrase
from services.domain.text import cell_width, fit, short_id
from services.domain.typed.product_names import goods_name
from widgets.drawing import style
from widgets.drawing.canvas import Canvas
from widgets.drawing.cells import (
    amount,
    discreet,
    purchase_sentence,
    state_cell,
    stock_cell,
)
from widgets.drawing.ink import Cell, DrawnLine, Line, fitted, inert, line_width
from widgets.drawing.sheet import sentence
from widgets.drawing.waiting import counted, next_check

EDGE = 3
"""Columns of the frame and the air beside it."""
VALUES, QUANTITY_HINT, CUSTOMER_HINT = 15, 23, 41
"""Columns of the text for what is typed, and what is said of it."""
AMOUNTS_END = 32
WIDE = 66
"""Cells of text from which what is beside an amount is set apart."""
BAR, WIDE_BAR = 8, 16
USUALLY = " of usually "
BETWEEN = "    "
ROOMY, AIRY = 19, 21
"""Lines inside the frame from which parts are set apart, and from which the first one is, too."""
LEAVING = ("margin", "balance", "cost", "balance after")
"""Lines of the money in the order in which they leave where the rest needs their room."""
TO_APPROVE = "Another person has to approve it: nothing is sent before."
NO_MONEY = "Sandbox: no money moves"
CHECKS = (
    ("stock", "in stock", "not in stock"),
    ("price", "same price", "price changed"),
    ("limits", "within the limits", "over a limit"),
    ("balance", "balance is enough", "balance is not enough"),
)
"""Steps of buying, in the words for a good and for a bad end."""
_INKS: dict[str, str] = {
    CODES_LATE: "alert",
    PurchaseState.UNRESOLVED: "production",
    PurchaseState.AMBIGUOUS: "production",
    PurchaseState.AWAITING_APPROVAL: "warn",
    PurchaseState.PARTIALLY_FILLED: "warn",
    PurchaseState.REFUNDED: "warn",
    PurchaseState.NOT_SENT: "warn",
    PurchaseState.REFUSED: "warn",
    PurchaseState.NOT_PLACED: "warn",
}
"""How an end is drawn that must not be overlooked."""


def framed(
    body: Sequence[Line],
    width: int,
    practice: bool,
    read_at: datetime | None,
    title: str = "Buy",
) -> list[DrawnLine]:
    """Return what buys in its frame: heavy and red where money is real.

    Args:
        body: the lines inside.
        width: of the whole, in cells.
        practice: no money is taken here.
        read_at: when the stock was read (UTC), None where that is not known.
        title: what is done here.
    """
    ink, side = ("dim", "│") if practice else ("alert", "┃")
    if style.now().coarse:
        # On a slow line the two rules are frame enough.
        side = " "
    left = fitted((Cell(side, ink),), EDGE)
    right = fitted((Cell("  "), Cell(side, ink)), EDGE)
    inside = [fitted(line, max(0, width - 2 * EDGE)) for line in body]
    lines = [(*left, *line, *right) for line in inside]
    top = _top(width, ink, practice, read_at, title)
    return [top, *lines, _bottom(width, ink, practice)]


def _top(width: int, ink: str, practice: bool, read_at: datetime | None, title: str) -> DrawnLine:
    first, rule, last = ("╭─", "─", "─╮") if practice else ("┏━", "━", "━┓")
    said: tuple[Cell, ...] = (
        (Cell("  SANDBOX", "sandbox"), Cell("  practice: nothing is real ", "dim"))
        if practice
        else (Cell(" real money, and an order is final ", "alert"),)
    )
    left: Line = (Cell(first, ink), Cell(f" {title} ", "title"), *said)
    right: Line = (Cell(last, ink),)
    if read_at is not None:
        dated = (Cell(f" stock of {local_minute(read_at)} ", "dim"), *right)
        if line_width((*left, *dated)) < width:
            right = dated
    fill = max(0, width - line_width((*left, *right)))
    return fitted((*left, Cell(rule * fill, ink), *right), width)


def _bottom(width: int, ink: str, practice: bool) -> DrawnLine:
    first, rule, last = "╰─╯" if practice else "┗━┛"
    return fitted((Cell(first + rule * max(0, width - 2) + last, ink),), width)


def how_to_buy(
    typed_total: bool, armed: bool, typed: str, privacy: bool, width: int, does: str = "buys"
) -> list[Line]:
    """Say which keys buy, and that nothing else does.

    Args:
        typed_total: the total has to be typed.
        armed: the next enter buys.
        typed: so much of the total is typed.
        privacy: amounts are hidden.
        width: in cells.
        does: what the yes does.
    """
    if armed:
        return [(Cell(f" enter {does} now ", "production"), Cell(" Any other key takes it back."))]
    if not typed_total:
        return _keyed(("Press ", "y", " and then ", "enter", ". Anything else buys nothing."))
    if privacy:
        return sentence("The cost has to be typed, and privacy mode hides it: d shows it.", width)
    advice = "Type the cost, with or without centimes, and then enter. Nothing else buys."
    return [*sentence(advice, width), _said("typed", VALUES, Cell(typed or "-", "key"))]


def field_line(height: int) -> int:
    """Return the line of the box in which the quantity is, the customer on the next one."""
    inside = height - 2
    return 2 + (inside >= ROOMY) + (inside >= AIRY)


class Ticket(Canvas, can_focus=False):
    """Draws a ticket with its frame; `stage` is `edit`, `checking`, `review`, `sending` or `done`.

    The screen owns inputs and keys and says here what was entered: `quantity` (None while it is no
    valid number), `note`, `armed` (y was pressed), `typed` (so much of the total). `quote` is what
    the desk checked last; `sending` is read while it is sent, `error` is a sentence; `practice`
    says that no money is taken here. Costs are the account's, in DZD; in privacy mode they are
    hidden, and what the customer pays by `prices` alone is left. `counted_by` names the keys for
    more and less, `usual` is how long such an order usually takes, `poll` when the vendor is asked
    next, `bought_last` says what this customer bought before, `customer_before` whom the
    ticket before was for. `approves` is the purchase that it approves, None for a new one.
    """

    DRAWN_FROM = (
        *("stage", "product", "denomination", "stock_read_at", "quantity", "note", "balance"),
        *("sending", "quote", "checks", "purchase", "error", "armed", "typed", "practice"),
        *("now", "privacy", "prices", "bought_last", "customer_before", "counted_by"),
        *("usual", "poll", "approves"),
    )

    stage: var[str] = var("edit")
    product: var[Product | None] = var[Product | None](None)
    denomination: var[Denomination | None] = var[Denomination | None](None)
    stock_read_at: var[datetime | None] = var[datetime | None](None)
    quantity: var[int | None] = var[int | None](1)
    note: var[str] = var("")
    balance: var[Balance | None] = var[Balance | None](None)
    usual: var[UsualTime | None] = var[UsualTime | None](None)
    poll: var[PollState] = var(PollState())
    practice: var[bool] = var(False)
    sending: var[str] = var("")
    quote: var[Quote | None] = var[Quote | None](None)
    checks: var[tuple[Check, ...]] = var[tuple[Check, ...]](())
    purchase: var[Purchase | None] = var[Purchase | None](None)
    error: var[str | Phrase] = var[str | Phrase]("")
    armed: var[bool] = var(False)
    typed: var[str] = var("")
    now: var[datetime | None] = var[datetime | None](None)
    privacy: var[bool] = var(False)
    prices: var[Prices] = var(Prices())
    counted_by: var[str] = var("")
    bought_last: var[str] = var("")
    customer_before: var[str] = var("")
    approves: var[Purchase | None] = var[Purchase | None](None)

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the frame with the ticket in it, always as high as the widget."""
        text, rows = max(0, width - 2 * EDGE), max(0, height - 2)
        title = "Approve" if self.approves else "Buy"
        return framed(self._body(text, rows), width, self.practice, self._left()[1], title)

    # What is in it.

    def _body(self, width: int, rows: int) -> list[Line]:
        """Return exactly so many lines; the last one is left to the keys."""
        apart: list[Line] = [()] if rows >= ROOMY else []
        head: list[Line] = [()] if rows >= AIRY else []
        head += [self._goods(width), *apart, *self._fields(), *apart]
        money, rest = self._money(width), [*apart, *self._rest(width)]
        room = rows - 1 - len(head)
        if len(money) + len(rest) > room:
            rest = [line for line in rest if line]
        for name in LEAVING:
            # What has to be read now comes before what it costs; what is paid stays.
            if len(money) + len(rest) > room:
                money.pop(name, None)
        lines = [*head, *money.values(), *rest][: rows - 1]
        return [*lines, *[() for _ in range(rows - len(lines))]]

    def _goods(self, width: int) -> Line:
        region = self.product.region if self.product else ""
        name, stock = inert(f"{self._named()}   {region}".rstrip()), self._stock()
        room = max(0, width - cell_width(stock.text) - 1)
        return (Cell(fit(name, room), "strong"), Cell(" "), stock)

    def _named(self) -> str:
        """Return product and value as one name: `Netflix 200 TRY`."""
        quote = self.quote
        title = quote.product_title if quote else self.product.title if self.product else ""
        kind = quote.type_name if quote else self.denomination.name if self.denomination else ""
        return goods_name(title, kind)

    def _stock(self) -> Cell:
        if self.denomination is not None and self.denomination.closed:
            return Cell(self.denomination.closed, "alert")
        return stock_cell(self._left()[0])

    def _left(self) -> tuple[int, datetime | None]:
        """Return how many cards there are by the newest reading, and when that was (UTC)."""
        quote, read_at = self.quote, self.stock_read_at
        if quote is not None and (read_at is None or read_at < quote.read_at):
            return quote.stock, quote.read_at
        return self.denomination.quantity if self.denomination else 0, read_at

    def _fields(self) -> list[Line]:
        """Return the lines of quantity and customer; while they are typed, inputs lie on them."""
        if self.stage == "edit":
            more = Cell(self.counted_by, "dim")
            if self.quantity is None:
                more = Cell("not a number of cards", "alert")
            offered = self.customer_before and not self.note
            again = Cell(f"up: {self.customer_before} again" if offered else "", "dim")
            return [_said("cards", QUANTITY_HINT, more), _said("customer", CUSTOMER_HINT, again)]
        return [
            _said("cards", VALUES, Cell(str(self._cards()), "strong")),
            _said("customer", VALUES, Cell(self.note or "-", "strong" if self.note else "dim")),
        ]

    def _money(self, width: int) -> dict[str, Line]:
        """Return the lines of the money by their names, what the customer pays first."""
        each, quantity = self._each(), self._cards()
        if each is None:
            return {}
        price, pays = self._price_each(each), self.pays
        cost = None if quantity is None else each * quantity
        margin = None if cost is None or pays is None else pays - cost
        hidden, gap = self.privacy, 4 if width >= WIDE else 1
        of = "" if quantity is None else f"{quantity} x "
        at_cost = "" if hidden else f"{of}{amount(each)}"
        share = "" if hidden or margin is None or pays is None else percent(margin, pays)
        floor = None if hidden else self._floor(each)
        low = floor is not None or (margin is not None and margin < 0)
        brings = "plain" if hidden else "alert" if low else "good"
        if floor is not None:
            share = f"{share}, floor {floor.normalize():f} %"
        # Where one amount has centimes all have them: the column is read by its point.
        known = [each for each in (pays, cost, margin) if each is not None]
        cents = not hidden and any(each != each.to_integral_value() for each in known)
        paid = money_row(
            "CUSTOMER PAYS",
            _figure(pays, hidden=False, cents=cents),
            "strong",
            "as asked for" if self.approves else f"{of}{amount(price)}",
            gap,
            " DZD",
        )
        return {
            "price": paid,
            "cost": money_row("cost", _figure(cost, hidden, cents), "plain", at_cost, gap),
            "margin": money_row("margin", _figure(margin, hidden, cents), brings, share, gap),
            **self._balance(cost, gap, cents),
        }

    @property
    def pays(self) -> Decimal | None:
        """What the customer pays for all of it (DZD); None while that is not known."""
        if self.approves is not None and self.approves.price is not None:
            return self.approves.price
        each, quantity = self._each(), self._cards()
        return None if each is None or quantity is None else self._price_each(each) * quantity

    def _each(self) -> Decimal | None:
        """Return what one card costs by the newest check or reading."""
        if self.quote is not None:
            return self.quote.unit_price
        return self.denomination.price if self.denomination else None

    def _cards(self) -> int | None:
        return self.quote.quantity if self.quote else self.quantity

    def _price_each(self, cost: Decimal) -> Decimal:
        """Return what the customer pays for one card."""
        return self.prices.price(cost, *goods_ids(self.product, self.denomination))

    def _floor(self, cost: Decimal) -> Decimal | None:
        """Return the least margin in per cent, if the price leaves less."""
        return self.prices.broken_floor(cost, *goods_ids(self.product, self.denomination))

    def _balance(self, cost: Decimal | None, gap: int, cents: bool) -> dict[str, Line]:
        """Return the balance, and what will be left of it; once it is sent, as it was confirmed."""
        quote, balance = self.quote, self.balance
        sent = self.stage in ("sending", "done")
        if quote is not None and (sent or balance is None or balance.read_at < quote.read_at):
            there, read_at = quote.balance, quote.read_at
        elif balance is not None:
            there, read_at = balance.amount, balance.read_at
        else:
            return {}
        dated = f"as of {local_minute(read_at)}"
        figure = _figure(there, self.privacy, cents)
        lines = {"balance": money_row("balance", figure, "plain", dated, gap)}
        if cost is not None:
            lines["balance after"] = self._after(there - cost, gap, cents)
        return lines

    def _after(self, left: Decimal, gap: int, cents: bool) -> Line:
        """Say what will be left of the balance, in DZD; the sandbox takes no money."""
        if left < 0:
            return _said("balance after", VALUES, Cell("not enough", "alert"))
        if self.practice:
            return _said("balance after", VALUES, Cell(NO_MONEY, "dim"))
        return money_row("balance after", _figure(left, self.privacy, cents), "strong", "", gap)

    # The lower half.

    def _rest(self, width: int) -> list[Line]:
        """Return what is below the money; empty lines leave where there is no room."""
        lines = self._checks(width)
        if self.stage == "edit" and not self.error:
            return [*lines, *sentence(self.bought_last, width, "dim")]
        lines += [()]
        if self.stage == "review" and self.quote:
            lines += self._question(self.quote, width)
        elif self.stage == "sending":
            lines += [(Cell("sending", "busy"),), *sentence(self.sending, width, "strong")]
        elif self.purchase:
            lines += self._outcome(self.purchase, width)
        if self.error:
            lines += sentence(discreet(self.error, self.privacy), width, "alert")
        return lines

    def _checks(self, width: int) -> list[Line]:
        """Return the checks on one line, or on two where it is narrow."""
        if not self.checks:
            return []
        states = {check.step: check.state for check in self.checks}
        states["price"] = states.get("stock", "")
        if self.quote is not None and self.quote.changed:
            states["price"] = "failed"
        words = [_check(states.get(step, ""), good, bad) for step, good, bad in CHECKS]
        for gap in (3, 2, 1):
            if sum(map(line_width, words)) + gap * (len(words) - 1) <= width:
                return [_joined(words, gap)]
        return [_joined(words[:2], 3), _joined(words[2:], 3)]

    def _question(self, quote: Quote, width: int) -> list[Line]:
        lines: list[Line] = []
        if quote.changed:
            lines = sentence(f"CHANGED  {discreet(quote.changed, self.privacy)}", width, "alert")
        if low := floor_words(self._floor(quote.unit_price)):
            # A customer who reads along need not know why.
            said = "d shows why." if self.privacy else f"{low}."
            lines += sentence(f"LOW PRICE: {said}", width, "alert")
        region = f", {self.product.region}," if self.product and self.product.region else ""
        whom = f" for {self.note}" if self.note else ""
        does = "Approve" if self.approves else "Buy"
        asked = f"{does} {quote.quantity} {self._named()}{region}{whom}".removesuffix(",")
        if self.approves:
            asked = f"{asked}, asked for by {self.approves.operator}"
        lines += sentence(f"{asked}?", width, "strong")
        if quote.needs_approval:
            lines += sentence(TO_APPROVE, width, "warn")
        yes = (quote.typed_total, self.armed, self.typed)
        does = "asks for approval" if quote.needs_approval else "buys"
        return [*lines, *how_to_buy(*yes, self.privacy, width, does)]

    def _outcome(self, purchase: Purchase, width: int) -> list[Line]:
        state = purchase.shown_state
        word = state_cell(state)
        if ink := _INKS.get(state):
            word = Cell(f" {word.text.upper()} " if ink == "production" else word.text, ink)
        if state == PurchaseState.HANDLING and purchase.order_id:
            at = purchase.answered_at or purchase.sent_at or purchase.created_at
            ordered = f"Ordered {local_clock(at)} ({short_id(purchase.order_id)})."
            return [
                self._waited(word, purchase.sent_at or at, width),
                *sentence(f"{ordered} You can close this: it is followed.", width),
            ]
        words = discreet(purchase_sentence(purchase, self.now), self.privacy)
        named: Line = ()
        if purchase.order_id:
            named = (Cell(f"   order {short_id(purchase.order_id)}", "dim"),)
        return [(word, *_took(purchase), *named), *sentence(words, width, "strong")]

    def _waited(self, word: Cell, began: datetime, width: int) -> Line:
        """Return the state with its seconds, the usual time as a bar, and the next question."""
        if self.now is None:
            return (word,)
        seconds = max(0.0, (self.now - began).total_seconds())
        bar = (WIDE_BAR if width >= WIDE else BAR) if self.usual is not None else 0
        line = counted(word, seconds, self.usual, bar, USUALLY)
        if (check := next_check(self.poll, self.now)) is None:
            return line
        longer = (*line, Cell(BETWEEN), check)
        return longer if line_width(longer) <= width else line


def _took(purchase: Purchase) -> Line:
    """Return how many cards came and after how long, where some did."""
    if not purchase.delivered or purchase.sent_at is None or purchase.missing:
        return ()
    seconds = round((purchase.updated_at - purchase.sent_at).total_seconds())
    return (
        Cell(f"  {purchase.delivered} of {purchase.quantity} after {max(0, seconds)} s", "plain"),
    )


def _check(state: str, good: str, bad: str) -> Line:
    match state:
        case "ok":
            return (Cell("✓ ", "good"), Cell(good))
        case "failed" | "unknown":
            return (Cell("! ", "alert"), Cell(bad, "alert"))
        case _:
            return (Cell(f"· {good}", "dim"),)


def _joined(words: Sequence[Line], gap: int) -> Line:
    return tuple(
        cell
        for number, line in enumerate(words)
        for cell in ((Cell(" " * gap),) if number else ()) + line
    )


def _keyed(pieces: Sequence[str]) -> list[Line]:
    """Return a sentence in which every second piece is a key."""
    return [
        tuple(Cell(text, "key" if number % 2 else "plain") for number, text in enumerate(pieces))
    ]


def _said(label: str, column: int, said: Cell) -> Line:
    """Return a label, and at a column what is said of it."""
    return (Cell(label.ljust(column), "dim"), said)


def _figure(value: Decimal | None, hidden: bool, cents: bool) -> str:
    """Return an amount of the column, with centimes where the others have them."""
    return exact(value) if cents and not hidden and value is not None else amount(value, hidden)


def money_row(label: str, figure: str, ink: str, detail: str, gap: int, unit: str = "    ") -> Line:
    """Return a line of the money: its name, the amount that ends in a column of its own, more."""
    amount_width = AMOUNTS_END - len(label)
    name = Cell(label, "strong" if unit.strip() else "dim")
    return (
        name,
        Cell(figure.rjust(amount_width), ink),
        Cell(unit, ink),
        Cell(" " * gap),
        Cell(detail, "dim"),
    )
