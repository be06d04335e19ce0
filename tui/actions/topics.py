"""Which keys the help shows together, by topic: what is done with one is done with its pair."""

from collections.abc import Mapping

from msgspec import Struct

from tui.actions.action import Action, ActionContext
from tui.actions.table import ACTIONS, BY_ID

TOPICS: Mapping[str, str] = {
    "go": "Go to",
    "move": "Move",
    "sell": "Sell",
    "cards": "Cards",
    "lists": "Lists",
    "desk": "Console",
}
"""The topics in their order, by the area of an action."""

PAIRS: Mapping[str, tuple[str, str]] = {
    "nav.down": ("nav.up", "Down, up"),
    "left": ("right", "Left, right"),
    "nav.top": ("nav.bottom", "First, last"),
    "nav.half_down": ("nav.half_up", "Half a page"),
    "nav.page_down": ("nav.page_up", "A page"),
    "part.next": ("part.previous", "Next part"),
    "off": ("off.all", "Take off, all"),
    "sort": ("sort.reverse", "Sort, reverse"),
    "export.csv": ("export.json", "Export CSV, JSON"),
}
"""The first of two that are shown in one place: the other, and the words for both."""

WORDS: Mapping[str, str] = {
    "open": "Open, go on",
    "buy": "Buy, buy again",
    "ask.yes": "Yes, and only yes",
    "ours": "Ours (unresolved)",
}
"""What the help says of one that has its own word for it."""

_ELSEWHERE = frozenset(
    {"ask.no", "ticket.go", "setup.go", "watch.set", "ticket.arm", "nav.page_down"}
)
"""Answers and lines to type in name their own keys; the keys of pages say what they are."""

_LAST = frozenset({"nav.half_down"})


class Together(Struct, frozen=True):
    """Actions that are in one place of the help, with the words for all of them."""

    actions: tuple[Action, ...]
    words: str

    @property
    def topic(self) -> str:
        return TOPICS[self.actions[0].area]


def of_place(now: ActionContext) -> tuple[Together, ...]:
    """Return all that has a key, by topic; what buys only where this desk may buy at all."""
    seconds = {other for other, _ in PAIRS.values()}
    shown = [
        action
        for action in ACTIONS
        if action.keys
        and action.area in TOPICS
        and action.id not in seconds | _ELSEWHERE
        and not action.id.startswith("ticket.")
        and (now.buying or not action.buys)
    ]
    order = list(TOPICS)
    shown.sort(key=lambda action: (order.index(action.area), action.id in _LAST))
    return tuple(_together(action) for action in shown)


def _together(action: Action) -> Together:
    other, words = PAIRS.get(action.id, ("", WORDS.get(action.id, action.label)))
    return Together((action, BY_ID[other]) if other else (action,), words)
