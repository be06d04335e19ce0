"""The folder that says whose a key is: refused in words where somebody else could write it."""

import os
from pathlib import Path

import pytest

from services.desk.desk import Desk
from services.domain.errors import JournalFailed
from services.domain.secrets import Secret
from services.sandbox import DEMO_KEY, Sandbox
from services.settings.load import load, sandbox_settings
from services.system.paths import Paths


def linked(folder: Path) -> None:
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.symlink_to(aside)


def a_file(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.write_text("")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: folder.chmod(0o777), ("can be written by other users", "Run: chmod 700")),
        (lambda folder: folder.chmod(0o770), ("can be written by other users", "Run: chmod 700")),
        (linked, ("not a folder of its own", "Move it away.")),
        (a_file, ("cannot be used", "Make it a folder")),
    ],
)
async def test_a_folder_of_keys_that_others_can_write_is_refused(
    paths: Paths, spoil, words
) -> None:
    async with Sandbox(moving=False) as box:
        settings = sandbox_settings(load(paths, {}, sandbox=True), box.url)
        async with Desk(settings, Secret(DEMO_KEY), paths, operator="amina") as desk:
            await desk.ready()
        asked = box.requests["GET", "validate"]
        spoil(paths.state_dir / "keys")
        async with Desk(settings, Secret(DEMO_KEY), paths, operator="amina") as desk:
            why = str(desk.book.info.why_not)
            assert all(word in why for word in ("The folder of keys", *words))
            with pytest.raises(JournalFailed) as refused:
                await desk.ready()
        assert refused.value.sentence() == why
        assert why.endswith("Until then buying is off.")
        assert box.requests["GET", "validate"] == asked


async def test_a_folder_of_keys_of_another_user_is_refused(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    (paths.state_dir / "keys").mkdir(parents=True, mode=0o700)
    settings = sandbox_settings(load(paths, {}, sandbox=True), "http://127.0.0.1:9/v3")
    somebody = os.geteuid() + 1
    monkeypatch.setattr("services.journal.location.os.geteuid", lambda: somebody)
    async with Desk(settings, Secret(DEMO_KEY), paths, operator="amina") as desk:
        assert "keys belongs to another user" in str(desk.book.info.why_not)
