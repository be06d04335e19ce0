"""`carddesk tell --test`: what comes of a trial event, without the vendor."""

import pytest


async def test_a_trial_event_reaches_the_program(fresh, tmp_path):
    kept = tmp_path / "kept"
    done = await fresh("tell", "--test", "--json", CARDDESK_UI_TELL_COMMAND=f"tee {kept}")
    assert done.code == 0
    sent = done.document["sent"]
    assert (sent["event"], sent["environment"], sent["order"]) == ("test", "PRODUCTION", None)
    assert kept.read_text().count("\n") == 1
    assert '"event": "test"' in kept.read_text()


async def test_it_says_that_the_program_ended_well(fresh):
    done = await fresh("tell", "--test", CARDDESK_UI_TELL_COMMAND="true")
    assert done.code == 0
    assert "ended well" in done.out


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("", "No ui.tell_command is set"),
        ("/no/such/program", "cannot be run: no such file"),
        ("false", "failed with exit code 1"),
        ("'open", "quote"),
    ],
)
async def test_what_is_wrong_with_the_program_is_said(fresh, command, said):
    done = await fresh("tell", "--test", CARDDESK_UI_TELL_COMMAND=command)
    assert done.code == 2
    assert said in done.err
    assert not done.out


async def test_without_test_nothing_runs(fresh):
    done = await fresh("tell", CARDDESK_UI_TELL_COMMAND="true")
    assert done.code == 2
    assert "--test" in done.err


async def test_doctor_names_a_program_that_is_not_there(carddesk):
    done = await carddesk(
        "doctor", "--json",
        CARDDESK_UI_TELL_COMMAND="/no/such", CARDDESK_UI_PRINT_COMMAND="cat",
    )  # fmt: skip
    found = {each["check"]: each["verdict"] for each in done.document}
    assert (found["tell_command"], found["print_command"]) == ("warn", "ok")
