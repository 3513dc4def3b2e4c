"""Reads one text that a field is asked for: what it means follows from the field's kind (spec/rules.md 1.4)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network

from mailgate.rules import amounts
from mailgate.rules.findings import quoted
from mailgate.rules.patterns import (
    Address,
    Domain,
    Ends,
    Exact,
    Glob,
    Matches,
    Networks,
    OurMailbox,
    Pattern,
    Phrase,
    Starts,
)
from mailgate.rules.reading import Reading
from mailgate.rules.regex import FLAGS, NotRe2, regex
from mailgate.rules.syntax import Node
from mailgate.rules.ticket_fields import WEEKDAYS
from mailgate.rules.value import address_form, ascii_domain, fold, nfc
from mailgate.rules.view import Field
from mailgate.tickets.model import STATES

RESULTS = ("pass", "fail", "softfail", "neutral", "none", "policy", "temperror", "permerror")  # RFC 8601 2.7
_SLASHED = re.compile(r"/(.*)/([A-Za-z]*)", re.DOTALL)
_DOMAIN = re.compile(r"[^\s@.,;:<>()\[\]/]{1,63}(?:\.[^\s@.,;:<>()\[\]/]{1,63})*")
_CODES = "write its code of two letters, as in lang: de, or und where none is sure"
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class PatternReader:
    """Gives the pattern of a text, or None after a finding at `node`."""

    field: Field
    reading: Reading

    def scalar(self, node: Node, text: str) -> Pattern | None:
        """A value without operator: the field's kind says what it means."""
        match self.field.kind:
            case "flag":
                flag = self.reading.flag(node, self.field.name)
                return None if flag is None else Exact("true" if flag else "false")
            case "number" | "size" | "duration" | "time":
                return amounts.compared(self.field, node, text, self.reading)
            case "priority":
                if amounts.is_comparison(text):
                    return amounts.compared(self.field, node, text, self.reading)
                return self.exact(node, text)
            case "network":
                return self.exact(node, text)
        if text.startswith("/"):
            return self._slashed(node, text)
        if self.field.kind == "own" and amounts.own_number(text):
            return amounts.compared(self.field, node, text, self.reading)
        if "*" in text:
            return glob(text)
        return self.phrase(node, text) if self.field.kind == "text" else self.exact(node, text)

    def operator(self, name: str) -> Callable[[Node, str], Pattern | None]:
        """How the text behind an operator is read."""
        if name in ("over", "under", "at least", "at most", "between"):
            return lambda node, text: amounts.by_operator(self.field, node, name, text, self.reading)
        return {
            "has": self.phrase,
            "is": self.exact,
            "starts": lambda node, text: Starts(folded(text)),
            "ends": lambda node, text: Ends(folded(text)),
            "like": lambda node, text: glob(text),
            "re": self._any_regex,
        }[name]

    def exact(self, node: Node, text: str) -> Pattern | None:
        match self.field.kind:
            case "address":
                return self._address(node, text)
            case "network":
                return self._network(node, text)
            case "number" | "size" | "duration" | "time":
                return amounts.by_operator(self.field, node, "is", text, self.reading)
        if self.field.kind == "priority" and amounts.compared(self.field, node, text, self.reading) is None:
            return None
        return Exact(folded(text)) if self._may_be(node, text) else None

    def phrase(self, node: Node, text: str) -> Pattern | None:
        return Phrase(tuple(folded(text).split()))

    def _may_be(self, node: Node, text: str) -> bool:
        """Whether the field can ever be that, by the names that exist."""
        vocabulary = self.reading.vocabulary
        match self.field.choice:
            case "state":
                return self._is_one_of(node, text, STATES)
            case "hours":
                return self._is_one_of(node, text, ("open", "closed"))
            case "weekday":
                return self._is_one_of(node, text, WEEKDAYS)
            case "result":
                return self._is_one_of(node, text, RESULTS)
            case "queue":
                return self.reading.known(node, "queue", "MG101", vocabulary.queues) is not None
            case "agent":
                return self.reading.known(node, "agent", "MG102", vocabulary.agents) is not None
            case "process":
                return self.reading.known(node, "process", "MG115", vocabulary.processes) is not None
            case "group" if vocabulary.groups is not None:
                return self.reading.known(node, "group of customers", "MG109", vocabulary.groups) is not None
            case "event field" if vocabulary.fields is not None:
                return self.reading.known(node, "field", "MG108", vocabulary.fields) is not None
            case "language" if not _LANGUAGE.fullmatch(text):
                self.reading.error(node, "MG004", f"{quoted(text)} is not the code of a language", _CODES)
                return False
            case "delivery status" if not _STATUS.fullmatch(text):
                mend = "write dsn.status: 5.1.1, or '5.1.*' for all that is wrong with an address"
                self.reading.error(node, "MG004", f"{quoted(text)} is not a status of a delivery (RFC 3463)", mend)
                return False
            case "plus" if text == "control":
                message = '"control" is reserved: such mail never reaches the rules'
                self.reading.error(node, "MG004", message, "take this condition out, or choose another word")
                return False
        return True

    def _is_one_of(self, node: Node, text: str, words: tuple[str, ...]) -> bool:
        if text in words:
            return True
        message = f'{quoted(text)} is not a valid value for "{self.field.name}"'
        self.reading.none_of(node, "MG004", message, text, words)
        return False

    def _address(self, node: Node, text: str) -> Pattern | None:
        found = address_pattern(text)
        if found is None:
            mend = (
                "write a@b.example, b.example (its domain), .b.example (with subdomains), a@ (here), or '*@b.example'"
            )
            parts = re.split(r"\s*[,;]\s*|\s+(?:and|or|und|oder)\s+", text)
            if bare := re.fullmatch(r"[^<>]*<([^<>\s]+@[^<>\s]+)>", text):
                mend = f"write the address alone: {bare[1]}"
            elif len(parts) > 1 and all(map(address_pattern, parts)):
                mend = f"several go into a list, any of them fits: [{', '.join(parts)}]"
            self.reading.error(node, "MG004", f"{quoted(text)} is neither an address nor a domain", mend)
        return found

    def _network(self, node: Node, text: str) -> Pattern | None:
        found = networks([text])
        if found is None:
            mend = "write 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32"
            self.reading.error(node, "MG004", f"{quoted(text)} is neither an IP address nor a network", mend)
        return found

    def _any_regex(self, node: Node, text: str) -> Pattern | None:
        return self._slashed(node, text) if text.startswith("/") else self._regex(node, text, "")

    def _slashed(self, node: Node, text: str) -> Pattern | None:
        said = _SLASHED.fullmatch(text)
        if not said or not said[1]:
            message = f"the pattern {quoted(text)} is not closed" if not said else "the pattern is empty"
            mend = "end it with /, as in '/order \\d+/'; a text that begins with / goes into has: or is:"
            self.reading.error(node, "MG006", message, mend)
            return None
        if wrong := set(said[2]) - FLAGS:
            flag = min(wrong)
            mend = "flags are i, s and x" + ("; for m write (?m) at the beginning" if flag == "m" else "")
            self.reading.error(node, "MG006", f'"{flag}" is not a flag of a pattern', mend)
            return None
        return self._regex(node, said[1], "".join(sorted(set(said[2]))))

    def _regex(self, node: Node, pattern: str, flags: str) -> Pattern | None:
        try:
            found = regex(nfc(pattern), flags)
        except NotRe2 as error:
            self.reading.error(node, "MG130", str(error), error.mend)
            return None
        if found.forgets_letters:
            message = r"\b sees no border of a word beside a letter beyond ASCII: this never matches"
            mend = r"leave \b out there, or use a phrase without slashes"
            self.reading.findings.warning(node, "MG131", message, mend)
        return Matches(found)


