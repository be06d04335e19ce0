"""A PIN as it is typed."""

from services.local_files.lock_pin import LONGEST
from tui.screens.parts.pin_entry import PinEntry


def typed(*keys: str) -> tuple[PinEntry, list[str]]:
    entry = PinEntry()
    return entry, [entry.hear(key, key if len(key) == 1 else None) for key in keys]


def test_signs_are_counted_taken_once_and_forgotten():
    entry, _ = typed("1", "2", "3", "backspace", "4")
    assert entry.count == 3
    assert entry.take().reveal() == "124"
    assert entry.count == 0


def test_each_key_says_what_it_came_to():
    assert typed("enter", "1", "f5", "enter")[1] == ["empty", "typed", "ignored", "entered"]


def test_escape_forgets_what_was_typed():
    assert typed("1", "2", "escape")[0].count == 0


def test_the_longest_pin_takes_no_further_sign():
    entry, results = typed(*"7" * (LONGEST + 1))
    assert (entry.count, results[-1]) == (LONGEST, "full")
