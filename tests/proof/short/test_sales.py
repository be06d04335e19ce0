"""A few deaths of a sale, of the hundreds that `make prove` dies."""

from tests.proof import sales
from tests.proof.case import Scene

SCENES = (Scene("no fault"), Scene("answer lost", ("reset@placeOrder:after",)))


async def test_a_sale_is_bought_once_whatever_kills_it() -> None:
    tally = await sales.run(SCENES, every=41)
    assert tally.complaints == []
    assert tally.kills > 10
    assert tally.orders == sales.LINES * tally.sales
    assert (tally.twice, tally.lost) == (0, 0)
