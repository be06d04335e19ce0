"""`carddesk doctor`: one line for each thing that has to be right, and how to fix it."""

import os
import sqlite3

import pytest

from services.sandbox import Fault
from services.system import process
from tests.cli.conftest import ROOT
from tui.cli.commands import doctor

CA = (ROOT / "tests" / "vendor" / "certificates" / "ca.pem").read_text()


def verdicts(done):
    return {finding["check"]: finding["verdict"] for finding in done.document}


async def test_a_desk_that_is_in_order(carddesk):
    done = await carddesk("doctor", "--json")
    found = verdicts(done)
    assert done.code == 0
    assert set(found) >= {
        *("carddesk", "python", "textual", "httpx", "httpcore", "sqlite", "settings", "key"),
        *("colours", "journal disk"),
        *("state folder", "terminal", "clipboard", "vendor", "clock", "account", "journal"),
    }
    assert "fail" not in found.values()
    assert "sandbox-demo-key" not in done.out


def test_the_colours_are_those_that_the_console_draws_with():
    found = [
        doctor.colours(environ, theme)
        for environ, theme in (
            ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "dark"),
            ({"TERM": "screen-256color"}, "dark"),
            ({"TERM": "linux"}, "ansi"),
            ({"TERM": "linux"}, "light"),
            ({"TERM": "dumb"}, "ansi"),
            ({"TERM": "xterm-256color", "NO_COLOR": ""}, "dark"),
        )
    ]
    words = ["16 million (COLORTERM=truecolor)", "256 (TERM=screen-256color)", "16 (TERM=linux)"]
    words += ["16 (TERM=linux)", "none (TERM=dumb)", "none: NO_COLOR"]
    assert all(each.detail.startswith(said) for each, said in zip(found, words, strict=True))
    assert [each.verdict for each in found] == ["ok", "ok", "ok", "warn", "warn", "ok"]
    assert all(each.fix for each in found if each.verdict != "ok")


@pytest.mark.parametrize("options", [(), ("--read-only",)])
async def test_whatever_is_not_in_order_says_how_to_repair_it(carddesk, options):
    done = await carddesk("doctor", "--json", *options, TERM="dumb")
    wrong = [finding for finding in done.document if finding["verdict"] != "ok"]
    assert wrong
    assert all(finding["mend"] for finding in wrong)


async def test_variables_for_the_network_that_are_not_gone_by_are_named(carddesk, monkeypatch):
    usual = (await carddesk("doctor", "--json")).document
    assert {f["detail"] for f in usual if f["check"] in ("proxy", "authorities")} == {
        "none",
        "the public ones",
    }
    monkeypatch.setattr(process, "_dropped", {"HTTPS_PROXY", "SSL_CERT_FILE"})
    found = {f["check"]: f for f in (await carddesk("doctor", "--json")).document}
    assert found["proxy"]["verdict"] == found["authorities"]["verdict"] == "warn"
    assert "HTTPS_PROXY is set here, and not used" in found["proxy"]["detail"]
    assert "net.proxy" in found["proxy"]["mend"]
    assert "SSL_CERT_FILE is set here, and not used" in found["authorities"]["detail"]


async def test_the_way_of_the_settings_is_said_and_its_files_are_checked(carddesk, home, tmp_path):
    secret, ca = tmp_path / "auth", tmp_path / "ca.pem"
    secret.write_text("amina:s3cret")
    ca.write_text(CA)
    tmp_path.chmod(0o700)
    given = {
        "CARDDESK_NET_PROXY": "http://127.0.0.1:9",
        "CARDDESK_NET_PROXY_AUTH_FILE": str(secret),
        "CARDDESK_NET_CA_FILE": str(ca),
    }
    ca.chmod(0o644)
    secret.chmod(0o644)
    refused = await carddesk("balance", **given)
    assert refused.code == 2
    assert "(net.proxy_auth_file) can be read by other users. Run: chmod 600" in refused.err
    secret.chmod(0o600)
    done = await carddesk("doctor", "--json", **given)
    found = {f["check"]: f["detail"] for f in done.document}
    assert found["proxy"] == "http://127.0.0.1:9, with a name and a password"
    assert found["authorities"] == "the public ones and 1 certificate of ca.pem"
    assert "s3cret" not in done.out + done.err


async def test_every_failure_says_how_to_repair_it(fresh):
    done = await fresh("doctor", "--json")
    assert done.code == 2
    (failure,) = [f for f in done.document if f["verdict"] == "fail"]
    assert failure["check"] == "key"
    assert failure["mend"]


