"""Cards on the screen: masked, shown when asked, for seconds, and gone at the first doubt."""

import base64
from typing import Any

import pytest
from msgspec.structs import replace
from textual import events

from services.domain.typed.product_names import goods_name
from services.sandbox import TEST_PARTIAL
from services.settings.load import Settings
from tui.screens.desk import DeskScreen
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.order import OrderScreen
from tui.screens.requests import Revealed
from tui.terminal import clipboard
from widgets.bars.key_hints import HintLine


async def opened(console: Any, cards: int = 2) -> OrderScreen:
    """Show an order that has come, everything masked."""
    await console.ready()
    product = next(product for product in console.box.products if product.enabled)
    console.box.finish(console.box.foreign_order(product.id, product.types[0].id, cards))
    await console.press("3", "r")
    await console.until(lambda: any(row.final for row in console.app.book.orders))
    await console.press("enter")
    screen = await console.until(lambda: isinstance(console.screen, OrderScreen) and console.screen)
    await console.until(lambda: screen.cards.count == cards)
    return screen


async def revealed(console: Any, screen: OrderScreen) -> None:
    await console.press("v")
    await console.until(lambda: screen.cards.revealed)


async def test_cards_are_masked_until_asked_for(console: Any) -> None:
    screen = await opened(console)
    assert "SANDBOX-CARD" not in console.text()
    assert not screen.cards.revealed


async def test_v_on_the_board_opens_the_order_with_its_first_card_for_seconds(
    open_console: Any,
) -> None:
    def short(settings: Settings) -> Settings:
        return replace(settings, ui=replace(settings.ui, reveal_seconds=1))

    async with open_console(change=short, handling_seconds=(600, 601)) as console:
        await console.ready()
        await console.press("3", "v")
        await console.shows("No order is highlighted.")
        product = next(product for product in console.box.products if product.enabled)
        handling = console.box.foreign_order(product.id, product.types[0].id, 2)
        await console.press("r")
        await console.until(lambda: console.app.book.orders)
        await console.press("v")
        await console.shows("no cards to show yet")
        console.box.finish(handling)
        await console.press("r")
        await console.until(lambda: any(row.final for row in console.app.book.orders))
        await console.press("d", "v")
        await console.shows("Privacy mode hides the codes")
        await console.press("d", "v")
        screen = await console.until(
            lambda: isinstance(console.screen, OrderScreen) and console.screen
        )
        text = await console.shows("SANDBOX-CARD-1")
        assert "SANDBOX-CARD-2" not in text
        row = console.app.book.orders[0]
        history = await console.desk.journal.events(row.order_id)
        assert [(event.kind, event.who) for event in history] == [("reveal", "amina")]
        await console.until(lambda: not screen.cards.revealed)


FACTS = ("product", "region", "customer", "pays", "cost", "margin", "order ", "ordered", "desk")


@pytest.mark.parametrize("size", [(60, 18), (120, 40)], ids=lambda s: f"{s[0]}x{s[1]}")
async def test_every_fact_of_an_order_can_be_read_by_keys(
    open_console: Any, size: tuple[int, int]
) -> None:
    async with open_console(size=size) as console:
        ticket = await console.ticket()
        await console.press("tab", *"karim")
        await console.review(ticket)
        await console.confirm()
        await console.until(lambda: ticket.stage == "done")
        await console.until(lambda: any(row.final for row in console.app.book.orders))
        await console.press("escape", "3", "enter")
        screen = await console.until(
            lambda: isinstance(console.screen, OrderScreen) and console.screen
        )
        await console.until(lambda: screen.cards.count and screen.detail.order)
        await console.until(lambda: screen.detail.purchase and screen.detail.purchase.request_id)
        await console.press("tab")
        assert screen.detail.has_focus
        seen = await console.shows("Order", "Cards")
        for _ in range(20):
            await console.press("j")
            seen += console.text()
        for fact in (*FACTS, "purchase", "request", "karim"):
            assert fact in seen, fact
        await console.press("tab")
        assert screen.cards.has_focus
        await console.shows("▌ 1")


async def test_one_card_is_shown_and_the_other_stays_masked(console: Any) -> None:
    screen = await opened(console)
    await revealed(console, screen)
    text = await console.shows("SANDBOX-CARD-1")
    assert "SANDBOX-CARD-2" not in text
    await console.press("j", "v")
    await console.until(lambda: dict(screen.cards.revealed).keys() == {1})
    text = await console.shows("SANDBOX-CARD-2")
    assert "SANDBOX-CARD-1" not in text


