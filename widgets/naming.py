"""Whether what stands behind a prefix names something: a state, a type, a person. Pure."""

from collections.abc import Iterable

from services.matching import near, words
from services.text import fold


class Named:
    """Tells which names begin with what was told, or are meant by it when none begins so.

    Args:
        told: folded; `_` is as good as nothing.
        known: every name there is, by which it is judged whether one begins so.
    """

    def __init__(self, told: str, known: Iterable[str]) -> None:
        self._told = told.replace("_", "")
        self._judged: dict[tuple[str, ...], bool] = {}
        self._begun = any(self._begins(name) for name in known)

    def __call__(self, *names: str) -> bool:
        """Tell whether one of the names of a thing is named."""
        judged = self._judged.get(names)
        if judged is None:
            judged = any(map(self._begins if self._begun else self._means, names))
            self._judged[names] = judged
        return judged

    def _begins(self, name: str) -> bool:
        parts = _parts(name)
        return any(part.startswith(self._told) for part in ("".join(parts), *parts))

    def _means(self, name: str) -> bool:
        return self._begins(name) or near(self._told, "".join(_parts(name)))


class Said:
    """Tells in which texts what was told, folded, stands or is meant by a word."""

    def __init__(self, told: str) -> None:
        self._told = told
        self._judged: dict[str, bool] = {}

    def __call__(self, text: str) -> bool:
        """Tell whether it is said in this text."""
        judged = self._judged.get(text)
        if judged is None:
            folded = fold(text)
            judged = self._told in folded or any(near(self._told, word) for word in words(folded))
            self._judged[text] = judged
        return judged


def _parts(name: str) -> list[str]:
    return fold(name).replace("_", " ").split()
