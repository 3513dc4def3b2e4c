"""By which keys conditions are found that another one might imply: so a thousand rules are not compared in pairs.

Wherever `implies(narrow, wide)` can be proved, some key of `looked_up` of a question in `narrow` is among those of
`registered(wide)`, but for proofs by lists and globs of other kinds, of which most are found and the rest stay unsaid.
"""

from collections.abc import Iterator

from mailgate.rules.conditions import All, Condition, Question
from mailgate.rules.covers import parents
from mailgate.rules.implies import accepted
from mailgate.rules.patterns import Address, Domain, Exact, Matches, OurMailbox, Pattern, Phrase

Key = tuple[str, str]  # a field, and a value or "*"
ANY_VALUE: Key = ("", "*")


def registered(wide: Condition) -> tuple[Key, ...]:
    """The keys under which a condition is kept."""
    if isinstance(wide, Question):
        return tuple(dict.fromkeys((wide.field.name, each) for each in _kept(wide)))
    parts = wide.parts[:1] if isinstance(wide, All) else wide.parts  # of all, one is enough
    return tuple(dict.fromkeys(key for part in parts for key in registered(part)))


def looked_up(narrow: Question) -> tuple[Key, ...]:
    """The keys under which conditions lie that the question might imply."""
    return tuple(dict.fromkeys((narrow.field.name, each) for each in (*_searched(narrow), "*")))


def _kept(question: Question) -> Iterator[str]:
    few = accepted(question)
    if few is not None:
        yield from few
        return
    if question.negated or question.exists:
        yield "*"
        return
    for pattern in question.patterns:
        yield _value(pattern)


def _searched(question: Question) -> Iterator[str]:
    few = accepted(question)
    if few is not None:
        yield from sorted(few)[:1]
        return
    if question.negated or question.exists:
        return
    match question.patterns[0]:  # what fits all that the question takes fits this, too
        case Address(address):
            yield address
            yield from parents(address.rpartition("@")[2])
        case Domain(domain):
            yield from parents(domain)
        case Phrase(words):
            yield " ".join(words)
            yield from words
        case pattern:
            yield _value(pattern)


def _value(pattern: Pattern) -> str:
    match pattern:
        case Exact(folded):
            return folded
        case Address(address):
            return address
        case Domain(domain):
            return domain
        case OurMailbox(local):
            return f"{local}@"
        case Phrase(words):
            return " ".join(words)
        case Matches(regex):
            return regex.text
        case _:
            return "*"
