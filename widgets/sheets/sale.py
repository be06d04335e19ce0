"""Below the lines of a sale: what is paid, what comes next, the text, what happened."""

from decimal import Decimal

from textual.reactive import var

from services.domain.book import Book
from services.domain.local_time import local_clock
from services.domain.money import percent
from services.domain.phrase import Phrase, counted, phrase, quoted
from services.domain.purchase_states import state_name
from services.domain.shop.sale import LineOutcome, Sale, SaleLine
from services.domain.text import cell_width, short_id
from widgets.drawing.cells import amount, discreet, state_cell
from widgets.drawing.ink import Cell, Line, inert, line_width
from widgets.drawing.sheet import Sheet, sentence

INDENT = "  "
LEAST_TEXT = 3
"""So many lines of the text for the customer stay in sight."""
TEXT_AROUND = 4
"""Its title and what is said below it."""
EACH_LINE = "Each line is its own order; the next goes when the one before is accepted."


class SaleSheet(Sheet):
    """Draws what is paid for a sale, and what is below it.

    `text` is what the customer will get, masked, with what is ready of it in `ready` and `cards`;
    `running` says that its lines are being bought; `practice` that no money is taken here. `keys`
    names the keys: buy, hand over, received, settle. In privacy mode costs are hidden.
    """

    DRAWN_FROM = ("sale", "book", "text", "running", "stopped", "privacy", "keys")

    sale: var[Sale | None] = var[Sale | None](None)
    book: var[Book | None] = var[Book | None](None)
    text: var[str] = var("")
    running: var[bool] = var(False)
    stopped: var[Phrase] = var(Phrase())
    privacy: var[bool] = var(False)
    keys: var[tuple[str, str, str, str]] = var(("b", "t", "tab", "u"))

    def text_lines(self, width: int) -> list[Line]:
        """Return all of it, what has to be read now first."""
        sale = self.sale
        if sale is None or not sale.lines:
            return []
        room = max(20, width - 2 * len(INDENT))
        lines: list[Line] = [(), *self._band(sale, room), *self._money(sale)]
        lines += self._next(sale, room)
        happened = self._happened(sale, width)
        # The text can be read whole where it is handed over; what happened is said here alone.
        lines += self._hand_over(sale, width, room, self.room.height - len(lines) - len(happened))
        lines += happened
        return [(Cell(INDENT), *line) if line else () for line in lines]

    def _band(self, sale: Sale, width: int) -> list[Line]:
        """Return what is paid: the sum, what was received, and what to give back."""
        pays: Line = (Cell("CUSTOMER PAYS   ", "strong"), Cell(_dzd(sale.pays), "strong"))
        received: Line = (
            (Cell(f"received: {self.keys[2]}", "dim"),)
            if sale.received is None
            else (Cell("received  ", "dim"), Cell(amount(sale.received), "strong"))
        )
        back = sale.give_back
        rest: Line = ()
        if back is not None and back >= 0:
            rest = (Cell("give back ", "dim"), Cell(_dzd(back), "good"))
        elif back is not None:
            rest = (Cell("still to pay ", "dim"), Cell(_dzd(-back), "alert"))
        whole = (*pays, Cell("     "), *received, Cell("     "), *rest)
        if line_width(whole) <= width:
            return [whole]
        return [pays, (*received, Cell("   "), *rest)]

    def _money(self, sale: Sale) -> list[Line]:
        hidden = self.privacy
        if hidden:
            return []
        share = percent(sale.margin, sale.pays)
        cells = [
            Cell("cost ", "dim"),
            Cell(amount(sale.cost)),
            Cell("   margin ", "dim"),
            Cell(amount(sale.margin), "good" if sale.margin >= 0 else "alert"),
            Cell(f"  {share}" if share else "", "dim"),
        ]
        balance = self.book.balance if self.book else None
        if balance is not None:
            cells += [Cell("   balance ", "dim"), Cell(amount(balance.amount))]
        return [tuple(cells)]

    def _next(self, sale: Sale, width: int) -> list[Line]:
        """Say what is wrong and what comes next."""
        buy, _, _, settle = self.keys
        lines: list[Line] = []
        for line in sale.unresolved if not self.running else ():
            said = (
                f"Line {line.number} has no answer from the vendor: the order may or may not have"
                f" gone through. Do not buy it again; {settle} settles it."
            )
            lines += sentence(said, width, "alert")
        for line in sale.left_out:
            why = line.left_out or (state_cell(line.order.state).text if line.order else "")
            left = phrase("{goods} was not bought: {why}", goods=line.goods, why=quoted(why))
            lines += sentence(discreet(left, self.privacy), width, "warn")
        if self.running:
            lines += sentence(f"Buying, line after line. {EACH_LINE}", width, "busy")
        elif self.stopped and not sale.unresolved:
            lines += sentence(discreet(self.stopped, self.privacy), width, "warn")
        rest = sale.to_buy
        if rest and not self.running:
            what = "all of it" if len(rest) == len(sale.lines) else counted(len(rest), "line")
            verb = "Nothing is bought yet" if not sale.begun else f"Not bought yet: {what}"
            lines += sentence(f"{verb}. {buy} checks stock, prices and balance, then asks.", width)
        return [(), *lines] if lines else []

    def _hand_over(self, sale: Sale, width: int, room: int, height: int) -> list[Line]:
        """Return the text as it would go now, with how much of it is here, in so many lines."""
        if not sale.bought:
            return []
        here = sum(line.order.delivered or 0 for line in sale.bought if line.order)
        wanted = sum(line.quantity for line in sale.bought)
        given = all(line.handed_over for line in sale.bought)
        words = f"{here} of {counted(wanted, 'card')} here"
        title = "Handed over" if given else "Hand over together"
        lines: list[Line] = [(), _rule(title, "" if given else words, width)]
        parts = self.text.split("\n") if self.text else []
        if self.room.height and len(parts) > (most := max(LEAST_TEXT, height - TEXT_AROUND)):
            left = len(parts) - most + 1
            parts = [
                *parts[: most - 1],
                f"… {counted(left, 'line')} more: {self.keys[1]} shows all",
            ]
        lines += [(Cell(INDENT), Cell(inert(part))) for part in parts]
        if self.text:
            more = any(line.pending for line in sale.lines)
            rest = f"; for the rest press {self.keys[1]} again" if more else ""
            lines += [
                (),
                *sentence(f"{self.keys[1]} hands over what is ready now{rest}.", room, "dim"),
            ]
        return lines

    def _happened(self, sale: Sale, width: int) -> list[Line]:
        """Return what happened to the lines, oldest first."""
        steps: list[tuple[str, Line]] = []
        for line in sale.lines:
            steps += _steps(line)
        if not steps:
            return []
        steps.sort(key=lambda step: step[0])
        return [(), _rule("What happened", "", width), *(line for _, line in steps)]


