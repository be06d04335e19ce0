"""What to say of a key that does nothing here: where it works, and which key leads there."""

from msgspec import Struct

from tui.action import DESK, Action
from tui.actions import ACTIONS
from tui.keymap import Keymap
from tui.situation import Situation


class Way(Struct, frozen=True):
    """A place that a key can lead to: `what` an action works on there, and how one gets there.

    `route` is the action that leads there from the desk, and `does` what that key does.
    """

    place: str
    what: str
    route: str
    does: str


WAYS = (
    Way("orders", "an order", "pane.orders", "shows the orders"),
    Way("order", "an order in full", "open", "on an order opens it"),
    Way("stock", "a denomination", "pane.stock", "shows the stock"),
    Way("catalogue", "a product", "pane.catalogue", "shows the catalogue"),
    Way("unresolved", "an unresolved purchase", "unresolved", "shows them"),
    Way("ticket", "a ticket", "order", "on a denomination opens one"),
)
"""The nearest first."""


def sentence(key: str, keymap: Keymap, now: Situation) -> str:
    """Say where a key works that does nothing at this place; empty where it works, or nowhere.

    Args:
        key: as Textual names what was pressed.
        keymap: the live keys.
        now: the situation that it was pressed in.
    """
    meant = [action for action in ACTIONS if keymap.presses(action.id, key)]
    if any(now.place in action.where for action in meant):
        return ""
    allowed = [action for action in meant if now.buying or not action.buys]
    back = "" if now.place in DESK else f"{keymap.shown('back')}, then "
    for way in WAYS:
        if way.place == "ticket" and not now.buying:
            continue
        for action in allowed:
            if way.place in action.where and not action.where >= DESK:
                return _told(action, way, keymap, "" if _direct(way, now) else back)
    if now.place in DESK or not any(DESK & action.where for action in allowed):
        return ""
    shown = next(keymap.shown(action.id) for action in allowed if DESK & action.where)
    return f"{shown} works on the desk: {keymap.shown('back')} goes back to it."


def _told(action: Action, way: Way, keymap: Keymap, back: str) -> str:
    route = f"{back}{keymap.shown(way.route)} {way.does}"
    return f"{keymap.shown(action.id)} works on {way.what}: {route}."


def _direct(way: Way, now: Situation) -> bool:
    """Whether the key of the way works right here, without going back to the desk first."""
    return way.route == "unresolved" and now.place == "order"
