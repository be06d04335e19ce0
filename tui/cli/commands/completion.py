"""`carddesk completion`: a script for bash, zsh or fish, written by shtab from the commands."""

from argparse import ArgumentParser
from copy import deepcopy

from tui.cli.context import AddCommand, Call

NAMES = "carddesk config profiles 2>/dev/null"
"""What a shell runs for the names of profiles, at the moment when tab is pressed."""

# shtab's own for zsh runs it when the script is loaded, once for each command.
PROFILES = {
    "bash": "_carddesk_profiles",
    "zsh": "_carddesk_profiles",
    "fish": f"({NAMES})",
    "preamble": {
        "bash": f'_carddesk_profiles() {{ compgen -W "$({NAMES})" -- "$1"; }}',
        "zsh": f'_carddesk_profiles() {{ local -a names; names=(${{(f)"$({NAMES})"}})\n'
        "  _describe 'profile' names }",
    },
}

COLONS = """

_carddesk() {
    local -a words=("${COMP_WORDS[@]:0:COMP_CWORD+1}")
    local last=$COMP_CWORD first=
    # The shell takes a word with a colon for three words.
    if [[ ${words[last]} == : ]]; then
        first=${words[last-1]}: words=("${words[@]:0:last-1}" "$first")
    elif [[ ${words[last-1]} == : ]]; then
        first=${words[last-2]}: words=("${words[@]:0:last-2}" "$first${words[last]}")
    fi
    COMP_WORDS=("${words[@]}") COMP_CWORD=$((${#words[@]} - 1))
    _shtab_carddesk
    COMPREPLY=("${COMPREPLY[@]#"$first"}")
}
complete -F _carddesk carddesk
"""


def declare(add: AddCommand) -> None:
    command = add("completion", completion, "print the shell completion script")
    shells = ("bash", "zsh", "fish")
    command.add_argument("shell", choices=shells, metavar="bash|zsh|fish", help="which shell")


async def completion(call: Call) -> int:
    """Print the script; it is written from the parser that reads these very arguments."""
    from tui.cli import arguments

    call.out.text(script(call.args.shell, arguments.parser()))
    return 0


def script(shell: str, parser: ArgumentParser) -> str:
    # This module is loaded with each command line.
    import shtab

    from tui.cli.arguments import actions, commands

    parser = deepcopy(parser)
    for command in (parser, *commands(parser).values()):
        for action in actions(command):
            if action.dest == "profile":
                action.complete = PROFILES
            elif shell == "zsh" and action.choices and not isinstance(action.choices, dict):
                # shtab does not say that a colon in a choice is none of its own.
                action.choices = [each.replace(":", "\\:") for each in action.choices]
    written = shtab.complete(parser, shell)
    if shell == "bash":
        written += COLONS
    if shell == "zsh":
        # shtab registers it under `eval` alone, and many a .zshrc has `source <(...)`.
        written = written.replace("[-1] == eval ]]", "[-1] == (eval|file) ]]")
    return f"{written.rstrip()}\n# written by `carddesk completion {shell}`"
