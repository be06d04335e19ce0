"""What was found, the story of an order and its mark as JSON, by the rules of `tui.present`."""

from typing import TYPE_CHECKING

from tui.present import Document, amount, board_order, instant, purchase

if TYPE_CHECKING:
    from services.deliveries import Delivery
    from services.lookup_models import Found, Hit
    from services.story import Entry, Story


def found(read: "Found", told: "Story | None") -> Document:
    """Return what was found; `story` is there when it is one thing."""
    return {
        "hits": [hit(each) for each in read.hits],
        "story": None if told is None else story(told),
        "said": list(read.said),
    }


def hit(each: "Hit") -> Document:
    """Return a hit: an order with what it was found by."""
    return {"found_by": list(each.by), **board_order(each.row)}


def story(told: "Story") -> Document:
    """Return a story; an entry without a time is so now."""
    return {
        "order": board_order(told.row),
        "purchase": None if told.purchase is None else purchase(told.purchase),
        "tell": list(told.tell),
        "entries": [_entry(each) for each in told.entries],
        "gaps": list(told.gaps),
    }


def delivery(mark: "Delivery") -> Document:
    """Return the mark that an order was given, both nulls when it is not."""
    return {
        "order_id": mark.order_id,
        "given_at": instant(mark.at) if mark.at else None,
        "given_by": mark.by if mark.at else None,
    }


def _entry(each: "Entry") -> Document:
    return {
        "at": instant(each.at) if each.at else None,
        "what": each.what,
        "who": each.who or None,
        "amounts": {name: amount(value) for name, value in each.amounts},
        "facts": list(each.facts),
    }
