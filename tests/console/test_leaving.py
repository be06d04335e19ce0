"""Ways out: at once when nothing is at stake, after asking when something is, and by force."""

import os
import signal
from typing import Any

import pytest
from msgspec.structs import replace
from textual import events
from textual.containers import Container
from textual.widget import Widget

from services.domain.secrets import Secret
from services.sandbox import DEMO_KEY, Fault
from services.settings.load import Settings
from tui.console.session import signals
from tui.screens.desk import DeskScreen
from tui.screens.dialogs.confirm import LeaveScreen
from tui.screens.help import HelpScreen


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
async def test_nothing_at_stake_leaves_at_once(console: Any, key: str) -> None:
    await console.ready()
    await console.press(key)
    await console.until(lambda: console.app._exit)
    assert console.app.return_code == 0


async def test_an_unsettled_purchase_is_said_before_leaving(console: Any) -> None:
    console.box.faults.add(Fault.parse("reset@placeOrder:before"))
    await console.buy()
    await console.press("escape")
    await console.until(lambda: console.app.book.unsettled)
    for key in ("q", "ctrl+q", "ctrl+c"):
        await console.press(key)
        await console.until(lambda: isinstance(console.screen, LeaveScreen))
        await console.shows("1 purchase is not settled", "carddesk resolve")
        await console.press("enter")
        assert isinstance(console.screen, DeskScreen)
    await console.press("ctrl+c", "ctrl+c", "ctrl+c")
    assert sum(isinstance(screen, LeaveScreen) for screen in console.app.screen_stack) == 1
    await console.press("y")
    await console.until(lambda: console.app._exit)


async def test_leaving_while_a_ticket_opens_is_no_crash(
    console: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await console.ready()
    await console.choose(lambda denomination: denomination.quantity > 0)
    compose = Container.mount_composed_widgets

    async def leaving(box: Container, widgets: list[Widget]) -> None:
        if box.id == "ticket-box":
            console.app.leave()
        await compose(box, widgets)

    monkeypatch.setattr(Container, "mount_composed_widgets", leaving)
    console.app.post_message(events.Key("b", "b"))
    await console.until(lambda: console.app._exit)
    await console.until(lambda: not console.app.is_running)
    assert console.app.crash is None


def brief(settings: Settings) -> Settings:
    return replace(settings, purchase=replace(settings.purchase, deadline_seconds=3))


async def test_a_purchase_in_flight_is_said_and_its_ticket_stays(open_console: Any) -> None:
    async with open_console(change=brief) as console:
        ticket = await console.ticket()
        await console.review(ticket)
        console.box.faults.add(Fault.parse("hang@placeOrder:after=60"))
        await console.confirm()
        await console.box.seen("placeOrder")
        await console.press("escape")
        await console.shows("cannot be taken back")
        await console.press("ctrl+q")
        await console.until(lambda: isinstance(console.screen, LeaveScreen))
        await console.shows("Being sent")


async def test_a_purchase_in_flight_keeps_the_console_from_being_suspended(
    open_console: Any,
) -> None:
    async with open_console(change=brief) as console:
        ticket = await console.ticket()
        await console.review(ticket)
        console.box.faults.add(Fault.parse("hang@placeOrder:after=60"))
        await console.confirm()
        await console.box.seen("placeOrder")
        await console.press("ctrl+z")
        await console.shows("A purchase is being sent")


async def test_what_reads_the_keys_and_breaks_is_a_defect(console: Any) -> None:
    await console.ready()
    defect = RuntimeError("the reader broke")
    console.app._handle_exception(defect)
    await console.until(lambda: not console.app.is_running)
    assert console.app.crash is defect
    with pytest.raises(AssertionError) as ended:
        await console.press("j")
    assert ended.value.__cause__ is defect
    console.app._exception = None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_closes_the_screens_in_order(console: Any, number: int) -> None:
    await console.ready()
    with signals(console.app) as received:
        os.kill(os.getpid(), number)
        await console.until(lambda: console.app._exit)
    assert received == [number]
    assert console.app.return_code == 128 + number


async def test_a_wrong_environment_ends_the_console_with_its_sentence(open_console: Any) -> None:
    async with open_console(environment="PRODUCTION") as console:
        await console.until(lambda: console.app._exit)
        assert "The key is for PRODUCTION" in console.app.last_words
        assert console.app.return_code == 2


async def test_a_rejected_key_ends_the_console_with_exit_6(open_console: Any) -> None:
    async with open_console(key="another-key-altogether") as console:
        await console.until(lambda: console.app._exit)
        assert console.app.return_code == 6
        assert DEMO_KEY not in console.app.last_words


async def test_a_defect_shows_no_traceback_and_no_local_variable(
    console: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    await console.ready()
    code = Secret("CODE-IN-A-LOCAL-VARIABLE")

    def broken() -> None:
        shown = code.reveal()
        raise RuntimeError(shown)

    console.app.call_later(broken)
    await console.until(lambda: console.app.crash)
    assert console.app._return_code == 1
    assert not console.app._exit_renderables
    # The harness raises again what broke the app; this one was meant to.
    console.app._exception = None
    captured = capfd.readouterr()
    assert "CODE-IN-A-LOCAL" not in captured.out + captured.err


async def test_a_worker_that_breaks_is_said_with_a_report(
    console: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await console.ready()

    async def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(console.desk.figures, "stock", broken)
    await console.press("2", "r")
    await console.shows("a defect; ")
    assert console.app.crash is None


async def test_an_action_that_nothing_carries_out_is_said_and_leaves_nothing(console: Any) -> None:
    await console.ready()
    console.app.commands.act("made.up", console.screen)
    await console.shows("Nothing carries out made.up here")
    assert not console.app._exit


async def test_leaving_while_a_screen_is_opening_is_no_defect(console: Any) -> None:
    await console.ready()
    console.app.show(HelpScreen(console.app.context, console.screen.situation()))
    console.app.leave()
    await console.until(lambda: not console.app.is_running)
    assert console.app.crash is None


async def test_a_tick_after_the_screens_are_closed_is_nothing(open_console: Any) -> None:
    async with open_console() as console:
        await console.ready()
    assert not console.app.screen_stack
    console.app._tick()
