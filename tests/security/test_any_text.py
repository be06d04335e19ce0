"""Random text: cleaned, drawn as wide as it should be, and only ever read."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from services.domain.phrase import cleaned, quoted
from services.domain.text import clean
from tui.formats.as_text import table
from tui.screens.parts.strips import DetailStrip, KeyLine
from widgets.drawing.cells import discreet
from widgets.drawing.ink import Cell, fitted, inert, wrap
from widgets.sheets.ticket import Ticket

NASTY = "\x1b[]0;52cm\x07\\\x9b\x9d\u202e\u200b\u0301\ufe0f\U0001f1e9[@click=/]a 1.\ud800"
ANY = st.text(max_size=300) | st.text(st.sampled_from(NASTY), max_size=80)


@given(ANY, st.integers(1, 400))
@settings(max_examples=500, deadline=None)
def test_cleaned_text_is_plain_short_and_stays_as_it_is(text: str, limit: int) -> None:
    once = clean(text, limit)
    assert once.isprintable()
    assert len(once) <= limit
    assert clean(once, limit) == once
    once.encode()


@given(ANY, st.integers(1, 120), st.booleans())
@settings(max_examples=500, deadline=None)
def test_a_line_is_as_wide_as_it_was_asked_to_be(text: str, width: int, privacy: bool) -> None:
    line = fitted((Cell(discreet(cleaned(quoted(text)), privacy)), Cell(text, "dim")), width)
    assert sum(cell_len(piece.text) for piece in line) == width
    assert all(piece.text.isprintable() for piece in line)
    for part in wrap(text, width):
        assert cell_len(part) <= max(2, width)
        assert part.isprintable()
    assert inert(inert(text)) == inert(text)


@given(st.lists(st.tuples(ANY, ANY), max_size=4))
@settings(max_examples=200, deadline=None)
def test_a_printed_table_holds_nothing_but_text(rows: list[tuple[str, str]]) -> None:
    assert all(char.isprintable() or char == "\n" for char in table(("A", "B"), rows))


@given(ANY, ANY, ANY, st.integers(20, 100))
@settings(max_examples=150, deadline=None)
def test_a_ticket_and_its_lines_only_show_it(note: str, error: str, words: str, width: int) -> None:
    async def drawn() -> None:
        # Reactives belong to a loop; nothing is mounted.
        ticket, strip, keys = Ticket(), DetailStrip(), KeyLine()
        ticket.set_reactive(Ticket.note, note)
        ticket.set_reactive(Ticket.stage, "done")
        ticket.set_reactive(Ticket.error, error)
        strip.set_reactive(DetailStrip.words, words)
        keys.set_reactive(KeyLine.message, words)
        lines = ticket.draw(width, 21) + strip.draw(width, 3) + keys.draw(width, 2)
        for line in lines:
            assert sum(cell_len(piece.text) for piece in line) == width
            assert all(piece.text.isprintable() for piece in line)

    asyncio.run(drawn())
