"""`carddesk sandbox`: the embedded vendor alone, for practice and for testing other programs."""

import shlex
from collections.abc import Iterator

from services.domain import money
from services.domain.errors import BadInput
from tui.cli import argument_types
from tui.cli.context import AddCommand, Call


class _Faults:
    """The kinds of faults as completion offers them; a fault is more than its kind."""

    def __iter__(self) -> Iterator[str]:
        # Completion alone asks for them: the vendor is not loaded to read a command line.
        from services.sandbox import KINDS

        return iter(sorted(KINDS))

    def __contains__(self, _spec: object) -> bool:
        return True


def declare(add: AddCommand) -> None:
    command = add("sandbox", sandbox, "run the embedded vendor alone, until Ctrl+C")
    command.add_argument(
        "--port", metavar="N", type=argument_types.port, default=0, help="0: any free one"
    )
    command.add_argument(
        "--fault",
        metavar="SPEC",
        action="append",
        default=[],
        choices=_Faults(),
        help="misbehave, such as reset@placeOrder:after*2 or shape:no-price; can be repeated",
    )
    command.add_argument(
        "--shapes", action="store_true", help="list the shapes of half-good answers, and end"
    )
    command.add_argument(
        "--limit",
        metavar="N",
        type=argument_types.limit,
        default=0,
        help="refuse more than N requests a minute of the key, as the vendor does; 0: any number",
    )
    command.add_argument(
        "--charge",
        action="store_true",
        help="take the money of orders from its balance; its key says PRODUCTION",
    )
    command.add_argument(
        "--deposit",
        metavar="DZD",
        type=argument_types.amount,
        help="put so much on its balance first",
    )
    command.add_argument(
        "--speed",
        metavar="N",
        type=argument_types.speed,
        default=1,
        help="prices and stock move N times as fast",
    )


async def sandbox(call: Call) -> int:
    """Serve until somebody ends it; that is how it is meant to end, so the exit code is 0."""
    from services.sandbox import DEMO_KEY, SHAPES, Fault
    from services.sandbox.host import served

    if call.args.shapes:
        words = {name: shape.words for name, shape in sorted(SHAPES.items())}
        wide = max(map(len, words))
        call.out.data(words, "\n".join(f"{name:<{wide}}  {each}" for name, each in words.items()))
        return 0
    if call.args.profile:
        raise BadInput("The sandbox is an account of its own and takes no --profile")
    faults = [Fault.parse(spec) for spec in call.args.fault]
    with call.signals.held():
        async with served(
            call.paths,
            call.args.port,
            limit=call.args.limit,
            charge=call.args.charge,
            deposit=call.args.deposit,
            speed=call.args.speed,
        ) as vendor:
            for fault in faults:
                vendor.faults.add(fault)
            access = {
                "base_url": vendor.url,
                "api_key": DEMO_KEY,
                "environment": "production" if call.args.charge else "sandbox",
            }
            call.out.say("The embedded vendor runs until Ctrl+C. carddesk --sandbox finds it.")
            if call.args.charge:
                call.out.say(
                    f"Orders cost its own money: {money.show(vendor.balance)} DZD are there. The"
                    " console says PRODUCTION; nothing real is bought."
                )
            call.out.data(access, _exports(access))
            await call.signals.wait()
    return 0


def _exports(access: dict[str, str]) -> str:
    """Write how to reach the vendor as lines for a shell."""
    return "\n".join(
        f"export CARDDESK_{name.upper()}={shlex.quote(value)}" for name, value in access.items()
    )
