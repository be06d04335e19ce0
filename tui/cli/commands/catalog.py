"""`carddesk catalog`, `stock`, `balance`, `transactions` and `ledger`: nothing is changed."""

from collections import Counter
from collections.abc import Iterator

from services.domain.ledger import Ledger, Mark
from services.domain.models import Catalog, Product
from services.domain.money import floor_words
from services.domain.typed.product_names import product_text
from tui.cli import argument_types
from tui.cli.context import AddCommand, Call
from tui.formats import as_json, as_text


def declare(add: AddCommand) -> None:
    """Declare the commands and their options; `ledger` is `transactions` by its other name."""
    command = add("catalog", catalog, "list products")
    command.add_argument("query", metavar="QUERY", nargs="?", default="", help="words to look for")
    command.add_argument("--refresh", action="store_true", help="ask the vendor, not the cache")

    command = add("stock", stock, "show a product's types, prices and stock")
    command.add_argument("product_id", metavar="PRODUCT_ID", type=argument_types.vendor_id)

    add("balance", balance, "show the account's balance")

    for name in ("transactions", "ledger"):
        command = add(name, transactions, "list movements on the account with their orders")
        argument_types.add_period(command)


async def catalog(call: Call) -> int:
    """Print the products that the words of the query find, the best first."""
    async with call.desk(journal=False) as desk:
        read = await desk.catalog.read(refresh=call.args.refresh)
    products = _matching(read, call.args.query)
    if not products:
        call.out.say("No product matches.")
    call.out.data(as_json.catalog(read, products), as_text.catalog(products))
    return 0


async def stock(call: Call) -> int:
    """Print a product's denominations as the vendor has them now."""
    async with call.desk(journal=False) as desk:
        read = await desk.figures.stock(call.args.product_id)
        prices = await call.prices(desk)
    settings, product = call.settings(), read.product_id
    sold = {kind.id: prices.price(kind.price, product, kind.id) for kind in read.denominations}
    for notice in settings.house.notices:
        call.out.say(notice)
    low: set[str] = set()
    for kind in read.denominations:
        floor = None if kind.closed else prices.broken_floor(kind.price, product, kind.id)
        if floor is not None:
            low.add(kind.id)
            call.out.say(f"{kind.name}: {floor_words(floor)}.")
    call.out.data(as_json.stock(read, sold, low), as_text.stock(read, sold))
    return 0


async def balance(call: Call) -> int:
    async with call.desk(journal=False) as desk:
        read = await desk.figures.balance()
    call.out.data(as_json.balance(read), as_text.balance(read))
    return 0


async def transactions(call: Call) -> int:
    """Print the movements of today or of a period, each with its order, and check their sum."""
    start, end = call.period()
    async with call.desk() as desk:
        read = await desk.money.ledger(start, end)
    for sentence in _findings(read):
        call.out.say(sentence)
    if not read.rows:
        period = "in this period" if start else "today; --from shows earlier ones"
        call.out.say(f"There are no movements {period}.")
    call.out.data([as_json.movement(row) for row in read.rows], as_text.movements(read.rows))
    return 0


def _findings(read: Ledger) -> Iterator[str]:
    """Say whether the movements agree with the orders, and what stands out about them."""
    if not read.complete:
        yield "The account moved while it was read: run this again for a sum that can be trusted."
    elif not read.charged:
        yield "Orders take no money in this environment: there is nothing to compare."
    elif read.agrees:
        yield f"Spent on orders: {as_text.dzd(read.day_spent)}. The orders say the same."
    else:
        more = "more" if read.difference > 0 else "less"
        yield (
            f"Spent on orders: {as_text.dzd(read.day_spent)}, {as_text.dzd(abs(read.difference))} "
            f"{more} than the {as_text.dzd(read.day_orders)} that the orders say."
        )
    marks = Counter(row.mark for row in read.rows)
    for count, what in (
        (read.breaks, "breaks in the chain of balances"),
        (marks[Mark.NO_ORDER], "debits without a known order"),
        (read.undebited, "orders that were not debited"),
        (marks[Mark.NOT_OURS], "debits that are not of this desk"),
    ):
        if count:
            yield f"There are {what}: {count}."


def _matching(read: Catalog, query: str) -> tuple[Product, ...]:
    """Return what the console's filter lists for the same words, the best first."""
    # Here for speed: the other commands of this module look for nothing.
    from widgets.board.rows import Rows

    rows = Rows[Product](lambda product: product.id, product_text)
    rows.replace(tuple(read.products()))
    rows.filter(query)
    return rows.listed
