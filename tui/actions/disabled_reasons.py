"""Why an action cannot work now, each in a sentence for the operator; empty when it can."""

from tui.actions.action import ActionContext

NO_LINE = "There is no line in this sale."


def buying(now: ActionContext) -> str:
    """Return why no ticket can be opened for what is selected."""
    waits = now.purchase == "AWAITING_APPROVAL"
    if now.place == "unresolved" and waits and now.asked_here:
        return "You asked for it: another person approves it. x takes it back."
    if now.place == "unresolved" and not waits and now.purchase != "NOT_PLACED":
        return "Buying again is only offered once the purchase is settled as not placed."
    if now.why_not:
        return now.why_not
    if not now.roomy:
        return "The terminal is too small for a ticket: 60 columns and 18 lines are needed."
    match now.place:
        case "unresolved":
            return ""
        case "catalogue":
            return now.sold_out if now.product else "No product is highlighted."
        case "stock":
            return now.sold_out if now.denomination else "No value is highlighted."
        case "sale":
            return "" if now.lines else NO_LINE
        case _ if not now.order:
            return "No order is highlighted."
        case _:
            return "" if now.goods else "Another desk placed this order: its value is not known."


def adding(now: ActionContext) -> str:
    return "" if now.place == "sale" else buying(now)


def changing(now: ActionContext) -> str:
    """Return why the selected line of a sale stays as it is."""
    if now.line in ("to buy", "not bought"):
        return ""
    if now.line == "to approve":
        return "This line waits for approval: it stays as it is. u shows it."
    return "Something was sent for this line: it stays as it is." if now.line else NO_LINE


def cards(now: ActionContext) -> str:
    if now.place == "orders" and not now.order:
        return "No order is highlighted."
    if now.privacy:
        return "Privacy mode hides the codes; leave it first."
    if now.place == "sale" and not now.cards:
        return "No card of this line is here yet."
    return "" if now.cards else "This order has no cards to show yet."


def clipboard(now: ActionContext) -> str:
    return "" if now.can_copy else "Copying is turned off in the settings (ui.copy)."


def copying(now: ActionContext) -> str:
    if now.place == "shift":
        return clipboard(now) or exporting(now)
    if now.place == "cases":
        return clipboard(now) or a_chosen_case(now)
    shown = now.revealed or now.place == "hand"
    return clipboard(now) or ("" if shown else "Reveal the card first.")


def a_chosen_case(now: ActionContext) -> str:
    return "" if now.case else "No case is highlighted."


def writing(now: ActionContext) -> str:
    if now.place == "cases":
        return a_chosen_case(now)
    return exporting(now) if now.place == "shift" else ""


def printing(now: ActionContext) -> str:
    if not now.can_print:
        return "No print command is set (ui.print_command)."
    return writing(now)


def handing(now: ActionContext) -> str:
    """Return why no card can be handed over to a customer."""
    if now.privacy:
        return "Privacy mode hides the codes; leave it first."
    if not now.buying:
        return "This desk is read-only: handing over is off."
    return giving(now)


def exporting(now: ActionContext) -> str:
    return "Privacy mode hides the amounts; leave it first." if now.privacy else ""


def a_case(now: ActionContext) -> str:
    """Return why no case can be opened on a card; the list of cases can be opened anywhere."""
    cards = now.place != "order" or now.cards
    return "" if cards else "This order has no cards yet."


def closing(now: ActionContext) -> str:
    """Return why the shift cannot be closed; its report can be opened from anywhere."""
    if now.place != "shift":
        return ""
    if not now.buying:
        return "This desk is read-only: it looks at shifts and closes none."
    return now.why_not_closed


def reversing(now: ActionContext) -> str:
    return "" if now.sort else "The list is not sorted: sort by a column first."


def pinning(now: ActionContext) -> str:
    return "" if now.product else "No product is highlighted."


def watching(now: ActionContext) -> str:
    if now.place == "stock":
        return "" if now.denomination else "No value is highlighted."
    return pinning(now)


def giving(now: ActionContext) -> str:
    """Return why an order cannot be marked as handed over."""
    if now.place == "sale":
        return "" if now.giving else "No card of this sale is here to hand over."
    if not now.order:
        return "No order is highlighted."
    return "" if now.giving else "There are no cards to hand over: the order has none yet."


def telling(now: ActionContext) -> str:
    if now.place == "sale":
        return "" if now.order else "Nothing was sent for this line yet."
    return "" if now.order else "No order is highlighted."


def noting(now: ActionContext) -> str:
    if now.place == "cases":
        return a_chosen_case(now)
    if now.place == "sale":
        return ""
    if not now.order:
        return "No order is highlighted."
    return "" if now.mine else "Another desk placed this order: only its own desk can note it."


def opening(now: ActionContext) -> str:
    if now.nothing_to_open:
        return now.nothing_to_open
    if now.place == "stock":
        return buying(now) if now.buying else "This desk is read-only: prices and stock are shown."
    return ""


def unresolved(now: ActionContext) -> str:
    """Return why there is nothing to settle."""
    if now.unsettled or now.unclaimed:
        return ""
    return "Nothing is unresolved or unclaimed."


def several_lists(now: ActionContext) -> str:
    """Return why there is no other list to go to."""
    alone = now.place == "unresolved" and now.lists < 2
    return "There is one list here." if alone else ""


def refreshing(now: ActionContext) -> str:
    """Return why a purchase cannot be looked for; anything else can be read again."""
    if now.place == "unresolved" and now.purchase == "AWAITING_APPROVAL":
        return "Nothing was sent: there is no order to look for."
    known = now.purchase in ("UNRESOLVED", "AMBIGUOUS", "NOT_PLACED", "fits")
    if now.place != "unresolved" or known:
        return ""
    return "Only a purchase that has no order yet can be looked for."


def ours(now: ActionContext) -> str:
    return now.why_not_ours


def taking_off(now: ActionContext) -> str:
    if now.place == "watch":
        return "" if now.watched else "It is not watched."
    if now.place == "cases":
        return a_chosen_case(now)
    if now.place == "handed":
        return "" if now.files else "No file with a card is here."
    if now.place == "sale":
        return changing(now)
    if now.purchase in ("AWAITING_APPROVAL", "AMBIGUOUS", "NOT_PLACED", "late", "fits"):
        return ""
    if not now.purchase:
        return "No purchase is there to take off the list."
    return "This purchase is not settled yet: it may still be placed."


def taking_all_off(now: ActionContext) -> str:
    return "" if now.place == "sale" else taking_off(now)
