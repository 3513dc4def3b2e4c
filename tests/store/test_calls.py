"""What rules call: rows of the outbox, written with the ticket's change, taken by a worker of their own, and told."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailgate.decision.effects import Remark
from mailgate.delivery.call import Call
from mailgate.delivery.result import Parcel
from mailgate.ids import SeededIds
from mailgate.rules.outside import KnownWebhook
from mailgate.rules.ruleset import compiled
from mailgate.rules.vocabulary import Vocabulary
from mailgate.rules.web_address import parse_web_address
from mailgate.store import outbox
from mailgate.store.engine import Store
from mailgate.store.explained import explain_ticket
from mailgate.store.history import broken_chains
from mailgate.store.liveness import release_dead
from mailgate.store.outbox import Attempted
from mailgate.store.reports import outbox_list, ticket_show
from tests.support.desk import NOW, Pipeline, make_envelope, make_policy, make_raw

VOCABULARY = Vocabulary(
    queues=frozenset(("support", "billing")),
    webhooks=(KnownWebhook("erp", parse_web_address("https://erp.example.com/hook"), signed=True),),
    programs=frozenset(("sync",)),
)
RULES = b"""
rules:
  - name: tell
    when: [ticket.created, customer.replied]
    do:
      - priority: high
      - webhook: erp
      - webhook:
          url: "https://erp.example.com/q/{{ ticket.queue }}"
          method: PUT
          body: {who: "{{ msg.from }}"}
          retries: 2
      - run: {program: sync, timeout: 2m}
