"""The words of a note, as the journal's index of notes holds them and as a lookup asks. Pure."""

import re
from itertools import chain

from services.text import clean, fold

LONGEST_WORD = 64
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"(?<![^\W_])[0-9](?:[0-9 ./-]*[0-9])?(?![^\W_])")
_NO_DIGIT = re.compile(r"[^0-9]+")
_DIGITS = {first + digit: str(digit) for first in (0x660, 0x6F0) for digit in range(10)}
"""What Arabic and Persian keyboards type for the digits."""


def indexed(note: str) -> frozenset[str]:
    """Return every word that a note is found by: its words, and its numbers without their gaps.

    A telephone number is written down as `0555 12 34 56` and asked for as `0555123456`.
    """
    text = _folded(note)
    joined = (_joined(found[0]) for found in _NUMBER.finditer(text))
    return frozenset(word[:LONGEST_WORD] for word in chain(_WORD.findall(text), joined))


def asked(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways to read what somebody asks for; each is words that a note begins words with.

    There is a second way only where numbers with gaps may have been written down without them.
    """
    folded = _folded(text)
    plain = _cut(_WORD.findall(folded))
    together = _cut(_WORD.findall(_NUMBER.sub(lambda found: f" {_joined(found[0])} ", folded)))
    return tuple(dict.fromkeys(way for way in (plain, together) if way))


def matches(note: str, words: tuple[str, ...]) -> bool:
    """Tell whether each of these words begins a word of the note."""
    text = _folded(note)
    # Most notes are told apart by this alone, and a lookup may read thousands of them.
    close = f"{text} {_joined(text)}" if any(map(str.isdigit, words)) else text
    if not all(word in close for word in words):
        return False
    held = indexed(note)
    return all(any(word.startswith(wanted) for word in held) for wanted in words)


def _folded(text: str) -> str:
    folded = fold(clean(text))
    return folded if folded.isascii() else folded.translate(_DIGITS)


def _joined(number: str) -> str:
    return _NO_DIGIT.sub("", number)


def _cut(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word[:LONGEST_WORD] for word in words))