def address_pattern(text: str) -> Address | Domain | OurMailbox | None:
    """What a text asks of an address; None where it is neither address nor domain."""
    local, at, domain = text.rpartition("@")
    odd = re.search(r"[\s@<>,;]", local) is not None
    if at and local and not domain and not odd:
        return OurMailbox(address_form(local))
    subdomains = not at and domain.startswith(".")
    domain = domain.removeprefix(".") if subdomains else domain
    if _DOMAIN.fullmatch(domain) and (at or subdomains or "." in domain) and not odd:
        return Address(address_form(text)) if local else Domain(ascii_domain(domain), subdomains)
    return None


def networks(texts: list[str]) -> Networks | None:
    """One pattern for all of them; None where one is no network. Bits behind the prefix are dropped."""
    prefixes = set()
    for text in texts:
        try:
            network = ip_network(text.strip(), strict=False)
        except ValueError:
            return None
        bits = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
        prefixes.add((network.version, network.prefixlen, bits))
    return Networks(frozenset(prefixes), tuple(sorted({(version, length) for version, length, _ in prefixes})))


def folded(text: str) -> str:
    return " ".join(fold(nfc(text)).split())


def glob(text: str) -> Pattern:
    words = folded(text)
    return Glob(tuple(words.split("*"))) if "*" in words else Exact(words)
