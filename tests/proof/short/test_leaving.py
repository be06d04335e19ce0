"""Leaving a real terminal while a purchase is being sent: sent once, on record, nothing left."""

from pathlib import Path

import pytest

from tests.proof.terminal import leave

pytestmark = pytest.mark.terminal

DIFFERENT = ("ctrl+q", "SIGHUP", "closed pty", "kill -9")
"""A key, a signal, a terminal that is gone, and signals that are ignored; the long form has all."""


@pytest.mark.parametrize("way", DIFFERENT)
def test_a_purchase_survives_leaving(way: str, tmp_path: Path) -> None:
    left = leave(way, tmp_path)
    assert left.sound, left
