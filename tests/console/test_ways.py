"""A digit goes to its pane from every screen, a search replaces the one before, keys are few."""

from typing import Any

import pytest

from tests.console.conftest import cheap
from tests.screens.test_order import opened, revealed
from tui.screens.desk import DeskScreen
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.ticket import TicketScreen
from tui.screens.timeline import TimelineScreen


@pytest.mark.parametrize("keys", ["f today enter", "T", "W", "question_mark", "4 enter"])
async def test_a_digit_goes_to_its_pane_from_every_screen(console: Any, keys: str) -> None:
    await console.ready()
    await console.press(*spelled(keys))
    await console.until(lambda: not isinstance(console.screen, DeskScreen))
    await console.press("5")
    await console.until(lambda: isinstance(console.screen, DeskScreen))
    assert console.screen.pane == "ledger"
    assert len(console.app.screen_stack) == 1


def spelled(keys: str) -> list[str]:
    return [part for key in keys.split() for part in (key if key == "today" else [key])]


async def test_a_digit_hides_a_shown_card_and_goes(console: Any) -> None:
    screen = await opened(console)
    await revealed(console, screen)
    await console.press("i")
    await console.until(lambda: isinstance(console.screen, TimelineScreen))
    await console.press("3")
    await console.until(lambda: isinstance(console.screen, DeskScreen))
    assert "SANDBOX-CARD" not in console.text()
    assert console.screen.pane == "orders"


async def test_a_digit_is_text_on_a_ticket_and_no_answer_to_a_question(console: Any) -> None:
    ticket = await console.ticket()
    await console.press("3")
    assert isinstance(console.screen, TicketScreen)
    await console.press("backspace", "backspace", "1")
    await console.review(ticket)
    await console.press("3")
    assert isinstance(console.screen, TicketScreen)
    assert not ticket.confirmation.armed
    await console.press("escape", "escape")
    answers: list[bool | None] = []
    console.screen.ask(AskScreen(console.app.context, "Go?", [], yes="Go"), answers.append)
    await console.until(lambda: isinstance(console.screen, AskScreen))
    await console.press("3")
    assert isinstance(console.screen, AskScreen)


async def test_a_digit_leaves_a_ticket_once_its_answer_is_here(console: Any) -> None:
    await console.buy()
    await console.press("3")
    await console.until(lambda: isinstance(console.screen, DeskScreen))
    assert console.screen.pane == "orders"


async def test_a_search_takes_the_place_of_the_one_before(console: Any) -> None:
    await console.buy()
    await console.press("escape")
    for _ in range(3):
        await console.press("f", *"today", "enter")
        await console.until(lambda: isinstance(console.screen, TimelineScreen))
        await console.until(lambda: console.screen.of_find and not console.screen.sheet.busy)
        await console.press("enter")
        await console.until(lambda: not console.screen.of_find)
        assert len(console.app.screen_stack) == 3
    await console.press("escape", "escape")
    await console.until(lambda: isinstance(console.screen, DeskScreen))


class Counted:
    """Counts the keys that a hand presses."""

    def __init__(self, console: Any) -> None:
        self.console, self.keys = console, 0

    async def press(self, *keys: str) -> None:
        self.keys += len(keys)
        await self.console.press(*keys)

    async def sell(self) -> None:
        """Confirm the ticket that is open, up to its outcome."""
        console = self.console
        ticket = await console.until(
            lambda: isinstance(console.screen, TicketScreen) and console.screen
        )
        await console.review(ticket)
        await console.confirm()
        self.keys += 3  # enter, y, enter
        await console.until(
            lambda: ticket.stage == "done" and ticket.ticket.purchase.state == "FULFILLED"
        )


async def test_a_sale_takes_few_keys(console: Any) -> None:
    await console.may_buy()
    await console.choose(cheap)
    await console.press("1")
    hand = Counted(console)
    await hand.press("enter", "enter")
    await hand.sell()
    assert hand.keys == 5
