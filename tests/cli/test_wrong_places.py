"""What was typed in the wrong place may be a key or a code: it is never repeated."""

import json
import os
import sys
from pathlib import Path

import pytest

from services.sandbox import DEMO_KEY
from services.sandbox.state import OrderRecord
from tests.cli.conftest import in_process

KEY = "live9f86d081884c7d65"
ODD = "AB\u200bCD\u00a0EF"


@pytest.mark.parametrize("command", [("balance",), ("doctor",), ("config", "show")])
async def test_a_key_in_the_place_of_its_file_is_not_repeated(environ, command):
    variables = {name: value for name, value in environ.items() if name != "CARDDESK_API_KEY"}
    done = await in_process(variables | {"CARDDESK_KEY_FILE": KEY}, *command)
    assert KEY not in done.out + done.err
    assert "key_file" in done.out + done.err


async def test_the_name_of_a_key_file_is_said(fresh):
    done = await fresh("balance", CARDDESK_KEY_FILE="main.key")
    assert "main.key does not exist" in done.err


@pytest.mark.parametrize(
    "argv",
    [
        ("config", "init", "--key-stdin", KEY),
        ("config", "init", f"--key-stdin={KEY}"),
        ("config", KEY),
        ("balance", "--api-key", KEY),
        ("balance", f"--api-key={KEY}"),
        ("--api-key", KEY, "balance"),
        (KEY,),
        ("export", KEY),
        ("orders", KEY),
        ("config", "init", "--keyboard", KEY),
    ],
)
async def test_a_key_among_the_arguments_is_not_repeated(fresh, argv):
    for variant in (argv, (*argv, "--json")):
        done = await fresh(*variant)
        assert done.code == 2
        assert KEY not in done.out + done.err
        assert done.err


async def test_what_was_mistyped_is_still_named(fresh):
    assert "'balanec'" in (await fresh("balanec")).err
    assert "--jso" in (await fresh("balance", "--jso")).err
    assert "1 that is not repeated here" in (await fresh("balance", "--key", KEY)).err


@pytest.mark.parametrize("name", ["\u200b", " \u2060\ufeff ", "\u202e"])
async def test_an_operator_whose_name_is_invisible_is_the_login(carddesk, shelf, name):
    await carddesk("buy", shelf.product_id, shelf.type_id, "1", "--yes", CARDDESK_OPERATOR=name)
    events = (await carddesk("audit", "--json")).document["events"]
    assert events
    assert all(event["who"].strip() for event in events)


@pytest.fixture
async def odd(carddesk, shelf, monkeypatch):
    """An order whose card no terminal can show sign for sign, and one that begins like a formula.

    The formula's card has a serial; the other has none.
    """
    monkeypatch.setattr(OrderRecord, "cards", property(lambda _: ((ODD, "S-1"), ("=1+1", "plain"))))
    done = await carddesk("buy", shelf.product_id, shelf.type_id, "2", "--yes", "--json", "--wait")
    return done.document


async def test_codes_in_a_file_are_kept_to_the_last_sign(carddesk, odd, tmp_path):
    path = tmp_path / "codes.csv"
    done = await carddesk("export", "orders", "--yes-with-codes", "--output", str(path))
    assert done.code == 0, done
    text = path.read_bytes().decode()
    assert ODD in text
    assert "'=1+1" in text
    assert "1 codes begin like a formula" in done.err
    assert "cannot show" not in done.err


async def test_on_a_terminal_codes_are_drawn_and_said_to_be(environ, odd):
    import io

    from tui.cli.main import run

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out, err = Terminal(), io.StringIO()
    argv = ("export", "orders", "--yes-with-codes", "--output", "-")
    assert await run(argv, environ, out, err) == 0
    assert "\u200b" not in out.getvalue()
    assert "ABCD EF" in out.getvalue()
    assert "1 code holds what a terminal cannot show" in err.getvalue()
    assert "1 codes begin like a formula" in err.getvalue()


async def test_a_revealed_code_that_was_drawn_otherwise_is_said_to_be(carddesk, shelf, odd):
    done = await carddesk("order", odd["order_id"], "--reveal")
    assert "ABCD EF" in done.out
    assert "1 code holds what a terminal cannot show" in done.err
    raw = await carddesk("order", odd["order_id"], "--reveal", "--json")
    assert raw.document["cards"][0]["value"] == ODD
    assert "cannot show" not in raw.err
    bought = await carddesk(
        *("buy", shelf.product_id, shelf.type_id, "2", "--yes", "--wait", "--reveal")
    )
    assert "1 code holds what a terminal cannot show" in bought.err


