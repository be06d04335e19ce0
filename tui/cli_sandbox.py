"""`carddesk sandbox`: the embedded vendor alone, for practice and for testing other programs."""

import shlex

from services.errors import BadInput
from tui import cli_values
from tui.cli_call import AddCommand, Call


def declare(add: AddCommand) -> None:
    """Declare the command and its options."""
    command = add("sandbox", sandbox, "run the embedded vendor alone, until Ctrl+C")
    command.add_argument(
        "--port", metavar="N", type=cli_values.port, default=0, help="0: any free one"
    )
    command.add_argument(
        "--fault",
        metavar="SPEC",
        action="append",
        default=[],
        help="misbehave, such as reset@placeOrder:after*2 or slow@list~3; can be repeated",
    )


async def sandbox(call: Call) -> int:
    """Serve until somebody ends it; that is how it is meant to end, so the exit code is 0."""
    from services.sandbox import DEMO_KEY, Fault
    from tui.embedded import served

    if call.args.profile:
        raise BadInput("The sandbox is an account of its own and takes no --profile")
    faults = [Fault.parse(spec) for spec in call.args.fault]
    with call.signals.held():
        async with served(call.paths, call.args.port) as vendor:
            for fault in faults:
                vendor.faults.add(fault)
            access = {"base_url": vendor.url, "api_key": DEMO_KEY, "environment": "sandbox"}
            call.out.say("The embedded vendor runs until Ctrl+C. carddesk --sandbox finds it.")
            call.out.data(access, _exports(access))
            await call.signals.wait()
    return 0


def _exports(access: dict[str, str]) -> str:
    """Write how to reach the vendor as lines for a shell."""
    return "\n".join(
        f"export CARDDESK_{name.upper()}={shlex.quote(value)}" for name, value in access.items()
    )
