"""`carddesk config`: where settings are, what holds and why, and a first file."""


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
    file.write_text('[ui]\ncopy = false\n[keys]\nopen = "o"\n')
    lines = (await fresh("config", "show")).out.splitlines()
    assert any(line.split() == ["ui.copy", "config.toml", "false"] for line in lines)
    assert any(line.split() == ["keys.open", "config.toml", "o"] for line in lines)


async def test_init_writes_a_file_that_holds_and_never_writes_over_one(fresh, tmp_path):
    file = tmp_path / "config" / "carddesk" / "config.toml"
    done = await fresh("config", "init")
    assert done.code == 0
    assert done.out.strip() == str(file)
    assert "chmod 600" in done.err
    assert (await fresh("config", "show")).code == 0

    file.write_text("# mine\n")
    again = await fresh("config", "init")
    assert again.code == 2
    assert file.read_text() == "# mine\n"
