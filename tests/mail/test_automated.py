"""Machines and people (R19 to R24): every rule, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.automated import LIST_FIELDS, system_address
from mailgate.mail.message import Automatic
from mailgate.mail.parse import parse


def verdict(*fields: str, sender: str = "ana@acme.example", subject: str = "Invoice") -> Automatic:
    head = "".join(f"{field}\r\n" for field in fields)
    return parse(f"From: {sender}\r\nSubject: {subject}\r\n{head}\r\nHello".encode()).automatic


def assert_human(found: Automatic) -> None:
    assert (found.is_automatic, found.kind, found.is_list, found.may_answer, found.reasons) == (
        False, None, False, True, (),
    )  # fmt: skip


def test_a_person_may_be_answered() -> None:
    assert_human(verdict())


# R19


@pytest.mark.parametrize("value", ["no", "No", "NO (really)", "(no) no", "no; x=y", ' no (a "(b" c) ', "no (unclosed"])
def test_r19_auto_submitted_no_is_a_human(value: str) -> None:
    assert_human(verdict(f"Auto-Submitted: {value}"))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("auto-generated", "auto-generated"),
        ("Auto-Replied", "auto-reply"),
        ("auto-replied (zimbra; vacation)", "auto-reply"),
        ('auto-replied; owner-email="me@example.com"', "auto-reply"),
        ("auto-notified; owner=x", "auto-generated"),
        ("auto-something-new", "auto-generated"),
        ("yes", "auto-generated"),
        ("(no) auto-replied", "auto-reply"),
        ("", "auto-generated"),
    ],
)
def test_r19_any_other_value_is_a_machine(value: str, kind: str) -> None:
    found = verdict(f"Auto-Submitted: {value}")
    assert (found.is_automatic, found.kind, found.may_answer) == (True, kind, False)


def test_r19_every_instance_counts() -> None:
    assert not verdict("Auto-Submitted: no", "auto-submitted: auto-replied").may_answer


# R20


@pytest.mark.parametrize(
    ("report", "kind"),
    [("delivery-status", "bounce"), ("disposition-notification", "disposition"), ("feedback-report", "feedback")],
)
def test_r20_reports_are_never_answered(report: str, kind: str) -> None:
    found = verdict(f"Content-Type: multipart/report; report-type={report}; boundary=b")
    assert (found.kind, found.may_answer) == (kind, False)


def test_r20_a_null_return_path_that_a_mailbox_kept_forbids_an_answer() -> None:
    assert not verdict("Return-Path: < >").may_answer
    assert_human(verdict("Return-Path: <ana@acme.example>"))


@pytest.mark.parametrize("method", ["REPLY", "reply", "CANCEL", "COUNTER", "DECLINECOUNTER", "REFRESH"])
def test_what_calendars_tell_each_other_is_not_answered(method: str) -> None:
    assert not verdict(f"Content-Type: text/calendar; charset=utf-8; method={method}").may_answer


@pytest.mark.parametrize("method", ["REQUEST", "Publish", ""])
def test_an_invitation_is_a_persons(method: str) -> None:
    assert_human(verdict(f'Content-Type: text/calendar; method="{method}"'))


# R21


@pytest.mark.parametrize("name", LIST_FIELDS)
def test_r21_a_list_is_not_answered_but_a_person_wrote(name: str) -> None:
    found = verdict(f"{name.title()}: <x>")
    assert (found.is_list, found.may_answer, found.is_automatic) == (True, False, False)


@pytest.mark.parametrize("name", ["Precedence", "X-Precedence"])
@pytest.mark.parametrize("value", ["bulk", "LIST", "junk", "auto_reply", "bulk (really)"])
def test_r21_precedence_forbids_an_answer(name: str, value: str) -> None:
    assert not verdict(f"{name}: {value}").may_answer


@pytest.mark.parametrize("value", ["first-class", "normal", "special-delivery", ""])
def test_r21_other_precedences_are_human(value: str) -> None:
    assert_human(verdict(f"Precedence: {value}"))


@pytest.mark.parametrize("value", ["list", "bulk", "junk"])
def test_r21_precedence_alone_is_a_programs_and_on_a_list_it_says_no_more(value: str) -> None:
    assert verdict(f"Precedence: {value}").kind == "auto-generated"
    assert verdict(f"Precedence: {value}").is_list is (value == "list")
    assert not verdict(f"Precedence: {value}", "List-Id: <x>").is_automatic


# R22


@pytest.mark.parametrize(
    "value",
    [
        "All",
        "all",
        "AutoReply",
        "OOF",
        "DR, OOF, AutoReply",
        "DR,AutoReply",
        "RN; OOF",
        "-1",
        "32",
        "0x10, All",
        "0x20",
        "0X00000010",
    ],
)
def test_r22_suppression_forbids_an_answer(value: str) -> None:
    assert not verdict(f"X-Auto-Response-Suppress: {value}").may_answer


@pytest.mark.parametrize("value", ["None", "DR", "RN, NRN", "NDR", "", "4", "0x0C", "autoreplying"])
def test_r22_suppressed_receipts_do_not(value: str) -> None:
    assert_human(verdict(f"X-Auto-Response-Suppress: {value}"))


def test_r22_what_the_absence_assistant_of_exchange_sends_is_a_reply() -> None:
    loop = "X-MS-Exchange-Inbox-Rules-Loop: ana@acme.example"
    assert verdict("X-Auto-Response-Suppress: All", loop).kind == "auto-reply"
    assert_human(verdict(loop))


# R23

SYSTEM = ["MAILER-DAEMON@x.example", "listserv@x.example", "Majordomo@x.example", "owner-team@x.example",
          "team-request@x.example", "team-owner@x.example", "bounce@x.example", "bounces+17@x.example",
          "noreply@x.example", "no-reply@x.example", "NoReply-7@x.example", "not-reply@x.example", "notreply@x.example",
          "do-not-reply@x.example", "donotreply@x.example", "jira.noreply@x.example",
          "nicht-antworten@x.example", "team-bounces@x.example", "team-confirm@x.example",
          "autoreply@x.example", "auto-responder@x.example"]  # fmt: skip
PEOPLE = ["ana@x.example", "bouncer.club@x.example",
          "norep@x.example", "owner@x.example", "request@x.example", "reply@x.example",
          "nora.reply@x.example", "bob.ounce@x.example", "listservice@x.example", "autor@x.example"]  # fmt: skip


@pytest.mark.parametrize("address", SYSTEM)
def test_r23_a_systems_address_is_not_answered(address: str) -> None:
    found = verdict(sender=f"Somebody <{address}>")
    assert (found.is_automatic, found.may_answer) == (True, False)
    assert system_address(address)


@pytest.mark.parametrize("address", PEOPLE)
def test_r23_a_persons_address_is(address: str) -> None:
    assert_human(verdict(sender=address))
    assert system_address(address) == ""


def test_r23_postmaster_is_a_person_who_gets_no_acknowledgement() -> None:
    found = verdict(sender="postmaster@x.example")
    assert (found.is_automatic, found.may_answer) == (False, False)


def test_r23_a_system_as_sender_of_a_persons_mail_forbids_an_answer() -> None:
    found = verdict("Sender: owner-team@x.example")
    assert (found.is_automatic, found.may_answer) == (False, False)


# R24


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("X-Autoreply: yes", "auto-reply"),
        ("X-Autorespond: Re: x", "auto-reply"),
        ("X-Autoresponse: 1", "auto-reply"),
        ("X-AutoReply-From: a@b", "auto-reply"),
        ("X-Mail-Autoreply: yes", "auto-reply"),
        ("X-Autogenerated: Reply", "auto-reply"),
        ("X-AMAZON-MAIL-RELAY-TYPE: NOTIFICATION", "auto-generated"),
        ("X-FC-Machinegenerated: true", "auto-generated"),
        ("Delivered-To: autoresponder@x.example", "auto-reply"),
        ("X-Autoresponder: yes", "auto-reply"),
        ("X-POST-MessageClass: 9; Autoresponder", "auto-reply"),
        ("X-Apple-Action: VACATION", "auto-reply"),
        ("X-Loop: yes", None),
    ],
)
def test_r24_vendors_fields_forbid_an_answer(field: str, kind: str | None) -> None:
    found = verdict(field)
    assert (found.kind, found.may_answer) == (kind, False)


@pytest.mark.parametrize(
    "field",
    ["X-Autoreply: no", "X-Autogenerated: forward", "X-FC-Machinegenerated: false", "Delivered-To: ana@x.example",
     "X-Mailer: Zimbra 7.1", "X-AMAZON-MAIL-RELAY-TYPE: RELAY"],
)  # fmt: skip
def test_r24_their_other_values_do_not(field: str) -> None:
    assert_human(verdict(field))


# absence notices without a header


@pytest.mark.parametrize(
    "subject",
    ["Out of Office: Invoice", "Automatic reply: Invoice", "Out of Office AutoReply: Re: x", "Auto-Reply: x",
     "Abwesenheitsnotiz: Rechnung", "Automatische Antwort: Rechnung", "Respuesta automática: Factura",
     "Réponse automatique : Facture", "Resposta automática: Fatura", "Risposta automatica: Fattura",
     "Automatisch antwoord: Factuur", "Autosvar: Faktura", "Automaattinen vastaus: Lasku", "Автоответ: Счёт",
     "Otomatik Yanıt: Fatura", "自动回复: 发票", "自動返信", "vacation: Lorem",
     "[EXT] Automatic reply: x", "Out of office", "[Automatyczna odpowiedź] Faktura", "(Out of office) Re: Invoice",
     "*** Automatic reply ***", "OOF: Automatic reply", "OOO Re: Invoice", "Out-of-office until 3 May",
     "Vacation reply: Invoice"],
)  # fmt: skip
def test_an_absence_notice_is_known_by_its_subject(subject: str) -> None:
    found = verdict(subject=subject)
    assert (found.kind, found.may_answer) == ("auto-reply", False)


@pytest.mark.parametrize(
    "subject",
    ["Re: Automatic reply: Invoice", "Out of office printer is broken", "Automatic reply does not work",
     "Vacation request",
     "Your autosvar is wrong", "Absence from class on Monday", "How do I set an out of office message?", "Office",
     "Abwesenheit am Montag", "Autoresponsible", "[Vacation] New request", "Away until Monday", "On vacation plans"],
)  # fmt: skip
def test_a_person_may_write_about_absence(subject: str) -> None:
    assert_human(verdict(subject=subject))


@pytest.mark.parametrize(
    ("fields", "subject", "by_words"),
    [((), "Re: x", True), ((), "Automatic reply: x", False), (("Auto-Submitted: auto-replied",), "Re: x", False)],
)
def test_what_only_the_text_says_is_told_apart(fields: tuple[str, ...], subject: str, by_words: bool) -> None:
    head = "".join(f"{field}\r\n" for field in fields)
    text = "I am out of the office until 9 March. In urgent cases please write to Bob."
    found = parse(f"From: a@b.example\r\nSubject: {subject}\r\n{head}\r\n{text}".encode()).automatic
    assert (found.kind, found.may_answer, found.by_words) == ("auto-reply", False, by_words)


# all of it


def test_all_reasons_are_told_and_the_strongest_kind_wins() -> None:
    found = verdict("Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <x>", sender="noreply@x.example")
    assert found.kind == "auto-reply"
    assert [reason.split()[0] for reason in found.reasons] == ["R19", "R21", "R21", "R23"]


NAMES = ["Auto-Submitted", "Precedence", "X-Auto-Response-Suppress", "List-Id", "X-Loop", "X-Autoreply", "Return-Path"]


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.text(alphabet='noall,()-;"\\ autorepliedbulk<>', max_size=30))))
def test_a_machine_is_never_answered(fields: list[tuple[str, str]]) -> None:
    found = verdict(*(f"{name}: {value}" for name, value in fields))
    assert not (found.is_automatic and found.may_answer)
    assert not (found.is_list and found.may_answer)
    assert found.may_answer == (not found.reasons)
