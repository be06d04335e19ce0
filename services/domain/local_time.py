"""Times (UTC) as the wall clock of this machine shows them; each pattern is written here once."""

from datetime import datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def local_minute(time: datetime) -> str:
    """Return `14:05`."""
    return f"{time.astimezone():%H:%M}"


def local_clock(time: datetime) -> str:
    """Return `14:05:09`."""
    return f"{time.astimezone():%H:%M:%S}"


def local_day(time: datetime) -> str:
    """Return `2026-11-24`."""
    return f"{time.astimezone():%Y-%m-%d}"


def local_day_minute(time: datetime) -> str:
    """Return `2026-11-24 14:05`."""
    return f"{time.astimezone():%Y-%m-%d %H:%M}"


def local_time(time: datetime) -> str:
    """Return `2026-11-24 14:05:09`."""
    return f"{time.astimezone():%Y-%m-%d %H:%M:%S}"


def local_day_clock(time: datetime, now: datetime | None) -> str:
    """Return `14:05:09` for a time of today, else `11-24 14:05`."""
    return local_clock(time) if same_day(time, now) else f"{time.astimezone():%m-%d %H:%M}"


def local_when(time: datetime, now: datetime | None) -> str:
    """Return a time as short as it can be: `14:05` today, `24/11 14:05`, `24/11/25`."""
    local = time.astimezone()
    if same_day(time, now):
        return f"{local:%H:%M}"
    if now is not None and local.year != now.astimezone().year:
        return f"{local:%d/%m/%y}"
    return f"{local:%d/%m %H:%M}"


def local_day_name(time: datetime, now: datetime | None) -> str:
    """Return a time for a sentence: `at 14:05` today, `on 21 Nov`, `on 21 Nov 2025`."""
    local = time.astimezone()
    if same_day(time, now):
        return f"at {local:%H:%M}"
    month = _MONTHS[local.month - 1]
    year = f" {local.year}" if now is not None and local.year != now.astimezone().year else ""
    return f"on {local.day} {month}{year}"


def spoken_day(time: datetime) -> str:
    """Return the day as it is written in Algeria: `24/11/2026`."""
    return f"{time.astimezone():%d/%m/%Y}"


def file_stamp(time: datetime) -> str:
    """Return what a file is named after: `20261124-140509`."""
    return f"{time.astimezone():%Y%m%d-%H%M%S}"


def same_day(one: datetime, other: datetime | None) -> bool:
    """Tell whether two times are of one day here."""
    return other is not None and one.astimezone().date() == other.astimezone().date()


def local_span(start: datetime, end: datetime) -> str:
    """Return `2026-11-24 14:05 to 15:10`, with the day of the end where it is another."""
    last = local_minute(end) if same_day(start, end) else local_day_minute(end)
    return f"{local_day_minute(start)} to {last}"
