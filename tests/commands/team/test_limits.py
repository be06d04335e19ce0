"""`carddesk limits`: what may be spent, kept in the journal."""

import pytest

from services.journal.postgres import roles


async def test_limits_of_a_file_are_shown_and_set(carddesk, shelf):
    assert (await carddesk("limits")).err.startswith("The journal keeps no limit")
    done = await carddesk("limits", "set", "--max-total", "1500", "--max-day", "2000")
    assert done.code == 0, done.err
    await carddesk("limits", "set", "--operator", "karim", "--max-day", "900")
    shown = await carddesk("limits", "--json", CARDDESK_PURCHASE_MAX_DAY="7000")
    assert shown.document == {
        "settings": {"max_total": None, "max_day": "7000.00"},
        "journal": [
            {"operator": None, "max_total": "1500.00", "max_day": "2000.00"},
            {"operator": "karim", "max_total": None, "max_day": "900.00"},
        ],
    }
    buy = ("buy", shelf.product_id, shelf.type_id)
    over = await carddesk(*buy, "2", "--yes")
    assert over.code == 3
    assert "allowed by the journal" in over.err
    assert (await carddesk(*buy, "1", "--yes", CARDDESK_OPERATOR="karim")).code == 3
    assert (await carddesk(*buy, "1", "--yes")).code == 0
    assert (await carddesk(*buy, "1", "--yes", CARDDESK_PURCHASE_MAX_TOTAL="10")).code == 3


async def test_on_a_server_the_owner_alone_sets_them(team, login, database):
    await team("journal", "init")
    desk = {"CARDDESK_JOURNAL": login(roles.DESK)}
    owner = {"CARDDESK_JOURNAL": login(roles.OWNER)}
    wish = ("limits", "set", "--operator", f"{database}_desk", "--max-day", "500")
    refused = await team(*wish, **desk)
    assert refused.code == 5
    assert "does not allow this to your login" in refused.err
    assert (await team(*wish, **owner)).code == 0
    assert f"{database}_desk" in (await team("limits", **desk)).out


@pytest.mark.parametrize(
    "wrong",
    [
        ("set",),
        ("set", "--max-day", "-1"),
        ("show", "--max-day", "1"),
        ("set", "--max-total", "lots"),
    ],
)
async def test_what_is_no_limit_is_refused(carddesk, wrong):
    assert (await carddesk("limits", *wrong)).code == 2


async def test_a_desk_that_only_looks_sets_none(carddesk):
    done = await carddesk("limits", "set", "--max-day", "1", "--read-only")
    assert done.code == 3
    assert "read-only" in done.err
