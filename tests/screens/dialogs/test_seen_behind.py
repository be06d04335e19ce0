"""What a dialog lies on goes on being seen beside it, where there is room."""

from typing import Any

import pytest


@pytest.mark.parametrize(("size", "seen"), [((80, 24), False), ((120, 40), True)])
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
        assert ("1 Catalo" in text) == seen
