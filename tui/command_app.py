"""Carrying out what was typed at the command line: actions, settings, filters and notes."""

import asyncio
from functools import partial
from typing import Any

from msgspec.structs import replace
from textual import work
from textual.reactive import var

from services.clock import Clock
from services.settings import Settings
from tui import live_settings
from tui.command_history import CommandHistory
from tui.command_line import Command, remembered
from tui.commands import PaletteScreen, Typed
from tui.keymap import Keymap
from tui.screens.base import ConsoleScreen, Frame
from tui.screens.filtering import Filtering
from tui.support_app import SupportApp
from widgets.status_bar import StatusBar
from widgets.stock_pane import StockPane


class CommandApp(SupportApp):
    """An app with a command line, whose settings can change while it runs."""

    privacy: var[bool] = var(False, init=False)

    def __init__(self, frame: Frame, clock: Clock) -> None:
        super().__init__(frame, clock)
        self._history = CommandHistory(frame.state_dir)
        self.set_reactive(CommandApp.privacy, frame.settings.ui.privacy)

    def open_palette(self, screen: ConsoleScreen[Any], line: str = "") -> None:
        """Ask for a command for a screen; `line` is what is typed already."""
        palette = PaletteScreen(self.frame, screen.situation(), tuple(self._history.lines), line)
        self.show(palette, partial(self._carry_out, screen))

    def _carry_out(self, screen: ConsoleScreen[Any], typed: Typed | None) -> None:
        if typed is None:
            return
        self._history.add(remembered(typed.line))
        self._save_history()
        command = typed.command
        match command.kind:
            case "set":
                self.change(command)
            case "privacy":
                self.privacy = command.argument == "on"
            case "debug":
                self.toggle_figures()
            case "find":
                self.find(command.argument)
            case "filter" if isinstance(screen, Filtering):
                screen.board().filter_text = command.argument
            case "sort" if isinstance(screen, Filtering):
                screen.board().sort = command.argument
            case "note":
                order = screen.noted_order()
                if order is not None:
                    self._set_note(order, command.argument)
            case _:
                screen.action_run(command.name)

    def change(self, command: Command) -> None:
        """Change a setting until the operator leaves, and say so."""
        field = live_settings.LIVE[command.name]
        try:
            settings = live_settings.changed(self.frame.settings, field, command.argument)
        except ValueError as bad:
            self.say(f"{bad}.")
            return
        self._take(settings)
        if field.name == "slow_line":
            # Said again it is done again: auto measures the line anew.
            self.take_line(settings.ui.slow_line)
        self.say(live_settings.kept_words(settings, field))

    def _take(self, settings: Settings) -> None:
        before, ui = self.frame.settings.ui, settings.ui
        self.frame = replace(
            self.frame, settings=settings, keymap=Keymap(ui.keyboard, settings.keys)
        )
        if ui.keyboard != before.keyboard:
            self.take_keys(self.frame.keymap)
        if ui.theme != before.theme:
            self.take_theme(ui.theme)
        if ui.tell != before.tell:
            self.try_telling()
        if ui.ascii != before.ascii:
            self.take_signs(ui.ascii)
        for screen in self.screen_stack:
            if isinstance(screen, ConsoleScreen):
                screen.frame = self.frame
                for status in screen.query(StatusBar):
                    status.low_balance = ui.low_balance
                for stock in screen.query(StockPane):
                    stock.markup_percent = ui.markup_percent
                screen.refresh_hints()

    @work(group="history", exit_on_error=False, description="read the command lines of before")
    async def load_history(self) -> None:
        """Read the lines of days before."""
        await asyncio.to_thread(self._history.load)

    @work(group="history", exit_on_error=False, description="keep the command line")
    async def _save_history(self) -> None:
        await asyncio.to_thread(self._history.save)
