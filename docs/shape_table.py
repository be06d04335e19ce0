"""The table of half-good answers in the guide, written from the embedded vendor's own."""

from services.sandbox import SHAPES

BEGIN, END = "<!-- shapes: made by `make docs` -->\n", "<!-- end of shapes -->"


def table() -> str:
    """Return every shape with the requests that it answers as a Markdown table."""
    lines = ["| `--fault shape:` | what the answer is like | asked for |", "| --- | --- | --- |"]
    for name, shape in sorted(SHAPES.items()):
        asked = "everything" if len(shape.endpoints) > 5 else ", ".join(sorted(shape.endpoints))
        lines.append(f"| `{name}` | {shape.words} | {asked} |")
    return "\n".join(lines) + "\n"


def replaced(text: str) -> str:
    """Return a text with the table between its two marks made new.

    Raises:
        ValueError: one of the marks is missing.
    """
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    return text[:start] + table() + text[end:]
