"""One call of the command line: its arguments, where it reads and speaks, and the desk it opens."""

import asyncio
import getpass
from argparse import ArgumentParser, Namespace
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeAlias

from services import logs
from services.clock import SystemClock
from services.errors import BadInput, JournalFailed, Unavailable
from services.keys import api_key
from services.paths import Paths
from services.secrets import Secret
from services.settings import Settings, load, sandbox_settings
from services.text import clean
from tui import cli_values
from tui.cli_output import Output
from tui.cli_signals import Signals

if TYPE_CHECKING:
    from services.desk import Desk

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

    def check_keys(self, settings: Settings) -> None:
        """Refuse what `[keys]` says as the console would; raises ConfigError."""
        if settings.keys:
            # The keys' names are the screen library's, which no command loads without need.
            from tui.keymap import Keymap

            Keymap(settings.ui.keyboard, settings.keys)

    def period(self) -> tuple[datetime | None, datetime | None]:
        """Return what `--from` and `--to` say, complete (UTC); raises BadInput."""
        return cli_values.period(self.args.start, self.args.end, SystemClock().now())

    async def key(self, settings: Settings) -> Secret:
        """Return the API key of the chosen account; raises ConfigError."""
        if self.args.sandbox:
            from services.sandbox import DEMO_KEY

            return Secret(DEMO_KEY)
        # A key_command may ask a password store that takes seconds.
        return await asyncio.to_thread(api_key, settings.profile, self.paths, self.environ)

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
        from tui.embedded import reached

        async with reached(self.paths) as url:
            yield sandbox_settings(settings, url), key

    @asynccontextmanager
    async def unchecked_desk(self) -> AsyncGenerator["Desk"]:
        """Open the desk without asking the vendor anything; raises ConfigError."""
        # Here for speed: HTTP and TLS take longer to import than `config show` takes to run.
        from services.desk import Desk

        logs.start(self.paths)
        async with (
            self.account() as (settings, key),
            Desk(
                settings,
                key,
                self.paths,
                operator=operator(self.environ),
                read_only=self.args.read_only,
            ) as desk,
        ):
            yield desk

    @asynccontextmanager
    async def desk(self, *, offline: bool = False) -> AsyncGenerator["Desk"]:
        """Open the desk, checked against the vendor.

        Args:
            offline: go on with what the journal holds when the vendor cannot be reached.

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
            yield desk


Handler: TypeAlias = Callable[[Call], Awaitable[int]]


class AddCommand(Protocol):
    """Declares a command of the command line and what carries it out."""

    def __call__(self, name: str, handler: Handler, purpose: str) -> ArgumentParser:
        """Return the command's parser, for its own arguments."""
        ...


async def _has_journal(desk: "Desk") -> bool:
    """Tell whether the desk knew its account from an earlier time and opened its journal."""
    try:
        await desk.purchases(unresolved=True)
    except JournalFailed:
        return False
    return True


def operator(environ: Mapping[str, str]) -> str:
    """Return who is at the desk: CARDDESK_OPERATOR, else the login name."""
    # Cleaned first: what nobody can see is no name.
    if name := clean(environ.get("CARDDESK_OPERATOR", "").strip(), LONGEST_NAME).strip():
        return name
    try:
        login = getpass.getuser()
    except (OSError, KeyError):  # a container's user without an entry in the password file
        login = ""
    return clean(login.strip(), LONGEST_NAME).strip() or "unknown"
