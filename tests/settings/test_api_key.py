"""The API key: from a variable, a private file or a command, and never in a sentence."""

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from services.domain.errors import ConfigError
from services.domain.secrets import redaction
from services.settings import api_key
from services.settings.load import Profile
from services.system.paths import Paths

KEY = "live-0123456789abcdef"
FROM_FILE = Profile(key_file="main.key")


@pytest.fixture
def key_file(paths: Paths) -> Callable[[bytes], Path]:
    def write(raw: bytes) -> Path:
        paths.config_dir.mkdir(exist_ok=True)
        path = paths.config_dir / "main.key"
        path.write_bytes(raw)
        path.chmod(0o600)
        return path

    return write


def command(source: str) -> Profile:
    return Profile(key_command=shlex.join([sys.executable, "-c", source]))


def refusal(profile: Profile, paths: Paths, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as refused:
        api_key.api_key(profile, paths, environ or {})
    assert refused.value.exit_code == 2
    assert refused.value.__cause__ is None
    return refused.value.sentence()


def test_the_variable_comes_before_the_file_and_the_file_before_the_command(
    paths: Paths, key_file: Callable[[bytes], Path]
) -> None:
    profile = Profile(key_file="main.key", key_command="false")
    key_file(b"from-the-file\n")
    found = api_key.api_key(profile, paths, {"CARDDESK_API_KEY": KEY})
    assert found.reveal() == KEY
    assert api_key.api_key(profile, paths, {}).reveal() == "from-the-file"


def test_the_log_learns_to_mask_the_key(paths: Paths) -> None:
    api_key.api_key(Profile(), paths, {"CARDDESK_API_KEY": "key-that-is-learnt"})
    assert "key-that-is-learnt" not in redaction.scrub("sent key-that-is-learnt")


def test_no_key_at_all_says_what_to_do(paths: Paths) -> None:
    said = refusal(Profile(), paths)
    assert "There is no API key for the profile main" in said
    assert "carddesk config init" in said
    assert "carddesk --sandbox" in said


@pytest.mark.parametrize(
    ("key", "flaw"),
    [
        ("hunter2", "7 characters long"),
        ("hunter2" * 100, "700 characters long"),
        ("   ", "is empty"),
        ("hunter2 hunter2", "a space"),
        ("hunter2\nhunter2", "a line break"),
        ("hunter2\x1bhunter2", "a control character"),
        ("hunter2\u00a0hunter2", "outside ASCII"),
        ("hunter2é-hunter2", "outside ASCII"),
    ],
)
def test_what_is_no_key_is_refused_without_showing_it(
    paths: Paths, key_file: Callable[[bytes], Path], key: str, flaw: str
) -> None:
    said = refusal(Profile(), paths, {"CARDDESK_API_KEY": key})
    assert flaw in said
    assert "hunter2" not in said
    key_file(key.encode())
    said = refusal(FROM_FILE, paths)
    assert "main.key" in said
    assert "hunter2" not in said


@pytest.mark.parametrize("raw", [KEY.encode(), f"{KEY}\n".encode(), f" {KEY}\r\n".encode()])
def test_blanks_around_the_key_in_its_file_do_not_matter(
    paths: Paths, key_file: Callable[[bytes], Path], raw: bytes
) -> None:
    key_file(raw)
    assert api_key.api_key(FROM_FILE, paths, {}).reveal() == KEY


def test_a_key_file_may_be_anywhere(paths: Paths, tmp_path: Path) -> None:
    path = tmp_path / "elsewhere"
    path.write_text(KEY)
    path.chmod(0o600)
    assert api_key.api_key(Profile(key_file=str(path)), paths, {}).reveal() == KEY


def test_a_key_file_in_a_home_that_does_not_exist_is_one_sentence(paths: Paths) -> None:
    assert "no such home folder" in refusal(Profile(key_file="~nobody-at-all/key"), paths)


def test_a_missing_key_file_says_where_the_key_belongs(paths: Paths) -> None:
    said = refusal(FROM_FILE, paths)
    assert str(paths.config_dir / "main.key") in said
    assert "does not exist" in said


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_key_file_that_others_can_reach_says_which_command_helps(
    paths: Paths, key_file: Callable[[bytes], Path], mode: int
) -> None:
    path = key_file(KEY.encode())
    path.chmod(mode)
    assert f"chmod 600 {path}" in refusal(FROM_FILE, paths)


def test_a_link_a_folder_and_a_pipe_are_no_key_files(paths: Paths, tmp_path: Path) -> None:
    paths.config_dir.mkdir()
    path = paths.config_dir / "main.key"
    (tmp_path / "target").write_text(KEY)
    path.symlink_to(tmp_path / "target")
    assert "symbolic link" in refusal(FROM_FILE, paths)
    path.unlink()
    path.mkdir()
    assert "not a regular file" in refusal(FROM_FILE, paths)
    path.rmdir()
    os.mkfifo(path, 0o600)
    assert "not a regular file" in refusal(FROM_FILE, paths)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_key_file_of_another_user_is_refused(
    paths: Paths, key_file: Callable[[bytes], Path]
) -> None:
    os.chown(key_file(KEY.encode()), 12345, -1)
    assert "belongs to another user" in refusal(FROM_FILE, paths)


def test_the_first_line_of_a_command_is_the_key(paths: Paths) -> None:
    profile = command(f"print('{KEY}'); print('user: someone')")
    assert api_key.api_key(profile, paths, {}).reveal() == KEY


def test_a_command_sees_no_shell(paths: Paths, tmp_path: Path) -> None:
    profile = Profile(key_command=f"echo {KEY}; touch {tmp_path / 'hit'}")
    refusal(profile, paths)
    assert not (tmp_path / "hit").exists()


@pytest.mark.parametrize(
    ("profile", "flaw"),
    [
        (Profile(key_command="pass 'hunter2"), "never closed"),
        (Profile(key_command="  "), "no word"),
        (Profile(key_command="hunter2-is-no-program"), "no such file"),
        (command("raise SystemExit('hunter2')"), "exit code 1"),
        (command("import os; os.kill(os.getpid(), 9)"), "exit code -9"),
        (command("pass"), "is empty"),
        (command("print('hunter2 ' * 20_000)"), "more than 64 kB"),
        (command("print('hunter2')"), "7 characters long"),
    ],
)
def test_a_command_that_gives_no_key_is_refused_without_its_words(
    paths: Paths, profile: Profile, flaw: str
) -> None:
    said = refusal(profile, paths)
    assert flaw in said
    assert "hunter2" not in said


def test_a_command_that_does_not_end_is_ended_with_all_it_started(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_key, "COMMAND_SECONDS", 0.5)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    said = refusal(Profile(key_command=f"sh -c 'sleep 60 3>{pipe} & wait'"), paths)
    assert "did not end within 0.5 seconds" in said
    os.set_blocking(reader, True)
    # The end of the pipe comes only when its other side is closed everywhere any more.
    assert os.read(reader, 1) == b""
    os.close(reader)


@pytest.mark.parametrize(
    "raw",
    [
        f'"{KEY}"',
        f"'{KEY}'",
        f"\u201c{KEY}\u201d",
        f"KEY={KEY}",
        f"export CARDDESK_API_KEY={KEY}",
        f"api_key = {KEY}",
        f"X-Access-Token: {KEY}",
        f"Bearer {KEY}",
        f'{{"key": "{KEY}"}}',
        f"{KEY}\u200b",
        f"<{KEY}>",
        f"({KEY})",
        f"[{KEY}]",
        f"{KEY};",
        f"{KEY},",
        f"https://api.example/v3?key={KEY}",
        f"${{{KEY}}}",
    ],
)
def test_more_than_the_key_is_refused_unshown(
    raw: str, paths: Paths, key_file: Callable[[bytes], Path]
) -> None:
    key_file(raw.encode())
    for said in (refusal(FROM_FILE, paths), refusal(Profile(), paths, {"CARDDESK_API_KEY": raw})):
        assert "Nothing was sent" in said
        assert "0123456789abcdef" not in said


@pytest.mark.parametrize("raw", [f"\ufeff{KEY}\r\n", f"  {KEY}\n\n"])
def test_a_byte_order_mark_and_blanks_are_no_part_of_a_key(
    raw: str, paths: Paths, key_file: Callable[[bytes], Path]
) -> None:
    key_file(raw.encode())
    assert api_key.api_key(FROM_FILE, paths, {}).reveal() == KEY


@pytest.mark.parametrize("key", ["c2VjcmV0LWtleQ==", "sk-live_0123456789", "abcKEYdef0123=="])
def test_keys_that_end_like_base64_are_taken(key: str, paths: Paths) -> None:
    assert api_key.api_key(Profile(), paths, {"CARDDESK_API_KEY": key}).reveal() == key
