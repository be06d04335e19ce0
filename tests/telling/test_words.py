"""How an operator is called: fixed words, few bytes, and the right way through a tmux."""

import string

import pytest

from services.occasions import News
from tui import telling

INSIDE = {"TMUX": "/tmp/tmux,1,0", "TMUX_PANE": "%3"}


@pytest.mark.parametrize(
    ("news", "said"),
    [
        (News(ended=1), "carddesk: 1 order ended"),
        (News(ended=3), "carddesk: 3 orders ended"),
        (News(needs=1), "carddesk: 1 needs you"),
        (News(2, 2, low=True), "carddesk: 2 orders ended, 2 need you, balance low"),
        (News(low=True), "carddesk: balance low"),
        (News(ended=10_000), "carddesk: 99+ orders ended"),
    ],
)
def test_what_happened_is_said_in_fixed_words(news: News, said: str) -> None:
    assert telling.words(news) == said


def test_the_longest_call_is_short_and_plain() -> None:
    longest = telling.words(News(10_000, 10_000, low=True))
    assert set(longest) <= {*string.ascii_lowercase, *string.digits, *" :,+"}
    assert len(telling.notification(longest).encode()) <= 64


async def test_a_bell_is_one_byte_and_a_notification_is_wrapped_for_tmux() -> None:
    written: list[str] = []
    assert await telling.tell("bell", "words", INSIDE, written.append)
    assert await telling.tell("osc9", "words", {}, written.append)
    assert await telling.tell("osc9", "words", INSIDE, written.append)
    assert written == ["\a", "\x1b]9;words\a", "\x1bPtmux;\x1b\x1b]9;words\a\x1b\\"]


async def test_tmux_is_asked_through_arguments_and_only_where_it_is(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, tool = tmp_path / "heard", tmp_path / "tmux"
    tool.write_text(f'#!/bin/sh\nprintf "%s|" "$@" >> {heard}\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert await telling.tell("tmux", "some words", INSIDE, pytest.fail)
    assert heard.read_text() == "display-message|-d|5000|-t|%3|some words|"
    assert not await telling.tell("tmux", "some words", {}, pytest.fail)
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    assert not await telling.tell("tmux", "some words", INSIDE, pytest.fail)


async def test_off_tells_nothing() -> None:
    assert not await telling.tell("off", "words", INSIDE, pytest.fail)
