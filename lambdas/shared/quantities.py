"""Numbers as people say them: `93 %`, `27 h`, `1.5 GB`."""

from datetime import UTC, datetime, timedelta

from lambdas.vocabulary.metrics import Unit

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_LONG = 2 * _DAY  # below it, "27 h" says more than "1 d 3 h"
_MANY_HOURS = 10  # from it on, minutes say nothing
_HUNDRED, _THOUSAND = 100, 1000
_FOUR_DIGITS = 999.5  # what three significant digits would write as 1e+03
_SECONDS_OF = {"Seconds": 1.0, "Milliseconds": 1e-3, "Microseconds": 1e-6}
_BYTE_PREFIXES = ("", "k", "M", "G", "T", "P")


def duration(time: timedelta, *, exact: bool = False) -> str:
    """To the two largest units that matter: `40 s`, `14 min`, `2 h 5 min`, `27 h`, `3 d 4 h`; if `exact`, to both."""
    seconds = round(time.total_seconds())
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < (_DAY if exact else _LONG):
        hours, minutes = divmod(seconds // _MINUTE, 60)
        return _two(hours, "h", minutes if exact or hours < _MANY_HOURS else 0, "min")
    days, hours = divmod(seconds // _HOUR, 24)
    return _two(days, "d", hours, "h")


def duration_of_seconds(seconds: float) -> str:
    return duration(timedelta(seconds=seconds))


def counted(number: int, thing: str) -> str:
    """`1 alarm`, `2 alarms`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def moment(at: datetime) -> str:
    """Such as `24 Nov 2026, 20:33:07 UTC`."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b %Y, %H:%M:%S} UTC"


def quantity(value: float, unit: Unit | str) -> str:
    """A value in one of CloudWatch's units; a unit that people have no better word for is left out."""
    if unit in _SECONDS_OF:
        return seconds_taken(value * _SECONDS_OF[unit])
    if unit == Unit.BYTES:
        return size(value)
    if unit == Unit.PERCENT:
        return f"{number(value)} %"
    return number(value)


def size(value: float) -> str:
    """Of bytes, by thousands: `999 B`, `1.5 GB`."""
    for prefix in _BYTE_PREFIXES:
        if abs(value) < _THOUSAND or prefix == _BYTE_PREFIXES[-1]:
            break
        value /= _THOUSAND
    return f"{number(value)} {prefix}B"


def number(value: float) -> str:
    """Three significant digits, and whole numbers as they are: `0.0312`, `93.2`, `1250`."""
    if abs(value) >= _FOUR_DIGITS or value == round(value):
        return f"{value:.0f}"
    return f"{value:.3g}"


def rounded(value: float) -> str:
    """Three digits that matter, and thousands set apart: `0.031`, `12.5`, `1,250`."""
    if value >= _HUNDRED or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def seconds_taken(seconds: float) -> str:
    """Three digits that matter of seconds, and less than one in thousandths: `350 ms`, `12.5 s`, `2 h 5 min`."""
    if abs(seconds) >= _MINUTE:
        return duration_of_seconds(seconds)
    return f"{number(seconds)} s" if abs(seconds) >= 1 or not seconds else f"{number(seconds * _THOUSAND)} ms"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit} {small} {small_unit}" if small else f"{large} {large_unit}"
