"""Two mistakes that have nothing to do with each other are both told, whichever two they are, in one rule or in two."""

from dataclasses import dataclass, replace

import pytest

from mailgate.rules.ruleset import compiled
from tests.rules.desk import VOCABULARY, codes, complete

NAMES = replace(
    VOCABULARY,
    fields=frozenset({"order", "price"}),
    groups=frozenset({"vip"}),
    own_addresses=frozenset({"support@example.com"}),
)


@dataclass(frozen=True)
class Mistake:
    """`slot`: the key of a rule in which `text` is wrong; `when`: the event at which it can be, "" for any with a mail
    and a ticket."""

    slot: str
    text: str
    code: str
    when: str = ""

    def __str__(self) -> str:
        return f"{self.slot} {self.text}"


MISTAKES = (
    Mistake("name", "a b", "MG004"),
    Mistake("name", "[a]", "MG007"),
    Mistake("name", "{taken}", "MG002"),
    Mistake("enabled", "maybe", "MG007"),
    Mistake("once", "twice", "MG004", "ticket.created"),
    Mistake("note", "[x]", "MG007"),
    Mistake("colour", "red", "MG003"),
    Mistake("when", "ticket.opened", "MG004"),
    Mistake("when", "{state.changed: {into: open}}", "MG003"),
    Mistake("when", "{idle: soon}", "MG004", "idle"),
    Mistake("when", "sla.breached", "MG012"),
    Mistake("if", "sbject: x", "MG003"),
    Mistake("if", "size: big", "MG004"),
    Mistake("if", "subject: '/open'", "MG006"),
    Mistake("if", "subject: '/(?=x)/'", "MG130"),
    Mistake("if", "cc: []", "MG007"),
    Mistake("if", "queue: biling", "MG101"),
    Mistake("if", "owner: ninna", "MG102"),
    Mistake("if", "from: {list: vips}", "MG105"),
    Mistake("if", "use: nothing", "MG106"),
    Mistake("if", "hours: {ofice: open}", "MG107"),
    Mistake("if", "field.odrer: x", "MG108"),
    Mistake("if", "customer.group: vips", "MG109"),
    Mistake("if", "old: x", "MG120"),
    Mistake("if", "priority: {starts: h}", "MG121"),
    Mistake("if", "sla: gold", "MG012"),
    Mistake("if", "subject: x", "MG124", "message.received"),
    Mistake("if", "from: [a.example, a.example]", "MG202"),
    Mistake("if", "all: [{state: open}, {state: closed}]", "MG203"),
    Mistake("if", "any: [{is_auto: true}, {is_auto: false}]", "MG204"),
    Mistake("if", "any: [{not: {tag: a}}, {not: {tag: b}}]", "MG205"),
    Mistake("if", "body: order #5", "MG208"),
    Mistake("if", "subject: '/(a+)+/'", "MG132"),
    Mistake("if", "subject: '/\\binvoice\\b/'", "MG403"),
    Mistake("do", "reply: {template: received, every: 0s}", "MG301"),
    Mistake("do", "notify: {to: support@example.com, template: agent_new}", "MG302"),
    Mistake("do", "priority: hihg", "MG004"),
    Mistake("do", "que: support", "MG005"),
    Mistake("do", "tag: []", "MG007"),
    Mistake("do", "note: '{{ msg.subject | shout }}'", "MG009"),
    Mistake("do", "note: '{{ m.oder }}'", "MG122"),
    Mistake("do", "{tag: a, state: open}", "MG011"),
    Mistake("do", "sla: gold", "MG012"),
    Mistake("do", "queue: biling", "MG101"),
    Mistake("do", "notify: {team: nobody, template: agent_new}", "MG103"),
    Mistake("do", "reply: recieved", "MG104"),
    Mistake("do", "use: nothing", "MG106"),
    Mistake("do", "start: nothing", "MG115"),
    Mistake("do", "drop: x", "MG120", "ticket.created"),
    Mistake("do", "run: nothing", "MG140"),
    Mistake("do", "webhook: 'https://other.example/x'", "MG141"),
    Mistake("do", "reject: {code: 250}", "MG004", "message.received"),
    Mistake("do", "reject: {cod: 550}", "MG003", "message.received"),
    Mistake("do", "reject: [x]", "MG007", "message.received"),
)
RIGHT = {"when": "ticket.created", "do": "priority: high", "name": "r"}


