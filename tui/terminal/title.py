"""The terminal's title, which tmux shows in its own bar: what is open and what is to hand over."""

import os

SHOWN = os.environ.get("TERM") != "linux"
"""Whether the terminal has a title; a console of Linux would write it on the screen."""

TITLE, END = "\x1b]2;", "\x07"
SAVE, RESTORE = "\x1b[22;2t", "\x1b[23;2t"
"""The title that stood before is kept by the terminal, and comes back when it is given back."""


def words(handling: int, to_hand_over: int) -> str:
    """Return the title: the program, and what waits."""
    parts: list[str] = []
    if handling:
        parts.append(f"{handling} handling")
    if to_hand_over:
        parts.append(f"{to_hand_over} to hand over")
    return " ".join(("carddesk", ", ".join(parts))).rstrip()


def sequence(title: str) -> str:
    """Return what sets the title; it holds words of ours alone, so that nothing can break out."""
    return f"{TITLE}{title}{END}"
