"""What the vendor sends is drawn, exactly as wide as it is, and does nothing else."""

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len

from services.domain.book import BoardOrder
from services.domain.text import cell_width
from tests.widgets.conftest import Host
from widgets.drawing.ink import Cell, chop, fitted, inert, wrap
from widgets.panes.orders import OrderBoard

HOSTILE = {
    "markup": "[/] [b]bold[/b] [@click=app.quit]x",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07 stolen",
    "csi": "\x1b[2J\x1b[31mred",
    "c1": "\x9b2J \x9d52;c;eA==\x9c",
    "long": "x" * 10_000,
    "wide": "日本語のカード",
    "arabic": "بطاقة بلايستيشن",
    "bidi": "\u202egnp.exe\u2066",
    "combining": "e\u0301" * 5 + "z" + "\u0336" * 50,
    "emoji": "❤️ 👍🏽 👨\u200d👩\u200d👧 🇩🇿 1️⃣",
    "jamo": "\u1100\u1161\u11a8 \U0001d173",
    "lines": "a\nb\r\nc\td\x00e\x7f",
    "surrogate": "a\ud800b",
    "scripts": "हिन्दी สวัสดี \u2630 \U0001d300",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_inert_text_is_as_wide_for_textual_as_for_the_columns(name: str) -> None:
    drawn = inert(HOSTILE[name])
    assert cell_len(drawn) == cell_width(drawn)
    assert all(char.isprintable() for char in drawn)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("width", [1, 2, 7, 40])
def test_a_fitted_line_has_exactly_its_width(name: str, width: int) -> None:
    line = fitted((Cell(HOSTILE[name]), Cell("after")), width)
    assert sum(cell_len(cell.text) for cell in line) == width


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("width", [2, 9, 40])
def test_wrapped_text_stays_inside_and_loses_nothing(name: str, width: int) -> None:
    lines = wrap(HOSTILE[name], width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == inert(HOSTILE[name]).replace(" ", "")
    assert "".join(chop(inert(HOSTILE[name]), width)) == inert(HOSTILE[name])


async def test_hostile_text_moves_no_column_and_reaches_no_terminal(
    staged: Callable[..., Any], book: Callable[..., Any], order: Callable[..., BoardOrder]
) -> None:
    every = ("row_id", "order_id", "state", "product", "denomination", "note", "operator")
    rows = (order(1), *(order(2, **dict.fromkeys(every, bad)) for bad in HOSTILE.values()))
    async with staged(OrderBoard(), 120, 20) as stage:
        stage.widget.book = book(orders=rows)
        await stage.settle()
        strips = stage.app.screen._compositor.render_strips()
        assert {sum(cell_len(segment.text) for segment in strip) for strip in strips} == {120}
        prices = {cell_len(strip.text[: strip.text.index("2 060")]) for strip in strips[2:17]}
        assert len(prices) == 1
        for strip in strips:
            assert all(char.isprintable() for char in strip.text)
            assert all(not (s.style and s.style.meta.get("@click")) for s in strip)
        for line in (3, 4, 5):
            await stage.pilot.click(stage.widget, offset=(60, line))
        assert stage.app.is_running


async def test_an_app_that_has_ended_is_not_kept_by_its_inks() -> None:
    async def ended() -> weakref.ref[Host]:
        app = Host(OrderBoard())
        async with app.run_test() as pilot:
            await pilot.pause()
        return weakref.ref(app)

    apps = [await ended() for _ in range(3)]
    gc.collect()
    # The last one is still held by the context that it ran in.
    assert [app() for app in apps[:-1]] == [None, None]
