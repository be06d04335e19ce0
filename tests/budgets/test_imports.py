"""What is loaded before it is needed: nothing."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tui.cli import arguments

ROOT = Path(__file__).parents[2]
HEAVY = (
    "textual",
    "httpx",
    "httpcore",
    "sqlite3",
    "ssl",
    "asyncio",
    "argparse",
    "msgspec",
    "segno",
    "shtab",
)


def loaded(code: str, modules: Iterable[str] = HEAVY) -> set[str]:
    """Return which of these modules are there after this code ran in a new interpreter."""
    names = tuple(modules)
    probe = f"{code}\nimport json\nprint(json.dumps([n for n in {names!r} if n in sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{probe}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_version_needs_none_of_it() -> None:
    assert (
        loaded("sys.argv = ['carddesk', '--version']\nimport tui.__main__ as m\nm.main()") == set()
    )


def test_reading_the_arguments_needs_neither_screen_nor_network() -> None:
    found = loaded("from tui.cli import main, arguments\narguments.parse(['balance'])")
    assert found.isdisjoint({"textual", "httpx", "httpcore"})


def test_a_command_loads_no_other_and_the_console_none() -> None:
    every = {f"tui.cli.commands.{module}" for module in arguments.COMMANDS}
    found = loaded("from tui.cli import main, arguments\narguments.parse(['balance'])", every)
    assert found == {"tui.cli.commands.catalog"}
    found = loaded("from tui.cli import main, arguments\narguments.parse(['--ascii'])", every)
    assert found == set()


def test_every_command_is_listed_with_the_module_that_declares_it() -> None:
    listed = [name for each in arguments.COMMANDS.values() for name in each]
    assert list(arguments.commands(arguments.parser())) == listed
    for module, declared in arguments.COMMANDS.items():
        assert tuple(arguments.commands(arguments.parser([module]))) == declared


@pytest.mark.parametrize("command", ["desk.desk", "vendor.client", "journal.database"])
def test_no_command_needs_the_screen(command: str) -> None:
    assert "textual" not in loaded(f"import tui.cli.main, services.{command}")


def test_the_first_picture_needs_no_network() -> None:
    found = loaded("import tui.cli.main, tui.console.session, tui.console.app, tui.terminal.driver")
    assert found.isdisjoint({"httpx", "httpcore", "segno", "shtab"})


def test_the_first_picture_needs_nothing_of_the_shop() -> None:
    shop = (
        "services.settings.house_prices", "services.desk.purchase_list", "tui.cli.buying_list",
        "services.domain.typed.purchase_list",
        "services.desk.shop.sales", "services.journal.shop.sales", "services.domain.shop.sale",
        "tui.formats.sales", "rich.progress", "csv",
        "services.domain.watching.watch", "services.domain.watching.price_history",
        "services.desk.watching.calls", "services.system.programs",
        "tui.screens.dialogs.watch", "widgets.panes.price_past",
    )  # fmt: skip
    code = "import tui.cli.main, tui.console.session, tui.console.app, tui.terminal.driver"
    assert loaded(code, shop) == set()


def test_the_first_picture_loads_no_screen_but_the_desk() -> None:
    rooms = ("tui/screens", "tui/screens/dialogs", "tui/palette", "widgets/sheets")
    files = [file for room in rooms for file in (ROOT / room).glob("*.py")]
    modules = {".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files}
    drawn = {"base", "desk", "desk_layout", "desk_preview", "desk_stock", "requests", "__init__"}
    code = "import tui.cli.main, tui.console.session, tui.console.app, tui.terminal.driver"
    assert loaded(code, modules - {f"tui.screens.{name}" for name in drawn}) == set()


def test_the_board_of_the_journal_needs_no_network() -> None:
    found = loaded("import services.desk.desk")
    assert found.isdisjoint({"httpx", "httpcore"})
