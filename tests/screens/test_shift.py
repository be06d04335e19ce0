"""The shift report on the screen: read, closed after asking, put out, and what leaving says."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from services.settings.load import Settings
from tui.screens.dialogs.confirm import AskScreen, LeaveScreen, leaving
from tui.screens.shift import ShiftScreen
from widgets.sheets.shift import ShiftSheet


def charged(settings: Settings) -> Settings:
    """A desk for real money."""
    return replace(settings, profile=replace(settings.profile, environment="production"))


async def opened(console: Any) -> None:
    await console.press("R")
    await console.until(lambda: isinstance(console.screen, ShiftScreen))
    await console.until(lambda: console.screen.sheet.report and not console.screen.sheet.busy)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 18)])
async def test_the_report_is_whole_at_each_size(open_console: Any, size: tuple[int, int]) -> None:
    async with open_console(environment="PRODUCTION", change=charged, size=size) as console:
        await console.buy()
        await console.press("escape")
        await opened(console)
        report = console.screen.sheet.report
        await console.shows("Shift report", "sold", "margin", "must be")
        assert report.account.agrees
        assert report.all.sold > report.all.cost > 0
        if size[0] > 60:
            await console.shows("not closed", "✓ the account matches", "By product", "stays")


async def test_r_again_closes_the_shift_only_by_y(open_console: Any) -> None:
    async with open_console(environment="PRODUCTION", change=charged, size=(80, 24)) as console:
        await console.buy()
        await console.press("escape")
        await opened(console)
        await console.press("R")
        await console.until(lambda: isinstance(console.screen, AskScreen))
        await console.shows("Close shift 1", "The account matches.", "what is open stays")
        await console.press("enter")
        assert await console.desk.shift.closed() == ()
        await console.press("R")
        await console.until(lambda: isinstance(console.screen, AskScreen))
        await console.press("y")
        await console.shows("Shift 1 is closed", "closed by amina")
        [closed] = await console.desk.shift.closed()
        assert closed.account.agrees
        await console.press("l")
        await console.until(lambda: console.screen.sheet.report.number == 2)
        await console.press("h")
        await console.until(lambda: console.screen.sheet.report.number == 1)
        await console.press("R")
        await console.shows("This shift is closed")


async def test_a_shift_that_another_desk_closed_is_said(open_console: Any) -> None:
    async with open_console(environment="PRODUCTION", change=charged, size=(80, 24)) as console:
        await console.buy()
        await console.press("escape")
        await opened(console)
        await console.desk.shift.close(1, console.screen.prices)
        await console.press("R", "y")
        await console.shows("Shift 1 is closed already")
        assert len(await console.desk.shift.closed()) == 1


async def test_the_report_goes_into_files_and_to_the_printer(
    open_console: Any, tmp_path: Any
) -> None:
    paper = tmp_path / "paper"

    def printing(settings: Settings) -> Settings:
        return replace(settings, ui=replace(settings.ui, print_command=f"tee {paper}"))

    async with open_console(size=(120, 40), change=printing) as console:
        await console.buy()
        await console.press("escape")
        await opened(console)
        await console.press("w")
        await console.shows("shift-1-", "readable by you alone")
        await console.press("e")
        await console.shows(".csv")
        await console.press("I")
        await console.shows("Sent to the printer.")
        assert "Shift 1" in paper.read_text()


async def test_privacy_leaves_counts_and_hides_amounts(open_console: Any) -> None:
    async with open_console(size=(120, 40)) as console:
        await console.buy()
        await console.press("escape")
        await opened(console)
        amount = f"{console.screen.sheet.report.all.cost:,.2f}".replace(",", " ")
        await console.shows(amount)
        await console.press("d")
        await console.until(lambda: amount not in console.text())
        await console.shows("orders", "cards")
        await console.press("c")
        await console.shows("Privacy mode hides the amounts")


async def test_a_read_only_desk_does_not_close(open_console: Any) -> None:
    async with open_console(read_only=True, size=(80, 24)) as console:
        await console.until(lambda: console.app.book.info.validated)
        await opened(console)
        await console.press("R")
        await console.shows("This desk is read-only")
        assert isinstance(console.screen, ShiftScreen)


async def test_leaving_says_what_stays_open(open_console: Any) -> None:
    async with open_console(size=(80, 24), handling_seconds=(36_000, 36_001)) as console:
        await console.buy()
        await console.press("escape", "q")
        await console.until(lambda: isinstance(console.screen, LeaveScreen))
        await console.shows("1 order is handling (it is followed).")
        await console.press("n")
        assert not isinstance(console.screen, LeaveScreen)
        book = console.app.book
        support = replace(book, info=replace(book.info, read_only=True))
        assert (bool(leaving(book)), leaving(support)) == (True, [])


async def test_amounts_of_many_digits_keep_their_columns(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        await console.buy()
        await console.press("escape")
        await opened(console)
        sheet = console.screen.query_one(ShiftSheet)
        large = [
            replace(each, cost=Decimal("12345678.90"), sold=Decimal("13345678.90"))
            for each in sheet.report.operators
        ]
        sheet.report = replace(sheet.report, operators=(large[0], replace(large[0], operator="n")))
        text = await console.shows("By operator", "12 345 678.90")
        assert max(map(len, text.splitlines())) <= 80
