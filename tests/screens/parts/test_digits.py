"""Where digits are asked for: an AZERTY row without shift, digits of other scripts, pastes."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from msgspec.structs import replace
from textual import events

from services.settings.load import Settings


def on(keyboard: str, confirm_above: Decimal = Decimal(0)) -> Callable[[Settings], Settings]:
    def changed(settings: Settings) -> Settings:
        purchase = replace(settings.purchase, confirm_above=confirm_above)
        return replace(settings, purchase=purchase, ui=replace(settings.ui, keyboard=keyboard))

    return changed


async def typed(console: Any, text: str) -> None:
    for character in text:
        key = {"-": "minus", "_": "underscore", "(": "left_parenthesis"}.get(character, character)
        pressed = events.Key(key, character)
        pressed.time = console.steady.steady()
        console.app.post_message(pressed)
        await console.settle()


async def test_the_azerty_row_types_a_quantity(open_console: Any) -> None:
    async with open_console(keyboard="azerty", change=on("azerty")) as console:
        ticket = await console.ticket()
        await console.press("backspace")
        await typed(console, "é-")
        assert ticket.query_one("#quantity").value == "26"
        await console.press("down")
        assert ticket.ticket.quantity == 25
        await console.press("up", "up")
        assert ticket.ticket.quantity == 27
        await console.shows("up and down: one more, one less")


async def test_on_qwerty_minus_is_one_less(console: Any) -> None:
    ticket = await console.ticket()
    await console.press("plus", "up", "minus")
    assert ticket.ticket.quantity == 2


async def test_the_azerty_row_types_the_total(open_console: Any) -> None:
    change = on("azerty", Decimal(1))
    async with open_console(keyboard="azerty", change=change) as console:
        ticket = await console.ticket()
        await console.review(ticket)
        row = dict(zip("1234567890", "&é\"'(-è_çà", strict=True))
        await typed(console, "".join(row[digit] for digit in str(int(ticket.ticket.quote.total))))
        assert ticket.ticket.armed


async def test_a_copied_number_is_pasted_as_a_quantity(console: Any) -> None:
    ticket = await console.ticket()
    await console.press("backspace")
    console.paste("1 200\n")
    await console.until(lambda: ticket.ticket.quantity == 1200)
    assert ticket.query_one("#quantity").value == "1200"


async def test_arabic_digits_are_a_quantity(console: Any) -> None:
    ticket = await console.ticket()
    await console.press("backspace")
    await typed(console, "١٢")
    assert ticket.ticket.quantity == 12


async def test_the_azerty_row_types_a_setting(open_console: Any) -> None:
    async with open_console(keyboard="azerty", change=on("azerty")) as console:
        await console.ready()
        await console.press("colon")
        await typed(console, "reveal_seconds ")
        await typed(console, "'(")
        await console.press("enter")
        await console.until(lambda: console.app.context.settings.ui.reveal_seconds == 45)


async def test_one_pin_opens_on_every_digit_row(console: Any) -> None:
    from services.domain.secrets import Secret

    pin = console.app.context.pin
    await pin.set(Secret("1234"))
    assert (await pin.attempt(Secret("&é\"'"))).opened
    assert not (await pin.attempt(Secret('&é"('))).opened