def _steps(line: SaleLine) -> list[tuple[str, Line]]:
    order = line.order
    if order is None or line.outcome is LineOutcome.TO_BUY:
        return []
    sent = order.sent_at or order.time
    accepted = f"accepted as order {short_id(order.order_id)}" if order.order_id else "sent"
    if line.outcome is LineOutcome.TO_APPROVE:
        accepted = "waits for approval by another person"
    steps = [(sent, f"line {line.number} {accepted}")]
    if order.ended_at is not None:
        seconds = int((order.ended_at - sent).total_seconds())
        words = state_name(order.shown_state, order.quantity, order.delivered)
        steps.append((order.ended_at, f"line {line.number}: {words} after {seconds} s"))
    if order.given_at is not None:
        steps.append((order.given_at, f"line {line.number}: handed over by {order.given_by}"))
    return [
        (at.isoformat(), (Cell(f"{local_clock(at)}  ", "dim"), Cell(words))) for at, words in steps
    ]


def _rule(title: str, said: str, width: int) -> Line:
    """Return a rule with a title, and what is said of it."""
    beside = f"  {said} " if said else " "
    used = len(INDENT) + 2 + cell_width(f"{title}{beside}")
    rule = "─" * max(0, width - used - len(INDENT))
    return Cell(f"{title}", "title-blurred"), Cell(beside, "dim"), Cell(rule, "border")


def _dzd(value: Decimal) -> str:
    return f"{amount(value)} DZD"
