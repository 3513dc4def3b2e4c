"""Drafts become mail: the right addresses, one thread, and nothing in it that belongs to somebody else."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailgate.decision.facts import Facts, StoredArticle, StoredId
from mailgate.decision.plan import Plan
from mailgate.decision.policy import Policy
from mailgate.decision.standing import party_of_agent, party_of_participant
from mailgate.notify.outgoing import OutgoingMail
from mailgate.notify.templates import Templates
from mailgate.notify.write import Writer, write
from mailgate.tickets.model import Participant, Ticket
from mailgate.tickets.signed import ReplyAddressForm, proves, read_address
from tests.support.desk import (
    ANA,
    BEN,
    KEYS,
    KIM,
    NINA,
    agents_mail,
    decided,
    hers,
    knowing,
    make_answer,
    make_mail,
    make_note,
    make_policy,
    make_raw,
    make_said,
    make_ticket,
    signed_address,
)
from tests.support.pictures import png

RULES = """
rules:
  - name: acknowledge
    when: ticket.created
    do:
      - reply: received
      - notify: {team: queue, template: agent_new}
  - name: tell
    when: customer.replied
    do: [{notify: {owner: true, template: agent_followup}}]
"""
ANSWERS = """
rules:
  - {name: closed, when: {state.changed: {to: closed}}, do: [{reply: closed}]}
  - {name: told, when: [agent.replied, note.added, owner.changed], do: [{notify: {team: queue, template: agent_note}}]}
