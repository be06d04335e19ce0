"""`carddesk completion`: the script that lets a shell complete commands, options and profiles."""

from tui.cli_call import AddCommand, Call

SHELLS = ("bash", "zsh", "fish")


def declare(add: AddCommand) -> None:
    """Declare the command."""
    command = add("completion", completion, "print what makes a shell complete carddesk's words")
    command.add_argument("shell", choices=SHELLS, metavar="bash|zsh|fish", help="which shell")


async def completion(call: Call) -> int:
    """Print the script; it is written from the parser that reads these very arguments."""
    from tui import cli_arguments, command_tree
    from tui import completion as scripts

    commands = command_tree.commands(cli_arguments.parser())
    call.out.text(scripts.SHELLS[call.args.shell](commands))
    return 0
