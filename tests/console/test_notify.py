"""How an operator is called: fixed words, few bytes, and the right way through a tmux."""

import string

import pytest

from services.domain.alerts import Alerts, Occasion
from tui.terminal import notify

INSIDE = {"TMUX": "/tmp/tmux,1,0", "TMUX_PANE": "%3"}


def happened(ended: int = 0, needs: int = 0, watched: int = 0, *, low: bool = False) -> Alerts:
    """Return news of so many things of each kind."""
    spoken = [Occasion("watch")] * watched
    orders, persons = [Occasion("order_ended")] * ended, [Occasion("needs_a_person")] * needs
    return Alerts((*orders, *persons, *([Occasion("balance_low")] * low), *spoken))


@pytest.mark.parametrize(
    ("news", "said"),
    [
        (happened(ended=1), "carddesk: 1 order ended"),
        (happened(ended=3), "carddesk: 3 orders ended"),
        (happened(needs=1), "carddesk: 1 needs you"),
        (happened(2, 2, low=True), "carddesk: 2 orders ended, 2 need you, balance low"),
        (happened(low=True), "carddesk: balance low"),
        (happened(1, watched=2), "carddesk: 1 order ended, 2 watched"),
        (happened(ended=10_000), "carddesk: 99+ orders ended"),
    ],
)
def test_what_happened_is_said_in_fixed_words(news: Alerts, said: str) -> None:
    assert notify.words(news) == said


def test_the_longest_call_is_short_and_plain() -> None:
    longest = notify.words(happened(10_000, 10_000, 10_000, low=True))
    assert set(longest) <= {*string.ascii_lowercase, *string.digits, *" :,+"}
    assert len(notify.notification(longest).encode()) <= 80


async def test_a_bell_is_one_byte_and_a_notification_is_wrapped_for_tmux() -> None:
    written: list[str] = []
    assert await notify.tell("bell", "words", INSIDE, written.append)
    assert await notify.tell("osc9", "words", {}, written.append)
    assert await notify.tell("osc9", "words", INSIDE, written.append)
    assert written == ["\a", "\x1b]9;words\a", "\x1bPtmux;\x1b\x1b]9;words\a\x1b\\"]


async def test_tmux_is_asked_through_arguments_and_only_where_it_is(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, tool = tmp_path / "heard", tmp_path / "tmux"
    tool.write_text(f'#!/bin/sh\nprintf "%s|" "$@" >> {heard}\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert await notify.tell("tmux", "some words", INSIDE, pytest.fail)
    assert heard.read_text() == "display-message|-d|5000|-t|%3|some words|"
    assert not await notify.tell("tmux", "some words", {}, pytest.fail)
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    assert not await notify.tell("tmux", "some words", INSIDE, pytest.fail)


async def test_off_tells_nothing() -> None:
    assert not await notify.tell("off", "words", INSIDE, pytest.fail)
