"""Why an action cannot work now, each in a sentence for the operator; empty when it can."""

from tui.situation import Situation


def always(_: Situation) -> str:
    """Return no reason: it can always work."""
    return ""


def buying(now: Situation) -> str:
    """Return why nothing can be bought."""
    if now.why_not:
        return now.why_not
    if not now.roomy:
        return "The terminal is too small for a ticket: 60 columns and 18 lines are needed."
    if now.place == "catalogue" and not now.product:
        return "No product is highlighted."
    if now.place == "stock" and not now.denomination:
        return "No denomination is highlighted."
    return now.sold_out


def cards(now: Situation) -> str:
    """Return why no card can be shown."""
    if now.place == "orders" and not now.order:
        return "No order is highlighted."
    if now.privacy:
        return "Privacy mode hides the codes; leave it first."
    return "" if now.cards else "This order has no cards to show yet."


def copying(now: Situation) -> str:
    """Return why no card can be copied."""
    if not now.can_copy:
        return "Copying is turned off in the settings (ui.copy)."
    return "" if now.revealed else "Reveal the card first."


def exporting(now: Situation) -> str:
    """Return why the list cannot be exported."""
    return "Privacy mode hides the amounts; leave it first." if now.privacy else ""


def reversing(now: Situation) -> str:
    """Return why there is no order to turn around."""
    return "" if now.sort else "The list is not sorted: choose a column first."


def pinning(now: Situation) -> str:
    """Return why nothing can be pinned."""
    return "" if now.product else "No product is highlighted."


def noting(now: Situation) -> str:
    """Return why no note can be written."""
    if now.place == "orders" and not now.order:
        return "No order is highlighted."
    return "" if now.mine else "Another desk placed this order: only its own desk can note it."


def opening(now: Situation) -> str:
    """Return why the highlighted row cannot be opened."""
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
        return buying(now) if now.buying else "This desk is read-only: prices and stock are shown."
    return ""


def unresolved(now: Situation) -> str:
    """Return why there is nothing to settle."""
    return "" if now.unsettled else "Nothing is unresolved."


def waiting(now: Situation) -> str:
    """Return why the purchase cannot be looked for."""
    if now.purchase in ("UNRESOLVED", "AMBIGUOUS"):
        return ""
    return "Only a purchase that is not settled can be looked for."


def candidate(now: Situation) -> str:
    """Return why no order can be chosen."""
    return "" if now.candidate else "No order is there to choose."


def ambiguous(now: Situation) -> str:
    """Return why there is nothing to rule out."""
    return "" if now.purchase == "AMBIGUOUS" else "No orders are offered for this purchase."


def settled(now: Situation) -> str:
    """Return why the purchase cannot be acknowledged."""
    if now.purchase == "NOT_PLACED" or now.purchase == "late":
        return ""
    return "This purchase is not settled yet: it may still be placed."


def buying_again(now: Situation) -> str:
    """Return why the same cannot be bought again."""
    if now.purchase != "NOT_PLACED":
        return "Buying again is only offered once the purchase is settled as not placed."
    return now.why_not or ("" if now.roomy else "The terminal is too small for a ticket.")
