"""DZD amounts as Decimal: parsing what a person or the vendor wrote, and one way to print them."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
ZERO = Decimal(0)
LARGEST = Decimal(10) ** 12


def parse(text: str) -> Decimal:
    """Read an amount in DZD as a person types it: `48 250`, `48250.50`, `48250,5`.

    Args:
        text: digits with optional spaces between groups and one decimal mark.

    Returns:
        The amount in DZD, never negative.

    Raises:
        ValueError: if this is no plain amount; the message is for the operator.
    """
    compact = text.strip().replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    compact = compact.replace(",", ".")
    if not compact.isascii() or not compact.replace(".", "", 1).isdigit():
        raise ValueError(f"{text[:40]!r} is not an amount in DZD, such as 48250 or 48250.50")
    return checked(Decimal(compact))


def checked(amount: Decimal) -> Decimal:
    """Return the amount (DZD) unchanged, or raise ValueError if no real price looks like it."""
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise ValueError("an amount in DZD is finite and below a thousand billion")
    return amount


def stored(amount: Decimal) -> str:
    """Write an amount (DZD) for the journal and for JSON: `980.50`, never with an exponent."""
    return f"{amount.quantize(CENT, rounding=ROUND_HALF_UP):f}"


def load(text: str) -> Decimal:
    """Read back what `stored` wrote; raises ValueError when it is something else."""
    try:
        return checked(Decimal(text))
    except InvalidOperation as bad:
        raise ValueError(f"{text[:40]!r} is not a stored amount") from bad


def show(amount: Decimal) -> str:
    """Print an amount (DZD) for a person, the same in every language: `48 250` or `48 250.50`."""
    rounded = amount.quantize(CENT, rounding=ROUND_HALF_UP)
    whole = rounded == rounded.to_integral_value()
    text = f"{rounded:,.0f}" if whole else f"{rounded:,.2f}"
    return text.replace(",", " ")
