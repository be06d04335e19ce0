"""The installed command in terminals of a test's own, in an empty home."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.proof.screen import Terminal, environment
from tests.proof.terminal import Vendor

OpenTerminal = Callable[..., Terminal]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path)


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    """A vendor that fulfils at once, where the one of `--sandbox` takes its time as a real one."""
    with Vendor() as vendor:
        yield vendor


@pytest.fixture
def terminal(home: dict[str, str]) -> Iterator[OpenTerminal]:
    """Start `carddesk` with arguments in a terminal of some size."""
    opened: list[Terminal] = []

    def start(
        *arguments: str,
        size: tuple[int, int] = (80, 24),
        trip: float | None = 0.0,
        **environ: str,
    ) -> Terminal:
        command = [str(Path(sys.executable).with_name("carddesk")), *arguments]
        opened.append(Terminal(command, home | environ, size, trip))
        return opened[-1]

    yield start
    for each in opened:
        each.close()
