"""The words of a note, as the journal's index of notes holds them and as a lookup asks. Pure."""

import re
from functools import lru_cache
from itertools import chain

from services.domain.text import clean, fold

LONGEST_WORD = 64
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"(?<![^\W_])[0-9](?:[0-9 ./-]*[0-9])?(?![^\W_])")
_TELEPHONE = re.compile(r"(?P<prefix>(?:00)?2130?|0)?(?P<subscriber>[2-7][0-9]{2,8})")
"""A trunk or country prefix, then the subscriber: 9 digits of a mobile, 8 of a fixed line."""

WHOLE_NUMBER = 8
_TRUNK = re.compile(r"\( ?0 ?\)")
"""The 0 that a number in its international form may show: +213 (0) 555."""

_DIALLED = re.compile(r"(?<![^\W_])\+?[0-9](?:[0-9 ./-]*[0-9])?(?![^\W_])")
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
    """Return the ways to read what is asked for; each is words that a note begins words with.

    Numbers with gaps may have been written down without them, and a telephone number of Algeria
    in its national or in an international form.
    """
    folded = _folded(text)
    plain = _cut(_WORD.findall(folded))
    together = _cut(_WORD.findall(_NUMBER.sub(lambda found: f" {_joined(found[0])} ", folded)))
    ways = [plain, together]
    for at, word in enumerate(together):
        ways += [(*together[:at], form, *together[at + 1 :]) for form in telephone_forms(word)]
    return tuple(dict.fromkeys(way for way in ways if way))


def telephone_forms(number: str) -> tuple[str, ...]:
    """Return the other ways to write a telephone number of Algeria, or the beginning of one.

    Args:
        number: its digits alone.

    Returns:
        As `0555123456`, `213555123456`, `00213555123456`, `2130555123456`, and without any
        prefix where it is whole; empty where the digits are no such number.
    """
    found = _TELEPHONE.fullmatch(number)
    if found is None:
        return ()
    subscriber = found["subscriber"]
    if not found["prefix"] and len(subscriber) < WHOLE_NUMBER:
        return ()
    forms = [f"{prefix}{subscriber}" for prefix in ("0", "213", "00213", "2130", "002130")]
    if len(subscriber) >= WHOLE_NUMBER:
        forms.append(subscriber)
    return tuple(form for form in forms if form != number)


@lru_cache(maxsize=4096)
def with_numbers(text: str) -> str:
    """Return a text with the numbers in it once more, without gaps, in every form they may have.

    So a search that looks in it finds `0555 12 34 56` by `+213555123456`.
    """
    if not any(map(str.isdigit, text)):
        return text
    numbers = [_joined(found[0]) for found in _NUMBER.finditer(_folded(text))]
    forms = (form for number in numbers for form in telephone_forms(number))
    return " ".join(dict.fromkeys((text, *numbers, *forms)))


def dialled(text: str) -> str:
    """Return folded text that was typed, each telephone number in it as its digits alone."""
    return _DIALLED.sub(_digits_alone, _TRUNK.sub("0", text))


def _digits_alone(found: re.Match[str]) -> str:
    number = found[0]
    digits = _joined(number)
    if number.startswith("+") and digits.startswith("213"):
        return digits
    # Two amounts side by side are no telephone number.
    prefixed = digits.startswith(("0", "213")) and len(digits) >= WHOLE_NUMBER
    return digits if prefixed and telephone_forms(digits) else number


def matches(note: str, words: tuple[str, ...]) -> bool:
    """Tell whether each of these words begins a word of the note."""
    text = _folded(note)
    # Most notes are distinguished by this alone, and a lookup may read thousands of them.
    close = f"{text} {_joined(text)}" if any(map(str.isdigit, words)) else text
    if not all(word in close for word in words):
        return False
    held = indexed(note)
    return all(any(word.startswith(wanted) for word in held) for wanted in words)


def _folded(text: str) -> str:
    folded = _TRUNK.sub("0", fold(clean(text)))
    return folded if folded.isascii() else folded.translate(_DIGITS)


def _joined(number: str) -> str:
    return _NO_DIGIT.sub("", number)


def _cut(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word[:LONGEST_WORD] for word in words))
