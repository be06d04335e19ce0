"""`carddesk export`: any list as CSV or JSON; with codes only where a person says so twice."""

from services.errors import BadInput
from tui import cli_values
from tui.cli_call import AddCommand, Call

LISTS = ("catalogue", "stock", "orders", "ledger", "log", "unresolved")
TIMED = frozenset({"orders", "ledger", "log"})


def declare(add: AddCommand) -> None:
    """Declare the command and its options."""
    command = add("export", export, "write a list to a file, without codes")
    command.add_argument("list", metavar="LIST", choices=LISTS, help=f"one of {', '.join(LISTS)}")
    command.add_argument(
        "product_id", metavar="PRODUCT_ID", nargs="?", type=cli_values.vendor_id, help="for stock"
    )
    command.add_argument("--csv", action="store_true", help="as CSV, which is the default")
    command.add_argument(
        "--output", metavar="FILE", help="a new file; - is stdout; else one in the state folder"
    )
    command.add_argument(
        "--with-codes",
        action="store_true",
        help="orders only: with the cards of this desk's orders, each recorded; asks first",
    )
    command.add_argument(
        "--yes-with-codes", action="store_true", help="as --with-codes, without asking"
    )
    cli_values.add_period(command)


async def export(call: Call) -> int:
    """Write the list; print where it is."""
    args = call.args
    period = call.period()
    codes = args.with_codes or args.yes_with_codes
    _check(call, codes)
    # Here for speed: what writes files is needed by this one command.
    from tui import exporting

    return await exporting.carried_out(call, period, codes=codes)


def _check(call: Call, codes: bool) -> None:
    args = call.args
    if args.csv and args.json:
        raise BadInput("--csv and --json are two formats: give one of them")
    if (args.list == "stock") != bool(args.product_id):
        raise BadInput("A PRODUCT_ID goes with the list stock, and only with it")
    if args.start and args.list not in TIMED:
        raise BadInput(f"--from and --to mean nothing to the list {args.list}")
    if codes and args.list != "orders":
        raise BadInput("Only the list orders can be written with codes")
