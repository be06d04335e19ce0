"""The judge: what the vendor's own ledger, the journal's file and the disk say about a case."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from services.sandbox import DEMO_KEY, Sandbox
from tests.proof.child_task import Observation

SAFE = frozenset({"NOT_SENT", "REFUSED", "NOT_PLACED"})
OPEN = frozenset({"INTENT", "SENDING", "UNRESOLVED", "AMBIGUOUS", "HANDLING"})
CARD = re.compile(rb"SANDBOX-(CARD-)?\d")


class Row(Struct, frozen=True):
    """A purchase as the file holds it."""

    id: str
    state: str
    order_id: str
    created_at: datetime


class Verdict(Struct):
    """What went wrong, each a sentence; all empty is innocence."""

    duplicates: list[str] = []
    lost: list[str] = []
    wrong: list[str] = []
    leaks: list[str] = []

    @property
    def guilty(self) -> bool:
        """Whether anything went wrong."""
        return bool(self.all())

    def all(self) -> list[str]:
        """Return every sentence."""
        return [*self.duplicates, *self.lost, *self.wrong, *self.leaks]


def rows(state_dir: Path) -> list[Row]:
    """Read the purchases from the journal's file, with none of the product's code."""
    found: list[Row] = []
    for path in state_dir.glob("*.db"):
        connection = sqlite3.connect(path)
        try:
            for name, state, order_id, created in connection.execute(
                "SELECT id, state, order_id, created_at FROM purchases ORDER BY created_at"
            ):
                moment = datetime.fromisoformat(created)
                found.append(Row(name, state, order_id or "", moment))
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise AssertionError(f"{path} is damaged")
        finally:
            connection.close()
    return found


def observations(path: Path) -> list[Observation]:
    """Read what operators were shown."""
    if not path.exists():
        return []
    return [msgspec.json.decode(line, type=Observation) for line in path.read_bytes().splitlines()]


def judge(
    sandbox: Sandbox,
    home: Path,
    shown: Iterable[Observation] = (),
    journal: list[Row] | None = None,
) -> Verdict:
    """Judge a settled case.

    Args:
        sandbox: the vendor; its ledger is believed.
        home: the folder of the desk.
        shown: what operators were shown on the way.
        journal: the purchases, where they are not in a file of the desk.
    """
    verdict = Verdict()
    journal = rows(home / "state") if journal is None else journal
    truth: dict[str, str] = {}
    posts: Counter[str] = Counter()
    for post in sandbox.posts:
        # One desk buys at a time, so a request belongs to the intent just before it.
        intents = [row.id for row in journal if row.created_at <= post.time]
        owner = intents[-1] if intents else ""
        posts[owner] += 1
        if post.order_id:
            truth[post.order_id] = owner
    for owner, count in posts.items():
        if count > 1:
            verdict.duplicates.append(f"{count} requests for purchase {owner}")
    _binding(verdict, journal, truth)
    for line in shown:
        if line.state in SAFE and line.purchase_id in truth.values():
            verdict.wrong.append(f"{line.purchase_id} was called {line.state}, but it was placed")
    verdict.leaks = leaks(home)
    return verdict


def _binding(verdict: Verdict, journal: list[Row], truth: dict[str, str]) -> None:
    bound = Counter(row.order_id for row in journal if row.order_id)
    for order_id, count in bound.items():
        if count > 1:
            verdict.wrong.append(f"order {order_id} is bound {count} times")
    for row in journal:
        if row.order_id and truth.get(row.order_id) != row.id:
            verdict.wrong.append(f"{row.id} is bound to {row.order_id}, which is not its own")
        if row.state in OPEN:
            verdict.lost.append(f"{row.id} was left {row.state}")
    for order_id, owner in truth.items():
        if order_id not in bound:
            verdict.lost.append(f"order {order_id} of purchase {owner} is bound to none")


def leaks(home: Path) -> list[str]:
    """Name the files of a desk that hold its key or a card."""
    found: list[str] = []
    for path in home.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            if DEMO_KEY.encode() in data:
                found.append(f"{path.name} holds the key")
            if CARD.search(data):
                found.append(f"{path.name} holds a card")
    return found
