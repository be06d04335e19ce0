"""`carddesk journal move`: from a file to a server and back, whole or not at all."""

import psycopg
import pytest

from services.journal.moving import move as moving
from services.journal.moving import tables
from services.journal.postgres import roles
from services.system.liveness import InUse


@pytest.fixture
def bought(carddesk, shelf):
    async def buy(run=carddesk, **variables):
        return await run("buy", shelf.product_id, shelf.type_id, "1", "--yes", **variables)

    return buy


@pytest.fixture
def file(tmp_path):
    """Return the journal's file of this host."""
    return lambda: next((tmp_path / "state").rglob("*-sandbox.db"))


@pytest.fixture
def move(team):
    """Move the journal, once what ran before in this process has left the server."""

    async def move(way: str, *more: str, **variables: str):
        while (await team("journal", "--json")).document["consoles"]:
            pass
        return await team("journal", "move", way, *more, **variables)

    return move


async def test_a_journal_goes_to_the_server_and_comes_back(
    carddesk, team, move, bought, tmp_path, vendor
):
    assert (await bought()).code == 0
    await carddesk("sale", "list")
    await team("journal", "init")
    moved = await move("--to-server", "--json")
    assert moved.code == 0, moved.err
    assert moved.document["purchases"] == 1
    refused = await bought()
    assert refused.code == 3
    assert "was moved to" in refused.err
    assert (await team("audit", "--verify", moved.document["head"])).code == 0
    assert (await bought(team)).code == 0
    assert (await team("journal", "check")).code == 0

    back = await move("--to-file", "--json")
    assert back.code == 0, back.err
    assert back.document["purchases"] == 2
    assert "was moved to" in (await bought(team)).err
    assert (await carddesk("journal", "check")).code == 0
    assert (await bought()).code == 0
    assert len(vendor.orders) == 3
    assert len(list((tmp_path / "state").rglob("*.moved-*"))) == 1
    again = await move("--to-file")
    assert again.code == 5
    assert "in a file here already" in again.err


async def test_a_journal_that_is_open_elsewhere_is_not_moved(team, move, bought, file):
    await bought()
    await team("journal", "init")
    mark = InUse(file().with_name(file().name + ".open"))
    mark.take()
    try:
        done = await move("--to-server")
    finally:
        mark.drop()
    assert done.code == 5
    assert "has the journal open" in done.err
    assert (await bought()).code == 0


async def test_a_server_that_holds_something_is_left_alone(team, move, bought, place):
    await bought()
    await team("journal", "init")
    with psycopg.connect(place, autocommit=True) as admin:
        admin.execute("SET search_path = carddesk_sandbox")
        admin.execute("INSERT INTO note_words VALUES ('yacine', 'p1')")
    done = await move("--to-server")
    assert done.code == 5
    assert "holds something already (note_words)" in done.err
    assert (await bought()).code == 0


async def test_only_the_owner_moves_it(team, move, bought, login):
    await bought()
    await team("journal", "init")
    desk = {"CARDDESK_JOURNAL": login(roles.DESK)}
    refused = await move("--to-server", **desk)
    assert refused.code == 5
    assert "does not allow this to your login" in refused.err
    assert (await bought()).code == 0
    owner = {"CARDDESK_JOURNAL": login(roles.OWNER)}
    assert (await move("--to-server", **owner)).code == 0
    assert (await move("--to-file", **desk)).code == 5


@pytest.mark.parametrize("way", ["--to-server", "--to-file"])
async def test_a_copy_that_is_not_the_same_is_dropped(
    way, team, move, carddesk, bought, monkeypatch, tmp_path
):
    await bought()
    await team("journal", "init")
    run = carddesk
    if way == "--to-file":
        await move("--to-server")
        run = team
    with monkeypatch.context() as broken:
        broken.setattr(tables, "differing", lambda *_: "orders")
        done = await move(way)
        assert done.code == 5
        assert "not the same as the journal (orders)" in done.err
    assert (await bought(run)).code == 0
    assert (await move(way)).code == 0
    assert (await run("journal", "check")).code == 0


@pytest.mark.parametrize("way", ["--to-server", "--to-file"])
async def test_a_death_in_the_middle_is_gone_on_from(
    way, team, move, bought, carddesk, monkeypatch
):
    await bought()
    await team("journal", "init")
    source, target = carddesk, team
    if way == "--to-file":
        await move("--to-server")
        source, target = team, carddesk
    with monkeypatch.context() as dying:
        # What a process that is killed does not do either.
        dying.setattr(moving, "_unmark", lambda *_: None)
        dying.setattr(moving.Mover, "_unmarked", lambda *_: None)

        def died(*_: object) -> None:
            raise SystemExit(9)

        dying.setattr(tables, "into_server" if way == "--to-server" else "into_file", died)
        with pytest.raises(SystemExit):
            await move(way)
    refused = await bought(source)
    assert "was moved to" in refused.err
    done = await move(way)
    assert done.code == 0, done.err
    assert (await bought(target)).code == 0
    assert (await target("journal", "check")).code == 0


async def test_where_to_has_to_be_said(team):
    assert (await team("journal", "move")).code == 2
    assert (await team("journal", "check", "--to-file")).code == 2
