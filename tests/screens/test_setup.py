"""The set-up screen: what is asked, what is refused in words, and nothing kept too early."""

import contextlib
import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from services.domain.errors import ConfigError
from services.sandbox import DEMO_KEY, Fault, Sandbox
from services.settings.api_key import api_key
from services.settings.load import load
from services.system.paths import Paths
from tests.console.conftest import Console
from tui.actions.keymap import Keymap
from tui.console import first_run
from tui.console.setup_app import SetupApp
from tui.screens.base import ConsoleContext
from tui.screens.parts.setup_steps import Answers
from tui.screens.setup import HiddenLine

Asked = Callable[..., contextlib.AbstractAsyncContextManager[Console]]


@pytest.fixture
def asked(paths: Paths) -> Asked:
    """Open the set-up on a vendor of its own, whose address is offered."""

    @contextlib.asynccontextmanager
    async def opened(size: tuple[int, int] = (80, 24), **options: Any) -> AsyncIterator[Console]:
        async with Sandbox(moving=False, **options) as box:
            settings = load(paths, {})
            context = ConsoleContext(settings, Keymap(first_run.KEYBOARD))
            app = SetupApp(context, paths, Answers(base_url=box.url))
            async with app.run_test(size=size):
                yield Console(app, None, box)  # type: ignore[arg-type]

    return opened


def written(paths: Paths) -> list[str]:
    """Every file that there is by now."""
    root = paths.config_dir.parent
    return sorted(str(each.relative_to(root)) for each in root.rglob("*") if each.is_file())


async def to_the_key(console: Console) -> None:
    await console.shows("Welcome")
    await console.press("enter")
    await console.shows("1 of 6")
    await console.press("enter")
    await console.shows("2 of 6")
    await console.press("enter")
    await console.shows("3 of 6")


async def give(console: Console, key: str) -> None:
    console.paste(key)
    await console.until(lambda: console.screen.query_one(HiddenLine).value == key)
    await console.press("enter")


@pytest.mark.parametrize("size", [(80, 24), (60, 18), (200, 60)], ids=lambda s: f"{s[0]}x{s[1]}")
async def test_six_answers_write_private_files_that_open_the_desk(
    asked: Asked, paths: Paths, size: tuple[int, int]
) -> None:
    async with asked(size) as console:
        await to_the_key(console)
        await give(console, DEMO_KEY)
        await console.shows("4 of 6", "demo_reseller", "SANDBOX")
        await console.press("down", "enter")
        await console.shows("5 of 6")
        await console.press("down", "enter")
        screen = await console.shows("6 of 6", "Ready", "AZERTY", "Only this carddesk buys")
        assert DEMO_KEY not in screen
        assert written(paths) == []
        await console.press("enter")
        await console.until(lambda: console.app._exit)
    assert console.app.return_value == "written"
    settings = load(paths, {})
    assert settings.profile.base_url == console.box.url
    assert settings.profile.environment == "sandbox"
    assert settings.profile.account_exclusive
    assert settings.ui.keyboard == "azerty"
    assert api_key(settings.profile, paths, {}).reveal() == DEMO_KEY
    for name in ("config.toml", "main.key"):
        assert stat.S_IMODE((paths.config_dir / name).stat().st_mode) == 0o600


async def test_a_wrong_key_is_said_in_words_and_nothing_of_it_is_kept(
    asked: Asked, paths: Paths
) -> None:
    async with asked() as console:
        await to_the_key(console)
        await give(console, "wrong-key-1234")
        screen = await console.shows("more wrong ones block this address")
        assert "Traceback" not in screen
        assert console.screen.query_one(HiddenLine).value == ""
        assert console.screen.answers.key is None
        await give(console, DEMO_KEY)
        await console.shows("4 of 6")
    assert written(paths) == []


async def test_the_fifth_wrong_key_blocks_the_address_and_says_for_how_long(asked: Asked) -> None:
    async with asked() as console:
        await to_the_key(console)
        for number in range(5):
            await give(console, f"wrong-key-{number}")
            await console.until(lambda: not console.screen.busy)
        await give(console, DEMO_KEY)
        await console.shows("Wait 15 minutes")
        before = len(console.box.requests)
        await give(console, DEMO_KEY)
        await console.until(lambda: not console.screen.busy)
        assert len(console.box.requests) == before


async def test_a_vendor_that_does_not_answer_is_said_and_can_be_asked_again(asked: Asked) -> None:
    async with asked() as console:
        console.box.faults.add(Fault.parse("http503@validate*0"))
        await to_the_key(console)
        await give(console, DEMO_KEY)
        await console.shows("The vendor is not able to answer now")
        console.box.faults.clear()
        await give(console, DEMO_KEY)
        await console.shows("4 of 6")


