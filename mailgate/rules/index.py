"""Which of an event's many rules a mail can be for at all: most are passed over without a look.

A rule is kept under the values one of which the mail must have for the rule to match: an address, a domain, a word of a
phrase, a header that must be there. What rules change of a ticket while they run is not asked here. A rule that is
passed over would have been a miss, whatever else it asks: a miss decides `all`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailgate.mail.address import bare
from mailgate.rules.conditions import All, Condition, Question
from mailgate.rules.covers import parents
from mailgate.rules.patterns import (
    Address,
    Addresses,
    Domain,
    Exact,
    Matches,
    OneOf,
    OurMailbox,
    Pattern,
    Phrase,
    Phrases,
)
from mailgate.rules.rule import Rule
from mailgate.rules.value import Value
from mailgate.rules.view import Field, View

WORTH_IT = 64  # rules for one event; fewer are looked at one by one, and the trace shows each
MOST_KEYS = 200  # of one rule
_PRESENT = ""  # any value at all
_WORD = re.compile(r"[^\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\U0010ffff]+")  # as patterns.py sees words
_KINDS = frozenset(("address", "text", "word"))


@dataclass(frozen=True, slots=True)
class _Needed:
    """Values of a question's field one of which must be there. `weak`: how little that says."""

    question: Question
    values: frozenset[str]
    weak: int

    @property
    def field(self) -> Field:
        return self.question.field


@dataclass(frozen=True, slots=True)
class Index:
    """For the rules of one event. `places`: field -> value -> the rules by their places; `always`: those that are
    looked at whatever comes; `asked`: what each rule needs first, as a trace says it."""

    fields: tuple[Field, ...]
    places: Mapping[str, Mapping[str, tuple[int, ...]]]
    always: frozenset[int]
    asked: tuple[str, ...]

    def wanted(self, view: View) -> frozenset[int]:
        """The places of the rules that have to be looked at."""
        found = set(self.always)
        for field in self.fields:
            kept = self.places[field.name]
            try:
                values = _values(field, view)
            except Exception:  # what cannot be read is for each rule to say
                values = set(kept)
            for value in values if len(values) < len(kept) else kept.keys() & values:
                found.update(kept.get(value, ()))
        return frozenset(found)


def index_of(rules: Sequence[Rule], event: str) -> Index | None:
    """None where it is not worth it."""
    if len(rules) < WORTH_IT:
        return None
    places: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    fields: dict[str, Field] = {}
    always: set[int] = set()
    asked = [""] * len(rules)
    for place, rule in enumerate(rules):
        needed = _of_rule(rule, event)
        if needed is None:
            always.add(place)
            continue
        for each in needed:
            fields[each.field.name] = each.field
            for value in each.values:
                places[each.field.name][value].append(place)
        asked[place] = " or ".join(dict.fromkeys(each.field.name for each in needed))
    kept = {name: {value: tuple(found) for value, found in values.items()} for name, values in places.items()}
    return Index(tuple(fields.values()), kept, frozenset(always), tuple(asked)) if kept else None


def asked_first(rule: Rule, event: str) -> tuple[Question, ...]:
    """The questions one of which must match for the rule to match, and by which an index keeps it; () where it keeps it
    by none."""
    return tuple(each.question for each in _of_rule(rule, event) or ())


def _of_rule(rule: Rule, event: str) -> tuple[_Needed, ...] | None:
    """What must be there for the rule to match; None where that cannot be said."""
    first = rule.guards.get(event) or rule.condition  # one in error says so, whatever comes behind it
    return _any_of(case.condition for case in rule.cases) if first is None else _of_condition(first)


def _of_condition(condition: Condition) -> tuple[_Needed, ...] | None:
    if isinstance(condition, Question):
        needed = _of_question(condition)
        return None if needed is None else (needed,)
    if isinstance(condition, All):
        found = [several for part in condition.parts if (several := _of_condition(part)) is not None]
        return min(found, key=_weakness, default=None)
    return _any_of(condition.parts)


def _any_of(conditions: Iterable[Condition | None]) -> tuple[_Needed, ...] | None:
    needed: list[_Needed] = []
    for condition in conditions:
        found = None if condition is None else _of_condition(condition)
        if found is None:
            return None
        needed += found
    return tuple(needed) if needed and sum(len(each.values) for each in needed) <= MOST_KEYS else None


def _weakness(needed: tuple[_Needed, ...]) -> tuple[int, int]:
    return max(each.weak for each in needed), len(needed)


def _of_question(question: Question) -> _Needed | None:
    field = question.field
    if question.negated or field.of_ticket or field.kind not in _KINDS:
        return None
    values = {each for pattern in question.patterns for each in _keys(pattern, field.kind != "address")}
    if question.exists or _PRESENT in values or len(values) > MOST_KEYS:
        return _Needed(question, frozenset((_PRESENT,)), 2)
    return _Needed(question, frozenset(values), 1 if field.kind == "text" else 0)


def _keys(pattern: Pattern, of_text: bool) -> Iterator[str]:
    """One of them is among `_values` of whatever the pattern fits."""
    match pattern:
        case Address(address):
            yield address
        case Domain(domain, subdomains):
            yield f".{domain}" if subdomains else f"@{domain}"
        case OurMailbox(local):
            yield f"{local}@"
        case Addresses(addresses, domains, above, locals_):
            yield from addresses
            yield from (f"@{each}" for each in domains)
            yield from (f".{each}" for each in above)
            yield from (f"{each}@" for each in locals_)
        case Exact(folded):
            yield f"={folded}"
        case OneOf(words):
            yield from (f"={word}" for word in words)
        case Phrase(words):
            yield _longest(words)
        case Phrases(phrases):
            yield from map(_longest, phrases)
        case Matches(regex) if of_text:
            yield regex.sure or _PRESENT
        case _:
            yield _PRESENT


def _longest(words: tuple[str, ...]) -> str:
    """A phrase begins and ends at the borders of words, so each of its words is a word of the text."""
    return max(_WORD.findall(" ".join(words)), key=len, default=_PRESENT)


def _values(field: Field, view: View) -> set[str]:
    values, _ = view.look(field)
    found = {_PRESENT} if values else set()
    for value in values:
        found.update(_of_address(value) if field.kind == "address" else _of_text(value))
    return found


def _of_address(value: Value) -> Iterator[str]:
    text = value.text
    domain = text.rpartition("@")[2]
    yield text
    yield f"@{domain}"
    yield from (f".{each}" for each in parents(domain)[-130:])
    yield f"{bare(text).rpartition('@')[0]}@"


def _of_text(value: Value) -> Iterator[str]:
    yield f"={value.collapsed}"
    yield from _WORD.findall(value.collapsed)
