"""The documents are what the program says today, and lead nowhere that is not there."""

import re
import shlex
from pathlib import Path

import pytest

from docs import make
from tui.cli import arguments, examples


@pytest.mark.parametrize("path", [make.KEYS, make.SETTINGS, make.MANUAL], ids=lambda p: p.name)
def test_a_generated_document_is_what_the_program_says(path):
    assert path.read_text("utf-8") == make.documents()[path], "`make docs` writes it again"


@pytest.mark.parametrize("line", [line for rows in examples.EXAMPLES.values() for line, _ in rows])
def test_every_example_of_the_help_can_be_typed(line):
    words = shlex.split(line.removeprefix('eval "$(').removesuffix(')"').partition(" > ")[0])
    assert words[0] == "carddesk"
    try:
        arguments.parse(words[1:])
    except arguments.HelpAsked:
        assert "--help" in words


def test_every_command_has_an_example():
    commands = {"", *arguments.commands(arguments.parser())}
    differ = sorted(examples.EXAMPLES.keys() ^ commands)
    assert not differ, f"in tui/cli/examples.py or in COMMANDS, not in both: {differ}"


def _pages() -> list[Path]:
    return [make.README, make.HERE.parent / "CONTRIBUTING.md", *sorted(make.HERE.rglob("*.md"))]


def _name(path: Path) -> str:
    return str(path.relative_to(make.HERE.parent))


def _anchor(heading: str) -> str:
    """Return the anchor that GitHub makes of a heading."""
    return (
        "".join(c for c in heading.lower() if c.isalnum() or c in " -_").strip().replace(" ", "-")
    )


def _prose(path: Path) -> str:
    return re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", _pages(), ids=_name)
def test_every_link_leads_to_a_file_and_a_heading_that_exist(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", _prose(page)):
        if link.startswith("https://"):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", _prose(target), flags=re.MULTILINE)
            assert anchor in map(_anchor, headings), link


def test_every_page_of_the_guide_is_in_its_index():
    index = (make.HERE / "guide" / "README.md").read_text("utf-8")
    pages = {path.name for path in (make.HERE / "guide").glob("*.md")} - {"README.md"}
    listed = set(re.findall(r"\]\(([\w-]+\.md)\)", index))
    assert pages == listed, f"docs/guide/README.md lists the pages, but for {pages ^ listed}"


def test_a_page_of_the_guide_is_a_screen_or_two():
    for page in (make.HERE / "guide").glob("*.md"):
        lines = len(page.read_text("utf-8").splitlines())
        assert lines <= 80, f"{page.name} has {lines} lines: shorten it, or make two pages"


def test_the_readme_is_short():
    assert len(make.README.read_text("utf-8").splitlines()) < 120


ROOT = make.HERE.parent
FILE = r"`((?:services|widgets|tui|tests|docs|screenshots)/[\w./-]*)`"


@pytest.mark.parametrize("page", _pages(), ids=_name)
def test_files_and_symbols_that_a_page_names_exist(page):
    text = _prose(page)
    for name in re.findall(FILE, text):
        assert (ROOT / name).exists(), f"{_name(page)} names {name}, which is not there"
    for symbol, name in re.findall(rf"`(\w+)` in {FILE}", text):
        there = re.search(rf"\b{symbol}\b", (ROOT / name).read_text("utf-8"))
        assert there, f"{_name(page)} says that {symbol} is in {name}"


def test_each_walk_counts_the_files_that_it_names():
    text = (make.HERE / "architecture.md").read_text("utf-8")
    walks = re.findall(r"^\d\. \*\*.*?: (\d+) files\.\*\*(.*?)(?=^\d\. |^## )", text, re.M | re.S)
    assert len(walks) == 5
    for number, (said, walk) in enumerate(walks, 1):
        files = set(re.findall(FILE, walk))
        assert int(said) == len(files), f"walk {number} says {said} files and names {len(files)}"
