"""The stable JSON of `mailgate inspect` (spec/mail.md 6)."""

import json

from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.authenticity import Authenticity
from mailgate.mail.inspect import as_json
from mailgate.mail.parse import parse

KEYS = [
    "message_id", "in_reply_to", "references", "date", "from", "sender", "reply_to", "to", "cc", "subject",
    "subject_clean", "ticket_tokens", "text", "new_text", "quoted_text", "signature", "split", "has_html", "charset",
    "language", "attachments", "automatic", "bounce", "forward", "authenticity", "defects",
]  # fmt: skip


def test_the_keys_are_those_of_the_specification() -> None:
    assert list(as_json(parse(b""))) == KEYS


def test_the_facts_of_an_ordinary_mail(sample: bytes) -> None:
    facts = as_json(parse(sample), ("1042",), Authenticity("passed", "pass", "pass", "none", "mx.example"))
    assert facts["from"] == [{"name": "Ana Silva", "address": "ana@acme.example"}]
    assert facts["date"] == "2026-03-02T11:00:00+01:00"
    assert facts["ticket_tokens"] == ["1042"]
    assert facts["authenticity"] == {"dmarc": "pass", "dkim": "pass", "spf": "none", "by": "mx.example", "sealer": None}
    assert facts["attachments"] == [
        {
            "filename": "a.pdf",
            "content_type": "application/pdf",
            "size": 11,
            "sha256": "64ec88ca00b268e5ba1a35678a1b5316d212f4f366b2477232534a8aeca37f3c",
            "inline": False,
            "content_id": None,
        }
    ]
    assert facts["automatic"] == {
        "is_automatic": False, "kind": None, "is_list": False, "may_answer": True, "reasons": [],
    }  # fmt: skip
    assert (facts["bounce"], facts["forward"], facts["defects"]) == (None, None, [])


def test_the_clean_subject_is_the_callers_where_he_knows_better() -> None:
    message = parse(b"Subject: Re: [Ticket#1042] Invoice\r\n\r\nx")
    assert as_json(message)["subject_clean"] == "[Ticket#1042] Invoice"
    assert as_json(message, clean_subject="Invoice")["subject_clean"] == "Invoice"


def test_a_bounce_and_a_forward_are_spelled_out() -> None:
    bounce = as_json(parse(b"From: MAILER-DAEMON@x\r\nX-Failed-Recipients: a@b.example\r\n\r\nx"))["bounce"]
    assert bounce == {
        "original_message_id": None,
        "recipients": [
            {"address": "a@b.example", "action": "failed", "status": None, "permanent": True, "diagnostic": "x"}
        ],
    }
    inner = b"--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@d.example\r\nSubject: y\r\n\r\nz\r\n--b--"
    raw = b"Subject: Fwd: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + inner
    assert as_json(parse(raw))["forward"] == {
        "from": {"name": "", "address": "c@d.example"}, "subject": "y", "text": "z", "attached": True,
    }  # fmt: skip


@given(st.binary(max_size=500))
def test_any_mail_has_its_json(raw: bytes) -> None:
    json.dumps(as_json(parse(raw))).encode("utf-8")
