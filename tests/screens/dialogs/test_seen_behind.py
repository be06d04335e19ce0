"""What a dialog lies on goes on being seen beside it, where there is room."""

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("size", "seen"), [((80, 24), False), ((100, 30), False), ((120, 40), True)]
)
async def test_the_desk_is_seen_beside_a_dialog(
    open_console: Any, size: tuple[int, int], seen: bool
) -> None:
    async with open_console(size=size) as console:
        await console.ready()
        await console.press("colon")
        await console.shows("go: Catalogue")
        below = console.app._background_screens
        update = console.screen._compositor.render_update(full=True, screen_stack=below)
        text = "\n".join("".join(part.text for part in line) for line in update.strips)
        assert ("1 Cata" in text) == seen


async def test_a_blank_parts_a_dialog_from_what_lies_below(open_console: Any) -> None:
    async with open_console(size=(120, 40)) as console:
        await console.ready()
        await console.press("P")
        await console.shows("The new PIN")
        box = console.screen.query_one(".dialog").region
        band = console.screen.query_one(".band").region
        assert (box.x - band.x, band.right - box.right) == (1, 1)
