"""Leaving a real terminal while a purchase is being sent: sent once, on record, nothing left."""

from pathlib import Path

import pytest

from proof.terminal import WAYS, leave

pytestmark = pytest.mark.terminal


@pytest.mark.parametrize("way", WAYS)
def test_a_purchase_survives_leaving(way: str, tmp_path: Path) -> None:
    left = leave(way, tmp_path)
    assert left.sound, left
