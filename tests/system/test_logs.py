"""The log: private, one line a record, without secrets, and never on the screen."""

import asyncio
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.domain.secrets import MASK, Secret, redaction
from services.system import logs
from services.system.paths import Paths

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ [\w.]+: .*")


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    watched = [root, *map(logging.getLogger, logs.OURS)]
    levels = [logger.level for logger in watched]
    raising = logging.raiseExceptions
    yield
    logs.stop()
    logging.raiseExceptions = raising
    for logger, level in zip(watched, levels, strict=True):
        logger.setLevel(level)


def lines(paths: Paths) -> list[str]:
    written = paths.log_file.read_text(encoding="utf-8").splitlines()
    assert all(LINE.fullmatch(line) for line in written)
    return written


def fail(code: str) -> None:
    card_value = code
    raise ValueError(f"bad card {card_value}")


def caught(code: str) -> ValueError:
    try:
        fail(code)
    except ValueError as error:
        return error
    raise AssertionError


def test_the_file_is_ours_alone_even_when_it_was_not_before(paths: Paths) -> None:
    paths.state_dir.mkdir()
    paths.log_file.touch(0o644)
    assert logs.start(paths)
    assert paths.log_file.stat().st_mode & 0o777 == 0o600
    assert paths.state_dir.stat().st_mode & 0o777 == 0o700


def test_ours_are_logged_from_info_and_libraries_from_warning(paths: Paths) -> None:
    logs.start(paths)
    logging.getLogger("services.orders.tracker").info("polled")
    logging.getLogger("services.orders.tracker").debug("not this")
    logging.getLogger("httpcore").info("nor this")
    logging.getLogger("httpcore").warning("but this")
    assert [line.split(" ", 1)[1] for line in lines(paths)] == [
        "INFO services.orders.tracker: polled",
        "WARNING httpcore: but this",
    ]


def test_a_record_is_one_harmless_line_whatever_it_holds(paths: Paths) -> None:
    logs.start(paths)
    logging.getLogger("services").warning("a\nINFO forged: %s", "\x1b]0;title\x07\u202e")
    (line,) = lines(paths)
    assert "\x1b" not in line
    assert "\u202e" not in line


def test_a_known_secret_is_masked(paths: Paths) -> None:
    logs.start(paths)
    redaction.learn(Secret("card-4711-0815"))
    logging.getLogger("tui").warning("header %s", {"X-Access-Token": "card-4711-0815"})
    (line,) = lines(paths)
    assert "4711" not in line
    assert MASK in line


def test_a_traceback_becomes_types_and_frames(paths: Paths) -> None:
    logs.start(paths)
    error = caught("SANDBOX-CARD-1")
    logging.getLogger("services").error("the tracker died", exc_info=error)
    (line,) = lines(paths)
    assert "the tracker died: ValueError at " in line
    assert re.search(r"tests/system/test_logs\.py:\d+:fail", line)
    assert "SANDBOX-CARD-1" not in line
    assert "bad card" not in line


async def test_a_task_that_was_not_awaited_does_not_quote_its_exception(paths: Paths) -> None:
    logs.start(paths)
    asyncio.get_running_loop().call_exception_handler(
        {
            "message": "Task exception was never retrieved",
            "exception": caught("SANDBOX-CARD-2"),
            "future": asyncio.get_running_loop().create_future(),
            "note": "SANDBOX-CARD-2",
        }
    )
    (line,) = lines(paths)
    assert "asyncio: Task exception was never retrieved: ValueError at " in line
    assert "SANDBOX-CARD-2" not in line


def test_a_crash_report_has_a_number_types_and_frames_and_nothing_else(paths: Paths) -> None:
    logs.start(paths)
    try:
        try:
            fail("SANDBOX-CARD-3")
        except ValueError as inner:
            raise KeyError("SANDBOX-CARD-3") from inner
    except KeyError as outer:
        report = logs.crash_report(outer)
    (line,) = lines(paths)
    match = re.fullmatch(r"report ([0-9a-f]{8}) is in (.+)", report)
    assert match is not None
    number, place = match.groups()
    assert place == str(paths.log_file)
    assert f"CRITICAL services.system.logs: crash {number}: KeyError at " in line
    assert "<- ValueError at " in line
    assert "SANDBOX-CARD-3" not in line
    assert str(Path.home()) not in line


def test_a_crash_of_many_tasks_and_a_ring_of_causes_are_described_too() -> None:
    one, two = caught("a"), TypeError("b")
    one.__context__, two.__context__ = two, one
    said = logs.describe(ExceptionGroup("c", [one, two]))
    assert [part.split(" ")[0] for part in said.split(" <- ")] == [
        "ExceptionGroup",
        "ValueError",
        "TypeError",
    ]


def test_a_deep_recursion_is_cut_to_its_last_frames() -> None:
    def dive(depth: int) -> None:
        if depth == 0:
            fail("x")
        dive(depth - 1)

    with pytest.raises(ValueError, match="bad card") as dived:
        dive(200)
    assert logs.describe(dived.value).count(" > ") == logs.MOST_FRAMES - 1


def test_the_file_is_rotated_and_every_part_is_private(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "LARGEST_FILE", 2_000)
    logs.start(paths)
    for number in range(200):
        logging.getLogger("services").info("record %d", number)
    files = sorted(path.name for path in paths.state_dir.iterdir())
    assert files == ["carddesk.log", *(f"carddesk.log.{n}" for n in range(1, logs.FILES_KEPT + 1))]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in paths.state_dir.iterdir())


def test_a_link_in_its_place_is_not_followed(paths: Paths, tmp_path: Path) -> None:
    paths.state_dir.mkdir()
    (tmp_path / "victim").write_text("whole")
    paths.log_file.symlink_to(tmp_path / "victim")
    assert not logs.start(paths)
    assert (tmp_path / "victim").read_text() == "whole"


def test_without_a_file_nothing_reaches_the_screen(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert not logs.start(Paths(tmp_path, tmp_path / "file" / "state", tmp_path))
    logging.getLogger("services").error("said into the void")
    assert capfd.readouterr().err == ""


def test_a_malformed_call_breaks_neither_its_caller_nor_the_screen(
    paths: Paths, capfd: pytest.CaptureFixture[str]
) -> None:
    logs.start(paths)
    logging.getLogger("services").warning("%d cards", "many")
    assert lines(paths) == []
    assert capfd.readouterr().err == ""


def test_starting_again_moves_the_log(paths: Paths, tmp_path: Path) -> None:
    logs.start(paths)
    second = Paths(tmp_path, tmp_path / "second", tmp_path)
    logs.start(second)
    logging.getLogger("services").info("here")
    assert lines(paths) == []
    assert len(lines(second)) == 1
