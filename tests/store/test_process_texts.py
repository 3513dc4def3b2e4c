"""Where a ticket stands in its process is stored whole, on both databases, with the text of its version."""

from dataclasses import replace
from datetime import timedelta

from mailgate.rules.ruleset import compiled
from mailgate.rules.vocabulary import Vocabulary
from mailgate.store import due
from mailgate.store.engine import Store
from mailgate.store.known import load_tickets
from mailgate.store.process_stats import StepStats, step_stats
from mailgate.store.process_texts import process_texts
from tests.support.desk import NOW, Pipeline, make_policy, make_raw

ORDER = """
process: order
version: 1
start: approve
steps:
  approve:
    approval: {by: [nina, kim], quorum: 2, remind: 1d, expires: 5d}
    granted: done
    denied: done
    expired: done
  done: {end: true}
"""
RULES = "rules: [{name: go, when: ticket.created, do: [{start: order}]}]"


def test_a_ticket_in_a_process_comes_back_as_it_was(store: Store) -> None:
    policy = make_policy()
    files = {"10.yaml": RULES.encode(), "processes/order.yaml": ORDER.encode()}
    rules, problems, _ = compiled(files, Vocabulary(agents=frozenset(policy.agents)))
    assert rules is not None, problems
    desk = Pipeline(store, replace(policy, rules=rules))
    (plan,) = desk.run([(make_raw(), None)])
    ticket = plan.ticket
    assert ticket is not None
    assert ticket.running is not None
    assert ticket.running.approval is not None
    stored = store.read_now(lambda c: load_tickets(c, [ticket.id]))[ticket.id]
    assert stored.running == ticket.running
    assert store.read_now(lambda c: process_texts(c, [stored])) == {ticket.running.definition: ORDER}
    tomorrow = plan.at + timedelta(days=1)
    assert store.read_now(lambda c: due.processes_due(c, NOW, 10)) == []
    assert store.read_now(lambda c: due.processes_due(c, tomorrow, 10)) == [stored.id]
    assert store.read_now(lambda c: due.anything_due(c, tomorrow))
    assert store.read_now(lambda c: due.next_moment(c, NOW)) == tomorrow
    assert store.read_now(step_stats) == [StepStats("order", "approve", 1, 0, 0.0)]
