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

NAMES: "tuple[LimitName, ...]" = ("max_total", "max_day", "approve_above")


def declare(add: AddCommand) -> None:
    command = add("limits", limits, "the limits kept in the journal, for all who buy with it")
    argument_types.add_what(command, "show|set", "print them; set them, on a server by its owner")
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
    command.add_argument(
        "--approve-above",
        metavar="DZD",
        type=spendable,
        help="to set: above it another person has to approve a purchase; 0 = none",
    )
    command.add_argument(
        "--approver",
        metavar="LOGIN",
        type=argument_types.note,
        help="to set: this login may approve what others ask for, as the owner may",
    )
    command.add_argument(
        "--no-approver",
        metavar="LOGIN",
        type=argument_types.note,
        help="to set: this login may not approve any more",
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
    named = args.approver or args.no_approver
    if args.what == "show" and (changes or args.operator or named):
        raise BadInput("Options that set a limit go with limits set")
    if args.what == "set" and not (changes or named):
        raise BadInput(
            "Which limit? --max-total, --max-day, --approve-above or --approver",
            advice="Nothing was changed.",
        )
    if args.approver and args.approver == args.no_approver:
        raise BadInput("--approver and --no-approver name one login", advice="Nothing was changed.")
    async with call.desk(offline=True) as desk:
        if changes:
            await desk.limits.put(args.operator, changes)
        if args.approver:
            await desk.limits.name_approver(args.approver, may=True)
        if args.no_approver:
            await desk.limits.name_approver(args.no_approver, may=False)
        await _show(call, desk)
    return 0


async def _show(call: Call, desk: "Desk") -> None:
    kept, approvers = await desk.limits.each(), await desk.limits.approvers()
    own = call.settings().purchase
    if not kept:
        call.out.say("The journal keeps no limit.")
    if approvers:
        call.out.say(f"The owner, {', '.join(approvers)} may approve what others ask for.")
    heads = ("MAX TOTAL", "MAX DAY", "APPROVE ABOVE", "FOR")
    rows = [(_shown(own.max_total), _shown(own.max_day), "", "this host's settings")]
    rows += [
        (
            _shown(each.max_total),
            _shown(each.max_day),
            _shown(each.approve_above),
            each.operator or "all together",
        )
        for each in kept
    ]
    call.out.data(
        {
            "settings": {
                "max_total": as_json.amount(own.max_total or None),
                "max_day": as_json.amount(own.max_day or None),
            },
            "journal": [_document(each) for each in kept],
            "approvers": list(approvers),
        },
        as_text.table(heads, rows, right={0, 1, 2}),
    )


def _document(limit: "KeptLimit") -> dict[str, str | None]:
    return {
        "operator": limit.operator or None,
        "max_total": as_json.amount(limit.max_total or None),
        "max_day": as_json.amount(limit.max_day or None),
        "approve_above": as_json.amount(limit.approve_above or None),
    }


def _shown(amount: Decimal) -> str:
    return money.exact(amount) if amount else "none"
