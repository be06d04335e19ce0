"""Cards are seen only while they are revealed, whole, or with a word on what drawing changed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.models import Card
from services.secrets import Secret
from widgets.card_reveal import CardReveal

Make = Callable[..., Any]
CODE = "CANARY-9F3K-77QX"


def card(value: str = CODE, serial: str = "SER-CANARY-1") -> Card:
    return Card(Secret(value), Secret(serial))


async def test_cards_are_masked_until_revealed_and_after(staged: Make) -> None:
    async with staged(CardReveal()) as stage:
        stage.widget.count = 3
        text = await stage.text()
        assert text.count("••••••") == 3
        stage.widget.revealed = ((1, card()),)
        text = await stage.text()
        assert CODE in text
        assert "SER-CANARY-1" in text
        assert text.count("••••••") == 2
        stage.widget.revealed = ()
        text = await stage.text()
        assert "CANARY" not in text
        assert "CANARY" not in str(stage.widget._drawn)
        assert text.count("••••••") == 3


async def test_a_masked_card_tells_nothing_of_its_length(staged: Make) -> None:
    async with staged(CardReveal()) as stage:
        stage.widget.count = 1
        before = await stage.text()
        stage.widget.revealed = ((0, card("x" * 300)),)
        await stage.settle()
        stage.widget.revealed = ()
        assert await stage.text() == before


async def test_the_countdown_is_coarse(staged: Make, now: datetime) -> None:
    async with staged(CardReveal()) as stage:
        stage.widget.count = 1
        stage.widget.now = now
        stage.widget.hide_at = now + timedelta(seconds=20)
        stage.widget.revealed = ((0, card()),)
        assert "hidden again in 20 s" in await stage.text()
        await stage.watch()
        stage.widget.now = now + timedelta(seconds=2)
        assert await stage.painted() == []
        stage.widget.now = now + timedelta(seconds=6)
        assert await stage.painted() == [0]
        assert "hidden again in 15 s" in await stage.text()


async def test_a_long_code_is_drawn_whole(staged: Make) -> None:
    code = "".join(chr(ord("A") + n % 26) for n in range(150))
    async with staged(CardReveal(), 60) as stage:
        stage.widget.count = 1
        stage.widget.revealed = ((0, card(code)),)
        picture = await stage.picture()
        assert code in "".join(line.strip() for line in picture)
        assert "…" not in "".join(picture)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("AB\x1b[31mCD", "Drawn cleaned"),
        ("AB\u200bCD", "Drawn cleaned"),
        ("ABCD ", "begins or ends with a space"),
    ],
)
async def test_a_code_that_cannot_be_drawn_exactly_says_so(
    staged: Make, code: str, words: str
) -> None:
    async with staged(CardReveal()) as stage:
        stage.widget.count = 1
        stage.widget.revealed = ((0, card(code)),)
        text = await stage.text()
        assert words in text
        assert "\x1b" not in text
        stage.widget.revealed = ((0, card("[b]AB[/b] CD")),)
        text = await stage.text()
        assert "[b]AB[/b] CD" in text
        assert words not in text


async def test_the_cursor_walks_the_cards_and_stays_in_sight(staged: Make) -> None:
    async with staged(CardReveal(), 60, 10) as stage:
        stage.widget.styles.height = "1fr"
        stage.widget.count = 40
        stage.widget.focus()
        await stage.press("j", "j", "k", "G")
        assert stage.widget.selected == 39
        assert any(">  40" in line for line in await stage.picture())
        assert [message.index for message in stage.app.posted] == [0, 1, 2, 1, 39]
        stage.widget.revealed = ((39, card()),)
        assert CODE in await stage.text()
        stage.widget.count = 2
        assert stage.widget.selected == 1
        await stage.press("g")
        assert any(">   1" in line for line in await stage.picture())


async def test_a_click_selects_a_card(staged: Make) -> None:
    async with staged(CardReveal()) as stage:
        stage.widget.count = 5
        await stage.settle()
        await stage.pilot.click(stage.widget, offset=(10, 3))
        assert stage.widget.selected == 2


async def test_waiting_failing_and_absent_cards_have_words(staged: Make) -> None:
    async with staged(CardReveal()) as stage:
        assert "There are no cards yet." in await stage.text()
        stage.widget.count = 1
        stage.widget.busy = True
        assert "asking the vendor" in await stage.text()
        stage.widget.busy = False
        stage.widget.error = "The vendor did not answer. v tries again."
        assert "The vendor did not answer. v tries again." in await stage.text()
