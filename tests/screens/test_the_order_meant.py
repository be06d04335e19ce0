"""Keys act on the order that the operator last bought or last chose, and the screen names it."""

from typing import Any

from msgspec.structs import replace

from services.domain.typed.product_names import goods_name
from services.sandbox import TEST_REFUND
from tui.screens.desk import DeskScreen
from tui.screens.dialogs.confirm import AskScreen
from tui.screens.dialogs.prompt import PromptScreen
from tui.screens.dialogs.receipt import ReceiptScreen
from tui.screens.order import OrderScreen
from widgets.panes.orders import OrderBoard


async def bought(console: Any, note: str) -> Any:
    """Buy a card for a customer and wait until it has come; return its row."""
    ticket = await console.ticket()
    await console.press("tab", *("space" if c == " " else c for c in note))
    await console.review(ticket)
    await console.confirm()
    await console.until(lambda: ticket.stage == "done")
    purchase = ticket._purchase.id

    def came() -> Any:
        rows = console.app.book.orders
        return next((r for r in rows if r.purchase_id == purchase and r.final), None)

    row = await console.until(came)
    await console.press("escape")
    return row


def board(console: Any) -> OrderBoard:
    desk = next(s for s in console.app.screen_stack if isinstance(s, DeskScreen))
    return desk.query_one(OrderBoard)


async def order_screen(console: Any) -> OrderScreen:
    return await console.until(lambda: isinstance(console.screen, OrderScreen) and console.screen)


async def test_v_after_a_second_purchase_shows_that_one(console: Any) -> None:
    first = await bought(console, "karim")
    await console.press("3", "v")
    screen = await order_screen(console)
    await console.until(lambda: screen.cards.revealed)
    await console.shows("karim")
    await console.press("q")
    second = await bought(console, "lila")
    await console.press("3", "v")
    screen = await order_screen(console)
    await console.until(lambda: screen.cards.revealed)
    assert screen.noted_order().line == second.line != first.line
    text = await console.shows("lila", goods_name(second.product, second.denomination))
    region = console.app.book.catalog.find(second.product_id).region
    assert region == second.region
    assert f"  {region}  " in text
    assert "karim" not in text


async def test_the_order_just_bought_keeps_the_cursor(console: Any) -> None:
    row = await bought(console, "karim")
    console.box.foreign_order(row.product_id, row.type_id, 1)
    await console.press("3", "r")
    await console.until(lambda: len(console.app.book.orders) == 2)
    assert board(console).highlighted.line == row.line


async def test_the_order_of_a_dialog_is_fixed_when_it_opens(console: Any) -> None:
    first = await bought(console, "karim")
    await console.press("3", "g", "n")
    prompt = await console.until(
        lambda: isinstance(console.screen, PromptScreen) and console.screen
    )
    assert board(console).highlighted.line == first.line
    console.box.foreign_order(first.product_id, first.type_id, 1)
    console.desk.refresh_orders()
    await console.until(lambda: len(console.app.book.orders) == 2)
    await console.press("space", "2", "enter")
    await console.until(lambda: not prompt.is_attached)
    text = await console.shows("is saved: karim 2")
    assert first.denomination in text
    assert board(console).highlighted.line == first.line


async def test_a_note_is_gone_on_with_and_erased_only_after_asking(console: Any) -> None:
    row = await bought(console, "karim")
    await console.press("3", "n")
    await console.until(lambda: isinstance(console.screen, PromptScreen))
    await console.press("x", "enter")
    await console.shows("is saved: karimx")

    async def note_is(text: str) -> None:
        kept = await console.desk.journal.purchase(row.purchase_id)
        assert kept.note == text

    await console.until(lambda: board(console).highlighted.note == "karimx")
    for answer, left in (("enter", "karimx"), ("y", "")):
        await console.press("n")
        await console.until(lambda: isinstance(console.screen, PromptScreen))
        await console.press("ctrl+u", "enter")
        await console.until(lambda: isinstance(console.screen, AskScreen))
        await console.shows("Erase the note?", "The note now: karimx")
        await console.press(answer)
        await console.shows("The note is erased" if not left else "The note stays: karimx")
        await note_is(left)


async def test_a_typed_note_does_not_replace_one_without_asking(console: Any) -> None:
    row = await bought(console, "karim")
    await console.press("3", "colon", *"note", "space", *"lila", "enter")
    await console.shows("Replace the note?", "The note now: karim", "The new one: lila")
    await console.press("y")
    await console.shows("is saved: lila")
    assert (await console.desk.journal.purchase(row.purchase_id)).note == "lila"


async def test_every_step_with_a_card_names_its_order(console: Any) -> None:
    row = await bought(console, "karim")
    await console.press("3", "v")
    screen = await order_screen(console)
    await console.until(lambda: screen.cards.revealed)
    await console.press("t")
    await console.until(lambda: isinstance(console.screen, ReceiptScreen))
    await console.shows("1 card · karim", f"1 x {row.goods}")
    await console.press("escape", "m")
    name = f"1 x {row.goods}, karim"
    await console.until(lambda: f": {name}." in " ".join(console.text().split()))
    await console.press("m")
    await console.shows('Undo "handed over"?', f"{row.goods}, karim")


async def test_a_filter_does_not_hide_the_order_just_bought(console: Any) -> None:
    await bought(console, "karim")
    await console.press("3", "slash", *"karim", "enter")
    row = await bought(console, "lila")
    assert board(console).highlighted.line == row.line


async def test_a_row_that_just_slid_under_the_cursor_is_not_acted_on(console: Any) -> None:
    row = await bought(console, "karim")
    await console.press("3", "g")
    board(console).show_rows((replace(row, row_id="new", purchase_id=""), row))
    assert board(console).slid
    await console.press("m")
    await console.shows("The list moved just now")
    assert not any(order.given_at for order in console.app.book.orders)


async def test_a_refunded_order_just_bought_keeps_the_cursor(console: Any) -> None:
    await bought(console, "karim")
    ticket = await console.ticket(lambda denomination: denomination.id == TEST_REFUND)
    await console.review(ticket)
    await console.confirm()
    await console.until(lambda: ticket.stage == "done")
    purchase = ticket._purchase.id
    await console.until(
        lambda: any(row.purchase_id == purchase and row.final for row in console.app.book.orders)
    )
    await console.press("escape")
    await console.settle()
    await console.press("3")
    await console.until(lambda: board(console).highlighted.purchase_id == purchase)


async def test_3_leads_to_the_order_bought_last_until_handed_over(console: Any) -> None:
    first = await bought(console, "karim")
    last = await bought(console, "lila")
    await console.press("3", "G")
    assert board(console).highlighted.line == first.line
    await console.press("1", "3")
    assert board(console).highlighted.line == last.line
    await console.press("m")
    await console.until(lambda: board(console).find(last.line).given_at)
    await console.press("1", "3")
    assert board(console).highlighted.line == board(console).listed[0].line == first.line


async def test_3_leaves_the_cursor_where_the_operator_put_it(console: Any) -> None:
    first, _, last = [await bought(console, name) for name in ("karim", "lila", "nadia")]
    await console.press("3", "m")
    await console.until(lambda: board(console).find(last.line).given_at)
    board(console).move_to(first.line)
    assert board(console).listed[0].line != first.line
    await console.press("1", "3")
    assert board(console).highlighted.line == first.line
