"""Authentication-Results by R38 and R39: what our own border says, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.authenticity import Authenticity, authenticity

AR, RECEIVED = "Authentication-Results", "Received"
PASS = (AR, "mx.example.com; dmarc=pass header.from=acme.example; spf=pass smtp.mailfrom=ana@acme.example")
OURS = (RECEIVED, "from relay by mx.example.com (Postfix) with ESMTPS id 1; Mon, 2 Mar 2026 10:00:00 +0000")
THEIRS = (RECEIVED, "from laptop by mail.acme.example with ESMTPSA id 2; Mon, 2 Mar 2026 09:59:59 +0000")
TRUSTED, BORDER = ("mx.example.com",), ("mx.example.com",)


def judged(*fields: tuple[str, str], domain: str = "acme.example", trusted: tuple[str, ...] = TRUSTED) -> Authenticity:
    return authenticity(fields, domain, trusted, BORDER)


def result(text: str, domain: str = "acme.example") -> str:
    return judged((AR, f"mx.example.com; {text}"), domain=domain).verdict


def test_a_trusted_pass_is_passed() -> None:
    assert judged(PASS, OURS, THEIRS) == Authenticity(
        "passed", dmarc="pass", dkim="none", spf="pass", by="mx.example.com"
    )


def test_without_trusted_ids_nothing_is_known() -> None:
    assert judged(PASS, OURS, THEIRS, trusted=()) == Authenticity()
    assert judged(OURS, THEIRS) == Authenticity()
    assert judged(("authentication-results", "other.example; dmarc=pass")) == Authenticity()


def test_results_below_our_own_received_count() -> None:
    assert judged(OURS, PASS, THEIRS).verdict == "passed"


def test_a_forged_field_below_a_foreign_received_is_ignored() -> None:
    failed = (AR, "mx.example.com; dmarc=fail header.from=acme.example")
    assert judged(failed, OURS, THEIRS, PASS).verdict == "failed"
    assert judged(OURS, THEIRS, PASS).verdict == "unknown"
    assert authenticity((THEIRS, PASS), "acme.example", TRUSTED, ()).verdict == "unknown"


def test_only_the_topmost_trusted_field_counts() -> None:
    failed = (AR, "mx.example.com; dmarc=fail header.from=acme.example")
    assert judged(failed, PASS).verdict == "failed"
    assert judged((AR, "evil.example; dmarc=pass"), failed, PASS).verdict == "failed"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("dmarc=pass header.from=acme.example", "passed"),
        ("DMARC=Pass (p=reject) header.from=ACME.example", "passed"),
        ("dmarc=pass header.from=other.example", "unknown"),
        ("dmarc=fail (p=none) header.from=acme.example; dkim=pass header.d=acme.example", "failed"),
        ("dkim=pass header.d=acme.example", "passed"),
        ("dkim=pass header.i=@acme.example", "passed"),
        ("dkim=pass header.d=esp.example; dkim=pass header.d=acme.example", "passed"),
        ("dkim=pass header.d=esp.example", "unknown"),
        ("dkim=fail header.d=acme.example", "unknown"),
        ("spf=pass smtp.mailfrom=bounce@acme.example", "passed"),
        ("spf=pass smtp.mailfrom=acme.example", "passed"),
        ("spf=pass smtp.mailfrom=esp.example", "unknown"),
        ("spf=fail smtp.mailfrom=acme.example", "failed"),
        ("spf=fail smtp.mailfrom=acme.example; dkim=pass header.d=acme.example", "passed"),
        ("spf=softfail smtp.mailfrom=acme.example", "unknown"),
        ("dmarc=temperror; spf=temperror", "unknown"),
        ("dmarc=none; spf=none", "unknown"),
        ("none", "unknown"),
        ("", "unknown"),
        ("(dmarc=pass header.from=acme.example)", "unknown"),
        ('reason="dmarc=pass; dmarc=pass header.from=acme.example"', "unknown"),
        ("spf=neutral (dmarc=pass (x) dkim=pass header.d=acme.example) smtp.mailfrom=acme.example", "unknown"),
        ("dkim=pass (dmarc=pass header.d=acme.example", "unknown"),
    ],
)
def test_results_are_read_with_comments_and_quotes(text: str, verdict: str) -> None:
    assert result(text) == verdict


def test_a_parent_domain_speaks_for_its_child_and_no_child_for_its_parent() -> None:
    assert result("dkim=pass header.d=acme.example", domain="mail.acme.example") == "passed"
    assert result("dkim=pass header.d=evil.host.example", domain="host.example") == "unknown"
    assert result("dkim=pass header.d=example", domain="acme.example") == "unknown"
    assert result("dkim=pass header.d=me.example", domain="acme.example") == "unknown"


def test_an_ambiguous_author_never_passes() -> None:
    assert result("dmarc=pass header.from=acme.example; dkim=pass header.d=acme.example", domain="") == "unknown"
    assert result("dmarc=fail header.from=acme.example", domain="") == "failed"


MICROSOFT = (
    AR,
    "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=acme.example; dkim=pass (signature was verified) "
    "header.d=acme.example;dmarc=pass action=none header.from=acme.example;compauth=pass reason=100",
)


def test_the_form_of_exchange_online_has_no_id() -> None:
    found = judged(MICROSOFT, trusted=("microsoft",))
    assert found == Authenticity("passed", "pass", "pass", "pass", "microsoft")
    assert judged(MICROSOFT).verdict == "unknown"
    assert judged((AR, "microsoft; dmarc=pass header.from=acme.example"), trusted=("microsoft",)).verdict == "unknown"


def test_an_id_may_have_a_version_and_any_case() -> None:
    assert judged((AR, "MX.example.com 1; dmarc=pass header.from=acme.example")).verdict == "passed"
    assert judged((AR, "mx.example.com.evil.example; dmarc=pass")).verdict == "unknown"


def test_a_host_name_in_a_comment_is_not_the_border() -> None:
    forged = (RECEIVED, "from x (by mx.example.com) by mail.evil.example with ESMTP; date")
    assert judged(forged, PASS).verdict == "unknown"


@given(
    st.lists(
        st.tuples(st.sampled_from([AR, RECEIVED]), st.text(alphabet='mx.example=passdmarc;()"\\ by,', max_size=80))
    )
)
def test_no_field_breaks_the_reader(fields: list[tuple[str, str]]) -> None:
    judged(*fields)
