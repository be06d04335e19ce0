"""What the customer pays: the cost marked up, and rounded up to an amount that is easy to pay."""

from decimal import ROUND_CEILING, Decimal

from msgspec import Struct

from services.domain.money import show


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
