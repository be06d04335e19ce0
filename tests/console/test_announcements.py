"""The message line says what became of an order, where nothing else is being read."""

from typing import Any

from tui.screens.lock import LockScreen
from widgets.bars.key_hints import HintLine


async def test_the_end_of_an_order_is_said_on_the_desk(open_console: Any) -> None:
    async with open_console(handling_seconds=(40, 40)) as console:
        await console.buy()
        await console.press("escape")
        assert not console.screen.query_one(HintLine).message
        await console.until(lambda: not console.app.book.open_count)
        said = await console.until(lambda: console.screen.query_one(HintLine).message)
        assert said == str(console.app.book.log[-1].words)
        assert said in console.text()


async def test_nothing_is_said_of_orders_behind_the_lock(open_console: Any) -> None:
    async with open_console(handling_seconds=(40, 40)) as console:
        await console.buy()
        await console.press("escape", "L")
        await console.until(lambda: isinstance(console.screen, LockScreen))
        await console.until(lambda: not console.app.book.open_count)
        assert not console.screen.query_one(HintLine).message
