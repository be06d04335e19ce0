"""The one table of actions: bindings, footer, help, palette and key checks all follow from it."""

from collections.abc import Callable

from msgspec import Struct
from textual.binding import Binding

PANES = ("catalogue", "stock", "orders", "ledger", "log")
DESK = frozenset(PANES)
ORDER = frozenset({"order"})
UNRESOLVED = frozenset({"unresolved"})
SCREENS = DESK | ORDER | UNRESOLVED
DIALOGS = frozenset({"ticket", "help", "ask", "prompt", "palette"})
EVERYWHERE = SCREENS | DIALOGS
TICKET = frozenset({"ticket"})
ASK = frozenset({"ask"})


class Situation(Struct, frozen=True):
    """What an action has to know of the screen to tell whether it can work now.

    `place` is the pane of the desk that has the cursor, else the name of the screen. `buying` is
    false where no way to buy is shown at all (a read-only desk); `why_not` is why buying is off for
    the moment, in words. `can_copy` is the setting.
    """

    place: str = "catalogue"
    buying: bool = True
    why_not: str = ""
    roomy: bool = True
    product: bool = False
    denomination: bool = False
    order: bool = False
    mine: bool = False
    cards: int = 0
    revealed: bool = False
    privacy: bool = False
    can_copy: bool = True
    unsettled: int = 0
    purchase: str = ""
    candidate: bool = False


Reason = Callable[[Situation], str]
"""Tells in a sentence why an action cannot work now; empty when it can."""


def _always(_: Situation) -> str:
    return ""


class Action(Struct, frozen=True):
    """Something an operator can do: its id, default keys, words, where it exists, and when.

    `keys` is as in the settings, `key,key`, the one to show first. `title` is as in the palette,
    `area: Verb`. `hint` is whether the key line names it, `buys` marks what a read-only desk does
    not show at all, `priority` what works even while text is typed. `listed` keys are
    heard where they are pressed, by a list or by the ticket, so that no screen binds them.
    """

    id: str
    keys: str
    title: str
    help: str
    where: frozenset[str]
    needs: Reason = _always
    hint: bool = False
    buys: bool = False
    priority: bool = False
    listed: bool = False

    @property
    def area(self) -> str:
        """The part of the desk it belongs to, for grouping."""
        return self.title.partition(": ")[0]

    @property
    def label(self) -> str:
        """The verb alone."""
        return self.title.partition(": ")[2]

    def reason(self, now: Situation) -> str:
        """Return why it cannot work now, in a sentence; empty when it can."""
        return self.needs(now)

    def offered(self, now: Situation) -> bool:
        """Whether it is shown at all at this place of this desk."""
        return now.place in self.where and (now.buying or not self.buys)


def _buy(now: Situation) -> str:
    if now.why_not:
        return now.why_not
    if not now.roomy:
        return "The terminal is too small for a ticket: 60 columns and 18 lines are needed."
    if now.place == "catalogue" and not now.product:
        return "No product is highlighted."
    if now.place == "stock" and not now.denomination:
        return "No denomination is highlighted."
    return ""


def _cards(now: Situation) -> str:
    if now.privacy:
        return "Privacy mode hides the codes; leave it first."
    return "" if now.cards else "This order has no cards to show yet."


def _copy(now: Situation) -> str:
    if not now.can_copy:
        return "Copying is turned off in the settings (ui.copy)."
    return "" if now.revealed else "Reveal the card first."


def _export(now: Situation) -> str:
    return "Privacy mode hides the amounts; leave it first." if now.privacy else ""


def _note(now: Situation) -> str:
    if now.place == "orders" and not now.order:
        return "No order is highlighted."
    return "" if now.mine else "Another desk placed this order: only its own desk can note it."


def _open(now: Situation) -> str:
    missing = {
        "catalogue": (now.product, "No product is highlighted."),
        "stock": (now.denomination, "No denomination is highlighted."),
        "orders": (now.order, "No order is highlighted."),
        "ledger": (now.order, "No order belongs to this movement, or none is known here."),
        "log": (False, "The log has nothing to open."),
    }
    there, words = missing.get(now.place, (True, ""))
    if not there:
        return words
    if now.place == "stock":
        return _buy(now) if now.buying else "This desk is read-only: prices and stock are shown."
    return ""


