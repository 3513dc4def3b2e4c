"""Reads `{list: NAME}`: the values of a list as one pattern, by the kind of the field that is asked."""

from collections.abc import Callable, Mapping

from mailgate.problems import Problem
from mailgate.rules.findings import quoted
from mailgate.rules.lists import WordList
from mailgate.rules.pattern_reader import address_pattern, folded, networks
from mailgate.rules.patterns import Address, Addresses, Domain, OneOf, OurMailbox, Pattern, Phrases
from mailgate.rules.reading import Reading
from mailgate.rules.syntax import Mark, Node
from mailgate.rules.view import Field, Kind

MAX_PHRASES = 1_000  # each is looked for in the whole text


def read_list_match(field: Field, node: Node, reading: Reading) -> tuple[Pattern, str] | None:
    """The pattern and how a trace shows it, or None after a finding."""
    name = reading.known(node, "list", "MG105", reading.lists)
    if name is None:
        return None
    words = reading.lists[name]
    reading.unfolded.lists.add(name)
    pattern = _READERS[field.kind](words, reading)
    return None if pattern is None else (pattern, f"in list {name} ({len(words.lines):,} entries)")


def _addresses(words: WordList, reading: Reading) -> Pattern | None:
    sorted_out: dict[str, set[str]] = {"addresses": set(), "domains": set(), "parents": set(), "locals": set()}
    right = True
    for text, mark in words.lines:
        if "*" in text:
            message = f"{quoted(text)}: a list has no patterns"
            mend = "write b.example for all of a domain, .b.example with its subdomains"
            right = _wrong(words, mark, message, reading, mend=mend)
            continue
        match address_pattern(text):
            case Address(address):
                sorted_out["addresses"].add(address)
            case Domain(domain, True):
                sorted_out["parents"].add(domain)
            case Domain(domain):
                sorted_out["domains"].add(domain)
            case OurMailbox(local):
                sorted_out["locals"].add(local)
            case _:
                mend = "write a@b.example, b.example (its domain) or .b.example (with subdomains), one a line"
                right = _wrong(words, mark, f"{quoted(text)} is neither an address nor a domain", reading, mend=mend)
    return Addresses(**{name: frozenset(found) for name, found in sorted_out.items()}) if right else None


def _networks(words: WordList, reading: Reading) -> Pattern | None:
    right = True
    for text, mark in words.lines:
        if networks([text]) is None:
            mend = "write 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32, one a line"
            right = _wrong(words, mark, f"{quoted(text)} is neither an IP address nor a network", reading, mend=mend)
    return networks([text for text, _ in words.lines]) if right else None


def _phrases(words: WordList, reading: Reading) -> Pattern | None:
    if len(words.lines) > MAX_PHRASES:
        message = f"a list of phrases has at most {MAX_PHRASES:,} values"
        _wrong(
            words, words.lines[MAX_PHRASES][1], message, reading, "MG008", mend="ask for several shorter lists in any:"
        )
        return None
    return Phrases(tuple(tuple(folded(text).split()) for text, _ in words.lines))


def _words(words: WordList, reading: Reading) -> Pattern | None:
    return OneOf(frozenset(folded(text) for text, _ in words.lines))


def _wrong(words: WordList, mark: Mark, message: str, reading: Reading, code: str = "MG004", *, mend: str) -> bool:
    reading.findings.add(Problem(words.path, mark.line, mark.column, message, code, mend, width=mark.width))
    return False


_READERS: Mapping[Kind, Callable[[WordList, Reading], Pattern | None]] = {
    "address": _addresses,
    "network": _networks,
    "text": _phrases,
    "word": _words,
    "own": _words,
}
