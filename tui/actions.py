"""The one table of actions: bindings, footer, help, palette and key checks all follow from it."""

from textual.binding import Binding

from tui import reasons
from tui.action import ASK, DESK, EVERYWHERE, ORDER, SCREENS, TICKET, UNRESOLVED, Action

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
        needs=reasons.opening,
        hint=True,
        listed=True,
    ),
    Action(
        "order",
        "o",
        "order: Buy",
        "Open a ticket for the highlighted denomination",
        frozenset({"catalogue", "stock"}),
        needs=reasons.buying,
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
        needs=reasons.exporting,
    ),
    Action("refresh", "r", "list: Refresh", "Ask the vendor now", DESK | ORDER, hint=True),
    Action(
        "reveal",
        "v",
        "order: Reveal the card",
        "Show the selected card for some seconds; again hides",
        ORDER,
        needs=reasons.cards,
        hint=True,
    ),
    Action(
        "reveal_all",
        "V",
        "order: Reveal all cards",
        "Show every card of the order, after asking; again hides",
        ORDER,
        needs=reasons.cards,
        hint=True,
    ),
    Action(
        "copy",
        "y",
        "order: Copy the card",
        "Send the revealed card to the terminal's clipboard",
        ORDER,
        needs=reasons.copying,
        hint=True,
    ),
    Action(
        "note",
        "n",
        "order: Note",
        "Write a note on the order",
        frozenset({"orders", "order"}),
        needs=reasons.noting,
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
        needs=reasons.waiting,
        hint=True,
    ),
    Action(
        "settle.this",
        "t",
        "unresolved: This one",
        "The selected order is this purchase; asks before it is bound",
        UNRESOLVED,
        needs=reasons.candidate,
        hint=True,
    ),
    Action(
        "settle.none",
        "x",
        "unresolved: None of these",
        "None of the offered orders is this purchase; keeps looking",
        UNRESOLVED,
        needs=reasons.ambiguous,
        hint=True,
    ),
    Action(
        "settle.acknowledge",
        "a",
        "unresolved: Acknowledge",
        "Read and understood: take it off this list",
        UNRESOLVED,
        needs=reasons.settled,
        hint=True,
    ),
    Action(
        "settle.again",
        "b",
        "unresolved: Buy again",
        "Open a new ticket for the same; nothing is bought yet",
        UNRESOLVED,
        needs=reasons.buying_again,
        hint=True,
        buys=True,
    ),
    Action(
        "unresolved",
        "u",
        "desk: Unresolved",
        "Purchases to be settled",
        DESK | ORDER,
        reasons.unresolved,
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
