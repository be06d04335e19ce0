"""What `make test` does with a test that failed: once more alone, and named either way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

STEADY = "def test_steady(): pass\n"
WRONG = "def test_wrong(): assert False\n"
UNSTEADY = """
from pathlib import Path
def test_unsteady():
    again = Path("again").exists()
    Path("again").touch()
    assert again
"""
BROKEN = "import nothing_like_that\n"
MANY = "import pytest\n@pytest.mark.parametrize('at', range(11))\ndef test_many(at): assert False\n"


@pytest.mark.parametrize(
    ("tests", "arguments", "code", "words"),
    [
        (STEADY, (), 0, "1 passed"),
        (STEADY + UNSTEADY, (), 0, "UNSTEADY  test_it.py::test_unsteady: passed when run alone"),
        (WRONG + UNSTEADY, (), 1, "FAILED TWICE  test_it.py::test_wrong\n"),
        (UNSTEADY + STEADY, ("-x",), 1, "stopping after 1 failures"),
        (STEADY + BROKEN, (), 2, "nothing_like_that"),
        (MANY, (), 1, "11 tests failed: none of them runs again."),
        (STEADY, ("-k", "another"), 5, "1 deselected"),
    ],
)
def test_only_what_fails_again_alone_is_red(tmp_path, tests, arguments, code, words):
    (tmp_path / "test_it.py").write_text(tests)
    command = [sys.executable, "-m", "tests.suite", "-n", "0", *arguments, "-p", "no:cacheprovider"]
    environ = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    environ |= {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert words in ran.stdout, ran.stdout + ran.stderr
    assert ran.returncode == code
