"""What leaves us, and to whom (spec/safety.md D02, D27, D28): no relay, no trick, and each recipient his own mail."""

import re
from collections.abc import Iterator

import pytest

from tests.support.corners import (
    Corner,
    Corners,
    checked,
    corners,
    everything,
    is_automatic,
    mail,
    markup,
    plain,
    quoted,
    reply_address,
)
from tests.support.smtp import Session

CODE = "483926"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corners]:
    """It says as little as can be to those of whom nothing is known."""
    with corners(tmp_path_factory.mktemp("relay"), 60, sections={"site": {"trust_unverified": False}}) as running:
        yield running


@pytest.fixture
def corner(desk: Corners) -> Corner:
    return desk.corner()


# --- D02: the ticket trick ------------------------------------------------------------------------------------------

LURES: dict[str, list[str]] = {
    "Reply-To": ["Reply-To: {mallory}"],
    "Reply-To twice": ["Reply-To: {sender}", "Reply-To: {mallory}"],
    "Reply-To of two": ["Reply-To: {sender}, {mallory}"],
    "Reply-To in a near domain": ["Reply-To: a@{domain}.evil.example, {mallory}"],
    "Cc": ["Cc: {mallory}"],
    "Sender": ["Sender: {mallory}"],
    "Resent-From": ["Resent-From: {mallory}", "Resent-To: {mallory}"],
    "Return-Path and Errors-To": ["Return-Path: <{mallory}>", "Errors-To: {mallory}"],
    "receipts": ["Disposition-Notification-To: {mallory}", "Return-Receipt-To: {mallory}"],
    "unsubscribing": ["List-Unsubscribe: <mailto:{mallory}>", "X-Original-To: {mallory}"],
}


def _lured(corner: Corner, sender: str, lure: str, text: str, border: bool = False) -> None:
    mallory = corner.person("mallory")
    fields = [each.format(mallory=mallory, sender=sender, domain=sender.partition("@")[2]) for each in LURES[lure]]
    fields += [checked("dmarc=pass", sender)] if border else []
    content = mail(f"Slack <{sender}>", corner.address, "Your code", text, fields=fields)
    corner.post(content, sender=sender, border=border)


@pytest.mark.parametrize("lure", LURES)
def test_d02_a_service_that_was_made_to_write_to_us_helps_nobody(corner: Corner, lure: str) -> None:
    sender = f"no-reply@slack.{corner.name}.example"
    _lured(corner, sender, lure, f"Enter {CODE} to sign in to our work space.")
    shown = corner.only_ticket()
    assert shown["customer"]["address"] == sender
    assert shown["participants"] == [sender]
    assert corner.to(sender) == [], "nobody reads that address"
    assert corner.to(corner.nina)
    corner.answer(corner.to(corner.nina)[-1], "What do you want from us?")
    assert [
        each.forward_paths
        for each in corner.sent()
        if "What do you want" in plain(each) and each.forward_paths != (corner.kim,)
    ] == [(sender,)]
    assert corner.to(corner.person("mallory")) == []
    assert [
        each
        for each in corner.sent()
        if is_automatic(each) and each.header("Auto-Submitted").startswith("auto-replied")
    ] == []


@pytest.mark.parametrize("vouched", [False, True], ids=["unverified", "authenticated"])
@pytest.mark.parametrize("lure", ["Reply-To", "Reply-To of two", "Reply-To in a near domain", "Cc", "receipts"])
def test_d02_whoever_is_named_in_a_mail_gets_nothing_of_it(corner: Corner, lure: str, vouched: bool) -> None:
    """The same from a sender that is answered: the acknowledgement goes to From."""
    sender = f"team@slack.{corner.name}.example"
    _lured(corner, sender, lure, f"Enter {CODE}.", vouched)
    assert corner.to(corner.person("mallory")) == []
    assert corner.only_ticket()["participants"] == [sender]
    paths = {path for each in corner.sent() for path in each.forward_paths}
    assert paths <= {sender, corner.nina, corner.kim}
    (acknowledgement,) = corner.to(sender)
    assert CODE not in everything(acknowledgement)


@pytest.mark.parametrize("lure", ["Reply-To", "Cc", "Sender"])
def test_d02_a_neutral_acknowledgement_holds_no_word_of_the_mail(corner: Corner, lure: str) -> None:
    sender = f"team@slack.{corner.name}.example"
    _lured(corner, sender, lure, f"Enter {CODE}.")
    assert corner.to(corner.person("mallory")) == []
    (acknowledgement,) = corner.to(sender)
    said = everything(acknowledgement).replace(sender, "")
    assert not re.search(f"{CODE}|slack|your code", said, re.IGNORECASE)


