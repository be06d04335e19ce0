"""README's generated part is what the program says today."""

from pathlib import Path

from tui import keytable

README = Path(__file__).parents[2] / "README.md"


def test_the_key_table_of_the_readme_is_the_table_of_actions():
    text = README.read_text("utf-8")
    assert keytable.replaced(text) == text
