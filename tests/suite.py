"""Every test, on several workers; those that failed run once more, alone, and are named.

`python -m tests.suite` with arguments of pytest. The exit code is pytest's own, unless all that
failed were a few tests which pass alone: then it is 0, and they are named as unsteady.
"""

import subprocess
import sys

import pytest

MOST = 10
"""Where more tests than that failed, something is broken, and none runs again."""

# More workers than five only wait for each other on two cores; fewer wait for the terminals.
WORKERS = ("-n", "5", "--dist", "worksteal")

UNSTEADY = "passed when run alone: a defect of the test or of the product, to be fixed"


class Failures:
    """Which tests failed, and whether that is all that went wrong.

    Attributes:
        tests: the ids of the tests that failed, each once, in the order in which they ended.
        whole: whether everything was collected and run to its end.
    """

    def __init__(self) -> None:
        self.tests: dict[str, None] = {}
        self.whole = True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.tests[report.nodeid] = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.whole = self.whole and not report.failed

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        # Stopped after so many failures, some tests never ran.
        self.whole = self.whole and not (session.shouldfail or session.shouldstop)


def main(arguments: list[str]) -> int:
    """Run the suite and return its exit code."""
    failures = Failures()
    code = int(pytest.main([*WORKERS, *arguments], plugins=[failures]))
    failed = list(failures.tests)
    if code != pytest.ExitCode.TESTS_FAILED or not failures.whole or not failed:
        return code
    if len(failed) > MOST:
        print(f"{len(failed)} tests failed: none of them runs again.")
        return code
    print(f"\nOnce more, alone: {len(failed)} failed.", flush=True)
    codes = {each: _alone(each) for each in failed}
    for each, again in codes.items():
        print(f"FAILED TWICE  {each}" if again else f"UNSTEADY  {each}: {UNSTEADY}")
    return code if any(codes.values()) else 0


def _alone(test: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", "-q", test], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
