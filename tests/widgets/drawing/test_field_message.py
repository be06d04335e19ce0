"""Messages that are made of their fields."""

from widgets.drawing.field_message import FieldMessage


class Asked(FieldMessage, kw_only=True):
    reply: str = ""


class AskedFor(Asked):
    order: str
    cards: int = 1


class AskedAgain(AskedFor):
    times: int


def test_fields_are_taken_in_order_those_of_the_parent_first() -> None:
    asked = AskedAgain("ord-1", 2, 3, reply="said")
    assert (asked.order, asked.cards, asked.times, asked.reply) == ("ord-1", 2, 3, "said")


def test_fields_may_be_named_and_have_defaults() -> None:
    asked = AskedFor(order="ord-1")
    assert (asked.order, asked.cards, asked.reply) == ("ord-1", 1, "")


def test_it_is_handled_by_the_name_of_its_class_as_every_message() -> None:
    assert AskedFor.handler_name == "on_asked_for"


def test_its_values_are_not_in_its_text() -> None:
    assert "ord-1" not in repr(AskedFor("ord-1"))
