"""The key table of docs/keys.md, written from the table of actions."""

from tui.actions.action import DESK, EVERYWHERE, LETTERS, SCREENS, Action
from tui.actions.keymap import Keymap
from tui.actions.table import ACTIONS

BEGIN, END = "<!-- keys: made by `make docs` -->\n", "<!-- end of keys -->"
NAMES = {"ask": "question", "prompt": "text"}

GROUPS = (
    ("everywhere", EVERYWHERE),
    ("where nothing is typed", SCREENS | LETTERS),
    ("every screen", SCREENS),
    ("desk", DESK),
)


def table() -> str:
    """Return every action with its default keys as a Markdown table."""
    keymap = Keymap()
    lines = ["| keys | where | what |", "| --- | --- | --- |"]
    for action in ACTIONS:
        keys = " ".join(f"`{key}`" for key in keymap.all_shown(action.id).split())
        lines.append(f"| {keys} | {_where(action)} | {action.help} |")
    return "\n".join(lines) + "\n"


def replaced(text: str) -> str:
    """Return a text with the table between its two marks made again.

    Raises:
        ValueError: one of the marks is missing.
    """
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    return text[:start] + table() + text[end:]


def _where(action: Action) -> str:
    for name, places in GROUPS:
        if action.where == places:
            return name
    return ", ".join(sorted(NAMES.get(place, place) for place in action.where))
