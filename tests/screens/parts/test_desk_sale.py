"""What the desk says of the sale in hand."""

from decimal import Decimal

from services.domain.models import Denomination, Product
from services.domain.text import ours
from tests.domain.shop.test_sale import line, sale
from tui.actions.keymap import Keymap
from tui.screens.parts import desk_sale


def test_what_was_added_is_said_with_the_key_that_opens_the_sale() -> None:
    product = Product("p", ours("Netflix"), ours("Video"), region=ours("FR"))
    kind = Denomination("t1", ours("10 EUR"), Decimal(100), 5)
    words = desk_sale.said(Keymap(), sale(line(1), line(2)), product, kind)
    assert words == "2 x Netflix 10 EUR, FR in the sale: 2 lines, 4 cards. A opens it."
