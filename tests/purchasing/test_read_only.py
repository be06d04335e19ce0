"""A read-only desk: what buys is never made, and the vendor itself counts no post."""

import pytest
from msgspec.structs import replace

from services.domain.errors import Refused
from services.sandbox import DEMO_KEY
from services.settings.load import Settings


def by_profile(settings: Settings) -> Settings:
    return replace(settings, profile=replace(settings.profile, read_only=True))


@pytest.mark.parametrize("why", ["flag", "profile", "key"])
async def test_the_vendor_counts_no_post_however_it_is_tried(open_desk, pick, market, why):
    async with open_desk() as desk:
        product, denomination = await pick(desk)
        quote = await desk.quote(product.id, denomination.id, 1)
    if why == "key":
        market.add_key(DEMO_KEY, scope="READ-ONLY")
    options = {"flag": {"read_only": True}, "profile": {"change": by_profile}}
    async with open_desk(**options.get(why, {})) as desk:
        desk.start()
        with pytest.raises(Refused, match=r"read-only|READ-ONLY"):
            await desk.quote(product.id, denomination.id, 1)
        with pytest.raises(Refused, match=r"read-only|READ-ONLY"):
            await desk.buy(quote)
        account = desk._opening.opened()
        assert account.purchasing is None
        with pytest.raises(Refused, match="does not buy"):
            account.buyer()
        await desk.settlement.resolve()
    posts = {name: n for (method, name), n in market.requests.items() if method == "POST"}
    assert posts == {}
    assert market.orders == {}
