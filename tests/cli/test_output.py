"""What is printed arrives whole, or the command says that it did not and exits 1."""

import asyncio
import io
import os
import shlex
import sys
from pathlib import Path

import pytest

from tui.cli.output import Output, write_whole

ROOT = Path(__file__).parents[2]


async def installed(environ, *argv, stdout, **variables):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", "-m", "tui", *argv),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ, **variables},
        stdout=stdout,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, out, err.decode()


@pytest.mark.parametrize("argv", [["catalog"], ["--version"], ["--help"], ["config", "show"]])
async def test_a_full_disk_under_stdout_is_an_error(environ, argv):
    code, _, err = await installed(environ, *argv, stdout=os.open("/dev/full", os.O_WRONLY))
    assert code == 1
    assert "no space left on device" in err
    assert "Traceback" not in err
    assert "Exception ignored" not in err


@pytest.mark.parametrize("words", ["--version", "--json catalog"])
async def test_a_closed_stdout_is_an_error(environ, words):
    process = await asyncio.create_subprocess_exec(
        *("sh", "-c", f"exec {shlex.quote(sys.executable)} -W ignore -m tui {words} >&-"),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1
    assert b" is closed" in err


async def test_buying_keeps_the_exit_code_of_the_money(environ, shelf, vendor):
    words = ("buy", shelf.product_id, shelf.type_id, "1", "--yes", "--wait", "20", "--reveal")
    code, _, err = await installed(environ, *words, stdout=os.open("/dev/full", os.O_WRONLY))
    assert code == 0
    assert "do not buy it again" in err
    assert len(vendor.posts) == 1


async def test_the_audit_says_that_cards_were_not_printed(environ, carddesk, shelf):
    bought = await carddesk(
        "buy", shelf.product_id, shelf.type_id, "1", "--yes", "--wait", "20", "--json"
    )
    order_id = bought.document["order_id"]
    code, _, _ = await installed(
        environ, "order", order_id, "--reveal", stdout=os.open("/dev/full", os.O_WRONLY)
    )
    assert code == 1
    events = (await carddesk("audit", "--json")).document["events"]
    kinds = [event["kind"] for event in events if event["order_id"] == order_id]
    assert kinds[-2:] == ["reveal", "not-printed"]


async def test_a_pipe_that_does_not_block_gets_everything(environ):
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    reading = asyncio.create_task(asyncio.to_thread(_all_of, reader))
    code, _, err = await installed(environ, "catalog", "--json", stdout=writer)
    os.close(writer)
    text = (await reading).decode()
    assert (code, err) == (0, "")
    assert text.rstrip().endswith("}")


def test_writing_waits_for_a_slow_reader():
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    data = os.urandom(500_000)
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        write_whole(writer, data)
        os._exit(0)
    os.close(writer)
    assert _all_of(reader) == data
    os.waitpid(pid, 0)


def _all_of(descriptor):
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read()


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "latin-1"}])
async def test_a_file_is_utf_8_in_every_locale(environ, vendor, locale, tmp_path):
    with (tmp_path / "list").open("wb") as file:
        code, _, err = await installed(environ, "catalog", stdout=file, PYTHONUTF8="0", **locale)
    assert (code, err) == (0, "")
    assert "IA et r\u00e9seaux" in (tmp_path / "list").read_text("utf-8")


def test_a_character_that_a_terminal_lacks_is_an_error():
    class Terminal(io.StringIO):
        encoding = "latin-1"

        def isatty(self):
            return True

    err = io.StringIO()
    out = Output(Terminal(), err)
    out.text("\u0628")
    assert out.ended(0) == 1
    assert "lacks some characters" in err.getvalue()


class Terminal(io.StringIO):
    """A stderr that a person looks at."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError


def test_progress_is_for_a_terminal_alone_and_a_closed_stderr_disturbs_nothing():
    for stderr in (io.StringIO(), Terminal()):
        out = Output(io.StringIO(), stderr)
        out.progress("1 of 2 rows")
        out.say("a sentence")
        assert stderr.getvalue() == "a sentence\n"
    closed = io.StringIO()
    closed.close()
    Output(io.StringIO(), closed).progress("1 of 2 rows")


def test_a_sentence_takes_the_place_of_the_progress(monkeypatch):
    monkeypatch.setattr("os.get_terminal_size", lambda _: os.terminal_size((20, 5)))
    monkeypatch.setattr(Terminal, "fileno", lambda _: 2)
    stderr = Terminal()
    out = Output(io.StringIO(), stderr)
    out.progress("a line that is longer than the terminal")
    out.progress("short")
    out.say("a sentence")
    written = stderr.getvalue().split("\r")
    assert written == ["", "a line that is long", f"{'short':<19}", " " * 5, "a sentence\n"]
