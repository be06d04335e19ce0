"""A process that has imported everything and forks one child for each task it is sent."""

import faulthandler
import gc
import importlib
import os
import sys
import traceback

import msgspec

from tests.proof import child_task
from tests.proof.child_task import ChildTask

TOO_LONG = 60.0
IMPORTED = (
    "services.desk.account", "services.vendor.transport", "services.purchasing.buyer",
    "services.domain.outcome_not_saved",
    "services.desk.shop.sales", "httpcore", "anyio._backends._asyncio", "tests.proof.mutants",
    "tests.proof.points",
)  # fmt: skip
"""What every child would import, most of it at its first request."""


def main() -> None:
    """Take a task a line from stdin, fork, and answer with the child's wait status."""
    for name in IMPORTED:
        importlib.import_module(name)

    gc.freeze()
    for line in sys.stdin.buffer:
        task = msgspec.json.decode(line, type=ChildTask)
        pid = os.fork()
        if pid == 0:
            _be(task)
        _, status = os.waitpid(pid, 0)
        os.write(1, b"%d\n" % status)


def _be(task: ChildTask) -> None:
    code = 1
    try:
        faulthandler.dump_traceback_later(TOO_LONG, exit=True)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        child_task.carry_out(task)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        # Nothing of the mother process is this child's to flush or to close.
        os._exit(code)


if __name__ == "__main__":
    main()
