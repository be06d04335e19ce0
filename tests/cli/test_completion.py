"""Completion, asked of the shells themselves: commands, options, choices, profile names."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tui.cli import arguments
from tui.cli.commands import completion

SHELLS = ("bash", "zsh", "fish")
ASK_BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_carddesk; printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def scripts(tmp_path: Path, home: dict[str, str]) -> Path:
    """The three scripts, and a home with two profiles."""
    for shell in SHELLS:
        script = completion.script(shell, arguments.parser())
        (tmp_path / f"complete.{shell}").write_text(script)
    settings = tmp_path / "config" / "carddesk"
    settings.mkdir(parents=True)
    (settings / "config.toml").write_text("[profiles.main]\n[profiles.shop]\n")
    return tmp_path


def ask(home: dict[str, str], *command: str) -> list[str]:
    # The command itself has to be found: the profiles are asked of it.
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        command, env=home | {"PATH": path}, capture_output=True, text=True, check=True
    )
    return [line.partition("\t")[0] for line in done.stdout.split("\n") if line]


LINES = [
    (["carddesk", "tran"], ["transactions"]),
    (["carddesk", "buy", "--max"], ["--max-total"]),
    (["carddesk", "config", "in"], ["init"]),
    (["carddesk", "config", "init", "--keyboard", "azerty+"], ["azerty+ar"]),
    (["carddesk", "--profile", "sh"], ["shop"]),
    (["carddesk", "balance", "--profile", ""], ["main", "shop"]),
    (["carddesk", "--profile", "main", "ord"], ["order", "orders"]),
    (["carddesk", "sandbox", "--fault", "html4"], ["html429"]),
]


@pytest.mark.parametrize(("words", "offered"), LINES, ids=" ".join)
def test_bash_completes(scripts: Path, home: dict[str, str], words: list, offered: list) -> None:
    found = ask(home, "bash", "-c", ASK_BASH, "bash", str(scripts / "complete.bash"), *words)
    assert sorted(found) == offered


def test_bash_completes_a_word_with_a_colon(scripts: Path, home: dict[str, str]) -> None:
    words = ["carddesk", "sandbox", "--fault", "shape", ":"]
    for typed in (words, [*words, "no-p"]):
        found = ask(home, "bash", "-c", ASK_BASH, "bash", str(scripts / "complete.bash"), *typed)
        assert "no-price" in found
        assert "no-time" in found or typed is not words


@pytest.mark.skipif(not shutil.which("fish"), reason="fish is not installed")
@pytest.mark.parametrize(("words", "offered"), LINES, ids=" ".join)
def test_fish_completes(scripts: Path, home: dict[str, str], words: list, offered: list) -> None:
    line = " ".join(words)
    asked = f"source {scripts / 'complete.fish'}; complete -C {line!r}"
    assert sorted(ask(home, "fish", "--no-config", "-c", asked)) == offered


@pytest.mark.skipif(not shutil.which("zsh"), reason="zsh is not installed")
@pytest.mark.parametrize("way", ["source {}", 'eval "$(<{})"'])
def test_zsh_takes_its_script(scripts: Path, home: dict[str, str], way: str) -> None:
    load = f"autoload -U compinit; compinit -u -D; {way.format(scripts / 'complete.zsh')}"
    found = ask(home, "zsh", "-fc", f"{load}; print $_comps[carddesk]")
    assert found == ["_shtab_carddesk"]


def test_zsh_registers_a_sourced_script(scripts: Path) -> None:
    assert "[-1] == (eval|file) ]]" in (scripts / "complete.zsh").read_text()


async def test_the_command_prints_a_script_for_each_shell(fresh) -> None:
    for shell in SHELLS:
        done = await fresh("completion", shell)
        assert done.code == 0
        assert f"carddesk completion {shell}" in done.out
    assert (await fresh("completion", "tcsh")).code == 2
