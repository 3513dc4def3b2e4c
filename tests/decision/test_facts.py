"""What is asked about a mail, and what a batch knows after each of its plans."""

from dataclasses import replace

import pytest

from mailgate.decision.facts import BUCKET_SECONDS, MAX_IDS, MAX_SIGNED, MOST_TICKETS_AN_ID, Facts, StoredId
from mailgate.mail.envelope import ResumeWay
from mailgate.rate import Rate
from tests.support.desk import (
    ANA,
    KIM,
    NOW,
    agents_mail,
    decided,
    knowing,
    make_envelope,
    make_mail,
    make_policy,
    make_raw,
    make_ticket,
    our_message_id,
    signed_address,
)

POLICY = make_policy()
AT = NOW.timestamp()


def test_a_lookup_names_what_the_mail_shows() -> None:
    ticket = make_ticket()
    address, ours = signed_address(ticket, 2), our_message_id(ticket)
    raw = make_raw(
        subject="Re: [Ticket#7] [Ticket#8] x",
        references="<old@x> <1@acme.example> " + ours,
        in_reply_to="<parent@x>",
        cc=address.upper(),
    )
    asked = make_mail(raw, POLICY, make_envelope(ANA, "support@example.com", address)).lookup
    assert asked.own_id == "<1@acme.example>"
    assert asked.named_ids == ("<parent@x>", ours, "<old@x>")
    assert [each.article for each in asked.our_ids] == [ticket.last_article]
    assert [each.address for each in asked.signed] == [address]
    assert asked.numbers == ("7", "8")


def test_a_flood_of_references_and_signed_addresses_is_cut_at_both_ends() -> None:
    ticket = make_ticket()
    references = " ".join(f"<{n}@x>" for n in range(180))
    addresses = [signed_address(make_ticket(n), 2) for n in range(1, 30)]
    mail = make_mail(make_raw(references=references), POLICY, make_envelope(ANA, *addresses))
    assert len(mail.lookup.named_ids) == MAX_IDS
    assert (mail.lookup.named_ids[0], mail.lookup.named_ids[-1]) == ("<179@x>", "<0@x>")
    assert len(mail.lookup.signed) == MAX_SIGNED
    assert ticket.id == 1042


def test_counters_are_asked_only_where_an_answer_is_possible() -> None:
    robot = make_mail(make_raw(auto_submitted="auto-replied"), POLICY).lookup.counters
    assert robot == ("told:nina", "told:kim")  # whom a rule may notify
    asked = make_mail(make_raw(sender="Ana <ANA@acme.example>", reply_to="desk@acme.example"), POLICY).lookup.counters
    assert {f"address:{ANA}", "address:desk@acme.example", "domain:acme.example", "total"} <= set(asked)


def test_a_count_is_taken_on_the_careful_side_of_its_bucket() -> None:
    facts = Facts(counts={"k": ((int(AT) - 3_600 - BUCKET_SECONDS + 1, 1), (int(AT), 2))})
    assert facts.count("k", 3_600, AT) == 3
    assert facts.count("k", 3_600, AT + 1) == 2
    assert not facts.within("k", Rate(3, 3_600), AT)
    assert facts.within("k", None, AT)
    assert facts.within("other", Rate(1, 1), AT)


def test_after_a_plan_the_next_mail_finds_what_it_will_have_left() -> None:
    mail = make_mail(make_raw(references="<root@x>"), POLICY)
    plan = decided(mail, POLICY)
    after = Facts().after(plan)
    article = plan.outcome.article
    assert article is not None
    assert after.seen == {mail.message.identity.digest: (article, 2_000)}
    assert after.ids == {
        "<1@acme.example>": (StoredId(article, 2_000, False),),
        "<root@x>": (StoredId(article, 2_000, True),),
    }
    assert after.numbers == {"2000": 2_000}
    assert after.ticket(2_000) == plan.ticket


def test_an_id_leads_to_the_newest_few_tickets_first() -> None:
    facts = Facts()
    for n in range(1, MOST_TICKETS_AN_ID + 4):
        mail = make_mail(make_raw(message_id="<same@device>", text=str(n)), POLICY, spool_id=n)
        facts = facts.after(decided(mail, POLICY, facts, ticket=n))
    newest = MOST_TICKETS_AN_ID + 3
    assert [each.ticket for each in facts.ids["<same@device>"]] == list(range(newest, newest - MOST_TICKETS_AN_ID, -1))


def test_an_id_that_many_tickets_name_is_not_named_again() -> None:
    many = tuple(StoredId(n, n, True) for n in range(MOST_TICKETS_AN_ID))
    mail = make_mail(make_raw(references="<everybody@x> <rare@x>"), POLICY)
    assert decided(mail, POLICY, Facts(ids={"<everybody@x>": many})).articles[0].names == ("<rare@x>",)


def test_a_ticket_that_was_merged_leads_to_its_target() -> None:
    target = make_ticket(2)
    facts = Facts(tickets={1: make_ticket(1, merged_into=2), 2: target})
    assert facts.ticket(1) == facts.ticket(2) == target
    assert facts.ticket(3) is None
    lost = replace(facts, tickets={1: make_ticket(1, merged_into=9)})
    assert lost.ticket(1) is None


def test_what_may_go_round_is_asked_only_for_mail_that_may_be_an_agents() -> None:
    policy = make_policy("rules: [{name: x, when: state.changed, do: [{reply: {template: closed, every: 1d}}]}]")
    nobodys = make_mail(make_raw(text="#history"), policy).lookup
    assert (nobodys.agents, nobodys.orders, nobodys.intervals) == ((), False, ())
    asked = agents_mail("#history", policy=policy).lookup
    assert (asked.agents, asked.orders, asked.intervals) == (("nina",), True, ("closed",))
    assert {"echo:kim", "doubt:nina", "receipt:nina", "told:kim"} <= set(asked.counters)
    assert not agents_mail("No history wanted.", policy=policy).lookup.orders


@pytest.mark.parametrize(("text", "why"), [("#explain", True), ("#why", True), ("#explian", True), ("#close", False)])
def test_the_traces_are_wanted_where_a_line_asks_why_or_may_be_meant_to(text: str, why: bool) -> None:
    assert agents_mail(text, policy=make_policy()).lookup.why is why


def test_who_may_be_speaking_is_known_by_from_and_by_signed_address() -> None:
    mail = make_mail(make_raw(sender=KIM.address, to=signed_address(make_ticket(), 3)), POLICY)
    assert mail.lookup.agents == ("kim", "nina")


def test_a_mail_that_is_taken_up_again_is_another_one_once_in_each_way() -> None:
    raw, envelope = make_raw(), make_envelope()
    first = make_mail(raw, POLICY, envelope)
    ways: list[tuple[ResumeWay, int]] = [("confirmed", 7), ("as text", 7), ("confirmed", 8), ("confirmed", 7)]
    again = [make_mail(raw, POLICY, replace(envelope, resumes=way, resumed_from=number)) for way, number in ways]
    digests = [each.lookup.identity.digest for each in (first, *again)]
    assert len(set(digests)) == 4
    assert digests[1] == digests[4]
    assert {each.lookup.original for each in again} == {first.message.identity}
    assert first.lookup.original is None


def test_what_was_said_is_known_to_the_next_mail_of_a_batch() -> None:
    ticket = make_ticket()
    mail = make_mail(make_raw(text="News?", in_reply_to="<first@acme.example>"), POLICY)
    after = knowing(ticket).after(decided(mail, POLICY, knowing(ticket)))
    assert [each.text for each in after.said[1042]] == ["Hello, please help.", "News?"]
