"""The sentences of the log: what happened first, then to what; amounts apart. Pure."""

from decimal import Decimal

from msgspec import Struct

from services.domain.local_time import local_clock, local_minute
from services.domain.models import Purchase
from services.domain.models import PurchaseState as S
from services.domain.phrase import Phrase, joined, numbered, phrase, phrase_of, plain
from services.domain.purchase_states import approval_ends
from services.domain.status_text import codes_here, reason, words
from services.domain.typed.product_names import goods_name

OUTCOMES = frozenset({S.HANDLING, S.FULFILLED, S.PARTIALLY_FILLED, S.REFUNDED})
"""The states of which goods, cost and cards say all."""


class Bought(Struct, frozen=True):
    """What a sentence is about: the goods, how many, and what they cost (DZD) where it is known.

    `came` is how many cards are here and `missing` how many codes are paid and not here.
    """

    goods: str
    quantity: int
    cost: Decimal | None = None
    came: int | None = None
    missing: int = 0

    @property
    def named(self) -> str:
        """The goods with their number, where that is not one: `2 Netflix 200 TRY`."""
        return self.goods if self.quantity == 1 else f"{self.quantity} {self.goods}"


def bought(purchase: Purchase) -> Bought:
    """Return what a purchase is of."""
    return Bought(
        goods_name(purchase.product_title, purchase.type_name),
        purchase.quantity,
        purchase.total,
        purchase.cards_came if purchase.cards_came is not None else purchase.fulfilled_quantity,
        purchase.missing,
    )


def purchase_words(purchase: Purchase) -> Phrase:
    """Say what became of a purchase: `card is here: Netflix 200 TRY`."""
    what = bought(purchase)
    if purchase.late and not purchase.order_id:
        return phrase("{what}: {said}", what=what.named, said=words(purchase))
    if purchase.state in OUTCOMES and (said := outcome_words(purchase.state, what)):
        return phrase("came late, there may be two: {said}", said=said) if purchase.late else said
    return _without_cards(purchase, what)


def approval_words(before: S | None, purchase: Purchase) -> Phrase | None:
    """Say on other consoles that a purchase waits for an approval, or what became of it.

    Args:
        before: the state in which it was last seen, None where it was not.
        purchase: as it is now.
    """
    if purchase.state is S.AWAITING_APPROVAL:
        return purchase_words(purchase)
    if before is not S.AWAITING_APPROVAL:
        return None
    if purchase.state in (S.INTENT, S.SENDING):
        return plain(f"approved, being sent: {bought(purchase).named}")
    return purchase_words(purchase)


def outcome_words(state: str, what: Bought) -> Phrase | None:
    """Say that an order was placed or how it ended; None of any other state.

    Args:
        state: the one that it has now.
        what: what was bought.
    """
    if state in (S.FULFILLED, S.PARTIALLY_FILLED) and what.missing:
        here = codes_here(what.came, what.missing)
        return phrase("{here}, all are paid: {what}", here=here, what=what.named)
    match state:
        case S.HANDLING if what.cost is not None:
            return phrase("ordered {what}, {cost} DZD", what=what.named, cost=what.cost)
        case S.HANDLING:
            return phrase("ordered {what}", what=what.named)
        case S.FULFILLED:
            return numbered(
                what.quantity,
                "card is here: {what}",
                "{count} cards are here: {what}",
                what=what.goods,
            )
        case S.PARTIALLY_FILLED:
            came = "some" if what.came is None else what.came
            return phrase(
                "{came} of {all} cards came, the rest was refunded: {what}",
                came=came,
                all=what.quantity,
                what=what.goods,
            )
        case S.REFUNDED:
            return phrase("refunded, no card came: {what}", what=what.named)
        case _:
            return None


def deed_words(did: str, what: str, why: str = "") -> Phrase:
    """Say what a person did with an order: `handed over: 2 Netflix 200 TRY`.

    Args:
        did: the deed, `Handed over`.
        what: what it was done with.
        why: what else there is to say.
    """
    verb = did[:1].lower() + did[1:]
    return joined(", ", (plain(f"{verb}: {what}" if what else verb), plain(why)))


def _without_cards(purchase: Purchase, what: Bought) -> Phrase:
    match purchase.state:
        case S.AWAITING_APPROVAL:
            ends = local_minute(approval_ends(purchase))
            return plain(
                f"waits for approval: {what.named}, asked for by {purchase.operator}, ends {ends}"
            )
        case S.UNRESOLVED:
            due = purchase.decision_due_at
            by = f" We will know by {local_clock(due)}." if due else ""
            return plain(f"may have been bought: {what.named}. No answer: do not buy it again.{by}")
        case S.NOT_SENT:
            verb, after = "not sent", "Safe to try again."
        case S.REFUSED:
            verb, after = "refused", "Nothing was placed."
        case S.NOT_PLACED:
            verb, after = "not placed", ""
        case S.AMBIGUOUS:
            verb, after = "to decide", ""
        case _:
            return phrase("{what}: {said}", what=what.named, said=words(purchase))
    said = reason(purchase) if after else phrase_of(words(purchase))
    return phrase("{verb}: {what}. {said}", verb=verb, what=what.named, said=_ended(said, after))


def _ended(said: Phrase, after: str) -> Phrase:
    return phrase("{said}. {after}", said=said, after=after) if after else said
