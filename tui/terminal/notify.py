"""Calling the operator: a bell, the terminal's notification (OSC 9) or a message of tmux's."""

from collections.abc import Callable, Mapping

from services.domain.alerts import Alerts
from services.settings.fields import Telling
from tui.terminal import tmux

BELL = "\a"
MESSAGE_MILLISECONDS = "5000"
MOST = 99
SAMPLE = "carddesk: this is how it calls you"
NO_TMUX = "This is no tmux, or its command is missing: no message can be sent that way."


def words(news: Alerts) -> str:
    """Say what happened in fixed words: numbers of ours, nothing of the vendor's, no amounts."""
    parts: list[str] = []
    if news.ended:
        parts.append(f"{_many(news.ended)} {'order' if news.ended == 1 else 'orders'} ended")
    if news.needs:
        parts.append(f"{_many(news.needs)} {'needs' if news.needs == 1 else 'need'} you")
    if news.low:
        parts.append("balance low")
    if news.watched:
        parts.append(f"{_many(news.watched)} watched")
    return f"carddesk: {', '.join(parts)}"


async def tell(
    way: Telling, sentence: str, environ: Mapping[str, str], write: Callable[[str], None]
) -> bool:
    """Call the operator; returns whether that could be done, as far as is known.

    Args:
        way: how, as the settings name it.
        sentence: fixed words in plain ASCII, which say what happened.
        environ: the variables that tell whether there is a tmux.
        write: sends a sequence to the terminal.
    """
    match way:
        case "bell":
            write(BELL)
        case "osc9":
            write(notification(sentence, through_tmux=tmux.inside(environ)))
        case "tmux":
            return tmux.inside(environ) and await _message(sentence, environ)
        case "off":
            return False
    return True


def notification(sentence: str, *, through_tmux: bool = False) -> str:
    """Return what asks a terminal to show a notification; tmux passes on only what is wrapped."""
    asked = f"\x1b]9;{sentence}{BELL}"
    return f"\x1bPtmux;\x1b{asked}\x1b\\" if through_tmux else asked


async def _message(sentence: str, environ: Mapping[str, str]) -> bool:
    pane = environ.get("TMUX_PANE", "")
    target = ("-t", pane) if pane else ()
    longer = ("-d", MESSAGE_MILLISECONDS)
    # A tmux before 3.2 shows a message for as long as its own settings say.
    return await tmux.ask("display-message", *longer, *target, sentence) or await tmux.ask(
        "display-message", *target, sentence
    )


def _many(count: int) -> str:
    return str(count) if count <= MOST else f"{MOST}+"
