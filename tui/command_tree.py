"""The command line as plain values, read from its parser: what completion is made of."""

from argparse import SUPPRESS, Action, ArgumentParser
from collections.abc import Iterable, Iterator
from typing import Any, cast

from msgspec import Struct


class Argument(Struct, frozen=True):
    """An option or a word of a command.

    `names` is empty for a word that stands by its place; `value` is how help calls what
    follows, empty for a switch; `choices` are all the values there are, where they are few.
    """

    names: tuple[str, ...]
    help: str
    value: str = ""
    choices: tuple[str, ...] = ()


class Command(Struct, frozen=True):
    """A command, or carddesk itself with the name empty."""

    name: str
    purpose: str
    arguments: tuple[Argument, ...]
    epilog: str = ""

    @property
    def options(self) -> tuple[Argument, ...]:
        """What begins with a dash."""
        return tuple(each for each in self.arguments if each.names)

    @property
    def words(self) -> tuple[Argument, ...]:
        """What stands by its place."""
        return tuple(each for each in self.arguments if not each.names)


def commands(parser: ArgumentParser) -> tuple[Command, ...]:
    """Return carddesk itself and then every command, in the order in which help lists them."""
    found = [_command("", parser)]
    for action in _actions(parser):
        choices: object = action.choices
        if isinstance(choices, dict):
            named = cast("dict[str, ArgumentParser]", choices)
            found += [_command(name, each) for name, each in named.items()]
    return tuple(found)


def _command(name: str, parser: ArgumentParser) -> Command:
    arguments = tuple(
        _argument(action) for action in _actions(parser) if not isinstance(action.choices, dict)
    )
    return Command(name, parser.description or "", arguments, parser.epilog or "")


def _argument(action: Action) -> Argument:
    choices = tuple(map(str, cast("Iterable[object]", action.choices or ())))
    value = ""
    if action.nargs != 0:
        value = _called(action.metavar) or "|".join(choices) or action.dest.upper()
    help_text = "" if action.help in (None, SUPPRESS) else str(action.help)
    return Argument(tuple(action.option_strings), help_text, value, choices)


def _called(metavar: str | tuple[str, ...] | None) -> str:
    return " ".join(metavar) if isinstance(metavar, tuple) else metavar or ""


def _actions(parser: ArgumentParser) -> Iterator[Action]:
    # argparse tells its actions to nobody but itself, its help and every generator there is.
    declared: list[Any] = parser._actions  # noqa: SLF001
    yield from declared
