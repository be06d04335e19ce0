"""What Linux says of a process tree: CPU time, wake-ups and memory."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def tree(pid: int) -> list[int]:
    """Return `pid` and its living descendants."""
    found, todo = [], [pid]
    while todo:
        current = todo.pop()
        found.append(current)
        for task in _tasks(current):
            with contextlib.suppress(OSError):
                todo += [int(child) for child in (task / "children").read_text().split()]
    return found


def cpu_ns(pid: int) -> int:
    """Return the CPU time of the process tree, in ns, threads that have ended included."""
    total = 0
    for one in tree(pid):
        with contextlib.suppress(OSError):
            total += time.clock_gettime_ns((~one << 3) | 2)  # CPUCLOCK_SCHED of that process
    return total


def wakeups(pid: int) -> int:
    """Count the voluntary context switches of all threads: how often the program was woken."""
    total = 0
    for one in tree(pid):
        for task in _tasks(one):
            with contextlib.suppress(OSError, IndexError):
                status = (task / "status").read_text()
                total += int(status.rsplit("\nvoluntary_ctxt_switches:", 1)[1].split()[0])
    return total


def rss_mb(pid: int) -> float:
    """Return the resident memory of the process tree, in MiB."""
    total = 0
    for one in tree(pid):
        with contextlib.suppress(OSError, IndexError):
            status = (PROC / str(one) / "status").read_text()
            total += int(status.split("VmRSS:", 1)[1].split()[0])
    return total / 1024


def machine_busy_s() -> float:
    """Return the CPU seconds that the whole machine has been busy so far."""
    values = [int(v) for v in (PROC / "stat").read_text().split("\n", 1)[0].split()[1:]]
    return (sum(values[:3]) + sum(values[5:8])) / os.sysconf("SC_CLK_TCK")


def _tasks(pid: int) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from (PROC / str(pid) / "task").iterdir()
