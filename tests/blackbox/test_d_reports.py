"""What machines say of our mail, and mail that only looks like a request (spec/safety.md D13, D29, D49; R33, R47)."""

import itertools
from collections.abc import Iterator

import pytest

from tests.support.corners import Corner, Corners, corners, events, is_automatic, mail, plain, reply_address, standing
from tests.support.daemon import wait_until
from tests.support.sink_process import Delivered
from tests.support.smtp import Session

_numbers = itertools.count(1)
RULES = """
rules:
  - {name: late, when: delivery.delayed, do: [{tag: late}]}
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corners]:
    with corners(tmp_path_factory.mktemp("reports"), 40, rules=RULES) as running:
        yield running


@pytest.fixture
def corner(desk: Corners) -> Corner:
    return desk.corner()


def report(
    who: str,
    to: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    named: str = "<x@y.example>",
    kind: str = "delivery-status",
) -> bytes:
    """What a mail server, or a mail program, says of a mail."""
    fields = f"Final-Recipient: rfc822; {who}\r\nAction: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 no"
    if kind == "disposition-notification":
        fields = (
            f"Final-Recipient: rfc822; {who}\r\nOriginal-Message-ID: {named}\r\nDisposition: manual-action/x; displayed"
        )
    if kind == "feedback-report":
        fields = f"Feedback-Type: abuse\r\nOriginal-Rcpt-To: {who}"
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Report\r\nMIME-Version: 1.0\r\nMessage-ID: "
        f"<{next(_numbers)}.{who}>\r\n"
        f"Content-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n"
        f"\r\nA report.\r\n"
        f"--b\r\nContent-Type: message/{kind}\r\n\r\n{fields}\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {named}\r\n\r\n--b--\r\n"
    ).encode()


def answered(corner: Corner) -> Delivered:
    """Nina's answer as it reached Ana's server; the ticket is closed with it."""
    opened = corner.open()
    corner.answer(opened.notice, "#close\nDear Ana, done.")
    return corner.to(corner.person("ana"))[-1]


def test_a_bounce_at_the_return_path_of_the_copy_reopens_the_ticket_and_tells_its_author(corner: Corner) -> None:
    answer, ana = answered(corner), corner.person("ana")
    told = len(corner.to(corner.nina))
    corner.post(report(ana, answer.reverse_path), sender="", to=[answer.reverse_path])
    wait_until(lambda: len(corner.to(corner.nina)) > told, 30, "Nina is told")
    shown = corner.only_ticket()
    assert shown["state"] == "open"
    assert events(shown, "delivery.bounced")[0]["to"] == ana
    assert events(shown, "address.bounced")[0]["address"] == ana
    (notice,) = corner.to(corner.nina)[told:]
    assert "The address does not exist." in plain(notice)
    assert len(corner.to(ana)) == 2, "nobody answers a bounce"


FORGED = {
    "named by our Message-ID alone": {"to": "queue"},
    "with a reverse-path": {"sender": "mallory@evil.example"},
    "about somebody else": {"who": "somebody@else.example"},
}


@pytest.mark.parametrize("form", FORGED)
def test_a_forged_bounce_is_shown_and_changes_nothing(corner: Corner, form: str) -> None:
    answer, changes, ana = answered(corner), FORGED[form], corner.person("ana")
    before, told = standing(corner.only_ticket()), len(corner.to(corner.nina))
    to = corner.address if changes.get("to") else answer.reverse_path
    content = report(changes.get("who", ana), to, named=answer.header("Message-ID"))
    corner.post(content, sender=changes.get("sender", ""), to=[to])
    shown = corner.only_ticket()
    assert standing(shown) == before
    assert "changes nothing" in events(shown, "delivery.reported")[0]["text"]
    assert len(corner.to(ana)) == 2
    assert len(corner.to(corner.nina)) == told


def test_a_delay_alarms_nobody_and_rules_hear_of_it(corner: Corner) -> None:
    answer, ana = answered(corner), corner.person("ana")
    told = len(corner.to(corner.nina))
    corner.post(report(ana, answer.reverse_path, action="delayed", status="4.4.1"), sender="", to=[answer.reverse_path])
    shown = corner.only_ticket()
    assert (shown["state"], shown["tags"]) == ("closed", ["late"])
    assert events(shown, "delivery.delayed")
    assert len(corner.to(corner.nina)) == told


@pytest.mark.parametrize(
    ("kind", "event"), [("disposition-notification", "mail.read"), ("feedback-report", "mail.complaint")]
)
def test_a_receipt_or_complaint_stands_on_the_ticket_of_the_mail_and_is_answered_by_nobody(
    corner: Corner, kind: str, event: str
) -> None:
    answer, ana = answered(corner), corner.person("ana")
    before, sent = standing(corner.only_ticket()), len(corner.sent())
    corner.post(report(ana, corner.address, named=answer.header("Message-ID"), kind=kind), sender=ana)
    shown = corner.only_ticket()
    assert standing(shown) == before
    assert ana in events(shown, event)[0]["text"]
    assert len(corner.sent()) == sent


@pytest.mark.parametrize("kind", ["delivery-status", "disposition-notification", "feedback-report"])
def test_a_report_on_nothing_of_ours_opens_a_ticket_and_is_not_answered(corner: Corner, kind: str) -> None:
    ana = corner.person("ana")
    corner.post(report(ana, corner.address, kind=kind, named=f"<{next(_numbers)}@nobody.example>"), sender="")
    assert corner.only_ticket()["state"] == "new"
    assert corner.to("MAILER-DAEMON@mx.example") + corner.to(ana) == []
    assert len(corner.to(corner.nina)) == 1, "agents are told of it"


# --- D29: an absence notice on a closed ticket ----------------------------------------------------------------------

ABSENCES = {
    "Exchange": ["X-Auto-Response-Suppress: DR, OOF, AutoReply", "Auto-Submitted: auto-generated"],
    "Exchange with its loop mark": [
        "X-Auto-Response-Suppress: All",
        "X-MS-Exchange-Inbox-Rules-Loop: ana@acme.example",
    ],
    "Sieve": ["Auto-Submitted: auto-replied (vacation)"],
    "Gmail": ["Precedence: bulk", "X-Autoreply: yes"],
    "no field at all": [],
}


@pytest.mark.parametrize("program", ABSENCES)
def test_d29_an_absence_notice_neither_reopens_nor_is_answered(corner: Corner, program: str) -> None:
    answer, ana = answered(corner), corner.person("ana")
    before = standing(corner.only_ticket())
    fields = [*ABSENCES[program], f"In-Reply-To: {answer.header('Message-ID')}"]
    text = "I am out of the office until 9 March. In urgent cases please write to Bob."
    to = reply_address(answer)
    corner.post(mail(ana, to, "Automatic reply: Printer", text, fields=fields), sender=ana, to=[to])
    shown = corner.only_ticket()
    assert standing(shown) == before
    assert [each["automatic"] for each in shown["articles"]].count("auto-reply") == 1
    assert len(corner.to(ana)) == 2


# --- D49: mail of a list --------------------------------------------------------------------------------------------

LISTS = {
    "List-Id and Precedence": ["List-Id: Users <users.lists.example>", "Precedence: list"],
    "List-Id": ["List-Id: <users.lists.example>"],
    "Precedence": ["Precedence: LIST (of users)"],
    "a newsletter": ["List-Unsubscribe: <mailto:out@lists.example>"],
    "Mailman": ["List-Post: <mailto:users@lists.example>", "Sender: users-bounces@lists.example"],
    "an old list": ["Precedence: bulk", "Sender: owner-users@lists.example"],
}


@pytest.mark.parametrize("form", LISTS)
def test_d49_a_lists_mail_is_a_ticket_and_gets_no_automatic_answer(corner: Corner, form: str) -> None:
    ana = corner.person("ana")
    corner.post(mail(ana, corner.address, fields=LISTS[form]), sender=ana)
    assert corner.only_ticket()["state"] == "new"
    assert [each for each in corner.to(ana) if is_automatic(each)] == []
    assert len(corner.to(corner.nina)) == 1


# --- D13: one mail, never two ---------------------------------------------------------------------------------------

ENDS = {
    "LF . LF": b"\n.\n",
    "LF . CRLF": b"\n.\r\n",
    "CRLF . LF": b"\r\n.\n",
    "CR . CR": b"\r.\r",
    "CR . CRLF": b"\r.\r\n",
}


@pytest.mark.parametrize("end", ENDS)
def test_d13_what_looks_like_the_end_of_a_mail_ends_none(corner: Corner, end: str) -> None:
    ana = corner.person("ana")
    second = (
        f"MAIL FROM:<evil@{ana}>\r\nRCPT TO:<{corner.address}>\r\nDATA\r\nSubject: second\r\n\r\nsmuggled\r\n".encode()
    )
    content = mail(ana, corner.address) + b"hi" + ENDS[end] + second
    with Session(corner.desk.port) as session:
        assert session.begin(ana, [corner.address]).code == 354
        session.write(content + b"\r\n.\r\n")
        reply = session.reply()
    corner.desk.settle()
    assert len(corner.tickets()) == (1 if reply.code == 250 else 0)
    assert reply.code == 250 or reply.code >= 500
