"""Sizes as an operator writes them: "35MB" (decimal), "512KiB" (binary).

Fails with a ValueError whose text names the mistake and the form that is wanted.
"""

import re

_OCTETS = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_SIZE = re.compile(r"(\d{1,9})(?:\.(\d{1,3}))?\s*([a-z]+)", re.IGNORECASE | re.ASCII)


def parse_size(text: str) -> int:
    """The octets that `text` says; up to three decimals are read, a part of an octet is dropped.

    Raises ValueError for anything else than a number and one of B, kB, MB, GB, KiB, MiB, GiB.
    """
    match = _SIZE.fullmatch(text.strip())
    unit = _OCTETS.get(match[3].lower()) if match else None
    if not match or unit is None:
        raise ValueError(f'"{text}" is not a size: write a number and kB, MB, GB, KiB, MiB or GiB, as in "35MB"')
    thousandths = int((match[2] or "").ljust(3, "0"))
    return int(match[1]) * unit + thousandths * unit // 1000


def size_text(octets: int) -> str:
    """A size in its greatest unit, decimal: "10.2MB"."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if octets >= size:
            return f"{octets / size:.1f}".removesuffix(".0") + unit
    return f"{octets}B"
