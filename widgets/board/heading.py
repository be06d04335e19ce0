"""The first line of a list: what it is, how current, how narrowed, and where the cursor is."""

from collections.abc import Sequence
from typing import NamedTuple

from services.domain.text import cell_width, fit
from widgets.drawing.fit import Part, fit_parts
from widgets.drawing.ink import Cell, DrawnLine, fitted

SHORTER = (24, 18, 12, 8)
"""Cells to which a name is cut where its line is too short for it."""

LONGEST_REGION = 16
"""What is said after a name and is longer leaves before the name is cut."""


class Heading(NamedTuple):
    """What the heading of a list says; a text that is empty is left out.

    `why` says why the list is stale, the longest words first.
    `shown` rows of `total` are listed and the cursor is on number `place`, from 1. `newer` rows
    came above those in sight. `subject` is what the list is of, `facts` what else it says.
    """

    title: str
    focused: bool
    stale: str
    why: Sequence[str]
    filter_text: str
    sort: str
    legend: str
    shown: int
    total: int
    place: int
    newer: int = 0
    subject: str = ""
    facts: tuple[Part, ...] = ()


def heading_line(heading: Heading, width: int) -> DrawnLine:
    """Return the line; what matters least leaves first when it gets narrow."""
    title = Cell(f" {heading.title} ", "title" if heading.focused else "title-blurred")
    legend = Part((Cell(heading.legend, "dim"),), leaves=5)
    found = f"{heading.shown} of {heading.total}" if heading.filter_text else ""
    count = Part((Cell(found, "strong"),), leaves=1)
    parts = [
        Part((title,)),
        *heading.facts,
        *_filter_part(heading),
        *_state_parts(heading),
        count,
        legend,
    ]
    place_now = f" {_place(heading)} " if heading.shown else ""
    room = max(0, width - len(place_now))
    # The position ends at a fixed edge, so that it changes without moving anything else.
    return (
        *fitted(fit_parts(parts, room), room),
        *fitted((Cell(place_now, "dim"),), width - room),
    )


def framed_parts(heading: Heading) -> tuple[Part, ...]:
    """Return what is in the rule of a framed list beside its title.

    The position ends it where the list says nothing else there.
    """
    subject = Part(tuple(Cell(f"· {words}") for words in _subject_forms(heading.subject)))
    parts = [*_filter_part(heading), subject, *heading.facts, *_state_parts(heading)]
    if heading.filter_text:
        found = f"{heading.shown} of {heading.total}", f"{heading.shown}"
        parts.append(Part(tuple(Cell(words, "strong") for words in found), leaves=2, end=True))
    elif heading.shown and not any(part.end for part in heading.facts):
        parts.append(Part((Cell(_place(heading), "dim"),), leaves=3, end=True))
    return tuple(part for part in parts if part.forms)


def _subject_forms(subject: str) -> tuple[str, ...]:
    """Return a subject in shorter and shorter forms: its name is cut before its region goes."""
    name, between, region = subject.rpartition(" · ")
    if not name:
        return (subject,) if subject else ()
    if cell_width(region) > LONGEST_REGION:
        return subject, name
    cut = (
        f"{fit(name, width).rstrip()}{between}{region}"
        for width in SHORTER
        if width < cell_width(name)
    )
    return subject, *cut, name


def _state_parts(heading: Heading) -> list[Part]:
    parts: list[Part] = []
    if heading.stale:
        parts.append(Part((Cell(heading.stale, "warn"), Cell("stale", "warn")), leaves=2))
        parts.append(Part(tuple(Cell(words, "warn") for words in heading.why), leaves=6))
    if heading.newer:
        newer = f"{heading.newer} newer above", f"{heading.newer} newer"
        parts.append(Part(tuple(Cell(words, "strong") for words in newer)))
    parts.append(Part((Cell(heading.sort, "strong"),), leaves=4))
    return parts


def _filter_part(heading: Heading) -> list[Part]:
    return [Part((Cell(f"/{heading.filter_text}", "key"),))] if heading.filter_text else []


def _place(heading: Heading) -> str:
    return f"{heading.place}/{heading.shown}"
