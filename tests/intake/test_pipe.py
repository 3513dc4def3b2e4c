"""What an MTA pipes in becomes a submission, or a refusal with the exit code and the words that an MTA knows."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.errors import Refusal
from mailgate.intake.limits import DoorLimits
from mailgate.intake.pipe import EX_DATAERR, EX_NOUSER, EX_TEMPFAIL, SOURCE, Refused, submission
from mailgate.mail.envelope import Submission

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MAIL = b"From: ana@acme.example\nTo: Us <support@example.com>\nSubject: x\n\nhi\n"


async def verdict(path: str) -> Refusal | None:
    local, _, domain = path.rpartition("@")
    if domain.lower() != "example.com" and path != "postmaster":
        return Refusal.RELAY_DENIED
    return None if local in ("support", "billing", "") else Refusal.UNKNOWN_RECIPIENT


def taken(
    raw: bytes = MAIL,
    sender: str | None = "ana@acme.example",
    recipients: Sequence[str] = ("support@example.com",),
    limits: DoorLimits | None = None,
) -> Submission:
    return asyncio.run(submission(raw, sender, recipients, verdict, limits or DoorLimits(), NOW))


def refused(*args: object, **more: object) -> tuple[int, str]:
    with pytest.raises(Refused) as caught:
        taken(*args, **more)  # type: ignore[arg-type]  # whatever a test gives
    return caught.value.exit_code, caught.value.said


def test_the_envelope_is_what_the_arguments_say() -> None:
    envelope = taken(recipients=("support@example.com", "<billing@example.com>", "support@example.com")).envelope
    assert envelope.reverse_path == "ana@acme.example"
    assert envelope.forward_paths == ("support@example.com", "billing@example.com")
    assert (envelope.source, envelope.received_at, envelope.protocol) == (SOURCE, NOW, "local")
    assert envelope.authenticated_as is None


@pytest.mark.parametrize(
    "sender", ["", "<>", " <> ", "MAILER-DAEMON", "mailer-daemon", "no address", "a@b\nc@d.example"]
)
def test_who_cannot_be_answered_is_the_null_reverse_path(sender: str) -> None:
    assert taken(sender=sender).envelope.reverse_path is None


def test_a_sender_may_stand_in_brackets() -> None:
    assert taken(sender="<ana@acme.example>").envelope.reverse_path == "ana@acme.example"


@pytest.mark.parametrize(
    ("raw", "sender"),
    [
        (b"From bob@acme.example  Mon Nov 23 2026\nReturn-Path: <x@y.example>\n" + MAIL, "bob@acme.example"),
        (b"Return-Path: <bob@acme.example>\nReturn-Path: <forged@y.example>\n" + MAIL, "bob@acme.example"),
        (b"Return-Path: <>\n" + MAIL, None),
        (b"From MAILER-DAEMON Mon Nov 23 2026\n" + MAIL, None),
        (MAIL, None),
    ],
)
def test_without_an_argument_the_sender_is_what_the_mta_wrote(raw: bytes, sender: str | None) -> None:
    assert taken(raw, sender=None).envelope.reverse_path == sender


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_only_an_mbox_separator_is_removed(end: bytes) -> None:
    mail = (
        b"From: a@b.example" + end + b"Return-Path: <x@y>" + end * 2 + b">From me" + end + b"From you" + end + b"\0\xff"
    )
    assert taken(b"From a@b.example Mon" + end + mail).raw == mail
    assert taken(mail).raw == mail


@pytest.mark.parametrize(
    ("recipients", "said"),
    [
        (["nobody@example.com"], "5.1.1 No such address here: nobody@example.com"),
        (["x@other.example"], "5.7.1 Relaying denied: x@other.example"),
        (["support@example.com", "nobody@example.com"], "5.1.1 No such address here: nobody@example.com"),
        (["support"], "5.1.1 No such address here: support"),
        (["a b@example.com"], "5.1.1 No such address here: a b@example.com"),
        (["\udcffü\n@example.com"], "5.1.1 No such address here: \\udcff\\xfc\\n@example.com"),
    ],
)
def test_recipients_that_are_given_must_all_be_ours(recipients: list[str], said: str) -> None:
    assert refused(recipients=recipients) == (EX_NOUSER, said)


def test_postmaster_needs_no_domain() -> None:
    assert taken(recipients=["postmaster"]).envelope.forward_paths == ("postmaster",)


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"", ["support@example.com"]),
        (b"Cc: a@b.example, Billing <billing@example.com>\n", ["support@example.com", "billing@example.com"]),
        (b"Delivered-To: billing@example.com\n", ["billing@example.com"]),
        (b"X-Original-To: billing@example.com\nDelivered-To: mailgate@host.example\n", ["billing@example.com"]),
        (b"Delivered-To: mailgate@host.example\nX-Original-To: junk\n", ["support@example.com"]),
    ],
)
def test_without_arguments_the_recipients_are_looked_for_in_the_mail(head: bytes, found: list[str]) -> None:
    assert list(taken(head + MAIL, recipients=()).envelope.forward_paths) == found


def test_a_mail_that_names_nobody_here_is_refused() -> None:
    code, said = refused(b"To: a@b.example\nCc: nobody@example.com\n\nhi", recipients=())
    assert (code, said[:5]) == (EX_NOUSER, "5.1.1")


@pytest.mark.parametrize("raw", [b"", b"\n\r\n ", b"From a@b.example Mon\n", b"From a@b.example"])
def test_nothing_is_no_mail(raw: bytes) -> None:
    assert refused(raw) == (EX_DATAERR, "5.6.0 There is no mail on the standard input")


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_mail_that_went_round_too_often_is_refused(end: bytes) -> None:
    hop, mail = b"Received: x" + end, b"Subject: x" + end * 2 + b"Received: body" + end
    limits = DoorLimits(hops=3)
    assert taken(hop * 3 + mail, limits=limits).raw == hop * 3 + mail
    assert refused(hop * 4 + mail, limits=limits) == (EX_DATAERR, "5.4.6 Too many hops")


def test_a_mail_that_is_too_big_is_refused_and_its_separator_does_not_count() -> None:
    limits = DoorLimits(message=len(MAIL))
    assert taken(b"From a@b.example Mon\n" + MAIL, limits=limits).raw == MAIL
    assert refused(MAIL + b"!", limits=limits) == (EX_DATAERR, "5.3.4 Message too big")


def test_every_other_refusal_is_for_now_only() -> None:
    for refusal in Refusal:
        if refusal.value.code < 500:
            assert Refused.by(refusal).exit_code == EX_TEMPFAIL
            assert Refused.by(refusal).said.startswith("4.")


@given(st.binary(max_size=300), st.none() | st.text(max_size=30), st.lists(st.text(max_size=30), max_size=3))
def test_anything_is_a_submission_or_refused(raw: bytes, sender: str | None, recipients: list[str]) -> None:
    outcome: Submission | Refused
    try:
        outcome = taken(raw, sender, recipients)
    except Refused as refusal:
        outcome = refusal
    if isinstance(outcome, Refused):
        assert outcome.said.partition(" ")[0].count(".") == 2
        assert outcome.said.isprintable()
    else:
        assert raw.endswith(outcome.raw)
        assert outcome.envelope.forward_paths
