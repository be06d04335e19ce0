"""`desk.purchase_list`: many purchases from a file, all of them checked before the first one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

from services.desk.catalog import DeskCatalog
from services.desk.figures import Figures
from services.desk.money import DeskMoney
from services.desk.opening import Opening
from services.domain.errors import NotFound
from services.domain.models import Catalog, Product, Purchase, Stock
from services.domain.phrase import phrase
from services.domain.typed.product_names import goods_name
from services.domain.typed.purchase_list import (
    NOTHING_BOUGHT,
    ListedRow,
    PlannedRow,
    PurchasePlan,
    RowProblem,
    is_for,
    look_bought,
    named_product,
    next_key,
    planned,
    too_few,
)
from services.journal.purchases import Purchases
from services.purchasing.purchase_checks import over_limits
from services.settings.fields import PurchaseSettings
from services.system.clock import Clock

LATELY = timedelta(hours=24)
MOST_ATTEMPTS = 100


class DeskPurchaseList:
    """Checks the rows of a file against the vendor, the limits and what is bought already.

    Args:
        opening: knows the account once it is open.
        catalog: the vendor's products.
        money: what was spent today.
        limits: what the settings allow.
    """

    def __init__(
        self,
        opening: Opening,
        catalog: DeskCatalog,
        figures: Figures,
        money: DeskMoney,
        limits: PurchaseSettings,
        clock: Clock,
    ) -> None:
        self._opening: Final = opening
        self._catalog: Final = catalog
        self._figures: Final = figures
        self._money: Final = money
        self._limits: Final = limits
        self._clock: Final = clock

    async def check(
        self,
        rows: Sequence[ListedRow],
        *,
        retry: bool = False,
        repeat: bool = False,
        report: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> PurchasePlan:
        """Check all rows; nothing is bought.

        Args:
            rows: the rows of one file.
            retry: rows whose purchase was refused or settled as not placed are bought again.
            repeat: rows that another file seems to have bought lately are bought.
            report: called with how many of how many stocks are read.

        Raises:
            Refused: this desk may not buy.
            DeskError: the vendor or the journal could not be read.
        """
        account = self._opening.may_buy()
        if not account.settled:
            await account.settle_first()
        store = account.purchases
        had = await _bought(store, rows, retry=retry)
        problems = [
            RowProblem(row.line, "its key was used for another product, value or quantity")
            for row in rows
            if (found := had[row.key][1]) and not is_for(row, found)
        ]
        wrong = {problem.line for problem in problems}
        missing = [row for row in rows if had[row.key][1] is None and row.line not in wrong]
        products = await self._products(missing, problems)
        stocks = await self._stocks(missing, products, problems, report)
        plan: list[PlannedRow] = []
        for row in rows:
            key, found = had[row.key]
            if found is not None:
                plan.append(_of_purchase(row, key, found))
            elif (product := products.get(row.line)) and (stock := stocks.get(product.id)):
                each = planned(row, key, product, stock)
                if isinstance(each, RowProblem):
                    problems.append(each)
                else:
                    plan.append(each)
        to_buy = [each for each in plan if each.to_buy]
        problems += too_few(to_buy, stocks.values())
        balance = (await self._figures.balance()).amount
        problems += await self._unpaid(to_buy, balance)
        if not repeat:
            recent = await store.since(self._clock.now() - LATELY)
            problems += look_bought(plan, recent)
        problems.sort(key=lambda problem: problem.line)
        return PurchasePlan(tuple(plan), tuple(problems), balance)

    async def _products(
        self, rows: Iterable[ListedRow], problems: list[RowProblem]
    ) -> dict[int, Product]:
        """Return the product of each row by its line."""
        read = await self._catalog.read()
        found, unknown = _named(read, rows)
        if unknown:
            # The catalogue on this disk may be a day old.
            found, unknown = _named(await self._catalog.read(refresh=True), rows)
        problems += unknown
        return found

    async def _stocks(
        self,
        rows: Iterable[ListedRow],
        products: Mapping[int, Product],
        problems: list[RowProblem],
        report: Callable[[int, int], None],
    ) -> dict[str, Stock]:
        """Read the stock of each product once."""
        wanted = {p.id: p for row in rows if (p := products.get(row.line))}
        stocks: dict[str, Stock] = {}
        for at, product_id in enumerate(wanted):
            report(at, len(wanted))
            try:
                stocks[product_id] = await self._figures.stock(product_id)
            except NotFound as gone:
                problems += [
                    RowProblem(line, gone.message, refused=True)
                    for line, product in products.items()
                    if product.id == product_id
                ]
        return stocks

    async def _unpaid(self, rows: Iterable[PlannedRow], balance: Decimal) -> list[RowProblem]:
        """Name the rows that break a limit, and the first that the balance does not pay."""
        limits, spent = self._limits, Decimal(0)
        today = (await self._money.figures())[0].today if limits.max_day else Decimal(0)
        problems: list[RowProblem] = []
        unpaid = False
        for each in rows:
            if problem := over_limits(limits, each.row.quantity, each.total, today + spent):
                words = phrase("over a limit: {problem}", problem=problem)
                problems.append(RowProblem(each.row.line, words, refused=True))
            spent += each.total
            if spent > balance and not unpaid:
                unpaid = True
                words = phrase(
                    "the balance of {balance} DZD pays for the rows before this one only",
                    balance=balance,
                )
                problems.append(RowProblem(each.row.line, words, refused=True))
        return problems


async def _bought(
    store: Purchases, rows: Sequence[ListedRow], *, retry: bool
) -> dict[str, tuple[str, Purchase | None]]:
    """Return by a row's key the key of its newest attempt, and what that one bought.

    An attempt that bought nothing is followed by the next one, if a person asked for one.
    """
    found = {row.key: (row.key, None) for row in rows}
    had: dict[str, tuple[str, Purchase | None]] = dict(found)
    asked = list(had)
    for attempts in range(MOST_ATTEMPTS):
        bought = await store.of_keys(next_key(key, attempts) for key in asked)
        again: list[str] = []
        for key in asked:
            this = next_key(key, attempts)
            purchase = bought.get(this)
            if purchase is None and attempts and not retry:
                continue
            had[key] = this, purchase
            if purchase is not None and purchase.state in NOTHING_BOUGHT:
                again.append(key)
        if not (asked := again):
            break
    return had


def _named(
    catalog: Catalog, rows: Iterable[ListedRow]
) -> tuple[dict[int, Product], list[RowProblem]]:
    found: dict[int, Product] = {}
    unknown: list[RowProblem] = []
    for row in rows:
        product = named_product(catalog, row)
        if isinstance(product, str):
            unknown.append(RowProblem(row.line, product))
        else:
            found[row.line] = product
    return found, unknown


def _of_purchase(row: ListedRow, key: str, purchase: Purchase) -> PlannedRow:
    return PlannedRow(
        row,
        key,
        purchase.product_id,
        purchase.product_title,
        purchase.type_id,
        purchase.type_name,
        goods_name(purchase.product_title, purchase.type_name),
        purchase.unit_price,
        purchase.total,
        purchase,
    )
