"""The arguments of the command line: one parser, strict, that raises instead of leaving."""

import re
from argparse import SUPPRESS, Action, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn, cast

from services.domain.errors import BadInput
from services.domain.text import clean
from tui.cli import examples
from tui.cli.context import CommandHandler

COMMANDS = {
    "catalog": ("catalog", "stock", "balance", "transactions", "ledger"),
    "buy": ("buy",),
    "sale": ("sale",),
    "orders": ("orders", "order", "resolve"),
    "find": ("find",),
    "annotate": ("note", "acknowledge", "delivered"),
    "money": ("money",),
    "shop.shift": ("shift",),
    "shop.case": ("case",),
    "prices": ("prices",),
    "shop.watch": ("watch",),
    "export": ("export",),
    "receipts": ("handed",),
    "audit": ("audit",),
    "team.journal": ("journal",),
    "team.limits": ("limits",),
    "events": ("events",),
    "tell": ("tell",),
    "lock_pin": ("lock-pin",),
    "sandbox": ("sandbox",),
    "doctor": ("doctor",),
    "config": ("config",),
    "completion": ("completion",),
}
"""Every module that declares commands, with their names, in the order in which help lists them."""

PURPOSE = "A desk that buys gift cards from OneClickDz. Without a command it opens the console."
EXIT_CODES = """\
exit codes: 0 done, 1 internal, 2 bad input or configuration, 3 refused (nothing placed),
4 UNRESOLVED (run `carddesk resolve`; do not buy again), 5 nothing placed, 6 key rejected,
7 placed but not final within the wait, or paid and codes that were asked for are missing,
8 waits for another person's approval (nothing was sent; do not buy again)"""


LONGEST_WORD = 20
_UNKNOWN = "unrecognized arguments: "
_QUOTED = r"'([^']*)'"
_OPTION = r"--?[a-z][a-z-]{0,24}"


class HelpAsked(Exception):
    """Somebody asked for help; `args[0]` is the text."""


def parse(argv: Sequence[str]) -> Namespace:
    """Read the arguments.

    Returns:
        Their values; `handler` is None where the console is asked for.

    Raises:
        BadInput: they cannot be understood.
        HelpAsked: `--help` is among them.
    """
    named = [module for module, names in COMMANDS.items() if not {*names}.isdisjoint(argv)]
    if len(named) < len(COMMANDS):
        # Loading every command takes longer than most of them.
        with suppress(BadInput, HelpAsked):
            return parser(named).parse_args(argv)
    return parser().parse_args(argv)


def parser(modules: Iterable[str] = COMMANDS) -> ArgumentParser:
    """Return the parser of the whole command line, or with the commands of some modules alone."""
    epilog = f"{examples.epilog('')}\n\n{EXIT_CODES}"
    whole = _Parser("carddesk", description=PURPOSE, epilog=epilog)
    _add_global(whole, profile="", no=False)
    whole.add_argument("--version", action="store_true", help="print the version")
    whole.add_argument(
        "--no-mouse", action="store_true", help="the console leaves the mouse to the terminal"
    )
    whole.add_argument(
        "--ascii", action="store_true", help="the console draws lines and signs in ASCII"
    )
    whole.add_argument(
        "--slow-line", action="store_true", help="the console spares the line: slow line mode"
    )
    whole.set_defaults(handler=None)
    commands = whole.add_subparsers(metavar="COMMAND", title="commands")

    def add(name: str, handler: CommandHandler, purpose: str) -> ArgumentParser:
        epilog = examples.epilog(name)
        command = commands.add_parser(name, help=purpose, description=purpose, epilog=epilog)
        # Given before or after the command: what is here must not undo what stood there.
        _add_global(command, profile=SUPPRESS, no=SUPPRESS)
        command.set_defaults(handler=handler)
        return command

    for module in modules:
        import_module(f"tui.cli.commands.{module}").declare(add)
    return whole


def commands(parser: ArgumentParser) -> dict[str, ArgumentParser]:
    """Return the parser of each command by its name, in the order in which help lists them."""
    for action in actions(parser):
        choices: object = action.choices
        if isinstance(choices, dict):
            return cast("dict[str, ArgumentParser]", choices)
    return {}


def actions(parser: ArgumentParser) -> list[Any]:
    """Return what a parser takes; argparse shows it to no one but its help."""
    return parser._actions  # noqa: SLF001


class _Parser(ArgumentParser):
    """A parser that never prints and never ends the process."""

    def __init__(self, prog: str = "", **options: Any) -> None:
        options |= {"add_help": False, "allow_abbrev": False}
        super().__init__(prog=prog, formatter_class=RawDescriptionHelpFormatter, **options)
        self.add_argument("-h", "--help", action=_Help, nargs=0, help="print this")

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong with the arguments as a sentence."""
        sentence = clean(_discreet(message), 200)
        raise BadInput(sentence[:1].upper() + sentence[1:], advice=f"See {self.prog} --help.")


def _discreet(message: str) -> str:
    """Return argparse's words without values that may be a key or a code put in a wrong place."""
    said, unknown, words = message.partition(_UNKNOWN)
    if unknown:
        named = [
            word for each in words.split() if re.fullmatch(_OPTION, word := each.partition("=")[0])
        ]
        left = len(words.split()) - sum(each in named for each in words.split())
        if left:
            named.append(f"{left} that {'is' if left == 1 else 'are'} not repeated here")
        return f"{said}{unknown}{', '.join(named)}"
    return re.sub(
        _QUOTED, lambda found: found[0] if _tellable(found[1]) else "what was given", message
    )


def _tellable(word: str) -> bool:
    """Tell whether a word may be repeated: a mistyped command, never a key or a code."""
    return len(word) <= LONGEST_WORD and (word.isalpha() or bool(re.fullmatch(_OPTION, word)))


class _Help(Action):
    def __call__(self, parser: ArgumentParser, *_: object) -> None:
        raise HelpAsked(parser.format_help())


def _add_global(parser: ArgumentParser, *, profile: str, no: bool | str) -> None:
    group = parser.add_argument_group("which desk, and how it answers")
    which = group.add_mutually_exclusive_group()
    which.add_argument("--profile", metavar="P", default=profile, help="the account to use")
    which.add_argument(
        "--sandbox", action="store_true", default=no, help="the embedded vendor: nothing is real"
    )
    group.add_argument("--read-only", action="store_true", default=no, help="buying is off")
    group.add_argument("--json", action="store_true", default=no, help="answer in JSON")
