"""A short walk of the state machine, always the same one."""

from tests.proof import machine


def test_the_protocol_holds_on_any_walk() -> None:
    assert machine.run(150, seed=0) > 100
    assert machine.Desks.sent > 0
