"""`carddesk completion`: the script that lets a shell complete commands, options and profiles."""

from tui.cli.context import AddCommand, Call


def declare(add: AddCommand) -> None:
    command = add("completion", completion, "print what makes a shell complete carddesk's words")
    shells = ("bash", "zsh", "fish")
    command.add_argument("shell", choices=shells, metavar="bash|zsh|fish", help="which shell")


async def completion(call: Call) -> int:
    """Print the script; it is written from the parser that reads these very arguments."""
    from tui.cli import arguments
    from tui.cli.completion import script

    call.out.text(script(call.args.shell, arguments.parser()))
    return 0
