"""One step of the set-up: what is asked, why, where the answer is kept, and what can be chosen."""

from typing import ClassVar

from msgspec import Struct
from textual.reactive import var

from widgets.drawing.ink import Cell, Line
from widgets.drawing.sheet import Sheet, fact, sentence


class SetupChoice(Struct, frozen=True):
    """Something that can be chosen, and what choosing it means."""

    title: str
    meaning: str = ""


class SetupStep(Struct, frozen=True):
    """A step as it is drawn; its parts are drawn one below the other, empty ones not at all."""

    title: str
    place: str = ""
    sentences: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    choices: tuple[SetupChoice, ...] = ()


class SetupSheet(Sheet):
    """Draws a step; with choices in it, the keys that would scroll choose."""

    DRAWN_FROM: ClassVar[tuple[str, ...]] = ("step", "chosen", "error", "busy")

    step: var[SetupStep] = var(SetupStep(""))
    chosen: var[int] = var(0)
    error: var[str] = var("")
    busy: var[str] = var("")

    def text_lines(self, width: int) -> list[Line]:
        """Return the step, its facts in a column of their own."""
        step = self.step
        room = " " * max(1, width - len(step.title) - len(step.place))
        lines: list[Line] = [(Cell(step.title, "strong"), Cell(room), Cell(step.place, "dim"))]
        for text in step.sentences:
            lines += [(), *sentence(text, width)]
        if step.facts:
            lines.append(())
        for label, text in step.facts:
            ink = {"PRODUCTION": "production", "SANDBOX": "sandbox"}.get(text, "plain")
            lines += fact(label, text, width, ink)
        for number, choice in enumerate(step.choices):
            lines += [(), *self._choice(number, choice, width)]
        if self.error:
            lines += [(), *sentence(self.error, width, "alert")]
        elif self.busy:
            lines += [(), *sentence(self.busy, width, "busy")]
        return lines

    def action_move(self, by: int) -> None:
        """Choose the next or the one before, or scroll where there is no choice."""
        if not self.step.choices:
            super().action_move(by)
        else:
            self.chosen = max(0, min(self.chosen + by, len(self.step.choices) - 1))

    def _choice(self, number: int, choice: SetupChoice, width: int) -> list[Line]:
        here = number == self.chosen
        title = Cell(f" {choice.title} ", "strong row row-name" if here else "plain")
        lines: list[Line] = [(Cell("> " if here else "  ", "key"), title)]
        lines += [
            (Cell("   "), *line) for line in sentence(choice.meaning, max(8, width - 3), "dim")
        ]
        return lines
