"""Commands on a disk that takes nothing: what is paid can be read, and nothing is sent."""

import asyncio
import os
import shlex
import sys

import pytest

from services.domain.errors import JournalFailed
from services.journal.purchases import Purchases
from tests.journal.test_location import NAMESPACE, ROOT, own_mounts

pytestmark = pytest.mark.skipif(not own_mounts(), reason="nothing can be mounted on this machine")
READ_ONLY = """
mount --bind {home} {home} && mount -o remount,ro,bind {home}
"""
NO_INODES = """
mount -t tmpfs -o nr_inodes=100 none /mnt && cp -a {home}/. /mnt && mount --move /mnt {home}
i=0; while : 2>/dev/null > {home}/fill-$i; do i=$((i+1)); done
"""
FULL = """
mount -t tmpfs -o size=2m none /mnt && cp -a {home}/. /mnt && mount --move /mnt {home}
cat /dev/zero > {home}/fill 2>/dev/null; sync
for i in 1 2 3 4 5 6 7 8; do printf x >> {home}/fill 2>/dev/null; done
"""


@pytest.fixture
async def order_id(carddesk, shelf):
    done = await carddesk(
        "buy", shelf.product_id, shelf.type_id, "1", "--wait", "20", "--yes", "--json"
    )
    assert done.code == 0, done.err
    return done.document["order_id"]


async def on_disk(disk, environ, *commands):
    """Run commands one after the other on a disk of this kind; return what they print."""
    start = f"{shlex.quote(sys.executable)} -W ignore -m tui"
    lines = [disk.format(home=shlex.quote(environ["HOME"]))]
    lines += [f'{start} {shlex.join(words)} 2>&1; echo "exit $?"' for words in commands]
    process = await asyncio.create_subprocess_exec(
        *NAMESPACE, "bash", "-c", "\n".join(lines),
        cwd=ROOT, env={**os.environ, **environ}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    text = output.decode()
    assert "Traceback" not in text
    return text


@pytest.mark.parametrize("disk", [READ_ONLY, NO_INODES, FULL], ids=["read-only", "inodes", "full"])
async def test_a_paid_card_is_given_and_nothing_is_sent(disk, environ, order_id, shelf, vendor):
    placed = len(vendor.posts)
    text = await on_disk(
        disk,
        environ,
        ("balance",),
        ("order", order_id, "--reveal"),
        ("buy", shelf.product_id, shelf.type_id, "1", "--yes"),
    )
    balance, revealed, bought, _ = text.split("exit ")
    assert "DZD" in balance
    assert "SANDBOX-CARD-1" in revealed
    assert bought.startswith("0")
    assert ("This reveal is in no record" in revealed) == (disk is READ_ONLY)
    assert len(vendor.posts) == placed
    assert "chmod" not in text


async def test_a_reveal_on_a_full_disk_is_written_later(carddesk, environ, order_id, monkeypatch):
    def full(*_, **__):
        raise JournalFailed("The disk is full", code="JOURNAL_FULL")

    monkeypatch.setattr(Purchases, "_append", full)
    done = await carddesk("order", order_id, "--reveal")
    assert "SANDBOX-CARD-1" in done.out
    assert "no record" not in done.err
    monkeypatch.undo()
    done = await carddesk("audit", "--json", **environ)
    (event,) = [each for each in done.document["events"] if each["kind"] == "reveal"]
    assert event["order_id"] == order_id
    assert "from the emergency file" in event["why"]
