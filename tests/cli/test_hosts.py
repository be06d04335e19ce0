"""The installed command on machines as people have them: limits, homes, disks, owners, zones."""

import contextlib
import errno
import logging
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.desk import diagnostics
from services.journal import location
from services.system import logs, process
from services.system.file_owners import owner_notice
from services.system.files import advice_for
from services.system.host_limits import host_limit
from services.system.paths import Paths
from services.system.tasks import within
from services.system.time_zone import time_zone_problem
from tui.cli import arguments
from tui.console.session import ended_by_defect

ROOT = Path(__file__).parents[2]
STRANGER = 54_321
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")


def installed(*argv, environ, prepare=None, program=("-m", "tui")):
    return subprocess.run(
        [sys.executable, "-W", "ignore", *program, *argv],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TERM": "xterm", **environ},
        preexec_fn=prepare,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def sentence_alone(done, code):
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert 0 < len(done.stderr.splitlines()) <= 2
    return done.stderr


# Users without a home, and homes of others.


@pytest.mark.parametrize("home", [{}, {"HOME": ""}, {"HOME": "here"}])
def test_no_home_is_a_sentence(home, monkeypatch):
    def unknown(number):
        raise KeyError(number)

    monkeypatch.setattr("pwd.getpwuid", unknown)
    monkeypatch.delenv("HOME", raising=False)
    for name, value in home.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Exception, match="has no home folder") as failure:
        Paths.default({})
    assert "Set HOME" in failure.value.advice


@as_root
def test_a_closed_home_is_named_with_the_way_out(tmp_path):
    for folder in (tmp_path, *tmp_path.parents[:-1]):
        folder.chmod(folder.stat().st_mode | 0o011)
    closed = tmp_path / "root"
    closed.mkdir(0o700)
    place = closed / ".config" / "carddesk"
    os.seteuid(STRANGER)
    try:
        advice = advice_for(place, PermissionError(errno.EACCES, ""))
    finally:
        os.seteuid(0)
    assert f"{closed} belongs to another user (root, " in advice
    assert "set HOME to a folder of this user" in advice
    assert "chmod" not in advice


async def test_could_not_look_is_not_none(fresh, monkeypatch):
    def refused(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("services.local_files.receipt_files.present", refused)
    done = await fresh("handed")
    assert done.code == 1
    assert "Whether files with cards are in it is not known" in done.err
    assert "No file" not in done.err


async def test_settings_that_cannot_be_examined_are_not_missing(fresh, monkeypatch):
    def refused(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("services.settings.first_run.present", refused)
    done = await fresh()
    assert done.code == 2
    assert "config.toml cannot be examined: permission denied" in done.err


async def test_every_check_of_doctor_reports(carddesk, monkeypatch):
    def broken(_):
        raise RuntimeError("a value")

    monkeypatch.setattr(diagnostics, "versions", broken)
    done = await carddesk("doctor", "--json")
    assert "a value" not in done.out
    checks = {each["check"]: each for each in done.document}
    assert "could not be checked, a defect; report " in checks["versions"]["detail"]
    assert checks["buying"]["verdict"] == "ok"


@as_root
def test_files_left_by_sudo_are_named(tmp_path, monkeypatch):
    paths = Paths(tmp_path / "config", tmp_path / "state", tmp_path / "cache")
    for folder in (paths.config_dir, paths.state_dir):
        folder.mkdir()
        os.chown(folder, STRANGER, STRANGER)
    (paths.state_dir / "carddesk.log").touch()
    monkeypatch.setattr(os, "geteuid", lambda: STRANGER)
    notice = str(owner_notice(paths).sentence())
    assert f"{paths.state_dir / 'carddesk.log'} belongs to root" in notice
    assert f"sudo chown -R {STRANGER} " in notice
    os.chown(paths.state_dir / "carddesk.log", STRANGER, STRANGER)
    assert owner_notice(paths) is None


@as_root
def test_root_in_the_home_of_a_person_is_warned(tmp_path):
    home = tmp_path / "amina"
    home.mkdir()
    os.chown(home, STRANGER, STRANGER)
    state = home / ".local" / "state" / "carddesk"
    notice = owner_notice(Paths(state, state, state))
    assert "start carddesk without sudo" in str(notice.advice)


# Limits of the machine, and defects.


@pytest.mark.parametrize("files", [5, 6, 8, 10, 14])
def test_too_few_open_files_is_a_sentence(files, home):
    done = installed(
        "--sandbox",
        "balance",
        environ=home,
        prepare=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)),
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 2, 5)
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RuntimeError("can't start new thread"), "processes or threads"),
        (OSError(errno.ENFILE, ""), "open files"),
        (MemoryError(), "memory"),
        (ExceptionGroup("", [OSError(errno.EMFILE, "")]), "open no more files"),
        (RuntimeError("other"), ""),
        (OSError(errno.EFBIG, ""), "larger files"),
        (BlockingIOError(errno.EAGAIN, ""), ""),
    ],
)
def test_limits_of_the_machine_are_recognised(error, words):
    found = host_limit(error)
    assert (found.message if found else "").find(words) >= 0
    assert (found is None) == (words == "")


