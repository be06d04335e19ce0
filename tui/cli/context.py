"""One call of the command line: its arguments, where it reads and speaks, and the desk it opens."""

import asyncio
import getpass
from argparse import ArgumentParser, Namespace
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeAlias

from services.domain.errors import BadInput, DeskError, JournalFailed, Unavailable
from services.domain.secrets import Secret
from services.domain.text import clean
from services.settings.api_key import api_key
from services.settings.load import Settings, load, sandbox_settings
from services.settings.route import route
from services.system import logs
from services.system.clock import SystemClock
from services.system.file_owners import owner_notice
from services.system.paths import Paths
from services.system.route import Route
from tui.cli import argument_types
from tui.cli.output import Output
from tui.cli.signals import Signals

if TYPE_CHECKING:
    from services.desk.desk import Desk
    from services.domain.models import Purchase
    from services.domain.money import Prices

LONGEST_NAME = 64


class Call:
    """What a command needs to do its work, and nothing of how it was found."""

    def __init__(
        self, args: Namespace, environ: Mapping[str, str], out: Output, signals: Signals
    ) -> None:
        self.args = args
        self.environ = environ
        self.out = out
        self.signals = signals

    @cached_property
    def paths(self) -> Paths:
        """Where settings, state and cache of this user are."""
        return Paths.default(self.environ)

    def settings(self) -> Settings:
        """Read the settings of the chosen profile; raises ConfigError."""
        if self.args.sandbox and self.args.profile:
            raise BadInput("--profile and --sandbox are two different desks: give one of them")
        return load(self.paths, self.environ, self.args.profile, sandbox=self.args.sandbox)

    def check_keys(self, settings: Settings) -> tuple[str, ...]:
        """Refuse what `[keys]` says as the console would; raises ConfigError.

        Returns a notice for each action id that has another name now.
        """
        if not settings.keys:
            return ()
        # The keys' names are the screen library's, which no command loads without need.
        from tui.actions.keymap import Keymap

        return Keymap(settings.ui.keyboard, settings.keys).notices

    def period(self) -> tuple[datetime | None, datetime | None]:
        """Return what `--from` and `--to` say, complete (UTC); raises BadInput."""
        return argument_types.period(self.args.start, self.args.end, SystemClock().now())

    async def key(self, settings: Settings) -> Secret:
        """Return the API key of the chosen account; raises ConfigError."""
        if self.args.sandbox:
            from services.sandbox import DEMO_KEY

            return Secret(DEMO_KEY)
        # A key_command may ask a password store that takes seconds.
        return await asyncio.to_thread(api_key, settings.profile, self.paths, self.environ)

    def route(self, settings: Settings) -> Route | None:
        """Return the way to the vendor; None to the embedded one. Raises ConfigError."""
        return None if self.args.sandbox else route(settings.net, self.paths)

    @asynccontextmanager
    async def account(self) -> AsyncGenerator[tuple[Settings, Secret]]:
        """Give the settings and the key; with --sandbox the embedded vendor runs meanwhile.

        Raises:
            ConfigError: the settings or the key cannot be used.
        """
        settings = self.settings()
        key = await self.key(settings)
        if not self.args.sandbox:
            yield settings, key
            return
        from services.sandbox.host import reached

        async with reached(self.paths) as met:
            yield sandbox_settings(settings, *met), key

    async def prices(self, desk: "Desk") -> "Prices":
        """Return how this desk makes prices, by the category too, which the catalogue knows."""
        settings = self.settings()
        if settings.house.by_category and desk.book.catalog is None:
            try:
                await desk.catalog.read()
            except DeskError as failure:
                self.out.say(f"No price is made by its category: {failure.failure.sentence()}")
        return settings.priced_by(desk.book.catalog).prices

    @asynccontextmanager
    async def unchecked_desk(self) -> AsyncGenerator["Desk"]:
        """Open the desk without asking the vendor anything; raises ConfigError."""
        # Here for speed: HTTP and TLS take longer to import than `config show` takes to run.
        from services.desk.desk import Desk

        logs.start(self.paths)
        if notice := owner_notice(self.paths):
            self.out.say(str(notice.sentence()))
        async with (
            self.account() as (settings, key),
            Desk(
                settings,
                key,
                self.paths,
                operator=operator(self.environ),
                read_only=self.args.read_only,
                route=self.route(settings),
            ) as desk,
        ):
            narrator = asyncio.ensure_future(_narrate(desk, self.out))
            try:
                yield desk
            finally:
                narrator.cancel()

    @asynccontextmanager
    async def desk(self, *, offline: bool = False, journal: bool = True) -> AsyncGenerator["Desk"]:
        """Open the desk, checked against the vendor.

        Args:
            offline: go on with what the journal holds when the vendor cannot be reached.
            journal: whether the command needs one; what only asks the vendor goes on without.

        Raises:
            DeskError: the key, the environment or the journal cannot be used.
        """
        async with self.unchecked_desk() as desk:
            try:
                await desk.ready()
            except Unavailable as failure:
                if not (offline and await _has_journal(desk)):
                    raise
                self.out.say(f"As the journal has it: {failure.sentence()}")
            except JournalFailed as failure:
                if journal:
                    raise
                self.out.say(f"Without the journal: {failure.sentence()}")
            yield desk

    async def wait_final(self, desk: "Desk", purchase_id: str, seconds: float) -> "Purchase | None":
        """Wait for the end of a purchase; None where a signal came first, or a failure, said."""
        try:
            return await self.signals.unless_stopped(desk.wait_final(purchase_id, seconds))
        except DeskError as failure:
            self.out.say(failure.sentence())
            return None


CommandHandler: TypeAlias = Callable[[Call], Awaitable[int]]


class AddCommand(Protocol):
    """Declares a command of the command line and what carries it out."""

    def __call__(self, name: str, handler: CommandHandler, purpose: str) -> ArgumentParser:
        """Return the command's parser, for its own arguments."""
        ...


async def _narrate(desk: "Desk", out: Output) -> None:
    """Say what a command waits for, once each time."""
    from services.domain.status_text import link_words

    before = desk.book.link
    async for book in desk.books():
        if book.link is not before:
            before = book.link
            if sentence := link_words(before, SystemClock().now()):
                out.say(sentence)


async def _has_journal(desk: "Desk") -> bool:
    """Tell whether the desk knew its account from an earlier time and opened its journal."""
    try:
        await desk.journal.purchases(unresolved=True)
    except JournalFailed:
        return False
    return True


def operator(environ: Mapping[str, str]) -> str:
    """Return who is at the desk: CARDDESK_OPERATOR, else the login name."""
    # Cleaned first: what cannot be seen is no name.
    if name := clean(environ.get("CARDDESK_OPERATOR", "").strip(), LONGEST_NAME).strip():
        return name
    try:
        login = getpass.getuser()
    except (OSError, KeyError):  # a container's user without an entry in the password file
        login = ""
    return clean(login.strip(), LONGEST_NAME).strip() or "unknown"
