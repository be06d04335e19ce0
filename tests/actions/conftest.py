"""The fixtures of the console."""

from tests.console.conftest import *  # noqa: F403