async def test_a_second_reveal_says_who_had_the_cards_before(carddesk, odd):
    first = await carddesk("order", odd["order_id"], "--reveal")
    assert "Already revealed" not in first.err
    second = await carddesk("order", odd["order_id"], "--reveal", CARDDESK_OPERATOR="karim")
    assert "Already revealed at " in second.err
    assert "by amina (all cards)" in second.err
    third = await carddesk("order", odd["order_id"], "--reveal", "--json")
    assert "by karim" in third.err
    assert json.loads(third.out)


async def test_a_pipe_in_the_place_of_the_log_blocks_nothing(carddesk, home):
    folder = Path(home["XDG_STATE_HOME"]) / "carddesk"
    folder.mkdir(mode=0o700, parents=True)
    os.mkfifo(folder / "carddesk.log", 0o600)
    done = await carddesk("balance")
    assert done.code == 0
    assert (folder / "carddesk.log").is_fifo()


@pytest.mark.parametrize(
    "name",
    [
        "cache/carddesk/catalog-sandbox-sandbox.json",
        "cache/carddesk/values-sandbox-sandbox.json",
        "state/carddesk/keys/*.json",
        "state/carddesk/keys/*.rate",
        "state/carddesk/sandbox/vendor.json",
        "state/carddesk/sandbox/address",
    ],
)
async def test_a_pipe_in_the_place_of_any_file_blocks_nothing(fresh, tmp_path, name):
    assert (await fresh("catalog", "--sandbox")).code == 0
    for path in list(tmp_path.glob(name)) or [tmp_path / name]:
        path.unlink(missing_ok=True)
        os.mkfifo(path, 0o600)
    done = await fresh("catalog", "--sandbox")
    assert done.code in (0, 2), done.err


@pytest.fixture
def configured(home):
    """A folder of settings with a key file, all of it private."""
    folder = Path(home["XDG_CONFIG_HOME"]) / "carddesk"
    folder.mkdir(mode=0o700, parents=True)
    (folder / "config.toml").write_text('[profiles.main]\nkey_file = "k.key"\n')
    (folder / "k.key").write_text(DEMO_KEY)
    for path in folder.iterdir():
        path.chmod(0o600)
    return folder


@pytest.mark.parametrize(
    ("name", "mode", "words"),
    [
        ("config.toml", 0o660, "can be written by other users"),
        ("config.toml", 0o602, "can be written by other users"),
        ("", 0o777, "can be written by other users"),
        ("", 0o770, "can be written by other users"),
        ("k.key", 0o640, "can be read by other users"),
    ],
)
async def test_files_that_others_can_change_are_refused_in_words(
    fresh, environ, configured, name, mode, words
):
    url = {"CARDDESK_BASE_URL": environ["CARDDESK_BASE_URL"], "CARDDESK_ENVIRONMENT": "sandbox"}
    assert (await fresh("balance", **url)).code == 0
    (configured / name).chmod(mode)
    done = await fresh("balance", **url)
    assert done.code == 2
    assert words in done.err
    assert "chmod" in done.err
    done = await fresh("doctor", **url)
    assert done.code == 2
    assert "others" in done.out or words in done.out


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="gives files away")
@pytest.mark.parametrize("name", ["config.toml", "", "k.key"])
async def test_files_of_another_user_are_refused_in_words(fresh, environ, configured, name):
    os.chown(configured / name, 65534, 65534)
    done = await fresh(
        *("balance",),
        CARDDESK_BASE_URL=environ["CARDDESK_BASE_URL"],
        CARDDESK_ENVIRONMENT="sandbox",
    )
    assert done.code == 2
    assert "belongs to another user" in done.err


async def test_a_home_that_is_a_link_works_like_any_other(fresh, environ, configured, tmp_path):
    link = tmp_path.parent / f"{tmp_path.name}-link"
    link.symlink_to(tmp_path)
    moved = {
        "HOME": str(link),
        "XDG_CONFIG_HOME": str(link / "config"),
        "XDG_STATE_HOME": str(link / "state"),
        "XDG_CACHE_HOME": str(link / "cache"),
        "CARDDESK_BASE_URL": environ["CARDDESK_BASE_URL"],
        "CARDDESK_ENVIRONMENT": "sandbox",
    }
    for command in (("balance",), ("orders",), ("audit", "--verify"), ("config", "show")):
        assert (await fresh(*command, **moved)).code == 0, command
    link.unlink()
