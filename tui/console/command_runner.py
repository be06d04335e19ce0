"""Carrying out commands: those typed at the command line, and the console's own actions."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from services.domain.book import BoardOrder
from services.domain.errors import Failure
from services.domain.secrets import Secret
from services.local_files.command_history import CommandHistory
from tui.actions.action import CHOOSES_ROW
from tui.screens.base import ConsoleScreen
from tui.screens.parts.filter import Filtering
from tui.screens.requests import FindRequest, NoteRequest, SaleOpenRequest

# Screens are loaded when they are opened: the first picture needs none but the desk.
if TYPE_CHECKING:
    from services.domain.shop.sale import Sale
    from tui.console.app import ConsoleApp
    from tui.palette.parser import PaletteCommand
    from tui.palette.screen import PaletteInput

GONE = "The list has changed: nothing was done. Select the row again."
SENDING = (
    "A purchase is being sent: suspended, carddesk could not take its answer. "
    "Try again once it is here."
)
SERIAL = "The card's serial; it is shown nowhere and not kept"


class _Meant(NamedTuple):
    """What a command is about: what the keys of a screen acted on when its line was opened."""

    order: BoardOrder | None
    rows: tuple[str | None, ...]

    @classmethod
    def on(cls, screen: ConsoleScreen[Any]) -> "_Meant":
        """Return what the keys of a screen act on now."""
        boards = screen.chosen_in() if isinstance(screen, Filtering) else ()
        return cls(screen.noted_order(), tuple(board.highlighted_row_id for board in boards))


class CommandRunner:
    """Carries out what belongs to the whole console."""

    def __init__(self, console: "ConsoleApp") -> None:
        self._console = console
        self._history = CommandHistory(console.context.state_dir)

    async def load_history(self) -> None:
        await asyncio.to_thread(self._history.load)

    def open(self, screen: ConsoleScreen[Any], line: str = "") -> None:
        """Ask for a command for a screen; `line` is what is typed already."""
        from tui.palette.screen import PaletteScreen

        lines = tuple(self._history.lines)
        palette = PaletteScreen(self._console.context, screen.situation(), lines, line)
        self._console.show(palette, partial(self._run, screen, _Meant.on(screen)))

    def act(self, action_id: str, screen: ConsoleScreen[Any]) -> None:
        """Do an action that the screen on top leaves to the console."""
        console = self._console
        match action_id:
            case _ if action_id.startswith("pane."):
                console.go_to_pane(action_id.removeprefix("pane."))
            case "palette":
                self.open(screen)
            case "find":
                self.open(screen, "find ")
            case "help":
                from tui.screens.help import HelpScreen

                help_screen = HelpScreen(console.context, screen.situation())
                console.show(help_screen, partial(self._do, screen, _Meant.on(screen)))
            case "unresolved":
                from tui.screens.unresolved import UnresolvedScreen

                if screen.is_current and isinstance(console.screen_behind, UnresolvedScreen):
                    screen.leave_screen()
                else:
                    console.show(UnresolvedScreen(console.context))
            case "sale":
                self._open_sale(screen)
            case "money":
                from tui.screens.money import MoneyScreen

                console.show(MoneyScreen(console.context))
            case "shift":
                from tui.screens.shift import ShiftScreen

                console.show(ShiftScreen(console.context))
            case "case":
                from tui.screens.cases import CasesScreen

                console.show(CasesScreen(console.context))
            case "files":
                from tui.screens.dialogs.receipt_files import ReceiptFilesScreen

                console.show(ReceiptFilesScreen(console.context))
            case "undelivered":
                from tui.screens.undelivered import UndeliveredScreen

                console.show(UndeliveredScreen(console.context))
            case "privacy":
                console.privacy = not console.privacy
            case "redraw":
                console.link.redraw()
            case "suspend" if console.book.in_flight:
                console.say(SENDING)
            case "suspend":
                console.suspend_process()
            case "lock":
                console.lock.close()
            case "lock.pin":
                console.lock.ask_for_pin()
            case "quit" | "leave":
                self._leave()
            case _:
                console.say(f"Nothing carries out {action_id} here: a defect.")

    def _open_sale(self, screen: ConsoleScreen[Any]) -> None:
        """Open the sale in hand, else one that was left open."""
        from tui.screens.sale import SaleScreen

        console, held = self._console, self._console.book.sale

        def opened(sale: "Sale | None", error: Failure | None) -> None:
            if sale is not None:
                console.show(SaleScreen(console.context, sale))
            elif error is not None:
                screen.say(error.sentence())
            else:
                key = console.context.keymap.shown("sale.add")
                screen.say(f"No sale is open: {key} on a value in the stock begins one.")

        if held is not None and held.lines:
            opened(held.following(console.book.orders), None)
        else:
            console.post_message(SaleOpenRequest(reply=opened))

    def _leave(self) -> None:
        """Leave, after asking where something is in flight or not settled."""
        from tui.screens.dialogs.confirm import LeaveScreen, leaving

        console, lines = self._console, leaving(self._console.book)
        if not lines:
            console.leave()
        elif not any(isinstance(screen, LeaveScreen) for screen in console.screen_stack):
            console.show(LeaveScreen(console.context, lines), lambda yes: yes and console.leave())

    def _run(self, screen: ConsoleScreen[Any], meant: _Meant, typed: "PaletteInput | None") -> None:
        if typed is None:
            return
        from tui.palette.parser import remembered

        console, command = self._console, typed.command
        self._history.add(remembered(typed.line))
        console.start(partial(asyncio.to_thread, self._history.save), "keep the command line")
        match command.kind:
            case "set":
                self._change(command)
            case "privacy":
                console.privacy = command.argument == "on"
            case "debug":
                console.link.toggle_figures()
            case "find":
                console.start(partial(self._find, command.argument), "look an order up")
            case "filter" if isinstance(screen, Filtering):
                screen.board().filter_text = command.argument
            case "sort" if isinstance(screen, Filtering):
                screen.board().sort = command.argument
            case "note" if meant.order is not None:
                console.post_message(NoteRequest(meant.order, command.argument))
            case _:
                self._do(screen, meant, command.name)

    def _do(self, screen: ConsoleScreen[Any], meant: _Meant, action_id: str | None) -> None:
        """Do an action on the screen below, unless the row that was meant is another one now."""
        if action_id in CHOOSES_ROW and meant.rows != _Meant.on(screen).rows:
            self._console.say(GONE)
        elif action_id:
            screen.action_run(action_id)

    def _change(self, command: "PaletteCommand") -> None:
        """Change a setting until the operator leaves, and say so."""
        from tui.palette import live_settings

        console, field = self._console, live_settings.LIVE[command.name]
        try:
            settings = live_settings.changed(console.settings, field, command.argument)
        except ValueError as bad:
            console.say(f"{bad}.")
            return
        console.settings = settings
        if field.name == "slow_line":
            # Said again it is done again: auto measures the link once more.
            console.link.take(settings.ui.slow_line)
        console.say(live_settings.kept_words(settings, field))

    async def _find(self, text: str) -> None:
        """Look up what was typed; a serial that is not typed with it is asked for, hidden."""
        from services.domain.typed import lookup
        from tui.screens.dialogs.prompt import PromptScreen
        from tui.screens.search_results import SearchResultsScreen

        console, wanted, days = self._console, text, 0
        serial = lookup.serial_of(text)
        if serial is None:
            lookup.read(text, console.clock.now())
        else:
            value, days = lookup.serial_and_days(serial)
            prompt = PromptScreen(console.context, SERIAL, hidden=True)
            wanted = Secret(value or await console.ask(prompt) or "")
        if wanted:
            # When the list is closed the vendor is asked no further.
            stop = partial(console.drop, FindRequest)
            console.close_found()
            console.show(SearchResultsScreen(console.context, wanted, days), lambda _: stop())
