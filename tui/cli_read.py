"""`carddesk catalog`, `stock`, `balance`, `transactions` and `ledger`: nothing is changed."""

from collections import Counter
from collections.abc import Iterator

from services.ledger_models import Ledger, Mark
from services.models import Catalog, Product
from services.text import fold
from tui import cli_values, plain, present
from tui.cli_call import AddCommand, Call


def declare(add: AddCommand) -> None:
    """Declare the commands and their options; `ledger` is `transactions` by its other name."""
    command = add("catalog", catalog, "list products")
    command.add_argument("query", metavar="QUERY", nargs="?", default="", help="words to look for")
    command.add_argument("--refresh", action="store_true", help="ask the vendor, not the cache")

    command = add("stock", stock, "show a product's types, prices and stock")
    command.add_argument("product_id", metavar="PRODUCT_ID", type=cli_values.vendor_id)

    add("balance", balance, "show the account's balance")

    for name in ("transactions", "ledger"):
        command = add(name, transactions, "list movements on the account with their orders")
        cli_values.add_period(command)


async def catalog(call: Call) -> int:
    """Print the products in which every word of the query occurs."""
    async with call.desk() as desk:
        read = await desk.catalog(refresh=call.args.refresh)
    products = _matching(read, call.args.query)
    if not products:
        call.out.say("No product matches.")
    call.out.data(present.catalog(read, products), plain.catalog(products))
    return 0


async def stock(call: Call) -> int:
    """Print a product's denominations as the vendor has them now."""
    async with call.desk() as desk:
        read = await desk.stock(call.args.product_id)
    # Here for speed: what works out what is drawn is needed by this one command.
    from widgets.cells import retail

    markup = call.settings().ui.markup_percent
    sold = {kind.id: retail(kind.price, markup) for kind in read.denominations}
    call.out.data(present.stock(read, sold), plain.stock(read, sold))
    return 0


async def balance(call: Call) -> int:
    """Print the balance in DZD."""
    async with call.desk() as desk:
        read = await desk.balance()
    call.out.data(present.balance(read), plain.balance(read))
    return 0


async def transactions(call: Call) -> int:
    """Print the movements of today or of a period, each with its order, and check their sum."""
    start, end = call.period()
    async with call.desk() as desk:
        read = await desk.ledger(start, end)
    for sentence in _findings(read):
        call.out.say(sentence)
    if not read.rows:
        told = "in this period" if start else "today; --from shows earlier ones"
        call.out.say(f"There are no movements {told}.")
    call.out.data([present.movement(row) for row in read.rows], plain.movements(read.rows))
    return 0


def _findings(read: Ledger) -> Iterator[str]:
    """Say whether the movements agree with the orders, and what stands out about them."""
    if not read.complete:
        yield "The account moved while it was read: run this again for a sum that can be trusted."
    elif not read.charged:
        yield "Orders take no money in this environment: there is nothing to compare."
    elif read.agrees:
        yield f"Spent on orders: {plain.dzd(read.day_spent)}. The orders say the same."
    else:
        more = "more" if read.difference > 0 else "less"
        yield (
            f"Spent on orders: {plain.dzd(read.day_spent)}, {plain.dzd(abs(read.difference))} "
            f"{more} than the {plain.dzd(read.day_orders)} that the orders say."
        )
    marks = Counter(row.mark for row in read.rows)
    for count, what in (
        (read.breaks, "breaks in the chain of balances"),
        (marks[Mark.NO_ORDER], "debits whose order nobody knows"),
        (read.undebited, "orders that were not debited"),
        (marks[Mark.NOT_OURS], "debits that are not of this desk"),
    ):
        if count:
            yield f"There are {what}: {count}."


def _matching(read: Catalog, query: str) -> tuple[Product, ...]:
    words = fold(query).split()
    return tuple(
        product
        for product in read.products()
        if all(
            word in fold(f"{product.title} {product.category} {product.region} {product.id}")
            for word in words
        )
    )
