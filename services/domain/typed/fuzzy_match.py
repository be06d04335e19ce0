"""Words that were typed nearly right: which ones they may mean, and where in a text. Pure."""

import re
from collections.abc import Iterable
from functools import lru_cache

from services.domain.text import cell_width, folded_places

SHORTEST = 2
"""Letters from which on the letters of a word may be left out."""

SHORTEST_SLIPPED = 4
"""Letters from which on one of them may be wrong."""

SHORTEST_BEGUN = 5
"""Letters from which on one may be wrong in a word of which only the beginning was typed."""

_WORD = re.compile(r"[^\W\d_]+")
_HAS_DIGIT = re.compile(r"\d")

Span = tuple[int, int]
"""Where something is in a text: its first character, and the one after its last."""


def words(folded: str) -> list[str]:
    """Return the words of folded text that may be typed wrong: letters only.

    Numbers and ids are meant as they are: 10 is not 100, and every letter is in some id.
    """
    found: list[str] = []
    for token in folded.split():
        if token.isalpha():
            found.append(token)
        elif not _HAS_DIGIT.search(token):
            found += _WORD.findall(token)
    return found


def near(typed: str, word: str) -> bool:
    """Tell whether a typed word may mean another one, both folded.

    It may when its letters are in the word in their order, the first one first; or when one
    letter is missing, too many, wrong, or changed places with its neighbour.
    """
    return _abridged(typed, word) or _slipped(typed, word)


def meant(typed: str, vocabulary: Iterable[str]) -> frozenset[str]:
    """Return the words that a typed one, folded, may mean without standing in them as it is."""
    if len(typed) < SHORTEST or not typed.isalpha():
        return frozenset()
    return frozenset(word for word in vocabulary if typed not in word and near(typed, word))


def _abridged(typed: str, word: str) -> bool:
    """Whether the letters of `typed` are in the word in their order, the first one first."""
    if len(typed) < SHORTEST or typed[0] != word[:1]:
        return False
    letters = iter(word)
    return all(letter in letters for letter in typed)


def _slipped(typed: str, word: str) -> bool:
    """Whether one letter is all that tells `typed` from the word, or from its beginning."""
    if min(len(typed), len(word)) < SHORTEST_SLIPPED:
        return False
    return _one_slip(typed).match(word) is not None


@lru_cache(maxsize=64)
def _one_slip(typed: str) -> re.Pattern[str]:
    """Return the pattern of what was meant if a letter is missing, wrong, too many or swapped."""
    letters = [*map(re.escape, typed)]
    ways: set[str] = set()
    for at in range(len(letters) + 1):
        before, here, after = letters[:at], letters[at : at + 1], letters[at + 1 :]
        ways |= {
            "".join((*before, ".", *here, *after)),
            "".join((*before, ".", *after)),
            "".join((*before, *after)),
            "".join((*before, *after[:1], *here, *after[1:])),
        }
    end = "" if len(typed) >= SHORTEST_BEGUN else r"\Z"
    return re.compile(f"(?:{'|'.join(sorted(ways))}){end}", re.DOTALL)


@lru_cache(maxsize=4096)
def spans(text: str, exact: tuple[str, ...], close: frozenset[str]) -> tuple[Span, ...]:
    """Return where text shows what was looked for: ascending, none touching another.

    Args:
        text: as it is shown, not folded.
        exact: folded words that are marked wherever they are, also inside words; a single
            letter only where it begins one, or half of the text would be marked.
        close: folded words that are marked where they are whole words.
    """
    if text.isascii():
        folded, places = text.lower(), None
    else:
        folded, places = folded_places(text)
    found: list[Span] = []
    for needle in exact:
        at = folded.find(needle)
        while at >= 0:
            if len(needle) > 1 or not at or not folded[at - 1].isalnum():
                found.append((at, at + len(needle)))
            at = folded.find(needle, at + len(needle))
    if close:
        found += [each.span() for each in _WORD.finditer(folded) if each.group() in close]
    if places is not None:
        found = [_whole(text, places[start], places[end - 1] + 1) for start, end in found]
    return _merged(found)


def _whole(text: str, start: int, end: int) -> Span:
    """Let a span take the marks that are drawn over its letters with it."""
    while start and not cell_width(text[start]):
        start -= 1
    while end < len(text) and not cell_width(text[end]):
        end += 1
    return start, end


def _merged(found: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end > start:
            merged.append((start, end))
    return tuple(merged)
