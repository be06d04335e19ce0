"""All proofs of a shared journal, one after the other."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.proof.team import (
    approvals,
    budget,
    cut_links,
    failover,
    lines,
    many,
    mutants,
    network,
    race,
)

Part = Callable[[], Awaitable[tuple[str, list[str]]]]
SEED = 20_260_301
LINES: tuple[tuple[lines.Scene, lines.How, int], ...] = (
    (lines.purchase, lines.falls_silent, 1),
    (lines.start, lines.falls_silent, 13),
    (lines.start, lines.ends, 1),
    (lines.start, lines.resets, 2),
    (lines.start, lines.stays_away, 3),
    (lines.purchase, lines.ends, 1),
    (lines.purchase, lines.resets, 1),
    (lines.purchase, lines.stays_away, 1),
    (lines.whole, lines.ends, 9),
    (lines.whole, lines.falls_silent, 25),
)
"""Scenes, what happens to the line, and at each how manieth message."""


async def cut_lines() -> tuple[str, list[str]]:
    """The line to the server ends at each message of a purchase and of a start."""
    each = [*zip(LINES, await _halves(), strict=True)]
    said: list[str] = []
    for (scene, how, _), (up, down) in each:
        cases = up.cases + down.cases
        said.append(f"{scene.__name__} {how.__name__} {cases} of {up.up} up and {down.down} down")
    found = [half for _, halves in each for half in halves]
    return (
        f"{sum(it.cases for it in found)} lines: {', '.join(said)};"
        f" {sum(it.sent for it in found)} purchases sent",
        [complaint for it in found for complaint in it.complaints],
    )


async def _halves() -> list[tuple[lines.Tally, lines.Tally]]:
    found = await lines.apart(LINES)
    return [*zip(found[::2], found[1::2], strict=True)]


async def deaths() -> tuple[str, list[str]]:
    """The server is killed at each commit of a purchase."""
    found = await lines.deaths()
    return (
        f"{found.cases} deaths of the server around {found.commits} commits,"
        f" {found.sent} purchases sent"
    ), found.complaints


async def races() -> tuple[str, list[str]]:
    """Hosts press at one instant."""
    found = await race.run(200)
    return (
        f"{found.rounds} rounds of each kind at {race.HOSTS} hosts, {found.sent} sent,"
        f" {found.refused} refused"
    ), found.complaints


async def failovers() -> tuple[str, list[str]]:
    """A standby leads that lacks the last commits."""
    found = await failover.run(50, SEED)
    return (
        f"{found.failovers} failovers, {found.purchases} orders, {found.restored} rows written"
        " again"
    ), found.complaints


async def consoles() -> tuple[str, list[str]]:
    """Many consoles on one server."""
    found = await many.run(200)
    if found.committed > many.COMMITTED_WITHIN:
        found.complaints.append(f"a commit takes {found.committed:.3f} s")
    return (
        f"{found.consoles} consoles, one polls; p95 until all have heard {found.heard * 1e3:.0f}"
        f" ms, of a commit while {many.WRITERS} hosts write {found.committed * 1e3:.0f} ms, with"
        f" psycopg alone {found.plain * 1e3:.0f} ms"
    ), found.complaints


async def requests() -> tuple[str, list[str]]:
    """Hosts press hard on one key, and the journal's server is away for a while."""
    found = await budget.run(240, away=(90, 140))
    return (
        f"{budget.HOSTS} hosts sent {found.sent} requests, {found.most} in the busiest minute of"
        f" {budget.MINUTE} allowed; {found.bought} bought, the slowest in {found.slowest:.1f} s"
    ), found.complaints


async def links() -> tuple[str, list[str]]:
    """Hosts with networks of their own, whose links are cut under buying."""
    if lacking := network.missing():
        return f"links not cut: {lacking}", []
    found = await cut_links.run(500, 60, SEED)
    return (
        f"{found.orders} orders for {found.wanted} wanted at {found.hosts} hosts, {found.cuts}"
        f" links down for {found.down:.0f} s in all, {found.said} purchases refused in words,"
        f" {found.purchases - found.wanted} tried again, {found.twice} twice, {found.lost} lost"
    ), found.complaints


async def approving() -> tuple[str, list[str]]:
    """The console that approves dies at each step."""
    found = await approvals.run()
    return (
        f"{found.kills} deaths at the {found.points} steps of an approval, {found.bought} bought"
    ), found.complaints


async def defects() -> tuple[str, list[str]]:
    """Each mutant, caught."""
    missed = [each.name for each in mutants.MUTANTS if not await mutants.caught(each)]
    count = len(mutants.MUTANTS)
    return f"{count - len(missed)} of {count} mutants caught", missed


PARTS: tuple[Part, ...] = (
    *(defects, races, approving, consoles, requests, deaths, failovers, cut_lines, links),
)


def run() -> tuple[str, list[str]]:
    """Run every part, and say of each what it came to."""
    counts: list[str] = []
    complaints: list[str] = []
    for part in PARTS:
        count, said = asyncio.run(_part(part))
        print(f"  {count}", flush=True)
        counts.append(count)
        complaints += said
    return "; ".join(counts), complaints


async def _part(part: Part) -> tuple[str, list[str]]:
    return await part()
