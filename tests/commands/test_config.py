"""`carddesk config`: where settings are, what is in force and why, and a first file."""

import stat
import subprocess

import pytest

from services.sandbox import DEMO_KEY


async def test_path_is_where_the_file_would_be(fresh, home):
    done = await fresh("config", "path")
    assert (done.code, done.err) == (0, "")
    assert done.out.strip() == f"{home['XDG_CONFIG_HOME']}/carddesk/config.toml"


async def test_show_tells_value_and_source_and_never_the_key(carddesk):
    done = await carddesk("config", "show", "--json", CARDDESK_KEY_COMMAND="pass show secret-place")
    rows = done.document
    assert rows["purchase.settle_seconds"] == {"value": 180, "source": "default"}
    assert rows["profile.environment"] == {"value": "sandbox", "source": "CARDDESK_ENVIRONMENT"}
    assert rows["ui.low_balance"]["value"] == "5000"
    assert "sandbox-demo-key" not in done.out + done.err
    assert "secret-place" not in done.out


async def test_show_names_the_file_for_what_it_sets(fresh, tmp_path):
    file = tmp_path / "config" / "carddesk" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[ui]\ncopy = false\n[keys]\nopen = "O"\n')
    lines = (await fresh("config", "show")).out.splitlines()
    assert any(line.split() == ["ui.copy", "config.toml", "false"] for line in lines)
    assert any(line.split() == ["keys.open", "config.toml", "O"] for line in lines)


@pytest.mark.parametrize("command", [("config", "show"), ("doctor",)], ids=" ".join)
async def test_a_key_that_the_console_would_refuse_is_named(fresh, tmp_path, command):
    file = tmp_path / "config" / "carddesk" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[keys]\nrefres = "r"\n')
    done = await fresh(*command)
    assert done.code == 2
    assert "the nearest is 'refresh'" in done.out + done.err


async def test_init_writes_a_file_that_holds_and_never_writes_over_one(fresh, tmp_path):
    file = tmp_path / "config" / "carddesk" / "config.toml"
    done = await fresh("config", "init", "--later")
    assert done.code == 0
    assert done.out.strip() == str(file)
    assert "chmod 600" in done.err
    assert (await fresh("config", "show")).code == 0

    file.write_text("# mine\n")
    again = await fresh("config", "init", "--later")
    assert again.code == 2
    assert file.read_text() == "# mine\n"


async def test_init_from_a_script_checks_the_key_and_keeps_both_files_private(
    vendor, home, tmp_path, command_line, root
):
    import asyncio

    done = await asyncio.to_thread(
        subprocess.run,
        [
            *(*command_line, "config", "init", "--profile", "shop", "--base-url", vendor.url),
            *("--key-stdin", "--keyboard", "azerty", "--exclusive", "yes"),
        ],
        env=home,
        cwd=root,
        input=f"{DEMO_KEY}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "SANDBOX, may buy" in done.stderr
    assert DEMO_KEY not in done.stdout + done.stderr
    folder = tmp_path / "config" / "carddesk"
    assert sorted(each.name for each in folder.iterdir()) == ["config.toml", "shop.key"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}
    text = (folder / "config.toml").read_text()
    assert 'keyboard = "azerty"' in text
    assert 'environment = "sandbox"' in text
    assert "account_exclusive = true" in text


async def test_init_with_a_key_the_vendor_refuses_writes_nothing(fresh, vendor, tmp_path):
    done = await fresh(
        *("config", "init", "--key-command", "echo wrong-key-1234", "--base-url", vendor.url)
    )
    assert done.code == 6
    assert "Copy it again" in done.err
    assert not (tmp_path / "config").exists()


async def test_init_with_a_command_for_the_key_keeps_no_key(fresh, vendor, tmp_path):
    done = await fresh(
        *("config", "init", "--key-command", f"echo {DEMO_KEY}", "--base-url", vendor.url)
    )
    assert done.code == 0
    assert [each.name for each in (tmp_path / "config/carddesk").iterdir()] == ["config.toml"]
    assert (await fresh("balance")).code == 0


def test_init_without_a_terminal_says_which_options_to_give(home, command_line, root):
    done = subprocess.run(
        [*command_line, "config", "init"],
        env=home,
        cwd=root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )
    assert done.returncode == 2
    assert "--key-stdin" in done.stderr


async def test_profiles_are_named_one_on_a_line(fresh, tmp_path):
    file = tmp_path / "config" / "carddesk" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("[profiles.main]\n[profiles.shop]\n")
    assert (await fresh("config", "profiles")).out == "main\nshop\n"
    assert (await fresh("config", "show", "--later")).code == 2
