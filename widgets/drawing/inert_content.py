"""The door for text that Textual draws itself: inert, and never read as markup."""

from textual.content import Content

from widgets.drawing.ink import inert, signed


def inert_content(*lines: str) -> Content:
    """Return text from anywhere as what widgets of Textual's own may be given, line by line."""
    return Content("\n".join(signed(inert(line)) for line in lines))
