"""DZD amounts as Decimal: read from text, printed in one way, and marked up to a price."""

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation

from msgspec import Struct

from services.domain.typed.digits import western

CENT = Decimal("0.01")
ZERO = Decimal(0)
LARGEST = Decimal(10) ** 12

_GROUPING = re.compile(r"[\s'\u2019\u066c\u2009\u200b\u2060]")
_ARABIC_MARK = "\u066b"
_EITHER = (".", ",")
"""What groups thousands or begins the decimals, as the language has it."""

_MARK = "|"
"""A mark that can only begin the decimals."""

_MARKS = re.compile(r"[.,|]")
_AMOUNT = re.compile(r"[0-9][0-9.,|]*")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*")


def parse(text: str) -> Decimal:
    """Read an amount in DZD as a person types it: `48 250`, `48250.50`, `48.250,50`, `٤٨٢٥٠`.

    Args:
        text: digits, with groups of thousands and a decimal mark in any usual form.

    Returns:
        The amount in DZD, never negative.

    Raises:
        ValueError: this is no plain amount, or it may be two; the message is for the operator.
    """
    match readings(text):
        case ():
            raise ValueError(f"{text[:40]!r} is not an amount in DZD, such as 48250 or 48250.50")
        case (amount,):
            return checked(amount)
        case both:
            ways = " or ".join(f"{amount:f}" for amount in both)
            raise ValueError(f"{text[:40]!r} may be two amounts: write {ways}")


def readings(text: str) -> tuple[Decimal, ...]:
    """Return each amount (DZD) that a text may mean: none of no amount, two of `48,250`.

    Spaces of every width, apostrophes and the Arabic thousands mark only group. A comma or a point
    is the decimal mark or groups: the last of the two is the mark where both are there, and one
    that comes twice groups. A mark at the end is one whose decimals are still to come.
    """
    compact = _GROUPING.sub("", western(text.strip())).replace(_ARABIC_MARK, _MARK)
    if compact[-1:] in (*_EITHER, _MARK):
        compact = compact[:-1]
    if not _AMOUNT.fullmatch(compact):
        return ()
    marks = _MARKS.findall(compact)
    if not marks:
        return (Decimal(compact),)
    whole, last, decimals = compact.rpartition(marks[-1])
    if marks.count(last) > 1:
        groups = compact if last != _MARK and set(marks) == {last} else ""
        return (_joined(groups),) if _GROUPED.fullmatch(groups) else ()
    if len(marks) > 1:
        fits = _MARK not in marks[:-1] and _GROUPED.fullmatch(whole)
        return (Decimal(f"{_joined(whole)}.{decimals}"),) if fits else ()
    exact = Decimal(f"{whole}.{decimals}")
    if last != _MARK and _GROUPED.fullmatch(compact):
        return exact, _joined(compact)
    return (exact,)


def same(text: str, amount: Decimal) -> bool:
    """Tell whether a text means an amount (DZD); its whole dinars are enough."""
    whole = amount.to_integral_value(rounding=ROUND_FLOOR)
    return any(
        read == amount or (read == whole and bool(whole) and read.as_tuple().exponent == 0)
        for read in readings(text)
    )


def _joined(groups: str) -> Decimal:
    return Decimal(_MARKS.sub("", groups))


def checked(amount: Decimal) -> Decimal:
    """Return the amount (DZD) unchanged, or raise ValueError if no real price looks like it."""
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise ValueError("an amount in DZD is finite and below a thousand billion")
    return amount


def stored(amount: Decimal) -> str:
    """Write an amount (DZD) for the journal and for JSON: `980.50`, never with an exponent."""
    return f"{amount.quantize(CENT, rounding=ROUND_HALF_UP) + ZERO:f}"


def load(text: str) -> Decimal:
    """Read back what `stored` wrote; raises ValueError when it is something else."""
    try:
        return checked(Decimal(text))
    except InvalidOperation as bad:
        raise ValueError(f"{text[:40]!r} is not a stored amount") from bad


def show(amount: Decimal) -> str:
    """Print an amount (DZD) for a person, the same in every language: `48 250` or `48 250.50`."""
    # Nothing is no minus nothing: adding zero takes the sign off.
    rounded = amount.quantize(CENT, rounding=ROUND_HALF_UP) + ZERO
    whole = rounded == rounded.to_integral_value()
    text = f"{rounded:,.0f}" if whole else f"{rounded:,.2f}"
    return text.replace(",", " ")


def exact(amount: Decimal) -> str:
    """Print an amount (DZD) for a column of amounts, always with its centimes: `48 250.00`."""
    rounded = amount.quantize(CENT, rounding=ROUND_HALF_UP) + ZERO
    return f"{rounded:,.2f}".replace(",", " ")


def whole(amount: Decimal) -> str:
    """Print an amount (DZD) without its centimes, never more than there is: `48 250`."""
    return show(amount.to_integral_value(rounding=ROUND_FLOOR))


def dinars(amount: Decimal) -> str:
    """Print an amount (DZD) with its unit: `48 250 DZD`."""
    return f"{show(amount)} DZD"


def count(number: int) -> str:
    """Print a number of things for a person, grouped as an amount is: `9 999`."""
    return show(Decimal(number))


AMOUNT_COLUMNS = frozenset(
    {"amount", "fulfilled_amount", "margin", "new_balance", "old_balance", "price"}
    | {"retail_price", "total", "unit_price"}
)
"""The columns that hold amounts in DZD."""


def percent(part: Decimal, whole: Decimal) -> str:
    """Return a part of an amount in percent: `4.8 %`; empty of nothing."""
    if not whole:
        return ""
    share = (100 * part / whole).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{share + ZERO:f} %"


DINARS = "Nothing was placed. This desk counts and buys in DZD only: ask the vendor."


class Prices(Struct, frozen=True):
    """How this desk makes prices; amounts are in DZD.

    `markup_percent` is added to the cost, and the sum is rounded up to a multiple of `step`.
    """

    markup_percent: Decimal = Decimal(5)
    step: int = 1

    def price(
        self, cost: Decimal, product_id: str = "", type_id: str = "", category: str = ""
    ) -> Decimal:
        """Return what a customer pays for one card that costs the desk so much."""
        del product_id, type_id, category
        marked_up = cost * (100 + self.markup_percent) / 100
        return (marked_up / self.step).to_integral_value(rounding=ROUND_CEILING) * self.step

    @property
    def words(self) -> str:
        """How a price is made, in a sentence."""
        step = "a whole DZD" if self.step == 1 else f"a multiple of {show(Decimal(self.step))} DZD"
        return f"Cost plus {self.markup_percent.normalize():f} %, rounded up to {step}."
