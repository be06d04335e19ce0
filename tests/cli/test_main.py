"""The real command as a process: what it imports, how it ends, and who may read its pipe."""

import asyncio
import json
import os
import signal

import pytest

from services.sandbox import Fault


class Process:
    """A carddesk of its own, from the root of the project."""

    def __init__(self, command_line, root, environ):
        self._command_line = command_line
        self._root = root
        self._environ = environ

    async def start(self, *argv, stdout=asyncio.subprocess.PIPE, **variables):
        return await asyncio.create_subprocess_exec(
            *self._command_line,
            *argv,
            cwd=self._root,
            env=self._environ | variables,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=stdout,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, *argv, **variables):
        process = await self.start(*argv, **variables)
        out, err = await process.communicate()
        return process.returncode, out.decode(), err.decode()


@pytest.fixture
def process(command_line, root, environ):
    return Process(command_line, root, environ)


@pytest.fixture
def python(command_line, root, environ):
    """Run a program in an interpreter that knows carddesk."""

    async def run(program, *argv, cwd=root):
        running = await asyncio.create_subprocess_exec(
            command_line[0],
            *("-c", program, *argv),
            cwd=cwd,
            env=environ | {"PYTHONPATH": str(root)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await running.communicate()
        return running.returncode, out.decode(), err.decode()

    return run


IMPORTED = "import sys; from tui.__main__ import main; code = main(); print(*sorted(sys.modules))"


async def test_version_imports_next_to_nothing(python):
    code, out, _ = await python(IMPORTED, "--version")
    modules = set(out.splitlines()[-1].split())
    assert code == 0
    assert out.startswith("carddesk ")
    assert not modules & {"textual", "argparse", "asyncio", "msgspec", "httpx", "sqlite3"}


@pytest.mark.parametrize("argv", [("balance",), ("--help",), ("config", "show")])
async def test_no_command_imports_textual(python, argv):
    code, out, _ = await python(IMPORTED, *argv)
    modules = out.splitlines()[-1].split()
    assert code == 0
    assert "tui.cli.main" in modules
    assert not [name for name in modules if name.split(".")[0] == "textual"]


async def test_a_stranger_with_the_name_of_one_of_our_packages_is_noticed(python, tmp_path):
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "__init__.py").write_text("raise SystemExit('a stranger ran')")
    code, _, err = await python(
        "import sys; from tui.__main__ import main; sys.exit(main())", "balance", cwd=tmp_path
    )
    assert code == 2
    assert str(tmp_path / "services" / "__init__.py") in err
    assert "install carddesk into an environment of its own" in err


async def test_json_is_ascii_on_a_pipe_of_any_encoding(process):
    _, out, _ = await process.run("catalog", "--json", PYTHONIOENCODING="ascii")
    assert any(not p["title"].isascii() for p in json.loads(out)["products"])


async def test_a_reader_that_leaves_early_disturbs_nothing(process):
    reading, writing = os.pipe()
    os.close(reading)
    running = await process.start("catalog", stdout=writing)
    os.close(writing)
    assert await running.stderr.read() == b""
    assert await running.wait() == 0


async def test_the_console_without_a_terminal_says_so(process):
    code, out, err = await process.run()
    assert (code, out) == (2, "")
    assert err.startswith("carddesk: The console needs a terminal")


async def test_ctrl_c_ends_a_read_quietly(process, vendor):
    vendor.faults.add(Fault.parse("hang@balance"))
    running = await process.start("balance")
    await vendor.seen("balance")
    running.send_signal(signal.SIGINT)
    out, err = await running.communicate()
    assert (running.returncode, out, err) == (130, b"", b"")


async def test_a_signal_while_buying_waits_for_the_answer(process, vendor, shelf):
    vendor.faults.add(Fault.parse("hang@placeOrder:after"))
    running = await process.start(
        *("buy", shelf.product_id, shelf.type_id, "1", "--yes", "--json", "--wait"),
        CARDDESK_PURCHASE_DEADLINE_SECONDS="1",
    )
    await vendor.seen("placeOrder")
    running.send_signal(signal.SIGTERM)
    out, err = await running.communicate()
    assert running.returncode == 4
    assert json.loads(out)["state"] == "UNRESOLVED"
    assert b"Stopping: the order may already be placed" in err
    assert len(vendor.posts) == 1


@pytest.mark.parametrize("handling", [(3_600, 3_600)])
async def test_a_signal_ends_the_wait_not_the_order(process, vendor, shelf):
    running = await process.start(
        "buy", shelf.product_id, shelf.type_id, "1", "--yes", "--json", "--wait"
    )
    async for line in running.stderr:
        if line.startswith(b"Waiting until the order is final"):
            break
    running.send_signal(signal.SIGINT)
    out, _ = await running.communicate()
    assert running.returncode == 7
    assert json.loads(out)["order_id"] in vendor.orders


async def test_the_sandbox_alone_is_found_by_other_commands_and_ends_well(process):
    serving = await process.start("sandbox", "--json", "--fault", "http500@checkProduct*0")
    lines = b""
    while not lines.endswith(b"}\n"):
        lines += await serving.stdout.readline()
    url = json.loads(lines)["base_url"]

    code, _, err = await process.run("sandbox")
    assert code == 2
    assert url in err
    code, out, _ = await process.run("--sandbox", "balance")
    assert (code, out) == (0, "250 000 DZD\n")

    serving.send_signal(signal.SIGTERM)
    assert await serving.wait() == 0
