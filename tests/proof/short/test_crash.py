"""A few deaths out of the thousands that `make prove` dies."""

from tests.proof import crash
from tests.proof.case import Scene

SCENES = (
    Scene("no fault"),
    Scene("reset after", ("reset@placeOrder:after",)),
    Scene("shared", ("reset@placeOrder:after",), exclusive=False, foreign="after"),
)


async def test_no_death_buys_twice_or_loses_an_order() -> None:
    tally = await crash.run(SCENES, every=27)
    assert tally.kills > 10
    assert tally.complaints == []
