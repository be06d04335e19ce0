"""Every command that a sentence names exists: the words of the console are what its shell takes."""

import ast
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

from tui.cli.arguments import parser

ROOT = Path(__file__).parents[2]
NAMED = re.compile(
    r"(?:[`(\"]|\b(?:run|[Ss]ee|[Nn]ext|with|settled|try):? )"
    r"carddesk ([a-z][a-z-]*)([^`\n]{0,200})"
)
OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]+")


def sentences() -> Iterator[tuple[str, str]]:
    """Every string of the console's code that is no docstring, f-strings with a word put in."""
    for folder in ("services", "widgets", "tui"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(path.read_text("utf-8"))
            whole = {id(part) for each in ast.walk(tree) for part in _inside(each)}
            for each in ast.walk(tree):
                if id(each) not in whole and (text := _text(each)):
                    yield f"{path.relative_to(ROOT)}:{each.lineno}", text  # type: ignore[attr-defined]


def commands(root: ArgumentParser) -> dict[str, ArgumentParser]:
    for action in root._actions:
        if isinstance(action.choices, dict):
            return action.choices
    return {}


def test_every_command_that_a_sentence_names_exists() -> None:
    known = commands(parser())
    assert {"buy", "resolve", "doctor"} <= known.keys()
    found = [
        (where, verb, rest) for where, text in sentences() for verb, rest in NAMED.findall(text)
    ]
    assert {"resolve", "doctor", "order", "lock-pin"} <= {verb for _, verb, _ in found}
    wrong = [f"{where}: carddesk {verb}" for where, verb, _ in found if verb not in known]
    wrong += [
        f"{where}: carddesk {verb} {option}"
        for where, verb, rest in found
        if verb in known
        for option in OPTION.findall(rest)
        if option not in known[verb]._option_string_actions
    ]
    assert not wrong


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the strings that are no sentence of their own: docstrings and parts of f-strings."""
    if isinstance(node, ast.JoinedStr):
        yield from node.values
    body = getattr(node, "body", None)
    if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
        yield body[0].value


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part.value if isinstance(part, ast.Constant) else "WORD" for part in node.values
        )
    return ""
