"""The key line: what can be pressed here, and always the way out."""

from typing import Any

import pytest

from services.sandbox import Fault
from tui.screens.desk import DeskScreen
from tui.screens.order import OrderScreen
from tui.screens.unresolved import UnresolvedScreen

SIZES = ((60, 18), (80, 24), (120, 40))


def last_line(console: Any) -> str:
    return console.text().splitlines()[-1]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_screen_names_the_way_out(open_console: Any, size: tuple[int, int]) -> None:
    async with open_console(size=size) as console:
        await console.ready()
        # At 80 columns 4 opens the screen of the money.
        for pane in "12356":
            await console.press(pane)
            await console.until(lambda: last_line(console).rstrip().endswith("q Leave"))
        product = next(product for product in console.box.products if product.enabled)
        console.box.finish(console.box.foreign_order(product.id, product.types[0].id, 2))
        await console.press("3", "r")
        await console.until(lambda: console.app.book.orders)
        await console.press("v")
        await console.until(lambda: isinstance(console.screen, OrderScreen))
        await console.shows("SANDBOX-CARD-1")
        await console.until(lambda: last_line(console).rstrip().endswith("esc Back"))


async def test_the_screen_of_what_is_unresolved_names_the_way_out(console: Any) -> None:
    console.box.faults.add(Fault.parse("reset@placeOrder:after"))
    await console.buy()
    await console.press("u")
    await console.until(lambda: isinstance(console.screen, UnresolvedScreen))
    await console.until(lambda: last_line(console).rstrip().endswith("esc Back"))


@pytest.mark.parametrize("key", ["question_mark", "W", "T"])
async def test_q_goes_back_from_what_lies_on_the_desk_as_escape_does(
    console: Any, key: str
) -> None:
    await console.ready()
    for way_out in ("escape", "q"):
        await console.press(key)
        await console.until(lambda: not isinstance(console.screen, DeskScreen))
        await console.press(way_out)
        await console.until(lambda: isinstance(console.screen, DeskScreen))


async def test_a_terminal_that_is_too_small_names_the_way_out_alone(open_console: Any) -> None:
    async with open_console(size=(50, 10)) as console:
        await console.shows("too small for the desk")
        await console.until(lambda: last_line(console).split() == ["q", "Leave"])


async def test_a_sentence_goes_when_what_it_speaks_of_changed(console: Any) -> None:
    await console.ready()
    await console.press("u")
    await console.shows("Nothing is unresolved")
    console.screen._end_message_in(3_600)
    await console.until(lambda: console.app.book.poll.state == "live")
    await console.clock.sleep(1)
    product = next(product for product in console.box.products if product.enabled)
    console.box.foreign_order(product.id, product.types[0].id, 1)
    await console.until(lambda: console.app.book.unclaimed)
    await console.until(lambda: "Nothing is unresolved" not in console.text())
    await console.press("u")
    await console.until(lambda: isinstance(console.screen, UnresolvedScreen))


async def test_a_sentence_goes_with_the_pane_and_with_the_size(console: Any) -> None:
    await console.ready()
    for leave in ("3", "tab", ""):
        await console.press("1", "u")
        await console.shows("Nothing is unresolved")
        console.screen._end_message_in(3_600)
        if leave:
            await console.press(leave)
        else:
            await console.resize(90, 30)
        await console.until(lambda: last_line(console).rstrip().endswith("q Leave"))


async def test_a_sentence_outlives_what_it_does_not_speak_of(console: Any) -> None:
    await console.ready()
    await console.press("u")
    await console.shows("Nothing is unresolved")
    console.screen._end_message_in(3_600)
    console.screen.refresh_hints()
    await console.press("j")
    assert "Nothing is unresolved" in console.text()
