"""Every mutant is caught by the harness that has no complaint about the real code."""

from collections.abc import AsyncIterator

import pytest

from tests.proof.case import Nursery
from tests.proof.mutants import MUTANTS, Mutant, caught


@pytest.fixture
async def nursery() -> AsyncIterator[Nursery]:
    async with Nursery.open() as nursery:
        yield nursery


async def test_every_mutant_is_caught(nursery: Nursery) -> None:
    missed: list[Mutant] = [mutant for mutant in MUTANTS if not await caught(mutant, nursery)]
    assert not missed
