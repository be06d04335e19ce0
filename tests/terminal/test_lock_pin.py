"""`carddesk lock-pin` at a real terminal: typed twice, never shown, and asked for from then on."""

import stat

import pytest

pytestmark = pytest.mark.terminal
PIN = "729150386417"


def asked(terminal, *pins: str):
    """Type PINs at the command, each once it is asked for; return the terminal and the code."""
    prompt = terminal("lock-pin", "set", "--sandbox")
    for question, pin in zip(("New PIN", "The same again"), pins, strict=False):
        prompt.wait_for(question)
        prompt.press(pin, "enter")
    return prompt, prompt.exit_code()


def kept(tmp_path):
    return list((tmp_path / "state").rglob("lock/*.json"))


def test_a_pin_set_by_command_is_what_the_console_asks_for(terminal, tmp_path):
    prompt, code = asked(terminal, PIN, PIN)
    assert code == 0
    assert PIN.encode() not in prompt.bytes
    assert b"The lock asks for this PIN from now on" in prompt.bytes
    [file] = kept(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert PIN.encode() not in file.read_bytes()

    desk = terminal("--sandbox")
    desk.wait_for("PUBG Mobile UC")
    desk.press("L")
    desk.wait_for("A PIN opens it")
    # A picture comes in pieces: the desk is still below the lines that were written first.
    desk.wait_gone("PUBG Mobile UC")
    desk.press(PIN, "enter")
    desk.wait_for("PUBG Mobile UC")
    # What is typed while the lock opens goes nowhere.
    desk.press_until("3", " 3 Orders   1")
    desk.press("ctrl+q")
    assert desk.exit_code() == 0

    cleared = terminal("lock-pin", "clear", "--sandbox")
    assert cleared.exit_code() == 0
    assert b"any key opens the lock" in cleared.bytes
    assert kept(tmp_path) == []
    log = terminal("audit", "--sandbox", size=(160, 24))
    assert log.exit_code() == 0
    assert log.bytes.count(b"pin-set") == 1
    assert log.bytes.count(b"pin-clear") == 1


@pytest.mark.parametrize(
    ("pins", "words"),
    [(("123",), b"A PIN has 4 to 64 characters"), ((PIN, "7292"), b"The two are not the same")],
)
def test_what_cannot_be_the_pin_changes_nothing(terminal, tmp_path, pins, words):
    prompt, code = asked(terminal, *pins)
    assert code == 2
    assert words in prompt.bytes
    assert kept(tmp_path) == []


def test_ctrl_c_at_the_question_changes_nothing(terminal, tmp_path):
    prompt = terminal("lock-pin", "set", "--sandbox")
    prompt.wait_for("New PIN")
    prompt.press("ctrl+c")
    assert prompt.exit_code() != 0
    assert kept(tmp_path) == []
