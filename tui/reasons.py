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


def clipboard(now: Situation) -> str:
    """Return why nothing can go to the clipboard."""
    return "" if now.can_copy else "Copying is turned off in the settings (ui.copy)."


def copying(now: Situation) -> str:
    """Return why no card can be copied."""
    return clipboard(now) or ("" if now.revealed else "Reveal the card first.")


def deleting(now: Situation) -> str:
    """Return why no handed file can be deleted."""
    return "" if now.files else "No file with a card is here."


def handing(now: Situation) -> str:
    """Return why no card can be given to a customer."""
    if now.privacy:
        return "Privacy mode hides the codes; leave it first."
    if not now.buying:
        return "This desk is read-only: it gives no card to a customer."
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


def giving(now: Situation) -> str:
    """Return why an order cannot be marked as given."""
    if not now.order:
        return "No order is highlighted."
    return "" if now.giving else "There are no cards to give: the order has none yet."


def telling(now: Situation) -> str:
    """Return why there is no story to tell."""
    return "" if now.order else "No order is highlighted."


def noting(now: Situation) -> str:
    """Return why no note can be written."""
    if not now.order:
        return "No order is highlighted."
    return "" if now.mine else "Another desk placed this order: only its own desk can note it."


def opening(now: Situation) -> str:
    """Return why the highlighted row cannot be opened."""
    missing = {
        "catalogue": (now.product, "No product is highlighted."),
        "stock": (now.denomination, "No denomination is highlighted."),
        "orders": (now.order, "No order is highlighted."),
        "ledger": (now.order, "No order belongs to this movement, or none is known here."),
        "unresolved": (now.order, "No order is highlighted: this purchase has none yet."),
        "log": (False, "The log has nothing to open."),
        "found": (now.order, "Nothing was found."),
        "undelivered": (now.order, "Every card that came is marked as given."),
    }
    there, words = missing.get(now.place, (True, ""))
    if not there:
        return words
    if now.place == "stock":
        return buying(now) if now.buying else "This desk is read-only: prices and stock are shown."
    return ""


def unresolved(now: Situation) -> str:
    """Return why there is nothing to settle."""
    if now.unsettled or now.unclaimed:
        return ""
    return "Nothing is unresolved or unclaimed."


def several_lists(now: Situation) -> str:
    """Return why there is no other list to go to."""
    return "" if now.lists > 1 else "There is one list here."


def waiting(now: Situation) -> str:
    """Return why the purchase cannot be looked for."""
    if now.purchase in ("UNRESOLVED", "AMBIGUOUS", "NOT_PLACED", "fits"):
        return ""
    return "Only a purchase that has no order yet can be looked for."


def candidate(now: Situation) -> str:
    """Return why no order can be chosen."""
    return "" if now.candidate else "No order is there that could be this purchase."


def claiming(now: Situation) -> str:
    """Return why the order that nobody claimed cannot be the purchase."""
    return now.why_no_claim


def ambiguous(now: Situation) -> str:
    """Return why there is nothing to rule out."""
    if now.purchase == "AMBIGUOUS":
        return ""
    return "No purchase is there to which orders are offered: nothing can be ruled out."


def settled(now: Situation) -> str:
    """Return why the purchase cannot be acknowledged."""
    if now.purchase in ("NOT_PLACED", "late", "fits"):
        return ""
    if not now.purchase:
        return "No purchase is there to acknowledge."
    return "This purchase is not settled yet: it may still be placed."


def buying_again(now: Situation) -> str:
    """Return why the same cannot be bought again."""
    if now.purchase != "NOT_PLACED":
        return "Buying again is only offered once the purchase is settled as not placed."
    return now.why_not or ("" if now.roomy else "The terminal is too small for a ticket.")
