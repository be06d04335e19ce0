"""`desk.sales`: several lines for one customer, checked at once and bought one after the other."""

import asyncio
import contextlib
import socket
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Protocol

from msgspec.structs import replace

from services.desk.book_publisher import BookPublisher
from services.desk.opening import Opening
from services.desk.purchase_list import DeskPurchaseList
from services.domain.errors import BadInput, DeskError, NotFound, Refused
from services.domain.models import Check, Denomination, Product, Purchase, PurchaseState, Quote
from services.domain.money import Prices
from services.domain.phrase import EMPTY, phrase, phrase_of, plain
from services.domain.shop.sale import (
    CheckedLine,
    LineOutcome,
    Sale,
    SaleLine,
    SaleReview,
    SaleRun,
    by_key,
)
from services.domain.status_text import words
from services.domain.text import NOTHING, SafeText, clean
from services.domain.typed.purchase_list import ListedRow, RowProblem
from services.journal.shop.sales import HeldSale, Sales
from services.purchasing.buyer import QUOTE_SECONDS
from services.purchasing.purchase_checks import check_quantity, price_moved
from services.settings.fields import PurchaseSettings
from services.system.clock import Clock

MEETS_ALL = frozenset({"BUYING_OFF", "DISK_SPACE", "BASELINE_OLD", "FOREIGN_CURRENCY"})
"""The codes of refusals that the next line would meet as well: they leave no line out."""

FOUND_AGAIN = timedelta(days=30)
"""So long a sale that is not finished is offered by itself."""

LineReport = Callable[[SaleLine, Check], None]


def _silent(_line: SaleLine, _check: Check) -> None:
    return


class Buys(Protocol):
    """Quotes and buys one line; the desk itself."""

    def quote(
        self, product_id: str, type_id: str, quantity: int, *, previous: Quote | None = None
    ) -> Awaitable[Quote]:
        """Verify a line and say what it costs; raises DeskError."""
        ...

    def buy(
        self,
        quote: Quote,
        *,
        note: str = "",
        price: Decimal | None = None,
        idempotency_key: str = "",
        report: Callable[[Check], None] | None = None,
    ) -> Awaitable[Purchase]:
        """Carry out a confirmed quote; raises DeskError."""
        ...


