"""What a typed command line means: the choices it leaves, what tab completes, what is wrong."""

import difflib
import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from services.domain.text import clean, fold
from services.settings.load import FIELDS, Settings
from tui.actions.action import LISTS, PANES, Action, ActionContext
from tui.actions.keymap import Keymap
from tui.actions.synonyms import OTHER_NAMES
from tui.actions.table import ACTIONS, BY_ID
from tui.palette import live_settings
from widgets.drawing.ink import MASK

HIDDEN = re.compile(r"(nav|ticket|setup|ask)\.|left|right|part\.")
"""Actions that only move, or that answer what is asked where they work."""

UNLISTED = frozenset({"palette", "money"})
"""The palette itself, and the screen that the balance opens: one entry for one screen."""

ARGUMENTS = {
    "goto": ("go: Go to a pane ...", "goto orders: to the pane of that name"),
    "filter": ("lists: Filter for words ...", "filter steam: list only what has these words"),
    "sort": (
        "lists: Sort by a column ...",
        "sort price, sort -price: by a column; sort given: as it came",
    ),
    "find": (
        "lists: Find an order by id, note, day ...",
        "id, its end, key, note, day: find 64b3a1, find today 14:05, find serial:",
    ),
    "note": ("cards: Note with text", "note paid by phone: the note of the selected order"),
    "privacy": ("console: Privacy on or off", "privacy on: hide prices, balance and codes"),
    "slow": ("line: Slow on, off or auto", "slow on: few bytes to the terminal, no mouse"),
}


DEBUG = "debug"
FIGURES = "Show or hide bytes, frames and round trip of the line"


class PaletteCommand(Struct, frozen=True):
    """What was asked for; `name` is an action or a setting.

    `kind` is action, set, filter, sort, find, note, privacy or debug.
    """

    kind: str
    name: str
    argument: str = ""


class PaletteChoice(Struct, frozen=True):
    """One line of the palette: what it does, or why it cannot, and what tab makes of it.

    Without a `command` it takes an argument: enter completes it as tab does. `also` is what it is
    found by besides its title.
    """

    id: str
    title: str
    help: str
    line: str
    keys: str = ""
    reason: str = ""
    command: PaletteCommand | None = None
    also: str = ""


class ParsedCommand(Struct, frozen=True):
    """What a line leaves to choose from, and the words that the choices are searched for."""

    choices: tuple[PaletteChoice, ...]
    needle: str


def read(line: str, keymap: Keymap, now: ActionContext, settings: Settings) -> ParsedCommand:
    text = line.lstrip().removeprefix(":").lstrip()
    verb, space, argument = text.partition(" ")
    verb = verb.lower().removeprefix("ui.")
    if space and verb in live_settings.LIVE:
        return _values(verb, argument.strip(), now, settings)
    if space and verb in _offered(now):
        if verb == "slow":
            return _values("slow_line", argument.strip(), now, settings)
        return _arguments(verb, argument.strip(), now)
    return ParsedCommand(_everything(keymap, now, settings), text.strip())


def called(needle: str, choices: tuple[PaletteChoice, ...]) -> tuple[PaletteChoice, ...]:
    """Return the choices that are called so by some, or that say so in what they do.

    Nothing is guessed here: enter carries the first one out.
    """
    wide = (replace(each, also=f"{OTHER_NAMES.get(each.id, '')} {each.help}") for each in choices)
    begun = [f" {word}" for word in fold(needle).split()]
    return tuple(each for each in wide if all(word in f" {fold(each.also)}" for word in begun))


def nearest(line: str, now: ActionContext) -> str:
    """Say in a sentence why nothing has this name, and what comes near."""
    text = line.strip().removeprefix(":").strip()
    verb = text.partition(" ")[0].lower().rpartition(".")[2]
    for field in FIELDS:
        if field.name == verb and verb not in live_settings.LIVE:
            return (
                f"{field.key} cannot be changed while the console runs: "
                "write it into config.toml and start again."
            )
    if verb in BY_ID and not BY_ID[verb].offered(now):
        return f"{BY_ID[verb].label} does not exist in {now.place}."
    words = [*live_settings.LIVE, *_offered(now), DEBUG]
    words += [action.id for action in _actions(now)]
    words += [action.label.lower() for action in _actions(now)]
    near = difflib.get_close_matches(verb, words, n=1, cutoff=0.4)
    hint = f"The nearest is {near[0]}." if near else "Empty the line to see every command."
    return f"No command is called {clean(text, 40)!r} here. {hint}"


def remembered(line: str) -> str:
    """Return a line as history may keep it: of a note or a search only that there was one.

    What is searched for may be a code that a customer read out.

    A lookup by an id or a day names no person and is kept.
    """
    from services.domain.typed import lookup

    text = line.strip().removeprefix(":").strip()
    verb, _, argument = text.partition(" ")
    match verb.lower():
        case "note" | "filter":
            return f"{verb.lower()} "
        case "find" if lookup.serial_of(argument) is not None:
            return f"find {lookup.SERIAL}"
        case "find" if not lookup.names_no_person(argument):
            return "find "
        case _:
            return text


