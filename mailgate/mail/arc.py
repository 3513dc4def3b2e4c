"""Authenticated Received Chain (RFC 8617): what lists and forwarders that we trust saw of a mail before changing it.

Nothing is verified here. The trusted host that writes `arc=pass` has verified the seals of the whole chain; a seal then
says truly whose it is, and this module says which of them the administrator believes.
"""

import re
from collections.abc import Iterable

from mailgate.mail.headers import without_comments

_LONGEST_CHAIN = 50  # RFC 8617 4.2.1
_LONGEST_FIELD = 8 * 1024
_INSTANCE = re.compile(r"^\s{0,80}i\s{0,5}=\s{0,5}(\d{1,2})\s{0,80}(?:;|$)", re.IGNORECASE)
_SEALER = re.compile(r"(?:^|;)\s{0,80}d\s{0,5}=\s{0,5}([^\s;]{1,255})", re.IGNORECASE)


def vouched(headers: Iterable[tuple[str, str]], sealers: frozenset[str]) -> list[str]:
    """The results that trusted sealers recorded, the newest first, each as an Authentication-Results value.

    From the newest seal down to the first whose domain is none of `sealers`: what is below that one could be made up.
    Empty where the chain is not whole: each instance from 1 on has one seal and one record of results.
    """
    seals: dict[int, str] = {}
    results: dict[int, str] = {}
    kept = {"arc-seal": seals, "arc-authentication-results": results}
    for name, value in headers:
        if (found := kept.get(name.lower())) is None:
            continue
        text = value[:_LONGEST_FIELD]
        instance = _INSTANCE.match(without_comments(text).partition(";")[0])
        if instance is None or int(instance[1]) in found or len(found) == _LONGEST_CHAIN:
            return []
        found[int(instance[1])] = text.partition(";")[2]
    newest = len(seals)
    if not seals.keys() == results.keys() == set(range(1, newest + 1)):
        return []
    believed: list[str] = []
    for instance_number in range(newest, 0, -1):
        if _sealer(seals[instance_number]) not in sealers:
            break
        believed.append(results[instance_number])
    return believed


def _sealer(seal: str) -> str:
    found = _SEALER.search(without_comments(seal))
    return found[1].rstrip(".").lower() if found else ""
