"""Calling somebody who is not at the terminal: a program of the operator's gets a JSON object."""

import json
import os
import shlex
from datetime import UTC, datetime, timedelta
from typing import Final

from services.desk.book_publisher import BookPublisher
from services.desk.opening import Opening
from services.domain.alerts import Occasion
from services.domain.book import DeskInfo
from services.domain.errors import DeskError, JournalFailed
from services.domain.phrase import EMPTY, Phrase, phrase
from services.journal.leases import AGAIN, ONCE
from services.settings.fields import UiSettings
from services.system import programs
from services.system.clock import Clock

SETTING: Final = "ui.tell_command"
SECONDS: Final = 10.0
"""How long the program may take."""

TAIL: Final = 6
"""So many characters of an order id are given away."""

CallDocument = dict[str, str | int | None]


class DeskCalls:
    """Runs the program of `ui.tell_command`, once for the account, whatever consoles are open.

    Args:
        opening: knows the account once it is open, whose consoles share what was called for.
        keeper: the book, whose log says why a call did not go out.
    """

    def __init__(self, opening: Opening, keeper: BookPublisher, clock: Clock) -> None:
        self._opening: Final = opening
        self._keeper: Final = keeper
        self._clock: Final = clock
        self._reported: set[str] = set()

    async def make(self, occasion: Occasion, ui: UiSettings, info: DeskInfo) -> Phrase:
        """Call for one thing, unless another console of the account has.

        Args:
            occasion: what happened.
            ui: names the program, and says whether it gets the customer's name.
            info: which desk this is.

        Returns:
            Why that failed, in a sentence, the first time that it fails so; else nothing.
        """
        if not await self._is_first(occasion):
            return EMPTY
        document = document_of(occasion, info, self._clock.now(), customer=ui.tell_customer)
        try:
            await send(ui.tell_command, document)
        except DeskError as failure:
            if failure.message in self._reported:
                return EMPTY
            self._reported.add(failure.message)
            said = phrase("The call did not go out: {why}. It is said once.", why=failure.message)
            self._keeper.log(said, "warning")
            return said
        return EMPTY

    async def _is_first(self, occasion: Occasion) -> bool:
        """A journal that takes nothing lets every console call: better twice than not at all."""
        account = self._opening.account
        if account is None:
            return True
        lasts: timedelta = AGAIN if occasion.event == "balance_low" else ONCE
        try:
            return await account.first_to_call(occasion.key, lasts)
        except JournalFailed:
            return True


async def send(command: str, document: CallDocument) -> None:
    """Run the program with a document on its standard input, as one line of JSON.

    Raises:
        DeskError: it cannot be run, fails, or takes longer than `SECONDS`.
    """
    text = f"{json.dumps(document)}\n"
    await programs.run(SETTING, shlex.split(command), text, os.environ, SECONDS)


def document_of(
    occasion: Occasion, info: DeskInfo, now: datetime, *, customer: bool = False
) -> CallDocument:
    """Return what the program is given: no code, no key, no amount of the account.

    Args:
        occasion: what happened.
        info: which desk this is.
        now: the time, UTC.
        customer: whether the customer's name is in it.
    """
    named: CallDocument = {"customer": str(occasion.customer) or None} if customer else {}
    if occasion.news is not None:
        named |= {"state": occasion.news.kind, **occasion.news.facts}
    return {
        "event": occasion.event,
        **_where(info.profile, info.environment, now),
        "order": occasion.order_id[-TAIL:] or None,
        "purchase": occasion.purchase_id or None,
        "state": occasion.state or None,
        "why": occasion.why or None,
        **named,
    }


def trial_document(profile: str, environment: str, now: datetime) -> CallDocument:
    """Return what a trial gives the program: shaped like a call, and about nothing."""
    facts = dict.fromkeys(("order", "purchase", "state", "why"))
    return {"event": "test", **_where(profile, environment.upper(), now), **facts}


def _where(profile: str, environment: str, now: datetime) -> CallDocument:
    at = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"time": at, "profile": profile, "environment": environment}
