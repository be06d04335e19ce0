"""Money at a glance in words: a name and a sentence for each thing, for screen and command."""

from collections.abc import Iterator
from decimal import Decimal

from services import money
from services.spending import DAYS, LEAST_DAYS, Spending

LONG = 60
"""Days from which a runway is only called long."""

Fact = tuple[str, str]


def facts(
    spending: Spending | None,
    balance: Decimal | None,
    low_balance: Decimal,
    *,
    markup_percent: Decimal,
    exclusive: bool,
) -> tuple[Fact, ...]:
    """Return names and sentences, in the order in which a person asks for them.

    Args:
        spending: what the journal adds up to, None while it was not read.
        balance: the account's balance in DZD, None while it is not known.
        low_balance: DZD below which a balance is called low.
        markup_percent: what is added to wholesale prices for retail ones.
        exclusive: whether every buyer of the account uses this journal.
    """
    told: list[Fact] = [("balance", _balance(balance, low_balance))]
    if spending is None:
        return (*told, ("spent", "The journal has not been read yet."))
    told += [
        ("today", today(spending)),
        ("bought today", _bought(spending)),
        *_account(spending),
        (f"last {DAYS} days", f"{_dzd(spending.week)} spent."),
        ("runway", runway(spending, balance)),
        ("refundable", _refundable(spending)),
        ("tied up", _tied(spending)),
        (
            "retail",
            f"Wholesale plus {markup_percent.normalize():f} % (ui.markup_percent), rounded up to a "
            "whole DZD.",
        ),
    ]
    if not exclusive:
        told.append(
            (
                "counted",
                "Only what was bought with this journal. Whatever else buys with this account is "
                "in the ledger.",
            )
        )
    return tuple(told)


def today(spending: Spending) -> str:
    """Say what was spent today, and what the day's limit still lets through."""
    spent = _dzd(spending.today)
    left = spending.left_today
    if left is None:
        return f"{spent} spent; there is no limit for a day (purchase.max_day)."
    if not left:
        return f"{spent} of {_dzd(spending.day_limit)} spent: the day's limit is used up."
    return f"{spent} of {_dzd(spending.day_limit)} spent; {_dzd(left)} may still be bought today."


def runway(spending: Spending, balance: Decimal | None) -> str:
    """Say how long the balance lasts, or why nobody can tell."""
    if balance is None:
        return "The balance is not known, so nobody can say how long it lasts."
    if balance <= 0:
        return "The balance is used up."
    if not spending.week:
        return f"Nothing was bought in the last {DAYS} days: there is no pace to go by."
    days = spending.lasts(balance)
    if days is None:
        known = _count(spending.history_days, "day") if spending.history_days else "less than a day"
        return f"Too little history to say: {known} of purchases, and it takes {LEAST_DAYS} days."
    full = spending.history_days >= DAYS
    pace = "At this week's pace" if full else f"At the pace of {spending.history_days} days"
    if not days:
        return f"{pace} the balance lasts less than a day."
    if days >= LONG:
        return f"{pace} the balance lasts more than {LONG} days."
    return f"{pace} the balance lasts about {_count(days, 'day')}."


def _balance(balance: Decimal | None, low_balance: Decimal) -> str:
    if balance is None:
        return "Not known: it has not been read."
    if balance < low_balance:
        return (
            f"{_dzd(balance)}: LOW, below {_dzd(low_balance)}. Top the account up at the vendor's."
        )
    return f"{_dzd(balance)}."


def _bought(spending: Spending) -> str:
    if not spending.orders:
        return "Nothing yet."
    orders, cards = _count(spending.orders, "order"), _count(spending.cards, "card")
    return f"{orders}, {cards}, {_dzd(spending.today)}, the open ones counted in full."


def _account(spending: Spending) -> Iterator[Fact]:
    if spending.account_today is None or spending.account_read_at is None:
        return
    at = f"{spending.account_read_at.astimezone():%H:%M}"
    spent = _dzd(spending.account_today)
    yield "account", f"{spent} spent by the whole account today, as the ledger said at {at}."


def _refundable(spending: Spending) -> str:
    if not spending.open_orders:
        return "Nothing: no order of this desk is open."
    return f"At most {_dzd(spending.refundable)}, of {_count(spending.open_orders, 'open order')}."


def _tied(spending: Spending) -> str:
    if not spending.unresolved:
        return "Nothing: every purchase is settled."
    what = _count(spending.unresolved, "purchase")
    return f"{_dzd(spending.tied)} in {what} that nobody answered for yet. Settle first."


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _dzd(amount: Decimal) -> str:
    return f"{money.show(amount)} DZD"
