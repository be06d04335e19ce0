"""The state of an order or a purchase, in the sentences the operator is promised. Pure."""

from collections.abc import Sequence
from datetime import datetime

from services.domain.book import BoardOrder, LinkState
from services.domain.errors import Failure
from services.domain.event_log import Event
from services.domain.local_time import local_clock, local_day, local_minute, same_day
from services.domain.models import Order, Purchase, PurchaseError, missing_cards
from services.domain.models import PurchaseState as S
from services.domain.phrase import EMPTY, Phrase, joined, numbered, phrase, phrase_of, plain
from services.domain.purchase_states import approval_ends
from services.domain.text import short_id
from services.domain.typed.product_names import goods_name

NO_ANSWER = "No answer from the vendor: the order may or may not have gone through."
LATE = "This order came late. You may now have two."
SENDING = "Sending. The order may already be placed; do not close."
FITS = "An order that fits came late: it may be ours. Do not buy it again."


def named(purchase: Purchase) -> str:
    """Return what is bought in a few words: `2 x PUBG Mobile 60 UC`."""
    return f"{purchase.quantity} x {goods_name(purchase.product_title, purchase.type_name)}"


def sending(seconds: float) -> str:
    """Say what to know while a purchase is sent, which the vendor has so many seconds to answer."""
    return (
        f"{SENDING} The answer comes within {seconds:.0f} s; if not, carddesk looks for the order."
    )


def words(purchase: Purchase, next_check: str = "") -> Phrase:
    """Say the state of one of our purchases and what that means for the operator.

    Args:
        purchase: as the journal holds it.
        next_check: when an UNRESOLVED one is checked next, in words: `in 6 s`, `now`.
    """
    if purchase.late and not purchase.order_id:
        return plain(FITS)
    sentence = phrase_of(_words(purchase, next_check))
    return phrase("{late} {sentence}", late=LATE, sentence=sentence) if purchase.late else sentence


def order_words(order: BoardOrder) -> str:
    """Say the state of an order of the account that this journal did not place."""
    if order.state == "HANDLING":
        return "Another desk placed it. The vendor is still working on it."
    ended = outcome(order.state, order.fulfilled_quantity, order.quantity, order.cards_came)
    return f"Another desk placed it. {ended.replace('Your card', 'The card')}"


def not_handed_over(order: BoardOrder) -> str:
    """Say of cards that came without a mark whether the customer has them; else empty."""
    if not order.to_give:
        return ""
    return "not yet" if order.mine else "by another desk: not known here"


def unclaimed_words(count: int) -> str:
    """Say that orders turned up on an account on which only this desk should buy."""
    said = numbered(
        count,
        "An order on the account was not bought at this desk. Press u to look at it.",
        "{count} orders on the account were not bought at this desk. Press u to look at them.",
    )
    return str(said)


def link_words(link: LinkState, now: datetime) -> str:
    """Say what reads meet on their way to the vendor; empty while they get through."""
    if link.silent_since is not None:
        silence = round((now - link.silent_since).total_seconds())
        return f"The vendor has not answered for {silence} s: trying again."
    if link.held_until is None:
        return ""
    seconds = max(1, round((link.held_until - now).total_seconds()))
    return f"This minute's requests to the vendor are used up: reading goes on in {seconds} s."


JOURNAL_AWAY = (
    "The journal's server cannot be reached: nothing can be bought, and no card shown, until it is"
    " back. carddesk tries again by itself."
)
JOURNAL_BACK = "The journal's server is back: buying goes on."


