"""Completion scripts for bash, zsh and fish, each written from the commands as they are."""

from collections.abc import Callable, Sequence

from tui.command_tree import Argument, Command

PROFILES = "carddesk config profiles 2>/dev/null"
"""What a shell runs for the names of profiles, at the moment when tab is pressed."""


def bash(commands: Sequence[Command]) -> str:
    """Return the script for bash."""
    root, *others = commands
    lines = [
        "# bash completion for carddesk; written by `carddesk completion bash`",
        "_carddesk() {",
        "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}",
        "    local command= each i",
        "    for ((i = 1; i < COMP_CWORD; i++)); do",
        "        each=${COMP_WORDS[i]}",
        "        if [[ ${COMP_WORDS[i-1]} == --profile ]]; then continue; fi",
        f"        case $each in {_any_of(others)}) command=$each; break;; esac",
        "    done",
        "    local words=",
        '    case "$command:$before" in',
        f'        *:--profile) words="$({PROFILES})";;',
    ]
    for command in commands:
        for option in command.options:
            if option.value and "--profile" not in option.names:
                names = "|".join(f"{command.name}:{name}" for name in option.names)
                lines.append(f'        {names}) words="{" ".join(option.choices)}";;')
    lines += ["        *)", '            case "$command" in']
    for command in commands:
        choices = [choice for word in command.words for choice in word.choices]
        offered = [*(each.name for each in others if not command.name), *choices]
        offered += [name for option in command.options for name in option.names]
        lines.append(f'                "{command.name}") words="{" ".join(offered)}";;')
    lines += [
        "            esac;;",
        "    esac",
        '    COMPREPLY=($(compgen -W "$words" -- "$word"))',
        "}",
        "complete -F _carddesk carddesk",
    ]
    del root
    return "\n".join(lines)


def zsh(commands: Sequence[Command]) -> str:
    """Return the script for zsh, to be kept as `_carddesk` in a folder of `fpath`."""
    root, *others = commands
    lines = [
        "#compdef carddesk",
        "# zsh completion for carddesk; written by `carddesk completion zsh`",
        "_carddesk_profiles() {",
        f"    local -a names; names=(${{(f)\"$({PROFILES})\"}}); _describe 'profile' names",
        "}",
        "_carddesk_commands() {",
        "    local -a names; names=(",
        *(f"        {_single(f'{each.name}:{each.purpose}')}" for each in others),
        "    )",
        "    _describe 'command' names",
        "}",
        "_carddesk() {",
        "    local curcontext=$curcontext state line",
        "    _arguments -C \\",
        *(f"        {spec} \\" for spec in _zsh_specs(root)),
        "        '1:command:_carddesk_commands' '*::argument:->rest'",
        "    [[ $state == rest ]] || return",
        "    case $words[1] in",
    ]
    for command in others:
        specs = " \\\n            ".join(_zsh_specs(command))
        lines += [f"        {command.name}) _arguments \\", f"            {specs};;"]
    lines += [
        "    esac",
        "}",
        "if [[ $funcstack[1] == _carddesk ]]; then",
        '    _carddesk "$@"',
        "else",
        "    compdef _carddesk carddesk",
        "fi",
    ]
    return "\n".join(lines)


def fish(commands: Sequence[Command]) -> str:
    """Return the script for fish."""
    root, *others = commands
    names = " ".join(each.name for each in others)
    lines = [
        "# fish completion for carddesk; written by `carddesk completion fish`",
        "complete -c carddesk -f",
    ]
    first = f"-n {_single(f'not __fish_seen_subcommand_from {names}')}"
    lines += [f"complete -c carddesk {first} {spec}" for spec in map(_fish_option, root.options)]
    lines += [
        f"complete -c carddesk {first} -a {each.name} -d {_fish_text(each.purpose)}"
        for each in others
    ]
    for command in others:
        seen = f"-n {_single(f'__fish_seen_subcommand_from {command.name}')}"
        for option in command.options:
            lines.append(f"complete -c carddesk {seen} {_fish_option(option)}")
        for word in command.words:
            if word.choices:
                choices = _single(" ".join(word.choices))
                lines.append(f"complete -c carddesk {seen} -a {choices}")
    return "\n".join(lines)


SHELLS: dict[str, Callable[[Sequence[Command]], str]] = {"bash": bash, "zsh": zsh, "fish": fish}


def _any_of(commands: Sequence[Command]) -> str:
    return "|".join(command.name for command in commands)


def _zsh_specs(command: Command) -> list[str]:
    specs: list[str] = []
    for option in command.options:
        told = _zsh_text(option.help)
        for name in option.names:
            repeated = "*" if len(option.names) == 1 else ""
            specs.append(_single(f"{repeated}{name}[{told}]{_zsh_value(option)}"))
    for number, word in enumerate(command.words, 1):
        specs.append(_single(f"{number}:{_zsh_text(word.value)}:({' '.join(word.choices)})"))
    return specs


def _zsh_value(option: Argument) -> str:
    if not option.value:
        return ""
    if "--profile" in option.names:
        return ":profile:_carddesk_profiles"
    return f":{_zsh_text(option.value)}:({' '.join(option.choices)})"


def _zsh_text(text: str) -> str:
    return text.translate({ord(sign): f"\\{sign}" for sign in ":[]\\"})


def _fish_option(option: Argument) -> str:
    parts = [
        f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names
    ]
    if option.value:
        parts.append("-x")
        if "--profile" in option.names:
            parts.append(f"-a {_single(f'({PROFILES})')}")
        elif option.choices:
            parts.append(f"-a {_single(' '.join(option.choices))}")
    return " ".join([*parts, f"-d {_fish_text(option.help)}"])


def _fish_text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _single(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
