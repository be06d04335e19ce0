"""What `carddesk doctor` examines: this machine without the network, then the vendor's answers."""

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from services.desk.book_publisher import BookPublisher
from services.desk.catalog import DeskCatalog
from services.desk.figures import Figures
from services.domain.errors import DeskError
from services.domain.local_time import local_minute
from services.domain.models import Unread
from services.journal.location import forgetful_file_system, network_file_system, room, room_wanted
from services.journal.sqlite.connection import SQLITE_VERSION, WAL_IS_SAFE
from services.system import logs
from services.system.clock import SystemClock
from services.system.file_owners import owner_notice
from services.system.files import advice_for, not_ours_alone, present, reason, shown
from services.system.paths import Paths
from services.system.time_zone import time_zone_problem
from services.vendor.client import VendorClient
from services.vendor.items import BadItems

HTTPCORE = "1.0.9"
MOST_EXAMINED = 3
AGAIN = "Put that right, then run carddesk doctor again."


class Diagnosis(Struct, frozen=True):
    """One line of the report; `fix` says what to do, and is empty where nothing is wrong."""

    check: str
    verdict: Literal["ok", "warn", "fail"]
    detail: str
    fix: str = ""


class DeskHealth:
    """`desk.health`: asks the vendor for what needs no purchase, and counts what is odd.

    Args:
        catalog: reads the catalogue.
        figures: reads stocks.
        keeper: the book, which says what was bought last.
        bad_items: takes note of what nothing can be made of.
    """

    def __init__(
        self,
        client: VendorClient,
        catalog: DeskCatalog,
        figures: Figures,
        keeper: BookPublisher,
        bad_items: BadItems,
    ) -> None:
        self._client: Final = client
        self._catalog: Final = catalog
        self._figures: Final = figures
        self._keeper: Final = keeper
        self._bad_items: Final = bad_items

    async def ping(self) -> tuple[str, timedelta | None]:
        """Return what `/ping` says of the API, and the vendor's clock minus ours."""
        return await self._client.ping(), self._client.server_offset

    @property
    def bad_items(self) -> tuple[Unread, ...]:
        """What the vendor's answers held, in this process, and nothing could be made of."""
        return self._bad_items.met

    async def examine(self) -> int:
        """Read the catalogue, the stock of what was bought last, and the newest of both lists.

        What is odd in them is in `bad_items` then.

        Returns:
            How many stocks were read.

        Raises:
            DeskError: one of them could not be read at all.
        """
        catalog = await self._catalog.read(refresh=True)
        bought = (each for each in self._keeper.book.recents if catalog.find(each))
        products = list(islice(bought, MOST_EXAMINED))
        for product_id in products:
            await self._figures.stock(product_id)
        await self._client.orders()
        await self._client.transactions()
        return len(products)


def versions(own: str) -> Iterator[Diagnosis]:
    """Check what carddesk runs on; `own` is its own version."""
    from importlib.metadata import PackageNotFoundError, version  # 15 ms that no other command owes

    yield Diagnosis("carddesk", "ok", own)
    yield Diagnosis("python", "ok", sys.version.split()[0])
    for name in ("textual", "httpx", "httpcore"):
        try:
            found = version(name)
        except PackageNotFoundError:
            yield Diagnosis(name, "fail", "not installed", "Install carddesk again.")
            continue
        if name == "httpcore" and found != HTTPCORE:
            fix = f"Install httpcore {HTTPCORE}: purchases rely on the order of its events."
            yield Diagnosis(name, "fail", found, fix)
        else:
            yield Diagnosis(name, "ok", found)
    mode = "WAL" if WAL_IS_SAFE else "rollback journal, this version's WAL can lose data"
    yield Diagnosis("sqlite", "ok", f"{SQLITE_VERSION} ({mode})")


def folders(paths: Paths) -> Iterator[Diagnosis]:
    """Check that settings, state and cache are private and can be written."""
    for name, folder in (
        ("config folder", paths.config_dir),
        ("state folder", paths.state_dir),
        ("cache folder", paths.cache_dir),
    ):
        yield from check(name, partial(_folder_findings, name, folder))
    yield from check("journal disk", lambda: [_journal_disk(paths.state_dir)])
    yield from check("journal room", lambda: [_room(paths.state_dir)])
    yield from check("owners", lambda: [_owners(paths)])