"""
IDS = SeededIds()
PAGE = (Path(__file__).parents[2] / "docs/how-to/call-another-system.md").read_text(encoding="utf-8")


@pytest.fixture
def desk(store: Store) -> Pipeline:
    rules, problems, _ = compiled({"10.yaml": RULES}, VOCABULARY)
    assert rules is not None, problems
    return Pipeline(store, replace(make_policy(queue={"strangers": "unverified"}), rules=rules))


def claimed(store: Store, owner: str = "a", at: Any = NOW) -> list[outbox.Due]:
    return store.write_now(lambda c: outbox.claim(c, owner, at, 10, calls=True))


def test_the_calls_are_written_with_the_ticket_and_only_their_worker_takes_them(store: Store, desk: Pipeline) -> None:
    desk.run([(make_raw(), None)])
    assert not store.read_now(lambda c: outbox.any_due(c, NOW))
    assert store.write_now(lambda c: outbox.claim(c, "mail", NOW, 10)) == []
    assert store.read_now(lambda c: outbox.any_due(c, NOW, calls=True))
    erp, put, sync = claimed(store)
    assert [each.recipient for each in (erp, put, sync)] == [
        "https://erp.example.com/hook",
        "https://erp.example.com/q/support",
        "sync",
    ]
    assert json.loads(put.content) == {"who": "ana@acme.example"}
    assert len({each.message_id for each in (erp, put, sync)}) == 3
    call = Call.of(Parcel(put.id, None, put.recipient, put.content, put.message_id, 0, NOW, put.call))
    assert call == Call("webhook", "erp", "ticket.created", "tell", timedelta(seconds=5), 2, "PUT")


def test_the_document_of_an_event_holds_no_word_of_the_customer(store: Store, desk: Pipeline) -> None:
    desk.run([(make_raw(subject="Invoice of Mr Smith", text="my secret"), None)])
    erp, _, sync = claimed(store)
    document = json.loads(erp.content)
    assert document["event"] == "ticket.created"
    assert (document["ticket"]["queue"], document["ticket"]["priority"]) == ("support", "high")
    assert document["ticket"]["number"] == ticket_of(store)
    assert document["articles"] == [document["ticket"]["last_article"]]
    assert (document["id"], document["rule"]) == (erp.message_id, "tell")
    assert json.loads(sync.content) == document | {"id": sync.message_id}
    shown = json.loads(PAGE.partition("```json\n")[2].partition("```")[0])
    assert {*document} == {*shown} - {"old", "new"}  # which are there where something changed
    assert {*document["ticket"]} == {*shown["ticket"]}
    for word in ("Smith", "secret", "ana", "acme"):
        assert word not in erp.content.decode()


def test_the_key_is_another_for_each_event_and_the_same_for_each_attempt(store: Store, desk: Pipeline) -> None:
    desk.run([(make_raw(), None)])
    desk.run([(make_raw(message_id="<2@acme.example>", in_reply_to="<1@acme.example>"), None)])
    first = claimed(store)
    assert len({each.message_id for each in first}) == 6
    # The daemon was killed after it had called and before it had recorded: another one calls again.
    assert store.write_now(lambda c: release_dead(c, "b")) >= 0
    again = claimed(store, "b", NOW + timedelta(hours=1))
    assert [(each.message_id, each.content) for each in again] == [(each.message_id, each.content) for each in first]


def test_what_came_of_a_call_stands_in_the_outbox_and_on_the_ticket(store: Store, desk: Pipeline) -> None:
    desk.run([(make_raw(), None)])
    erp, put, sync = claimed(store)
    results = [
        Attempted(erp.id, "sent", "204 No Content", is_call=True),
        Attempted(put.id, "deferred", "503", NOW + timedelta(minutes=1), is_call=True),
        Attempted(sync.id, "failed", "exit status 1: " + "no " * 3_000, is_call=True),
    ]
    store.write_now(lambda c: outbox.record(c, "a", results, NOW, IDS))
    rows = store.read_now(outbox_list)
    assert [(each["kind"], each["template"], each["state"]) for each in rows] == [
        ("webhook", "erp", "sent"),
        ("webhook", "erp", "waiting"),
        ("program", "sync", "failed"),
    ]
    assert rows[0]["call"]["idempotency_key"] == erp.message_id
    shown = store.read_now(lambda c: ticket_show(c, ticket_of(store)))
    assert shown is not None
    told = {each["event"]: each["detail"] for each in shown["history"] if each["event"].split(".")[0] in KINDS}
    assert told["webhook.done"] == {"outbox": erp.id, "name": "erp", "reply": "204 No Content"}
    assert len(told["program.failed"]["reply"]) == 4_000
    assert "webhook.failed" not in told
    assert store.read_now(broken_chains) == []


KINDS = ("webhook", "program")


def test_explain_tells_of_each_call_and_of_its_fate(store: Store, desk: Pipeline) -> None:
    desk.run([(make_raw(), None)])
    erp, *_ = claimed(store)
    store.write_now(lambda c: outbox.record(c, "a", [Attempted(erp.id, "sent", "200", is_call=True)], NOW, IDS))
    found = store.read_now(lambda c: explain_ticket(c, ticket_of(store)))
    assert found is not None
    fates = [(each.event, each.mail.state) for each in found.traces[0].effects if each.mail is not None]
    assert fates == [("webhook.queued", "sent"), ("webhook.queued", "sending"), ("program.queued", "sending")]


def test_the_operator_can_have_a_call_made_again(store: Store, desk: Pipeline) -> None:
    desk.run([(make_raw(), None)])
    erp, *_ = claimed(store)
    store.write_now(lambda c: outbox.record(c, "a", [Attempted(erp.id, "failed", "404", is_call=True)], NOW, IDS))
    assert store.write_now(lambda c: outbox.try_again(c, erp.id, NOW))
    (again,) = claimed(store, "b")
    assert (again.id, again.message_id, again.attempts) == (erp.id, erp.message_id, 0)


def test_a_stranger_calls_nothing(store: Store, desk: Pipeline) -> None:
    """Whoever has no part in a ticket moves nothing, here or elsewhere (R34)."""
    [plan] = desk.run([(make_raw(), None)])
    assert plan.ticket is not None
    subject = f"Re: [Ticket#{plan.ticket.number}] Invoice"
    mail = make_raw("Mallory <mallory@evil.example>", subject=subject, message_id="<9@evil.example>")
    [plan] = desk.run([(mail, make_envelope("mallory@evil.example"))])
    assert plan.before is not None
    assert plan.calls == ()
    withheld = [each.effect.text for each in plan.effects if isinstance(each.effect, Remark)]
    assert [text.partition(":")[0] for text in withheld if "no part in the ticket" in text] == [
        "webhook erp",
        "webhook erp",
        "run sync",
    ]
    assert len(store.read_now(outbox_list)) == 3


def ticket_of(store: Store) -> str:
    return str(store.read_now(outbox_list)[0]["ticket"])
