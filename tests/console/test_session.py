"""What a console says of this machine before it begins."""

import os

from services.settings.fields import UiSettings
from tui.console.session import program_notices


def test_a_program_that_is_not_there_is_named_by_its_setting() -> None:
    ui = UiSettings(tell_command="/no/such --key SECRET", print_command="cat -u")
    [notice] = program_notices(ui, os.environ)
    assert notice == "ui.tell_command: there is no such program, or it cannot be run."
    assert program_notices(UiSettings(), os.environ) == ()