def rule(*mistakes: Mistake, name: str = "r") -> str:
    """One rule with these mistakes and nothing else that is wrong."""
    slots: dict[str, list[str]] = {}
    for each in mistakes:
        slots.setdefault(each.slot, []).append(each.text)
    when = next((each.when for each in mistakes if each.when), RIGHT["when"])
    gate = when == "message.received"
    right = {"name": [name], "when": [when], "do": ["reject: {code: 550}" if gate else RIGHT["do"]]}
    parts = right | slots
    lines = []
    for slot, texts in parts.items():
        if slot == "do":
            lines.append("do:" + "".join(f"\n      - {text}" for text in texts))
        elif slot == "if":
            lines.append("if:\n      all:" + "".join(f"\n        - {text}" for text in texts))
        elif slot == "when" and len(texts) > 1:
            lines.append(f"when: [{', '.join(texts)}]")
        else:
            lines.append(f"{slot}: {texts[0]}")
    return "  - " + "\n    ".join(lines).replace("{taken}", "taken") + "\n"


def found(*rules: str) -> list[str]:
    text = "rules:\n  - {name: taken, when: ticket.created, do: [{tag: a}]}\n" + "".join(rules)
    return codes(complete(*compiled({"10-test.yaml": text.encode()}, NAMES)[1:]))


def fit_together(one: Mistake, other: Mistake) -> bool:
    """Whether one rule can have both, and neither follows from the other."""
    if one.slot == other.slot and one.slot not in ("if", "do"):
        return False
    if all("reject" in each.text for each in (one, other)) or {"MG106", "MG122"} == {one.code, other.code}:
        return False  # the second is never reached; the macro may have been what captures
    if "when" in (one.slot, other.slot) and (one.when or other.when or "MG120" in (one.code, other.code)):
        return False  # which event it is, is not known then
    whens = {each.when or "ticket.created" for each in (one, other) if each.when or each.slot in ("if", "do")}
    return len(whens) <= 1


def test_each_mistake_alone_is_told_alone() -> None:
    for each in MISTAKES:
        assert found(rule(each)) == [each.code], each


@pytest.mark.parametrize("one", MISTAKES, ids=str)
def test_two_mistakes_in_one_rule_are_both_told(one: Mistake) -> None:
    for other in MISTAKES:
        if one is not other and fit_together(one, other):
            assert sorted(found(rule(one, other))) == sorted((one.code, other.code)), other


@pytest.mark.parametrize("one", MISTAKES, ids=str)
def test_two_mistakes_in_two_rules_are_both_told(one: Mistake) -> None:
    for other in MISTAKES:
        both = found(rule(one, name="r"), rule(other, name="s"))
        assert sorted(both) == sorted((one.code, other.code)), other


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("notify: {team: nobody, template: nothing}", ["MG103", "MG104"]),
        ("notify: {tame: billing, template: nothing}", ["MG003", "MG104"]),
        ("reply: {template: nothing, every: soon, to: all}", ["MG004", "MG004", "MG104"]),
        ("reply: {every: soon}", ["MG004", "MG007"]),
        ("assign: {least_busy: {team: nobody, max: many}}", ["MG004", "MG103"]),
        ("close: {after: soon, template: nothing}", ["MG004", "MG104"]),
        ("pending: {for: soon, thn: open}", ["MG003", "MG004"]),
        ("pending: {for: soon, then: closed}", ["MG004", "MG004"]),
        ("pending: {then: open}", ["MG007"]),
        ("pending: {for: 3d, then: open}", []),
        ("pending: {for: soon, until: tomorrow}", ["MG004", "MG004", "MG007"]),
        ("forward: {to: x, as: y, strip: z}", ["MG004", "MG004", "MG004"]),
        ("forward: {as: y}", ["MG004", "MG007"]),
        ("run: {program: nothing, timeout: soon}", ["MG004", "MG140"]),
        ("webhook: {url: nothing, method: STEAL, retries: many, timeout: soon}", ["MG004"] * 3 + ["MG140"]),
        ("webhook: {url: erp, secret: nothing, body: {a: '{{ m.x }}', 'b c': x}}", ["MG004", "MG122", "MG140"]),
        ("merge: {into: '{{ m.x }}', then: close}", ["MG003", "MG122"]),
        ("set: {odrer: '{{ m.x }}', price: [x]}", ["MG007", "MG108", "MG122"]),
        ("note: {template: nothing, txt: x}", ["MG003", "MG104"]),
        ("note: '{{ m.x | shout }}'", ["MG009", "MG122"]),
        ("tag: [[a], {b: c}]", ["MG007", "MG007"]),
        ("watch: [nobody, nobody2]", ["MG102", "MG102"]),
    ],
)
def test_all_that_is_wrong_in_one_action_is_told(action: str, told: list[str]) -> None:
    assert sorted(found(f"  - name: r\n    when: customer.replied\n    do:\n      - {action}\n")) == told


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("drop: {reason: [x], why: x}", ["MG003", "MG007"]),
        ("join: {ticket: '{{ m.x }}', mode: auto}", ["MG003", "MG122"]),
        ("reject: {code: 250, enhanced: 9, text: 'ü'}", ["MG004"] * 3),
    ],
)
def test_all_that_is_wrong_in_one_action_of_the_gate_is_told(action: str, told: list[str]) -> None:
    assert sorted(found(f"  - name: r\n    when: message.received\n    do:\n      - {action}\n")) == told


