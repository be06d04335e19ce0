"""DZD amounts as Decimal: read from text, printed in one way, and marked up to a price."""

import re
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from services.domain.typed.digits import western

CENT = Decimal("0.01")
ZERO = Decimal(0)
LARGEST = Decimal(10) ** 12

_GROUPING = r"[\s'\u2019\u066c\u2009\u200b\u2060]"
_ARABIC_MARK = "\u066b"
_EITHER = (".", ",")
"""What groups thousands or begins the decimals, as the language has it."""

_MARK = "|"
"""A mark that can only begin the decimals."""

_MARKS = r"[.,|]"
_AMOUNT = r"[0-9][0-9.,|]*"
_GROUPED = r"[1-9][0-9]{0,2}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*"


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
    compact = re.sub(_GROUPING, "", western(text.strip())).replace(_ARABIC_MARK, _MARK)
    if compact[-1:] in (*_EITHER, _MARK):
        compact = compact[:-1]
    if not re.fullmatch(_AMOUNT, compact):
        return ()
    marks = re.findall(_MARKS, compact)
    if not marks:
        return (Decimal(compact),)
    whole, last, decimals = compact.rpartition(marks[-1])
    if marks.count(last) > 1:
        groups = compact if last != _MARK and set(marks) == {last} else ""
        return (_joined(groups),) if re.fullmatch(_GROUPED, groups) else ()
    if len(marks) > 1:
        fits = _MARK not in marks[:-1] and re.fullmatch(_GROUPED, whole)
        return (Decimal(f"{_joined(whole)}.{decimals}"),) if fits else ()
    exact = Decimal(f"{whole}.{decimals}")
    if last != _MARK and re.fullmatch(_GROUPED, compact):
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
    return Decimal(re.sub(_MARKS, "", groups))


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
    | {"balance_end", "balance_start", "came_back", "cost", "must_be", "paid_in", "sold"}
)
"""The columns that hold amounts in DZD."""


def percent(part: Decimal, whole: Decimal) -> str:
    """Return a part of an amount in percent: `4.8 %`; empty of nothing."""
    if not whole:
        return ""
    share = (100 * part / whole).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{share + ZERO:f} %"


DINARS = "Nothing was placed. This desk counts and buys in DZD only: ask the vendor."


class PriceRule(Struct, frozen=True):
    """What `prices.toml` says of a category, a product or a value; None where it says nothing.

    `price` is for one card (DZD), `step` what it is rounded up to, `floor_percent` the least margin
    in per cent of the price. `hint` says to the customer how such a card is redeemed.
    """

    markup_percent: Decimal | None = None
    price: Decimal | None = None
    step: int | None = None
    floor_percent: Decimal | None = None
    hint: str = ""


_SAYS_NOTHING = PriceRule()
RuleKey = tuple[str, ...]
"""What a rule is about: `("category", title)`, `("product", id)`, `("value", product, type)`."""

OF_A_RULE = {"category": 2, "product": 2, "value": 3}
"""The kinds of rules, and how long their keys are."""

NO_RULES: Mapping[RuleKey, PriceRule] = MappingProxyType({})
NO_CATEGORIES: Mapping[str, str] = MappingProxyType({})


class Prices(Struct, frozen=True):
    """How this desk makes prices; amounts are in DZD.

    `markup_percent` is added to the cost, and the sum is rounded up to a multiple of `step`. A
    price should leave `floor_percent` of it as margin. `rules` say otherwise for some goods: what
    is said of a value comes before what is said of its product, and that before its category.
    `categories` are the folded titles of categories by the ids of their products.
    """

    markup_percent: Decimal = Decimal(5)
    step: int = 1
    floor_percent: Decimal = ZERO
    rules: Mapping[RuleKey, PriceRule] = NO_RULES
    categories: Mapping[str, str] = NO_CATEGORIES

    def price(
        self, cost: Decimal, product_id: str = "", type_id: str = "", category: str = ""
    ) -> Decimal:
        """Return what a customer pays for one card that costs the desk so much."""
        markup, step = self.markup_percent, self.step
        if rules := self._rules(product_id, type_id, category):
            first = next((r for r in rules if (r.price, r.markup_percent) != (None, None)), None)
            if first is not None and first.price is not None:
                return first.price
            if first is not None and first.markup_percent is not None:
                markup = first.markup_percent
            step = next((rule.step for rule in rules if rule.step is not None), step)
        marked_up = cost * (100 + markup) / 100
        return (marked_up / step).to_integral_value(rounding=ROUND_CEILING) * step

    def broken_floor(
        self, cost: Decimal, product_id: str = "", type_id: str = "", category: str = ""
    ) -> Decimal | None:
        """Return the least margin in per cent that the price does not leave, None if it does."""
        rules = self._rules(product_id, type_id, category)
        floors = (rule.floor_percent for rule in rules if rule.floor_percent is not None)
        floor = next(floors, self.floor_percent)
        if not (floor or rules):
            return None
        price = self.price(cost, product_id, type_id, category)
        return floor if 100 * (price - cost) < floor * price else None

    def hint(self, product_id: str, type_id: str = "") -> str:
        """Return how a card of these goods is redeemed, for its customer; empty if nothing says."""
        return next((rule.hint for rule in self._rules(product_id, type_id, "") if rule.hint), "")

    def _rules(self, product_id: str, type_id: str, category: str) -> list[PriceRule]:
        """Return the rules of these goods, what counts most first."""
        if not self.rules:
            return []
        title = category.casefold() or self.categories.get(product_id, "")
        keys = ("value", product_id, type_id), ("product", product_id), ("category", title)
        return [rule for key in keys if (rule := self.rules.get(key)) is not None]

    @property
    def words(self) -> str:
        """How a price is made, in a sentence."""
        step = "a whole DZD" if self.step == 1 else f"a multiple of {show(Decimal(self.step))} DZD"
        said = f"Cost plus {self.markup_percent.normalize():f} %, rounded up to {step}."
        others = sum(replace(rule, hint="") != _SAYS_NOTHING for rule in self.rules.values())
        more = f" prices.toml says otherwise for {others}." if others else ""
        return f"{said}{more}"


def floor_words(floor: Decimal | None) -> str:
    """Say that a price leaves too little; empty where it does not."""
    return "" if floor is None else f"the margin is below the floor of {floor.normalize():f} %"