def hides(line: str) -> bool:
    """Tell whether what is typed is a serial, which must not be read off the screen."""
    from services.domain.typed import lookup

    verb, _, argument = line.lstrip().removeprefix(":").lstrip().partition(" ")
    return verb.lower() == "find" and bool(lookup.serial_of(argument))


def _actions(now: ActionContext) -> list[Action]:
    return [
        action
        for action in ACTIONS
        if action.offered(now) and not HIDDEN.match(action.id) and action.id not in UNLISTED
    ]


def _offered(now: ActionContext) -> dict[str, tuple[str, str]]:
    places = {
        "goto": BY_ID["pane.orders"].where,
        "filter": BY_ID["filter"].where,
        "sort": LISTS,
        "note": BY_ID["note"].where,
    }
    return {
        verb: words
        for verb, words in ARGUMENTS.items()
        if now.place in places.get(verb, BY_ID["privacy"].where)
    }


def _everything(
    keymap: Keymap, now: ActionContext, settings: Settings
) -> tuple[PaletteChoice, ...]:
    found = [
        PaletteChoice(
            action.id,
            action.title,
            action.help,
            action.id,
            keymap.all_shown(action.id),
            action.reason(now),
            PaletteCommand("action", action.id),
        )
        for action in _actions(now)
    ]
    found += [
        PaletteChoice(f":{verb}", title, words, f"{verb} ")
        for verb, (title, words) in _offered(now).items()
    ]
    found.append(
        PaletteChoice(DEBUG, "line: Debug", FIGURES, DEBUG, command=PaletteCommand(DEBUG, DEBUG)),
    )
    found += [
        PaletteChoice(
            f"={name}",
            live_settings.title(field),
            f"{name} {live_settings.shown(settings, field, now.privacy)}: {field.doc}",
            f"{name} ",
        )
        for name, field in live_settings.LIVE.items()
    ]
    return tuple(found)


def _values(name: str, argument: str, here: ActionContext, settings: Settings) -> ParsedCommand:
    field = live_settings.LIVE[name]
    now = live_settings.shown(settings, field, here.privacy)
    title = live_settings.title(field)
    known = live_settings.choices(field)
    if not known:
        value = argument or live_settings.written(settings, field)
        reason = live_settings.problem(field, argument, settings) if argument else ""
        row = PaletteChoice(
            f"={name} {value}",
            f"{title} {clean(argument or now, 20)}",
            f"now {now}; {field.allowed}",
            f"{name} {argument or (now if now != MASK else '')}",
            reason=reason,
            command=PaletteCommand("set", name, value),
        )
        return ParsedCommand((row,), "")
    rows = tuple(
        PaletteChoice(
            f"={name} {each}",
            f"{title} {each}",
            "as it is now" if each == now else field.doc,
            f"{name} {each}",
            reason=live_settings.problem(field, each, settings),
            command=PaletteCommand("set", name, each),
        )
        for each in known
    )
    return ParsedCommand(rows, argument)


def _sorts(now: ActionContext) -> Iterator[PaletteChoice]:
    """Offer the list as it was given, and each column up and down."""
    yield _sort("given", "", "as listed", now)
    for column, title in now.sorts:
        yield _sort(column, column, f"{title} ^", now)
        yield _sort(f"-{column}", f"-{column}", f"{title} v", now)


def _sort(argument: str, sort: str, title: str, now: ActionContext) -> PaletteChoice:
    way = "from high to low" if sort.startswith("-") else "from low to high" if sort else ""
    return PaletteChoice(
        f"sort {argument}",
        f"lists: Sort by {title}" if sort else f"lists: Sort {title}",
        "as it is now" if sort == now.sort else way,
        f"sort {argument}",
        command=PaletteCommand("sort", "sort", sort),
    )


def _arguments(verb: str, argument: str, now: ActionContext) -> ParsedCommand:
    title, words = ARGUMENTS[verb]
    if verb == "goto":
        rows = tuple(
            PaletteChoice(
                f"goto {pane}",
                BY_ID[f"pane.{pane}"].title,
                BY_ID[f"pane.{pane}"].help,
                f"goto {pane}",
                command=PaletteCommand("action", f"pane.{pane}"),
            )
            for pane in PANES
        )
        return ParsedCommand(rows, argument)
    if verb == "sort":
        return ParsedCommand(tuple(_sorts(now)), argument)
    if verb == "privacy":
        rows = tuple(
            PaletteChoice(
                f"privacy {state}",
                f"console: Privacy {state}",
                "as it is now" if on == now.privacy else BY_ID["privacy"].help,
                f"privacy {state}",
                command=PaletteCommand("privacy", "privacy", state),
            )
            for state, on in (("on", True), ("off", False))
        )
        return ParsedCommand(rows, argument)
    reason = BY_ID["note"].reason(now) if verb == "note" else ""
    shown = (
        "a serial; it is shown nowhere and not kept" if hides(f"{verb} {argument}") else argument
    )
    row = PaletteChoice(
        verb,
        title,
        clean(shown, 200) if shown else words,
        f"{verb} {argument}",
        reason=reason,
        command=PaletteCommand(verb, verb, argument) if argument else None,
    )
    return ParsedCommand((row,), "")
