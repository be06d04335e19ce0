"""Plain words: none of the list is a name in code, or said in a docstring, a comment or a page."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("services", "tui", "widgets", "tests", "screenshots", "docs")
NOT_USED = frozenset(
    {
        *("anew", "errand", "errands", "flourish", "mend", "mended", "mends", "nobody", "nobodys"),
        *("sought", "stands", "told", "troubles", "whoever"),
    }
)
NOT_NAMES = NOT_USED | {"story"}
PHRASES = re.compile(r"\bstands (?:for|out)\b|`nobody`")
PLAINER = "Say it in plainer words (NOT_USED in tests/house/test_words.py lists these):"
MEANT = {
    "NOBODY": "the user of that name",
    "--story": "an option of the command",
    "story": "the name of that option, in what argparse returns",
}


def _files(*endings: str) -> list[Path]:
    found = (path for part in PARTS for path in (ROOT / part).rglob("*"))
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    return [path for path in (*found, *pages) if path.suffix in endings]


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", PHRASES.sub("", text.lower())))


def _parts(name: str) -> set[str]:
    """Return the words of a name, in snake case or camel case."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def wrong_words(source: str) -> Iterator[tuple[int, str]]:
    """Find the words of the list among the names, docstrings and comments of a module."""
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        opens = before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
        found = set[str]()
        if token.type == tokenize.NAME and token.string not in MEANT:
            found = _parts(token.string) & NOT_NAMES
        elif token.type == tokenize.COMMENT or (token.type == tokenize.STRING and opens):
            found = _words(token.string) & NOT_USED
        yield from ((token.start[0], word) for word in sorted(found))
        if token.type not in (tokenize.NL, tokenize.COMMENT):
            before = token.type


def test_no_module_uses_a_word_of_the_list() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {word}"
        for path in _files(".py")
        if path != Path(__file__)
        for line, word in wrong_words(path.read_text("utf-8"))
    ]
    assert not found, "\n  ".join((PLAINER, *found))


def test_no_page_uses_a_word_of_the_list() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {word}"
        for path in _files(".md")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for word in sorted(_words(line) & NOT_USED)
    ]
    assert not found, "\n  ".join((PLAINER, *found))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("told = 1", [(1, "told")]),
        ("def of_nobody(): ...", [(1, "nobody")]),
        ("class WasSought: ...", [(1, "sought")]),
        ('"""What stands here, and what it stands for."""', [(1, "stands")]),
        ("x = 1  # drawn anew", [(1, "anew")]),
        ('print("what you were told")', []),
        ("story.title()", []),
    ],
)
def test_a_word_is_found(source: str, found: list[tuple[int, str]]) -> None:
    assert list(wrong_words(source)) == found
