"""The generated documents are what the program says today."""

import shlex

import pytest

from docs import make
from tui import cli_arguments, cli_examples, command_tree


@pytest.mark.parametrize("path", [make.README, make.SETTINGS, make.MANUAL], ids=lambda p: p.name)
def test_a_generated_document_is_what_the_program_says(path):
    assert path.read_text("utf-8") == make.documents()[path], "`make docs` writes it anew"


@pytest.mark.parametrize(
    "line", [line for rows in cli_examples.EXAMPLES.values() for line, _ in rows]
)
def test_every_example_of_the_help_can_be_typed(line):
    words = shlex.split(line.removeprefix('eval "$(').removesuffix(')"').partition(" > ")[0])
    assert words[0] == "carddesk"
    try:
        cli_arguments.parse(words[1:])
    except cli_arguments.HelpAsked:
        assert "--help" in words


def test_every_command_has_an_example():
    names = {command.name for command in command_tree.commands(cli_arguments.parser())}
    assert cli_examples.EXAMPLES.keys() == names