async def test_broken_settings_are_a_line_like_any_other(fresh):
    done = await fresh("doctor", CARDDESK_COLOUR="red")
    assert done.code == 2
    assert "fail  settings" in done.out


async def test_a_vendor_out_of_reach(carddesk):
    done = await carddesk("doctor", "--json", CARDDESK_BASE_URL="http://127.0.0.1:9/v3")
    assert done.code == 2
    assert verdicts(done)["vendor"] == "fail"


async def test_an_altered_journal_is_found(carddesk, tmp_path, shelf):
    await carddesk("buy", shelf.product_id, shelf.type_id, "1", "--yes")
    (file,) = (tmp_path / "state").rglob("*.db")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE events SET why = 'nothing' WHERE seq = 1")
    connection.close()
    done = await carddesk("doctor", "--json")
    assert done.code == 2
    assert verdicts(done)["journal"] == "fail"


async def test_a_state_folder_that_is_a_file(carddesk, tmp_path):
    place = tmp_path / "state"
    place.mkdir()
    (place / "carddesk").write_text("in the way")
    done = await carddesk("doctor", "--json")
    assert done.code == 2
    assert verdicts(done)["state folder"] == "fail"


async def test_a_read_only_key_is_a_warning(carddesk):
    done = await carddesk("doctor", "--read-only", "--json")
    assert done.code == 0
    assert verdicts(done)["buying"] == "warn"


@pytest.mark.parametrize(
    ("environ", "copy", "verdict"),
    [
        ({}, True, "ok"),
        ({"STY": "1234.pts"}, True, "warn"),
        ({"STY": "1234.pts"}, False, "ok"),
    ],
)
def test_which_way_a_copied_card_takes(environ, copy, verdict):
    assert doctor.clipboard(environ, copy).verdict == verdict


@pytest.mark.parametrize(
    ("lines", "columns", "verdict"), [(24, 80, "ok"), (20, 70, "warn"), (17, 80, "warn")]
)
def test_the_size_of_a_real_terminal(lines, columns, verdict):
    import fcntl
    import struct
    import termios

    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    with os.fdopen(ours, "rb", buffering=0), os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        found = list(doctor.terminal({"TERM": "xterm"}, terminal, terminal))
    assert [finding.verdict for finding in found] == ["ok", verdict]
    assert found[1].detail == f"{columns}x{lines}"


async def test_too_little_room_for_the_journal_is_a_failure_with_advice(carddesk, monkeypatch):
    monkeypatch.setattr("services.journal.location.ROOM_BYTES", 1 << 60)
    done = await carddesk("doctor", "--json")
    [room] = [found for found in done.document if found["check"] == "journal room"]
    assert (done.code, room["verdict"]) == (2, "fail")
    assert "nearly full" in room["detail"]
    assert "Free disk space" in room["mend"]


async def test_a_purchase_that_was_altered_by_hand_is_named(carddesk, tmp_path, shelf):
    await carddesk("buy", shelf.product_id, shelf.type_id, "1", "--yes")
    (file,) = (tmp_path / "state").rglob("*.db")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE purchases SET quantity = 3")
        [(name,)] = connection.execute("SELECT id FROM purchases").fetchall()
    connection.close()
    done = await carddesk("audit", "--verify", "--json")
    assert done.code == 2
    assert any(name in trouble for trouble in done.document["troubles"])


async def test_bad_items_of_the_vendors_answers_are_counted_and_named(carddesk, vendor, shelf):
    product, kind, *_ = shelf
    bought = await carddesk("buy", product, kind, "1", "--yes", "--wait")
    assert bought.code == 0
    vendor.faults.add(Fault.parse("shape:no-price"))
    vendor.faults.add(Fault.parse("shape:no-time"))
    vendor.faults.add(Fault.parse("http503@checkOrder*0"))
    done = await carddesk("doctor", "--json")
    (found,) = [finding for finding in done.document if finding["check"] == "answers"]
    assert found["verdict"] == "warn"
    assert found["detail"].startswith("3 items cannot be used: ")
    for words in ("it has no usable price", "order ", "transaction ", "it has no time"):
        assert words in found["detail"]
    listed = await carddesk("orders", "--unclaimed")
    assert "Every order of the account is claimed" in listed.err
    vendor.foreign_order(product, kind, 1)
    listed = await carddesk("orders", "--unclaimed")
    assert "1 order of the vendor's list cannot be read" in listed.err
    assert "Every order" not in listed.err
