"""What is under `do:`, and what is refused there."""

from datetime import UTC, datetime, timedelta

import pytest

from mailgate.rules.actions import (
    Action,
    AddNote,
    AddNoteFrom,
    AddTags,
    AssignOwner,
    Close,
    Forward,
    Merge,
    NewAction,
    Notify,
    Pend,
    RemoveTags,
    Reopen,
    Reply,
    SetFields,
    SetPriority,
    SetQueue,
    SetState,
    SetType,
    UnsetFields,
    Unwatch,
    Watch,
)
from mailgate.rules.vocabulary import Vocabulary
from tests.rules.desk import NOW, VOCABULARY, action_problems, problems, rules, run


@pytest.mark.parametrize(
    ("action", "expected", "told"),
    [
        ("queue: billing", SetQueue("billing"), "queue billing"),
        ("priority: high", SetPriority("high"), "priority high"),
        ("state: spam", SetState("spam"), "state spam"),
        ("tag: vip", AddTags(("vip",)), "tag vip"),
        ("tag: [vip, no, 012, vip]", AddTags(("vip", "no", "012")), "tag vip, no, 012"),
        ("set: {order: 012, when: 18:30}", SetFields((("order", "012"), ("when", "18:30"))), None),
        ("note: 100 % sure", AddNote("100 % sure"), 'note "100 % sure"'),
        ("reply: received", Reply("received"), 'reply "received"'),
        ("reply: {template: received, every: 24h}", Reply("received", timedelta(hours=24)), None),
        ("notify: agent_new", Notify("agent_new", owner=True), 'notify owner "agent_new"'),
        ("notify: {owner: true, template: agent_new}", Notify("agent_new", owner=True), None),
        (
            "notify: {team: queue, template: agent_new}",
            Notify("agent_new", team="queue"),
            'notify team queue "agent_new"',
        ),
        ("notify: {team: billing, template: agent_new}", Notify("agent_new", team="billing"), None),
        ("notify: {role: lead, template: agent_new}", Notify("agent_new", role="lead"), 'notify role lead "agent_new"'),
        ("notify: {to: nina, template: agent_new}", Notify("agent_new", to=("nina",)), None),
        ("untag: [vip, from-mail]", RemoveTags(("vip", "from-mail")), "untag vip, from-mail"),
        ("unset: order", UnsetFields(("order",)), "unset order"),
        ("assign: nina", AssignOwner("nina", "nina"), "assign nina"),
        (
            "pending: {for: 3d}",
            Pend(NOW + timedelta(days=3)),
            "pending until 2026-03-05 09:30 UTC",
        ),
        ("pending: {for: 1h}", Pend(NOW + timedelta(hours=1)), None),
        ('pending: {until: "2026-12-24 10:00"}', Pend(datetime(2026, 12, 24, 10, tzinfo=UTC)), None),
        ("pending: {until: 2026-12-24}", Pend(datetime(2026, 12, 24, tzinfo=UTC)), None),
        ("close", Close(), "close"),
        ("close: closed", Close("closed"), 'close "closed"'),
        ("close: {template: closed}", Close("closed"), None),
        ("reopen", Reopen(), "reopen"),
        ("note: {template: agent_new}", AddNoteFrom("agent_new"), 'note "agent_new"'),
        ("type: Service request", SetType("Service request"), "type Service request"),
        ("type: none", SetType(""), "type none"),
        ("watch: [nina, a@b.example]", Watch(("nina", "a@b.example")), "watch nina, a@b.example"),
        ("unwatch: nina", Unwatch(("nina",)), "unwatch nina"),
        ("forward: {to: a@b.example}", Forward("a@b.example"), "forward to a@b.example as attachment"),
        (
            "forward: {to: a@b.example, strip: attachments}",
            Forward("a@b.example", whole=False, files=False),
            "forward to a@b.example inline without attachments",
        ),
        ("merge: {into: '#1040'}", Merge("1040"), "merge into 1040"),
        ('merge: {into: "{{ ticket.number }}"}', Merge("1042"), "merge into 1042"),
        ("reply: {template: received, to: requester}", Reply("received"), None),
        (
            "notify: {watchers: true, template: agent_new, digest: ok}",
            Notify("agent_new", watchers=True, digest=True),
            'notify watchers "agent_new" in the digest',
        ),
        (
            "notify: {to: [nina, a@b.example], template: agent_new}",
            Notify("agent_new", to=("nina", "a@b.example")),
            None,
        ),
    ],
)
def test_each_verb_gives_its_action(action: str, expected: Action | NewAction, told: str | None) -> None:
    evaluation = run(f"rules:\n  - name: r\n    when: ticket.created\n    do:\n      - {action}\n")
    (fired,) = evaluation.fired
    assert fired.action == expected
    assert (fired.rule, fired.file, fired.line, fired.index) == ("r", "10-test.yaml", 5, 0)
    if told is not None:
        assert evaluation.trace.steps[0].actions == (told,)


