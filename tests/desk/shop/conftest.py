"""A desk that sells, for what it keeps beside its purchases."""

from tests.reports.conftest import *  # noqa: F403
