"""Thin line mode on the screen: what it changes, when it paints, and the figures of the line."""

import asyncio
import time
from typing import Any

from tui.line import PAINT_SECONDS
from tui.loop_lag import LoopLag
from tui.screens.desk import DeskScreen
from tui.screens.order import OrderScreen
from widgets import look
from widgets.line_strip import LineStrip
from widgets.order_board import OrderBoard


async def typed(console: Any, line: str) -> None:
    await console.press("colon", *("space" if char == " " else char for char in line), "enter")
    await console.until(lambda: isinstance(console.screen, DeskScreen))


async def test_slow_is_turned_on_and_off_while_it_runs(open_console: Any) -> None:
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        await typed(console, "slow on")
        await console.shows("thin line", "slow_line is on until you leave", "<1 m")
        assert console.app.line.thin
        await typed(console, "slow off")
        await console.shows("slow_line is off until you leave")
        await console.until(lambda: "thin line" not in console.text())
        assert not look.now().coarse


async def test_changes_wait_for_each_other_and_a_key_does_not_wait(open_console: Any) -> None:
    async with open_console() as console:
        await console.ready()
        await console.press("3")
        await typed(console, "slow on")
        line, painted = console.app.line, []
        painted_before = line.painted

        def painting() -> None:
            painted.append(line._steady())
            painted_before()

        line.painted = painting
        # No key has been pressed for long.
        line._key_at = float("-inf")
        line._painted_at = line._steady()
        began = line._steady()
        board = console.screen.query_one(OrderBoard)
        for number in range(5):
            board.heading = f"Orders no {number}"
            await console.settle()
        assert not painted
        await console.until(lambda: painted)
        assert painted[0] - began >= PAINT_SECONDS * 0.9
        assert len(painted) == 1
        await console.shows("Orders no 4")
        await console.press("1")
        await console.until(lambda: len(painted) > 1)
        assert painted[1] - line._key_at < PAINT_SECONDS / 2


async def test_what_is_held_back_is_painted_when_the_terminal_has_answered(
    open_console: Any,
) -> None:
    async with open_console() as console:
        await console.ready()
        await typed(console, "slow on")
        line = console.app.line
        line.answered(line._steady())
        line.asked()
        line.meter.wrote(5_000)
        assert line.wait() > 1
        console.screen.query_one("#catalogue").stale = "held back"
        await console.until(lambda: console.screen._paint_timer)
        console.app.answered(line.answered, line._steady())
        assert console.screen._paint_timer is None


async def test_debug_shows_the_figures_below_the_keys_and_frees_the_line_again(
    open_console: Any,
) -> None:
    async with open_console() as console:
        await console.ready()
        await typed(console, "debug")
        last = (await console.shows("B/s", "frames/s", "trip", "full (auto)")).splitlines()[-1]
        assert "B/s" in last
        await console.press("b")
        assert "B/s" in (await console.shows("Money at a glance", "B/s")).splitlines()[-1]
        await console.press("escape")
        await typed(console, "debug")
        await console.until(lambda: "Filter" in console.text().splitlines()[-1])
        assert not console.screen.query(LineStrip)
        assert not console.app.line.watched


async def test_the_figures_go_on_when_something_happens_on_the_account(open_console: Any) -> None:
    async with open_console() as console:
        await console.ready()
        await typed(console, "debug")
        console.app.notice(console.app.book)
        first = await console.until(lambda: console.app.figures)
        await console.until(lambda: console.app.figures is not first)


async def test_the_lag_is_that_of_the_loop_itself() -> None:
    lag = LoopLag()
    lag.start()
    end = time.monotonic() + 0.4
    while time.monotonic() < end:
        pass
    looked = asyncio.Event()
    asyncio.get_running_loop().call_later(0, looked.set)
    await looked.wait()
    lag.stop()
    assert lag.worst > 0.1


async def test_drawing_anew_is_a_key_and_takes_nothing_for_granted(console: Any) -> None:
    await console.ready()
    console.app._picture.begin(80, 24, whole=True)
    await console.press("ctrl+l")
    await console.until(lambda: not console.app._picture.known)


async def test_a_card_is_hidden_at_once_whatever_is_under_way(open_console: Any) -> None:
    async with open_console() as console:
        await console.buy()
        await console.press("escape", "3")
        await console.shows("fulfilled")
        await console.press("enter")
        await console.until(lambda: isinstance(console.screen, OrderScreen))
        await console.press("v")
        await console.shows("SANDBOX-CARD-")
        console.app.take_line("on")
        line, painted = console.app.line, []
        line.asked()
        line.answered(line._steady())
        line.asked()
        line.meter.wrote(50_000)
        line._key_at = line._hurried_at = float("-inf")
        assert line.wait() > 1
        painted_before = line.painted
        line.painted = lambda: (painted.append(console.text()), painted_before())
        console.screen.conceal()
        await console.until(lambda: painted)
        assert "SANDBOX-CARD-" not in painted[0]


async def test_the_figures_and_what_is_told_count_apart(open_console: Any) -> None:
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        console.app.toggle_figures()
        told = console.app._untold
        console.app._tell_figures()
        assert console.app._untold is told
        assert not isinstance(told, int)