@pytest.mark.parametrize(
    ("action", "code", "said"),
    [
        ("qeue: billing", "MG005", 'did you mean "queue"?'),
        ("queue: biling", "MG101", 'did you mean "billing"?'),
        ("queue: [billing]", "MG007", "a list"),
        ("priority: hihg", "MG004", 'did you mean "high"?'),
        ("priority: 5", "MG004", "low, normal, high, urgent"),
        ("state: merged", "MG004", "closed"),
        ("state:", "MG007", "no value"),
        ("tag: two words", "MG004", "no blanks"),
        ("tag: []", "MG007", "empty"),
        ("set: order", "MG007", "mapping"),
        ("set: {}", "MG007", "sets nothing"),
        ("set: {Order: x}", "MG004", "name of a field"),
        ('set: {order: "{{ m.order }}"}', "MG122", "name a group"),
        ('set: {order: "{{ tiket.queue }}"}', "MG122", 'did you mean "ticket"?'),
        ('set: {order: "{{ ticket.qeue }}"}', "MG122", 'did you mean "ticket.queue"?'),
        ('set: {order: "{{ ticket }}"}', "MG122", "no variable"),
        ('note: "{{ m.x"', "MG009", "unexpected end"),
        ('note: "{{ range(5) }}"', "MG009", "call"),
        ('note: "{% for x in y %}{% endfor %}"', "MG009", "loop"),
        ("note: {template: agent_nwe}", "MG104", 'did you mean "agent_new"?'),
        ("note: {}", "MG007", "note: {template: NAME}"),
        ("note: {text: x}", "MG003", "no key"),
        ("reply: recieved", "MG104", 'did you mean "received"?'),
        ("reply: {every: 24h}", "MG007", "which template"),
        ("reply: {template: received, every: often}", "MG004", "duration"),
        ("reply: {template: received, to: a@b}", "MG004", "requester"),
        ("reply: {template: received, evry: 1h}", "MG003", 'did you mean "every"?'),
        ("notify: billing", "MG004", "notify: {team: billing, template: agent_new}"),
        ("notify: nina", "MG004", "notify: {to: nina, template: agent_new}"),
        ("notify: lead", "MG004", "notify: {role: lead, template: agent_new}"),
        ("notify: owner", "MG004", "notify: {owner: true, template: agent_new}"),
        ("notify: agent_nwe", "MG104", 'did you mean "agent_new"?'),
        ("notify: {template: agent_new}", "MG007", "names nobody"),
        ("notify: {team: queue}", "MG007", "which template"),
        ("notify: {team: queue, role: lead, template: agent_new}", "MG007", "names team and role"),
        ("notify: {team: biling, template: agent_new}", "MG103", 'did you mean "billing"?'),
        ("notify: {role: leed, template: agent_new}", "MG102", 'did you mean "lead"?'),
        ("notify: {to: ninna, template: agent_new}", "MG102", 'did you mean "nina"?'),
        ("notify: {owner: false, template: agent_new}", "MG004", "notifies nobody"),
        ("notify: {watchers: false, template: agent_new}", "MG004", "notifies nobody"),
        ("notify: {old_owner: true, template: agent_new}", "MG120", "nobody owned it before at"),
        ("notify: {watchers: true, owner: true, template: agent_new}", "MG007", "owner and watchers"),
        ("notify: {owner: true, template: agent_new, digest: yes}", "MG004", "expected ok"),
        ("notify: {who: nina, template: agent_new}", "MG003", "no key"),
        ("stop: rule", "MG004", "event"),
        ("untag: a b", "MG004", "no blanks"),
        ("unset: Order", "MG004", "name of a field"),
        ("unset: []", "MG007", "empty"),
        ("pending: 3d", "MG007", "pending: {for: 3d}"),
        ("pending: {}", "MG007", "either for: or until:"),
        ("pending: {for: 3d, until: 2026-12-24}", "MG007", "either for: or until:"),
        ("pending: {for: soon}", "MG004", "is not a duration"),
        ("pending: {for: 5s}", "MG004", "a minute at least"),
        ("pending: {until: tomorrow}", "MG004", "2026-12-24 10:00"),
        ("pending: {until: 2026-02-30}", "MG004", "2026-12-24 10:00"),
        ("pending: {until: 0000-01-01}", "MG004", "2026-12-24 10:00"),
        ("pending: {for: 3d, then: closed}", "MG004", "expected open"),
        ("pending: {four: 3d}", "MG003", 'did you mean "for"?'),
        ("close: {after: 30s, template: closed}", "MG004", "a minute at least"),
        ("close: {after: soon}", "MG004", "not a duration"),
        ("close: closd", "MG104", 'did you mean "closed"?'),
        ("close: {tempalte: closed}", "MG003", 'did you mean "template"?'),
        ("pending: {until: [x]}", "MG007", "a list"),
        ("pending: {for: [x]}", "MG007", "a list"),
        ("assign: {least_busy: {team: billing, max: [1]}}", "MG007", "a list"),
        ("note: [x]", "MG007", "a list"),
        ("notify: [x]", "MG007", "which template"),
        ("close: {}", "MG007", "write - close"),
        ("close:", "MG007", "no value"),
        ("reopen: true", "MG007", "write - reopen"),
        ("forward: a@b.example", "MG007", "write forward: {to: vendor@parts.example}"),
        ("forward: {as: inline}", "MG007", "to whom"),
        ("forward: {to: nina}", "MG004", "with notify"),
        ("forward: {to: '{{ m.x }}@b.example'}", "MG004", "is not an address"),
        ("forward: {to: a@b.example, as: attached}", "MG004", 'did you mean "attachment"?'),
        ("forward: {to: a@b.example, strip: all}", "MG004", "attachments"),
        ("forward: {to: a@b.example, as: attachment, strip: attachments}", "MG007", "as: inline"),
        ("forward: {too: a@b.example}", "MG003", 'did you mean "to"?'),
        ("merge: 1040", "MG007", "write merge: {into:"),
        ("merge: {}", "MG007", "names no ticket"),
        ("merge: {onto: 1}", "MG003", 'did you mean "into"?'),
        ("merge: {into: the other}", "MG004", "is not the number of a ticket"),
        ('merge: {into: "{{ m.id }}"}', "MG122", "name a group"),
        ("split: true", "MG007", "write - split"),
        ("split", "MG120", "customer.replied or third_party.replied"),
        ("watch: ninna", "MG102", 'did you mean "nina"?'),
        ("unwatch: []", "MG007", "empty"),
        ("type: [a, b]", "MG007", "a list"),
        (f"type: {'x' * 61}", "MG004", "at most 60 characters"),
        ("sla: gold", "MG012", '"sla" is not in this version'),
        ("start: book-order", "MG115", 'no process "book-order"'),
        ("use: page-the-lead", "MG106", "macro"),
        ("{tag: a, queue: billing}", "MG011", '"- " line'),
        ("{}", "MG011", "exactly one key"),
        ("reply", "MG007", "write - reply: value"),
        ("[tag]", "MG007", "a list"),
    ],
)
def test_a_wrong_action_is_one_error_with_its_mend(action: str, code: str, said: str) -> None:
    (problem,) = action_problems(action)
    assert (problem.code, problem.line, problem.severity) == (code, 5, "error")
    assert said in f"{problem.message}; {problem.expected}; {problem.mend}"


