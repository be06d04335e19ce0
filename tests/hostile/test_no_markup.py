"""No call in the console may hand text to Textual in a way that reads it as markup."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "tui").rglob("*.py"), *(ROOT / "widgets").rglob("*.py")])
READ_AS_MARKUP = {
    "Static", "Label", "Button", "Checkbox", "Digits", "Link", "Markdown", "Option", "OptionList",
    "RadioButton", "RichLog", "Select", "Tree", "DataTable", "Pretty", "Placeholder",
}  # fmt: skip
BANNED = {"from_markup", "notify", "render_markup"}
TITLES = {"border_title", "border_subtitle", "tooltip", "title", "sub_title"}


def bypasses(tree: ast.AST) -> list[str]:
    """Name every place where a string, not a `Content`, would be drawn by Textual itself."""
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else ""
            name = function.id if isinstance(function, ast.Name) else name
            plain = node.args and not _is_content(node.args[0])
            if name in BANNED or (name in READ_AS_MARKUP and plain):
                found.append(f"{name} in line {node.lineno}")
        targets = node.targets if isinstance(node, ast.Assign) else []
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr in TITLES:
                found.append(f"{target.attr} in line {node.lineno}")
    return found


def _is_content(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id == "Content"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_text_is_handed_over_as_content(path: Path) -> None:
    assert bypasses(ast.parse(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    [
        "Static(title)",
        "yield Label(f'{product}')",
        "self.app.notify(sentence)",
        "self.border_title = name",
        "Content.from_markup(text)",
    ],
)
def test_a_bypass_would_be_found(code: str) -> None:
    assert len(bypasses(ast.parse(code))) == 1
