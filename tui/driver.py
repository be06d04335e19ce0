"""The driver of the terminal, which outlives the terminal."""

from typing import IO, Any, cast

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from tui.screens.base import ConsoleScreen
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

    def _sigtstp_application(self, *arguments: Any) -> None:
        """Hide cards before the process stops: going on, Textual draws all that was there."""
        for screen in self._app.screen_stack:
            if isinstance(screen, ConsoleScreen):
                screen.conceal()
        super()._sigtstp_application(*arguments)  # pyright: ignore[reportUnknownMemberType]
