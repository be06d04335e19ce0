"""Which consoles of this host are alive."""

from services.journal.presence import HostConsoles


def test_a_console_is_alive_from_its_beginning_to_its_end(tmp_path):
    one, other, tx = HostConsoles(tmp_path), HostConsoles(tmp_path), None
    assert not other.alive(tx, one.name)
    one.begin()
    assert other.alive(tx, one.name)
    one.end()
    assert not other.alive(tx, one.name)
