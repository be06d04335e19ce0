"""Sizes that change faster than they can be drawn: nothing breaks, and the last one is drawn."""

import random
import re
from typing import Any

import pytest
from textual import events
from textual.geometry import Size

from tests.console.conftest import Console

LAST = [(60, 18), (100, 30), (300, 100)]


def resize(console: Console, size: tuple[int, int]) -> None:
    """Report another size and wait for nothing."""
    console.app._driver._size = size
    console.app.post_message(events.Resize(Size(*size), Size(*size)))


async def settled(console: Console, size: tuple[int, int]) -> str:
    """The picture at a size, without what changes by itself."""
    await console.until(lambda: console.screen.size == size)
    await console.until(lambda: console.screen._compositor.size == size)
    await console.until(lambda: console.app.book.poll.state == "live")
    await console.until(lambda: console.screen.board("catalogue").highlighted)
    if size[0] >= 100:
        await console.until(lambda: console.screen.board("stock").highlighted)
    await console.rested()
    await console.settle()
    _, *lines = console.text().splitlines()
    return re.sub(r"(just now|<?\d+ [sm] ago) +(stale)?", "then", "\n".join(lines))


@pytest.mark.parametrize("last", LAST, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_picture_is_the_one_that_is_drawn_at_the_last_size(
    open_console: Any, last: tuple[int, int]
) -> None:
    chance = random.Random(7)
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        for _ in range(100):
            resize(console, (chance.randint(60, 300), chance.randint(18, 100)))
        resize(console, last)
        stormed = await settled(console, last)
        assert console.app.crash is None
    async with open_console(size=last) as console:
        await console.ready()
        assert stormed == await settled(console, last)


async def test_a_storm_over_a_ticket_leaves_one_that_can_still_be_bought(
    open_console: Any,
) -> None:
    chance = random.Random(7)
    async with open_console(size=(120, 40)) as console:
        ticket = await console.ticket()
        for _ in range(100):
            resize(console, (chance.randint(40, 300), chance.randint(10, 100)))
        resize(console, (80, 24))
        await console.until(lambda: console.screen.size == (80, 24))
        await console.review(ticket)
        await console.confirm()
        await console.until(lambda: ticket.stage == "done")
        assert len(console.box.posts) == 1
