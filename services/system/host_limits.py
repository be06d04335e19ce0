"""Limits of this machine that stop a program anywhere: threads, processes, open files, memory."""

import errno

from services.domain.errors import DeskError

_LIMITS = {
    errno.EMFILE: "This machine lets carddesk open no more files (ulimit -n)",
    errno.ENFILE: "This machine has no open files left",
    errno.EFBIG: "This machine lets carddesk write no larger files (ulimit -f)",
    errno.EAGAIN: "This machine lets this user start no more processes or threads (ulimit -u)",
    errno.ENOMEM: "This machine has no memory left",
}


class HostLimit(DeskError):
    """The machine gave carddesk less than it needs to run."""

    exit_code = 2
    money = "unknown"
    default_advice = (
        "Close other programs of this user, or raise the limit, and start again. "
        "If you were buying, see `carddesk orders --unresolved` before you buy it again."
    )


def host_limit(error: BaseException) -> HostLimit | None:
    """Return the limit of this machine that an error comes from, or None.

    Args:
        error: what was raised; its causes and the members of a group are examined too.
    """
    waiting, seen = [error], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if sentence := _sentence(each):
            return HostLimit(sentence, code="HOST_LIMIT")
        if isinstance(each, BaseExceptionGroup):
            waiting.extend(each.exceptions)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        waiting.extend(cause for cause in (each.__cause__, each.__context__) if cause)
    return None


def _sentence(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return _LIMITS[errno.ENOMEM]
    # CPython gives a thread that cannot be started no error class and no number of its own.
    if isinstance(error, RuntimeError) and error.args == ("can't start new thread",):
        return _LIMITS[errno.EAGAIN]
    if isinstance(error, OSError) and not isinstance(error, BlockingIOError):
        return _LIMITS.get(error.errno or 0, "")
    return ""
