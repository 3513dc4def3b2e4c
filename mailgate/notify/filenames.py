"""File names that others chose, made fit for a header and for any disk (RFC 2183, RFC 2231, R56).

Total: any string gives a name of at most 200 octets in UTF-8 that no path, shell or file system takes for more.
"""

import re
import unicodedata
from urllib.parse import quote

from mailgate.notify.scrub import scrub_line

MAX_OCTETS = 200
NAMELESS = "attachment"
_FORBIDDEN = re.compile(r'[/\\<>:"|?*]')
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9!#$&+.^_`{}~()\[\]@=, -]")
_EXTENSION = re.compile(r"\.[^\W_]{1,10}$")


def safe_name(name: str) -> str:
    """The name without directories, leading or trailing dots and what some file system forbids; cut before its end."""
    name = _FORBIDDEN.sub("_", scrub_line(name, 1_000)).strip(". ")
    found = _EXTENSION.search(name)
    extension = found[0] if found else ""
    stem = name[: len(name) - len(extension)]
    room = MAX_OCTETS - len(extension.encode())
    return (stem.encode()[:room].decode(errors="ignore").rstrip(". ") or NAMELESS) + extension


def plain_name(name: str) -> str:
    """The same name in ASCII, for those who read no RFC 2231."""
    stem, dot, extension = name.rpartition(".") if _EXTENSION.search(name) else (name, "", "")
    plain = [_NOT_PLAIN.sub("_", _ascii(each)).strip(". ") for each in (stem, extension)]
    return (plain[0] if any(map(str.isalnum, plain[0])) else NAMELESS) + (dot + plain[1] if plain[1] else "")


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def disposition(kind: str, name: str) -> str:
    """The field Content-Disposition; `kind` is "inline" or "attachment". Lines of at most 998 octets."""
    safe = safe_name(name)
    plain = plain_name(safe)
    better = f"\r\n filename*=utf-8''{quote(safe, safe='')};" if plain != safe else ""  # many take the first
    return f'Content-Disposition: {kind};{better}\r\n filename="{plain}"\r\n'