def time_zone(environ: Mapping[str, str]) -> Diagnosis:
    """Check that the times on the screen are those of the clock on the wall."""
    if problem := time_zone_problem(environ):
        fix = "Set TZ to a name under /usr/share/zoneinfo, such as TZ=Africa/Algiers."
        return Diagnosis("time zone", "warn", f"{problem}: times are shown in UTC", fix)
    now = SystemClock().now()
    here = f"{local_minute(now)} here, UTC{now.astimezone():%z}"
    return Diagnosis("time zone", "ok", here)


def check(name: str, work: Callable[[], Iterable[Diagnosis]]) -> Iterator[Diagnosis]:
    """Carry a check out; one that cannot be carried out is a finding and ends no other one."""
    try:
        yield from work()
    except DeskError as failure:
        yield Diagnosis(name, "fail", failure.message, failure.advice)
    except OSError as failure:
        place = Path(str(failure.filename or ""))
        fix = advice_for(place, failure) if failure.filename else ""
        yield Diagnosis(name, "fail", f"it could not be checked: {reason(failure)}", fix or AGAIN)
    except Exception as failure:
        detail = f"it could not be checked, a defect; {logs.crash_report(failure)}"
        yield Diagnosis(
            name, "fail", detail, "Send the report to the person who looks after carddesk."
        )


def _folder_findings(name: str, folder: Path) -> list[Diagnosis]:
    return [_folder(name, folder)]


def _journal_disk(folder: Path) -> Diagnosis:
    if kind := network_file_system(folder):
        fix = "Move it to a local disk with XDG_STATE_HOME; until then buying is refused."
        return Diagnosis("journal disk", "fail", f"a network file system ({kind})", fix)
    if kind := forgetful_file_system(folder):
        fix = "Move it to a disk with XDG_STATE_HOME, or mount a volume there."
        detail = f"{kind}: a restart of this machine or container forgets every purchase"
        return Diagnosis("journal disk", "warn", detail, fix)
    return Diagnosis("journal disk", "ok", "a local file system")


def _owners(paths: Paths) -> Diagnosis:
    if notice := owner_notice(paths):
        return Diagnosis("owners", "fail", str(notice.message), str(notice.advice))
    return Diagnosis("owners", "ok", "all files are of this user")


def _room(folder: Path) -> Diagnosis:
    there = next(p for p in (folder, *folder.parents) if present(p))
    if wanted := room_wanted(there):
        return Diagnosis(
            "journal room", "fail", wanted, "Free disk space; until then buying is off."
        )
    return Diagnosis("journal room", "ok", f"{room(there) / 1e9:.1f} GB free")


def _not_writable(folder: Path) -> str:
    read_only = os.statvfs(folder).f_flag & os.ST_RDONLY
    return advice_for(folder, OSError(errno.EROFS if read_only else errno.EACCES, ""))


def _folder(name: str, folder: Path) -> Diagnosis:
    try:
        facts = folder.stat()
    except FileNotFoundError:
        parent = next(p for p in folder.parents if present(p))
        if parent.is_dir() and os.access(parent, os.W_OK | os.X_OK):
            return Diagnosis(name, "ok", f"{shown(folder)} (not made yet)")
        return Diagnosis(name, "fail", f"{shown(folder)} cannot be made", _not_writable(parent))
    except OSError as failure:
        fix = advice_for(folder, failure) or "Move away what is in its place."
        return Diagnosis(name, "fail", f"{shown(folder)}: {reason(failure)}", fix)
    mode = stat.S_IMODE(facts.st_mode)
    detail = f"{shown(folder)} ({mode:04o})"
    if flaw := not_ours_alone(folder, facts, folder=True, modes=False):
        return Diagnosis(name, "fail", f"{detail} {flaw.what}", flaw.advice)
    if not os.access(folder, os.W_OK | os.X_OK):
        return Diagnosis(name, "fail", f"{detail} cannot be written", _not_writable(folder))
    if mode & 0o077:
        return Diagnosis(name, "warn", f"{detail} is open to others", f"chmod 700 {shown(folder)}")
    return Diagnosis(name, "ok", detail)
