"""A screen as a PNG: every cell drawn in a monospaced font, as a terminal would."""

import unicodedata
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from rich.segment import Segment
from rich.style import Style

CELL = (9, 18)
SIZE = 15
FONTS = (
    Path("/usr/share/fonts/truetype/dejavu"),
    Path("/usr/share/fonts/dejavu-sans-mono-fonts"),
    Path("/Library/Fonts"),
)
FOREGROUND, BACKGROUND = "#d0d0d0", "#16181d"


def save(lines: Iterable[Iterable[Segment]], width: int, height: int, path: Path) -> None:
    """Draw lines of styled text into a PNG.

    Raises:
        FileNotFoundError: DejaVu Sans Mono is not installed.
    """
    fonts = {bold: _font(bold) for bold in (False, True)}
    image = Image.new("RGB", (width * CELL[0], height * CELL[1]), BACKGROUND)
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        column = 0
        for text, style, control in line:
            if not control:
                column = _text(draw, fonts, (column, row), text, style or Style())
    image.save(path, optimize=True)


def _text(
    draw: ImageDraw.ImageDraw,
    fonts: dict[bool, ImageFont.FreeTypeFont],
    at: tuple[int, int],
    text: str,
    style: Style,
) -> int:
    front, back = _colour(style.color, FOREGROUND), _colour(style.bgcolor, BACKGROUND)
    if style.reverse:
        front, back = back, front
    column, row = at
    for char in text:
        wide = 0 if unicodedata.combining(char) else 1
        wide += unicodedata.east_asian_width(char) in "WF"
        x, y = column * CELL[0], row * CELL[1]
        draw.rectangle((x, y, x + CELL[0] * wide - 1, y + CELL[1] - 1), fill=back)
        draw.text((x, y), char, font=fonts[bool(style.bold)], fill=front)
        column += wide
    return column


def _colour(colour: object, default: str) -> str:
    triplet = getattr(colour, "triplet", None)
    return triplet.hex if triplet is not None else default


def _font(bold: bool) -> ImageFont.FreeTypeFont:
    name = f"DejaVuSansMono{'-Bold' if bold else ''}.ttf"
    for folder in FONTS:
        if (folder / name).exists():
            return ImageFont.truetype(str(folder / name), SIZE)
    raise FileNotFoundError(f"{name} is needed (package fonts-dejavu)")
