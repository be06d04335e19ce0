"""A read-only desk: what buys is never made, and the vendor itself counts no post."""

import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from services.errors import Refused
from services.sandbox import DEMO_KEY
from services.settings import Settings

ROOT = Path(__file__).parents[2]
PROBE = """
import asyncio, sys
from services.clock import SystemClock
from services.desk import Desk
from services.errors import Refused
from services.paths import Paths
from services.sandbox import DEMO_KEY, Sandbox
from services.secrets import Secret
from services.settings import load, sandbox_settings
from pathlib import Path

async def main():
    paths = Paths(*(Path(sys.argv[1]) / name for name in ("config", "state", "cache")))
    async with Sandbox() as box:
        settings = sandbox_settings(load(paths, {}, sandbox=True), box.url)
        key = Secret(DEMO_KEY)
        async with Desk(settings, key, paths, operator="amina", read_only=True) as desk:
            await desk.ready()
            await desk.balance()
            await desk.list_orders()
            await desk.resolve()
    print("services.purchasing" in sys.modules)

asyncio.run(main())
"""


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
        await desk.resolve()
    posts = {name: n for (method, name), n in market.requests.items() if method == "POST"}
    assert posts == {}
    assert market.orders == {}


def test_the_code_that_buys_is_not_even_loaded(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
