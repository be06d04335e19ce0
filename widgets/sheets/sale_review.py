"""The review of a sale in its box: every line with its check, the sums, and the one question."""

from textual.reactive import var

from services.domain.money import Prices, exact, floor_words, percent
from services.domain.phrase import Phrase, counted
from services.domain.shop.sale import CheckedLine, SaleLine, SaleReview
from services.domain.text import cell_width, fit
from services.domain.typed.product_names import goods_name, short_region
from widgets.drawing.canvas import Canvas
from widgets.drawing.cells import amount, discreet
from widgets.drawing.ink import Cell, DrawnLine, Line, inert, line_width
from widgets.drawing.sheet import sentence
from widgets.sheets.ticket import EDGE, NO_MONEY, framed, how_to_buy, money_row

CHECKING = "Checking stock, prices, limits and balance …"
GAP = 4
FIGURES = 22
"""Columns for quantity and cost of a line, and for its check."""

LEAST_LINES = 3
SOUND = ("in stock", "same price", "within the limits", "balance is enough")


class SaleReviewSheet(Canvas, can_focus=False):
    """Draws the review with its frame; `review` is None while it is being checked.

    `lines` are the lines that are to be bought. `error` is a sentence, `armed` says that y was
    pressed, `typed` holds so much of the total; `practice` says that no money is taken here. In
    privacy mode costs are hidden, and what the customer pays is left.
    """

    DRAWN_FROM = (
        *("lines", "customer", "review", "error", "armed", "typed", "practice"),
        *("privacy", "prices"),
    )

    lines: var[tuple[SaleLine, ...]] = var[tuple[SaleLine, ...]](())
    customer: var[str] = var("")
    review: var[SaleReview | None] = var[SaleReview | None](None)
    error: var[str | Phrase] = var[str | Phrase]("")
    armed: var[bool] = var(False)
    typed: var[str] = var("")
    practice: var[bool] = var(False)
    privacy: var[bool] = var(False)
    prices: var[Prices] = var(Prices())

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the frame with the review in it, always as high as the widget."""
        text, rows = max(0, width - 2 * EDGE), max(0, height - 2)
        read_at = self.review.read_at if self.review else None
        return framed(self._body(text, rows), width, self.practice, read_at)

    def _body(self, width: int, rows: int) -> list[Line]:
        """Return exactly so many lines; the last one is left to the keys."""
        review = self.review
        checked = review.lines if review else tuple(map(CheckedLine, self.lines))
        foot: list[Line] = []
        if self.error:
            foot = [(), *sentence(discreet(self.error, self.privacy), width, "alert")]
        elif review is None:
            foot = [(), (Cell(CHECKING, "dim"),)]
        else:
            foot = [*self._money(review), (), *self._outcome(review, width)]
        listed = [line for each in checked for line in self._line(each, width)]
        room = max(LEAST_LINES, rows - 2 - len(foot))
        if len(listed) > room:
            left = len(listed) - room + 1
            listed = [*listed[: room - 1], (Cell(f"… and {counted(left, 'line')} more", "dim"),)]
        lines = [(), *listed, *foot][: rows - 1]
        return [*lines, *[() for _ in range(rows - len(lines))]]

    def _line(self, each: CheckedLine, width: int) -> list[Line]:
        """Return a line with what was found of it; a second one where that needs words."""
        line = each.line
        good = self.review is not None and not each.problem
        sign = Cell("✓ " if good else "! " if each.problem else "  ", "good" if good else "alert")
        cost = exact(line.cost * line.quantity)
        right = f"{line.quantity:>4} {cost:>12}" if not self.privacy else f"{line.quantity:>4}"
        region = f" · {short_region(line.region)}" if line.region else ""
        name = goods_name(line.product_title, line.type_name) + region
        room = max(8, width - 3 - cell_width(right))
        pieces: Line = (Cell(fit(inert(name), room).rstrip(), "strong"),)
        used = 2 + line_width(pieces)
        gap = Cell(" " * max(1, width - used - cell_width(right)))
        lines: list[Line] = [(sign, *pieces, gap, Cell(right))]
        for words, ink in self._said(each):
            lines += [(Cell("  "), *part) for part in sentence(words, width - 2, ink)]
        return lines

    def _said(self, each: CheckedLine) -> list[tuple[str, str]]:
        line, said = each.line, list[tuple[str, str]]()
        if each.problem:
            said.append((discreet(each.problem, self.privacy), "alert"))
        elif each.changed:
            said.append((f"CHANGED  {discreet(each.changed, self.privacy)}", "alert"))
        floor = self.prices.broken_floor(line.cost, line.product_id, line.type_id)
        if words := "" if self.privacy else floor_words(floor):
            said.append((words, "warn"))
        return said

    def _money(self, review: SaleReview) -> list[Line]:
        hidden = self.privacy
        margin, left = review.pays - review.total, review.balance - review.total
        lines = counted(len(review.lines), "line")
        whole = f"{lines}, {counted(review.cards, 'card')}"
        paid = money_row("CUSTOMER PAYS", amount(review.pays), "strong", whole, GAP, " DZD")
        share = "" if hidden else percent(margin, review.pays)
        brings = "plain" if hidden else "good" if margin >= 0 else "alert"
        rows: list[Line] = [
            (),
            paid,
            money_row("cost", amount(review.total, hidden), "plain", "", GAP),
            money_row("margin", amount(margin, hidden), brings, share, GAP),
            money_row("balance", amount(review.balance, hidden), "plain", "", GAP),
        ]
        if left < 0:
            rows.append((Cell("balance after  ", "dim"), Cell("not enough", "alert")))
        elif self.practice:
            rows.append((Cell("balance after  ", "dim"), Cell(NO_MONEY, "dim")))
        else:
            rows.append(money_row("balance after", amount(left, hidden), "strong", "", GAP))
        return rows

    def _outcome(self, review: SaleReview, width: int) -> list[Line]:
        """Return the checks and the question; where a check failed there is none."""
        if not review.sound:
            words = "Change or take out the lines marked with !, then check again."
            return sentence(f"Nothing was sent. {words}", width, "alert")
        moved = any(each.changed for each in review.lines)
        checks: list[Cell] = []
        for word in SOUND:
            bad = moved and word == "same price"
            checks += [
                Cell("  " if checks else ""),
                Cell("! " if bad else "✓ ", "alert" if bad else "good"),
                Cell("price changed" if bad else word),
            ]
        whom = f", for {self.customer}" if self.customer else ""
        lines: list[Line] = [tuple(checks)] if line_width(tuple(checks)) <= width else []
        what = f"{counted(len(review.lines), 'line')}, {counted(review.cards, 'card')}{whom}"
        lines += [(), *sentence(inert(f"Buy {what}?"), width, "strong")]
        yes = (review.typed_total, self.armed, self.typed)
        return [*lines, *how_to_buy(*yes, self.privacy, width)]