@pytest.mark.parametrize(
    "text",
    [
        "- {name: r, when: ticket.created, IF do: [{queue: biling}]}",  # no rules:
        "rules: {name: r, when: ticket.created, IF do: [{queue: biling}]}",
        "rules: [{name: r, when: ticket.created, IF do: {queue: biling}}]",
        "rules: [{name: r, when: ticket.created, IF first: {else: true, do: [{queue: biling}]}}]",
        "rules: [{name: r, when: ticket.created, IF first: [{do: [{queue: biling}]}]}]",
        "rules: [{name: r, when: ticket.created, IF first: [{if: {tag: a}, else: true, do: [{queue: biling}]}]}]",
        "rules: [{name: r, when: ticket.created, IF do: [{queue: biling, tag: x}]}]",
        "rules: [{name: r, when: ticket.created, IF do: [{queue: biling}], first: [{else: true, do: [stop]}]}]",
        "rules: [{when: ticket.created, IF do: [{queue: biling}]}]",
        "rules: [{name: r, IF do: [{queue: biling}]}]",
        "rules: [{name: r, on: ticket.created, IF do: [{queue: biling}]}]",
    ],
)
@pytest.mark.parametrize("condition", ["{owner: ninna}", "[{owner: ninna}]", "{all: {owner: ninna}}"])
def test_a_wrong_form_hides_nothing_of_what_is_in_it(text: str, condition: str) -> None:
    text = text.replace("IF", f"if: {condition},")
    told = codes(complete(*compiled({"10-test.yaml": text.encode()}, NAMES)[1:]))
    assert {"MG101", "MG102"} <= set(told)
    assert len(told) >= 3


STEPS = {
    "queue: biling": "MG101",
    "need: [nothing]": "MG108",
    "checklist: []": "MG007",
    "do: [{priority: hihg}]": "MG004",
    "next: dnoe": "MG116",
    "next: [{if: {tag: a}, goto: done}]": "MG112",
    "nxet: done": "MG003",
    "approval: {by: ninna, expires: 5d}": "MG102",
    "approval: {by: nina}": "MG113",
}
GRAPHS = {
    "lone: {checklist: [x], next: done}": ["MG111"],
    "one: {next: two}\n  two: {next: [{if: {tag: a}, goto: one}, {goto: done}]}": ["MG111", "MG111", "MG114"],
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("graph", GRAPHS)
def test_a_mistake_within_a_step_hides_none_of_the_way(step: str, graph: str) -> None:
    ways = "granted: done, denied: done, expired: done" if "approval" in step else "next: done"
    more = "" if "next" in step or "nxet" in step else f", {ways}"
    text = (
        f"process: order\nversion: 1\nstart: ask\nsteps:\n  ask: {{{step}{more}}}\n  {graph}\n  done: {{end: true}}\n"
    )
    told = codes(complete(*compiled({"10.yaml": b"rules: []", "processes/order.yaml": text.encode()}, NAMES)[1:]))
    lost = ["MG112"] if "nxet" in step else []  # nothing leads out of it, whoever it was meant to lead to
    known = [code for code in GRAPHS[graph] if not lost or code != "MG111"]
    assert sorted(told) == sorted([STEPS[step], *known, *lost])


def test_a_way_that_cannot_be_guessed_may_have_led_to_the_lost_step() -> None:
    text = (
        "process: order\nversion: 1\nstart: ask\nsteps:\n  ask: {checklist: [a], next: xyz}\n"
        "  pay: {checklist: [b], next: done}\n  done: {end: true}\n"
    )
    _, told, _ = compiled({"10.yaml": b"rules: []", "processes/order.yaml": text.encode()}, NAMES)
    assert codes(told) == ["MG116"]
