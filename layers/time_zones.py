"""Layer `time_zones`: the time zones of IANA, of which Lambda's own image has none; `zoneinfo` finds them by itself."""

from pathlib import Path
from typing import Final

from layers.target import Target
from layers.wheels import fetch, importable, unpack

PACKAGES: Final = ("tzdata",)
# The same zones as text, and tables for choosing one by country: zoneinfo reads neither.
_FOR_OTHERS: Final = ("tzdata.zi", "zone.tab", "zone1970.tab", "zonenow.tab", "iso3166.tab", "leapseconds")


def assemble(python: Path, target: Target) -> None:
    for wheel in fetch(PACKAGES, target).values():
        unpack(wheel, python, _place)


def _place(name: str) -> str | None:
    return None if name.removeprefix("tzdata/zoneinfo/") in _FOR_OTHERS else importable(name)