@pytest.mark.parametrize("lure", ["Reply-To", "Cc", "Sender"])
def test_d02_of_a_sender_whose_check_failed_nobody_hears(corner: Corner, lure: str) -> None:
    sender, mallory = f"team@slack.{corner.name}.example", corner.person("mallory")
    fields = [each.format(mallory=mallory, sender=sender, domain="x") for each in LURES[lure]]
    fields.append(checked("dmarc=fail", sender))
    corner.post(mail(sender, corner.address, CODE, CODE, fields=fields), sender=sender, border=True)
    assert corner.to(sender) == corner.to(mallory) == []
    assert corner.to(corner.nina)


# --- D27: no relay, no backscatter ----------------------------------------------------------------------------------

REFUSED = {
    "somebody elsewhere": ("x@other.example", 550, "5.7.1"),
    "a subdomain of ours": ("support@sub.example.test", 550, "5.7.1"),
    "a domain that begins as ours": ("support@example.test.other.example", 550, "5.7.1"),
    "a domain that ends as ours": ("support@notexample.test", 550, "5.7.1"),
    "an address literal": ("support@[127.0.0.1]", 550, "5.7.1"),
    "nobody here": ("nobody@example.test", 550, "5.1.1"),
    "a percent hack": ("x%other.example@example.test", 550, "5.1.1"),
    "a bang path": ("other.example!x@example.test", 550, "5.1.1"),
    "a quoted address": ('"x@other.example"@example.test', 550, "5.1.1"),
    "a subaddress of nobody": ("nobody+support@example.test", 550, "5.1.1"),
    "a source route": ("@example.test:x@other.example", 550, "5.7.1"),
}


@pytest.mark.parametrize("target", REFUSED)
@pytest.mark.parametrize("sender", ["ana@acme.example", "", "support@example.test"], ids=["a stranger", "null", "ours"])
def test_d27_we_relay_for_nobody_and_know_nobody_else(desk: Corners, target: str, sender: str) -> None:
    path, code, enhanced = REFUSED[target]
    with Session(desk.port) as session:
        assert session.command(f"MAIL FROM:<{sender}>").code == 250
        reply = session.command(f"RCPT TO:<{path}>")
        assert (reply.code, reply.text.split()[0]) == (code, enhanced)
        assert session.command("DATA").code == 503, "there is nobody to send to"


BOUNCES = {
    "a bounce without a report": ("", "Mail Delivery System <MAILER-DAEMON@mx.{name}.example>", []),
    "from nobody in particular": ("", "robot@{name}.example", []),
    "with a person's From": ("", "Ana <ana@{name}.example>", []),
    "with a reverse-path": ("postmaster@mx.{name}.example", "postmaster@mx.{name}.example", []),
    "a report with a reverse-path": (
        "x@mx.{name}.example",
        "x@mx.{name}.example",
        ['Content-Type: multipart/report; report-type=delivery-status; boundary="b"'],
    ),
    "a machine's": ("x@mx.{name}.example", "x@mx.{name}.example", ["Auto-Submitted: auto-replied"]),
}
REPORT = (
    "--b\nContent-Type: text/plain\n\nIt did not arrive.\n--b\nContent-Type: message/delivery-status\n\n"
    "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; x@y.example\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
)


@pytest.mark.parametrize("form", BOUNCES)
@pytest.mark.parametrize("to", ["queue", "postmaster@example.test"])
def test_d27_a_bounce_is_taken_and_never_answered(corner: Corner, form: str, to: str) -> None:
    reverse_path, author, fields = (
        each.format(name=corner.name) if isinstance(each, str) else each for each in BOUNCES[form]
    )
    assert isinstance(reverse_path, str)
    assert isinstance(author, str)
    content = mail(author, corner.address, "Undelivered", REPORT if fields else "Sorry.", fields=list(fields))
    name = corner.post(content, sender=reverse_path, to=[corner.address if to == "queue" else to])
    assert corner.spooled(name)["outcome"] == "article"
    assert corner.desk.to_domain(f"{corner.name}.example") == []


# --- D28: each recipient his own mail -------------------------------------------------------------------------------

NOTE = "He never pays before the third reminder, be careful."


def _three(corner: Corner) -> tuple[str, str, str]:
    """Ana's ticket with Bob and Eve in it and a note on it; Bea stood in Bcc."""
    ana, bob, eve, bea = map(corner.person, ("ana", "bob", "eve", "bea"))
    content = mail(f"Ana <{ana}>", corner.address, fields=[f"Bcc: {bea}", f"Cc: {bob}"])
    reply = corner.desk.send(content, sender=ana, to=[corner.address])
    assert reply.code == 250
    corner.desk.settle()
    notice = corner.to(corner.nina)[-1]
    corner.answer(notice, f"#cc {bob}, {eve}")
    corner.answer(notice, f"#note\n{NOTE}")
    assert corner.only_ticket()["participants"] == [ana, bob, eve]
    return ana, bob, eve