async def test_v_again_hides(console: Any) -> None:
    screen = await opened(console)
    await revealed(console, screen)
    await console.press("v")
    assert not screen.cards.revealed
    assert "SANDBOX-CARD" not in console.text()


async def test_a_card_hides_by_itself(open_console: Any) -> None:
    def short(settings: Settings) -> Settings:
        return replace(settings, ui=replace(settings.ui, reveal_seconds=1))

    async with open_console(change=short) as console:
        screen = await opened(console)
        await revealed(console, screen)
        await console.until(lambda: not screen.cards.revealed)


async def test_all_cards_are_shown_only_after_asking(console: Any) -> None:
    screen = await opened(console)
    await console.press("V")
    assert isinstance(console.screen, AskScreen)
    await console.press("enter")
    assert not screen.cards.revealed
    await console.press("V", "y")
    await console.until(lambda: len(screen.cards.revealed) == 2)
    await console.shows("SANDBOX-CARD-1", "SANDBOX-CARD-2")


async def test_a_doubt_hides_at_once(console: Any) -> None:
    screen = await opened(console)
    cards = screen.cards
    await revealed(console, screen)
    console.app.post_message(events.AppBlur())
    await console.until(lambda: not cards.revealed)
    await revealed(console, screen)
    await console.resize(100, 30)
    await console.until(lambda: not cards.revealed)
    await revealed(console, screen)
    await console.press("question_mark")
    await console.until(lambda: not cards.revealed)
    await console.press("escape")
    await revealed(console, screen)
    await console.press("d")
    await console.until(lambda: not cards.revealed)
    await console.press("v")
    await console.shows("Privacy mode hides the codes")
    await console.press("d")
    await revealed(console, screen)
    await console.press("q")
    await console.until(lambda: not cards.revealed)


async def test_an_answer_that_comes_after_hiding_is_not_shown(console: Any) -> None:
    screen = await opened(console)
    await revealed(console, screen)
    answer = screen.cards.revealed
    screen.hide()
    screen.show_cards(Revealed(answer, {}), None)
    assert not screen.cards.revealed


async def test_the_reveal_is_an_event_before_the_card_is_fetched(console: Any) -> None:
    screen = await opened(console)
    await revealed(console, screen)
    order_id = console.app.book.orders[0].order_id
    events = await console.desk.journal.events(order_id)
    assert any("reveal" in event.kind and "card 1" in str(event) for event in events)
    assert not any("SANDBOX-CARD" in str(event) for event in events)


async def test_a_second_reveal_names_the_first(console: Any) -> None:
    screen = await opened(console)
    await revealed(console, screen)
    assert "Already revealed" not in console.text()
    first = (await console.desk.journal.events(console.app.book.orders[0].order_id))[-1]
    await console.press("v", "v")
    text = await console.shows("Already revealed")
    assert f"at {first.at.astimezone():%H:%M} by amina (card 1)" in text


