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
            {"operator": None, "max_total": "1500.00", "max_day": "2000.00", "approve_above": None},
            {"operator": "karim", "max_total": None, "max_day": "900.00", "approve_above": None},
        ],
        "approvers": [],
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
        ("show", "--approver", "karim"),
        ("set", "--approver", "karim", "--no-approver", "karim"),
    ],
)
async def test_what_is_no_limit_is_refused(carddesk, wrong):
    assert (await carddesk("limits", *wrong)).code == 2


async def test_a_desk_that_only_looks_sets_none(carddesk):
    done = await carddesk("limits", "set", "--max-day", "1", "--read-only")
    assert done.code == 3
    assert "read-only" in done.err


async def test_above_a_limit_a_command_says_that_it_waits(team, login, shelf, vendor, tmp_path):
    await team("journal", "init")
    owner = {"CARDDESK_JOURNAL": login(roles.OWNER)}
    desk = {"CARDDESK_JOURNAL": login(roles.DESK)}
    # A desk opens it first: only then is it known whose it is.
    await team("doctor", **desk)
    done = await team("limits", "set", "--approve-above", "1000", "--approver", "karim", **owner)
    assert done.code == 0, done.err
    assert "The owner, karim may approve what others ask for." in done.err
    goods = (shelf.product_id, shelf.type_id)
    quoted = await team("buy", *goods, "2", "--json", **desk)
    assert quoted.document["quote"]["needs_approval"]
    asked = await team("buy", *goods, "2", "--yes", "--json", **desk)
    assert asked.code == 8, asked.err
    assert "Waits for approval by another person, ends " in asked.err
    assert asked.document["state"] == "AWAITING_APPROVAL"
    assert asked.document["approval_ends"] > asked.document["created_at"]
    waited = await team("buy", *goods, "3", "--yes", "--wait", "1", **desk)
    assert waited.code == 8
    [first, *_] = (await team("orders", "--json", **desk)).document
    assert first["state"] == "AWAITING_APPROVAL"
    assert vendor.posts == []
    rows = tmp_path / "rows.csv"
    rows.write_text(
        "product_id,type_id,quantity\n"
        f"{shelf.product_id},{shelf.type_id},4\n{shelf.product_id},{shelf.type_id},1\n"
    )
    many = await team("buy", "--from", str(rows), "--yes", "--json", **desk)
    assert many.code == 8
    assert [row["outcome"] for row in many.document["rows"]] == ["to_approve", "bought"]
    line = f"{shelf.product_id}:{shelf.type_id}"
    sold = await team("sale", "--line", f"{line}:5", "--yes", "--json", **desk)
    assert sold.code == 8, sold.err
    assert [each["outcome"] for each in sold.document["lines"]] == ["to_approve"]
    assert len(vendor.posts) == 1


async def test_a_file_of_this_host_takes_no_approvals(carddesk):
    for wish in (("--approve-above", "1000"), ("--approver", "karim")):
        done = await carddesk("limits", "set", *wish)
        assert done.code == 3
        assert "Approvals need a journal on a server" in done.err
    assert (await carddesk("limits", "set", "--approve-above", "0")).code == 0