def test_two_verbs_in_one_item_are_shown_at_the_second() -> None:
    (problem,) = problems(
        "rules:\n- name: r\n  when: ticket.created\n  do:\n    - tag: billing\n      queue: billing\n"
    )
    assert (problem.code, problem.line, problem.column, problem.width) == ("MG011", 6, 7, 5)


def test_every_zero_is_a_warning() -> None:
    (problem,) = action_problems("reply: {template: received, every: 0s}")
    assert (problem.code, problem.severity) == ("MG301", "warning")


def test_fields_are_checked_where_they_are_declared() -> None:
    declared = Vocabulary(fields=frozenset({"order"}))
    text = "rules: [{name: r, when: ticket.created, if: {field.odrer: x}, do: [{set: {oder: x}}, {set: {order: x}}]}]"
    assert [problem.code for problem in problems(text, declared)] == ["MG108", "MG108"]
    assert problems(text, VOCABULARY) == ()


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (r"{subject: '/(?P<order>\d+)/'}", None),
        (r"{any: [{subject: '/(?P<order>\d+)/'}, {body: '/(?P<order>\d+)/'}]}", None),
        (r"{subject: ['/(?P<order>\d+)/', '/#(?P<order>\d+)/']}", None),
        (r"{all: [{subject: '/(?P<order>\d+)/'}, {any: [{body: x}, {body: y}]}]}", None),
        (r"{subject: ['/(?P<order>\d+)/', other]}", "MG123"),
        (r"{any: [{subject: '/(?P<order>\d+)/'}, {from: acme.example}]}", "MG123"),
        (r"{not: {subject: '/(?P<order>\d+)/'}}", "MG123"),
        (r"{subject: '/(?P<oder>\d+)/'}", "MG122"),
        (r"{from: acme.example}", "MG122"),
    ],
)
def test_a_capture_must_be_there_on_every_way_to_its_use(condition: str, code: str | None) -> None:
    text = f'rules: [{{name: r, when: ticket.created, if: {condition}, do: [{{set: {{x: "{{{{ m.order }}}}"}}}}]}}]'
    assert [problem.code for problem in problems(text)] == ([code] if code else [])


