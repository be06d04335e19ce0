"""Cards are seen only while they are revealed, whole, or with a word on what drawing changed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.domain.models import Card
from services.domain.secrets import Secret
from services.domain.text import clean
from tests.security.drawn_codes import BLOCKS, letters_in
from widgets.drawing import style
from widgets.sheets.card_reveal import CardReveal, label
from widgets.sheets.order_head import OrderHead

Make = Callable[..., Any]
CODE = "CANARY-9F3K-77QX"


def cards(count: int = 1) -> CardReveal:
    reveal = CardReveal()
    reveal.styles.height = "1fr"
    reveal.count = count
    return reveal


def card(value: str = CODE, serial: str = "SER-CANARY-1") -> Card:
    return Card(Secret(value), Secret(serial))


async def test_cards_are_masked_until_revealed_and_after(staged: Make) -> None:
    async with staged(cards(3)) as stage:
        text = await stage.text()
        assert text.count("•••• ••••") == 3
        stage.widget.revealed = ((1, card()),)
        text = await stage.text()
        assert CODE in text
        assert "SER-CANARY-1" in text
        assert text.count("•••• ••••") == 2
        stage.widget.revealed = ()
        text = await stage.text()
        assert "CANARY" not in text
        assert "CANARY" not in str(stage.widget._drawn)
        assert text.count("•••• ••••") == 3


async def test_a_masked_card_tells_nothing_of_its_length(staged: Make) -> None:
    async with staged(cards()) as stage:
        before = await stage.text()
        stage.widget.revealed = ((0, card("x" * 300)),)
        await stage.settle()
        stage.widget.revealed = ()
        assert await stage.text() == before


async def test_the_time_left_is_in_the_title_second_by_second(
    staged: Make, now: datetime, order: Make
) -> None:
    async with staged(OrderHead()) as stage:
        stage.widget.board_order = order(state="FULFILLED")
        stage.widget.now = now
        assert "hides in" not in await stage.text()
        stage.widget.hide_at = now + timedelta(seconds=20)
        assert "hides in 20 s ━━━━━━━━━━━━ ─" in await stage.text()
        stage.widget.now = now + timedelta(seconds=10)
        assert "hides in 10 s ━━━━━━────── ─" in await stage.text()
        stage.widget.hide_at = None
        assert "hides in" not in await stage.text()


async def test_a_long_code_is_drawn_whole(staged: Make) -> None:
    code = "".join(chr(ord("A") + n % 26) for n in range(150))
    async with staged(cards(), 60) as stage:
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
    async with staged(cards()) as stage:
        stage.widget.revealed = ((0, card(code)),)
        text = await stage.text()
        assert words in text
        assert "\x1b" not in text
        stage.widget.revealed = ((0, card("[b]AB[/b] CD")),)
        text = await stage.text()
        assert "[b]AB[/b] CD" in text
        assert words not in text


async def test_the_cursor_walks_the_cards_and_stays_in_sight(staged: Make) -> None:
    async with staged(cards(40), 50, 10) as stage:
        stage.widget.focus()
        await stage.press("j", "j", "k", "G")
        assert stage.widget.selected == 39
        assert any("▌ 40" in line for line in await stage.picture())
        assert [message.index for message in stage.app.posted] == [0, 1, 2, 1, 39]
        stage.widget.most_lines = 6
        stage.widget.revealed = ((39, card()),)
        assert CODE in await stage.text()
        stage.widget.count = 2
        assert stage.widget.selected == 1
        await stage.press("g")
        assert any("▌ 1" in line for line in await stage.picture())


async def test_a_click_selects_a_card(staged: Make) -> None:
    async with staged(cards(5)) as stage:
        await stage.settle()
        await stage.pilot.click(stage.widget, offset=(10, 3))
        assert stage.widget.selected == 2
        stage.widget.count = 40
        await stage.settle()
        await stage.pilot.click(stage.widget, offset=(40, 2))
        assert stage.widget.selected == 21


async def test_waiting_failing_and_absent_cards_have_words(staged: Make) -> None:
    async with staged(CardReveal()) as stage:
        assert "There are no cards yet." in await stage.text()
        stage.widget.count = 1
        stage.widget.busy = True
        assert "asking the vendor" in await stage.text()
        stage.widget.busy = False
        stage.widget.error = "The vendor did not answer. v tries again."
        assert "The vendor did not answer. v tries again." in await stage.text()


async def test_the_band_names_all_that_is_compared(staged: Make, order: Make) -> None:
    row = order(
        product=clean("Netflix"),
        denomination=clean("200 TRY"),
        region=clean("Türkiye"),
        note=clean("karim [b]0555[/b]"),
        total=Decimal("2750.74"),
    )
    for width, lines in ((120, 2), (60, 2), (50, 4)):
        async with staged(OrderHead(), width) as stage:
            stage.widget.board_order = row
            text = await stage.text()
            for fact in ("Netflix 200 TRY", "Türkiye", "karim [b]0555[/b]", "2 890 DZD"):
                assert fact in text, (width, fact)
            assert stage.widget.size.height == 1 + lines
    async with staged(OrderHead()) as stage:
        stage.widget.board_order = order(product=clean("بطاقة"), note=clean("ياسين"))
        picture = await stage.picture()
        assert ["بطاقة" in line and "ياسين" in line for line in picture].count(True) == 0
        assert any("ياسين" in line for line in picture)


async def test_every_further_field_is_shown_while_revealed(staged: Make) -> None:
    more = (
        (clean("pin"), Secret("0042")),
        (clean("a very long name of a field"), Secret("X" * 90)),
    )
    async with staged(cards()) as stage:
        stage.widget.revealed = ((0, Card(Secret(CODE), Secret("S"), more)),)
        text = await stage.text()
        assert "pin     0042" in text
        assert "serial S" in text
        assert text.count("X") == 90 + CODE.count("X")
        stage.widget.revealed = ()
        assert "0042" not in await stage.text()


async def test_a_shown_card_has_letters_and_a_qr_code_and_hides_with_both(staged: Make) -> None:
    code = "AQ7KM2XWP4TR9HZC"
    for width, box in ((80, False), (120, True)):
        async with staged(cards(2), width, 40) as stage:
            stage.widget.box = box
            stage.widget.revealed = ((0, card(code)),)
            picture = await stage.picture()
            assert letters_in([line[:62] for line in picture]) == [code[:8], code[8:]]
            assert any("AQ7K M2XW P4TR 9HZC" in line for line in picture)
            stage.widget.turned = True
            picture = await stage.picture()
            dots = [line for line in picture if set(line[5:34]) & set(BLOCKS)]
            assert len(dots) == 11
            assert not any("hidden" in line for line in picture)
            stage.widget.revealed = ()
            picture = await stage.picture()
            assert not set("".join(picture)) & set(BLOCKS)
            assert not any("AQ7K" in line for line in picture)


async def test_no_colour_and_ascii_have_no_qr_code(staged: Make) -> None:
    async with staged(cards(), 120, 40) as stage:
        stage.widget.box, stage.widget.qr = True, False
        stage.widget.revealed = ((0, card("AQ7KM2XWP4TR9HZC")),)
        assert letters_in(await stage.picture()) == ["AQ7KM2XWP4TR9HZC"]
        style.take(style.Look(ascii=True))
        try:
            stage.widget.qr = True
            stage.widget.patch()
            picture = await stage.picture()
        finally:
            style.take(style.Look())
        assert not set("".join(picture)) & set(BLOCKS)
        assert any("AQ7K M2XW P4TR 9HZC" in line for line in picture)


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("AQ7KM2XWP4TR9HZC", "AQ7K M2XW P4TR 9HZC"),
        ("SANDBOX-CARD-1", "SANDBOX-CARD-1"),
        ("ABC", "ABC"),
        ("two words", "two words"),
        ("A" * 40, "A" * 40),
    ],
)
def test_a_code_is_read_in_groups_of_four(code: str, read: str) -> None:
    assert label(Secret(code)) == read
