"""Who watches is told, and has no part in the ticket by that."""

from mailgate.decision.plan import Plan
from mailgate.tickets.model import Participant, Ticket
from tests.support.desk import ANA, KIM, MALLORY, NOW, decided, knowing, make_mail, make_policy, make_raw, make_ticket

WATCHERS = "rules: [{name: w, when: customer.replied, do: [%s, {notify: {watchers: true, template: agent_followup}}]}]"
DESK = "desk@partner.example"


def follow_up(action: str, *watching: Participant, sender: str = ANA) -> Plan:
    policy = make_policy(WATCHERS % action)
    ticket = make_ticket(participants=(*make_ticket().participants, *watching))
    mail = make_mail(make_raw(sender=sender, in_reply_to="<first@acme.example>", message_id="<2@x.example>"), policy)
    return decided(mail, policy, knowing(ticket))


def left(plan: Plan) -> Ticket:
    assert plan.ticket is not None
    return plan.ticket


def watcher(address: str, party: int = 2) -> Participant:
    return Participant(address, "", party, "watcher")


def test_agents_and_addresses_watch_and_are_told_from_now_on() -> None:
    plan = follow_up(f"{{watch: [kim, {DESK}]}}")
    assert [(each.address, each.party) for each in left(plan).watchers] == [(KIM.address, 2), (DESK, 3)]
    assert [(each.recipient.address, each.agent) for each in plan.drafts] == [(KIM.address, KIM), (DESK, None)]


def test_who_watches_already_is_not_added_twice() -> None:
    plan = follow_up("{watch: kim}", watcher(KIM.address))
    assert left(plan).watchers == (watcher(KIM.address),)


def test_who_watches_no_more_is_not_told_and_his_number_is_never_anothers() -> None:
    plan = follow_up(f"{{unwatch: kim}}, {{watch: {DESK}}}", watcher(KIM.address))
    assert [each.recipient.address for each in plan.drafts] == [DESK]
    assert [(each.role, each.party) for each in left(plan).participants] == [
        ("requester", 1),
        ("former", 2),
        ("watcher", 3),
    ]


def test_a_watcher_has_no_part_in_the_ticket() -> None:
    plan = follow_up("{tag: x}", watcher(MALLORY), sender=MALLORY)
    assert not plan.articles[0].verified
    assert (left(plan).tags, left(plan).last_customer_at) == ((), None)
    assert MALLORY not in [each.address for each in left(plan).people]


def test_a_watching_agents_unproven_mail_is_no_participants() -> None:
    plan = follow_up("{tag: x}", watcher(KIM.address), sender=KIM.address)
    assert not plan.articles[0].verified
    assert left(plan).updated_at == NOW
