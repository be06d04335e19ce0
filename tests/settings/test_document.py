"""The settings file itself: unreadable ones in words, the first one written with care."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from services.domain.errors import ConfigError
from services.settings.document import init
from services.settings.load import FIELDS, Profile, Settings, load
from services.system.paths import Paths

Write = Callable[[str], Path]


def refusal(paths: Paths) -> str:
    with pytest.raises(ConfigError) as refused:
        load(paths, {})
    sentence = refused.value.sentence()
    assert str(paths.config_file) in sentence
    return sentence


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"[purchase\n", "not valid TOML"),
        (b"a = 1\na = 2\n", "not valid TOML"),
        (b"# one\n# two\nname = '\xff'\n", "not UTF-8 text at line 3"),
        (b"a = " + b"[" * 5_000, "not valid TOML"),
        (b"a = " + b"9" * 5_000, "not valid TOML"),
        (b"#" * 300_000, "larger than 256 kB"),
        (b"\x00\x01\x02", "not valid TOML"),
    ],
)
def test_a_broken_file_is_one_clear_sentence(
    paths: Paths, written: Write, raw: bytes, said: str
) -> None:
    written("").write_bytes(raw)
    sentence = refusal(paths)
    assert said in sentence
    assert "\n" not in sentence


def test_a_byte_order_mark_does_not_matter(paths: Paths, written: Write) -> None:
    written("\ufeff[board]\nhours = 3\n")
    assert load(paths, {}).board.hours == 3


def test_a_folder_or_a_pipe_in_its_place_is_refused_at_once(paths: Paths) -> None:
    paths.config_file.mkdir(parents=True)
    assert "not a regular file" in refusal(paths)
    paths.config_file.rmdir()
    os.mkfifo(paths.config_file)
    assert "not a regular file" in refusal(paths)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_refused(paths: Paths, written: Write) -> None:
    written("").chmod(0)
    assert "permission denied" in refusal(paths)


def test_a_file_that_anybody_can_write_is_refused_because_it_steers_the_key(
    paths: Paths, written: Write
) -> None:
    written("").chmod(0o646)
    assert "chmod 600" in refusal(paths)


def test_the_first_file_is_private_and_loads_as_the_defaults(paths: Paths) -> None:
    path = init(paths)
    assert path == paths.config_file
    assert path.stat().st_mode & 0o777 == 0o600
    assert paths.config_dir.stat().st_mode & 0o777 == 0o700
    settings = load(paths, {})
    assert settings.profile == Profile(key_file="main.key")
    assert settings.purchase == Settings().purchase
    assert settings.ui == Settings().ui


def test_the_first_file_explains_every_setting_and_its_comments_are_valid_settings(
    paths: Paths, written: Write
) -> None:
    text = init(paths).read_text(encoding="utf-8")
    for field in FIELDS:
        assert field.doc in text
        assert f"{field.name} = " in text
    assert max(map(len, text.splitlines())) <= 120
    lines = [
        line.removeprefix("# ") if " = " in line and not line.endswith(")") else line
        for line in text.splitlines()
    ]
    written("\n".join(lines))
    assert load(paths, {}).purchase == Settings().purchase


def test_the_first_file_can_be_for_any_account(paths: Paths) -> None:
    account = Profile(name="shop", environment="sandbox", key_command='pass "a b"')
    init(paths, account)
    assert load(paths, {}).profile == account


def test_an_existing_file_is_never_overwritten(paths: Paths, written: Write) -> None:
    path = written("# mine\n")
    with pytest.raises(ConfigError, match="already"):
        init(paths)
    assert path.read_text(encoding="utf-8") == "# mine\n"


def test_a_dangling_link_is_not_written_through(paths: Paths, tmp_path: Path) -> None:
    paths.config_dir.mkdir()
    paths.config_file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="already"):
        init(paths)
    assert not (tmp_path / "elsewhere").exists()


def test_a_place_that_cannot_be_created_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    paths = Paths(tmp_path / "file" / "config", tmp_path, tmp_path)
    with pytest.raises(ConfigError, match="not a directory"):
        init(paths)