def test_captures_of_one_case_are_unknown_in_another() -> None:
    text = r"""
    rules:
      - name: r
        when: ticket.created
        if: {body: '/(?P<all>x)/'}
        first:
          - {if: {subject: '/(?P<one>x)/'}, do: [{set: {x: "{{ m.one }}{{ m.all }}"}}]}
          - {else: true, do: [{set: {x: "{{ m.all }}"}}, {set: {y: "{{ m.one }}"}}]}
    """
    assert [(problem.code, problem.line) for problem in problems(text)] == [("MG122", 8)]


def test_the_index_of_an_action_counts_through_all_cases() -> None:
    ruleset = rules(
        """
        rules:
          - name: r
            when: ticket.created
            first:
              - {if: {subject: x}, do: [{tag: a}, {tag: b}]}
              - {else: true, do: [{tag: c}]}
        """
    )
    assert [task.index for task in ruleset.rules[0].all_tasks] == [0, 1, 2]


def test_a_rule_does_not_ask_for_endless_actions() -> None:
    (problem,) = problems(f"rules: [{{name: r, when: ticket.created, do: [{'{tag: a}, ' * 101}]}}]")
    assert (problem.code, "101" in problem.message) == ("MG008", True)


@pytest.mark.parametrize(
    ("action", "events", "codes_found"),
    [
        ("forward: {to: a@b.example}", "[customer.replied, third_party.replied, ticket.reopened]", []),
        ("forward: {to: a@b.example}", "[agent.replied, customer.replied]", ["MG120"]),
        ("forward: {to: a@b.example}", "note.added", ["MG120"]),
        ("notify: {old_owner: true, template: agent_new}", "owner.changed", []),
        ("notify: {old_owner: true, template: agent_new}", "[owner.changed, agent.replied]", ["MG120"]),
        ("forward: {to: a@b.example}", "state.changed", ["MG120"]),
        ("split", "[customer.replied, third_party.replied]", []),
        ("split", "ticket.created", ["MG120"]),
        ("merge: {into: '1040'}", "state.changed", []),
        ("merge: {into: '1040'}", "message.received", ["MG120"]),
        ("watch: nina", "pending.due", []),
    ],
)
def test_what_needs_a_mail_from_outside_is_asked_where_there_is_one(
    action: str, events: str, codes_found: list[str]
) -> None:
    assert [problem.code for problem in action_problems(action, events)] == codes_found


def test_what_stands_behind_split_is_never_reached() -> None:
    (problem,) = problems("rules: [{name: r, when: customer.replied, do: [split, {tag: x}]}]")
    assert (problem.code, problem.severity) == ("MG201", "warning")