class DeskSales:
    """Puts sales together, has their lines bought, and finds again what a crash left of one.

    Every line is bought by the desk's own `buy`, under a key that the journal has before. Every
    method raises JournalFailed where the journal cannot be read or written.

    Args:
        buys: the desk.
        opening: knows the account once it is open.
        keeper: the book, which shows the sale in hand.
        rows: checks many rows at once.
        limits: what the settings allow.
    """

    def __init__(
        self,
        buys: Buys,
        opening: Opening,
        keeper: BookPublisher,
        rows: DeskPurchaseList,
        limits: PurchaseSettings,
        clock: Clock,
    ) -> None:
        self._buys: Final = buys
        self._opening: Final = opening
        self._keeper: Final = keeper
        self._rows: Final = rows
        self._limits: Final = limits
        self._clock: Final = clock
        self._running: set[str] = set()
        self._turn: Final = asyncio.Lock()

    @property
    def _operator(self) -> SafeText:
        return clean(self._opening.opened().journal.operator)

    # What there is.

    async def read(self, sale_id: str) -> Sale:
        """Return a sale as it is now; raises BadInput where there is none."""
        held = await self._sales.read(sale_id)
        if held is None:
            raise BadInput(
                f'There is no sale "{clean(sale_id, 40)}"', advice="See carddesk sale list."
            )
        return self._with_orders(held)

    async def listed(
        self, start: datetime | None = None, *, open_only: bool = False
    ) -> tuple[Sale, ...]:
        """Return the sales that were begun since then (UTC), newest first."""
        held = await self._sales.listed(start, open_only=open_only)
        return tuple(map(self._with_orders, held))

    async def unfinished(self) -> tuple[Sale, ...]:
        """Return the sales of this operator that no process of this host has in hand, newest first.

        Those of which nothing waits any more are closed on the way.
        """
        since = self._clock.now() - FOUND_AGAIN
        waiting: list[Sale] = []
        for sale in await self.listed(since, open_only=True):
            if sale.operator != self._operator or not await self._sales.free(sale):
                continue
            if sale.finished:
                await self._sales.take(sale.id)
                await self._sales.close(sale.id, "all of it is handed over")
            else:
                waiting.append(sale)
        return tuple(waiting)

    # Putting one together.

    async def begin(
        self,
        customer: str = "",
        lines: Sequence[SaleLine] = (),
        *,
        name: str = "",
        received: Decimal | None = None,
    ) -> Sale:
        """Begin a sale and take it in hand; its id is made where it has no `name`.

        Raises:
            Refused: there is a sale of that name, or these are more lines than one can have.
        """
        now = self._clock.now()
        sale = Sale(
            id=name or f"s{now:%y%m%d}-{uuid.uuid4().hex[:8]}",
            created_at=now,
            operator=self._operator,
            host=socket.gethostname(),
            customer=clean(customer),
            received=received,
            lines=tuple(lines),
        )
        await self._sales.begin(sale)
        return await self._in_hand(sale.id)

    async def add(
        self, sale: Sale | None, product: Product, kind: Denomination, quantity: int, price: Decimal
    ) -> Sale:
        """Add cards to a sale; to a line of the same goods that is still to buy, if there is one.

        Args:
            sale: which sale; None begins one.
            product: what is bought.
            kind: which of its denominations, with its cost of now.
            quantity: how many cards.
            price: what the customer pays for one (DZD).

        Raises:
            BadInput: that is no number of cards.
            Refused: the sale takes no more lines, or another process has it in hand.
        """
        held = await self.begin() if sale is None else await self.read(sale.id)
        same = held.like(product.id, kind.id)
        line = SaleLine(
            number=same.number if same else 0,
            product_id=product.id,
            product_title=product.title,
            type_id=kind.id,
            type_name=kind.name,
            quantity=quantity + (same.quantity if same else 0),
            cost=kind.price,
            price=price,
            key="",
            region=product.region,
        )
        check_quantity(line.quantity)
        await self._sales.put(held.id, line)
        return await self._shown(held.id)

    async def add_in_hand(
        self, product: Product, kind: Denomination, quantity: int, price: Decimal, *, into: str = ""
    ) -> Sale:
        """Add cards to the sale in hand; see `add`.

        One that is bought already is left as it is and another one begun, unless it is the one
        that is to be added `into`.
        """
        # Keys come faster than the journal writes.
        async with self._turn:
            held = self._keeper.book.sale
            goes_on = held and (held.id == into or held.to_buy or not held.lines)
            return await self.add(held if goes_on else None, product, kind, quantity, price)

    async def count(self, sale: Sale, number: int, by: int) -> Sale:
        """Make a line so many cards more, or less; raises Refused where something was sent."""
        async with self._turn:
            line = (await self.read(sale.id)).find(number)
            if line is None:
                raise BadInput(f"The sale has no line {number}")
            check_quantity(line.quantity + by)
            await self._sales.put(sale.id, replace(line, quantity=line.quantity + by))
            return await self._shown(sale.id)

    async def remove(self, sale: Sale, number: int) -> Sale:
        """Take a line out; raises Refused where something was sent for it."""
        await self._sales.remove(sale.id, number)
        return await self._shown(sale.id)

    async def want_again(self, sale: Sale, number: int) -> Sale:
        """Let a line be bought for which nothing was bought; raises Refused for another one."""
        await self._sales.want_again(sale.id, number)
        return await self._shown(sale.id)

    async def set_customer(self, sale: Sale, customer: str) -> Sale:
        """Say whom it is for; what is bought already has it as its note from now on."""
        name = clean(customer)
        await self._sales.set_customer(sale.id, name)
        account = self._opening.opened()
        for line in sale.lines:
            order = line.order
            if order is not None and order.purchase_id and order.note != name:
                await account.mark(order.purchase_id, "note", "note changed", note=name)
        return await self._shown(sale.id)

    async def set_received(self, sale: Sale, received: Decimal | None) -> Sale:
        """Say what the customer gave (DZD); None takes that back."""
        await self._sales.set_received(sale.id, received)
        return await self._shown(sale.id)

    async def again(self, sale: Sale, prices: Prices) -> Sale:
        """Begin a sale of the same lines, at the costs of now where they can be read."""
        lines: list[SaleLine] = []
        for line in sale.lines:
            stock = self._keeper.book.stocks.get(line.product_id)
            kind = stock.find(line.type_id) if stock else None
            cost = kind.price if kind else line.cost
            price = prices.price(cost, line.product_id, line.type_id)
            lines.append(replace(line, cost=cost, price=price, left_out=NOTHING, order=None))
        return await self.begin(lines=lines)

    async def take(self, sale_id: str) -> Sale:
        """Take a sale in hand; raises Refused where a process that runs has it."""
        await self._sales.take(sale_id)
        return await self._in_hand(sale_id)

    async def close(self, sale: Sale, why: str) -> None:
        """Be done with a sale; what was not sent is left out."""
        await self._sales.close(sale.id, why)
        if (shown := self._keeper.book.sale) is not None and shown.id == sale.id:
            self._keeper.publish(sale=None)

    # Buying.

    async def check(self, sale: Sale, prices: Prices) -> SaleReview:
        """Check all lines to buy at once: stock and price of each, limits and balance for the sum.

        Args:
            sale: as it was read, or one that is not written down yet.
            prices: how this desk makes prices.

        Raises:
            Refused: this desk may not buy.
            DeskError: the vendor could not be read.
        """
        wanted = sale.to_buy
        asked = [
            ListedRow(
                line.number,
                line.quantity,
                line.key,
                own=True,
                product_id=line.product_id,
                type_id=line.type_id,
            )
            for line in wanted
        ]
        read_at = self._clock.now()
        plan = await self._rows.check(asked, repeat=True)
        costs = {row.row.line: row.unit_price for row in plan.rows}
        problems = {problem.line: problem for problem in plan.problems}
        checked = tuple(
            _checked(line, costs.get(line.number), problems.get(line.number), prices)
            for line in wanted
        )
        review = SaleReview(sale, checked, plan.balance, read_at)
        above, total = self._limits.confirm_above, review.total
        return replace(review, typed_total=bool(above) and total >= above)

    async def buy(
        self,
        review: SaleReview,
        *,
        go_on: bool = False,
        report: LineReport = _silent,
        stop: Callable[[], bool] = lambda: False,
    ) -> SaleRun:
        """Buy the lines of a confirmed review, one after the other, each under its own key.

        A line that is refused is left out and the next one bought. A line without an answer ends
        the run, unless it is to `go_on`.

        Args:
            review: what was confirmed, at most a minute old.
            go_on: buy the lines after one without an answer.
            report: called with each step of each line.
            stop: asked before each line whether to leave the rest.

        Raises:
            Refused: something moved since the review (`REQUOTE`), or the sale was changed.
            DeskError: the journal failed before anything was sent.
        """
        age = (self._clock.now() - review.read_at).total_seconds()
        if not review.sound or age > QUOTE_SECONDS:
            old = plain(f"the check is {int(age)} s old")
            raise Refused(phrase("Confirm again: {old}", old=old), code="REQUOTE")
        sale_id = review.sale.id
        if sale_id in self._running:
            raise Refused("This sale is being bought already", code="SALE_RUNNING")
        self._running.add(sale_id)
        try:
            await self._sales.confirm(sale_id, [each.line for each in review.lines])
            numbers = [each.line.number for each in review.lines]
            return await self._run(sale_id, numbers, go_on, report, stop)
        finally:
            self._running.discard(sale_id)

    async def _run(
        self,
        sale_id: str,
        numbers: Sequence[int],
        go_on: bool,
        report: LineReport,
        stop: Callable[[], bool],
    ) -> SaleRun:
        for number in numbers:
            sale = await self._shown(sale_id)
            line = sale.find(number)
            if line is None or not line.to_buy:
                continue
            if stop():
                return SaleRun(sale, plain("it was asked to stop"))
            try:
                purchase = await self._one(sale, line, report)
            except DeskError as failure:
                if isinstance(failure, Refused | NotFound) and failure.code not in MEETS_ALL:
                    await self._sales.leave_out(sale_id, number, failure.failure.reason())
                    continue
                said = failure.failure.sentence()
                stopped = phrase("line {line}: {said}", line=number, said=said)
                # That the sale cannot be read either must not hide what may have been sent.
                with contextlib.suppress(DeskError):
                    sale = await self._shown(sale_id)
                return SaleRun(sale, stopped, exit_code=failure.exit_code)
            if purchase.state is PurchaseState.UNRESOLVED:
                # Most are found at once; one that is not is looked for by the desk.
                with contextlib.suppress(DeskError):
                    await self._opening.opened().reconciler.look(purchase.id)
            try:
                sale = await self._shown(sale_id)
            except DeskError as unread:
                stopped = phrase(
                    "line {line}: {said} The sale could not be read again: {why}",
                    line=number,
                    said=words(purchase),
                    why=unread.failure.sentence(),
                )
                return SaleRun(sale, stopped, exit_code=unread.exit_code)
            line = sale.find(number) or line
            if purchase.state is PurchaseState.NOT_SENT:
                stopped = phrase("line {line}: {said}", line=number, said=words(purchase))
                return SaleRun(sale, stopped)
            if line.outcome is LineOutcome.UNRESOLVED and not go_on:
                stopped = phrase("line {line} has no answer", line=number)
                return SaleRun(sale, stopped, line)
        return SaleRun(await self._shown(sale_id))

    async def _one(self, sale: Sale, line: SaleLine, report: LineReport) -> Purchase:
        """Buy one line at no more than was confirmed; raises DeskError."""
        quote = await self._buys.quote(line.product_id, line.type_id, line.quantity)
        if quote.unit_price > line.cost:
            raise Refused(price_moved(line.cost, quote.unit_price), code="REQUOTE")
        try:
            return await self._buys.buy(
                quote,
                note=sale.customer,
                price=line.price * line.quantity,
                idempotency_key=line.key,
                report=lambda check: report(line, check),
            )
        except Refused as refused:
            if refused.code != "KEY_IN_USE":
                raise
            # Another process buys the same line: it is that purchase.
            found = await self._opening.opened().purchases.find(line.key)
            if found is None:
                raise
            return found

    @property
    def _sales(self) -> Sales:
        return self._opening.opened().sales

    async def _shown(self, sale_id: str) -> Sale:
        """Read a sale, and show it, unless another one is in hand by now."""
        shown = self._keeper.book.sale
        if shown is None or shown.id != sale_id:
            return await self.read(sale_id)
        return await self._in_hand(sale_id)

    async def _in_hand(self, sale_id: str) -> Sale:
        """Read a sale, and show it as the one in hand."""
        sale = await self.read(sale_id)
        self._keeper.publish(sale=sale)
        return sale

    def _with_orders(self, held: HeldSale) -> Sale:
        rows = self._opening.opened().board.rows
        orders = by_key(rows.joined((), held.purchases.values(), held.given))
        lines = tuple(replace(line, order=orders.get(line.key)) for line in held.sale.lines)
        return replace(held.sale, lines=lines)


def _checked(
    line: SaleLine, cost: Decimal | None, problem: RowProblem | None, prices: Prices
) -> CheckedLine:
    """Return a line as the check found it, at the cost and price of now."""
    wrong = phrase_of(problem.words) if problem else EMPTY
    refused = problem is None or problem.refused
    if cost is None:
        return CheckedLine(line, wrong or plain("it could not be checked"), refused=refused)
    changed = price_moved(line.cost, cost) if line.cost else EMPTY
    price = prices.price(cost, line.product_id, line.type_id)
    return CheckedLine(replace(line, cost=cost, price=price), wrong, changed, refused)