def outcome(state: str, fulfilled: int | None, quantity: int, came: int | None = None) -> str:
    """Say how an order ended, or that its state is one this console does not know.

    Args:
        state: the vendor's status.
        fulfilled: how many cards the vendor says that it delivered, if it says so.
        quantity: how many were ordered.
        came: how many cards its answers held, None while none was looked into.
    """
    missing = missing_cards(state, quantity, fulfilled, came)
    match state:
        case "FULFILLED" if missing:
            return _codes_late(came or 0, missing)
        case "FULFILLED" if came is None:
            said = numbered(
                quantity,
                "The vendor says that the card is here.",
                "The vendor says that all {count} cards are here.",
            )
        case "FULFILLED" if came is not None and came > quantity:
            said = numbered(
                quantity,
                "{came} cards came, {count} was ordered.",
                "{came} cards came, {count} were ordered.",
                came=came,
            )
        case "FULFILLED":
            return _here(quantity)
        case "PARTIALLY_FILLED" if missing:
            rest = "The rest of the order was refunded automatically."
            return f"{_codes_late(came or 0, missing)} {rest}"
        case "PARTIALLY_FILLED" if fulfilled is None and came is None:
            return "Some cards came. The rest was refunded automatically."
        case "PARTIALLY_FILLED":
            said = numbered(
                quantity,
                "{came} of {count} card came. The rest was refunded automatically.",
                "{came} of {count} cards came. The rest was refunded automatically.",
                came=fulfilled if came is None else came,
            )
        case "REFUNDED":
            return "No card came. All the money came back to the balance."
        case "":
            return "The vendor's answer names no state. carddesk goes on asking."
        case _:
            return f"The vendor says {state}, which carddesk does not know. It goes on asking."
    return str(said)


def _here(quantity: int) -> str:
    """Say that all cards of an order came."""
    if quantity == 2:
        return "Both cards are here."
    return str(numbered(quantity, "Your card is here.", "All {count} cards are here."))


def codes_here(came: int | None, missing: int) -> str:
    """Say how many codes of an order are here: `1 of 2 codes is here`."""
    here = came or 0
    said = numbered(
        here,
        "{count} of {all} codes is here",
        "{count} of {all} codes are here",
        all=here + missing,
    )
    return str(said)


def codes_count(came: int | None, missing: int) -> str:
    """Say how many codes of an order that is paid are here."""
    return f"Paid, {codes_here(came, missing)}"


def ended_words(order: Order) -> str:
    """Say for the event log that an order ended without all of its codes."""
    return f"the vendor says so; paid, {codes_here(order.cards_came, order.missing)}"


def codes_late_words(purchase: Purchase) -> str:
    """Say that codes are late for longer than a moment, and what to do."""
    here = codes_here(purchase.cards_came, purchase.missing)
    return (
        f"codes late for two minutes: {named(purchase)}. It is paid, {here}. "
        "Do not buy it again. It goes on being checked; "
        f"the vendor's support needs order {purchase.order_id}."
    )


def _codes_late(came: int, missing: int) -> str:
    sentences = [f"{codes_count(came, missing)}."]
    if came:
        usable = numbered(
            came, "The card that is here can be handed over.", "Those here can be handed over."
        )
        sentences.append(str(usable))
    sentences.append("It is checked for a day. Do not buy it again.")
    return " ".join(sentences)


def _words(purchase: Purchase, next_check: str) -> str | Phrase:
    match purchase.state:
        case S.AWAITING_APPROVAL:
            return (
                "Waits for approval by another person, ends"
                f" {local_minute(approval_ends(purchase))}. Nothing is sent meanwhile."
            )
        case S.INTENT:
            return "Recorded. Nothing has been sent yet."
        case S.SENDING:
            return SENDING
        case S.UNRESOLVED:
            return _unresolved(purchase, next_check)
        case S.AMBIGUOUS:
            return _offered(purchase)
        case S.NOT_PLACED:
            return _not_placed(purchase)
        case S.NOT_SENT:
            return phrase("Nothing was sent: {why}. Safe to try again.", why=reason(purchase))
        case S.REFUSED:
            return phrase("The vendor refused: {why}. Nothing was placed.", why=reason(purchase))
        case S.HANDLING:
            return _handling(purchase)
        case _:
            return outcome(
                purchase.state,
                purchase.fulfilled_quantity,
                purchase.quantity,
                purchase.cards_came,
            )


