"""What cannot work ends in one sentence and the documented exit code; nothing is sent."""

import pytest

PRODUCT = ("ed5c4c73611faf7be425e974", "514e5340e3611607cfc992ff")


def one_sentence(done):
    """Tell whether one sentence was said, and nothing that looks like a defect."""
    return done.err.startswith("carddesk: ") and done.err.count("\n") == 1 and not done.out


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "1e9", "abc", "٣", "-1e9"])
async def test_a_quantity_that_is_none(carddesk, vendor, quantity):
    done = await carddesk("buy", *PRODUCT, quantity, "--yes")
    assert done.code == 2
    assert one_sentence(done)
    assert not vendor.requests


@pytest.mark.parametrize(
    "argv",
    [
        ("sell",),
        ("balance", "now"),
        ("balance", "--jso"),
        ("buy", "p"),
        ("buy", *PRODUCT, "1", "--wait", "long"),
        ("buy", *PRODUCT, "1", "--max-total", "0"),
        ("buy", *PRODUCT, "1", "--idempotency-key", ""),
        ("buy", *PRODUCT, "1", "--note", "x" * 201),
        ("stock", "two words"),
        ("orders", "--open", "--unresolved"),
        ("orders", "--to", "2026-01-01"),
        ("orders", "--from", "the day after"),
        ("resolve", "--claim", "p1"),
        ("sandbox", "--port", "70000"),
        ("sandbox", "--fault", "earthquake"),
        ("config", "burn"),
        ("--profile", "main", "--sandbox", "balance"),
        ("--profile", "main", "balance", "--sandbox"),
        ("--json\x1b[2J",),
    ],
)
async def test_arguments_that_mean_nothing(carddesk, vendor, argv):
    done = await carddesk(*argv)
    assert done.code == 2
    assert one_sentence(done)
    assert "\x1b" not in done.err
    assert not vendor.requests


async def test_an_error_is_json_where_json_was_asked_for(carddesk):
    done = await carddesk("buy", *PRODUCT, "0", "--json")
    assert done.code == 2
    assert set(done.document["error"]) == {"code", "message", "request_id", "money"}
    assert done.document["error"]["code"] == "BAD_INPUT"
    assert done.document["error"]["money"] == "no"
    assert done.err


async def test_no_key_at_all(fresh):
    done = await fresh("balance")
    assert done.code == 2
    assert one_sentence(done)
    assert "carddesk config init" in done.err


@pytest.mark.parametrize(
    "variables",
    [
        {"CARDDESK_API_KEY": "a key with spaces"},
        {"CARDDESK_API_KEY": "clé-secrète-é"},
        {"CARDDESK_BASE_URL": "ftp://example.com"},
        {"CARDDESK_BASE_URL": "http://example.com/v3"},
        {"CARDDESK_BASE_URL": "https://user:hunter2@example.com/v3"},
        {"CARDDESK_ENVIRONMENT": "staging"},
        {"CARDDESK_PURCHASE_SETTLE_SECONDS": "soon"},
        {"CARDDESK_COLOUR": "red"},
    ],
)
async def test_a_variable_that_cannot_be_used(carddesk, vendor, variables):
    done = await carddesk("balance", **variables)
    assert done.code == 2
    assert one_sentence(done)
    assert "hunter2" not in done.err
    assert "secr" not in done.err
    assert not vendor.requests


@pytest.mark.parametrize(
    "text",
    ["[ui", 'colour = "red"', "[ui]\ntheem = 1", "[purchase]\nsettle_seconds = -1", "\x00\xff"],
)
async def test_a_settings_file_that_cannot_be_used(carddesk, tmp_path, text):
    file = tmp_path / "config" / "carddesk" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_bytes(text.encode("latin-1"))
    done = await carddesk("balance")
    assert done.code == 2
    assert one_sentence(done)
    assert "config.toml" in done.err


async def test_a_settings_file_that_is_a_folder(carddesk, tmp_path):
    (tmp_path / "config" / "carddesk" / "config.toml").mkdir(parents=True)
    done = await carddesk("balance")
    assert done.code == 2
    assert one_sentence(done)


async def test_a_key_of_the_other_environment(carddesk):
    done = await carddesk("balance", CARDDESK_ENVIRONMENT="production")
    assert done.code == 2
    assert "The key is for SANDBOX, but the profile says PRODUCTION" in done.err


async def test_a_disabled_key(carddesk, vendor):
    vendor.add_key("disabled-key-1", enabled=False)
    done = await carddesk("balance", CARDDESK_API_KEY="disabled-key-1")
    assert done.code == 6
    assert one_sentence(done)


async def test_an_address_that_is_not_allowed(carddesk, vendor):
    vendor.add_key("elsewhere-key-1", allowed_ips=["192.0.2.1"])
    done = await carddesk("balance", CARDDESK_API_KEY="elsewhere-key-1")
    assert done.code == 6
    assert one_sentence(done)


async def test_a_rejected_key_is_tried_once_only(carddesk, vendor):
    for _ in range(3):
        done = await carddesk("balance", CARDDESK_API_KEY="not-the-right-key")
        assert done.code == 6
        assert "not-the-right-key" not in done.err
    assert vendor.requests.total() == 1


async def test_no_network(carddesk):
    done = await carddesk("balance", CARDDESK_BASE_URL="http://127.0.0.1:9/v3")
    assert done.code == 5
    assert one_sentence(done)


async def test_a_journal_that_cannot_be_written(carddesk, vendor, shelf, tmp_path):
    (tmp_path / "state").write_text("in the way")
    done = await carddesk("buy", shelf.product_id, shelf.type_id, "1", "--yes")
    assert done.code == 5
    assert one_sentence(done)
    assert not vendor.posts


async def test_a_defect_is_a_number_and_no_traceback(carddesk, tmp_path, monkeypatch):
    from tui.formats import as_json

    monkeypatch.setattr(as_json, "balance", lambda _: 1 / 0)
    done = await carddesk("balance", "--json")
    assert done.code == 1
    assert done.document["error"]["money"] == "unknown"
    log = (tmp_path / "state" / "carddesk" / "carddesk.log").read_text()
    number = done.err.split("report ")[1].split()[0]
    assert f"crash {number}: ZeroDivisionError at" in log
