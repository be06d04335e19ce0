"""Keys and action ids that moved, each with where it went; to be deleted with the next version."""

from collections.abc import Mapping
from string import Formatter
from typing import TYPE_CHECKING

from msgspec import Struct

from tui.actions.action import DESK, HAND, LISTS, MONEY, ORDER, SCREENS, UNRESOLVED

if TYPE_CHECKING:
    from tui.actions.keymap import Keymap


class MovedKey(Struct, frozen=True):
    """A key that did something in these places; `words` name the keys of today by action id."""

    key: str
    where: frozenset[str]
    words: str


MOVED = (
    MovedKey("o", SCREENS, "Buying is on {buy} and {open}."),
    MovedKey("b", DESK | ORDER | MONEY, "The balance is on {pane.balance}."),
    MovedKey("t", UNRESOLVED, 'Saying "it is ours" is on {ours}.'),
    MovedKey("t", SCREENS, "What is to hand over is on {undelivered}."),
    MovedKey("c", UNRESOLVED, 'Saying "it is ours" is on {ours}.'),
    MovedKey("y", ORDER, "Copying is on {copy}."),
    MovedKey("x", LISTS, "Exporting is on {export.csv} (CSV) and {export.json} (JSON)."),
    MovedKey("X", UNRESOLVED, "Exporting is on {export.csv} (CSV) and {export.json} (JSON)."),
    MovedKey("a", UNRESOLVED, "Taking a purchase off the list is on {off}."),
    MovedKey("F", DESK | ORDER, "Written files are on {files}."),
    MovedKey("f", HAND, "Writing a file is on {write}."),
)
"""The first that fits is said; a key that has a meaning of today in a place has that one there."""

RENAMED = {
    "order": "buy",
    "settle.again": "buy",
    "pane.next": "part.next",
    "pane.previous": "part.previous",
    "order.switch": "part.next",
    "settle.switch": "part.next",
    "ticket.next": "part.next",
    "settle.this": "ours",
    "settle.claim": "ours",
    "settle.none": "off",
    "settle.acknowledge": "off",
    "handed.delete": "off",
    "handed.delete_all": "off.all",
    "settle.look": "refresh",
    "export": "export.csv",
    "settle.export": "export.csv",
    "hand.copy": "copy",
    "hand.file": "write",
    "hand.language": "right",
    "given": "mark",
    "story": "timeline",
    "handed": "files",
}
"""Action ids of the version before, and what the settings may call them now."""

GONE = frozenset({"export.last", "setup.sandbox"})
"""Action ids of the version before that lead nowhere now."""


def sentence(key: str, keymap: "Keymap", place: str) -> str:
    """Say where a key of the version before went; empty where it did nothing in this place."""
    for moved in MOVED:
        if place in moved.where and keymap.types(moved.key, key):
            names = [name for _, name, _, _ in Formatter().parse(moved.words) if name]
            return _filled(moved.words, {name: keymap.shown(name) for name in names})
    return ""


def under_new_ids(remaps: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return `[keys]` with the ids of today, and a notice for each id that was renamed.

    What is said of an id of today counts; two old ids that are one now keep the keys of both.
    """
    own = {name: keys for name, keys in remaps.items() if name not in RENAMED and name not in GONE}
    notices: list[str] = []
    old: dict[str, list[str]] = {}
    for name, keys in remaps.items():
        if name in GONE:
            notices.append(f"[keys] {name} is not used any more: take the line out.")
        elif (new := RENAMED.get(name)) is not None:
            notices.append(f"[keys] {name} is called {new} now: write it so.")
            if new not in own:
                old.setdefault(new, []).append(keys)
    return own | {new: ",".join(keys) for new, keys in old.items()}, tuple(notices)


def _filled(words: str, keys: Mapping[str, str]) -> str:
    for name, key in keys.items():
        words = words.replace(f"{{{name}}}", key)
    return words
