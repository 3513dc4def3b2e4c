"""What a rule's actions do to the ticket, in order, and what changes nothing is not told."""

from mailgate.decision.told import told
from tests.support.desk import decided, make_mail, make_policy, make_raw, make_ticket

EVERYTHING = """
rules:
  - name: all
    when: ticket.created
    do:
      - queue: billing
      - priority: high
      - state: closed
      - tag: [a, b]
      - set: {order: "4711"}
      - note: "looked at"
  - name: again
    when: ticket.created
    do: [{queue: billing}, {priority: high}, {state: closed}, {tag: a}]
"""


def test_each_action_of_a_rule_changes_the_ticket_and_is_told_once_under_its_name() -> None:
    policy = make_policy(EVERYTHING)
    plan = decided(make_mail(make_raw(), policy), policy)
    ticket = plan.ticket
    assert ticket is not None
    assert (ticket.queue, ticket.priority, ticket.state, ticket.tags) == ("billing", "high", "closed", ("a", "b"))
    assert (ticket.field("order"), ticket.closed_at) == ("4711", plan.at)
    assert [(done.actor, told(done.effect)[0]) for done in plan.effects[2:]] == [
        ("rule:all", "queue.changed"),
        ("rule:all", "priority.changed"),
        ("rule:all", "state.changed"),
        ("rule:all", "tag.added"),
        ("rule:all", "field.changed"),
        ("rule:all", "note.added"),
    ]
    note = plan.articles[1]
    assert (note.text, note.visibility, note.direction, note.sender_type) == ("looked at", "internal", "none", "system")


def test_every_article_of_a_plan_is_the_newest_of_the_ticket_in_its_turn() -> None:
    policy = make_policy(EVERYTHING)
    plan = decided(make_mail(make_raw(), policy), policy)
    first, note = plan.articles
    assert plan.ticket is not None
    assert (plan.ticket.root_article, plan.ticket.root_nonce) == (first.id, first.nonce)
    assert (plan.ticket.last_article, plan.ticket.last_nonce, plan.ticket.articles) == (note.id, note.nonce, 2)
    assert plan.ticket.version == 1
    assert make_ticket().version == 1


def test_a_customer_who_is_told_no_language_gets_the_queues_then_the_sites() -> None:
    rules = "rules: [{name: x, when: ticket.created, do: [{reply: received}]}]"
    for queue, language in (({"language": "es"}, "es"), ({}, "en")):
        policy = make_policy(rules, queue=queue)
        mail = make_mail(make_raw(text="4711"), policy)
        assert mail.message.body.language == "und"
        assert [draft.language for draft in decided(mail, policy).drafts] == [language]
