"""A journal on a disk of its own that is filled to the last byte; run in a mount namespace."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from services.domain.errors import JournalFailed
from services.domain.models import Baseline, Purchase, PurchaseState
from services.journal import location
from services.journal.database import Journal
from services.journal.emergency_file import Emergency, Outcome
from services.journal.purchases import Purchases
from services.system.clock import SystemClock

NOW = datetime.now(UTC)


def intent(name: str, note: str = "") -> Purchase:
    return Purchase(
        name, name, PurchaseState.INTENT, "p", "P", "t", "T", 1, Decimal(1), Decimal(1), NOW, NOW,
        "amina", "host", note,
    )  # fmt: skip


def mount(*options: str | Path) -> None:
    subprocess.run(["mount", *options], check=True)


def fill(folder: Path) -> None:
    """Take every byte there is."""
    with (folder / "filler").open("ab", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


async def written(purchases: Purchases, name: str) -> bool:
    try:
        await purchases.add(intent(name, "n" * 60_000), "owner", Baseline())
    except JournalFailed:
        return False
    return True


async def full(folder: Path) -> dict[str, object]:
    journal = Journal(folder / "state" / "a.db", SystemClock(), "amina")
    await journal.open("account")
    purchases, found = Purchases(journal), {}
    found["room before"] = journal.room_wanted()
    found["first"] = await written(purchases, "p1")
    fill(folder)
    found["room wanted"] = journal.room_wanted()
    found["full"] = await written(purchases, "p2")
    journal.emergency.append(Outcome("p1", PurchaseState.NOT_SENT, NOW))
    again = Emergency(journal.path)
    found["kept"] = [entry.outcome.purchase_id for entry in again.entries() if entry.outcome]
    found["freed"] = journal.emergency.free_ballast()
    found["after the ballast"] = await written(purchases, "p3")
    await journal.close()
    return found


async def read_only(folder: Path) -> dict[str, object]:
    path = folder / "state" / "a.db"
    first = Journal(path, SystemClock(), "amina")
    await first.open("account")
    await first.close()
    await asyncio.to_thread(mount, "-o", "remount,ro", folder)
    second = Journal(path, SystemClock(), "amina")
    try:
        await second.open("account")
    except JournalFailed as failure:
        return {"said": failure.sentence(), "exit": failure.exit_code}
    finally:
        await second.close()
    return {"said": second.read_only}


if __name__ == "__main__":
    place = Path(sys.argv[2])
    mount("-t", "tmpfs", "-o", "size=3m", "none", place)
    os.chdir(place)
    location.ROOM_BYTES = 100_000
    print(json.dumps(asyncio.run({"full": full, "read-only": read_only}[sys.argv[1]](place))))
