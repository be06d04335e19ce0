"""What to say of a key that does nothing here: where it works, and which key leads there."""

from msgspec import Struct

from tui.actions import moved_keys
from tui.actions.action import DESK, Action, ActionContext
from tui.actions.keymap import Keymap
from tui.actions.table import ACTIONS, BY_ID


class KeyRoute(Struct, frozen=True):
    """A place that a key can lead to: `what` an action works on there, and how one gets there.

    `route` is the action that leads there from the desk, and `does` what that key does.
    """

    place: str
    what: str
    route: str
    does: str


WAYS = (
    KeyRoute("orders", "an order", "pane.orders", "shows the orders"),
    KeyRoute("order", "an order in full", "open", "on an order opens it"),
    KeyRoute("stock", "a value", "pane.stock", "shows the stock"),
    KeyRoute("catalogue", "a product", "pane.catalogue", "shows the catalogue"),
    KeyRoute("unresolved", "an unresolved purchase", "unresolved", "shows them"),
    KeyRoute("ticket", "a ticket", "buy", "on a value opens one"),
)
"""The nearest first."""


def sentence(key: str, keymap: Keymap, now: ActionContext) -> str:
    """Say where a key works that does nothing at this place; empty where it works, or nowhere.

    Args:
        key: as Textual names what was pressed.
        keymap: the live keys.
        now: the situation that it was pressed in.
    """
    meant = [action for action in ACTIONS if keymap.presses(action.id, key)]
    if any(now.place in action.where for action in meant):
        return ""
    if moved := moved_keys.sentence(key, keymap, now.place):
        return moved
    allowed = [action for action in meant if now.buying or not action.buys]
    back = "" if now.place in DESK else f"{keymap.shown('back')}, then "
    for way in WAYS:
        if way.place == "ticket" and not now.buying:
            continue
        for action in allowed:
            if way.place in action.where and not action.where >= DESK:
                return _works_there(action, way, keymap, "" if _direct(way, now) else back)
    if now.place in DESK or not any(DESK & action.where for action in allowed):
        return ""
    shown = next(keymap.shown(action.id) for action in allowed if DESK & action.where)
    return f"{shown} works on the desk: {keymap.shown('back')} goes back to it."


def _works_there(action: Action, way: KeyRoute, keymap: Keymap, back: str) -> str:
    route = f"{back}{keymap.shown(way.route)} {way.does}"
    return f"{keymap.shown(action.id)} works on {way.what}: {route}."


def _direct(way: KeyRoute, now: ActionContext) -> bool:
    """Whether the key of the way works right here, without going back to the desk first."""
    return way.place not in ("order", "ticket") and now.place in BY_ID[way.route].where
