"""An app that knows its line: it writes little on a thin one, and shows what it writes if asked."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from rich.console import COLOR_SYSTEMS, RenderableType
from rich.control import Control
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Offset
from textual.screen import Screen
from textual.timer import Timer

from tui.loop_lag import LoopLag
from tui.picture import Picture
from tui.screens.base import ConsoleScreen, Frame
from tui.spans import pieces
from tui.steady_app import SteadyApp
from widgets import look
from widgets.line_strip import LineFigures

if TYPE_CHECKING:
    from tui.driver import ConsoleDriver

ResultT = TypeVar("ResultT")

TOUCHES = (events.Key, events.Paste, events.MouseDown, events.MouseUp, events.MouseScrollDown)
SIZE_SECONDS = 0.1
"""So long (s) after the terminal told of another size, its size is looked at again."""

FIGURES_SECONDS = 1.0
"""The figures of the line are told so far apart (s)."""

SELDOM = 5
"""On a thin line the figures are told only every so many times."""

LONG_PICTURE = 400
"""A picture of more bytes than this is announced as one, so that the terminal shows it at once."""

_log = logging.getLogger(__name__)


class LineApp(SteadyApp[ResultT]):
    """An app that draws as the line to its terminal allows."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.line = frame.line
        self.figures: LineFigures | None = None
        self._picture = Picture()
        self._lag = LoopLag()
        self._meter: Timer | None = None
        self._until_told = 0
        self._take_look()

    def say(self, sentence: str) -> None:
        """Show a sentence on whatever screen is on top."""
        if isinstance(self.screen, ConsoleScreen):
            self.screen.say(sentence)

    def hand_down(self, name: str, value: object) -> None:
        """Give every screen a value."""
        # A book may still arrive while the screens are being taken down.
        screens = self.screen_stack if self.is_running else []
        for screen in screens:
            if isinstance(screen, ConsoleScreen):
                setattr(screen, name, value)

    async def on_event(self, event: events.Event) -> None:
        """Note what was pressed: it is answered at once, on whatever line."""
        if isinstance(event, TOUCHES) and not event.is_forwarded:
            self.line.key()
        await super().on_event(event)

    def on_resize(self) -> None:
        """Look at the size once more when a storm of sizes is over."""
        self.set_timer(SIZE_SECONDS, self.check_size)

    def check_size(self) -> None:
        """Take the size that the terminal has, whatever was told of it."""
        if (driver := self._console_driver) is not None:
            driver.check_size()

    # The line.

    def take_line(self, setting: str) -> None:
        """Spare the line from now on, or not, or as it is measured."""
        before = self.line.thin
        self.line.take(setting)
        if self.line.thin != before:
            self._line_changed()

    def check_line(self) -> None:
        """Spare the line from now on when it turned out to be long."""
        if self.line.judge():
            self._line_changed()
            trip = self.line.trip
            found = f"round trip {trip * 1000:.0f} ms" if trip else "the terminal is slow"
            _log.info("thin line mode: %s", found)
            self.say(f"Thin line mode, {found}: fewer bytes, ages in minutes. :slow off ends it.")

    def answered(self, noted: Callable[[float], None], value: float) -> None:
        """Take in an answer of the terminal, and draw what waited for it."""
        noted(value)
        self.check_line()
        if isinstance(self.screen, ConsoleScreen):
            self.screen.paint_held()

    def picture_lost(self) -> None:
        """Note that the terminal was used for something else: everything is drawn anew."""
        self._picture.forget()

    def draw_anew(self) -> None:
        """Draw every cell, whatever stands on the terminal."""
        self.picture_lost()
        self.refresh()

    # The figures.

    def toggle_figures(self) -> None:
        """Show on a line of its own what is written to the terminal, or show it no more."""
        self.line.watched = self._meter is None
        if self._meter is None:
            self._lag.start()
            self._meter = self.set_interval(FIGURES_SECONDS, self._tell_figures)
            self._until_told = 0
            self._tell_figures()
            return
        self._lag.stop()
        self._meter.stop()
        self._meter = self.figures = None
        self.hand_down("figures", None)

    def _tell_figures(self) -> None:
        self._until_told -= 1
        if self._until_told > 0:
            return
        line, counted, trip = self.line, self.line.meter.figures(), self.line.trip
        self._until_told = SELDOM if line.thin else 1
        self.figures = LineFigures(
            counted.bytes_s,
            counted.frames_s,
            counted.key_bytes,
            counted.total,
            None if trip is None else trip * 1000,
            f"{'thin' if line.thin else 'full'} ({line.setting})",
            self._lag.worst * 1000,
        )
        self.hand_down("figures", self.figures)

    # What is drawn how.

    def _line_changed(self) -> None:
        self._take_look()
        driver = self._console_driver
        if driver is not None:
            driver.spare_mouse(self.line.thin)
        self.redraw()
        # Whole, unless it is known what stands there.
        self.refresh()

    def _take_look(self) -> None:
        look.take(look.now()._replace(coarse=self.line.thin))
        self.set_class(self.line.thin, "-thin")

    @property
    def _console_driver(self) -> "ConsoleDriver | None":
        driver = self._driver
        if driver is None or driver.is_headless:
            return None
        return cast("ConsoleDriver", driver)

    # What is written.

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Write a picture: the cells that differ on a thin line, else as Textual does."""
        driver = self._console_driver
        ready = self._running and not self._closed and not self._batch_count
        if driver is None or not ready or renderable is None:
            super()._display(screen, renderable)  # pyright: ignore[reportUnknownMemberType]
            return
        spared = self.line.thin or self.line.unsure
        if spared and isinstance(renderable, LayoutUpdate | ChopsUpdate):
            self._write_difference(driver, renderable)
            self.post_display_hook()
        else:
            self._picture.forget()
            super()._display(screen, renderable)  # pyright: ignore[reportUnknownMemberType]
            if self.line.wants_answer():
                driver.ask()

    def _write_difference(
        self, driver: "ConsoleDriver", update: ChopsUpdate | LayoutUpdate
    ) -> None:
        whole = isinstance(update, LayoutUpdate)
        width, height = self.size
        text = self._picture.begin(width, height, whole=whole)
        colours = COLOR_SYSTEMS[self.console.color_system or "truecolor"]
        text += self._picture.draw(pieces(update), colours)
        if not text:
            return
        if self.cursor_position != Offset(0, 0):
            # Where an input method shows what is being composed.
            text += Control.move_to(*self.cursor_position).segment.text
        if len(text) > LONG_PICTURE:
            self._begin_update()
        driver.write(text)
        if len(text) > LONG_PICTURE:
            self._end_update()
        if self.line.wants_answer():
            driver.ask()
        driver.flush()
