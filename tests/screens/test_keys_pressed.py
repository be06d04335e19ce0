"""How many keys a counter presses, counted on the real console as it is used.

Counted is every key from the desk as it opens: the filter's letters, each enter, the yes, and the
keys that hand the cards over. Waiting for the vendor is no key. Typing a customer's name is not
counted: it is as long as the name.
"""

from typing import Any

from tui.screens.desk import DeskScreen
from tui.screens.dialogs.receipt import ReceiptScreen
from tui.screens.ticket import TicketScreen
from widgets.panes.orders import OrderBoard


class Hand:
    """A hand that counts what it presses."""

    def __init__(self, console: Any) -> None:
        self.console, self.keys = console, 0

    async def press(self, *keys: str) -> None:
        self.keys += len(keys)
        await self.console.press(*keys)

    async def sell(self) -> None:
        """Buy what the cursor of the stock is on, and copy the text once the cards are here."""
        console = self.console
        await self.press("enter")
        ticket = await console.until(
            lambda: isinstance(console.screen, TicketScreen) and console.screen
        )
        await console.review(ticket)
        self.keys += 1  # enter, to the review
        await console.confirm()
        self.keys += 2  # y and enter
        await console.until(lambda: ticket.stage == "done")
        await console.shows("is here", "t Hand over")
        await self.hand_over()

    async def hand_over(self) -> None:
        console = self.console
        await self.press("t")
        await console.until(lambda: isinstance(console.screen, ReceiptScreen))
        await self.press("c")
        await console.shows("Handed over")
        await console.until(lambda: isinstance(console.screen, DeskScreen))


def given(console: Any) -> list[bool]:
    return [order.given_at is not None for order in console.app.book.orders]


async def test_keys_of_the_first_sale_and_of_the_next_customer(console: Any) -> None:
    await console.may_buy()
    hand = Hand(console)
    await hand.press("slash", *"ff", "enter", "enter")
    await console.until(lambda: console.screen.board("stock").highlighted)
    await console.until(lambda: console.screen.situation().denomination)
    await hand.sell()
    assert given(console) == [True]
    assert hand.keys <= 13
    first, hand.keys = hand.keys, 0
    await hand.sell()
    assert given(console) == [True, True]
    assert (first, hand.keys) == (11, 6)


async def test_keys_to_hand_both_cards_of_an_order_over(console: Any) -> None:
    ticket = await console.ticket()
    ticket.query_one("#quantity").value = "2"
    await console.review(ticket)
    await console.confirm()
    await console.shows("Both cards are here.")
    await console.press("escape", "3")
    assert console.screen.query_one(OrderBoard).highlighted.to_give
    hand = Hand(console)
    await hand.hand_over()
    assert given(console) == [True]
    assert hand.keys == 2
