"""`carddesk limits`: what may be spent, kept in the journal for everybody who buys with it."""

from decimal import Decimal
from typing import TYPE_CHECKING

from services.domain import money
from services.domain.errors import BadInput
from tui.cli import argument_types
from tui.cli.context import AddCommand, Call
from tui.formats import as_json, as_text

if TYPE_CHECKING:
    from services.desk.desk import Desk
    from services.desk.team.limits import KeptLimit, LimitName

NAMES: "tuple[LimitName, ...]" = ("max_total", "max_day")


def declare(add: AddCommand) -> None:
    command = add("limits", limits, "the limits kept in the journal, for all who buy with it")
    command.add_argument(
        "what",
        choices=("show", "set"),
        default="show",
        nargs="?",
        metavar="show|set",
        help="print them; set them, on a server by its owner",
    )
    command.add_argument(
        "--operator",
        metavar="NAME",
        type=argument_types.note,
        default="",
        help="to set: of this operator; without it of all together",
    )
    command.add_argument(
        "--max-total", metavar="DZD", type=spendable, help="to set: for one purchase; 0 = no limit"
    )
    command.add_argument(
        "--max-day", metavar="DZD", type=spendable, help="to set: for a day; 0 = no limit"
    )


def spendable(text: str) -> Decimal:
    """Read an amount in DZD, 0 or more; raises BadInput otherwise."""
    if text == "0":
        return money.ZERO
    return argument_types.amount(text)


async def limits(call: Call) -> int:
    """Show or set. What holds is the stricter of these and of the settings."""
    args = call.args
    changes: dict[LimitName, Decimal] = {
        name: getattr(args, name) for name in NAMES if getattr(args, name) is not None
    }
    if args.what == "show" and (changes or args.operator):
        raise BadInput("--operator, --max-total and --max-day go with limits set")
    if args.what == "set" and not changes:
        raise BadInput("Which limit? --max-total or --max-day", advice="Nothing was changed.")
    async with call.desk(offline=True) as desk:
        if args.what == "set":
            await desk.limits.put(args.operator, changes)
        await _show(call, desk)
    return 0


async def _show(call: Call, desk: "Desk") -> None:
    kept = await desk.limits.each()
    own = call.settings().purchase
    if not kept:
        call.out.say("The journal keeps no limit.")
    heads = ("MAX TOTAL", "MAX DAY", "FOR")
    rows = [(_shown(own.max_total), _shown(own.max_day), "this host's settings")]
    rows += [
        (_shown(each.max_total), _shown(each.max_day), each.operator or "all together")
        for each in kept
    ]
    call.out.data(
        {
            "settings": {
                "max_total": as_json.amount(own.max_total or None),
                "max_day": as_json.amount(own.max_day or None),
            },
            "journal": [_document(each) for each in kept],
        },
        as_text.table(heads, rows, right={0, 1}),
    )


def _document(limit: "KeptLimit") -> dict[str, str | None]:
    return {
        "operator": limit.operator or None,
        "max_total": as_json.amount(limit.max_total or None),
        "max_day": as_json.amount(limit.max_day or None),
    }


def _shown(amount: Decimal) -> str:
    return money.exact(amount) if amount else "none"