def _unresolved(now: Situation) -> str:
    return "" if now.unsettled else "Nothing is unresolved."


def _waiting(now: Situation) -> str:
    if now.purchase in ("UNRESOLVED", "AMBIGUOUS"):
        return ""
    return "Only a purchase that is not settled can be looked for."


def _candidate(now: Situation) -> str:
    return "" if now.candidate else "No order is there to choose."


def _ambiguous(now: Situation) -> str:
    return "" if now.purchase == "AMBIGUOUS" else "No orders are offered for this purchase."


def _settled(now: Situation) -> str:
    if now.purchase == "NOT_PLACED" or now.purchase == "late":
        return ""
    return "This purchase is not settled yet: it may still be placed."


def _again(now: Situation) -> str:
    if now.purchase != "NOT_PLACED":
        return "Buying again is only offered once the purchase is settled as not placed."
    return now.why_not or ("" if now.roomy else "The terminal is too small for a ticket.")


ACTIONS: tuple[Action, ...] = (
    Action("nav.down", "j,down", "move: Down", "Next line", SCREENS, listed=True),
    Action("nav.up", "k,up", "move: Up", "Line before", SCREENS, listed=True),
    Action("nav.top", "g,home", "move: First", "First line", SCREENS, listed=True),
    Action("nav.bottom", "G,end", "move: Last", "Last line", SCREENS, listed=True),
    Action(
        "nav.half_down",
        "ctrl+d",
        "move: Half a page down",
        "Half a page down",
        SCREENS,
        listed=True,
    ),
    Action("nav.half_up", "ctrl+u", "move: Half a page up", "Half a page up", SCREENS, listed=True),
    Action("nav.page_down", "pagedown", "move: Page down", "A page down", SCREENS, listed=True),
    Action("nav.page_up", "pageup", "move: Page up", "A page up", SCREENS, listed=True),
    Action("pane.catalogue", "1", "pane: Catalogue", "Go to the catalogue", DESK),
    Action("pane.stock", "2", "pane: Stock", "Go to the product's stock and prices", DESK),
    Action("pane.orders", "3", "pane: Orders", "Go to the orders", DESK),
    Action("pane.ledger", "4", "pane: Ledger", "Go to the account's movements of today", DESK),
    Action("pane.log", "5", "pane: Log", "Go to the log", DESK),
    Action("pane.next", "tab,l,right", "pane: Next", "Next pane", DESK),
    Action("pane.previous", "shift+tab,h,left", "pane: Previous", "Pane before", DESK),
    Action("zoom", "z", "pane: Zoom", "Give the pane the whole screen, or back", DESK),
    Action(
        "open",
        "enter",
        "list: Open",
        "Product: its stock; denomination: a ticket; order: its detail",
        DESK,
        needs=_open,
        hint=True,
        listed=True,
    ),
    Action(
        "order",
        "o",
        "order: Buy",
        "Open a ticket for the highlighted denomination",
        frozenset({"catalogue", "stock"}),
        needs=_buy,
        hint=True,
        buys=True,
    ),
    Action("filter", "/", "list: Filter", "Filter the list as you type", DESK, hint=True),
    Action(
        "export",
        "x",
        "list: Export",
        "Write what is listed to a file, without codes",
        DESK,
        needs=_export,
    ),
    Action("refresh", "r", "list: Refresh", "Ask the vendor now", DESK | ORDER, hint=True),
    Action(
        "reveal",
        "v",
        "order: Reveal the card",
        "Show the selected card for some seconds; again hides",
        ORDER,
        needs=_cards,
        hint=True,
    ),
    Action(
        "reveal_all",
        "V",
        "order: Reveal all cards",
        "Show every card of the order, after asking; again hides",
        ORDER,
        needs=_cards,
        hint=True,
    ),
    Action(
        "copy",
        "y",
        "order: Copy the card",
        "Send the revealed card to the terminal's clipboard",
        ORDER,
        needs=_copy,
        hint=True,
    ),
    Action(
        "note",
        "n",
        "order: Note",
        "Write a note on the order",
        frozenset({"orders", "order"}),
        needs=_note,
        hint=True,
    ),
    Action(
        "settle.switch",
        "tab,shift+tab",
        "unresolved: Switch lists",
        "From the purchases to the orders, and back",
        UNRESOLVED,
        hint=True,
    ),
    Action(
        "settle.look",
        "r",
        "unresolved: Look now",
        "Look for the purchase at the vendor now",
        UNRESOLVED,
        needs=_waiting,
        hint=True,
    ),
    Action(
        "settle.this",
        "t",
        "unresolved: This one",
        "The selected order is this purchase; asks before it is bound",
        UNRESOLVED,
        needs=_candidate,
        hint=True,
    ),
    Action(
        "settle.none",
        "x",
        "unresolved: None of these",
        "None of the offered orders is this purchase; keeps looking",
        UNRESOLVED,
        needs=_ambiguous,
        hint=True,
    ),
    Action(
        "settle.acknowledge",
        "a",
        "unresolved: Acknowledge",
        "Read and understood: take it off this list",
        UNRESOLVED,
        needs=_settled,
        hint=True,
    ),
    Action(
        "settle.again",
        "b",
        "unresolved: Buy again",
        "Open a new ticket for the same; nothing is bought yet",
        UNRESOLVED,
        needs=_again,
        hint=True,
        buys=True,
    ),
    Action(
        "unresolved",
        "u",
        "desk: Unresolved",
        "Purchases to be settled",
        DESK | ORDER,
        _unresolved,
        hint=True,
    ),
    Action("privacy", "d", "desk: Privacy", "Hide or show prices, balance and codes", SCREENS),
    Action(
        "lock",
        "L",
        "desk: Lock",
        "Hide everything until a key is pressed; tracking goes on",
        SCREENS,
    ),
    Action(
        "palette",
        "colon,ctrl+k",
        "desk: Commands",
        "Every action, by name",
        SCREENS,
        hint=True,
    ),
    Action("help", "?", "desk: Help", "The keys of this pane", SCREENS, hint=True),
    Action("back", "escape", "desk: Back", "Clear the filter, close what is open", EVERYWHERE),
    Action("quit", "q", "desk: Leave", "Back; at the top leave", SCREENS),
    Action(
        "leave",
        "ctrl+q,ctrl+c",
        "desk: Leave now",
        "Leave from anywhere; asks while something is in flight",
        EVERYWHERE,
        priority=True,
    ),
    Action("ask.yes", "y", "answer: Yes", "Yes, do it", ASK),
    Action("ask.no", "enter,n,q", "answer: No", "No, leave it", ASK),
    Action("ticket.more", "+", "ticket: One more", "One card more", TICKET, priority=True),
    Action("ticket.less", "-", "ticket: One less", "One card less", TICKET, priority=True),
    Action("ticket.next", "tab,shift+tab", "ticket: Note", "To the note", TICKET, priority=True),
    Action("ticket.go", "enter", "ticket: Go on", "Review, then buy", TICKET, listed=True),
    Action("ticket.arm", "y", "ticket: Yes", "Then enter buys", TICKET, listed=True),
)
"""Every action, in the order in which help lists them."""

BY_ID = {action.id: action for action in ACTIONS}


def bindings(*places: str) -> list[Binding]:
    """Return the Textual bindings, with default keys, of every action at any of these places.

    What the lists answer themselves is left to them; their bindings carry the same ids.
    """
    wanted = frozenset(places)
    return [
        Binding(
            action.keys,
            f"run('{action.id}')",
            action.label,
            id=action.id,
            show=False,
            priority=action.priority,
        )
        for action in ACTIONS
        if action.where & wanted and not action.listed
    ]
