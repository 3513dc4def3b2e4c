"""Random rule sets of a small vocabulary, and random mail for them: small, so that much of it meets."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import strategies as st

from mailgate.mail.message import Automatic
from mailgate.rules.situation import Situation
from tests.rules.desk import NOW, situation

ADDRESSES = ("ana@acme.example", "omar@mail.acme.example", "kim@other.example", "billing@example.com")
WORDS = ("urgent", "invoice", "please", "urgent invoice", "please urgent", "e-mail", "mail")
QUESTIONS = (
    *(f"{field}: {each}" for field in ("from", "to") for each in ADDRESSES),
    *(f"{field}: {each}" for field in ("from", "to") for each in ("acme.example", ".acme.example", "'*@acme.example'")),
    "to: billing@",
    "from: [kim@other.example, acme.example]",
    "cc: {exists: true}",
    *(f"subject: {each}" for each in WORDS),
    *(f"text: {each}" for each in WORDS[:3]),
    "subject: '*urgent*'",
    "subject: {starts: please}",
    "subject: {starts: please urgent}",
    "subject: {ends: invoice}",
    "subject: '/inv/'",
    "subject: {exists: true}",
    "header.X-Kind: alarm",
    "header.X-Kind: {exists: true}",
    "plus: sales",
    "plus: [sales, billing]",
    "is_auto: true",
    "is_auto: false",
    "state: new",
    "state: [new, open]",
    "priority: at least high",
    "priority: high",
    "queue: [billing, sales]",
    "queue: billing",
    "tag: vip",
    "tag: {exists: true}",
    "field.price: over 100",
    "field.price: over 200",
    "field.price: [over 100, soon]",
    "field.price: soon",
    "messages: over 1",
    "messages: between 2 and 3",
    "weekday: [sat, sun]",
    "owner: none",
)
ACTIONS = (
    "[{tag: x}]",
    "[stop]",
    "[stop]",
    "[{stop: file}]",
    "[{tag: vip}, stop]",
    "[{queue: billing}]",
    "[{priority: high}]",
    "[{state: open}]",
    "[{set: {price: '150'}}]",
    "[{set: {price: '{{ msg.subject }}'}}, stop]",
    "[{note: '{{ msg.subject + 1 }}'}]",
)
EVENTS = ("ticket.created", "ticket.created", "[ticket.created, customer.replied]")

_QUESTION = st.sampled_from(QUESTIONS).map(lambda question: f"{{{question}}}")
CONDITIONS = st.recursive(
    _QUESTION,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"{{all: [{', '.join(parts)}]}}"),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"{{any: [{', '.join(parts)}]}}"),
        inner.map(lambda part: f"{{not: {part}}}"),
    ),
    max_leaves=4,
)


@st.composite
def rule_texts(draw: st.DrawFn, most: int = 8) -> str:
    """A file of rules, some of them tables."""
    lines = []
    for number in range(draw(st.integers(2, most))):
        when, head = draw(st.sampled_from(EVENTS)), f"  - name: r{number}\n    when: "
        condition = f"    if: {draw(CONDITIONS)}\n" if draw(st.integers(0, 5)) else ""
        if draw(st.integers(0, 4)):
            body = f"    do: {draw(st.sampled_from(ACTIONS))}\n"
        else:
            cases = [
                f"      - {{if: {draw(CONDITIONS)}, do: [{{tag: c{each}}}]}}\n"
                for each in range(draw(st.integers(1, 4)))
            ]
            other = "      - {else: true, do: [{tag: c9}]}\n" if draw(st.booleans()) else ""
            body = f"    first:\n{''.join(cases)}{other}"
        lines.append(f"{head}{when}\n{condition}{body}")
    return f"rules:\n{''.join(lines)}"


def random_mails(seed: int, count: int) -> list[Situation]:
    """Mails that open tickets; the same for the same seed."""
    chance = Random(seed)
    return [_mail(chance) for _ in range(count)]


def _mail(chance: Random) -> Situation:
    to = chance.sample((*ADDRESSES, "support+sales@example.com"), chance.randint(1, 2))
    headers = (("X-Kind", chance.choice(("alarm", "", "other"))),) if chance.random() < 0.5 else ()
    found = situation(
        authors=chance.choice(ADDRESSES),
        to=" ".join(to),
        cc=chance.choice(("", "x@y.example")),
        subject=chance.choice((*WORDS, "", "Urgently", "e-mail urgent", "an Invoice")),
        text=chance.choice(WORDS),
        headers=headers,
        automatic=Automatic(is_automatic=chance.random() < 0.5),
        ticket={
            "state": chance.choice(("new", "open")),
            "priority": chance.choice(("low", "high", "urgent")),
            "queue": chance.choice(("support", "billing", "sales")),
            "tags": chance.choice(((), ("vip",), ("a", "vip"))),
            "fields": chance.choice(((), (("price", "150"),), (("price", "250"),), (("price", "soon"),))),
            "articles": chance.randint(1, 4),
        },
    )
    return replace(found, now=NOW + timedelta(days=chance.randint(0, 6)))
