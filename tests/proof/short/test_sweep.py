"""The reply cut here and there."""

from tests.proof import sweep


async def test_a_reply_that_was_cut_is_no_answer() -> None:
    found = await sweep.run(step=9)
    assert found.complaints == []
    assert found.verdicts["HANDLING"] == 1
