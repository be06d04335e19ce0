"""`carddesk` alone: the console. Nothing here draws; textual is imported only once it opens."""

import sys
from argparse import Namespace

from msgspec.structs import replace

from services.domain.errors import BadInput
from services.settings.load import Settings, load
from services.system import logs
from tui.cli.context import Call, operator
from tui.console import first_run
from tui.terminal.capabilities import check_terminal


async def console(call: Call) -> int:
    """Open the console on the chosen desk and return its exit code."""
    if call.args.json:
        raise BadInput("The console has no JSON", advice="Give a command; see carddesk --help.")
    if not call.args.sandbox and first_run.wanted(call.paths, call.environ):
        settings = as_asked(load(call.paths, call.environ), call.args)
        chosen, code = await first_run.set_up(call.paths, settings, call.args.profile)
        if chosen is None:
            return code
        # What was set up is what --profile would have named.
        call.args.profile, call.args.sandbox = "", chosen == "practise"
    # Before the key's own command is run, and before any file is written.
    check_terminal(call.environ, sys.stdin, sys.stdout)
    settings = as_asked(call.settings(), call.args)
    key, route = await call.key(settings), call.route(settings)
    logs.start(call.paths)
    from tui.console.session import run_console

    return await run_console(
        settings,
        key,
        call.paths,
        read_only=call.args.read_only,
        operator=operator(call.environ),
        route=route,
        sandbox=call.args.sandbox,
        mouse=not call.args.no_mouse,
    )


def as_asked(settings: Settings, args: Namespace) -> Settings:
    """Return the settings with what the command line says of this terminal."""
    asked = {"ascii": args.ascii, "slow_line": args.slow_line}
    given = {name: "on" for name, wanted in asked.items() if wanted}
    options = {f"ui.{name}": f"--{name.replace('_', '-')}" for name in given}
    return replace(
        settings, ui=replace(settings.ui, **given), sources={**settings.sources, **options}
    )
