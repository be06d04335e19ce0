"""`carddesk events --follow`: what happens, a line of JSON each, beside whatever else is open."""

import asyncio
import contextlib
import json
import os
import re
import signal

import pytest

from services.sandbox import DEMO_KEY
from tests.cli.conftest import ROOT

LONG_ENOUGH = 30.0


@pytest.fixture
async def follow(environ, command_line):
    """Start the command as a process of its own; `until` waits for a line."""
    started = []

    class Following:
        def __init__(self, process):
            self.process = process
            self.lines = []

        async def until(self, **wanted):
            """Return the first line that fits, read already or to come."""
            for line in self.lines:
                if wanted.items() <= line.items():
                    return line
            async with asyncio.timeout(LONG_ENOUGH):
                while line := await self.process.stdout.readline():
                    self.lines.append(json.loads(line))
                    if wanted.items() <= self.lines[-1].items():
                        return self.lines[-1]
            raise AssertionError(await self.process.stderr.read())

        async def ended(self, number=signal.SIGINT):
            if number:
                self.process.send_signal(number)
            async with asyncio.timeout(LONG_ENOUGH):
                return await self.process.wait(), (await self.process.stderr.read()).decode()

    async def start(*options, **variables):
        process = await asyncio.create_subprocess_exec(
            *command_line, "events", "--follow", *options, cwd=ROOT, env=environ | variables,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        started.append(process)
        return Following(process)

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_purchase_elsewhere_is_a_line_for_each_state(follow, carddesk, shelf, vendor):
    following = await follow()
    first = await following.until(event="desk", can_buy=True)
    assert (first["environment"], first["operator"]) == ("SANDBOX", "amina")
    balance = await following.until(event="balance")
    assert (balance["balance"], balance["before"]) == ("250000.00", None)
    done = await carddesk(
        "buy", shelf.product_id, shelf.type_id, "2", "--note", "for Ali", "--yes", "--wait",
        "--reveal", "--json",
    )  # fmt: skip
    order = await following.until(event="order", state="FULFILLED")
    assert order["order_id"] == done.document["order_id"]
    assert (order["quantity"], order["note"], order["mine"]) == (2, "for Ali", True)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", order["time"])
    code, said = await following.ended()
    assert code == 128 + signal.SIGINT
    assert "Traceback" not in said
    streamed = json.dumps(following.lines)
    assert DEMO_KEY not in streamed + said
    assert all(card["value"] not in streamed + said for card in done.document["cards"])


async def test_it_follows_beside_another_one(follow, carddesk, shelf):
    """Both see the same, and one of them polls for both."""
    both = [await follow(), await follow()]
    for each in both:
        await each.until(event="desk", can_buy=True)
    await carddesk("buy", shelf.product_id, shelf.type_id, "1", "--yes")
    for each in both:
        await each.until(event="order", state="FULFILLED")
    polls = [line["poll"] for each in both for line in each.lines if line["event"] == "desk"]
    assert polls.count("following") <= 1


async def test_a_reader_that_goes_away_ends_it_quietly(environ, command_line):
    read, write = os.pipe()
    process = await asyncio.create_subprocess_exec(
        *command_line, "events", "--follow", cwd=ROOT, env=environ, stdout=write,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    os.close(write)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read, "rb")
    )
    with contextlib.closing(transport):
        # It has begun, and nothing more has to happen for it to end.
        await asyncio.wait_for(reader.readline(), LONG_ENOUGH)
    said = await asyncio.wait_for(process.stderr.read(), LONG_ENOUGH)
    assert await process.wait() == 0
    assert said == b""


async def test_a_rejected_key_ends_it_with_its_sentence(follow):
    following = await follow(CARDDESK_API_KEY="no-such-key")
    code, said = await following.ended(0)
    assert code == 6
    assert "carddesk: " in said
    assert "no-such-key" not in said


async def test_without_follow_there_is_nothing_to_print(carddesk, vendor):
    done = await carddesk("events")
    assert done.code == 2
    assert "--follow" in done.err
    assert not vendor.requests
