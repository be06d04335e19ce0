"""The fixtures of the command line, for its commands of a counter."""

from tests.cli.conftest import *  # noqa: F403