def _offered(purchase: Purchase) -> str:
    """Say which orders may be a purchase whose answer was lost."""
    ids = ", ".join(map(short_id, purchase.candidates))
    said = numbered(
        len(purchase.candidates),
        "One order may be ours: {ids}. Do not buy it again.",
        "One of these orders may be ours: {ids}. Do not buy it again.",
        ids=ids,
    )
    return str(said)


def _handling(purchase: Purchase) -> str:
    placed = purchase.answered_at or purchase.sent_at or purchase.created_at
    sentence = f"Ordered {local_clock(placed)} ({short_id(purchase.order_id)})."
    if purchase.status and purchase.status != "HANDLING":
        return f"{sentence} {outcome(purchase.status, None, purchase.quantity)}"
    return f"{sentence} Waiting for the cards."


def _unresolved(purchase: Purchase, next_check: str) -> str:
    sentence = f"{NO_ANSWER} Do not buy it again."
    decided = local_clock(purchase.decision_due_at) if purchase.decision_due_at else ""
    if next_check and decided:
        return f"{sentence} Looks again {next_check}; we will know by {decided}."
    if next_check:
        return f"{sentence} Looks again {next_check}."
    return f"{sentence} We will know by {decided}." if decided else sentence


def reason(purchase: Purchase) -> Phrase:
    """Say in a clause why a purchase is where it is, with the codes of a refusal."""
    error, said = purchase.error, message_of(purchase) or plain("no reason given")
    code, request = (error.code, error.request_id) if error else ("", "")
    facts = ", ".join(fact for fact in (code, request or purchase.request_id) if fact)
    if not facts or purchase.state is not S.REFUSED:
        return said
    return phrase("{said} ({facts})", said=said, facts=facts)


def message_of(purchase: Purchase) -> Phrase:
    """Return what the last answer to a purchase or the last check of it said; often empty."""
    return EMPTY if purchase.error is None else purchase.error.said


def error_facts(purchase: Purchase, error: PurchaseError) -> Phrase:
    """Return what is known of an error, with its code."""
    return joined(", ", (message_of(purchase), plain(error.code)))


def not_asked(failure: Failure) -> Phrase:
    """Say that what follows is what the journal knows alone, and why."""
    said = failure.sentence()
    return phrase(
        "The vendor could not be asked; this is what the journal knows. {said}", said=said
    )


def _not_placed(purchase: Purchase) -> Phrase:
    if purchase.error is not None and purchase.error.reason is not None:
        return purchase.error.reason.not_placed()
    return phrase("Nothing was placed: {why}.", why=reason(purchase))


def before(history: Sequence[Event], index: int | None, now: datetime | None) -> str:
    """Say when and by whom cards of an order were last revealed; empty when they never were.

    Args:
        history: the events of the order, the oldest first.
        index: which card, from 0; None for any of them.
        now: the time now (UTC), by which a day is left out.
    """
    earlier = [event for event in history if event.kind == "reveal"]
    if index is not None:
        earlier = [event for event in earlier if event.card in (None, index)]
    if not earlier:
        return ""
    last = earlier[-1]
    at = local_minute(last.at)
    when = f"at {at}" if same_day(last.at, now) else f"on {local_day(last.at)} at {at}"
    said = numbered(
        len(earlier),
        "Already revealed {when} by {who} ({what}).",
        "Already revealed {when} by {who} ({what}), {count} times in all.",
        when=when,
        who=last.who,
        what=last.why,
    )
    return str(said)


def last_seen(history: Sequence[Event], count: int) -> dict[int, tuple[datetime, str]]:
    """Return by a card's index when and by whom it was revealed last.

    Args:
        history: the events of the order, the oldest first.
        count: how many cards there are, for those that were revealed together.
    """
    seen: dict[int, tuple[datetime, str]] = {}
    for event in history:
        if event.kind == "reveal":
            indexes = range(count) if event.card is None else (event.card,)
            seen |= dict.fromkeys(indexes, (event.at, event.who))
    return seen
