"""The report of a shift in words: names and amounts, and a sentence for each thing. Pure."""

from datetime import datetime

from services.domain import money
from services.domain.local_time import local_day_minute, local_minute, same_day
from services.domain.phrase import Phrase, counted, phrase, plain
from services.domain.shop.shift import (
    HANDLING,
    OTHERS,
    TO_HAND_OVER,
    UNRESOLVED,
    AccountCheck,
    OpenOrder,
    ShiftReport,
)

Pairs = list[tuple[str, str]]
"""Names, and what is beside each."""

KINDS = {UNRESOLVED: "not settled", TO_HAND_OVER: "not handed over", HANDLING: "handling"}
"""What stays open, in words, the gravest first."""

MOST_NAMES = 4
"""Customers that a sentence names."""

STAYS = "Closing keeps this report in the log; what is open stays for the next shift."


def span(report: ShiftReport) -> str:
    """Return from when to when it goes: `2026-11-28 09:00 to 16:42`."""
    end = (local_minute if same_day(report.begin, report.end) else local_day_minute)(report.end)
    return f"{local_day_minute(report.begin)} to {end}"


def state(report: ShiftReport) -> str:
    """Say whether it is closed, and by whom."""
    return f"closed by {report.closed_by}" if report.closed else "not closed"


def figures(report: ShiftReport) -> Pairs:
    """Return the figures of all operators together; what is none of is left out after the first."""
    whole = report.all
    pairs = [
        ("sold", money.exact(whole.sold)),
        ("cost", money.exact(whole.cost)),
        ("margin", money.exact(whole.margin)),
        ("orders", money.count(whole.orders)),
        ("cards", money.count(whole.cards)),
        ("came back", money.exact(whole.came_back)),
    ]
    if whole.refunded:
        pairs.append(("refunded", counted(whole.refunded, "order")))
    if whole.partial:
        pairs.append(("partial", counted(whole.partial, "order")))
    pairs.append(("handed over", counted(whole.handed_over, "order")))
    names = {TO_HAND_OVER: "to hand over", HANDLING: "handling", UNRESOLVED: "not settled"}
    for kind, name in names.items():
        if number := getattr(whole, kind):
            pairs.append((name, counted(number, "order")))
    if report.earlier.orders:
        pairs += [
            ("of earlier shifts", counted(report.earlier.orders, "order")),
            ("  sold less", money.exact(report.earlier.sold)),
            ("  cost less", money.exact(report.earlier.cost)),
        ]
    return pairs


def account_pairs(account: AccountCheck, until: datetime) -> Pairs:
    """Return the account's balance from the beginning to the end, line by line."""
    if not account.charged:
        return [("balance", money.exact(account.end))]
    at = (local_minute if same_day(account.since, until) else local_day_minute)(account.since)
    pairs = [(f"balance at {at}", money.exact(account.start))]
    if account.paid_in:
        pairs.append(("paid in", f"+{money.exact(account.paid_in)}"))
    pairs += [(spent_by(name), f"-{money.exact(amount)}") for name, amount in account.spent]
    if account.paid_out:
        pairs.append(("paid out", f"-{money.exact(account.paid_out)}"))
    if account.came_back:
        pairs.append(("came back", f"+{money.exact(account.came_back)}"))
    return [*pairs, ("must be", money.exact(account.must_be)), ("is", money.exact(account.end))]


def spent_by(operator: str) -> str:
    """Name what an operator spent, or what other desks did."""
    return "spent by others" if operator == OTHERS else f"spent by {operator}"


def moment(time: datetime, report: ShiftReport) -> str:
    """Return a time, with its day where that is not the day on which the report ends."""
    return local_minute(time) if same_day(time, report.end) else local_day_minute(time)


def open_words(row: OpenOrder, report: ShiftReport) -> str:
    """Say of an order that stays open what it is, whose, and since when."""
    whose = f", {row.customer}" if row.customer else ""
    return f"{moment(row.since, report)}  {row.goods}{whose} ({row.operator})"


def open_sentence(report: ShiftReport) -> str:
    """Say in a sentence what is not handed over, and for whom; empty where nothing is."""
    rows, number = report.of_kind(TO_HAND_OVER), report.all.to_hand_over
    if not number:
        return ""
    names = [name for name in dict.fromkeys(row.customer for row in rows) if name]
    whose = f": {', '.join(names[:MOST_NAMES])}" if names else ""
    if more := len(names[MOST_NAMES:]):
        whose += f" and {more} more"
    return f"{counted(number, 'order')} {'is' if number == 1 else 'are'} not handed over{whose}."


def account_words(report: ShiftReport) -> Phrase:
    """Say whether the account agrees, in a clause."""
    account = report.account
    if account is None:
        return plain(f"the account was not read: {report.not_read}" if report.not_read else "")
    if not account.charged:
        return plain("no money moves in the sandbox")
    if account.agrees:
        return plain("the account matches")
    wrong = account.end - account.must_be
    if wrong:
        missing = "{amount} DZD are missing" if wrong < 0 else "{amount} DZD are too many"
        return phrase(missing, amount=abs(wrong))
    if account.difference:
        return phrase("orders differ by {amount} DZD", amount=account.difference)
    return plain("not every movement could be read")


def sentence_of(words: Phrase) -> Phrase:
    """Return a clause as a sentence."""
    first, *rest = words.pieces
    begun = f"{first[:1].upper()}{first[1:]}" if isinstance(first, str) else first
    return phrase("{said}.", said=Phrase((begun, *rest)))


def staying_words(to_hand_over: int, handling: int) -> str:
    """Say what stays open when somebody leaves; empty where nothing does."""
    said: list[str] = []
    if to_hand_over:
        verb = "order is" if to_hand_over == 1 else "orders are"
        said.append(f"{money.count(to_hand_over)} {verb} not handed over")
    if handling:
        followed = "it is followed" if handling == 1 else "they are followed"
        verb = "is" if handling == 1 else "are"
        noun = "" if said else " order" if handling == 1 else " orders"
        said.append(f"{money.count(handling)}{noun} {verb} handling ({followed})")
    return f"{', '.join(said)}." if said else ""