async def test_copying_needs_a_revealed_card_and_says_no_more_than_is_known(
    console: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    written: list[str] = []
    monkeypatch.setattr(console.app, "to_terminal", written.append)
    screen = await opened(console)
    await console.press("c")
    await console.shows("Reveal the card first.")
    await revealed(console, screen)
    await console.press("c")
    text = await console.shows("Sent to the terminal")
    assert "opied" not in text
    code = base64.b64encode(b"SANDBOX-CARD-1").decode()
    assert any(f"]52;c;{code}" in piece for piece in written)
    console.clock.leap()
    await console.until(lambda: any("]52;c;\a" in piece for piece in written))
    assert console.app.clipboard == ""


async def test_copying_can_be_turned_off(open_console: Any) -> None:
    def without(settings: Settings) -> Settings:
        return replace(settings, ui=replace(settings.ui, copy=False))

    async with open_console(change=without) as console:
        screen = await opened(console)
        await revealed(console, screen)
        await console.press("c")
        await console.shows("Copying is turned off")


async def test_tmux_gets_the_card_through_its_buffer(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = tmp_path / "heard"
    tmux = tmp_path / "tmux"
    tmux.write_text(f'#!/bin/sh\necho "$@" >> {heard}.args\ncat >> {heard}\n')
    tmux.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    way = clipboard.way({"TMUX": "/tmp/tmux"}, str)
    said = await way.send("CODE-1")
    assert heard.read_text() == "CODE-1"
    assert "CODE-1" not in (tmp_path / "heard.args").read_text()
    assert "Copied to the tmux buffer" in said
    await way.clear()
    assert "delete-buffer" in (tmp_path / "heard.args").read_text()


async def test_a_partial_order_shows_the_cards_that_came(console: Any) -> None:
    ticket = await console.ticket(lambda kind: kind.id == TEST_PARTIAL)
    ticket.query_one("#quantity").value = "4"
    await console.review(ticket)
    await console.confirm()
    await console.shows("2 of 4 cards came")
    await console.press("v")
    await console.until(lambda: isinstance(console.screen, OrderScreen))
    await console.until(lambda: console.screen.cards.count == 2)


async def test_q_goes_back_to_the_desk(console: Any) -> None:
    await opened(console)
    await console.press("q")
    assert isinstance(console.screen, DeskScreen)


async def test_all_cards_are_shown_though_one_is_shown(console: Any) -> None:
    screen = await opened(console)
    await revealed(console, screen)
    assert "V" in dict(screen.query_one(HintLine).hints)
    await console.press("V", "y")
    await console.until(lambda: len(screen.cards.revealed) == 2)
    # Only the first was seen before, and it says so under it.
    await console.shows("SANDBOX-CARD-1", "SANDBOX-CARD-2", "Already revealed")
    assert "V" not in dict(screen.query_one(HintLine).hints)
    await console.press("j")
    text = await console.shows("card 2 of 2", "SANDBOX-CARD-1", "SANDBOX-CARD-2")
    assert "Already revealed" not in text
    await console.press("V")
    assert not screen.cards.revealed


async def test_a_single_card_needs_no_key_for_all(console: Any) -> None:
    screen = await opened(console, 1)
    assert "v" in (hints := dict(screen.query_one(HintLine).hints))
    assert "V" not in hints
    await console.press("V")
    await console.until(lambda: len(screen.cards.revealed) == 1)


@pytest.mark.parametrize("size", [(60, 18), (80, 24)], ids=lambda s: f"{s[0]}x{s[1]}")
async def test_a_card_is_under_what_and_whose_it_is(
    open_console: Any, size: tuple[int, int]
) -> None:
    async with open_console(size=size) as console:
        screen = await opened(console, 40)
        await console.press("G", "v")
        await console.until(lambda: screen.cards.revealed)
        row = screen.noted_order()
        text = await console.shows("SANDBOX-CARD-40", "customer", "▌ 40")
        assert goods_name(row.product, row.denomination) in text
        product = console.app.book.catalog.find(row.product_id)
        assert product.region in text


async def test_a_turned_screen_names_no_other_order(open_console: Any) -> None:
    async with open_console(handling_seconds=(40, 40)) as console:
        screen = await opened(console)
        await console.press("escape")
        await console.buy()
        await console.press("escape", "3", "G", "enter")
        screen = await console.until(
            lambda: isinstance(console.screen, OrderScreen) and console.screen
        )
        screen.say("2 x Netflix for Lina: ready")
        await console.press("Q")
        await console.until(lambda: screen.cards.turned)
        assert not screen.query_one(HintLine).message
        await console.until(lambda: not console.app.book.open_count)
        assert screen.cards.turned
        assert not screen.query_one(HintLine).message


async def test_the_screen_is_turned_to_the_customer_and_back(console: Any) -> None:
    screen = await opened(console)
    await console.press("Q")
    await console.until(lambda: screen.cards.turned)
    text = await console.shows("SANDBOX-CARD-1", "The customer scans", "hides in")
    row = screen.noted_order()
    assert goods_name(row.product, row.denomination) in text
    for hidden in ("250 000", "cost", "margin", "amina", "What happened"):
        assert hidden not in text, hidden
    kinds = [e.kind for e in await console.desk.journal.events(screen.noted_order().order_id)]
    assert kinds == ["reveal"]
    await console.press("escape")
    text = await console.shows("Cards", "250 000")
    assert isinstance(console.screen, OrderScreen)
    assert screen.cards.revealed
    await console.press("Q")
    screen.conceal()
    text = await console.shows("250 000", "•••• ••••")
    assert not set("▀▄█") & set(text)
