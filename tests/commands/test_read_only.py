"""A desk that only looks: what buys is never built, and no question is asked for a purchase."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from services.settings.load import Settings


@pytest.mark.parametrize("how", ["flag", "variable", "profile"])
async def test_buy_asks_the_vendor_nothing(carddesk, environ, shelf, vendor, home, how):
    variables = {"CARDDESK_READ_ONLY": "true"} if how == "variable" else {}
    if how == "profile":
        folder = Path(home["XDG_CONFIG_HOME"]) / "carddesk"
        folder.mkdir(mode=0o700, parents=True)
        (folder / "config.toml").write_text("[profiles.main]\nread_only = true\n")
        (folder / "config.toml").chmod(0o600)
    vendor.requests.clear()
    argv = (
        "buy",
        shelf.product_id,
        shelf.type_id,
        "1",
        "--yes",
        *(["--read-only"] * (how == "flag")),
    )
    for command in (argv, (*argv, "--json"), (*argv, "--wait", "--reveal")):
        done = await carddesk(*command, **variables)
        assert done.code == 3, done
        assert "read-only" in done.err
    assert not vendor.requests
    assert vendor.posts == []


async def test_what_buys_is_not_even_built(open_desk):
    def looking(settings: Settings) -> Settings:
        return replace(settings, profile=replace(settings.profile, read_only=True))

    async with open_desk(read_only=True) as desk:
        assert desk._opening.opened().purchasing is None
    async with open_desk(change=looking) as desk:
        assert desk._opening.opened().purchasing is None
    async with open_desk() as desk:
        assert desk._opening.opened().purchasing is not None


async def test_limits_that_were_changed_are_in_the_audit(carddesk):
    await carddesk("balance")
    await carddesk("balance", CARDDESK_PURCHASE_MAX_TOTAL="500")
    await carddesk("balance", CARDDESK_PURCHASE_MAX_TOTAL="500")
    events = (await carddesk("audit", "--json")).document["events"]
    moved = [event["why"] for event in events if event["kind"] == "limits"]
    assert sum("limits changed: max_total" in why for why in moved) >= 1
    assert "max_total" in (await carddesk("audit")).out
