"""What rules ask about the whole desk: asked only where a rule set needs it."""

from typing import Any

import pytest
import sqlalchemy as sa

from mailgate.decision.circumstances import NO_CIRCUMSTANCES
from mailgate.store import tables
from mailgate.store.circumstances import circumstances
from mailgate.store.counters import reserve
from mailgate.store.engine import Store
from tests.support.desk import NOW, Pipeline, make_policy, make_raw
from tests.support.rows import insert_ticket
from tests.support.statements import statements


def fill(c: sa.Connection) -> None:
    """Tickets: nina has two open ones and kim one, and each closed ones."""
    for n, (state, owner, queue) in enumerate(
        [
            ("open", "nina", "support"),
            ("new", "nina", "billing"),
            ("pending", "kim", "support"),
            ("closed", "kim", "support"),
            ("spam", "kim", "support"),
            ("open", None, "support"),
            ("open", None, "support"),
        ],
        1,
    ):
        insert_ticket(c, n, NOW, state=state, owner=owner, queue=queue)


def asked(store: Store, *needs: str) -> Any:
    return store.read_now(lambda c: circumstances(c, set(needs)))


def test_nothing_is_asked_that_no_rule_needs(store: Store) -> None:
    with statements(store._read_engine) as made:
        assert asked(store) == NO_CIRCUMSTANCES
    assert made == []


def test_open_tickets_are_counted_by_owner_and_by_queue(store: Store) -> None:
    store.write_now(fill)
    found = asked(store, "loads", "queue sizes")
    assert found.loads == {"nina": 2, "kim": 1}
    assert found.queue_sizes == {"support": 4, "billing": 1}


def test_a_round_robin_that_never_went_on_begins_at_its_first(store: Store) -> None:
    assert asked(store, "rotation").rotation == {}
    store.write_now(lambda c: reserve(c, "rotation:first-line", 1))
    store.write_now(lambda c: reserve(c, "ticket", 1))
    assert asked(store, "rotation").rotation == {"first-line": 1}


RULES = "rules: [{name: x, when: ticket.created, do: [{assign: {round_robin: {team: first-line}}}, {note: {text}}]}]"


@pytest.mark.parametrize(
    "action",
    ["{round_robin: {team: first-line}}", "{least_busy: {team: first-line}}", "previous"],
)
def test_a_batch_finds_what_one_mail_after_the_other_finds(store: Store, action: str) -> None:
    rules = f"rules: [{{name: x, when: ticket.created, do: [{{assign: {action}}}]}}]"
    desk = Pipeline(store, make_policy(rules))
    owners: list[list[str | None]] = []
    for batch in (1, 8):
        mails = [make_raw(message_id=f"<{batch}.{n}@x>", sender=f"{batch}.{n % 3}@acme.example") for n in range(8)]
        found = []
        for raw in mails:
            desk.accept(raw)
            if batch == 1:
                found += desk.process()
        found += desk.process()
        owners.append([plan.ticket.owner for plan in found if plan.ticket is not None])
        store.write_now(lambda c: c.execute(sa.update(tables.tickets).values(state="closed")))
        store.write_now(
            lambda c: c.execute(sa.delete(tables.counters).where(tables.counters.c.name.like("rotation:%")))
        )
    assert owners[0] == owners[1]
    if "team" in action:
        assert owners[0] == ["nina", "kim"] * 4
