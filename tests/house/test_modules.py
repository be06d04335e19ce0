"""Each module of the product has a test file of its room and name, or one that imports it."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
WITHOUT_TESTS = frozenset(
    {
        "services.desk.background_tasks",
        "services.desk.key_check",
        "services.desk.purchase_list",
        "services.journal.limits",
        "services.sandbox.auth",
        "services.sandbox.dispatcher",
        "services.sandbox.request_log",
        "services.settings.first_run",
        "tui.__main__",
        "tui.actions.disabled_reasons",
        "tui.cli.commands.annotate",
        "tui.cli.commands.console",
        "tui.cli.commands.lock_pin",
        "tui.cli.context",
        "tui.cli.prompts",
        "tui.cli.signals",
        "tui.console.base_app",
        "tui.console.command_runner",
        "tui.console.link_monitor",
        "tui.formats.export_rows",
        "tui.formats.timeline_text",
        "tui.screens.desk_layout",
        "tui.screens.parts.order_actions",
        "tui.screens.parts.order_list",
        "tui.terminal.tmux",
        "widgets.board.row_cache",
        "widgets.board.row_line",
        "widgets.panes.order_list",
        "widgets.sheets.setup",
        "widgets.sheets.timeline",
    }
)
"""Modules that only run behind others in the tests; the list only gets shorter."""


def _modules() -> dict[str, Path]:
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path.relative_to(ROOT)
        for part in ("services", "tui", "widgets")
        for path in (ROOT / part).rglob("*.py")
        if path.stem != "__init__"
    }


def _homes(module: Path) -> set[Path]:
    """Return the test files that are a module's own: tests/<room>/test_<module>.py.

    The room is that of the module, alone or with the folders above it: widgets/panes/log.py has
    its tests in tests/widgets/panes, tui/cli/commands/buy.py in tests/commands.
    """
    rooms = module.parent.parts
    name = f"test_{module.name}"
    return {ROOT.joinpath("tests", *rooms[start:], name) for start in range(len(rooms))}


def _home(module: Path) -> Path:
    """Return where a module's tests go: the home in a folder that there is, else the shortest."""
    homes = sorted(_homes(module), key=lambda home: len(home.parts))
    there = [home for home in homes if home.parent.is_dir()]
    return (there or homes)[0].relative_to(ROOT)


def _imported(path: Path) -> set[str]:
    names = set[str]()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


def test_no_new_module_is_without_tests() -> None:
    files = set((ROOT / "tests").rglob("*.py"))
    imported = set[str]().union(*map(_imported, files))
    alone = {
        module
        for module, path in _modules().items()
        if module not in imported and files.isdisjoint(_homes(path))
    }
    missing = [f"{name}: {_home(_modules()[name])}" for name in sorted(alone - WITHOUT_TESTS)]
    assert not missing, "\n  ".join(("Write the tests of these modules:", *missing))
    tested = sorted(WITHOUT_TESTS - alone)
    assert not tested, "\n  ".join(("These have tests: take them off WITHOUT_TESTS:", *tested))


def test_a_test_of_the_name_in_another_room_is_none_of_it() -> None:
    homes = _homes(Path("widgets/sheets/timeline.py"))
    assert ROOT / "tests/widgets/sheets/test_timeline.py" in homes
    assert ROOT / "tests/screens/test_timeline.py" not in homes


def test_where_the_tests_of_a_module_go_is_said() -> None:
    assert str(_home(Path("tui/cli/commands/hello.py"))) == "tests/commands/test_hello.py"
    assert str(_home(Path("widgets/panes/new.py"))) == "tests/widgets/panes/test_new.py"
