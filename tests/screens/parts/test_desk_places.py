"""The layouts of the desk: every cell belongs to one pane, at every size."""

import pytest
from textual.geometry import Size

from tui.actions.action import PANES
from tui.screens.parts.desk_places import SELECTED, places, shape

SIZES = [(60, 18), (70, 20), (80, 24), (100, 30), (112, 34), (120, 36), (120, 40), (159, 60)]
SIZES += [(160, 48), (200, 60), (300, 100)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("pane", PANES)
def test_the_panes_cover_the_screen_and_one_of_them_has_the_cursor(
    size: tuple[int, int], pane: str
) -> None:
    for plain in (False, True):
        for zoomed in (False, True):
            form = shape(Size(*size), plain=plain)
            area = Size(size[0], size[1] - 2)
            spots = places(area, form, pane, zoomed=zoomed)
            regions = [spot.region for spot in spots.values()]
            assert sum(region.area for region in regions) == area.area
            assert all(area.region.contains_region(region) for region in regions)
            assert all(region.height > 4 and region.width > 30 for region in regions)
            overlaps = [a.overlaps(b) for a in regions for b in regions if a is not b]
            assert not any(overlaps)
            named = {name for spot in spots.values() for name in (*spot.others, *spot.swaps)}
            assert pane in spots
            assert named | set(spots) - {SELECTED} == set(PANES)
            assert not named & set(spots)


def test_a_slow_line_has_the_small_layout_at_any_width() -> None:
    assert shape(Size(200, 60), plain=True) == "small"
    assert [shape(Size(*size), plain=False) for size in SIZES] == [
        *("least", "small", "small", "small", "short", "medium", "medium", "medium"),
        *("wide", "wide", "wide"),
    ]
