"""What a start does until the desk is there: each thing once."""

import pytest
from textual.css.stylesheet import Stylesheet

from tests.console.conftest import OpenConsole, open_console

__all__ = ["open_console"]


async def test_no_style_sheet_is_read_again_for_the_theme(
    open_console: OpenConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_again: list[Stylesheet] = []
    reparse = Stylesheet.reparse

    def counting(sheet: Stylesheet) -> None:
        read_again.append(sheet)
        reparse(sheet)

    monkeypatch.setattr(Stylesheet, "reparse", counting)
    async with open_console() as console:
        await console.ready()
        assert read_again == []
        console.app.take_theme("light")
        await console.settle()
        assert read_again != []
