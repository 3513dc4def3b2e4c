"""From read mails to finished plans: one after the other, and only a mail's own fault counts against it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mailgate.decision.facts import Facts
from mailgate.decision.policy import Policy
from mailgate.errors import Conflict
from mailgate.ids import SeededIds
from mailgate.notify.templates import Templates
from mailgate.service.active import ActiveSet
from mailgate.service.preparation import Failed, Job, composed, prepare
from mailgate.store.apply import Prepared
from tests.support.desk import (
    ANA,
    KIM,
    NINA,
    NOW,
    agents_mail,
    decided,
    hers,
    knowing,
    make_mail,
    make_policy,
    make_raw,
    make_ticket,
    signed_address,
)

RULES = """
rules:
  - {name: ack, when: ticket.created, do: [{reply: received}, {notify: {team: queue, template: agent_new}}]}
  - {name: told, when: agent.replied, do: [{notify: {team: queue, template: agent_note}}]}
"""
POLICY = make_policy(RULES)


@pytest.fixture(scope="module")
def templates() -> Templates:
    shipped = Path(__file__).resolve().parents[2] / "templates"
    return Templates.load(shipped, shipped)


def active(templates: Any, policy: Policy = POLICY) -> ActiveSet:
    return ActiveSet(policy, templates, None, {})  # type: ignore[arg-type]  # its configuration is not asked for


def job(mail: Any, raw: bytes = b"", bare: bool = False) -> Job:
    ids, each = SeededIds(mail.spool_id), POLICY.rules.articles_each
    first = 9_000 + 100 * mail.spool_id
    nonces = tuple(ids.nonce() for _ in range(each + 1))
    return Job(mail, tuple(range(first, first + each)), nonces, bare, lambda: raw)


def prepared(jobs: Sequence[Job], templates: Any, facts: Facts | None = None) -> list[Prepared | Failed]:
    return list(prepare(jobs, tuple(range(2_000, 2_100)), facts or Facts(), active(templates), NOW))


def new(number: int, **fields: Any) -> Any:
    return make_mail(make_raw(message_id=f"<{number}@x>", **fields), POLICY, spool_id=number)


def test_each_mail_of_a_batch_sees_what_the_ones_before_it_will_have_done(templates: Templates) -> None:
    follow = make_mail(make_raw(message_id="<2@x>", in_reply_to="<1@x>"), POLICY, spool_id=2)
    first, second, third = prepared([job(new(1)), job(follow), job(new(3))], templates)
    assert isinstance(first, Prepared)
    assert isinstance(second, Prepared)
    assert isinstance(third, Prepared)
    assert [each.plan.outcome.ticket for each in (first, second, third)] == [2_000, 2_000, 2_001]


def test_the_ticket_keeps_what_was_really_written_and_an_agents_words_as_they_were(templates: Templates) -> None:
    (one,) = prepared([job(new(1))], templates)
    assert isinstance(one, Prepared)
    article, mail = one.plan.articles[1], one.mails[0]
    assert (article.text, article.new_text, article.subject, article.message_id) == (
        mail.text,
        mail.text,
        mail.subject,
        mail.message_id,
    )
    (answer,) = prepared([job(agents_mail("#close\nIt was sent.", policy=POLICY))], templates, knowing(make_ticket()))
    assert isinstance(answer, Prepared)
    said = answer.plan.articles[0]
    assert said.new_text == "It was sent."
    assert "It was sent." in said.text
    assert "Nina Costa" in said.text  # the signature is ours
    assert said.message_id == next(mail.message_id for mail in answer.mails if mail.kind == "customer")


def test_one_mail_that_defeats_a_template_stops_no_other(templates: Templates) -> None:
    class Touchy:
        def render(self, name: str, language: str, variables: object, site_language: str) -> object:
            if "poison" in str(variables):
                raise ValueError("defeated")
            return templates.render(name, language, variables, site_language)  # type: ignore[arg-type]  # handed through

    jobs = [job(new(1)), job(new(2, subject="poison")), job(new(3))]
    first, broken, last = prepared(jobs, Touchy())
    assert isinstance(broken, Failed)
    assert (broken.spool_id, broken.error) == (2, "ValueError: defeated")
    assert "Traceback" in broken.details
    assert isinstance(first, Prepared)
    assert isinstance(last, Prepared)
    assert (first.plan.outcome.ticket, last.plan.outcome.ticket) == (2_000, 2_001)  # no number is lost
    (bare,) = prepared([replace(jobs[1], bare=True)], Touchy())
    assert isinstance(bare, Prepared)
    assert (bare.plan.outcome.kind, bare.mails) == ("article", ())


@pytest.mark.parametrize("second", [NINA, KIM])
def test_two_agents_mails_on_one_ticket_are_decided_one_after_the_other(templates: Templates, second: Any) -> None:
    mails = [agents_mail("Mine.", policy=POLICY), agents_mail("Hers.", agent=second, policy=POLICY, spool_id=2)]
    with pytest.raises(Conflict, match="one after the other"):
        prepared([job(each) for each in mails], templates, knowing(make_ticket()))
    elsewhere = make_ticket(1043)
    mails[1] = agents_mail("Hers.", elsewhere, second, POLICY, spool_id=2, subject="Re: [Ticket#1043] x")
    assert len(prepared([job(each) for each in mails], templates, knowing(make_ticket(), elsewhere))) == 2


def test_the_same_agents_mail_again_is_a_duplicate(templates: Templates) -> None:
    mails = [agents_mail("Mine.", policy=POLICY, message_id="<same@x>", spool_id=n) for n in (1, 2)]
    (first,) = prepared([job(mails[0])], templates, knowing(make_ticket()))
    assert isinstance(first, Prepared)
    (again,) = prepared([job(mails[1])], templates, knowing(make_ticket()).after(first.plan))
    assert isinstance(again, Prepared)
    assert (again.plan.outcome.kind, again.plan.outcome.article) == ("duplicate", first.plan.outcome.article)


def with_file(content: str) -> str:
    return (
        "--b\nContent-Type: text/plain\n\nIt was sent.\n--b\nContent-Type: text/plain\n"
        f'Content-Disposition: attachment; filename="note.txt"\n\n{content}\n--b--'
    )


@pytest.mark.parametrize(("party", "held"), [(hers(), True), (hers(KIM), True), (2, False)])
def test_an_answer_with_anothers_address_in_a_file_is_held_sends_nothing_and_moves_nothing(
    templates: Templates, party: int, held: bool
) -> None:
    ticket = make_ticket(state="new")
    more: dict[str, Any] = {"mime_version": "1.0", "content_type": "multipart/mixed; boundary=b"}
    text = with_file(f"Reply-To: {signed_address(ticket, party)}")
    raw = make_raw(text=text, **more)
    (one,) = prepared([job(agents_mail(text, policy=POLICY, **more), raw)], templates, knowing(ticket))
    assert isinstance(one, Prepared)
    (answer,) = (mail for mail in one.mails if mail.kind == "customer")
    assert one.plan.ticket is not None
    assert (answer.held, answer.recipient) == (held, ANA)
    assert (one.plan.ticket.state, one.plan.ticket.owner) == (("new", None) if held else ("open", "nina"))
    asked = [mail.recipient for mail in one.mails if mail.template == "agent_held"]
    assert asked == ([NINA.address] if held else [])


def test_a_plan_without_mail_is_finished_as_it_is(templates: Templates) -> None:
    policy = make_policy()
    mail = make_mail(make_raw(), policy)
    plan = decided(mail, policy)
    assert composed(plan, mail.message, policy, templates).plan is plan
