"""The set-up as an app of its own: it asks the vendor about the key and writes the first files."""

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from textual import on, work
from textual.binding import BindingType
from textual.screen import Screen

from services import first_settings
from services.errors import DeskError
from services.paths import Paths
from services.settings import Profile, environment
from tui.line_app import LineApp
from tui.screens.base import ConsoleScreen, Frame
from tui.screens.setup import SetupScreen
from tui.screens.setup_steps import Answers

if TYPE_CHECKING:
    from services.key_check import KeyCheck

SetUp = Literal["written", "practise"]
"""What a set-up ended with; None when the operator left it."""


class SetupApp(LineApp[SetUp]):
    """Asks for a first profile on this terminal.

    Args:
        frame: the keys and the theme.
        paths: where settings and key will be kept.
        answers: what is offered at first.
        proxy: the proxy of the settings, or empty.
    """

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, frame: Frame, paths: Paths, answers: Answers, proxy: str = "") -> None:
        super().__init__(frame)
        self._setup = SetupScreen(frame, paths, answers)
        self._paths = paths
        self._proxy = proxy
        self._checks: KeyCheck | None = None
        self._writing = False

    def get_default_screen(self) -> Screen[Any]:
        """Begin with the first question."""
        return self._setup

    @on(ConsoleScreen.Asked)
    def _asked(self, event: ConsoleScreen.Asked) -> None:
        if event.action_id == "redraw":
            self.draw_anew()
        elif event.action_id == "leave" and not self._writing:
            self.leave(sentence="Nothing was written. `carddesk` asks again.")

    @on(SetupScreen.PractiseWanted)
    def _practise(self) -> None:
        self.exit("practise")

    @on(SetupScreen.KeyGiven)
    @work(group="key", exclusive=True, description="check the key")
    async def _check(self, given: SetupScreen.KeyGiven) -> None:
        # Here, because HTTP takes longer to import than the first question to draw.
        from services.key_check import KeyCheck

        self._checks = self._checks or KeyCheck()
        try:
            info = await self._checks.ask(given.base_url, given.key, self._proxy)
        except DeskError as error:
            self._setup.refuse(error.sentence())
        else:
            self._setup.show_key(given.key, info)

    @on(SetupScreen.CheckDropped)
    def _drop_check(self) -> None:
        self.workers.cancel_group(self, "key")  # pyright: ignore[reportUnknownMemberType]

    @on(SetupScreen.Agreed)
    @work(group="write", description="write the settings")
    async def _write(self, agreed: SetupScreen.Agreed) -> None:
        answers, self._writing = agreed.answers, True
        try:
            await asyncio.to_thread(
                first_settings.write,
                self._paths,
                profile(answers),
                answers.key,
                answers.keyboard,
            )
        except DeskError as error:
            self._writing = False
            self._setup.refuse(error.sentence())
        else:
            self.exit("written")


def profile(answers: Answers) -> Profile:
    """Return the profile that these answers make."""
    if answers.info is None:
        raise ValueError("a profile needs a key that was checked")
    return Profile(
        name=answers.name,
        base_url=answers.base_url,
        environment=environment(answers.info.environment),
        key_file=f"{answers.name}.key",
        account_exclusive=answers.exclusive,
    )
