"""The driver of the terminal, which outlives the terminal."""

from typing import IO, Any, cast

from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from tui.key_reader import KeyReader
from tui.screens.base import ConsoleScreen
from tui.steady_app import SteadyApp
from tui.terminal import Patient


class ConsoleDriver(LinuxDriver):
    """Textual's driver, writing through a stream that does not fail when nobody is there."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)  # pyright: ignore[reportUnknownMemberType]
        self._file = cast("IO[str]", Patient(self._file))
        self._keys = KeyReader(self.fileno, self.exit_event)

    def run_input_thread(self) -> None:
        """Read the keys until the console leaves or is suspended."""
        self._keys.run(XTermParser(self._debug), self.process_message)

    def disable_input(self) -> None:
        """Read no more keys, from this moment on."""
        if not self.exit_event.is_set():
            self._keys.stop()
        super().disable_input()

    def end(self) -> None:
        """End the threads that read and write, whatever became of the app that started them.

        Neither is the loop's: a process whose terminal is gone would wait for them for ever.
        """
        self._keys.stop()
        self.exit_event.set()
        self.close()

    def stop_application_mode(self) -> None:
        """Give the terminal back, a clipboard first: nobody is left to clear it later."""
        if isinstance(self._app, SteadyApp):
            self._app.copied.clear_now()
        super().stop_application_mode()

    def _sigtstp_application(self, *arguments: Any) -> None:
        """Hide cards before the process stops: going on, Textual draws all that was there."""
        for screen in self._app.screen_stack:
            if isinstance(screen, ConsoleScreen):
                screen.conceal()
        super()._sigtstp_application(*arguments)  # pyright: ignore[reportUnknownMemberType]
