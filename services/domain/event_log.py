"""The event log: its rows, who acted in each, and the chain of hashes that holds them together."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

FIRST_HASH = "0" * 64
"""What the first event has for the hash of the one before."""


def first_break(rows: Sequence[Mapping[str, Any]], *, whole: bool) -> str:
    """Name the first event that does not follow the one before it.

    The chain has no key: who can write the file can forge all that comes after a row, or cut
    the end off. Only a head that was kept elsewhere shows that.

    Args:
        rows: event rows as the journal holds them, by `seq`.
        whole: whether they begin with the first event ever; else the first row is taken as it is.

    Returns:
        A clause without a full stop; empty when the chain holds.
    """
    previous, seq = FIRST_HASH, 0
    for row in rows:
        seq = seq + 1 if seq or whole else row["seq"]
        fields = (seq, *(value for name, value in row.items() if name not in ("seq", "hash")))
        known = whole or row is not rows[0]
        if known and (row["seq"] != seq or row["hash"] != chain(previous, fields)):
            return f"event {seq} was edited, removed, inserted or moved"
        previous = row["hash"]
    return ""


Actor = Literal["person", "vendor", "carddesk"]

_ACTORS: Mapping[str, Actor] = {
    "cards": "vendor",
    "late": "vendor",
    "candidates": "carddesk",
    "restored": "carddesk",
    "watch": "carddesk",
}
"""Who acts in events of these kinds; in all others that are no step it is a person."""

_ENDED_FROM = frozenset({"HANDLING", "FULFILLED", "PARTIALLY_FILLED"})
_FIRST_DECISIONS = frozenset({"a person said: this one", "a person said: none of these"})
"""What the first version wrote of a person's decision: its rows have the kind of any step."""


class Event(Struct, frozen=True):
    """One row of the event log: who did or saw what, and when (UTC). Never a card or a key.

    `why` is for people: what a program has to know is in the other fields.
    """

    seq: int
    at: datetime
    who: str
    kind: str
    purchase_id: str
    order_id: str
    from_state: str
    to_state: str
    why: str
    evidence: str
    hash: str

    @property
    def actor(self) -> Actor:
        """Who acted: a person, the vendor by its answer, or carddesk by what it saw.

        It follows from columns that the chain of hashes covers. A column of its own would stop
        consoles of an earlier version that have the journal open.
        """
        if self.kind != "move":
            return _ACTORS.get(self.kind, "person")
        if self.to_state in ("AWAITING_APPROVAL", "INTENT") or self.why in _FIRST_DECISIONS:
            return "person"
        answered = self.from_state == "SENDING" and self.to_state in ("HANDLING", "REFUSED")
        return "vendor" if answered or self.from_state in _ENDED_FROM else "carddesk"

    @property
    def facts(self) -> Mapping[str, Any]:
        """What was seen, by name; empty where the evidence cannot be read."""
        try:
            return msgspec.json.decode(self.evidence, type=dict[str, Any])
        except msgspec.MsgspecError:
            return {}

    @property
    def card(self) -> int | None:
        """Which card it is about, from 0; None for all of an order."""
        if isinstance(card := self.facts.get("card"), int):
            return card
        # Rows from before the evidence had it say it in words alone.
        word, _, number = self.why.partition(" ")
        return int(number) - 1 if word == "card" and number.isdecimal() else None


def chain(previous: str, fields: tuple[object, ...]) -> str:
    """Return the hash of an event row, which covers the hash of the row before it."""
    return hashlib.sha256(previous.encode() + msgspec.json.encode(fields)).hexdigest()


class Audit(Struct, frozen=True):
    """Every event of a journal, oldest first, and what examining it found.

    `wrong` says in a clause what is wrong with the journal, `damaged` the same of each copy that
    was moved aside; both are empty for a journal that is whole.
    """

    events: tuple[Event, ...]
    wrong: str = ""
    damaged: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        """The newest event's number and hash, `42:9f...`: kept elsewhere, it seals all before."""
        if not self.events:
            return f"0:{FIRST_HASH}"
        return f"{self.events[-1].seq}:{self.events[-1].hash}"

    def holds(self, head: str) -> bool:
        """Tell whether a head that was kept elsewhere still is in this log."""
        heads = {f"{event.seq}:{event.hash}" for event in self.events}
        return head in heads | {f"0:{FIRST_HASH}"}
