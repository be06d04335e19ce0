"""No call in the console hands text to Textual, or to a stream, but through a door that cleans."""

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
WORDS = {"placeholder", "renderable", "prompt", "content", "label", "markup", "tooltip"}
"""Arguments by name through which a widget takes text to draw."""

DOORS = {
    "Content": {"widgets/drawing/canvas.py"},
    "SafeText": {"widgets/drawing/ink.py"},
    "Text": {"tui/screens/setup.py"},  # the dots that stand for a key
    # Textual's own `update`, which reads a string as markup.
    "update": set[str](),
    "write": {
        "tui/__main__.py",  # words of ours, before anything was loaded
        "tui/cli/output.py",  # what data and text hand over was cleaned by tui/formats/as_text.py
        "tui/console/session.py",  # cleaned on the same line
        "tui/terminal/capabilities.py",  # Textual's own stream
        "tui/cli/prompts.py",  # a question of ours
    },
}
"""Who may call what by its bare name: everybody else goes through the door that is in it."""


def bypasses(tree: ast.AST, name: str = "") -> list[str]:
    """Name every place where a string, not `inert_content`, would be drawn by Textual itself."""
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (what := _call(node, name)):
            found.append(f"{what} in line {node.lineno}")
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                called = target.attr if isinstance(target, ast.Attribute) else ""
                called = target.id if isinstance(target, ast.Name) else called
                # A local variable of that name draws nothing; a class's own does.
                own = isinstance(target, ast.Attribute)
                if called in TITLES and (own or _says_a_title(tree, node, called)):
                    found.append(f"{called} in line {node.lineno}")
    return found


def _call(node: ast.Call, name: str) -> str:
    function = node.func
    called = function.attr if isinstance(function, ast.Attribute) else ""
    called = function.id if isinstance(function, ast.Name) else called
    if called in BANNED:
        return called
    if called in READ_AS_MARKUP and node.args and not _is_inert(node.args[0]):
        return called
    if called == "update" and isinstance(function, ast.Attribute):
        # The `update` of a dictionary or a set is not called here.
        return "" if node.args and all(map(_is_inert, node.args)) else called
    if called == "write" and _stream(function):
        return "" if name in DOORS["write"] else called
    if called in ("Content", "SafeText", "Text") and isinstance(function, ast.Name):
        return "" if name in DOORS[called] else called
    for keyword in node.keywords:
        if keyword.arg in WORDS and not isinstance(keyword.value, ast.Constant):
            inert = _is_inert(keyword.value)
            if not inert and called in READ_AS_MARKUP | {"Input", "TextArea"}:
                return f"{called}({keyword.arg}=)"
    return ""


def _is_inert(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id == "inert_content"
    )


def _stream(function: ast.expr) -> bool:
    """Whether this is `sys.stdout.write`, `self._stdout.write`, `stream.write` and the like."""
    words = ast.unparse(function).lower()
    return any(word in words for word in ("stdout", "stderr", "stream"))


def _says_a_title(
    tree: ast.AST, wanted: ast.Assign | ast.AnnAssign | ast.AugAssign, name: str
) -> bool:
    """Whether a class gives itself a text that Textual draws; values of ours have titles too."""
    return bool(wanted.value and name != "title") and any(
        isinstance(node, ast.ClassDef) and wanted in node.body for node in ast.walk(tree)
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_text_is_handed_over_through_a_door(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    assert bypasses(ast.parse(path.read_text("utf-8")), name) == []


@pytest.mark.parametrize(
    "code",
    [
        "Static(title)",
        "Static(Content(title))",
        "yield Label(f'{product}')",
        "self.app.notify(sentence)",
        "self.border_title = name",
        "self.border_title: str = name",
        "class Pane(Widget):\n    tooltip: str = name",
        "Content.from_markup(text)",
        "line.update(name)",
        "self.query_one('#line', Static).update(f'{name}')",
        "Input(placeholder=name)",
        "Option(prompt=name)",
        "Static(renderable=name)",
        "Content(name)",
        "sys.stdout.write(name)",
        "sys.stderr.write(f'{name}')",
        "self._stdout.write(name)",
    ],
)
def test_a_bypass_would_be_found(code: str) -> None:
    assert len(bypasses(ast.parse(code), "tui/screens/desk.py")) >= 1


@pytest.mark.parametrize(
    "code",
    [
        "Static(inert_content(name))",
        "line.update(inert_content(name))",
        "Input(placeholder='filter')",
    ],
)
def test_what_goes_through_the_door_is_none(code: str) -> None:
    assert bypasses(ast.parse(code), "tui/screens/desk.py") == []
