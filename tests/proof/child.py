"""A process that has imported everything and forks one child for each errand it is sent."""

import faulthandler
import gc
import importlib
import os
import sys
import traceback

import msgspec

from tests.proof import errand as errands
from tests.proof.errand import Errand

TOO_LONG = 20.0
IMPORTED = (
    "services.desk.account", "services.vendor.transport", "services.purchasing.buyer",
    "services.domain.outcome_not_saved",
    "httpcore", "anyio._backends._asyncio", "tests.proof.mutants", "tests.proof.points",
)  # fmt: skip
"""What every child would import, most of it at its first request."""


def main() -> None:
    """Take an errand a line from stdin, fork, and answer with the child's wait status."""
    for name in IMPORTED:
        importlib.import_module(name)

    gc.freeze()
    for line in sys.stdin.buffer:
        errand = msgspec.json.decode(line, type=Errand)
        pid = os.fork()
        if pid == 0:
            _be(errand)
        _, status = os.waitpid(pid, 0)
        os.write(1, b"%d\n" % status)


def _be(errand: Errand) -> None:
    code = 1
    try:
        faulthandler.dump_traceback_later(TOO_LONG, exit=True)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        errands.carry_out(errand)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        # Nothing of the mother process is this child's to flush or to close.
        os._exit(code)


if __name__ == "__main__":
    main()