"""
SHIPPED = Path(__file__).resolve().parents[2] / "templates"
LONG_ID = f"<{'A' * 70}.0123456789@outlook.example.com>"


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates.load(SHIPPED, SHIPPED)


def written(
    raw: bytes, desk: Policy, templates: Templates, facts: Facts | None = None
) -> tuple[Plan, list[OutgoingMail]]:
    mail = make_mail(raw, desk)
    plan = decided(mail, desk, facts)
    return plan, [write(draft, plan, mail.message, desk, templates) for draft in plan.drafts]


def read(mail: OutgoingMail) -> EmailMessage:
    parsed = message_from_bytes(mail.content, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_a_logo_is_stored_once_for_mail_to_customers_and_agents(tmp_path: Path) -> None:
    (tmp_path / "_brand.toml").write_text('logo = "logo.png"\n')
    (tmp_path / "logo.png").write_bytes(png(40, 20))
    _, mails = new(Templates.load(tmp_path, SHIPPED))
    assert {mail.template for mail in mails} == {"received", "agent_new"}
    assert len({mail.tail.sha256 for mail in mails}) == 1
    for mail in mails:
        whole = message_from_bytes(mail.content + mail.tail.content, policy=policy.default)
        [picture] = [part for part in whole.walk() if part.get_content_maintype() == "image"]
        assert picture.get_content() == png(40, 20)
        assert not whole.defects


def new(templates: Templates, desk: Policy | None = None, **more: Any) -> tuple[Plan, list[OutgoingMail]]:
    return written(make_raw(**more), desk or make_policy(RULES), templates)


def decoded(mail: OutgoingMail) -> str:
    """Everything that its reader could find in it: the head, and every part with its encoding undone."""
    parsed = message_from_bytes(mail.content + mail.tail.content, policy=policy.default)
    parts: list[Any] = [part.get_payload(decode=True) or b"" for part in parsed.walk() if not part.is_multipart()]
    head = "\n".join(f"{name}: {value}" for name, value in parsed.items())
    return "\n".join([head, *(part.decode("utf-8", "replace") for part in parts)])


def answered(
    text: str, templates: Templates, facts: Facts | None = None, desk: Policy | None = None, **more: Any
) -> tuple[Plan, list[OutgoingMail]]:
    """Nina's mail on Ana's ticket, written."""
    desk = desk or make_policy(ANSWERS)
    mail = agents_mail(text, policy=desk, **more)
    plan = decided(mail, desk, facts or knowing(make_ticket()))
    writer = Writer(plan, mail.message, desk, templates)
    return plan, [writer.write(draft) for draft in plan.drafts]


def known(ticket: Ticket) -> Facts:
    """The facts of a desk that has this one ticket, whose only article is `<1@acme.example>`."""
    article = StoredArticle(ticket.id, ticket.last_nonce)
    return Facts(
        ids={"<1@acme.example>": (StoredId(ticket.last_article, ticket.id, False),)},
        articles={ticket.last_article: article},
        numbers={ticket.number: ticket.id},
        tickets={ticket.id: ticket},
    )


def test_the_answer_is_threaded_on_the_customers_own_message_id_byte_for_byte(templates: Templates) -> None:
    _, mails = new(templates, message_id=LONG_ID)
    assert f"In-Reply-To: {LONG_ID}\r\n".encode() in mails[0].content
    assert read(mails[0])["References"].strip() == LONG_ID


def test_an_automatic_answer_says_so_and_has_a_null_reverse_path(templates: Templates) -> None:
    _, mails = new(templates)
    answer = read(mails[0])
    assert mails[0].reverse_path is None
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["X-Auto-Response-Suppress"] == "All"
    assert answer["X-Mailgate-Loop"]
    assert answer["X-Mailgate-Ticket"] is None


def test_the_reply_address_is_signed_for_the_requester(templates: Templates) -> None:
    plan, mails = new(templates)
    assert plan.ticket is not None
    signed = read_address(read(mails[0])["Reply-To"].addresses[0].addr_spec)
    assert signed is not None
    assert signed.purpose == "r"
    assert signed.party == party_of_participant(plan.ticket.participants[0])
    assert proves(KEYS, signed, plan.ticket.nonce, plan.articles[-1].nonce)


def test_somebody_of_whom_nothing_is_known_gets_no_signed_address_and_none_of_his_words(templates: Templates) -> None:
    raw = make_raw(subject="Buy cheap pills", sender=f"Spam Words <{ANA}>", text="pills pills", verified=None)
    _, mails = written(raw, make_policy(RULES), templates)
    answer = mails[0].content.lower()
    assert mails[0].template == "received_neutral"
    assert read(mails[0])["Reply-To"] is None
    assert b"pills" not in answer
    assert b"spam words" not in answer


def test_each_agent_gets_her_own_address_and_all_copies_share_one_message_id(templates: Templates) -> None:
    _, mails = new(templates)
    agents = mails[1:]
    assert [mail.recipient for mail in agents] == [NINA.address, KIM.address]
    assert len({mail.message_id for mail in agents}) == 1
    parties = []
    for mail in agents:
        signed = read_address(read(mail)["Reply-To"].addresses[0].addr_spec)
        bounce = read_address(mail.reverse_path or "")
        assert signed is not None
        assert bounce is not None
        assert (signed.purpose, bounce.purpose) == ("r", "b")  # a reply answers the customer
        assert signed.party == bounce.party
        parties.append(signed.party)
    assert parties == [party_of_agent(NINA), party_of_agent(KIM)]


def test_an_agents_thread_hangs_on_the_tickets_first_notification(templates: Templates) -> None:
    _, first = new(templates)
    ticket = make_ticket()
    raw = make_raw(message_id="<2@acme.example>", in_reply_to="<1@acme.example>")
    _, later = written(raw, make_policy(RULES), templates, known(ticket))
    assert read(first[1])["In-Reply-To"] is None
    assert later
    follow_up = read(later[0])
    assert follow_up["In-Reply-To"].startswith(f"<mg.{ticket.root_article}.")
    assert follow_up["Message-ID"] != follow_up["In-Reply-To"]


@pytest.mark.parametrize("more", ["", "and hidden from a plain search"])
def test_what_a_customer_quotes_of_his_own_address_silences_no_notification(templates: Templates, more: str) -> None:
    ticket = make_ticket()
    mine = signed_address(ticket, party_of_participant(ticket.participants[0]))
    hidden = mine.replace("+", "%252B").replace(".", "%2E")
    raw = make_raw(
        sender=f'"{mine.replace("@", " at ")} {mine}" <{ANA}>',
        subject=f"Re: {mine} {more}",
        text=f"On Monday {mine} wrote:\n> hello {mine} {hidden if more else ''}",
        message_id="<2@acme.example>",
        in_reply_to="<1@acme.example>",
    )
    _, mails = written(raw, make_policy(RULES), templates, known(ticket))
    assert mails
    token = mine.partition("+")[2].partition("@")[0]
    for mail in mails:
        assert not mail.held
        assert token.encode() not in mail.content


def test_a_fixed_return_path_replaces_the_signed_one(templates: Templates) -> None:
    _, mails = new(templates, make_policy(RULES, return_path="desk@example.com", null_sender=False))
    assert {mail.reverse_path for mail in mails} == {"desk@example.com"}


def test_a_desk_without_subaddresses_signs_no_address(templates: Templates) -> None:
    _, mails = new(templates, make_policy(RULES, site={"reply_address": ReplyAddressForm("none")}))
    assert [read(mail)["Reply-To"] for mail in mails] == [None] * 3
    assert [mail.reverse_path for mail in mails] == [None, "support@example.com", "support@example.com"]


def test_a_neutral_answer_passes_on_no_reference_that_a_stranger_chose(templates: Templates) -> None:
    _, (answer, *_) = new(templates, verified=None, references="<buy-at-evil.example@spam>")
    assert answer.template == "received_neutral"
    assert read(answer)["References"] == read(answer)["In-Reply-To"] == "<1@acme.example>"


# --- an agent's answer

PEOPLE = (Participant(ANA, "Ana Silva", 1, "requester"), Participant(BEN, "Ben", 2, "cc"))


def copies(mails: list[OutgoingMail]) -> list[OutgoingMail]:
    return [mail for mail in mails if mail.kind == "customer"]


def test_all_copies_of_an_answer_are_one_mail_but_for_reply_to_and_envelope(templates: Templates) -> None:
    files = (
        "--b\nContent-Type: text/plain\n\nIt was sent.\n--b\nContent-Type: application/pdf\n"
        'Content-Disposition: attachment; filename="x.pdf"\n\n%PDF\n--b--'
    )
    more: dict[str, Any] = {"mime_version": "1.0", "content_type": "multipart/mixed; boundary=b"}
    desk = make_policy(ANSWERS)
    mail = agents_mail(files, policy=desk, **more)
    plan = decided(mail, desk, knowing(make_ticket(participants=PEOPLE)))
    raw = make_raw(text=files, **more)
    writer = Writer(plan, mail.message, desk, templates, lambda: raw)
    first, second = copies([writer.write(draft) for draft in plan.drafts])
    assert (first.recipient, second.recipient) == (ANA, BEN)
    assert first.message_id == second.message_id
    assert first.tail == second.tail
    assert b"filename=x.pdf" in first.tail.content.replace(b'"', b"")
    assert first.reverse_path != second.reverse_path
    assert first.content != second.content

    def alike(mail: OutgoingMail) -> list[bytes]:
        head, _, body = mail.content.partition(b"\r\n\r\n")
        fields = head.replace(b"\r\n ", b" ").split(b"\r\n")
        return [*(each for each in fields if not each.startswith(b"Reply-To:")), body]

    assert alike(first) == alike(second)
    for copy, person in zip((first, second), PEOPLE, strict=True):
        signed = read_address(read(copy)["Reply-To"].addresses[0].addr_spec)
        bounce = read_address(copy.reverse_path or "")
        assert signed is not None
        assert bounce is not None
        assert (signed.purpose, signed.party) == ("r", party_of_participant(person))
        assert (bounce.purpose, bounce.party) == ("b", party_of_participant(person))


def test_an_answer_hangs_on_the_customers_own_ids_byte_for_byte(templates: Templates) -> None:
    ticket = make_ticket()
    said = (make_said(1, message_id="<first@acme.example>"), make_said(ticket.last_article, message_id=LONG_ID))
    assert len(LONG_ID) >= 95
    _, (answer, *_) = answered("It was sent.", templates, knowing(ticket, said={1042: said}))
    assert f"In-Reply-To: {LONG_ID}\r\n".encode() in answer.content
    assert read(answer)["References"].split() == ["<first@acme.example>", LONG_ID]
    assert read(answer)["Subject"] == "Re: [Ticket#1042] Invoice"


def test_an_answer_is_a_persons_mail_in_her_name_from_the_queues_address(templates: Templates) -> None:
    _, (answer, *_) = answered("It was sent.", templates)
    head = read(answer)
    assert head["From"] == "Nina Costa via Support <support@example.com>"
    assert head["To"] == f"Ana Silva <{ANA}>"
    marks = (
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "List-Id",
        "X-Mailgate-Loop",
        "X-Mailgate-Ticket",
        "Precedence",
    )
    assert [head[name] for name in marks] == [None] * len(marks)


@pytest.mark.parametrize("text", ["It was sent.", "#close\n#tag paid\nIt was sent.", "#reply\nIt was sent."])
def test_nothing_of_the_agents_is_in_the_finished_mail(templates: Templates, text: str) -> None:
    ticket = make_ticket(participants=PEOPLE, tags=("secret-tag",), owner="kim")
    said = (make_said(ticket.last_article), make_note(ticket.last_article + 1, "Ana pays late, be careful with her."))
    quoted = (
        f"{text}\n\nOn Monday Ana via Support <{signed_address(ticket, hers())}> wrote:\n> Hello\n> for agents only"
    )
    more: dict[str, Any] = {
        "user_agent": "Thunderbird 115",
        "x_originating_ip": "[192.0.2.7]",
        "received": "from laptop by mx",
    }
    _, mails = answered(quoted, templates, knowing(ticket, said={1042: said}), **more)
    assert len(copies(mails)) == 2
    for mail in copies(mails):
        everything = decoded(mail).lower()
        for hidden in (
            *(NINA.address, KIM.address, "laptop", "thunderbird", "192.0.2.7", "for agents only", "be careful"),
            *("secret-tag", "#close", "#tag", "#reply", "x-mailgate", "kim"),
        ):
            assert hidden not in everything
        tokens = [part for part in everything.split() if "+1042." in part]
        assert tokens
        assert all(f"+1042.r{'ce'[mail.recipient == BEN]}" in token for token in tokens)
        assert not mail.held


def test_a_customers_own_address_quoted_inline_holds_nothing_and_anothers_does(templates: Templates) -> None:
    ticket = make_ticket()
    for party, held in ((2, False), (4, True), (hers(), True)):
        text = f"You wrote from {signed_address(ticket, party, 'n')}, and that is right."
        _, (answer, *_) = answered(text, templates)
        assert (answer.held, bool(answer.leaks)) == (held, held)


def test_an_answer_waits_out_its_undo_time_or_her_word(templates: Templates) -> None:
    plan, (answer, *_) = answered("It was sent.", templates)
    assert (answer.due, answer.held, answer.reason) == (plan.at + make_policy().relay.delay, False, "")
    crossing = (make_said(make_ticket().last_article), make_answer(make_ticket().last_article + 1))
    _, (held, *_) = answered("It was sent.", templates, knowing(make_ticket(), said={1042: crossing}))
    assert (held.held, held.leaks, held.reason) == (True, (), "another agent answered meanwhile")


# --- automatic mail about an agent's doing


def test_what_a_rule_tells_the_customer_of_her_command_hangs_on_his_mail_and_holds_nothing_of_hers(
    templates: Templates,
) -> None:
    ticket = make_ticket()
    received = make_said(ticket.last_article + 1, template="received", sender_type="system", direction="out")
    said = (make_said(ticket.last_article, message_id=LONG_ID), received)
    text = "#note\n#close\nAna pays late, be careful with her."
    more: dict[str, Any] = {"references": "<secret@laptop.of.nina>"}
    _, mails = answered(text, templates, knowing(ticket, said={1042: said}), **more)
    (closed,) = (mail for mail in mails if mail.kind == "auto-reply")
    assert read(closed)["In-Reply-To"] == LONG_ID
    everything = decoded(closed).lower()
    for hidden in (NINA.address, "nina", "costa", "laptop", "careful", "#close"):
        assert hidden not in everything
    assert "ana" in everything


# --- mail to agents


def test_an_answer_to_her_commands_is_from_the_desk_with_an_id_of_its_own(templates: Templates) -> None:
    _, mails = answered("#take", templates)
    to_kim, to_her = mails
    assert (to_her.recipient, to_kim.recipient) == (NINA.address, KIM.address)
    assert str(read(to_her)["From"]).startswith("mailgate via Support")
    assert str(read(to_kim)["From"]).startswith("Nina Costa via Support")
    for mail in mails:
        assert mail.message_id.startswith("<notice.")
        assert read(mail)["References"].startswith(f"<mg.{make_ticket().root_article}.")
    assert to_her.message_id != to_kim.message_id


def test_a_colleague_reads_her_registered_name_and_never_a_bare_address(templates: Templates) -> None:
    _, (to_kim, _) = answered("#take", templates, sender=NINA.address)
    assert str(read(to_kim)["From"]).startswith("Nina Costa via Support")
    assert NINA.address not in decoded(to_kim)


def test_a_mail_that_wants_a_word_names_what_waits_in_its_id_and_its_links(templates: Templates) -> None:
    _, (given_back,) = answered("#ntoe\nIt was sent.", templates, spool_id=4_711)
    assert given_back.message_id.startswith("<notice.s4711.")
    assert "(S4711)" in decoded(given_back).replace("%28", "(").replace("%29", ")")


def test_who_may_not_see_a_ticket_is_told_so_and_nothing_of_it(templates: Templates) -> None:
    members = {"members_only": True, "team": "second-line"}
    desk = make_policy(ANSWERS, queue=members, teams={"first-line": ("nina",), "second-line": ("kim",)})
    ticket = make_ticket(subject="A secret matter", tags=("secret-tag",), owner="kim", priority="urgent")
    said = (make_said(ticket.last_article, "secret words"),)
    _, (refusal,) = answered("#show", templates, knowing(ticket, said={1042: said}), desk, subject="[Ticket#1042]")
    everything = decoded(refusal).lower()
    for hidden in ("secret", ANA, "ana silva", "kim", "urgent"):
        assert hidden not in everything
    assert "only the team of support" in " ".join(everything.split())
