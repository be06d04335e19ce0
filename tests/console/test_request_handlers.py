"""The table of requests: every request has a handler, and every answer reaches its screen."""

from typing import Any

import pytest

from services.domain.errors import Unavailable
from tui.console.request_handlers import BROKEN, HANDLERS
from tui.screens.requests import ExportRequest, LedgerRequest, Request, StockRequest


def kinds(kind: type[Request[Any]]) -> set[type[Request[Any]]]:
    below = {each for each in kind.__subclasses__() if each.__module__ == kind.__module__}
    return below.union(*map(kinds, below))


def test_every_request_has_a_handler_and_a_description() -> None:
    missing = {kind.__name__ for kind in kinds(Request) - set(HANDLERS)}
    assert not missing, f"give each a row of HANDLERS, tui/console/request_handlers.py: {missing}"
    assert set(HANDLERS) == kinds(Request)
    assert all(handling.description for handling in HANDLERS.values())


async def test_a_refusal_becomes_a_sentence_for_the_reply(
    console: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await console.ready()
    refusal = Unavailable("The ledger is out", advice="Try again.")

    async def refused(**_: object) -> None:
        raise refusal

    monkeypatch.setattr(console.app.desk.money, "ledger", refused)
    replies: list[tuple[Any, Any]] = []
    console.app.post_message(LedgerRequest(reply=lambda *reply: replies.append(reply)))
    await console.until(lambda: replies)
    ((answer, failure),) = replies
    assert (answer, str(failure.sentence())) == (None, refusal.sentence())
    console.app.post_message(LedgerRequest())
    await console.shows("The ledger is out")


async def test_a_defect_while_reading_reaches_the_pane(
    console: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await console.ready()

    async def broken(**_: object) -> None:
        raise LookupError("a defect")

    monkeypatch.setattr(console.app.desk.money, "ledger", broken)
    await console.press("5")
    await console.shows(str(BROKEN.message), "Could not read the ledger: a defect")


async def test_a_defect_while_quoting_gives_the_ticket_back(
    console: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = await console.ticket()

    async def broken(*_: object, **__: object) -> None:
        raise LookupError("a defect")

    monkeypatch.setattr(console.app.desk, "quote", broken)
    await console.press("enter")
    await console.until(lambda: ticket.stage == "edit" and ticket.ticket.error)
    await console.shows(str(BROKEN.message))


async def test_of_two_reads_the_latest_is_answered_alone(console: Any) -> None:
    await console.ready()
    first, second = (p for p in console.app.book.catalog.products()[:2])
    answers: list[str] = []
    for product in (first, second):
        reply = lambda _, error, id=product.id: answers.append(error or id)  # noqa: E731
        console.app.post_message(StockRequest(product, reply=reply))
    await console.until(lambda: answers)
    await console.settle()
    assert answers == [second.id]
    assert HANDLERS[StockRequest].latest_wins
    assert not HANDLERS[ExportRequest].latest_wins