async def test_going_back_while_the_key_is_checked_forgets_the_check(asked: Asked) -> None:
    async with asked() as console:
        console.box.faults.add(Fault.parse("hang@validate*0"))
        await to_the_key(console)
        await give(console, DEMO_KEY)
        await console.shows("Asking the vendor")
        await console.press("escape")
        await console.until(lambda: not console.app.workers)
        assert console.screen.step == "key"
        assert console.screen.answers.key is None
        await console.press("escape")
        await console.shows("2 of 6")


async def test_another_address_asks_for_the_key_again(asked: Asked) -> None:
    async with asked() as console:
        await to_the_key(console)
        await give(console, DEMO_KEY)
        await console.shows("4 of 6")
        await console.press("escape", "enter")
        await console.shows("4 of 6")
        await console.press("escape", "escape")
        await console.shows("2 of 6")
        console.paste("https://example.org/v3")
        await console.press("enter")
        await console.shows("3 of 6")
        await console.press("enter")
        await console.shows("is empty")


async def test_what_cannot_be_an_answer_is_refused_in_words(asked: Asked, paths: Paths) -> None:
    paths.config_dir.mkdir()
    (paths.config_dir / "b.key").write_text("mine")
    async with asked() as console:
        await console.press("enter", "b", "enter")
        await console.shows("There is a key file of that name already")
        await console.press("slash", "enter")
        await console.shows("cannot be called")
        await console.press("backspace", "2", "enter")
        await console.shows("2 of 6")
        await console.press(*"?a", "enter")
        await console.shows("This address cannot be used")
    assert (paths.config_dir / "b.key").read_text() == "mine"


async def test_leaving_at_the_last_step_writes_nothing(asked: Asked, paths: Paths) -> None:
    async with asked() as console:
        await to_the_key(console)
        await give(console, DEMO_KEY)
        await console.shows("4 of 6")
        await console.press("enter", "enter")
        await console.shows("6 of 6")
        await console.press("ctrl+q")
        await console.until(lambda: console.app._exit)
    assert console.app.return_value is None
    assert "Nothing was written" in console.app.last_words
    assert written(paths) == []


async def test_files_that_came_in_between_are_left_as_they_are(asked: Asked, paths: Paths) -> None:
    async with asked() as console:
        await to_the_key(console)
        await give(console, DEMO_KEY)
        await console.shows("4 of 6")
        await console.press("enter", "enter")
        await console.shows("6 of 6")
        paths.config_dir.mkdir()
        paths.config_file.write_text("# mine\n")
        await console.press("enter")
        await console.shows("There is a settings file already")
    assert paths.config_file.read_text() == "# mine\n"
    assert written(paths) == ["config/config.toml"]


async def test_the_sandbox_is_the_second_row(asked: Asked, paths: Paths) -> None:
    async with asked() as console:
        await console.shows("Welcome")
        await console.press("down", "enter")
        await console.until(lambda: console.app._exit)
    assert console.app.return_value == "practise"
    assert written(paths) == []


async def test_a_key_that_was_typed_goes_to_no_clipboard(asked: Asked) -> None:
    async with asked() as console:
        await to_the_key(console)
        console.paste(DEMO_KEY)
        line = console.screen.query_one(HiddenLine)
        await console.until(lambda: line.value == DEMO_KEY)
        line.action_select_all()
        await console.press("ctrl+x")
        assert DEMO_KEY not in console.text()
        assert console.app.clipboard == ""


@pytest.mark.parametrize(
    ("variables", "asks"),
    [
        ({}, True),
        ({"CARDDESK_BASE_URL": "https://example.org/v3"}, True),
        ({"CARDDESK_API_KEY": "some-key-1234"}, False),
        ({"CARDDESK_KEY_COMMAND": "pass show key"}, False),
    ],
)
def test_only_who_has_neither_settings_nor_key_is_asked(
    paths: Paths, variables: dict[str, str], asks: bool
) -> None:
    assert first_run.wanted(paths, variables) is asks


def test_who_has_settings_is_not_asked(paths: Paths) -> None:
    paths.config_dir.mkdir()
    paths.config_file.symlink_to(Path("nowhere"))
    assert not first_run.wanted(paths, {})


async def test_without_a_terminal_it_says_what_to_run(paths: Paths) -> None:
    with pytest.raises(ConfigError) as refused:
        await first_run.set_up(paths, load(paths, {}))
    assert "carddesk config init" in refused.value.sentence()
    assert "carddesk --sandbox" in refused.value.sentence()
