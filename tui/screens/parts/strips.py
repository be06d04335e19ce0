"""The lines below a list: the highlighted row in full, and the keys."""

from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Size
from textual.reactive import var

from widgets.bars.key_hints import HintLine
from widgets.drawing.canvas import Canvas
from widgets.drawing.cells import amount, dinars
from widgets.drawing.fit import Part, fit_parts
from widgets.drawing.ink import Cell, DrawnLine, fitted, wrap

if TYPE_CHECKING:
    from services.domain.shop.sale import Sale


class DetailStrip(Canvas):
    """The highlighted row in words, for what its columns had to cut off."""

    DRAWN_FROM: ClassVar[tuple[str, ...]] = ("words",)

    words: var[str] = var("")

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return as much of the words as fits, broken at spaces."""
        lines = wrap(self.words, max(1, width - 2))
        if len(lines) > height:
            lines = [*lines[: height - 1], " ".join(lines[height - 1 :])]
        return [fitted((Cell("  "), Cell(text, "dim")), width) for text in lines]


class SaleStrip(Canvas):
    """The sale that is in hand: for whom, how much, what is paid, and the key that opens it."""

    DRAWN_FROM: ClassVar[tuple[str, ...]] = ("sale", "privacy", "key")
    DEFAULT_CSS = "SaleStrip { height: 1; display: none; }"

    sale: "var[Sale | None]" = var(None)
    privacy: var[bool] = var(False)
    key: var[str] = var("")

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the one line, its least important parts left out where it is narrow."""
        del height
        sale = self.sale
        if sale is None:
            return [fitted((), width)]
        parts = (
            Part((Cell(" Sale ", "title-blurred"),)),
            Part((Cell(sale.customer, "strong"),), leaves=2),
            Part((Cell(sale.words),)),
            Part((Cell(dinars(sale.pays), "strong"),)),
            Part((Cell("" if self.privacy else f"cost {amount(sale.cost)}", "dim"),), leaves=4),
            Part((self._state(sale),), leaves=1),
            Part((Cell(f"{self.key} opens it", "key"),), leaves=3),
        )
        return [fitted(fit_parts(parts, width), width)]

    @staticmethod
    def _state(sale: "Sale") -> Cell:
        if sale.unresolved:
            return Cell("? no answer for a line", "alert")
        if sale.to_buy and sale.begun:
            return Cell(f"! {len(sale.to_buy)} not bought yet", "warn")
        if sale.to_buy:
            return Cell("not bought yet", "dim")
        return Cell(f"● {len(sale.ready)} ready" if sale.ready else "○ handling", "busy")


class KeyLine(HintLine):
    """The keys of a screen, or a sentence in their place on as many lines as it takes."""

    DEFAULT_CSS = "KeyLine { height: auto; max-height: 5; }"

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the sentence takes; one for keys."""
        del container, viewport
        return max(1, len(self._sentence(width)))

    def watch_message(self) -> None:
        self.refresh(layout=True)

    def draw(self, width: int, height: int) -> list[DrawnLine]:
        """Return the sentence if there is one, else as many whole hints as fit."""
        lines = [
            fitted((Cell(" "), Cell(text, self.tone)), width) for text in self._sentence(width)
        ]
        return lines or super().draw(width, height)

    def _sentence(self, width: int) -> list[str]:
        return wrap(self.message, max(1, width - 2))
