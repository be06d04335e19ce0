"""The set-up as an app of its own: it asks the vendor about the key and writes the first files."""

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from textual import on, work
from textual.binding import BindingType
from textual.screen import Screen

from services.domain.book import LinkState
from services.domain.errors import DeskError
from services.domain.status_text import link_words
from services.settings import first_run
from services.settings.load import Profile, environment
from services.system.paths import Paths
from services.system.route import Route
from tui.console.base_app import BaseApp
from tui.screens.base import ConsoleContext, ConsoleScreen
from tui.screens.parts.setup_steps import Answers
from tui.screens.setup import SetupScreen

if TYPE_CHECKING:
    from services.desk.key_check import KeyCheck

SetUp = Literal["written", "practise"]
"""What a set-up ended with; None when the operator left it."""


class SetupApp(BaseApp[SetUp], inherit_bindings=False):
    """Asks for a first profile on this terminal.

    Args:
        context: the keys and the theme.
        paths: where settings and key will be kept.
        answers: what is offered at first.
        route: the proxy and the certificates of the settings, or None.
    """

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self, context: ConsoleContext, paths: Paths, answers: Answers, route: Route | None = None
    ) -> None:
        super().__init__(context)
        self._setup = SetupScreen(context, paths, answers)
        self._paths = paths
        self._route = route
        self._checks: KeyCheck | None = None
        self._writing = False

    def get_default_screen(self) -> Screen[Any]:
        return self._setup

    @on(ConsoleScreen.Asked)
    def _asked(self, event: ConsoleScreen.Asked) -> None:
        if event.action_id == "redraw":
            self.link.redraw()
        elif event.action_id == "suspend" and not self._writing:
            self.suspend_process()
        elif event.action_id == "leave" and not self._writing:
            self.leave(sentence="Nothing was written. `carddesk` asks again.")

    @on(SetupScreen.PracticeChosen)
    def _practise(self) -> None:
        self.exit("practise")

    @on(SetupScreen.KeyGiven)
    @work(group="key", exclusive=True, description="check the key")
    async def _check(self, given: SetupScreen.KeyGiven) -> None:
        # Here, because HTTP takes longer to import than the first question to draw.
        from services.desk.key_check import KeyCheck

        self._checks = self._checks or KeyCheck(link=self._say_silence)
        try:
            info = await self._checks.ask(given.base_url, given.key, self._route)
        except DeskError as error:
            self._setup.refuse(error.sentence())
        else:
            self._setup.show_key(given.key, info)

    def _say_silence(self, link: LinkState) -> None:
        if sentence := link_words(link, self.clock.now()):
            self.say(sentence)

    @on(SetupScreen.CheckDropped)
    def _drop_check(self) -> None:
        self.workers.cancel_group(self, "key")  # pyright: ignore[reportUnknownMemberType]

    @on(SetupScreen.Agreed)
    @work(group="write", description="write the settings")
    async def _write(self, agreed: SetupScreen.Agreed) -> None:
        answers, self._writing = agreed.answers, True
        try:
            await asyncio.to_thread(
                first_run.write,
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
    if answers.info is None:
        raise ValueError("a profile needs a key that was checked")
    return Profile(
        name=answers.name,
        base_url=answers.base_url,
        environment=environment(answers.info.environment),
        key_file=f"{answers.name}.key",
        account_exclusive=answers.exclusive,
    )
