"""What `when:` says, and what of a change it asks."""

import pytest

from mailgate.mail.message import NO_MESSAGE
from mailgate.rules.evaluate import evaluate
from mailgate.rules.events import NAMED
from mailgate.rules.situation import NO_ENVELOPE, Situation
from mailgate.rules.vocabulary import Vocabulary
from tests.rules.desk import NOW, OURS, TICKET, codes, problems, rules


def change(event: str, old: str = "", new: str = "", field: str = "") -> Situation:
    return Situation(event, TICKET, NO_MESSAGE, NO_ENVELOPE, OURS, NOW, old=old, new=new, field=field)


@pytest.mark.parametrize(
    ("when", "of", "hit"),
    [
        ("state.changed", change("state.changed", "open", "closed"), True),
        ("{state.changed: {to: closed}}", change("state.changed", "open", "closed"), True),
        ("{state.changed: {to: closed}}", change("state.changed", "closed", "open"), False),
        ("{state.changed: {from: closed}}", change("state.changed", "closed", "open"), True),
        ("{state.changed: {from: [new, open], to: closed}}", change("state.changed", "open", "closed"), True),
        ("{state.changed: {from: new, to: closed}}", change("state.changed", "open", "closed"), False),
        ("{queue.changed: {to: billing}}", change("queue.changed", "support", "billing"), True),
        ("{owner.changed: {to: nina}}", change("owner.changed", "", "nina"), True),
        ("{owner.changed: {to: none}}", change("owner.changed", "nina", ""), True),
        ("{owner.changed: {from: none}}", change("owner.changed", "nina", ""), False),
        ("{priority.changed: {to: at least high}}", change("priority.changed", "low", "urgent"), True),
        ("{priority.changed: {to: at least high}}", change("priority.changed", "urgent", "low"), False),
        ("{tag.added: vip}", change("tag.added", new="vip"), True),
        ("{tag.added: [a, 'v*']}", change("tag.added", new="vip"), True),
        ("{tag.added: eu}", change("tag.added", new="vip"), False),
        ("{field.changed: order}", change("field.changed", "1", "2", "order"), True),
        ("{field.changed: price}", change("field.changed", "1", "2", "order"), False),
        ("[ticket.created, {tag.added: vip}]", change("tag.added", new="vip"), True),
        ("{tag.added: vip, state.changed: {to: closed}}", change("state.changed", "", "closed"), True),
        ("[{tag.added: vip}, {tag.added: eu}]", change("tag.added", new="eu"), True),
        ("[{tag.added: vip}, tag.added]", change("tag.added", new="eu"), True),
        ("{tag.added: vip}", change("state.changed", "", "closed"), False),
    ],
)
def test_a_change_is_asked_what_it_was(when: str, of: Situation, hit: bool) -> None:
    evaluation = evaluate(rules(f"rules: [{{name: r, when: {when}, do: [{{tag: hit}}]}}]"), of)
    assert bool(evaluation.fired) is hit


def test_the_trace_shows_what_was_asked_of_the_event() -> None:
    text = (
        "rules: [{name: r, when: {state.changed: {to: closed}}, if: {old: open}, do: [{note: '{{ old }} {{ new }}'}]}]"
    )
    (step,) = evaluate(rules(text), change("state.changed", "open", "closed")).trace.steps
    assert [(each.field, each.match, each.value) for each in step.conditions] == [
        ("state.changed to", "closed", "closed"),
        ("old", "open", "open"),
    ]
    assert step.actions == ('note "open closed"',)


@pytest.mark.parametrize(
    ("when", "code", "said"),
    [
        ("state.chnaged", "MG004", 'did you mean "state.changed"?'),
        ("sla.breached", "MG012", '"sla.breached" is not in this version'),
        ("reload.faild", "MG004", 'did you mean "reload.failed"?'),
        ("schedule without for_each", "MG004", "no event"),
        ("{agent.away: nina}", "MG121", "under if:"),
        ("{}", "MG007", "empty"),
        ("{state.changed: closed}", "MG007", "takes from: and to:"),
        ("{state.changed: {too: closed}}", "MG003", 'did you mean "to"?'),
        ("{state.changed: {to: closd}}", "MG004", 'did you mean "closed"?'),
        ("{queue.changed: {to: biling}}", "MG101", 'did you mean "billing"?'),
        ("{owner.changed: {to: ninna}}", "MG102", 'did you mean "nina"?'),
        ("{priority.changed: {to: hihg}}", "MG004", 'did you mean "high"?'),
        ("{ticket.created: {to: x}}", "MG121", "under if:"),
        ("{pending.due: x}", "MG121", "under if:"),
        ("[]", "MG007", "empty"),
        ("", "MG007", "no value"),
    ],
)
def test_a_wrong_event_is_one_error_with_its_mend(when: str, code: str, said: str) -> None:
    (problem,) = problems(f"rules:\n  - name: r\n    when: {when}\n    do: [stop]\n")
    assert (problem.code, problem.line) == (code, 3)
    assert said in f"{problem.message}; {problem.mend}"


def test_the_field_that_changed_is_a_field_that_is_declared() -> None:
    text = "rules: [{name: r, when: {field.changed: oder}, do: [stop]}]"
    (problem,) = problems(text, Vocabulary(fields=frozenset({"order"})))
    assert (problem.code, problem.mend) == ("MG108", 'did you mean "order"?')


@pytest.mark.parametrize(
    "event",
    [
        *(event for event in NAMED if event not in ("message.received", "idle", "schedule", "reload.failed")),
        "{idle: 3d}",
        "{schedule: '0 8 * * *', for_each: ticket}",
    ],
)
def test_every_event_of_a_ticket_takes_conditions_on_it(event: str) -> None:
    condition = (
        "{queue: support, state: open, tag: x, owner: none, age: over 1d, customer.email: a@b.example, field.x: y}"
    )
    assert problems(f"rules: [{{name: r, when: {event}, if: {condition}, do: [{{tag: x}}]}}]") == ()


@pytest.mark.parametrize(
    "condition", ["from: a@b.example", "subject: x", "header.X: y", "recipient: a@", "is_auto: true"]
)
@pytest.mark.parametrize("event", ["state.changed", "pending.due", "delivery.failed"])
def test_a_fact_that_an_event_does_not_have_is_an_error(event: str, condition: str) -> None:
    (problem,) = problems(f"rules: [{{name: r, when: [ticket.created, {event}], if: {{{condition}}}, do: [stop]}}]")
    assert problem.code == "MG120"
    assert problem.message.endswith(f"does not exist at {event}")


def test_a_variable_that_an_event_does_not_have_is_an_error() -> None:
    text = "rules: [{name: r, when: [state.changed, pending.due], do: [{note: '{{ msg.subject }} {{ old }}'}]}]"
    assert codes(problems(text)) == ["MG120", "MG120"]
