"""The fixtures of the command line."""

from tests.cli.conftest import *  # noqa: F403