def test_files_that_may_not_grow_are_a_sentence(home):
    done = installed(
        "--sandbox",
        "balance",
        environ=home,
        prepare=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )
    assert "ulimit -f" in sentence_alone(done, 2)


def test_a_journal_that_may_not_grow_has_no_room(tmp_path, monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_000, 2_000))
    assert "ulimit -f" in location.room_wanted(tmp_path)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EMFILE, ""), "open no more files"),
        (RuntimeError("can't start new thread"), "processes or threads"),
        (ValueError("a value"), "a defect"),
    ],
)
def test_what_ended_a_console_is_said(error, words):
    assert words in ended_by_defect(error, "carddesk")


def test_work_that_gets_no_thread_is_done_all_the_same(monkeypatch):
    def refused(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    done = []
    within(0.1, lambda: done.append(1))
    assert done == [1]


async def test_a_defect_without_a_log_is_a_sentence(fresh, monkeypatch):
    def broken(*_):
        raise ValueError("a value")

    monkeypatch.setattr(arguments, "parse", broken)
    monkeypatch.setattr(logs, "start", lambda _: False)
    done = await fresh("balance")
    assert done.code == 1
    assert "no log could be written; the report: ValueError at " in done.err
    assert "a value" not in done.err


def test_a_report_on_a_full_disk_is_not_said_to_be_in_a_file(tmp_path):
    assert logs.start(Paths(tmp_path, tmp_path / "state", tmp_path))
    (file,) = [each for each in logging.getLogger().handlers if isinstance(each, logs._PrivateFile)]
    with open("/dev/full", "w") as full:  # noqa: PTH123
        kept, file.stream = file.stream, full
        report = logs.crash_report(ValueError())
        file.stream = kept
        logs.stop()
        with contextlib.suppress(OSError):
            full.close()
    assert report.startswith("no log could be written")


def test_a_broken_installation_is_a_sentence(tmp_path, home):
    copy = tmp_path / "copy"
    for name in ("tui", "services", "widgets"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "services" / "domain" / "money.py").unlink()
    start = f"import sys; sys.path.insert(0, {str(copy)!r}); import tui.__main__ as m; "
    done = installed("balance", environ=home, program=("-c", f"{start}sys.exit(m.main())"))
    assert "cannot be loaded. Install it again." in sentence_alone(done, 2)


@pytest.mark.parametrize("name", ["tui", "services", "widgets"])
def test_a_foreign_package_is_named_by_its_path(name, tmp_path, home):
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("raise SystemExit('a stranger ran')")
    starter = tmp_path / "bin" / "carddesk"
    starter.parent.mkdir()
    starter.write_text((ROOT / "tui" / "carddesk").read_text())
    done = installed(
        "--version" if name == "tui" else "balance",
        environ={**home, "PYTHONPATH": f"{tmp_path}:{ROOT}"},
        program=(str(starter),),
    )
    said = sentence_alone(done, 2)
    assert str(tmp_path / name / "__init__.py") in said
    assert "PYTHONPATH" in said


# Disks.


@pytest.mark.parametrize(
    ("kind", "network", "forgetful"),
    [
        ("ext4", "", ""),
        ("fuseblk", "", ""),
        ("vboxsf", "vboxsf", ""),
        ("virtiofs", "virtiofs", ""),
        ("fuse.rclone", "fuse.rclone", ""),
        ("lustre", "lustre", ""),
        ("drvfs", "drvfs", ""),
        ("9p", "9p", ""),
        ("tmpfs", "", "tmpfs"),
        ("overlay", "", "overlay"),
    ],
)
def test_file_systems_are_distinguished(kind, network, forgetful, tmp_path):
    folder = tmp_path / "a b\\c"
    folder.mkdir()
    mounts = tmp_path / "mounts"
    written = str(folder).replace("\\", "\\134").replace(" ", "\\040")
    mounts.write_text(f"/dev/x / ext4 rw 0 0\nwhat {written} {kind} rw 0 0\n")
    assert location.network_file_system(folder, mounts) == network
    assert location.forgetful_file_system(folder, mounts) == forgetful


def test_a_disk_that_forgets_is_a_warning(tmp_path, monkeypatch):
    monkeypatch.setattr(diagnostics, "forgetful_file_system", lambda _: "tmpfs")
    paths = Paths(tmp_path, tmp_path, tmp_path)
    (found,) = [each for each in diagnostics.folders(paths) if each.check == "journal disk"]
    assert found.verdict == "warn"
    assert "forgets every purchase" in found.detail


def test_no_inodes_left_is_no_room(tmp_path, monkeypatch):
    monkeypatch.setattr(location, "inodes", lambda _: 0)
    assert "no inodes left" in location.room_wanted(tmp_path)


@pytest.mark.parametrize(
    ("number", "words", "never"),
    [(errno.EROFS, "read-only", "chmod"), (errno.ENOSPC, "no inodes", "chmod")],
)
def test_advice_fits_the_failure(number, words, never, tmp_path):
    advice = advice_for(tmp_path, OSError(number, ""))
    assert words in advice
    assert never not in advice


# Time zones.


@pytest.mark.parametrize("zone", ["", "UTC", ":UTC", "CET-1CEST", "<+01>-1", "UTC0"])
def test_a_known_zone_is_no_problem(zone, tmp_path):
    (tmp_path / "UTC").touch()
    assert time_zone_problem({"TZ": zone, "TZDIR": str(tmp_path)}) == ""


@pytest.mark.parametrize("zone", ["Africa/Algier", "/nowhere/zone", "X", "Algeria Time"])
def test_an_unknown_zone_is_named(zone):
    assert "is not known" in time_zone_problem({"TZ": zone})


def test_a_system_zone_that_leads_nowhere_is_named(tmp_path):
    link = tmp_path / "localtime"
    link.symlink_to(tmp_path / "gone")
    assert "is not installed" in time_zone_problem({}, link)


@pytest.mark.parametrize("zone", ["UTC+25", "CET-100", "<+99>-99:30", "EST5EDT-30"])
def test_a_zone_days_away_is_named_and_utc_is_shown(zone, monkeypatch):
    monkeypatch.setattr(process, "_dropped", set())
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        process.settle_time_zone()
        assert datetime.now().astimezone().utcoffset() == timedelta()
        assert "a day or more from UTC" in time_zone_problem({"TZ": "UTC0"})
    finally:
        monkeypatch.undo()
        time.tzset()


async def test_doctor_warns_of_an_unknown_zone(carddesk):
    done = await carddesk("doctor", "--json", TZ="Africa/Algier")
    (found,) = [each for each in done.document if each["check"] == "time zone"]
    assert found["verdict"] == "warn"
    assert "UTC" in found["detail"]
