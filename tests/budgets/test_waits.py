"""How often a purchase waits for the journal's server, each time for the way there and back."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from services.settings.load import Settings
from tests.conftest import LeapingClock
from tests.journal.postgres.relay import Relay
from tests.journal.postgres.server import TestServer
from tests.proof.team import ground

ONE_READ_AND_THREE_STEPS = 8
"""Each waits once for all that it has to know, and once for its COMMIT."""


@pytest.fixture
def relay(postgres: TestServer, leaping: LeapingClock) -> Iterator[Relay]:
    with Relay(postgres.port) as relay, ground.server_time(leaping):
        yield relay


@pytest.mark.parametrize(
    ("max_day", "key", "most"),
    [
        (0, "", ONE_READ_AND_THREE_STEPS),
        (1_000_000, "", ONE_READ_AND_THREE_STEPS),
        (1_000_000, "k1", ONE_READ_AND_THREE_STEPS + 2),
    ],
)
async def test_a_purchase_waits_twice_a_step_for_a_far_server(
    relay: Relay,
    postgres: TestServer,
    open_desk: Callable[..., Any],
    pick: Callable[..., Any],
    max_day: int,
    key: str,
    most: int,
) -> None:
    name = ground.empty_journal(postgres)

    def on_a_server(settings: Settings) -> Settings:
        place = f"postgresql://postgres@127.0.0.1:{relay.port}/{name}"
        return replace(
            settings,
            profile=replace(settings.profile, journal=place),
            purchase=replace(settings.purchase, max_day=max_day),
        )

    async with open_desk(change=on_a_server) as desk:
        product, denomination = await pick(desk)
        quote = await desk.quote(product.id, denomination.id, 1)
        before = tuple(relay.waits)
        await desk.buy(quote, note="for Yacine 0555 12 34", idempotency_key=key)
        # The other line of a console is the one that hears of changes.
        assert max(now - then for now, then in zip(relay.waits, before, strict=True)) == most
