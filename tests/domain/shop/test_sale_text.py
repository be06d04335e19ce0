"""The one text of a sale: what is here with its codes, and a word for what is still to come."""

from services.domain import receipt
from services.domain.models import Card
from services.domain.money import Prices
from services.domain.secrets import Secret
from services.domain.shop import sale_text
from tests.domain.shop.test_sale import line, order, sale


def test_what_is_here_comes_first_then_what_is_on_its_way() -> None:
    held = sale(
        line(1, order=order("FULFILLED", cards_came=2)),
        line(2, order=order("HANDLING", 2)),
        line(3, order=order("UNRESOLVED", 3)),
        line(4),
    )
    (ready,) = sale_text.ready(held)
    pending = sale_text.coming(held)
    cards = [Card(Secret("AAAA-1"), Secret("")), Card(Secret("AAAA-2"), Secret(""))]
    text = sale_text.whole(
        receipt.BUILT_IN["en"], "en", [(ready, cards)], pending, Prices()
    ).reveal()
    assert text.index("AAAA-1") < text.index("AAAA-2") < text.index("on its way")
    assert text.count("on its way") == 1
    shown = sale_text.masked(receipt.BUILT_IN["fr"], "fr", [ready], pending, Prices())
    assert "AAAA" not in shown
    assert "en cours" in shown