ANSWERS = {
    "in text": ("Dear all, it is repaired.", ""),
    "in HTML": ("", "<html><body><p>Dear all, it is <b>repaired</b>.</p></body></html>"),
    "quoting the notification": ("Dear all, it is repaired.\n\nOn Monday, 22 November 2026, Ana wrote:\n{quote}", ""),
    "with a command": ("#close\nDear all, it is repaired.", ""),
}


@pytest.mark.parametrize("form", ANSWERS)
def test_d28_every_participant_gets_a_mail_of_his_own(corner: Corner, form: str) -> None:
    people = _three(corner)
    before = len(corner.desk.sink.taken)
    text, html = ANSWERS[form]
    notice = corner.to(corner.nina)[0]
    corner.answer(notice, text.replace("{quote}", quoted(plain(notice))), html=html)
    copies = [each for each in corner.desk.sink.taken[before:] if {*each.forward_paths} & {*people}]
    assert sorted(each.forward_paths for each in copies) == sorted((person,) for person in people)
    assert len({each.header("Message-ID") for each in copies}) == 1
    assert len({reply_address(each) for each in copies}) == 3
    assert len({each.reverse_path for each in copies}) == 3
    tokens = {person: reply_address(each) for each in copies for person in each.forward_paths}
    for each in copies:
        (person,) = each.forward_paths
        text = everything(each)
        assert "repaired" in plain(each)
        assert "repaired" in markup(each)
        assert "reminder" not in text
        assert corner.nina not in text
        assert corner.kim not in text
        assert corner.person("bea") not in text
        assert not re.search(rb"^(Bcc|Resent-Bcc):", each.content, re.IGNORECASE | re.MULTILINE)
        assert [token for other, token in tokens.items() if other != person and token in text] == []
        own = reply_address(each).partition("@")[0].encode()
        signed = set(re.findall(rb"[\w-]+\+\d+\.[a-z][a-z2-7]+\.\d+\.[a-z2-7]{17}", each.content))
        assert signed == {own}, "one signed address stands in it, and it is his"


def test_d28_who_stood_in_bcc_takes_no_part(corner: Corner) -> None:
    _three(corner)
    corner.answer(corner.to(corner.nina)[0], "Dear all, it is repaired.")
    assert corner.to(corner.person("bea")) == []


def test_d28_each_address_is_its_owners(corner: Corner) -> None:
    """An answer to his own copy is his article, by whatever way it comes back."""
    people = _three(corner)
    corner.answer(corner.to(corner.nina)[0], "Dear all, it is repaired.")
    for person in people:
        address = reply_address(corner.to(person)[-1])
        name = corner.post(mail(person, address, "Thanks", "It prints."), sender=person, to=[address])
        article = corner.article(name)
        assert (article["verified"], article["visibility"], article["from"]) == (True, "public", person)
    assert len(corner.tickets()) == 1


@pytest.mark.parametrize("form", ["whole", "in other lines", "quoted"])
def test_d28_a_note_that_she_quotes_is_held(corner: Corner, form: str) -> None:
    people = _three(corner)
    before = len(corner.desk.sink.taken)
    words = {"whole": NOTE, "in other lines": NOTE.replace(" before ", "\nbefore "), "quoted": f"> {NOTE}\nI agree."}
    corner.answer(corner.to(corner.nina)[0], f"Dear all,\n{words[form]}\nBye")
    assert [each for each in corner.desk.sink.taken[before:] if {*each.forward_paths} & {*people}] == []
    held = [each for each in corner.only_ticket()["outbox"] if each["state"] == "held"]
    assert sorted(each["to"] for each in held) == sorted(people)


def test_d28_who_was_taken_out_gets_nothing_more(corner: Corner) -> None:
    ana, bob, eve = _three(corner)
    corner.answer(corner.to(corner.nina)[0], f"#uncc {eve}")
    before = len(corner.desk.sink.taken)
    corner.answer(corner.to(corner.nina)[0], "Dear both, it is repaired.")
    paths = [each.forward_paths for each in corner.desk.sink.taken[before:] if "repaired" in plain(each)]
    assert sorted(path for path in paths if path != (corner.kim,)) == sorted([(ana,), (bob,)])


def test_d28_a_stranger_is_brought_in_only_by_a_proven_agent(desk: Corners) -> None:
    corner = desk.corner()
    ticket, eve = corner.open(), corner.person("eve")
    for result in ("", "dmarc=fail", "dmarc=none"):
        corner.answer(ticket.notice, f"#cc {eve}\nSee below.", result=result)
    assert corner.ticket(ticket.number)["participants"] == [corner.person("ana")]
    assert corner.to(eve) == []
