"""A sale as text and as JSON: what became of each line, and why."""

from datetime import UTC, datetime
from decimal import Decimal

from services.domain.shop.sale import Sale, SaleLine
from services.domain.text import ours
from tui.formats import sales

LINE = SaleLine(
    1, "p", ours("Netflix"), "t", ours("10 EUR"), 2, Decimal(100), Decimal(105), "k", ours("FR")
)
LEFT = SaleLine(
    2, "q", ours("Steam"), "u", ours("20 EUR"), 1, Decimal(50), Decimal(55), "l",
    left_out=ours("out of stock"),
)  # fmt: skip
SALE = Sale(
    "s1", datetime(2026, 3, 1, tzinfo=UTC), ours("amina"), "shop",
    customer=ours("karim"), received=Decimal(500), lines=(LINE, LEFT),
)  # fmt: skip


def test_a_line_that_was_left_out_says_why_and_costs_nothing() -> None:
    text = sales.whole(SALE)
    assert "out of stock" in text
    assert "210 DZD" in text
    assert "290 DZD" in text
    document = sales.document(SALE, {})
    assert document["customer_pays"] == "210.00"
    assert document["give_back"] == "290.00"
    lines = document["lines"]
    assert isinstance(lines, list)
    assert [(each["outcome"], each["why"]) for each in lines] == [
        ("to_buy", None),
        ("not_bought", "out of stock"),
    ]
