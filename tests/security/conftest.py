"""Fixtures of the canary and of hostile text."""

from tests.security.canary import *  # noqa: F403
from tests.security.hostile_text import *  # noqa: F403
