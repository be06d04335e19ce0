"""The fixtures of the settings: a desk's own folders and its settings file."""

from tests.settings.conftest import *  # noqa: F403
