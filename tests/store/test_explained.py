"""Traces, history and outbox of a ticket, put together: each mail with what came of it and of no other."""

import json
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from mailgate.decision.explained import Explained
from mailgate.store.engine import Store
from mailgate.store.explained import MOST_TRACES, explain_mail, explain_ticket, explained_of
from mailgate.store.history import Chain, entry
from mailgate.store.tables import history, tickets, traces
from tests.store.conftest import NOW
from tests.support.desk import Pipeline, make_envelope, make_policy, make_raw
from tests.support.rows import insert_ticket
from tests.support.statements import statements

RULES = """
rules:
  - name: urgent
    when: [ticket.created, customer.replied]
    if: {subject: invoice}
    do: [{priority: high}]
  - name: acknowledge
    when: ticket.created
    do: [{reply: received}]
"""


@pytest.fixture
def desk(store: Store) -> Pipeline:
    return Pipeline(store, make_policy(RULES))


def explained(store: Store, number: str = "1") -> tuple[Explained, ...]:
    found = store.read_now(lambda c: explain_ticket(c, number))
    assert found is not None
    return found.traces


def told(one: Explained) -> list[tuple[str, str]]:
    return [(effect.actor, effect.event) for effect in one.effects]


def answer(number: int, to: str = "<1@acme.example>") -> bytes:
    return make_raw(message_id=f"<{number}@acme.example>", in_reply_to=to)


def test_a_ticket_is_explained_by_its_traces_with_what_they_did(desk: Pipeline, store: Store) -> None:
    desk.run([(make_raw(), None)])
    found = store.read_now(lambda c: explain_ticket(c, "1"))
    assert found is not None
    assert (found.number, found.subject) == ("1", "Invoice")
    [one] = found.traces
    assert (one.trace.at, one.trace.spool_id, one.trace.ruleset) == (NOW, 1, desk.policy.rules.hash)
    assert [step["rule"] for step in one.trace.body["events"][0]["steps"]] == ["urgent", "acknowledge"]
    assert ("customer", "ticket.created") in told(one)
    assert ("rule:urgent", "priority.changed") in told(one)
    [mail] = [effect.mail for effect in one.effects if effect.event == "mail.composed"]
    assert mail is not None
    assert (mail.id, mail.template, mail.recipient, mail.state) == (1, "received", "ana@acme.example", "waiting")


def test_what_an_agent_did_by_herself_is_told_though_no_rule_looked_at_it(desk: Pipeline, store: Store) -> None:
    desk.run([(make_raw(), None)])
    later = NOW + timedelta(hours=1)
    chain = Chain(100, b"")
    by_her = entry(chain, 1, later, "agent:nina", "state.changed", {"old": "new", "new": "spam"}, b"12345678")
    much_later = entry(chain, 1, later + timedelta(hours=1), "mailgate", "mail.sent", {}, b"12345678")
    store.write_now(lambda c: c.execute(sa.insert(history), [by_her, much_later]))
    first, second = explained(store)
    assert (first.trace.at, second.trace.at, second.trace.ruleset) == (NOW, later, "")
    assert ("agent:nina", "state.changed") in told(second)


def test_what_no_rule_looked_at_names_its_mail_where_that_is_an_article(store: Store) -> None:
    silent = Pipeline(store, make_policy())
    silent.run([(make_raw(), make_envelope(at=NOW - timedelta(hours=1)))])
    at = store.read_now(lambda c: c.execute(sa.select(history.c.at)).scalars().first())
    by_her = sa.update(history).values(actor="agent:nina")
    store.write_now(lambda c: (c.execute(sa.delete(traces)), c.execute(by_her)))
    [one] = explained(store)
    assert (one.trace.at, one.trace.spool_id, one.trace.ruleset) == (at, 1, "")


def test_there_is_nothing_to_explain_where_there_is_no_ticket(store: Store) -> None:
    assert store.read_now(lambda c: explain_ticket(c, "1")) is None
    assert store.read_now(lambda c: explain_mail(c, 1)) == ()


def test_mails_of_one_batch_do_not_share_their_effects(desk: Pipeline, store: Store) -> None:
    desk.run([(make_raw(), None), (answer(2), None), (answer(3), None)])
    first, second, third = explained(store)
    assert [each.trace.spool_id for each in (first, second, third)] == [1, 2, 3]
    assert ("customer", "ticket.created") in told(first)
    assert [sum(event == "article.added" for _, event in told(each)) for each in (first, second, third)] == [1, 1, 1]
    assert [
        effect.detail["article"]
        for each in (second, third)
        for effect in each.effects
        if effect.event == "article.added"
    ]
    assert "mail.composed" not in [event for _, event in (*told(second), *told(third))]


