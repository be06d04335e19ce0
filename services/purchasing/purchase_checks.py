"""What is verified before a purchase, from values alone: stock, limits, balance, price."""

from collections.abc import Callable
from decimal import Decimal

from msgspec import Struct

from services.domain import money
from services.domain.errors import BadInput, Refused
from services.domain.models import Balance, Check, Denomination, Stock
from services.domain.phrase import EMPTY, Phrase, phrase, plain
from services.domain.typed.digits import MOST_CARDS
from services.journal.kept_limits import KeptLimit
from services.settings.fields import PurchaseSettings


class Spent(Struct, frozen=True):
    """What was spent today in DZD: by all, and by one operator; 0 where no limit asks for it."""

    by_all: Decimal
    own: Decimal


CheckReport = Callable[[Check], None]


def in_stock(stock: Stock, type_id: str, quantity: int, report: CheckReport) -> Denomination:
    """Return the denomination; raises Refused if it is not sold, or not that often."""
    denomination = stock.find(type_id)
    if denomination is None:
        report(Check("stock", "failed", plain("not sold any more")))
        raise Refused("This denomination is not sold any more", code="ERR_STOCK")
    if denomination.closed:
        report(Check("stock", "failed", plain(denomination.closed)))
        raise Refused(f"This denomination is {denomination.closed}", code="NOT_FOR_SALE")
    if denomination.quantity < quantity:
        left, wanted = money.count(denomination.quantity), money.count(quantity)
        short = f"{left} in stock, {wanted} wanted"
        detail = short if denomination.quantity else "out of stock"
        report(Check("stock", "failed", plain(detail)))
        raise Refused(f"Not enough stock: {detail}", code="ERR_STOCK")
    report(Check("stock", "ok", plain(f"{money.count(denomination.quantity)} in stock")))
    return denomination


def paid_for(balance: Balance, total: Decimal, report: CheckReport) -> None:
    """Make sure that the balance pays for it, both in DZD; raises Refused."""
    if balance.amount < total:
        detail = phrase(
            "{there} DZD there, {needed} DZD needed", there=balance.amount, needed=total
        )
        report(Check("balance", "failed", detail))
        raise Refused(
            phrase("Not enough balance: {detail}", detail=detail), code="INSUFFICIENT_BALANCE"
        )
    # No amount: the ticket shows it where privacy mode can hide it, and the sandbox takes none.
    report(Check("balance", "ok", plain("enough")))


def over_limits(limits: PurchaseSettings, quantity: int, total: Decimal, spent: Decimal) -> Phrase:
    """Say which limit a purchase would break, or return an empty text.

    Args:
        limits: what the settings allow; 0 = no limit.
        quantity: how many cards.
        total: what they cost, DZD.
        spent: what was spent today, DZD.
    """
    if limits.max_quantity and quantity > limits.max_quantity:
        most = money.count(limits.max_quantity)
        return plain(f"at most {most} cards a purchase are allowed")
    if limits.max_total and total > limits.max_total:
        return phrase("at most {most} DZD a purchase are allowed", most=limits.max_total)
    day = limits.max_day
    if not day or spent + total <= day:
        return EMPTY
    return phrase("{spent} DZD spent today, {most} DZD allowed", spent=spent, most=Decimal(day))


def over_kept(all_: KeptLimit, own: KeptLimit, total: Decimal, spent: Spent) -> Phrase:
    """Say which limit of the journal a purchase would break, or return an empty text.

    Args:
        all_: what all may spend together; 0 = no limit.
        own: what its operator may spend; 0 = no limit.
        total: what it costs, DZD.
        spent: what was spent today.
    """
    for limit, who in ((all_, "all together"), (own, own.operator)):
        if limit.max_total and total > limit.max_total:
            return phrase(
                "at most {most} DZD a purchase are allowed by the journal", most=limit.max_total
            )
        used = spent.own if limit is own else spent.by_all
        if limit.max_day and used + total > limit.max_day:
            return phrase(
                "{spent} DZD spent today by {who}, {most} DZD allowed by the journal",
                spent=used,
                who=who,
                most=limit.max_day,
            )
    return EMPTY


def check_quantity(quantity: int) -> None:
    """Raise BadInput where that is no number of cards."""
    if not 1 <= quantity <= MOST_CARDS:
        raise BadInput(f"The quantity must be a whole number from 1 to {MOST_CARDS}")


def price_moved(before: Decimal, after: Decimal) -> Phrase:
    """Say that a card costs (DZD) not what the operator confirmed, or return an empty text."""
    if after == before:
        return EMPTY
    return phrase(
        "the cost was {before} DZD and is now {after} DZD a card", before=before, after=after
    )
