"""`python -m tests.proof`: run the proofs in their long form and print what each came to."""

import argparse
import asyncio
import sys
import time
import traceback
from collections.abc import Callable

from tests.proof.case import Nursery

SEED = 20_260_301


def mutants() -> tuple[str, list[str]]:
    """Every mutant of the protocol document, each caught."""
    from tests.proof.mutants import MUTANTS, caught

    async def run() -> list[str]:
        async with Nursery.open() as nursery:
            return [m.name for m in MUTANTS if not await caught(m, nursery)]

    missed = asyncio.run(run())
    return f"{len(MUTANTS) - len(missed)} of {len(MUTANTS)} caught", missed


def sweep() -> tuple[str, list[str]]:
    """The reply cut after each byte."""
    from tests.proof import sweep

    found = asyncio.run(sweep.run())
    counts = ", ".join(f"{count} {verdict}" for verdict, count in found.verdicts.items())
    return f"{found.length} bytes: {counts}", found.complaints


def crash() -> tuple[str, list[str]]:
    """SIGKILL at every point of every scene, and again inside the recovery."""
    from tests.proof import crash

    tally = asyncio.run(crash.run())
    counts = (
        f"{tally.cases} cases in {len(crash.SCENES)} scenes, {tally.kills} SIGKILLs,"
        f" {tally.duplicates} duplicate, {tally.lost} lost, {tally.wrong} wrongly bound or shown,"
        f" {tally.leaks} secrets on disk"
    )
    return counts, tally.complaints


def machine() -> tuple[str, list[str]]:
    """The state machine, at least 20,000 steps."""
    from tests.proof import machine

    steps = sent = 0
    for seed in range(SEED, SEED + 4_000, 1_000):
        print(f"  seed {seed}", flush=True)
        steps += machine.run(5_000, seed)
        sent += machine.Desks.sent
    return f"{steps} steps, {sent} purchases sent, seeds from {SEED}", []


def soak() -> tuple[str, list[str]]:
    """A day at three consoles."""
    from tests.proof import soak

    print(f"  seed {SEED}", flush=True)
    books = soak.run(500, SEED)
    counts = (
        f"{books.purchases} purchases, {books.sent} requests, {books.foreign} foreign orders,"
        f" {books.faults} faults, {books.decided_by_a_person} decisions by a person;"
        f" {books.journal} DZD ours + {books.others} DZD theirs = {books.vendor} DZD"
    )
    return counts, books.complaints if books.balanced else [
        "it does not balance",
        *books.complaints,
    ]


def terminal() -> tuple[str, list[str]]:
    """Leaving a real terminal in the middle of a purchase."""
    from tests.proof import terminal

    left = terminal.run(20)
    sound = sum(each.sound for each in left)
    counts = (
        f"{len(left)} departures, {sum(max(0, each.posts - 1) for each in left)} duplicate,"
        f" {sum(each.lost for each in left)} lost,"
        f" {sum(each.processes for each in left)} processes left behind"
    )
    return counts, [] if sound == len(left) else [str(each) for each in left if not each.sound]


def leaks() -> tuple[str, list[str]]:
    """A defect at each place with a card and the key in its hands; stderr led elsewhere."""
    from tests.proof import leaks

    tally = leaks.run()
    counts = (
        f"{tally.places} places broken one at a time, {tally.reached} reached,"
        f" {len(leaks.STREAMS)} consoles with stderr led elsewhere, {len(tally.complaints)} leaks"
    )
    return counts, tally.complaints


def openings() -> tuple[str, list[str]]:
    """Consoles and commands that open beside buying consoles."""
    from tests.proof import openings

    tally = openings.run(200, 100, rounds=10)
    counts = (
        f"{tally.consoles} consoles and {tally.commands} commands opened beside"
        f" {tally.purchases} purchases, {len(tally.complaints)} failures"
    )
    return counts, tally.complaints


def lists() -> tuple[str, list[str]]:
    """A file of 1,000 purchases, the command killed 30 times."""
    from tests.proof import lists

    print(f"  seed {SEED}", flush=True)
    tally = lists.run(1_000, 30, SEED, faults=12)
    counts = (
        f"{tally.rows} rows, {tally.kills} SIGKILLs, {tally.faults} answers lost,"
        f" {tally.decisions} decisions by a person, {tally.orders} orders,"
        f" {tally.twice} twice, {tally.missing} missing"
    )
    return counts, tally.complaints


def sale() -> tuple[str, list[str]]:
    """A sale of five lines, killed at every step and gone on with."""
    from tests.proof import sales

    tally = asyncio.run(sales.run())
    counts = (
        f"{tally.sales} sales of {sales.LINES} lines in {len(sales.SCENES)} scenes,"
        f" {tally.kills} SIGKILLs, {tally.orders} orders, {tally.twice} twice, {tally.lost} lost"
    )
    return counts, tally.complaints


def shift() -> tuple[str, list[str]]:
    """Thirty purchases by keys, each figure on the screen compared with the vendor's books."""
    from tests.proof import shift_by_keys

    complaints: list[str] = []
    counts: list[str] = []
    for size in shift_by_keys.SIZES:
        tally = shift_by_keys.run(size)
        complaints += tally.complaints
        counts.append(
            f"{size[0]}x{size[1]}: {len(tally.outcomes)} purchases, {tally.cards} cards read,"
            f" {tally.figures} figures compared"
        )
    return "; ".join(counts), complaints


def team() -> tuple[str, list[str]]:
    """A journal that several hosts share on a server."""
    from tests.proof.team import whole

    return whole.run()


ROWS: dict[str, Callable[[], tuple[str, list[str]]]] = {
    "mutants": mutants,
    "sweep": sweep,
    "crash": crash,
    "machine": machine,
    "soak": soak,
    "terminal": terminal,
    "leaks": leaks,
    "openings": openings,
    "lists": lists,
    "sale": sale,
    "shift": shift,
    "team": team,
}


def main() -> int:
    """Run the rows that were asked for, or all; 1 if any was violated."""
    parser = argparse.ArgumentParser(prog="make prove", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    rows = parser.parse_args().rows or list(ROWS)
    if unknown := set(rows) - ROWS.keys():
        parser.error(f"there is no row {', '.join(sorted(unknown))}")
    violated = [name for name in rows if not _holds(name)]
    print(f"violated: {', '.join(violated)}" if violated else "everything holds")
    return 1 if violated else 0


def _holds(name: str) -> bool:
    print(f"{name} ...", flush=True)
    began = time.monotonic()
    try:
        counts, complaints = ROWS[name]()
    except Exception:
        counts, complaints = "failed", [traceback.format_exc()]
    print(f"{name}: {counts}; {time.monotonic() - began:.0f} s", flush=True)
    for complaint in complaints:
        print(f"  VIOLATED: {complaint}", flush=True)
    return not complaints


if __name__ == "__main__":
    sys.exit(main())