def test_mails_that_waited_and_are_processed_together_do_not_share_their_effects(desk: Pipeline, store: Store) -> None:
    """An article bears the time when its mail came, what came of it the time when it was decided."""
    came = make_envelope(at=NOW - timedelta(hours=1))
    desk.run([(make_raw(), came), (answer(2), came), (answer(3), came)])
    for number in (1, 2, 3):
        [one] = store.read_now(lambda c, number=number: explain_mail(c, number))  # type: ignore[misc]
        assert sum(event == "article.added" for _, event in told(one)) == 1


def test_evidence_names_tickets_by_their_numbers(store: Store) -> None:
    store.write_now(lambda c: insert_ticket(c, 7, NOW))
    store.write_now(lambda c: c.execute(sa.update(tickets).values(number="2026-0007")))
    body = {"evidence": [{"kind": "subject", "value": "x", "ticket": 7, "won": True}], "authenticity": "", "events": []}
    write_trace(store, 7, json.dumps(body))
    [one] = explained(store, "2026-0007")
    assert one.trace.body["evidence"][0]["ticket"] == "2026-0007"


def test_a_trace_of_an_older_version_is_read_as_well(store: Store) -> None:
    store.write_now(lambda c: insert_ticket(c, 7, NOW))
    write_trace(
        store, 7, '{"evidence":[],"authenticity":"","event":"ticket.created","steps":[{"rule":"a"}],"skipped":2}'
    )
    [one] = explained(store, "7")
    assert one.trace.body["events"] == [{"event": "ticket.created", "steps": [{"rule": "a"}], "skipped": 2}]


def test_an_erased_detail_leaves_its_event(desk: Pipeline, store: Store) -> None:
    desk.run([(make_raw(), None)])
    store.write_now(lambda c: c.execute(sa.update(history).values(detail=None, salt=None)))
    [one] = explained(store)
    assert ("rule:urgent", "priority.changed") in told(one)
    assert all(effect.detail == {} for effect in one.effects)


def test_one_mail_is_explained_alone(desk: Pipeline, store: Store) -> None:
    desk.run([(make_raw(), None), (answer(2), None)])
    [one] = store.read_now(lambda c: explain_mail(c, 2))
    assert one.trace.spool_id == 2
    assert ("customer", "ticket.created") not in told(one)


def test_a_trace_without_a_ticket_is_found_by_its_mail(store: Store) -> None:
    write_trace(store, None, '{"evidence":[],"authenticity":"","events":[]}', spool_id=9)
    [one] = store.read_now(lambda c: explain_mail(c, 9))
    assert one.effects == ()


def test_a_mail_gets_the_newest_traces_only(store: Store) -> None:
    store.write_now(lambda c: insert_ticket(c, 7, NOW))
    for number in range(MOST_TRACES + 5):
        write_trace(store, 7, '{"evidence":[],"authenticity":"","events":[]}', spool_id=number + 1)
    found = store.read_now(lambda c: explained_of(c, [7, 8]))
    assert [each.trace.spool_id for each in found[7].traces] == list(range(6, MOST_TRACES + 6))
    assert (found[7].of, found[7].first, list(found)) == (MOST_TRACES + 5, 6, [7])


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [(slice(None), [1, 2, 3, 4, 5, 6]), (slice(-2, None), [5, 6]), (slice(3, 4), [4]), (slice(9, 10), [])],
)
def test_some_in_a_row_are_what_they_are_among_all(
    desk: Pipeline, store: Store, wanted: slice, expected: list[int]
) -> None:
    """Three mails share each moment, and what came of each."""
    desk.run([(make_raw(), None), (answer(2), None), (answer(3), None)])
    desk.now += timedelta(hours=1)
    desk.run([(answer(number), None) for number in (4, 5, 6)])
    whole, found = explained(store), store.read_now(lambda c: explain_ticket(c, "1", wanted))
    assert found is not None
    assert found.traces == whole[wanted]
    assert ([each.trace.spool_id for each in found.traces], found.of) == (expected, 6)
    assert not expected or found.first == expected[0]


def test_a_long_ticket_costs_no_more_statements_than_a_short_one(store: Store) -> None:
    def asked(most: int) -> int:
        for number in range(most):
            at = NOW + timedelta(minutes=number)
            write_trace(store, 7, '{"evidence":[],"authenticity":"","events":[]}', spool_id=number + 1, at=at)
        with statements(store._read_engine) as seen:
            explained(store, "7")
        return len(seen)

    store.write_now(lambda c: insert_ticket(c, 7, NOW))
    assert asked(1) == asked(30)


def write_trace(store: Store, ticket: int | None, body: str, spool_id: int | None = None, at: datetime = NOW) -> None:
    row = {"spool_id": spool_id, "ticket_id": ticket, "at": at, "ruleset": "h", "body": body}
    store.write_now(lambda c: c.execute(sa.insert(traces), row))
