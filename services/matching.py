"""Words that were typed nearly right: which ones they may mean, and where those stand. Pure."""

import re
from bisect import bisect_left, insort
from collections.abc import Iterable
from functools import lru_cache

from services.text import cell_width, folded_places

SHORTEST = 2
"""Letters from which on the letters of a word may be left out."""

SHORTEST_SLIPPED = 4
"""Letters from which on one of them may be wrong."""

SHORTEST_BEGUN = 5
"""Letters from which on one may be wrong in a word of which only the beginning was typed."""

_WORD = re.compile(r"[^\W\d_]+")
_HAS_DIGIT = re.compile(r"\d")

Span = tuple[int, int]
"""Where something stands in a text: its first character, and the one after its last."""


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

    It may when its letters stand in the word in their order, the first one first; or when one
    letter is missing, too many, wrong, or changed places with its neighbour.
    """
    return _abridged(typed, word) or _slipped(typed, word)


class Vocabulary:
    """The distinct words of many texts, in which a typed word is looked up once for all of them."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._words = sorted(set(known))
        self._near: dict[str, frozenset[str]] = {}

    def add(self, word: str) -> None:
        """Take a word that is not known yet."""
        insort(self._words, word)
        self._near.clear()

    def near(self, typed: str) -> frozenset[str]:
        """Return the words that a typed one, folded, may mean without standing in them as it is."""
        found = self._near.get(typed)
        if found is None:
            found = self._near[typed] = frozenset(self._look_up(typed))
        return found

    def _look_up(self, typed: str) -> Iterable[str]:
        if len(typed) < SHORTEST or not typed.isalpha():
            return
        begin = bisect_left(self._words, typed[0])
        for word in self._words[begin:]:
            if word[0] != typed[0]:
                break
            if typed not in word and _abridged(typed, word):
                yield word
        if len(typed) >= SHORTEST_SLIPPED:
            for word in self._words:
                if typed not in word and _slipped(typed, word):
                    yield word


def _abridged(typed: str, word: str) -> bool:
    """Whether the letters of `typed` stand in the word in their order, the first one first."""
    if len(typed) < SHORTEST or typed[0] != word[:1]:
        return False
    letters = iter(word)
    return all(letter in letters for letter in typed)


def _slipped(typed: str, word: str) -> bool:
    """Whether one letter is all that tells `typed` from the word, or from its beginning."""
    most = min(len(typed), len(word))
    if most < SHORTEST_SLIPPED:
        return False
    same = 0
    while same < most and typed[same] == word[same]:
        same += 1
    begun = len(typed) >= SHORTEST_BEGUN
    rest, after = typed[same:], typed[same + 1 :]
    missing = _goes_on(word, same + 1, rest, begun)
    wrong = _goes_on(word, same + 1, after, begun)
    added = _goes_on(word, same, after, begun)
    swapped = (
        word[same : same + 2] == rest[1::-1]
        and len(rest) > 1
        and _goes_on(word, same + 2, rest[2:], begun)
    )
    return missing or wrong or added or swapped


def _goes_on(word: str, at: int, rest: str, begun: bool) -> bool:
    """Whether the word goes on with `rest` from there, and ends with it if it was typed whole."""
    return word.startswith(rest, at) and (begun or at + len(rest) == len(word))


@lru_cache(maxsize=4096)
def spans(text: str, exact: tuple[str, ...], close: frozenset[str]) -> tuple[Span, ...]:
    """Return where text shows what was looked for: ascending, none touching another.

    Args:
        text: as it is shown, not folded.
        exact: folded words that are marked wherever they stand, inside of words too; a single
            letter only where it begins one, or half of the text would be marked.
        close: folded words that are marked where they stand as words.
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
