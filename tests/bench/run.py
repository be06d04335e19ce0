"""Measure everything, or the groups that are named, and print the table of all figures known.

    python -m tests.bench.run [starting waiting busy following buying history] [--write]

Results are kept beside the installation that is measured; `--write` puts the table of all of them
into docs/performance.md.
"""

import argparse
import importlib
import json
import os
import sys
import time
from dataclasses import asdict
from typing import Any

from tests.bench import figures, stage
from tests.bench.figures import Figure
from tests.bench.tty.procfs import machine_busy_s

GROUPS = (
    "starting", "waiting", "busy", "following", "buying", "history",
    "slow_line", "slow_line_9600", "shift",
)  # fmt: skip
DOCUMENT = stage.ROOT / "docs" / "performance.md"
RESULTS = stage.INSTALLATION / "results.json"


def main() -> int:
    """Run the bench; the exit code is 0 whatever it found: figures are no tests."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=" ".join(GROUPS))
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    args = parser.parse_args()
    if unknown := set(args.groups) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    stage.install()
    known = _known()
    for group in args.groups or GROUPS:
        for figure in _measured(group):
            known[_name(figure)] = asdict(figure)
            RESULTS.write_text(json.dumps(known, indent=1), "utf-8")
    table = sorted((Figure(**values) for values in known.values()), key=_place)
    print(figures.plain(table))
    if args.write or not args.groups:
        figures.write_into(DOCUMENT, figures.markdown(table))
    return 0


def _measured(group: str) -> list[Figure]:
    """Measure a group; a figure that breaks off must not take the others with it."""
    module = importlib.import_module(f"tests.bench.{group}")
    print(f"{group} ...", file=sys.stderr, flush=True)
    found: list[Figure] = []
    began, busy, own = time.monotonic(), machine_busy_s(), sum(os.times()[:4])
    try:
        for figure in module.figures():
            found.append(figure)
            print(" | ".join(figure.row()), file=sys.stderr, flush=True)
    except Exception as error:
        print(f"{group} broke off: {type(error).__name__}: {error}", file=sys.stderr)
    others = machine_busy_s() - busy - (sum(os.times()[:4]) - own)
    share = 100 * max(0.0, others) / (time.monotonic() - began)
    print(f"{group}: others used {share:.0f} % of a core meanwhile", file=sys.stderr)
    return found


def _known() -> dict[str, dict[str, Any]]:
    try:
        return json.loads(RESULTS.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _name(figure: Figure) -> str:
    return f"{figure.number} {figure.what}"


def _place(figure: Figure) -> tuple[int, str]:
    digits = figure.number.rstrip("abcdefgh")
    return int(digits), figure.number


if __name__ == "__main__":
    sys.exit(main())
